//! Who waits for a plot, and the plots offered to them. Not the occupancies that an offer keeps: those are `occupancies`.

use diesel::prelude::*;

use super::error::read;
use super::holders::{self, OrganisationColumns};
use super::schema::organisation;
use super::schema::plots::{plot_entry, plot_offer};
use super::{Conn, StoreError};
use crate::domain::holder::HolderId;
use crate::domain::ids::{FacilityId, PlotEntryId, PlotOfferId, Reference, SiteId, UnitId};
use crate::domain::plot_line::{PlotEntry, Wish};
use crate::domain::span::{Instant, Span};
use crate::domain::tenancy::{PlotOffer, key_of};
use crate::domain::waiting::Standing;

/// Somebody who joins.
#[derive(Debug)]
pub struct NewPlotEntry<'a> {
    pub reference: &'a Reference,
    pub site: SiteId,
    pub facility: FacilityId,
    pub holder: &'a HolderId,
    pub wish: Wish,
    pub note: &'a str,
    pub joined_at: Instant,
}

/// # Errors
/// `Duplicate` when the reference is taken; draw another.
pub fn insert(conn: &mut Conn, new: &NewPlotEntry<'_>) -> Result<PlotEntryId, StoreError> {
    let (contact_name, contact) = holders::contact_columns(new.holder);
    let id: i64 = diesel::insert_into(plot_entry::table)
        .values((
            plot_entry::reference.eq(new.reference.stored()),
            plot_entry::site_id.eq(new.site.row()),
            plot_entry::facility_id.eq(new.facility.row()),
            plot_entry::holder.eq(new.holder.code()),
            plot_entry::organisation_id.eq(new.holder.organisation().map(|id| id.row())),
            (plot_entry::contact_name.eq(contact_name), plot_entry::contact.eq(contact)),
            plot_entry::holder_key.eq(key_of(new.holder)),
            plot_entry::wish.eq(new.wish.code()),
            plot_entry::note.eq(new.note),
            plot_entry::joined_at.eq(new.joined_at.seconds()),
            plot_entry::confirmed_at.eq(new.joined_at.seconds()),
            plot_entry::state.eq(Standing::Waiting.code()),
        ))
        .returning(plot_entry::id)
        .get_result(conn)?;
    Ok(PlotEntryId::new(id))
}

#[derive(Queryable)]
struct Row {
    id: i64,
    reference: String,
    place: (i64, i64),
    holder: (String, String, String),
    key: String,
    wish: String,
    note: String,
    state: String,
    times: (i64, i64, Option<i64>),
    organisation: Option<OrganisationColumns>,
}

impl Row {
    fn entry(self) -> Result<PlotEntry, StoreError> {
        let (table, id) = ("plot_entry", self.id);
        let (joined_at, confirmed_at, answer_by) = self.times;
        Ok(PlotEntry {
            id: PlotEntryId::new(id),
            reference: read(Reference::parse(&self.reference), table, id, "reference")?,
            site: SiteId::new(self.place.0),
            facility: FacilityId::new(self.place.1),
            holder: holders::holder(id, self.holder, self.organisation)?,
            key: self.key,
            wish: read(Wish::parse(&self.wish), table, id, "wish")?,
            note: self.note,
            joined_at: Instant::from_seconds(joined_at),
            standing: read(Standing::parse(&self.state), table, id, "state")?,
            confirmed_at: Instant::from_seconds(confirmed_at),
            answer_by: answer_by.map(Instant::from_seconds),
        })
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn joined() -> _ {
    plot_entry::table.left_join(organisation::table.on(plot_entry::organisation_id.eq(organisation::id.nullable())))
}

#[diesel::dsl::auto_type(no_type_alias)]
fn columns() -> _ {
    (
        plot_entry::id,
        plot_entry::reference,
        (plot_entry::site_id, plot_entry::facility_id),
        (plot_entry::holder, plot_entry::contact_name, plot_entry::contact),
        plot_entry::holder_key,
        plot_entry::wish,
        plot_entry::note,
        plot_entry::state,
        (plot_entry::joined_at, plot_entry::confirmed_at, plot_entry::answer_by),
        (organisation::id, organisation::slug, organisation::name).nullable(),
    )
}

fn entries(rows: Vec<Row>) -> Result<Vec<PlotEntry>, StoreError> {
    rows.into_iter().map(Row::entry).collect()
}

/// The line of an allotment: all that wait or are offered a plot, in order of joining; and the offers that nobody has answered,
/// whether or not their time is over. Those who left or lapsed stand apart, for managers who put somebody back.
pub fn line(conn: &mut Conn, facility: FacilityId) -> Result<Line, StoreError> {
    let rows: Vec<(Row, Option<OfferRow>)> = joined()
        .left_join(plot_offer::table.on(plot_offer::entry_id.eq(plot_entry::id).and(plot_offer::ended_at.is_null())))
        .filter(plot_entry::facility_id.eq(facility.row()).and(plot_entry::state.ne(Standing::Taken.code())))
        .order((plot_entry::joined_at, plot_entry::id))
        .select((columns(), offer_columns().nullable()))
        .load(conn)?;
    let mut all = Line::default();
    for (row, offer) in rows {
        let entry = row.entry()?;
        let to = if entry.standing.is_open() { &mut all.open } else { &mut all.gone };
        to.push(entry);
        all.offers.extend(offer.map(offer_of).transpose()?);
    }
    Ok(all)
}

/// Everybody who ever joined and has no plot by it, and what is offered.
#[derive(Debug, Default)]
pub struct Line {
    pub open: Vec<PlotEntry>,
    pub gone: Vec<PlotEntry>,
    pub offers: Vec<PlotOffer>,
}

/// All of some holders, the latest first.
pub fn of_holders(conn: &mut Conn, keys: &[String]) -> Result<Vec<PlotEntry>, StoreError> {
    let rows: Vec<Row> = joined()
        .filter(plot_entry::holder_key.eq_any(keys))
        .order((plot_entry::joined_at.desc(), plot_entry::id.desc()))
        .limit(50)
        .select(columns())
        .load(conn)?;
    entries(rows)
}

pub fn by_reference(conn: &mut Conn, reference: &Reference) -> Result<Option<PlotEntry>, StoreError> {
    let found = joined().filter(plot_entry::reference.eq(reference.stored()));
    let row: Option<Row> = found.select(columns()).first(conn).optional()?;
    row.map(Row::entry).transpose()
}

pub fn by_id(conn: &mut Conn, id: PlotEntryId) -> Result<Option<PlotEntry>, StoreError> {
    let row: Option<Row> = joined().filter(plot_entry::id.eq(id.row())).select(columns()).first(conn).optional()?;
    row.map(Row::entry).transpose()
}

/// Moves somebody on; false when they no longer stand at `from`.
pub fn set_standing(
    conn: &mut Conn,
    id: PlotEntryId,
    (from, to): (Standing, Standing),
    now: Instant,
) -> Result<bool, StoreError> {
    let there = plot_entry::table.find(id.row()).filter(plot_entry::state.eq(from.code()));
    let ended = (!to.is_open()).then_some(now.seconds());
    let changed =
        diesel::update(there).set((plot_entry::state.eq(to.code()), plot_entry::ended_at.eq(ended))).execute(conn)?;
    Ok(changed == 1)
}

/// Notes that somebody was asked, or has answered.
pub fn set_asked(
    conn: &mut Conn,
    id: PlotEntryId,
    confirmed_at: Instant,
    answer_by: Option<Instant>,
) -> Result<(), StoreError> {
    diesel::update(plot_entry::table.find(id.row()))
        .set((
            plot_entry::confirmed_at.eq(confirmed_at.seconds()),
            plot_entry::answer_by.eq(answer_by.map(Instant::seconds)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Changes what size somebody wants.
pub fn set_wish(conn: &mut Conn, id: PlotEntryId, wish: Wish) -> Result<(), StoreError> {
    diesel::update(plot_entry::table.find(id.row())).set(plot_entry::wish.eq(wish.code())).execute(conn)?;
    Ok(())
}

/// A plot to be kept for somebody.
#[derive(Debug)]
pub struct NewPlotOffer {
    pub entry: PlotEntryId,
    pub facility: FacilityId,
    pub unit: UnitId,
    pub span: Span,
    pub until: Instant,
}

pub fn insert_offer(conn: &mut Conn, new: &NewPlotOffer, now: Instant) -> Result<PlotOfferId, StoreError> {
    let id: i64 = diesel::insert_into(plot_offer::table)
        .values((
            plot_offer::entry_id.eq(new.entry.row()),
            plot_offer::facility_id.eq(new.facility.row()),
            plot_offer::unit_id.eq(new.unit.row()),
            plot_offer::starts_at.eq(new.span.start().seconds()),
            plot_offer::ends_at.eq(new.span.end().seconds()),
            plot_offer::made_at.eq(now.seconds()),
            plot_offer::until.eq(new.until.seconds()),
            plot_offer::state.eq("open"),
        ))
        .returning(plot_offer::id)
        .get_result(conn)?;
    Ok(PlotOfferId::new(id))
}

type OfferRow = (i64, i64, i64, i64, (i64, i64), i64);

fn offer_of((id, entry, facility, unit, (from, to), until): OfferRow) -> Result<PlotOffer, StoreError> {
    let span = Span::new(Instant::from_seconds(from), Instant::from_seconds(to));
    Ok(PlotOffer {
        id: PlotOfferId::new(id),
        entry: PlotEntryId::new(entry),
        facility: FacilityId::new(facility),
        unit: UnitId::new(unit),
        span: read(span, "plot_offer", id, "ends_at")?,
        until: Instant::from_seconds(until),
    })
}

#[diesel::dsl::auto_type(no_type_alias)]
fn offer_columns() -> _ {
    (
        plot_offer::id,
        plot_offer::entry_id,
        plot_offer::facility_id,
        plot_offer::unit_id,
        (plot_offer::starts_at, plot_offer::ends_at),
        plot_offer::until,
    )
}

/// The offer of a plot that nobody has answered.
pub fn offer_of_unit(conn: &mut Conn, facility: FacilityId, unit: UnitId) -> Result<Option<PlotOffer>, StoreError> {
    let row: Option<OfferRow> = plot_offer::table
        .filter(plot_offer::facility_id.eq(facility.row()).and(plot_offer::ended_at.is_null()))
        .filter(plot_offer::unit_id.eq(unit.row()))
        .select(offer_columns())
        .first(conn)
        .optional()?;
    row.map(offer_of).transpose()
}

/// Which plots these entries were offered before.
pub fn was_offered(conn: &mut Conn, of: &[PlotEntryId]) -> Result<Vec<(PlotEntryId, UnitId)>, StoreError> {
    let ids: Vec<i64> = of.iter().map(|id| id.row()).collect();
    let rows: Vec<(i64, i64)> = plot_offer::table
        .filter(plot_offer::entry_id.eq_any(ids))
        .select((plot_offer::entry_id, plot_offer::unit_id))
        .load(conn)?;
    Ok(rows.into_iter().map(|(entry, unit)| (PlotEntryId::new(entry), UnitId::new(unit))).collect())
}

/// How an offer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlotOfferEnd {
    Taken,
    Declined,
    Lapsed,
}

/// Ends an offer; false when it has ended before.
pub fn end_offer(conn: &mut Conn, id: PlotOfferId, end: PlotOfferEnd, now: Instant) -> Result<bool, StoreError> {
    let state = match end {
        PlotOfferEnd::Taken => "taken",
        PlotOfferEnd::Declined => "declined",
        PlotOfferEnd::Lapsed => "lapsed",
    };
    let changed = diesel::update(plot_offer::table.find(id.row()).filter(plot_offer::state.eq("open")))
        .set((plot_offer::state.eq(state), plot_offer::ended_at.eq(now.seconds())))
        .execute(conn)?;
    Ok(changed == 1)
}
