//! Handing what somebody looks after for an organisation to another member: their bookings to come and their places in waiting lists. Their
//! duties are given back by `duties`; whether they may leave is judged by whoever calls this.

use super::Circumstances;
use crate::domain::history::EventKind;
use crate::domain::ids::{BookingId, OrganisationId, PersonId};
use crate::domain::rendered::Rendered;
use crate::mail::accounts::Recipient;
use crate::mail::handover::Handed;
use crate::store::events::{self, NewEvent};
use crate::store::organisations::{self, Member};
use crate::store::{Conn, StoreError, duties, handover};

pub use crate::store::handover::InHand as HandedBooking;

/// What somebody has in hand for an organisation.
#[derive(Debug, Clone, Default)]
pub struct InHand {
    pub bookings: Vec<HandedBooking>,
    /// Duties to come, which nobody takes over by themselves.
    pub duties: usize,
}

impl InHand {
    pub fn is_empty(&self) -> bool {
        self.bookings.is_empty() && self.duties == 0
    }
}

/// What would be handed over, or back, if somebody left an organisation now.
///
/// # Errors
/// The store's.
pub fn in_hand(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (organisation, person): (OrganisationId, PersonId),
) -> Result<InHand, StoreError> {
    let now = circumstances.now;
    let bookings = handover::bookings(conn, (organisation, person), now)?;
    let duties = duties::of_person(conn, person, now)?;
    let theirs = duties.iter().filter(|one| one.stands() && one.organisation == organisation).count();
    Ok(InHand { bookings, duties: theirs })
}

/// Gives the bookings to come and the places in waiting lists of one member to another, who is told once. The caller has locked the organisation.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn hand_over(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    organisation: OrganisationId,
    (from, to): (&Member, &Member),
    by: Option<PersonId>,
) -> Result<usize, StoreError> {
    handover::give_waiting(conn, (organisation, from.person), to.person)?;
    let bookings = handover::bookings(conn, (organisation, from.person), circumstances.now)?;
    if bookings.is_empty() {
        return Ok(0);
    }
    let ids: Vec<BookingId> = bookings.iter().map(|one| one.id).collect();
    handover::give(conn, &ids, to.person)?;
    for id in &ids {
        let event = NewEvent {
            booking: Some(*id),
            organisation: Some(organisation),
            person: Some(to.person),
            ..NewEvent::new(EventKind::HandedOver, by)
        };
        events::insert(conn, &event, circumstances.now)?;
    }
    let name = organisations::by_id(conn, organisation)?.map(|one| one.name).unwrap_or_default();
    let handed: Vec<Handed<'_>> =
        bookings.iter().map(|one| (&one.reference, (one.zone, one.next), one.dates)).collect();
    let reader = Recipient { name: &to.name, email: &to.email };
    let mail = circumstances.mailer.handed_over(&reader, (&name, &from.name), &handed);
    circumstances.post(conn, Some(Rendered { person: Some(to.person), ..mail }))?;
    Ok(ids.len())
}
