//! Mails about a series as a whole: whether it is still needed, and that it ends soon. Nothing happens by itself, and both say so.

use super::Mailer;
use super::bookings::BookingCase;
use super::letter::Letter;
use crate::domain::booking::Occurrence;
use crate::domain::rendered::{MailKind, Rendered};
use crate::domain::words::{counted, long_date};
use crate::urls;

impl Mailer {
    /// A quiet question; `ahead` are the confirmed dates that are still to come.
    pub fn still_needed(&self, case: BookingCase<'_>, ahead: &[&Occurrence]) -> Option<Rendered> {
        let number = counted(i64::try_from(ahead.len()).unwrap_or_default(), "date", "dates");
        let letter = Letter {
            subject: format!("Is your booking {} still needed?", case.booking.reference),
            heading: format!("Do you still need {}?", case.facility_names()),
            state: Some(format!("{number} to come. Reference {}", case.booking.reference)),
            before: vec![
                "If you do, say so with one click, and we do not ask again for a while.".to_owned(),
                "If you do not need all of it, release the dates that somebody else could use.".to_owned(),
            ],
            facts: series_facts(case, ahead),
            action: Some(("Answer", self.link(&urls::booking_needed(&case.booking.reference)))),
            after: vec!["Nothing is cancelled if you do not answer. The site may ring you then.".to_owned()],
            ..Letter::default()
        };
        let mail = self.to_reader(MailKind::StillNeeded, case, letter)?;
        // With the last date the question is pointless.
        Some(Rendered { not_after: ahead.last().map(|one| one.session.start()), ..mail })
    }

    /// The series ends with this date; `more` is how many dates could follow.
    pub fn series_ending(&self, case: BookingCase<'_>, ahead: &[&Occurrence], more: u32) -> Option<Rendered> {
        let last = ahead.last()?;
        let date = long_date(case.date_of(last));
        let reference = &case.booking.reference;
        let go_on = match more {
            0 => "If you want to go on, book it again. The form is filled in for you.".to_owned(),
            1 => "If you want to go on, look at the next date and add it.".to_owned(),
            _ => format!("If you want to go on, look at the next {more} dates and add those that are free."),
        };
        let action = match more {
            0 => ("Book it again", self.link(&urls::booking_again(reference))),
            _ => ("See the next dates", self.link(&urls::booking_more_dates(reference, more))),
        };
        let letter = Letter {
            subject: format!("Your booking {reference} ends soon"),
            heading: format!("Your series in {} ends soon", case.facility_names()),
            state: Some(format!("Last date {date}. Reference {reference}")),
            before: vec![format!("The last date is {date}."), go_on],
            facts: series_facts(case, ahead),
            action: Some(action),
            after: vec!["Nothing is booked by itself.".to_owned()],
            ..Letter::default()
        };
        let mail = self.to_reader(MailKind::SeriesEnding, case, letter)?;
        Some(Rendered { not_after: Some(last.session.start()), ..mail })
    }
}

fn series_facts(case: BookingCase<'_>, ahead: &[&Occurrence]) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    facts.extend(ahead.first().map(|one| ("Where", case.place(one))));
    facts.extend(case.booking.repeat.as_ref().map(|pattern| ("Repeats", pattern.repeat.words())));
    facts.extend(ahead.first().map(|one| ("Next date", case.when(one))));
    facts.extend(ahead.last().filter(|_| 1 < ahead.len()).map(|one| ("Last date", case.when(one))));
    facts
}
