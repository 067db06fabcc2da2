//! Taking and giving back units, with the edges that sessions of one holder may share. Not whether it is allowed: that was judged before.

use super::proposals::give_back;
use crate::domain::availability::{Taken, TakenBy};
use crate::domain::booking::Occurrence;
use crate::domain::ids::{OccurrenceId, OrganisationId, UnitId};
use crate::domain::span::{Instant, Span};
use crate::store::engine::{NewOccupancy, OccupancyHolder, insert_occupancies};
use crate::store::proposals::Ended;
use crate::store::{Conn, StoreError, bookings, occupancies, proposals};

/// A place that was judged to be free.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim<'a> {
    pub occurrence: OccurrenceId,
    /// Whose sessions may share its edges; none where the rules say so.
    pub organisation: Option<OrganisationId>,
    pub session: Span,
    pub occupied: Span,
    pub units: &'a [UnitId],
}

/// An occupancy about to be written, with what it needs to share an edge.
struct Claimed {
    occupancy: NewOccupancy,
    session: Span,
    organisation: Option<OrganisationId>,
}

/// Takes the units of all claims in one statement. Where a neighbour of the same organisation shares an edge, the earlier one's
/// occupancy ends where the later one's begins. `taken` is what is taken around them.
///
/// # Errors
/// `Overlap` when a place is taken after all.
pub(super) fn take(conn: &mut Conn, claims: &[Claim<'_>], taken: &[Taken], now: Instant) -> Result<(), StoreError> {
    let mut new: Vec<Claimed> = Vec::new();
    for claim in claims {
        for unit in claim.units {
            let mut span = claim.occupied;
            for neighbour in taken.iter().filter(|one| one.unit == *unit && one.span.overlaps(claim.occupied)) {
                let TakenBy::Occurrence { organisation, session, .. } = &neighbour.by else {
                    continue;
                };
                if neighbour.is_void(now) {
                    continue;
                }
                if let Some((ours, theirs)) = share_edge((claim, span), (*organisation, *session, neighbour.span)) {
                    span = ours;
                    reshape(conn, neighbour, theirs)?;
                }
            }
            for earlier in new.iter_mut().filter(|one| one.occupancy.unit == *unit) {
                let theirs = (earlier.organisation, earlier.session, earlier.occupancy.span);
                if let Some((ours, theirs)) = share_edge((claim, span), theirs) {
                    span = ours;
                    earlier.occupancy.span = theirs;
                }
            }
            let holder = OccupancyHolder::Occurrence(claim.occurrence);
            let occupancy = NewOccupancy { unit: *unit, span, holder };
            new.push(Claimed { occupancy, session: claim.session, organisation: claim.organisation });
        }
    }
    insert_occupancies(conn, &new.iter().map(|one| one.occupancy).collect::<Vec<_>>())
}

/// Where two sessions of one organisation meet: our occupancy and theirs, cut so that they touch.
fn share_edge(
    (claim, ours): (&Claim<'_>, Span),
    (organisation, session, theirs): (Option<OrganisationId>, Span, Span),
) -> Option<(Span, Span)> {
    if organisation.is_none() || claim.organisation != organisation {
        return None;
    }
    if session.overlaps(claim.session) || !theirs.overlaps(ours) {
        return None;
    }
    if session.end() <= claim.session.start() {
        let edge = session.end().max(ours.start());
        Some((Span::new(edge, ours.end())?, Span::new(theirs.start(), edge)?))
    } else {
        let edge = claim.session.end().max(theirs.start());
        Some((Span::new(ours.start(), edge)?, Span::new(edge, theirs.end())?))
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

/// Gives back what occurrences of one holder hold, restores the set-up and turnaround of neighbours that shared their edges,
/// and says what was freed.
pub(super) fn release(
    conn: &mut Conn,
    occurrences: &[&Occurrence],
    organisation: Option<OrganisationId>,
    now: Instant,
) -> Result<Vec<NewOccupancy>, StoreError> {
    let ids: Vec<OccurrenceId> = occurrences.iter().map(|one| one.id).collect();
    let dropped = drop_proposals(conn, &ids, now)?;
    let held: Vec<NewOccupancy> = occupancies::of_occurrences(conn, &ids)?.into_iter().map(|(_, one)| one).collect();
    let (Some(from), Some(to)) =
        (held.iter().map(|one| one.span.start()).min(), held.iter().map(|one| one.span.end()).max())
    else {
        return Ok(dropped);
    };
    occupancies::delete_of_occurrences(conn, &ids)?;
    if let Some(around) = Span::new(from.plus_days(-1), to.plus_days(1)).filter(|_| organisation.is_some()) {
        let mut units: Vec<UnitId> = held.iter().map(|one| one.unit).collect();
        units.sort_unstable();
        units.dedup();
        let taken = occupancies::taken(conn, &units, around)?;
        for one in &held {
            restore_neighbours(conn, one, organisation, &taken)?;
        }
    }
    Ok(held.into_iter().chain(dropped).collect())
}

/// Cuts the set-up and turnaround of sessions that stand beside a closed time: they lose what reaches into it, never their own time.
/// Giving back a place may just have given them more of it than they had.
pub(super) fn make_way(conn: &mut Conn, units: &[UnitId], closed: Span) -> Result<(), StoreError> {
    for neighbour in occupancies::taken(conn, units, closed)? {
        let TakenBy::Occurrence { session, .. } = neighbour.by else {
            continue;
        };
        let (start, end) = (neighbour.span.start(), neighbour.span.end());
        let left = if session.end() <= closed.start() {
            Span::new(start, end.min(closed.start()))
        } else {
            Span::new(start.max(closed.end()), end)
        };
        if let Some(left) = left.filter(|_| !session.overlaps(closed)) {
            reshape(conn, &neighbour, left)?;
        }
    }
    Ok(())
}

/// A change that waits has nothing to change any more when its occurrence goes or moves.
fn drop_proposals(conn: &mut Conn, ids: &[OccurrenceId], now: Instant) -> Result<Vec<NewOccupancy>, StoreError> {
    let waiting = proposals::of_occurrences(conn, ids)?;
    let freed = give_back(conn, &waiting)?;
    if !waiting.is_empty() {
        proposals::end(conn, &waiting, (Ended::Withdrawn, None), None, now)?;
    }
    Ok(freed)
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
