//! Who is written to about a booking: the one place that decides. Not what they are told.

use super::case::{Case, Circumstances};
use super::papers;
use crate::domain::booking::{Booking, Occurrence};
use crate::domain::history::EventKind;
use crate::domain::holder::{Holder, Reader};
use crate::domain::ids::PersonId;
use crate::domain::occurrence::State;
use crate::domain::rendered::Rendered;
use crate::mail::Mailer;
use crate::mail::accounts::Recipient;
use crate::mail::bookings::BookingCase;
use crate::store::{Conn, StoreError, bulk, holders, share};

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
    /// History and mail of a new booking; `inducts` where some of its dates wait for an induction.
    pub(super) fn tell_of_new(
        &self,
        conn: &mut Conn,
        circumstances: Circumstances<'_>,
        inducts: bool,
        by: PersonId,
    ) -> Result<(), StoreError> {
        let line = |one: &Occurrence| {
            let kind = match one.state {
                State::Requested { .. } => EventKind::Requested,
                State::Skipped { .. } => EventKind::LeftOut,
                State::AwaitsPapers { .. } => EventKind::PapersAwaited,
                _ => EventKind::Booked,
            };
            self.event((kind, Some(by)), one, None)
        };
        let lines: Vec<_> = self.booking.occurrences.iter().map(line).collect();
        bulk::insert_events(conn, &lines, circumstances.now)?;
        let now = circumstances.now;
        if papers::awaits_any(&self.booking) && self.booking.waiting(now).next().is_none() {
            return papers::tell_awaited(conn, circumstances, self);
        }
        if self.booking.waiting(now).next().is_none() {
            let mails = self.letters(conn, circumstances, |mailer, case| mailer.confirmed(case, now))?;
            return circumstances.post_all(conn, mails);
        }
        let received =
            |mailer: &Mailer, case: BookingCase<'_>| mailer.request_received(BookingCase { inducts, ..case }, now);
        let mut mails = self.letters(conn, circumstances, received)?;
        mails.extend(self.managers(conn)?.iter().map(|manager| {
            let to = Recipient { name: &manager.name, email: &manager.email };
            circumstances.mailer.decision_needed(BookingCase { inducts, ..self.for_mail() }, &to, false)
        }));
        circumstances.post_all(conn, mails)
    }

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
