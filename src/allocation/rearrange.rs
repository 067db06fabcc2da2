//! Moving occurrences: all old places are given back, then all new ones taken, so that a series never collides with itself and two rooms can be exchanged. Not whether a move is allowed.

use super::case::{Case, Circumstances};
use super::ground::{self, Claim};
use crate::domain::availability::Wanted;
use crate::domain::booking::Occurrence;
use crate::domain::hours::local_time;
use crate::domain::ids::{FacilityId, OrganisationId, UnitId};
use crate::domain::occurrence::State;
use crate::domain::rates::Price;
use crate::domain::span::{Instant, Span};
use crate::store::changes::NewPlace;
use crate::store::engine::NewOccupancy;
use crate::store::{Conn, StoreError, changes, occupancies};

/// One occurrence with the place that it goes to, judged before.
#[derive(Debug, Clone)]
pub(super) struct Move {
    pub occurrence: Occurrence,
    pub facility: FacilityId,
    pub session: Span,
    pub occupied: Span,
    pub wanted: Wanted,
    pub units: Vec<UnitId>,
    /// Whose sessions may share its edges there.
    pub shares: Option<OrganisationId>,
    /// Whether it held a place, and so needs the new one.
    pub holds: bool,
    /// What it costs there.
    pub price: Option<Price>,
}

/// Moves occurrences of one or several bookings of a site, and says what was freed.
///
/// # Errors
/// `Overlap` when a place is taken after all; nothing of the transaction can be kept then.
pub(super) fn rearrange(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    groups: &[(&Case, Vec<Move>)],
) -> Result<Vec<NewOccupancy>, StoreError> {
    let mut freed = Vec::new();
    for (case, moves) in groups {
        let old: Vec<&Occurrence> = moves.iter().map(|one| &one.occurrence).collect();
        freed.extend(ground::release(conn, &old, case.booking.organisation_id(), circumstances.now)?);
    }
    let moves = || groups.iter().flat_map(|(case, moves)| moves.iter().map(move |one| (*case, one)));
    for (case, one) in moves() {
        let zone = case.site.zone;
        let place = NewPlace {
            facility: one.facility,
            session: one.session,
            occupied: one.occupied,
            local: (local_time(zone, one.session.start()), local_time(zone, one.session.end())),
            wanted: &one.wanted,
            until: new_deadline(one),
            price: one.price,
        };
        changes::set_place(conn, one.occurrence.id, &place)?;
    }
    let held: Vec<&Move> = moves().map(|(_, one)| one).filter(|one| one.holds).collect();
    let from = held.iter().map(|one| one.occupied.start()).min();
    let to = held.iter().map(|one| one.occupied.end()).max();
    if let Some(around) = from.zip(to).and_then(|(from, to)| Span::new(from, to)) {
        let mut units: Vec<UnitId> = held.iter().flat_map(|one| one.units.iter().copied()).collect();
        units.sort_unstable();
        units.dedup();
        let taken = occupancies::taken(conn, &units, around.widened(1440, 1440))?;
        let claims: Vec<Claim<'_>> = held
            .iter()
            .map(|one| Claim {
                occurrence: one.occurrence.id,
                organisation: one.shares,
                session: one.session,
                occupied: one.occupied,
                units: &one.units,
            })
            .collect();
        ground::take(conn, &claims, &taken, circumstances.now)?;
    }
    Ok(freed)
}

/// What waits for a decision is still decided an hour before it starts at the latest.
fn new_deadline(one: &Move) -> Option<Instant> {
    match one.occurrence.state {
        State::Requested { until, .. } | State::Conditional { until, .. } => {
            Some(until.min(one.session.start().plus_hours(-1)))
        }
        State::AwaitsPapers { until, .. } => until.map(|until| until.min(one.session.start().plus_hours(-1))),
        _ => None,
    }
}
