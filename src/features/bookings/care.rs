//! What a booking says because its place asks for it: the questions of the form, how they are read, and how the answers are shown. Not the judging.

use chrono::NaiveDate;

use super::extras;
use super::service::{Draft, Form};
use crate::domain::care::{ACCESS, ALLERGENS, Brings, Care, Particulars};
use crate::domain::ids::{FacilityId, Slug};
use crate::domain::judge::Verdict;
use crate::domain::person::Email;
use crate::domain::places::Facility;
use crate::domain::policy::Actor;
use crate::domain::words::{listed, long_date};
use crate::web::forms::{Choice, Faults};

/// What was typed.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    pub allergens: &'a [String],
    pub note: &'a str,
    pub labels: &'a [String],
    pub risk_date: &'a str,
    pub layout: &'a str,
    pub extra: &'a [String],
    pub access: &'a [String],
    pub access_note: &'a str,
}

/// The questions of a form; empty where the place asks for nothing.
#[derive(Debug, Default)]
pub struct Questions {
    /// None where allergens are not asked for.
    pub allergens: Vec<Choice>,
    pub note: String,
    pub labels: Vec<Choice>,
    /// "Nuts and Gluten-free", for each pair.
    pub pairs: Vec<String>,
    /// What is typed as the date of the risk assessment, where it is asked for.
    pub risk_date: Option<String>,
    /// How the room can be set out, that it does not matter first; empty where there is no choice.
    pub layouts: Vec<Choice>,
    pub extras: Vec<extras::Question>,
    /// What people who come may need, which is asked everywhere.
    pub access: Vec<Choice>,
    pub access_note: String,
    pub access_open: bool,
    /// Whether an answer is needed before the booking can be made; else the part is shown closed.
    pub is_open: bool,
}

impl Questions {
    /// Whether anything is asked beside layout and extras.
    pub fn before_use(&self) -> bool {
        !self.allergens.is_empty() || !self.labels.is_empty() || self.risk_date.is_some()
    }
}

/// The questions that a place asks, with what was typed.
pub fn questions(place: &Facility, typed: Typed<'_>, date: NaiveDate, faults: &Faults) -> Questions {
    let care = &place.care;
    let allergens = ALLERGENS.iter().filter(|_| care.allergens);
    let chosen = |list: &[String], value: &str| list.iter().any(|one| one == value);
    let fault = ["allergen_note", "label", "risk_date"].iter().any(|field| faults.of(field).is_some());
    Questions {
        allergens: allergens.map(|(code, name)| Choice::new(*code, *name, chosen(typed.allergens, code))).collect(),
        note: typed.note.to_owned(),
        labels: care.labels.iter().map(|one| Choice::new(one, one, chosen(typed.labels, one))).collect(),
        pairs: care.pairs.iter().map(|(one, other)| format!("{one} and {other}")).collect(),
        risk_date: care.risk_date.then(|| typed.risk_date.to_owned()),
        layouts: layouts(care, typed.layout),
        extras: extras::questions(&place.extras, typed.extra, date),
        access: ACCESS.iter().map(|(code, name)| Choice::new(*code, *name, chosen(typed.access, code))).collect(),
        access_note: typed.access_note.to_owned(),
        access_open: faults.of("access_note").is_some() || !typed.access.is_empty() || !typed.access_note.is_empty(),
        is_open: fault || !typed.allergens.is_empty() || !typed.note.is_empty(),
    }
}

fn layouts(care: &Care, typed: &str) -> Vec<Choice> {
    if care.layouts.is_empty() {
        return Vec::new();
    }
    let any = Choice::new("", "It does not matter", care.layouts.iter().all(|one| one != typed));
    [any].into_iter().chain(care.layouts.iter().map(|one| Choice::new(one, one, one == typed))).collect()
}

/// Reads the answers to what a place asks; what it does not ask is not kept.
pub fn read(place: &Facility, typed: Typed<'_>, today: NaiveDate, faults: &mut Faults) -> Particulars {
    let asked = extras::read(&place.extras, typed.extra, faults);
    let access = ACCESS.iter().map(|(code, _)| *code).filter(|code| typed.access.iter().any(|one| one == code));
    Particulars {
        extras: asked,
        access: access.map(str::to_owned).collect(),
        access_note: faults.optional_line("access_note", typed.access_note, 160),
        ..read_care(&place.care, typed, today, faults)
    }
}

fn read_care(care: &Care, typed: Typed<'_>, today: NaiveDate, faults: &mut Faults) -> Particulars {
    let allergens =
        ALLERGENS.iter().map(|(code, _)| *code).filter(|code| typed.allergens.iter().any(|one| one == code));
    Particulars {
        allergens: allergens.filter(|_| care.allergens).map(str::to_owned).collect(),
        allergen_note: if care.allergens {
            faults.optional_line("allergen_note", typed.note, 160)
        } else {
            String::new()
        },
        labels: care.labels.iter().filter(|one| typed.labels.contains(one)).cloned().collect(),
        risk_assessed: care.risk_date.then(|| risk_date(typed.risk_date, today, faults)).flatten(),
        layout: care.layouts.iter().find(|one| *one == typed.layout).cloned().unwrap_or_default(),
        ..Particulars::default()
    }
}

fn risk_date(typed: &str, today: NaiveDate, faults: &mut Faults) -> Option<NaiveDate> {
    let oldest = today - chrono::Duration::days(5 * 366);
    let date = typed.trim().parse().ok().filter(|date| oldest <= *date && *date <= today);
    let words = "Enter the date on which your risk assessment was confirmed, today or earlier";
    faults.take("risk_date", date.map(Some).ok_or(words))
}

/// The answers as label and words, for check pages and the booking itself.
pub fn said(particulars: &Particulars) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    if particulars.tells_allergens() {
        rows.push(("Allergens", particulars.allergens_in_words()));
    }
    if !particulars.labels.is_empty() {
        rows.push(("There will be", listed(&particulars.labels)));
    }
    if let Some(date) = particulars.risk_assessed {
        rows.push(("Risk assessment confirmed", long_date(date)));
    }
    if !particulars.layout.is_empty() {
        rows.push(("Layout", particulars.layout.clone()));
    }
    if !particulars.extras.is_empty() {
        rows.push(("Extras", crate::domain::extras::in_words(&particulars.extras)));
    }
    if !particulars.access_in_words().is_empty() {
        rows.push(("People need", particulars.access_in_words()));
    }
    rows
}

/// As they stand in a form.
pub fn typed(particulars: &Particulars) -> (Vec<String>, String, Vec<String>, String) {
    let date = particulars.risk_assessed.map_or_else(String::new, |date| date.to_string());
    (particulars.allergens.clone(), particulars.allergen_note.clone(), particulars.labels.clone(), date)
}

/// What a draft of this person brings.
pub fn brings(actor: &Actor, draft: &Draft) -> Brings {
    let own = draft.organisation().is_some_and(|organisation| actor.may_book_for(organisation));
    let email = Email::parse(&actor.email).ok().filter(|_| own);
    let extras = draft.particulars.extras.clone();
    Brings { extras, ..Brings::of(&draft.holder, email.as_ref(), &draft.particulars.labels) }
}

/// What comes next where an induction is needed first.
pub fn induction_words(form: &Form, verdict: &Verdict, straight_away: bool) -> Option<String> {
    let (place, site) = (&form.facility.name, &form.site.name);
    verdict.induction.then(|| {
        if straight_away {
            format!("They have no induction for {place} that is valid on that date. You book it all the same.")
        } else {
            format!(
                "{place} needs an induction before the first use. This asks {site} for one; they arrange it with you."
            )
        }
    })
}

/// The facility of a form by its slug, else the first.
pub fn of_slug<'a>(facilities: &'a [Facility], slug: &str, own: Option<FacilityId>) -> Option<&'a Facility> {
    let named = Slug::parse(slug).and_then(|slug| facilities.iter().find(|one| one.slug == slug));
    named.or_else(|| facilities.iter().find(|one| Some(one.id) == own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_asked_is_kept_and_the_risk_assessment_is_a_date_that_has_been() {
        let today: NaiveDate = "2026-11-20".parse().unwrap();
        let (allergens, labels) = (["nuts".to_owned(), "x".to_owned()], ["Nuts".to_owned(), "Fire".to_owned()]);
        let layout = "Circle";
        let typed = |risk_date| Typed {
            allergens: &allergens,
            note: " Flour ",
            labels: &labels,
            risk_date,
            layout,
            extra: &[],
            access: &[],
            access_note: "",
        };
        let mut faults = Faults::none();
        assert_eq!(read_care(&Care::default(), typed(""), today, &mut faults), Particulars::default());
        let care = Care { allergens: true, labels: vec!["Nuts".to_owned()], risk_date: true, ..Care::default() };
        let said = read_care(&care, typed("2026-11-20"), today, &mut faults);
        assert!(faults.is_empty());
        assert_eq!((said.allergens, said.labels), (vec!["nuts".to_owned()], vec!["Nuts".to_owned()]));
        assert_eq!((said.allergen_note.as_str(), said.risk_assessed), ("Flour", Some(today)));
        for wrong in ["", "2026-11-21", "2019-01-01", "soon"] {
            let mut faults = Faults::none();
            assert_eq!(read_care(&care, typed(wrong), today, &mut faults).risk_assessed, None);
            assert!(faults.of("risk_date").is_some(), "{wrong}");
        }
    }
}
