//! Mails about papers: to an organisation's coordinators about a paper, and to the people of a booking that waits for one.

use super::Mailer;
use super::accounts::Recipient;
use super::bookings::BookingCase;
use super::letter::Letter;
use crate::domain::document::Document;
use crate::domain::occurrence::Stage;
use crate::domain::organisation::Organisation;
use crate::domain::papers::PaperSet;
use crate::domain::rendered::{MailKind, Rendered};
use crate::domain::span::Instant;
use crate::domain::words::{counted, date_and_clock, long_date};
use crate::urls;

impl Mailer {
    /// Dates that are conditional: what they wait for, and what happens if it does not come.
    pub fn papers_awaited(&self, case: BookingCase<'_>, now: Instant) -> Option<Rendered> {
        let all = case.booking.occurrences.iter();
        let awaiting: Vec<_> = all.filter(|one| one.state.awaited().is_some() && !one.state.is_void(now)).collect();
        let missing = awaiting.iter().filter_map(|one| one.state.awaited()).fold(PaperSet::NONE, PaperSet::and);
        let first = awaiting.first()?;
        let number = counted(i64::try_from(awaiting.len()).unwrap_or_default(), "date", "dates");
        let which = if case.booking.is_series() {
            format!("{number}, the first on {}", long_date(case.date_of(first)))
        } else {
            case.when(first)
        };
        let until = awaiting.iter().filter_map(|one| one.state.until()).min();
        let then = match until {
            Some(until) => format!(
                "They are needed by {}. After that the request lapses by itself.",
                date_and_clock(case.site.zone, until)
            ),
            None => format!(
                "Nothing is cancelled by itself. If the papers are not there in time, {} decides.",
                case.site.name
            ),
        };
        let booked = case.booking.occurrences.iter().filter(|one| one.state.stage() == Stage::Confirmed).count();
        let others = match booked {
            0 => String::new(),
            number => {
                let number = counted(i64::try_from(number).unwrap_or_default(), "date is", "dates are");
                format!("{number} confirmed already and need nothing more.")
            }
        };
        let mut letter = Letter {
            subject: format!("Your booking {} waits for papers", case.booking.reference),
            heading: format!("{} waits for papers of yours", case.facility_names()),
            state: Some(format!("Conditional. Reference {}", case.booking.reference)),
            before: vec![
                format!("{} asks for your {}.", case.site.name, missing.words()),
                "It has to be added, and accepted by the site. Then your dates are confirmed by themselves.".to_owned(),
                others,
                then,
            ],
            facts: vec![("Waiting", which)],
            ..Letter::default()
        };
        letter.before.retain(|words| !words.is_empty());
        if case.opens_pages() {
            letter.after = vec!["Your coordinator adds papers on the page of your organisation.".to_owned()];
            letter.action = Some(("See the booking", self.link(&urls::booking(&case.booking.reference))));
        }
        self.to_reader(MailKind::PapersAwaited, case, letter)
    }

    pub fn paper_accepted(&self, to: &Recipient<'_>, organisation: &Organisation, document: &Document) -> Rendered {
        let letter = Letter {
            subject: "Your paper was accepted".to_owned(),
            heading: format!("{}: accepted", document.kind.words()),
            before: vec![
                "Dates that waited for it only are confirmed now. We email you about each booking.".to_owned(),
            ],
            ..about(self, to, organisation, document)
        };
        self.render(MailKind::PaperAccepted, to.email, &letter)
    }

    pub fn paper_returned(
        &self,
        to: &Recipient<'_>,
        organisation: &Organisation,
        document: &Document,
        reason: &str,
    ) -> Rendered {
        let letter = Letter {
            subject: "Your paper was sent back".to_owned(),
            heading: format!("{}: sent back", document.kind.words()),
            before: vec!["It was sent back for this reason:".to_owned(), reason.to_owned()],
            after: vec!["Add another one that puts that right.".to_owned()],
            ..about(self, to, organisation, document)
        };
        self.render(MailKind::PaperReturned, to.email, &letter)
    }

    /// It runs out, or has.
    pub fn paper_runs_out(
        &self,
        to: &Recipient<'_>,
        organisation: &Organisation,
        document: &Document,
        is_over: bool,
    ) -> Rendered {
        let day = document.until.map_or_else(String::new, long_date);
        let (kind, subject, heading) = if is_over {
            (MailKind::PaperRanOut, "A paper has run out", format!("{} ran out on {day}", document.kind.words()))
        } else {
            (MailKind::PaperRunsOut, "A paper runs out soon", format!("{} runs out on {day}", document.kind.words()))
        };
        let letter = Letter {
            subject: subject.to_owned(),
            heading,
            before: vec![
                "Add the new one as soon as you have it; the old one counts until its last day.".to_owned(),
                "Dates after that are conditional until the new one is accepted. Nothing is cancelled by itself."
                    .to_owned(),
            ],
            ..about(self, to, organisation, document)
        };
        self.render(kind, to.email, &letter)
    }

    /// To a manager: somebody added a paper.
    pub fn paper_to_look_at(&self, to: &Recipient<'_>, organisation: &Organisation, document: &Document) -> Rendered {
        let letter = Letter {
            subject: "A paper waits to be looked at".to_owned(),
            heading: format!("{} added a paper", organisation.name),
            before: vec!["Accept it, or send it back with a reason.".to_owned()],
            why: "You get this because you manage a site where they book.".to_owned(),
            ..about(self, to, organisation, document)
        };
        self.render(MailKind::PaperToLookAt, to.email, &letter)
    }
}

/// What all of them have: whom it is to, which paper, and where it is.
fn about(mailer: &Mailer, to: &Recipient<'_>, organisation: &Organisation, document: &Document) -> Letter {
    Letter {
        name: to.name.to_owned(),
        facts: vec![
            ("Paper", document.kind.words().to_owned()),
            ("Of", organisation.name.clone()),
            ("Good", document.good()),
        ],
        action: Some(("See the papers", mailer.link(&urls::documents(&organisation.slug)))),
        why: format!("You get this because you coordinate {}.", organisation.name),
        ..Letter::default()
    }
}
