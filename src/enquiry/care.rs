//! What judging needs beyond times, loaded only where the rules ask for it: labels of what is there, and inductions. Reads, never writes.

use chrono::NaiveDate;

use crate::domain::availability::{Hold, Taken, TakenBy};
use crate::domain::care::{CareFacts, LabelsThere};
use crate::domain::ids::{BookingId, FacilityId, OfferId, ProposalId, UnitId};
use crate::domain::places::Facility;
use crate::domain::span::Span;
use crate::store::{Conn, StoreError, inductions, particulars};

/// Nothing where no facility asks for it; else a query each for the labels of changes and of offers that keep a place, and one for
/// inductions. The labels of bookings were read with what is taken.
pub(super) fn load(
    conn: &mut Conn,
    facilities: &[&Facility],
    (taken, said): (&[Taken], &[(BookingId, Vec<String>)]),
    from: NaiveDate,
) -> Result<CareFacts, StoreError> {
    let inducting: Vec<FacilityId> = facilities.iter().filter(|one| one.care.induction).map(|one| one.id).collect();
    let inductions = if inducting.is_empty() { Vec::new() } else { inductions::valid_from(conn, &inducting, from)? };
    Ok(CareFacts { labels: labels(conn, facilities, (taken, said))?, inductions })
}

fn labels(
    conn: &mut Conn,
    facilities: &[&Facility],
    (taken, said): (&[Taken], &[(BookingId, Vec<String>)]),
) -> Result<Vec<LabelsThere>, StoreError> {
    let apart = facilities.iter().filter(|one| !one.care.pairs.is_empty());
    let units: Vec<UnitId> = apart.flat_map(|one| one.unit_ids()).collect();
    let near: Vec<&Taken> = taken.iter().filter(|one| units.contains(&one.unit)).collect();
    let (mut changes, mut offers): (Vec<ProposalId>, Vec<OfferId>) = Default::default();
    for one in &near {
        match &one.by {
            TakenBy::Held { hold: Hold::Proposal(id), .. } => changes.push(*id),
            TakenBy::Held { hold: Hold::Offer(id), .. } => offers.push(*id),
            // Nobody cooks on a plot.
            TakenBy::Held { hold: Hold::PlotOffer(_), .. } | TakenBy::Occurrence { .. } | TakenBy::Closure { .. } => {}
        }
    }
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
                said.iter().find(|(of, _)| of == booking).map(|(_, labels)| LabelsThere {
                    booking: Some(*booking),
                    occurrence: Some(*occurrence),
                    ..of_hold(Span::new(session.start(), one.span.end()).unwrap_or(*session), *until, labels)
                })
            }
            TakenBy::Held { hold: Hold::Proposal(id), until } => {
                changed.iter().find(|(of, _)| of == id).map(|(_, labels)| of_hold(one.span, Some(*until), labels))
            }
            TakenBy::Held { hold: Hold::Offer(id), until } => {
                offered.iter().find(|(of, _)| of == id).map(|(_, labels)| of_hold(one.span, Some(*until), labels))
            }
            TakenBy::Held { hold: Hold::PlotOffer(_), .. } | TakenBy::Closure { .. } => None,
        }
    };
    Ok(near.into_iter().filter_map(there).filter(|there| !there.labels.is_empty()).collect())
}
