//! Reading what takes units, and giving places back. They are written in `engine`.

use diesel::prelude::*;

use super::engine::{NewOccupancy, OccupancyHolder};
use super::error::read;
use super::holders;
use super::schema::{block, booking, occupancy, occurrence, organisation, particulars};
use super::{Conn, StoreError};
use crate::domain::availability::{Hold, Taken, TakenBy};
use crate::domain::holder::HolderName;
use crate::domain::ids::{
    BlockId, BookingId, FacilityId, OccurrenceId, OfferId, OrganisationId, PlotOfferId, ProposalId, Reference, UnitId,
};
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
    pub holder: HolderName,
    pub purpose: String,
    /// A second organisation that shares it.
    pub shared_with: Option<OrganisationId>,
}

#[derive(Queryable)]
struct Row {
    id: i64,
    unit_id: i64,
    starts_at: i64,
    ends_at: i64,
    occurrence: Option<(i64, i64, i64, i64, i64, String, Option<i64>)>,
    booking: Option<(String, String, String, (String, String), Option<i64>)>,
    organisation: Option<(i64, String)>,
    block: Option<String>,
    hold: HoldColumns,
}

/// The proposal, the offer, the deadline and the offer of a plot of an occupancy that is nobody's booking yet.
type HoldColumns = (Option<i64>, Option<i64>, Option<i64>, Option<i64>);

/// Kept for somebody, or closed by a block.
fn held_or_closed(id: i64, hold: HoldColumns, block: Option<String>) -> Result<TakenBy, StoreError> {
    let until = |at: Option<i64>| read(at.map(Instant::from_seconds), "occupancy", id, "void_at");
    Ok(match hold {
        (Some(proposal), _, at, _) => {
            TakenBy::Held { hold: Hold::Proposal(ProposalId::new(proposal)), until: until(at)? }
        }
        (None, Some(offer), at, _) => TakenBy::Held { hold: Hold::Offer(OfferId::new(offer)), until: until(at)? },
        (None, None, at, Some(offer)) => {
            TakenBy::Held { hold: Hold::PlotOffer(PlotOfferId::new(offer)), until: until(at)? }
        }
        (None, None, _, None) => TakenBy::Closure { reason: read(block, "occupancy", id, "block_id")? },
    })
}

impl Row {
    fn cell(self) -> Result<Cell, StoreError> {
        let (table, id) = ("occupancy", self.id);
        let span = |a, b| read(Span::new(Instant::from_seconds(a), Instant::from_seconds(b)), table, id, "ends_at");
        let place = span(self.starts_at, self.ends_at)?;
        let unit = UnitId::new(self.unit_id);
        let (Some(one), Some((reference, privacy, purpose, holder, second))) = (self.occurrence, self.booking) else {
            let by = held_or_closed(id, self.hold, self.block)?;
            return Ok(Cell { taken: Taken { unit, span: place, by }, booking: None });
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
                holder: holders::holder_name(booking, holder, self.organisation.map(|(_, name)| name))?,
                purpose,
                shared_with: second.map(OrganisationId::new),
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
            (
                booking::reference,
                booking::privacy,
                booking::purpose,
                (booking::holder, booking::contact_name),
                booking::second_organisation_id,
            )
                .nullable(),
            (organisation::id, organisation::name).nullable(),
            block::reason.nullable(),
            (occupancy::proposal_id, occupancy::offer_id, occupancy::void_at, occupancy::plot_offer_id),
        ))
        .load(conn)?;
    let mut cells = rows.into_iter().map(Row::cell).collect::<Result<Vec<_>, _>>()?;
    cells.sort_by_key(|cell| (cell.taken.unit, cell.taken.span));
    Ok(cells)
}

/// What judging reads of what takes a unit, in the order of its row.
#[diesel::dsl::auto_type(no_type_alias)]
fn plain() -> _ {
    (
        (occupancy::id, occupancy::unit_id, occupancy::starts_at, occupancy::ends_at),
        (occurrence::id, occurrence::booking_id, occurrence::starts_at, occurrence::ends_at, occurrence::state_until)
            .nullable(),
        booking::organisation_id.nullable(),
        booking::privacy.nullable(),
        block::reason.nullable(),
        (occupancy::proposal_id, occupancy::offer_id, occupancy::void_at, occupancy::plot_offer_id),
    )
}

/// As [`cells`], without the words of bookings, for judging: nothing is read that no rule asks for.
pub fn taken(conn: &mut Conn, units: &[UnitId], within: Span) -> Result<Vec<Taken>, StoreError> {
    let rows: Vec<PlainRow> = occupancy::table
        .left_join(occurrence::table)
        .left_join(booking::table.on(occurrence::booking_id.nullable().eq(booking::id.nullable())))
        .left_join(block::table)
        .filter(takes(rows_of(units), within.start().seconds(), within.end().seconds()))
        .select(plain())
        .load(conn)?;
    let mut taken = rows.into_iter().map(PlainRow::taken).collect::<Result<Vec<_>, _>>()?;
    taken.sort_by_key(|one| (one.unit, one.span));
    Ok(taken)
}

/// As [`taken`], with the labels of the bookings behind it, where a rule asks for those.
pub fn taken_and_labels(
    conn: &mut Conn,
    units: &[UnitId],
    within: Span,
) -> Result<(Vec<Taken>, Vec<(BookingId, Vec<String>)>), StoreError> {
    let rows: Vec<(PlainRow, Option<String>)> = occupancy::table
        .left_join(occurrence::table)
        .left_join(booking::table.on(occurrence::booking_id.nullable().eq(booking::id.nullable())))
        .left_join(block::table)
        .left_join(particulars::table.on(particulars::booking_id.eq(booking::id.nullable())))
        .filter(takes(rows_of(units), within.start().seconds(), within.end().seconds()))
        .select((plain(), particulars::labels.nullable()))
        .load(conn)?;
    let (mut taken, mut labels) = (Vec::with_capacity(rows.len()), Vec::new());
    for (row, said) in rows {
        let one = row.taken()?;
        if let (TakenBy::Occurrence { booking, .. }, Some(said)) = (&one.by, said.filter(|said| !said.is_empty())) {
            labels.push((*booking, super::care::lines(&said)));
        }
        taken.push(one);
    }
    taken.sort_by_key(|one| (one.unit, one.span));
    Ok((taken, labels))
}

#[derive(Queryable)]
struct PlainRow {
    place: (i64, i64, i64, i64),
    occurrence: Option<(i64, i64, i64, i64, Option<i64>)>,
    organisation: Option<i64>,
    privacy: Option<String>,
    block: Option<String>,
    hold: HoldColumns,
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
            _ => held_or_closed(id, self.hold, self.block)?,
        };
        Ok(Taken { unit: UnitId::new(unit), span: span(from, to)?, by })
    }
}

/// The occupancies of an occurrence, as they would be written.
pub fn of_occurrence(conn: &mut Conn, id: OccurrenceId) -> Result<Vec<NewOccupancy>, StoreError> {
    Ok(of_occurrences(conn, &[id])?.into_iter().map(|(_, one)| one).collect())
}

/// The occupancies of many occurrences, each with the occurrence that it belongs to.
pub fn of_occurrences(conn: &mut Conn, ids: &[OccurrenceId]) -> Result<Vec<(OccurrenceId, NewOccupancy)>, StoreError> {
    let ids: Vec<Option<i64>> = ids.iter().map(|id| Some(id.row())).collect();
    let rows: Vec<(i64, Option<i64>, i64, i64, i64)> = occupancy::table
        .filter(occupancy::occurrence_id.eq_any(ids))
        .order((occupancy::occurrence_id, occupancy::unit_id))
        .select((occupancy::id, occupancy::occurrence_id, occupancy::unit_id, occupancy::starts_at, occupancy::ends_at))
        .load(conn)?;
    rows.into_iter()
        .map(|(row, occurrence, unit, from, to)| {
            let span = Span::new(Instant::from_seconds(from), Instant::from_seconds(to));
            let occurrence = OccurrenceId::new(read(occurrence, "occupancy", row, "occurrence_id")?);
            let holder = OccupancyHolder::Occurrence(occurrence);
            let span = read(span, "occupancy", row, "ends_at")?;
            Ok((occurrence, NewOccupancy { unit: UnitId::new(unit), span, holder }))
        })
        .collect()
}

/// Gives back what an occurrence holds, and says how many units that was.
pub fn delete_of_occurrence(conn: &mut Conn, id: OccurrenceId) -> Result<usize, StoreError> {
    let deleted = diesel::delete(occupancy::table.filter(occupancy::occurrence_id.eq(id.row()))).execute(conn)?;
    Ok(deleted)
}

/// Gives back what many occurrences hold, in one statement.
pub fn delete_of_occurrences(conn: &mut Conn, ids: &[OccurrenceId]) -> Result<usize, StoreError> {
    let ids: Vec<Option<i64>> = ids.iter().map(|id| Some(id.row())).collect();
    Ok(diesel::delete(occupancy::table.filter(occupancy::occurrence_id.eq_any(ids))).execute(conn)?)
}

/// Gives back what a proposal or an offer keeps.
pub fn delete_of_hold(conn: &mut Conn, hold: Hold) -> Result<usize, StoreError> {
    Ok(match hold {
        Hold::Proposal(id) => {
            diesel::delete(occupancy::table.filter(occupancy::proposal_id.eq(id.row()))).execute(conn)?
        }
        Hold::Offer(id) => diesel::delete(occupancy::table.filter(occupancy::offer_id.eq(id.row()))).execute(conn)?,
        Hold::PlotOffer(id) => {
            diesel::delete(occupancy::table.filter(occupancy::plot_offer_id.eq(id.row()))).execute(conn)?
        }
    })
}

/// What a proposal or an offer keeps, as it would be written.
pub fn of_hold(conn: &mut Conn, hold: Hold) -> Result<Vec<NewOccupancy>, StoreError> {
    let query = occupancy::table.into_boxed();
    let query = match hold {
        Hold::Proposal(id) => query.filter(occupancy::proposal_id.eq(id.row())),
        Hold::Offer(id) => query.filter(occupancy::offer_id.eq(id.row())),
        Hold::PlotOffer(id) => query.filter(occupancy::plot_offer_id.eq(id.row())),
    };
    let rows: Vec<(i64, i64, i64, i64, Option<i64>)> = query
        .order((occupancy::unit_id, occupancy::starts_at))
        .select((occupancy::id, occupancy::unit_id, occupancy::starts_at, occupancy::ends_at, occupancy::void_at))
        .load(conn)?;
    rows.into_iter()
        .map(|(row, unit, from, to, until)| {
            let until = read(until.map(Instant::from_seconds), "occupancy", row, "void_at")?;
            let holder = match hold {
                Hold::Proposal(id) => OccupancyHolder::Proposal(id, until),
                Hold::Offer(id) => OccupancyHolder::Offer(id, until),
                Hold::PlotOffer(id) => OccupancyHolder::PlotOffer(id, until),
            };
            new_occupancy(row, (unit, from, to), holder)
        })
        .collect()
}

/// What a block holds, as it would be written.
pub fn of_block(conn: &mut Conn, id: BlockId) -> Result<Vec<NewOccupancy>, StoreError> {
    let rows: Vec<(i64, i64, i64, i64)> = occupancy::table
        .filter(occupancy::block_id.eq(id.row()))
        .order((occupancy::unit_id, occupancy::starts_at))
        .select((occupancy::id, occupancy::unit_id, occupancy::starts_at, occupancy::ends_at))
        .load(conn)?;
    let one = |(row, unit, from, to)| new_occupancy(row, (unit, from, to), OccupancyHolder::Block(id));
    rows.into_iter().map(one).collect()
}

fn new_occupancy(
    row: i64,
    (unit, from, to): (i64, i64, i64),
    holder: OccupancyHolder,
) -> Result<NewOccupancy, StoreError> {
    let span = Span::new(Instant::from_seconds(from), Instant::from_seconds(to));
    Ok(NewOccupancy { unit: UnitId::new(unit), span: read(span, "occupancy", row, "ends_at")?, holder })
}

/// Gives back what blocks hold.
pub fn delete_of_blocks(conn: &mut Conn, ids: &[BlockId]) -> Result<usize, StoreError> {
    let ids: Vec<Option<i64>> = ids.iter().map(|id| Some(id.row())).collect();
    Ok(diesel::delete(occupancy::table.filter(occupancy::block_id.eq_any(ids))).execute(conn)?)
}
