//! The mails after a session: how did it go, once and with one reminder; and that the site saw nobody come. Without anything that names a client.

use super::Mailer;
use super::bookings::BookingCase;
use super::letter::Letter;
use crate::domain::attendance::{CORRECTED_DAYS, HeldDate, LINK_DAYS};
use crate::domain::rendered::{MailKind, Rendered};
use crate::domain::words::{date_and_times, date_without_year};
use crate::urls;

impl Mailer {
    /// Asks how a date went. The link opens its form and nothing else.
    pub fn attendance_wanted(
        &self,
        case: BookingCase<'_>,
        date: &HeldDate,
        (token, again): (&str, bool),
    ) -> Option<Rendered> {
        let day = date_without_year(crate::domain::hours::local_date(case.site.zone, date.session.start()));
        let (kind, subject) = if again {
            (MailKind::AttendanceReminder, format!("Reminder: how did it go on {day}?"))
        } else {
            (MailKind::AttendanceWanted, format!("How did it go on {day}?"))
        };
        let last = if again { "We do not ask again." } else { "We remind you once, and not again." };
        let letter = Letter {
            subject,
            heading: format!("How did it go on {day}?"),
            state: None,
            before: vec![
                "Tell us in half a minute how many people came. We ask for numbers only, never for names.".to_owned(),
            ],
            facts: self.place_and_time(case, date),
            action: Some(("Fill in the form", self.link(&urls::attendance_link(token)))),
            after: vec![
                format!(
                    "Were you not there yourself? Pass this email on to whoever was: the link works without an account for {LINK_DAYS} days, and opens this form only."
                ),
                format!("Signed in, you can correct the numbers for {CORRECTED_DAYS} days. {last}"),
            ],
            ..Letter::default()
        };
        self.to_reader(kind, case, letter)
    }

    /// Tells that the site noted that nobody came.
    pub fn nobody_came(&self, case: BookingCase<'_>, date: &HeldDate) -> Option<Rendered> {
        let day = date_without_year(crate::domain::hours::local_date(case.site.zone, date.session.start()));
        let letter = Letter {
            subject: format!("About your booking {} on {day}", case.booking.reference),
            heading: format!("We missed you on {day}"),
            state: Some(format!("Reference {}", case.booking.reference)),
            before: vec![
                format!("{} noted that nobody came to this session. We hope that all is well.", case.site.name),
                "If that is a mistake, please ring the site, so that it can take the note back.".to_owned(),
            ],
            facts: self.place_and_time(case, date),
            action: Some(("See the booking", self.link(&urls::booking(&case.booking.reference)))),
            after: vec![
                "When you do not need a place, releasing it takes one click, and somebody else can have it.".to_owned(),
            ],
            ..Letter::default()
        };
        self.to_reader(MailKind::NoShow, case, letter)
    }

    fn place_and_time(&self, case: BookingCase<'_>, date: &HeldDate) -> Vec<(&'static str, String)> {
        let places = case.booking.occurrences.iter().filter(|one| one.ordinal == date.ordinal);
        let mut names: Vec<String> = places.map(|one| case.place(one)).collect();
        names.dedup();
        vec![("When", date_and_times(case.site.zone, date.session)), ("Where", names.join("; "))]
    }
}
