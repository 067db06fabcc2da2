//! Who is written to about a booking: the one place that decides. Not what they are told.

use super::case::{Case, Circumstances};
use crate::domain::booking::Booking;
use crate::domain::holder::{Holder, Reader};
use crate::domain::rendered::Rendered;
use crate::mail::Mailer;
use crate::mail::bookings::BookingCase;
use crate::store::{Conn, StoreError, holders, share};

/// For an organisation the booker who made it, or its coordinators where somebody else did; for a person they themselves, where
/// they have an address; for the site whoever booked.
pub(super) fn readers(conn: &mut Conn, booking: &Booking) -> Result<Vec<Reader>, StoreError> {
    match (&booking.holder, &booking.booked_by) {
        (Holder::Person(contact), _) => {
            let to = |email| Reader { person: None, name: contact.name.clone(), email, shares: false };
            Ok(contact.reach.email().cloned().map(to).into_iter().collect())
        }
        (Holder::Organisation(organisation), booker) if booking.on_behalf || booker.is_none() => {
            holders::readers_of(conn, organisation.id)
        }
        (_, booker) => {
            let to = booker.iter();
            Ok(to
                .map(|one| Reader {
                    person: Some(one.id),
                    name: one.name.clone(),
                    email: one.email.clone(),
                    shares: false,
                })
                .collect())
        }
    }
}

/// Who of the organisation that shares it gets copies: its coordinators, but for whoever has the mail already.
pub(super) fn copies(conn: &mut Conn, booking: &Booking, own: &[Reader]) -> Result<Vec<Reader>, StoreError> {
    let Some(second) = &booking.shared_with else {
        return Ok(Vec::new());
    };
    let mut copies = share::coordinators(conn, second.id)?;
    copies.retain(|copy| own.iter().all(|one| one.person != copy.person));
    Ok(copies)
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

    /// As [`Case::letters`], with a copy to each who gets one.
    pub(super) fn letters_to_all(
        &self,
        conn: &mut Conn,
        circumstances: Circumstances<'_>,
        write: impl Fn(&Mailer, BookingCase<'_>) -> Option<Rendered>,
    ) -> Result<Vec<Rendered>, StoreError> {
        let own = readers(conn, &self.booking)?;
        let copies = copies(conn, &self.booking, &own)?;
        let mailer = circumstances.mailer;
        let all = own.iter().chain(&copies);
        Ok(all.filter_map(|to| write(mailer, BookingCase { to: Some(to), ..self.for_mail() })).collect())
    }

    /// As [`Case::tell`], with a copy to each who gets one, written for them.
    pub(super) fn tell_all(
        &self,
        conn: &mut Conn,
        circumstances: Circumstances<'_>,
        write: impl Fn(&Mailer, BookingCase<'_>) -> Option<Rendered>,
    ) -> Result<(), StoreError> {
        self.tell_but(conn, circumstances, &[], write)
    }

    /// As [`Case::tell_all`], but for those, by address, who were never told of what this takes back.
    pub(super) fn tell_but(
        &self,
        conn: &mut Conn,
        circumstances: Circumstances<'_>,
        untold: &[String],
        write: impl Fn(&Mailer, BookingCase<'_>) -> Option<Rendered>,
    ) -> Result<(), StoreError> {
        for mail in self.letters_to_all(conn, circumstances, write)? {
            if untold.iter().all(|one| one != mail.to.as_str()) {
                circumstances.post(conn, Some(mail))?;
            }
        }
        Ok(())
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
