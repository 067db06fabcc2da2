//! Who is written to about a booking: the one place that decides. Not what they are told.

use super::case::{Case, Circumstances};
use crate::domain::booking::Booking;
use crate::domain::holder::{Holder, Reader};
use crate::domain::rendered::Rendered;
use crate::mail::Mailer;
use crate::mail::bookings::BookingCase;
use crate::store::{Conn, StoreError, holders};

/// For an organisation the booker who made it, or its coordinators where somebody else did; for a person they themselves, where
/// they have an address; for the site whoever booked.
pub(super) fn readers(conn: &mut Conn, booking: &Booking) -> Result<Vec<Reader>, StoreError> {
    match (&booking.holder, &booking.booked_by) {
        (Holder::Person(contact), _) => {
            let to = |email| Reader { person: None, name: contact.name.clone(), email };
            Ok(contact.reach.email().cloned().map(to).into_iter().collect())
        }
        (Holder::Organisation(organisation), booker) if booking.on_behalf || booker.is_none() => {
            holders::readers_of(conn, organisation.id)
        }
        (_, booker) => {
            let to = booker.iter();
            Ok(to
                .map(|one| Reader { person: Some(one.id), name: one.name.clone(), email: one.email.clone() })
                .collect())
        }
    }
}

impl Case {
    /// The same mail to everybody who is written to about this booking.
    pub(super) fn letters(
        &self,
        conn: &mut Conn,
        circumstances: Circumstances<'_>,
        write: impl Fn(&Mailer, BookingCase<'_>) -> Option<Rendered>,
    ) -> Result<Vec<Rendered>, StoreError> {
        let readers = readers(conn, &self.booking)?;
        let mailer = circumstances.mailer;
        Ok(readers.iter().filter_map(|to| write(mailer, BookingCase { to: Some(to), ..self.for_mail() })).collect())
    }

    /// As [`Case::letters`], queued in the transaction that caused them.
    pub(super) fn tell(
        &self,
        conn: &mut Conn,
        circumstances: Circumstances<'_>,
        write: impl Fn(&Mailer, BookingCase<'_>) -> Option<Rendered>,
    ) -> Result<(), StoreError> {
        for mail in self.letters(conn, circumstances, write)? {
            circumstances.post(conn, Some(mail))?;
        }
        Ok(())
    }
}
