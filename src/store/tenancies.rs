//! Tenancies beside their bookings, and the mailed links that open them without an account. Not the occupancies that they take.

use diesel::prelude::*;

use super::error::read;
use super::holders::{self, OrganisationColumns};
use super::schema::plots::{plot_link, tenancy};
use super::schema::{booking, organisation};
use super::{Conn, StoreError};
use crate::domain::ids::{BookingId, FacilityId, PlotEntryId, Reference, SiteId, TenancyId, UnitId};
use crate::domain::span::{Instant, Span};
use crate::domain::tenancy::{Notice, NoticeBy, Tenancy};

/// A tenancy to be written.
#[derive(Debug)]
pub struct NewTenancy<'a> {
    pub booking: BookingId,
    pub site: SiteId,
    pub facility: FacilityId,
    pub unit: UnitId,
    pub key: &'a str,
    pub span: Span,
    pub rolling: bool,
}

pub fn insert(conn: &mut Conn, new: &NewTenancy<'_>, now: Instant) -> Result<TenancyId, StoreError> {
    let id: i64 = diesel::insert_into(tenancy::table)
        .values((
            tenancy::booking_id.eq(new.booking.row()),
            tenancy::site_id.eq(new.site.row()),
            tenancy::facility_id.eq(new.facility.row()),
            tenancy::unit_id.eq(new.unit.row()),
            tenancy::holder_key.eq(new.key),
            tenancy::starts_at.eq(new.span.start().seconds()),
            tenancy::covered_to.eq(new.span.end().seconds()),
            tenancy::rolling.eq(new.rolling),
            tenancy::created_at.eq(now.seconds()),
        ))
        .returning(tenancy::id)
        .get_result(conn)?;
    Ok(TenancyId::new(id))
}

#[derive(Queryable)]
struct Row {
    ids: (i64, i64, i64, i64),
    key: String,
    times: (i64, i64),
    rolling: bool,
    notice: (Option<i64>, Option<String>, Option<i64>),
    reference: String,
    holder: (String, String, String),
    organisation: Option<OrganisationColumns>,
}

impl Row {
    fn tenancy(self) -> Result<Tenancy, StoreError> {
        let (id, booking, facility, unit) = self.ids;
        let notice = match self.notice {
            (Some(at), Some(by), Some(ends)) => Some(Notice {
                at: Instant::from_seconds(at),
                by: read(NoticeBy::parse(&by), "tenancy", id, "notice_by")?,
                ends: Instant::from_seconds(ends),
            }),
            _ => None,
        };
        Ok(Tenancy {
            id: TenancyId::new(id),
            booking: BookingId::new(booking),
            reference: read(Reference::parse(&self.reference), "booking", booking, "reference")?,
            facility: FacilityId::new(facility),
            unit: UnitId::new(unit),
            holder: holders::holder(booking, self.holder, self.organisation)?,
            key: self.key,
            starts: Instant::from_seconds(self.times.0),
            covered_to: Instant::from_seconds(self.times.1),
            rolling: self.rolling,
            notice,
        })
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn joined() -> _ {
    tenancy::table
        .inner_join(booking::table)
        .left_join(organisation::table.on(booking::organisation_id.eq(organisation::id.nullable())))
}

#[diesel::dsl::auto_type(no_type_alias)]
fn columns() -> _ {
    (
        (tenancy::id, tenancy::booking_id, tenancy::facility_id, tenancy::unit_id),
        tenancy::holder_key,
        (tenancy::starts_at, tenancy::covered_to),
        tenancy::rolling,
        (tenancy::notice_at, tenancy::notice_by, tenancy::ends_at),
        booking::reference,
        (booking::holder, booking::contact_name, booking::contact),
        (organisation::id, organisation::slug, organisation::name).nullable(),
    )
}

fn tenancies(rows: Vec<Row>) -> Result<Vec<Tenancy>, StoreError> {
    rows.into_iter().map(Row::tenancy).collect()
}

/// Those of an allotment that have days left after an instant, or go on and are only late for their next season; in order of their start.
pub fn open_at(conn: &mut Conn, facility: FacilityId, after: Instant) -> Result<Vec<Tenancy>, StoreError> {
    let goes_on = tenancy::rolling.and(tenancy::notice_at.is_null());
    let rows: Vec<Row> = joined()
        .filter(tenancy::facility_id.eq(facility.row()).and(tenancy::covered_to.gt(after.seconds()).or(goes_on)))
        .order((tenancy::starts_at, tenancy::id))
        .select(columns())
        .load(conn)?;
    tenancies(rows)
}

/// All that a plot ever had, the latest first.
pub fn of_unit(conn: &mut Conn, unit: UnitId) -> Result<Vec<Tenancy>, StoreError> {
    let rows: Vec<Row> = joined()
        .filter(tenancy::unit_id.eq(unit.row()))
        .order((tenancy::starts_at.desc(), tenancy::id.desc()))
        .limit(50)
        .select(columns())
        .load(conn)?;
    tenancies(rows)
}

/// All of some holders, the latest first.
pub fn of_holders(conn: &mut Conn, keys: &[String]) -> Result<Vec<Tenancy>, StoreError> {
    let rows: Vec<Row> = joined()
        .filter(tenancy::holder_key.eq_any(keys))
        .order((tenancy::starts_at.desc(), tenancy::id.desc()))
        .limit(50)
        .select(columns())
        .load(conn)?;
    tenancies(rows)
}

pub fn by_reference(conn: &mut Conn, reference: &Reference) -> Result<Option<Tenancy>, StoreError> {
    let found = joined().filter(booking::reference.eq(reference.stored()));
    let row: Option<Row> = found.select(columns()).first(conn).optional()?;
    row.map(Row::tenancy).transpose()
}

pub fn by_id(conn: &mut Conn, id: TenancyId) -> Result<Option<Tenancy>, StoreError> {
    let row: Option<Row> = joined().filter(tenancy::id.eq(id.row())).select(columns()).first(conn).optional()?;
    row.map(Row::tenancy).transpose()
}

/// Notes notice, or that it was taken back, and until when the tenancy has its plot.
pub fn set_notice(
    conn: &mut Conn,
    id: TenancyId,
    notice: Option<Notice>,
    covered_to: Instant,
) -> Result<(), StoreError> {
    diesel::update(tenancy::table.find(id.row()))
        .set((
            tenancy::notice_at.eq(notice.map(|one| one.at.seconds())),
            tenancy::notice_by.eq(notice.map(|one| one.by.code())),
            tenancy::ends_at.eq(notice.map(|one| one.ends.seconds())),
            tenancy::covered_to.eq(covered_to.seconds()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes that it got another season, up to an instant.
pub fn set_covered(conn: &mut Conn, id: TenancyId, to: Instant) -> Result<(), StoreError> {
    diesel::update(tenancy::table.find(id.row())).set(tenancy::covered_to.eq(to.seconds())).execute(conn)?;
    Ok(())
}

/// What a mailed link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    Entry(PlotEntryId),
    Tenancy(TenancyId),
}

pub fn insert_link(conn: &mut Conn, token_hash: &str, opens: Opens, until: Instant) -> Result<(), StoreError> {
    let (entry, tenancy) = match opens {
        Opens::Entry(id) => (Some(id.row()), None),
        Opens::Tenancy(id) => (None, Some(id.row())),
    };
    diesel::insert_into(plot_link::table)
        .values((
            plot_link::token_hash.eq(token_hash),
            plot_link::entry_id.eq(entry),
            plot_link::tenancy_id.eq(tenancy),
            plot_link::ends_at.eq(until.seconds()),
        ))
        .execute(conn)?;
    Ok(())
}

/// What a link opens, while it does.
pub fn link(conn: &mut Conn, token_hash: &str, now: Instant) -> Result<Option<Opens>, StoreError> {
    let row: Option<(Option<i64>, Option<i64>)> = plot_link::table
        .find(token_hash)
        .filter(plot_link::ends_at.gt(now.seconds()))
        .select((plot_link::entry_id, plot_link::tenancy_id))
        .first(conn)
        .optional()?;
    Ok(row.and_then(|(entry, tenancy)| {
        let entry = entry.map(|id| Opens::Entry(PlotEntryId::new(id)));
        entry.or(tenancy.map(|id| Opens::Tenancy(TenancyId::new(id))))
    }))
}

/// Removes links that open nothing any more.
pub fn purge_links(conn: &mut Conn, before: Instant) -> Result<usize, StoreError> {
    Ok(diesel::delete(plot_link::table.filter(plot_link::ends_at.lt(before.seconds()))).execute(conn)?)
}
