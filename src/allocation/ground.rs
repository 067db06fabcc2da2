//! Taking and giving back units, with the edges that sessions of one holder may share. Not whether it is allowed: that was judged before.

use crate::domain::availability::{Taken, TakenBy};
use crate::domain::booking::Occurrence;
use crate::domain::ids::{OccurrenceId, OrganisationId, UnitId};
use crate::domain::span::{Instant, Span};
use crate::store::engine::{NewOccupancy, OccupancyHolder, insert_occupancies};
use crate::store::{Conn, StoreError, bookings, occupancies};

/// A place that was judged to be free.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim<'a> {
    pub occurrence: OccurrenceId,
    pub organisation: Option<OrganisationId>,
    pub session: Span,
    pub occupied: Span,
    pub units: &'a [UnitId],
    /// What is taken around it.
    pub taken: &'a [Taken],
    pub now: Instant,
}

/// Takes the units. Where a neighbour of the same organisation shares the edge, the earlier one's occupancy ends where the
/// later one's begins.
///
/// # Errors
/// `Overlap` when the place is taken after all.
pub(super) fn take(conn: &mut Conn, claim: Claim<'_>) -> Result<(), StoreError> {
    let mut new = Vec::with_capacity(claim.units.len());
    for unit in claim.units {
        let mut span = claim.occupied;
        for neighbour in claim.taken.iter().filter(|one| one.unit == *unit && one.span.overlaps(claim.occupied)) {
            if let Some((ours, theirs)) = share_edge(&claim, neighbour, span) {
                span = ours;
                reshape(conn, neighbour, theirs)?;
            }
        }
        new.push(NewOccupancy { unit: *unit, span, holder: OccupancyHolder::Occurrence(claim.occurrence) });
    }
    insert_occupancies(conn, &new)
}

/// Where two sessions of one organisation meet: our occupancy and theirs, cut so that they touch.
fn share_edge(claim: &Claim<'_>, neighbour: &Taken, ours: Span) -> Option<(Span, Span)> {
    let TakenBy::Occurrence { organisation: Some(theirs), session, .. } = &neighbour.by else {
        return None;
    };
    if claim.organisation != Some(*theirs) || neighbour.is_void(claim.now) || session.overlaps(claim.session) {
        return None;
    }
    if session.end() <= claim.session.start() {
        let edge = session.end().max(ours.start());
        Some((Span::new(edge, ours.end())?, Span::new(neighbour.span.start(), edge)?))
    } else {
        let edge = claim.session.end().max(neighbour.span.start());
        Some((Span::new(ours.start(), edge)?, Span::new(edge, neighbour.span.end())?))
    }
}

/// Gives a neighbour's unit another span. Occupancies are never updated, so all of the occurrence's are written anew.
fn reshape(conn: &mut Conn, neighbour: &Taken, span: Span) -> Result<(), StoreError> {
    let TakenBy::Occurrence { occurrence, .. } = neighbour.by else {
        return Ok(());
    };
    let mut all = occupancies::of_occurrence(conn, occurrence)?;
    for one in all.iter_mut().filter(|one| one.unit == neighbour.unit) {
        one.span = span;
    }
    occupancies::delete_of_occurrence(conn, occurrence)?;
    insert_occupancies(conn, &all)
}

/// Gives back what an occurrence holds, and restores the set-up and turnaround of neighbours that shared its edges.
pub(super) fn release(
    conn: &mut Conn,
    occurrence: &Occurrence,
    organisation: Option<OrganisationId>,
) -> Result<usize, StoreError> {
    let held = occupancies::of_occurrence(conn, occurrence.id)?;
    if held.is_empty() {
        return Ok(0);
    }
    occupancies::delete_of_occurrence(conn, occurrence.id)?;
    if organisation.is_some() {
        let units: Vec<UnitId> = held.iter().map(|one| one.unit).collect();
        let around = occurrence.occupied.widened(24 * 60, 24 * 60);
        let taken = occupancies::taken(conn, &units, around)?;
        for one in &held {
            restore_neighbours(conn, one, organisation, &taken)?;
        }
    }
    Ok(held.len())
}

fn restore_neighbours(
    conn: &mut Conn,
    freed: &NewOccupancy,
    organisation: Option<OrganisationId>,
    taken: &[Taken],
) -> Result<(), StoreError> {
    let touching = taken.iter().filter(|one| {
        let touches = one.span.end() == freed.span.start() || one.span.start() == freed.span.end();
        let own = matches!(&one.by, TakenBy::Occurrence { organisation: theirs, .. } if *theirs == organisation);
        one.unit == freed.unit && touches && own
    });
    for neighbour in touching {
        let TakenBy::Occurrence { booking, occurrence, .. } = neighbour.by else {
            continue;
        };
        let Some(full) = bookings::by_id(conn, booking)?
            .and_then(|booking| booking.occurrences.into_iter().find(|one| one.id == occurrence))
            .map(|one| one.occupied)
        else {
            continue;
        };
        let others = || taken.iter().filter(|one| one.unit == freed.unit && !one.is_of(occurrence));
        let before = others().map(|one| one.span.end()).filter(|end| *end <= neighbour.span.start()).max();
        let after = others().map(|one| one.span.start()).filter(|start| neighbour.span.end() <= *start).min();
        let start = before.map_or(full.start(), |before| before.max(full.start()));
        let end = after.map_or(full.end(), |after| after.min(full.end()));
        if let Some(span) = Span::new(start, end).filter(|span| *span != neighbour.span) {
            reshape(conn, neighbour, span)?;
        }
    }
    Ok(())
}
