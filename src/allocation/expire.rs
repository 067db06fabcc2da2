//! Deadlines: a hold that has run out is void at once, and this writes it down. The chore and every writer use the same function.

use super::case::{Case, Circumstances};
use super::{ground, proposals};
use crate::domain::availability::{Hold, Taken, TakenBy};
use crate::domain::history::EventKind;
use crate::domain::ids::{BookingId, OccurrenceId, ProposalId};
use crate::domain::occurrence::Act;
use crate::domain::rendered::MailKind;
use crate::store::proposals as store_proposals;
use crate::store::{Conn, StoreError, bookings, engine, occurrences, outbox};

/// Expires what is due anywhere, at most so many, and says how many those were. Running it twice does no harm.
pub fn expire_due(conn: &mut Conn, circumstances: Circumstances<'_>, most: i64) -> Result<usize, StoreError> {
    let due = occurrences::due(conn, circumstances.now, most)?;
    let mut done = 0;
    for (occurrence, booking) in due {
        let Some(case) = Case::by_id(conn, booking)? else {
            continue;
        };
        engine::lock(conn, case.site.id, case.booking.organisation_id())?;
        done += usize::from(expire_one(conn, circumstances, occurrence, booking)?);
    }
    for booking in store_proposals::due(conn, circumstances.now, most)? {
        if let Some(case) = Case::by_id(conn, booking)? {
            engine::lock(conn, case.site.id, case.booking.organisation_id())?;
            done += proposals::lapse(conn, circumstances, booking)?;
        }
    }
    Ok(done)
}

/// Expires the void holds among what is taken, before anything is judged, and leaves the rest.
pub(super) fn clear_void(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    taken: &mut Vec<Taken>,
) -> Result<(), StoreError> {
    let lapsed: Vec<ProposalId> = taken
        .iter()
        .filter(|one| one.is_void(circumstances.now))
        .filter_map(|one| match one.by {
            TakenBy::Held { hold: Hold::Proposal(id), .. } => Some(id),
            _ => None,
        })
        .collect();
    for id in lapsed {
        if let Some(booking) = store_proposals::booking_of(conn, id)? {
            proposals::lapse(conn, circumstances, booking)?;
        }
    }
    let mut void: Vec<(OccurrenceId, BookingId)> = taken
        .iter()
        .filter(|one| one.is_void(circumstances.now))
        .filter_map(|one| match one.by {
            TakenBy::Occurrence { occurrence, booking, .. } => Some((occurrence, booking)),
            TakenBy::Held { .. } | TakenBy::Closure { .. } => None,
        })
        .collect();
    void.sort_unstable();
    void.dedup();
    for (occurrence, booking) in void {
        expire_one(conn, circumstances, occurrence, booking)?;
    }
    taken.retain(|one| !one.is_void(circumstances.now));
    Ok(())
}

/// State, place, history and mail of one hold that has run out. False when somebody else did it first.
fn expire_one(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    occurrence: OccurrenceId,
    booking: BookingId,
) -> Result<bool, StoreError> {
    let now = circumstances.now;
    let Some(case) = Case::by_id(conn, booking)? else {
        return Ok(false);
    };
    let Some(one) = case.booking.occurrences.iter().find(|one| one.id == occurrence).cloned() else {
        return Ok(false);
    };
    let Ok(state) = one.state.apply(Act::Expire, one.session, now) else {
        return Ok(false);
    };
    if !bookings::set_state(conn, one.id, one.state.stage(), &state)? {
        return Ok(false);
    }
    ground::release(conn, &[&one], case.booking.organisation_id(), now)?;
    case.note(conn, (EventKind::Expired, None), &one, None, now)?;
    outbox::drop_queued(conn, booking, &[MailKind::DecisionNeeded, MailKind::DecisionReminder], now)?;
    let case = case.changed(conn)?;
    circumstances.post(conn, circumstances.mailer.expired(case.for_mail()))?;
    Ok(true)
}
