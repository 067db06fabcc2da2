//! Reading what takes units, and giving places back. They are written in `engine`.

use diesel::prelude::*;

use super::engine::{NewOccupancy, OccupancyHolder};
use super::error::read;
use super::schema::{block, booking, occupancy, occurrence, organisation};
use super::{Conn, StoreError};
use crate::domain::availability::{Taken, TakenBy};
use crate::domain::ids::{BlockId, BookingId, FacilityId, OccurrenceId, OrganisationId, Reference, UnitId};
use crate::domain::occurrence::Stage;
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};

/// What takes a unit, with the words that a schedule may show of it after redaction.
#[derive(Debug, Clone)]
pub struct Cell {
    pub taken: Taken,
    /// None for a closure.
    pub booking: Option<CellBooking>,
}

/// The booking behind a cell.
#[derive(Debug, Clone)]
pub struct CellBooking {
    pub reference: Reference,
    pub facility: FacilityId,
    pub stage: Stage,
    pub holder: String,
    pub purpose: String,
}

#[derive(Queryable)]
struct Row {
    id: i64,
    unit_id: i64,
    starts_at: i64,
    ends_at: i64,
    occurrence: Option<(i64, i64, i64, i64, i64, String, Option<i64>)>,
    booking: Option<(String, String, String)>,
    organisation: Option<(i64, String)>,
    block: Option<String>,
}

impl Row {
    fn cell(self) -> Result<Cell, StoreError> {
        let (table, id) = ("occupancy", self.id);
        let span = |a, b| read(Span::new(Instant::from_seconds(a), Instant::from_seconds(b)), table, id, "ends_at");
        let place = span(self.starts_at, self.ends_at)?;
        let unit = UnitId::new(self.unit_id);
        let (Some(one), Some((reference, privacy, purpose))) = (self.occurrence, self.booking) else {
            let reason = read(self.block, table, id, "block_id")?;
            return Ok(Cell { taken: Taken { unit, span: place, by: TakenBy::Closure { reason } }, booking: None });
        };
        let (occurrence, booking, facility, starts_at, ends_at, stage, until) = one;
        let by = TakenBy::Occurrence {
            booking: BookingId::new(booking),
            occurrence: OccurrenceId::new(occurrence),
            organisation: self.organisation.as_ref().map(|(id, _)| OrganisationId::new(*id)),
            session: span(starts_at, ends_at)?,
            until: until.map(Instant::from_seconds),
            privacy: read(Privacy::parse(&privacy), "booking", booking, "privacy")?,
        };
        Ok(Cell {
            taken: Taken { unit, span: place, by },
            booking: Some(CellBooking {
                reference: read(Reference::parse(&reference), "booking", booking, "reference")?,
                facility: FacilityId::new(facility),
                stage: read(Stage::parse(&stage), "occurrence", occurrence, "state")?,
                holder: self.organisation.map_or_else(|| "The site".to_owned(), |(_, name)| name),
                purpose,
            }),
        })
    }
}

/// What takes one of the units anywhere in `[from, to)`: what is no longer than a day can only have started in the day before,
/// and the few long ones have an index of their own, so each half of the condition is a search in an index and nothing is scanned.
///
/// The bounds are written differently in each half, though whole seconds make them the same: what stands alike in both, one
/// engine takes out of them and searches by that alone, which for a single unit is everything that ever took it.
#[diesel::dsl::auto_type(no_type_alias)]
fn takes(units: Vec<i64>, from: i64, to: i64) -> _ {
    let since: i64 = from - 86_400;
    let after: i64 = from + 1;
    let last: i64 = to - 1;
    let again: Vec<i64> = units.clone();
    let short = occupancy::unit_id
        .eq_any(units)
        .and(occupancy::starts_at.gt(since))
        .and(occupancy::starts_at.lt(to))
        .and(occupancy::ends_at.gt(from));
    let long = occupancy::unit_id
        .eq_any(again)
        .and(occupancy::is_long)
        .and(occupancy::ends_at.ge(after))
        .and(occupancy::starts_at.le(last));
    short.or(long)
}

fn rows_of(units: &[UnitId]) -> Vec<i64> {
    units.iter().map(|unit| unit.row()).collect()
}

/// Everything that takes one of the units anywhere in the span, by unit and time, in one query for any number of units.
///
/// The joins stand one after another, never one inside another: of a nested left join one engine builds the whole inner table
/// first, all bookings there are.
pub fn cells(conn: &mut Conn, units: &[UnitId], within: Span) -> Result<Vec<Cell>, StoreError> {
    let rows: Vec<Row> = occupancy::table
        .left_join(occurrence::table)
        .left_join(booking::table.on(occurrence::booking_id.nullable().eq(booking::id.nullable())))
        .left_join(organisation::table.on(booking::organisation_id.nullable().eq(organisation::id.nullable())))
        .left_join(block::table)
        .filter(takes(rows_of(units), within.start().seconds(), within.end().seconds()))
        .select((
            occupancy::id,
            occupancy::unit_id,
            occupancy::starts_at,
            occupancy::ends_at,
            (
                occurrence::id,
                occurrence::booking_id,
                occurrence::facility_id,
                occurrence::starts_at,
                occurrence::ends_at,
                occurrence::state,
                occurrence::state_until,
            )
                .nullable(),
            (booking::reference, booking::privacy, booking::purpose).nullable(),
            (organisation::id, organisation::name).nullable(),
            block::reason.nullable(),
        ))
        .load(conn)?;
    let mut cells = rows.into_iter().map(Row::cell).collect::<Result<Vec<_>, _>>()?;
    cells.sort_by_key(|cell| (cell.taken.unit, cell.taken.span));
    Ok(cells)
}

/// As [`cells`], without the words of bookings, for judging: nothing is read that no rule asks for.
pub fn taken(conn: &mut Conn, units: &[UnitId], within: Span) -> Result<Vec<Taken>, StoreError> {
    let rows: Vec<PlainRow> = occupancy::table
        .left_join(occurrence::table)
        .left_join(booking::table.on(occurrence::booking_id.nullable().eq(booking::id.nullable())))
        .left_join(block::table)
        .filter(takes(rows_of(units), within.start().seconds(), within.end().seconds()))
        .select((
            (occupancy::id, occupancy::unit_id, occupancy::starts_at, occupancy::ends_at),
            (
                occurrence::id,
                occurrence::booking_id,
                occurrence::starts_at,
                occurrence::ends_at,
                occurrence::state_until,
            )
                .nullable(),
            booking::organisation_id.nullable(),
            booking::privacy.nullable(),
            block::reason.nullable(),
        ))
        .load(conn)?;
    let mut taken = rows.into_iter().map(PlainRow::taken).collect::<Result<Vec<_>, _>>()?;
    taken.sort_by_key(|one| (one.unit, one.span));
    Ok(taken)
}

#[derive(Queryable)]
struct PlainRow {
    place: (i64, i64, i64, i64),
    occurrence: Option<(i64, i64, i64, i64, Option<i64>)>,
    organisation: Option<i64>,
    privacy: Option<String>,
    block: Option<String>,
}

impl PlainRow {
    fn taken(self) -> Result<Taken, StoreError> {
        let (table, (id, unit, from, to)) = ("occupancy", self.place);
        let span = |a, b| read(Span::new(Instant::from_seconds(a), Instant::from_seconds(b)), table, id, "ends_at");
        let by = match (self.occurrence, self.privacy) {
            (Some((occurrence, booking, starts_at, ends_at, until)), Some(privacy)) => TakenBy::Occurrence {
                booking: BookingId::new(booking),
                occurrence: OccurrenceId::new(occurrence),
                organisation: self.organisation.map(OrganisationId::new),
                session: span(starts_at, ends_at)?,
                until: until.map(Instant::from_seconds),
                privacy: read(Privacy::parse(&privacy), "booking", booking, "privacy")?,
            },
            _ => TakenBy::Closure { reason: read(self.block, table, id, "block_id")? },
        };
        Ok(Taken { unit: UnitId::new(unit), span: span(from, to)?, by })
    }
}

/// The occupancies of an occurrence, as they would be written.
pub fn of_occurrence(conn: &mut Conn, id: OccurrenceId) -> Result<Vec<NewOccupancy>, StoreError> {
    let rows: Vec<(i64, i64, i64, i64)> = occupancy::table
        .filter(occupancy::occurrence_id.eq(id.row()))
        .select((occupancy::id, occupancy::unit_id, occupancy::starts_at, occupancy::ends_at))
        .load(conn)?;
    rows.into_iter()
        .map(|(row, unit, from, to)| {
            let span = Span::new(Instant::from_seconds(from), Instant::from_seconds(to));
            Ok(NewOccupancy {
                unit: UnitId::new(unit),
                span: read(span, "occupancy", row, "ends_at")?,
                holder: OccupancyHolder::Occurrence(id),
            })
        })
        .collect()
}

/// Gives back what an occurrence holds, and says how many units that was.
pub fn delete_of_occurrence(conn: &mut Conn, id: OccurrenceId) -> Result<usize, StoreError> {
    let deleted = diesel::delete(occupancy::table.filter(occupancy::occurrence_id.eq(id.row()))).execute(conn)?;
    Ok(deleted)
}

/// Gives back what a block holds.
pub fn delete_of_block(conn: &mut Conn, id: BlockId) -> Result<usize, StoreError> {
    let deleted = diesel::delete(occupancy::table.filter(occupancy::block_id.eq(id.row()))).execute(conn)?;
    Ok(deleted)
}
