//! Mails about sharing a booking with a second organisation: that it begins, and that it ends. What happens to it later they get as copies.

use super::Mailer;
use super::bookings::BookingCase;
use super::letter::Letter;
use crate::domain::rendered::{MailKind, Rendered};
use crate::domain::span::Instant;

impl Mailer {
    /// To a coordinator of the second organisation: they share it from now on.
    pub fn now_shared(&self, case: BookingCase<'_>, now: Instant) -> Option<Rendered> {
        let (holder, second) = (case.booking.holder_name(), case.booking.shared_with.as_ref()?);
        let letter = Letter {
            subject: format!("Booking {} is shared with you", case.booking.reference),
            heading: format!("{holder} shares {} with you", case.facility_names()),
            state: Some(format!("{}. Reference {}", case.booking.stage().words(), case.booking.reference)),
            before: vec![
                format!("{holder} shares this booking with {}. You see it among your bookings.", second.name),
                format!("You get its email too. Only {holder} and {} can change or cancel it.", case.site.name),
            ],
            after: vec![
                "The calendar file is attached.".to_owned(),
                "If you should not be on it, open the booking and choose “Take us off”.".to_owned(),
            ],
            ..Letter::default()
        };
        let calendar = self.calendar_part(case, "REQUEST", now);
        self.to_reader(MailKind::Shared, case, letter).map(|mail| Rendered { calendar, ..mail })
    }

    /// To a coordinator of the second organisation: they no longer share it.
    pub fn no_longer_shared(&self, case: BookingCase<'_>, now: Instant) -> Option<Rendered> {
        let holder = case.booking.holder_name();
        let letter = Letter {
            subject: format!("Booking {} is no longer shared with you", case.booking.reference),
            heading: format!("{} is no longer shared with you", case.facility_names()),
            state: Some(format!("No longer shared. Reference {}", case.booking.reference)),
            before: vec![format!(
                "This booking of {holder} is no longer shared with you. It is not among your bookings now."
            )],
            // There is nothing left for them to see.
            action: Some(("See your bookings", self.link(crate::urls::BOOKINGS))),
            after: vec!["The calendar file attached takes it out of your calendar.".to_owned()],
            ..Letter::default()
        };
        let calendar = self.calendar_part(case, "CANCEL", now);
        self.to_reader(MailKind::ShareEnded, case, letter).map(|mail| Rendered { calendar, ..mail })
    }

    /// To the booker: the second organisation left. `second` is its name.
    pub fn share_left(&self, case: BookingCase<'_>, second: &str) -> Option<Rendered> {
        let letter = Letter {
            subject: format!("Your booking {} is no longer shared", case.booking.reference),
            heading: format!("{second} no longer shares your booking"),
            state: Some(format!("{}. Reference {}", case.booking.stage().words(), case.booking.reference)),
            before: vec![format!("{second} took itself off this booking. The booking itself stays as it is.")],
            ..Letter::default()
        };
        self.to_reader(MailKind::ShareEnded, case, letter)
    }
}
