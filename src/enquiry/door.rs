//! What a screen beside a door shows now: the place, its hours, what takes it today, and what people must know. Five queries.

use chrono::Days;

use crate::domain::availability::TakenBy;
use crate::domain::door::{Board, Piece, What, board};
use crate::domain::hours::{WeeklyHours, day, local_date};
use crate::domain::ids::FacilityId;
use crate::domain::notice::Notice;
use crate::domain::occurrence::Stage;
use crate::domain::opening::open_spans;
use crate::domain::places::{Facility, Site, UnitChoice};
use crate::domain::redaction::{Audience, Shown, redact};
use crate::domain::span::{Instant, Span};
use crate::store::facilities::{self, Filter};
use crate::store::occupancies::Cell;
use crate::store::{Conn, StoreError, notices, occupancies, sites};

/// So many days ahead it is looked for when a place opens again.
const OPENS_WITHIN_DAYS: u64 = 7;

/// A place with what stands on its screen.
#[derive(Debug)]
pub struct DoorView {
    pub site: Site,
    pub facility: Facility,
    pub board: Board,
    /// Of today, what people here must know.
    pub notices: Vec<Notice>,
}

/// Loads it; `None` where there is no such place.
pub fn door(conn: &mut Conn, id: FacilityId, now: Instant) -> Result<Option<DoorView>, StoreError> {
    let filter = Filter { ids: Some(&[id]), ..Filter::default() };
    let Some((site, facility)) = facilities::with_sites(conn, &filter)?.pop() else {
        return Ok(None);
    };
    let today = local_date(site.zone, now);
    let Ok(day) = day(site.zone, today) else {
        return Ok(None);
    };
    let hours: Vec<WeeklyHours> = sites::hours(conn, &[site.id])?.into_iter().map(|(_, hours)| hours).collect();
    let retired = facility.retired_from.is_some_and(|from| from <= today);
    let open = match retired {
        true => Vec::new(),
        false => {
            let last = today.checked_add_days(Days::new(OPENS_WITHIN_DAYS)).unwrap_or(today);
            open_spans(&site, &facility, &hours, (today, last))
        }
    };
    // What runs past midnight is seen to its end.
    let within = Span::new(now, day.end().max(now.plus_hours(6)));
    let cells = within.map_or(Ok(Vec::new()), |within| occupancies::cells(conn, &facility.unit_ids(), within))?;
    let pieces: Vec<Piece> = cells.iter().filter_map(|cell| piece(&facility, cell, now)).collect();
    let units = (facility.units.len(), facility.choice == UnitChoice::Whole);
    let board = board(units, &open, &pieces, (now, day.end()));
    let mut notices = notices::within(conn, site.id, Span::new(now, day.end()).unwrap_or(day))?;
    notices.retain(|one| one.touches(facility.id, one.span));
    Ok(Some(DoorView { site, facility, board, notices }))
}

/// What takes a unit, as whoever passes by may read it.
fn piece(facility: &Facility, cell: &Cell, now: Instant) -> Option<Piece> {
    let taken = &cell.taken;
    if taken.is_void(now) {
        return None;
    }
    let unit = facility.units.iter().position(|unit| unit.id == taken.unit)?;
    let (session, what) = match (&taken.by, &cell.booking) {
        (TakenBy::Occurrence { session, privacy, .. }, Some(booking)) => {
            let shared = booking.facility != facility.id;
            let shown = redact(Audience::Door, *privacy, shared, &booking.holder, &booking.purpose);
            // A place that is on no list has nobody's name on its door.
            let shown = if facility.listed { shown } else { Shown::Busy };
            // A session that was cut short goes no further than it still takes.
            let session = session.intersection(taken.span).unwrap_or(taken.span);
            (session, if booking.stage == Stage::Confirmed { What::Session(shown) } else { What::Held })
        }
        (TakenBy::Occurrence { session, .. }, None) => (*session, What::Session(Shown::Busy)),
        (TakenBy::Closure { reason }, _) => (taken.span, What::Closed(reason.clone())),
        (TakenBy::Held { .. }, _) => (taken.span, What::Held),
    };
    Some(Piece { unit, occupied: taken.span, session, what })
}
