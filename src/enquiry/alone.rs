//! Which dates of a booking would be the only ones in the building. Reads, never writes; the judgement is in `domain`.

use crate::domain::alone::nobody_else;
use crate::domain::ids::{FacilityId, UnitId};
use crate::domain::places::{Facility, Site};
use crate::domain::span::{Instant, Span};
use crate::store::{Conn, StoreError, alone};

/// So many days from the first date on are looked at: what stands further off tells little about who will be there.
const DAYS_AHEAD: i64 = 60;

/// The units of the facilities indoors, but for those of the one that is asked about.
pub fn other_units(all: &[(Site, Facility)], facility: &Facility) -> Vec<UnitId> {
    let others = all.iter().map(|(_, one)| one).filter(|one| one.id != facility.id && one.is_indoors());
    let own = facility.unit_ids();
    let mut units: Vec<UnitId> = others.flat_map(Facility::unit_ids).filter(|unit| !own.contains(unit)).collect();
    units.sort_unstable();
    units.dedup();
    units
}

/// Of these sessions, those that would be alone in the building as things stand now; only where the rules of the facility say that
/// people are told so. At most one query, none where no rule says so.
pub fn dates(
    conn: &mut Conn,
    site: &Site,
    facilities: &[Facility],
    sessions: &[(FacilityId, Span)],
    now: Instant,
) -> Result<Vec<Span>, StoreError> {
    let place = |id: FacilityId| facilities.iter().find(|one| one.id == id && one.rules.warns_alone);
    let asked: Vec<(&Facility, Span)> =
        sessions.iter().filter_map(|(id, session)| Some((place(*id)?, *session))).collect();
    let Some(first) = asked.iter().map(|(_, session)| session.start()).min() else {
        return Ok(Vec::new());
    };
    let last = first.plus_days(DAYS_AHEAD);
    let near: Vec<(&Facility, Span)> = asked.into_iter().filter(|(_, session)| session.start() < last).collect();
    let end = near.iter().map(|(_, session)| session.end()).max();
    let Some(within) = end.and_then(|end| Span::new(first, end)) else {
        return Ok(Vec::new());
    };
    let occupied = alone::occupied(conn, site.id, within, now)?;
    let alone = |(facility, session): &(&Facility, Span)| {
        let own = facility.unit_ids();
        let others: Vec<Span> =
            occupied.iter().filter(|(unit, _)| !own.contains(unit)).map(|(_, span)| *span).collect();
        nobody_else(*session, &others)
    };
    Ok(near.iter().filter(|one| alone(one)).map(|(_, session)| *session).collect())
}
