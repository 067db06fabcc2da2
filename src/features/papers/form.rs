//! The form of a paper as it was sent, read into a paper or faults. Raw text stops here.

use chrono::NaiveDate;
use serde::Deserialize;

use super::service::NewPaper;
use crate::domain::papers::PaperKind;
use crate::domain::upload::made_safe;
use crate::web::forms::Faults;
use crate::web::upload::FileSent;

/// All fields as typed; the file comes beside them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PaperForm {
    pub kind: String,
    pub pounds: String,
    pub issuer: String,
    pub number: String,
    pub people: String,
    pub from: String,
    pub until: String,
}

impl PaperForm {
    /// Reads the form and makes the file harmless.
    pub fn parse(&self, file: FileSent, today: NaiveDate) -> Result<NewPaper, Faults> {
        let mut faults = Faults::none();
        let kind = faults.take("kind", PaperKind::parse(&self.kind).map(Some).ok_or("Choose what sort of paper it is"));
        let pounds = kind.filter(|kind| *kind == PaperKind::Liability).map(|_| self.amount(&mut faults));
        let people = kind
            .filter(|kind| *kind == PaperKind::ChecksStatement)
            .map(|_| faults.number("people", &self.people, "how many people are checked", (1, 100_000)));
        let issuer = faults.optional_line("issuer", &self.issuer, 120);
        let number = faults.optional_line("number", &self.number, 60);
        let from = day(&mut faults, "from", &self.from, "Enter the date from which it is good");
        let until = if self.until.trim().is_empty() {
            if kind.is_some_and(runs_out) {
                faults.add("until", "Enter the last day on which it is good");
            }
            None
        } else {
            day(&mut faults, "until", &self.until, "Enter the last day on which it is good")
        };
        if let (Some(from), Some(until)) = (from, until) {
            if until < from {
                faults.add("until", "The last day must not be before the first");
            } else if until < today {
                faults.add("until", "This paper has run out. Add the one that is good now");
            }
        }
        let file = self.file(&mut faults, kind, file);
        match (kind, from) {
            (Some(kind), Some(from)) if faults.is_empty() => {
                Ok(NewPaper { kind, pounds, issuer, number, people, from, until, file })
            }
            _ => Err(faults),
        }
    }

    fn amount(&self, faults: &mut Faults) -> i32 {
        let digits: String = self.pounds.chars().filter(|c| !matches!(c, '£' | ',' | ' ')).collect();
        faults.number("pounds", &digits, "the amount insured in whole pounds", (1, 1_000_000_000))
    }

    fn file(
        &self,
        faults: &mut Faults,
        kind: Option<PaperKind>,
        file: FileSent,
    ) -> Option<crate::domain::upload::SafeFile> {
        match file {
            FileSent::None => {
                if kind.is_some_and(PaperKind::needs_file) {
                    faults.add("file", "Choose the file of the paper");
                }
                None
            }
            FileSent::TooLarge => {
                faults.add("file", crate::domain::upload::UploadFault::TooLarge.words());
                None
            }
            FileSent::Whole(name, bytes) => {
                faults.take("file", made_safe(&name, bytes).map(Some).map_err(|fault| fault.words()))
            }
        }
    }
}

/// Whether it has a last day that must be known.
fn runs_out(kind: PaperKind) -> bool {
    matches!(kind, PaperKind::Liability | PaperKind::Membership)
}

fn day(faults: &mut Faults, field: &'static str, typed: &str, words: &'static str) -> Option<NaiveDate> {
    let known = |day: &NaiveDate| {
        use chrono::Datelike;
        (2000..2200).contains(&day.year())
    };
    faults.take(field, typed.trim().parse::<NaiveDate>().ok().filter(known).map(Some).ok_or(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> PaperForm {
        PaperForm {
            kind: "liability".to_owned(),
            pounds: "£5,000,000".to_owned(),
            from: "2026-04-01".to_owned(),
            until: "2027-03-31".to_owned(),
            ..PaperForm::default()
        }
    }

    fn fields(form: &PaperForm, file: FileSent) -> Vec<&'static str> {
        let today = "2026-11-23".parse().unwrap();
        form.parse(file, today).err().map_or_else(Vec::new, |faults| faults.iter().map(|one| one.field).collect())
    }

    #[test]
    fn each_kind_asks_for_what_it_needs() {
        let pdf = || FileSent::Whole("a.pdf".to_owned(), b"%PDF-1.4\n%%EOF".to_vec());
        assert!(fields(&filled(), pdf()).is_empty());
        assert_eq!(fields(&filled(), FileSent::None), ["file"]);
        assert_eq!(fields(&filled(), FileSent::TooLarge), ["file"]);
        assert_eq!(fields(&PaperForm { until: String::new(), ..filled() }, pdf()), ["until"]);
        assert_eq!(fields(&PaperForm { until: "2026-11-22".to_owned(), ..filled() }, pdf()), ["until"]);
        assert_eq!(fields(&PaperForm { until: "2025-11-22".to_owned(), ..filled() }, pdf()), ["until"]);
        assert_eq!(fields(&PaperForm { pounds: "-5".to_owned(), ..filled() }, pdf()), ["pounds"]);
        let statement =
            PaperForm { kind: "checks".to_owned(), people: "12".to_owned(), until: String::new(), ..filled() };
        assert!(fields(&statement, FileSent::None).is_empty());
        assert_eq!(fields(&PaperForm { people: String::new(), ..statement }, FileSent::None), ["people"]);
        assert_eq!(fields(&PaperForm::default(), FileSent::None), ["kind", "from"]);
    }
}
