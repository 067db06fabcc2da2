//! Deadlines: a hold that has run out is void at once, and this writes it down. The chore and every writer use the same function.

use super::case::{Case, Circumstances};
use super::lapse::{self, Why};
use super::offer::{offer_freed, offer_places};
use super::{ground, proposals};
use crate::domain::availability::{Hold, Taken, TakenBy};
use crate::domain::history::EventKind;
use crate::domain::ids::{BookingId, OccurrenceId, OfferId, ProposalId, SiteId};
use crate::domain::occurrence::Act;
use crate::domain::rendered::MailKind;
use crate::store::engine::NewOccupancy;
use crate::store::proposals as store_proposals;
use crate::store::{Conn, StoreError, bookings, engine, occurrences, outbox};

/// Expires what is due anywhere, at most so many of a kind, and says how many those were. What that frees goes to who waits for it.
/// Running it twice does no harm.
pub fn expire_due(conn: &mut Conn, circumstances: Circumstances<'_>, most: i64) -> Result<usize, StoreError> {
    let due = occurrences::due(conn, circumstances.now, most)?;
    let mut done = 0;
    for (occurrence, booking) in due {
        let Some(case) = Case::by_id(conn, booking)? else {
            continue;
        };
        engine::lock(conn, case.site.id, case.booking.organisation_id())?;
        if let Some((site, freed)) = expire_one(conn, circumstances, occurrence, booking)? {
            done += 1;
            offer_freed(conn, circumstances, site, &freed)?;
        }
    }
    for booking in store_proposals::due(conn, circumstances.now, most)? {
        if let Some(case) = Case::by_id(conn, booking)? {
            engine::lock(conn, case.site.id, case.booking.organisation_id())?;
            if let Some((site, freed)) = proposals::lapse(conn, circumstances, booking)? {
                done += 1;
                offer_freed(conn, circumstances, site, &freed)?;
            }
        }
    }
    Ok(done + lapse::end_due(conn, circumstances, most)?)
}

/// Expires the void holds among what is taken, before anything is judged, and leaves the rest. What that frees is kept for the
/// next in line first, and counts as taken then.
pub(super) fn clear_void(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    taken: &mut Vec<Taken>,
) -> Result<(), StoreError> {
    if let Some((site, freed)) = write_down_void(conn, circumstances, taken)? {
        taken.extend(offer_places(conn, circumstances, site, &freed)?);
    }
    Ok(())
}

/// Writes down which holds among what is taken have run out, leaves the rest, and says what that freed and where.
pub(super) fn write_down_void(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    taken: &mut Vec<Taken>,
) -> Result<Option<(SiteId, Vec<NewOccupancy>)>, StoreError> {
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
    let lapsed: Vec<ProposalId> = taken
        .iter()
        .filter(|one| one.is_void(circumstances.now))
        .filter_map(|one| match one.by {
            TakenBy::Held { hold: Hold::Proposal(id), .. } => Some(id),
            _ => None,
        })
        .collect();
    let mut offers: Vec<OfferId> = taken
        .iter()
        .filter(|one| one.is_void(circumstances.now))
        .filter_map(|one| match one.by {
            TakenBy::Held { hold: Hold::Offer(offer), .. } => Some(offer),
            _ => None,
        })
        .collect();
    offers.sort_unstable();
    offers.dedup();
    let mut all: Option<(SiteId, Vec<NewOccupancy>)> = None;
    let mut note = |site: SiteId, freed: Vec<NewOccupancy>| all.get_or_insert((site, Vec::new())).1.extend(freed);
    for (occurrence, booking) in void {
        if let Some((site, freed)) = expire_one(conn, circumstances, occurrence, booking)? {
            note(site, freed);
        }
    }
    for id in lapsed {
        let Some(booking) = store_proposals::booking_of(conn, id)? else {
            continue;
        };
        if let Some((site, freed)) = proposals::lapse(conn, circumstances, booking)? {
            note(site, freed);
        }
    }
    for offer in offers {
        if let Some((entry, freed)) = lapse::end_by_id(conn, circumstances, offer, Why::RanOut)? {
            note(entry.site, freed);
        }
    }
    taken.retain(|one| !one.is_void(circumstances.now));
    Ok(all)
}

/// State, place, history and mail of one hold that has run out, and what that freed where. Nothing when somebody else did it first.
fn expire_one(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    occurrence: OccurrenceId,
    booking: BookingId,
) -> Result<Option<(SiteId, Vec<NewOccupancy>)>, StoreError> {
    let now = circumstances.now;
    let Some(case) = Case::by_id(conn, booking)? else {
        return Ok(None);
    };
    let Some(one) = case.booking.occurrences.iter().find(|one| one.id == occurrence).cloned() else {
        return Ok(None);
    };
    let Ok(state) = one.state.apply(Act::Expire, one.session, now) else {
        return Ok(None);
    };
    if !bookings::set_state(conn, one.id, one.state.stage(), &state)? {
        return Ok(None);
    }
    let freed = ground::release(conn, &[&one], case.booking.organisation_id(), now)?;
    case.note(conn, (EventKind::Expired, None), &one, None, now)?;
    outbox::drop_queued(conn, booking, &[MailKind::DecisionNeeded, MailKind::DecisionReminder], now)?;
    let case = case.changed(conn)?;
    case.tell(conn, circumstances, |mailer, case| mailer.expired(case))?;
    Ok(Some((case.site.id, freed)))
}
