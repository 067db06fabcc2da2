//! What judging needs beyond times, loaded only where the rules ask for it: labels of what is there, and inductions. Reads, never writes.

use chrono::NaiveDate;

use crate::domain::availability::{Hold, Taken, TakenBy};
use crate::domain::care::{CareFacts, LabelsThere};
use crate::domain::ids::{BookingId, FacilityId, OfferId, ProposalId, UnitId};
use crate::domain::places::Facility;
use crate::domain::span::Span;
use crate::store::{Conn, StoreError, inductions, particulars};

/// Nothing where no facility asks for it; else a query for the labels of bookings, one each for those of changes and offers that
/// keep a place, and one for inductions.
pub(super) fn load(
    conn: &mut Conn,
    facilities: &[&Facility],
    taken: &[Taken],
    from: NaiveDate,
) -> Result<CareFacts, StoreError> {
    let inducting: Vec<FacilityId> = facilities.iter().filter(|one| one.care.induction).map(|one| one.id).collect();
    let inductions = if inducting.is_empty() { Vec::new() } else { inductions::valid_from(conn, &inducting, from)? };
    Ok(CareFacts { labels: labels(conn, facilities, taken)?, inductions })
}

fn labels(conn: &mut Conn, facilities: &[&Facility], taken: &[Taken]) -> Result<Vec<LabelsThere>, StoreError> {
    let apart = facilities.iter().filter(|one| !one.care.pairs.is_empty());
    let units: Vec<UnitId> = apart.flat_map(|one| one.unit_ids()).collect();
    let near: Vec<&Taken> = taken.iter().filter(|one| units.contains(&one.unit)).collect();
    let (mut bookings, mut changes, mut offers): (Vec<BookingId>, Vec<ProposalId>, Vec<OfferId>) = Default::default();
    for one in &near {
        match &one.by {
            TakenBy::Occurrence { booking, .. } => bookings.push(*booking),
            TakenBy::Held { hold: Hold::Proposal(id), .. } => changes.push(*id),
            TakenBy::Held { hold: Hold::Offer(id), .. } => offers.push(*id),
            TakenBy::Closure { .. } => {}
        }
    }
    bookings.sort_unstable();
    bookings.dedup();
    let said = if bookings.is_empty() { Default::default() } else { particulars::of_bookings(conn, &bookings)? };
    let changed = if changes.is_empty() { Vec::new() } else { particulars::labels_of_proposals(conn, &changes)? };
    let offered = if offers.is_empty() { Vec::new() } else { particulars::labels_of_offers(conn, &offers)? };
    let there = |one: &Taken| {
        let of_hold = |span, until, labels: &Vec<String>| LabelsThere {
            unit: one.unit,
            span,
            until,
            booking: None,
            occurrence: None,
            labels: labels.clone(),
        };
        match &one.by {
            TakenBy::Occurrence { booking, occurrence, session, until, .. } => {
                said.get(booking).map(|said| LabelsThere {
                    booking: Some(*booking),
                    occurrence: Some(*occurrence),
                    ..of_hold(Span::new(session.start(), one.span.end()).unwrap_or(*session), *until, &said.labels)
                })
            }
            TakenBy::Held { hold: Hold::Proposal(id), until } => {
                changed.iter().find(|(of, _)| of == id).map(|(_, labels)| of_hold(one.span, Some(*until), labels))
            }
            TakenBy::Held { hold: Hold::Offer(id), until } => {
                offered.iter().find(|(of, _)| of == id).map(|(_, labels)| of_hold(one.span, Some(*until), labels))
            }
            TakenBy::Closure { .. } => None,
        }
    };
    Ok(near.into_iter().filter_map(there).filter(|there| !there.labels.is_empty()).collect())
}
