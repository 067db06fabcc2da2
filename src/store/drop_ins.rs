//! Sessions that need no booking, bookings that anyone may come to, and whether a place opens on bank holidays. Not when it is open.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::error::read;
use super::schema::{booking, facility, facility_unit, occurrence, organisation, site};
use super::schema_cafe::{drop_in, drop_in_off, open_session, public_hours};
use super::{Conn, StoreError, occupancies};
use crate::domain::availability::TakenBy;
use crate::domain::drop_ins::DropIn;
use crate::domain::ids::{BookingId, DropInId, FacilityId, SiteId, Slug, UnitId};
use crate::domain::kinds::Kind;
use crate::domain::occurrence::Stage;
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};

/// The place of a session, with the names that a line shows.
#[derive(Debug, Clone)]
pub struct Place {
    pub site: SiteId,
    pub site_slug: Slug,
    pub site_name: String,
    pub address: String,
    pub phone: String,
    pub zone: chrono_tz::Tz,
    pub facility: FacilityId,
    pub facility_slug: Slug,
    pub facility_name: String,
    pub kind: Kind,
}

type PlaceRow = ((i64, String, String, String, String, String, String, String), (i64, String, String, String));

fn place((site, facility): PlaceRow) -> Result<Place, StoreError> {
    let (id, slug, name, street, town, postcode, phone, zone) = site;
    let (facility, facility_slug, facility_name, kind) = facility;
    Ok(Place {
        site: SiteId::new(id),
        site_slug: read(Slug::parse(&slug), "site", id, "slug")?,
        site_name: name,
        address: format!("{street}, {town} {postcode}"),
        phone,
        zone: read(zone.parse().ok(), "site", id, "time_zone")?,
        facility: FacilityId::new(facility),
        facility_slug: read(Slug::parse(&facility_slug), "facility", facility, "slug")?,
        facility_name,
        kind: read(Kind::parse(&kind), "facility", facility, "kind")?,
    })
}

type DropInRow = (i64, i64, String, String, String, i32, i32, String, Option<String>);

fn drop_in_of(row: DropInRow) -> Result<DropIn, StoreError> {
    let (id, facility, name, for_whom, weekdays, from_minute, to_minute, from, to) = row;
    let date = |text: String, column| read(text.parse::<NaiveDate>().ok(), "drop_in", id, column);
    Ok(DropIn {
        id: DropInId::new(id),
        facility: FacilityId::new(facility),
        name,
        for_whom,
        weekdays: weekdays.split(',').filter_map(|day| day.parse().ok()).collect(),
        from_minute,
        to_minute,
        from: date(from, "from_date")?,
        to: to.map(|to| date(to, "to_date")).transpose()?,
        off: Vec::new(),
    })
}

/// Which drop-in sessions are wanted.
#[derive(Debug, Clone, Copy)]
pub enum Where {
    Everywhere,
    Site(SiteId),
    Facility(FacilityId),
}

/// The sessions with their places, by name of the site and time, in one query. At places that everybody may see only, unless it is
/// asked for one.
pub fn list(conn: &mut Conn, at: Where) -> Result<Vec<(Place, DropIn)>, StoreError> {
    type Row = (DropInRow, PlaceRow, Option<String>);
    let query =
        drop_in::table.inner_join(facility::table.inner_join(site::table)).left_join(drop_in_off::table).into_boxed();
    let query = match at {
        Where::Everywhere => query.filter(facility::listed.eq(true)),
        Where::Site(id) => query.filter(facility::site_id.eq(id.row()).and(facility::listed.eq(true))),
        Where::Facility(id) => query.filter(drop_in::facility_id.eq(id.row())),
    };
    let rows: Vec<Row> = query
        .order((site::name, drop_in::from_minute, drop_in::id, drop_in_off::date))
        .select((
            drop_in::all_columns,
            (
                (
                    site::id,
                    site::slug,
                    site::name,
                    site::street,
                    site::town,
                    site::postcode,
                    site::phone,
                    site::time_zone,
                ),
                (facility::id, facility::slug, facility::name, facility::kind),
            ),
            drop_in_off::date.nullable(),
        ))
        .load(conn)?;
    let mut found: Vec<(Place, DropIn)> = Vec::new();
    for (row, at, off) in rows {
        let id = row.0;
        if found.last().is_none_or(|(_, last)| last.id.row() != id) {
            found.push((place(at)?, drop_in_of(row)?));
        }
        if let (Some((_, last)), Some(off)) = (found.last_mut(), off) {
            last.off.push(read(off.parse().ok(), "drop_in_off", id, "date")?);
        }
    }
    Ok(found)
}

pub fn insert(conn: &mut Conn, new: &DropIn) -> Result<DropInId, StoreError> {
    let weekdays: Vec<String> = new.weekdays.iter().map(i32::to_string).collect();
    let id: i64 = diesel::insert_into(drop_in::table)
        .values((
            drop_in::facility_id.eq(new.facility.row()),
            drop_in::name.eq(&new.name),
            drop_in::for_whom.eq(&new.for_whom),
            drop_in::weekdays.eq(weekdays.join(",")),
            drop_in::from_minute.eq(new.from_minute),
            drop_in::to_minute.eq(new.to_minute),
            drop_in::from_date.eq(new.from.to_string()),
            drop_in::to_date.eq(new.to.map(|to| to.to_string())),
        ))
        .returning(drop_in::id)
        .get_result(conn)?;
    Ok(DropInId::new(id))
}

/// Writes other facts over those of a session; its single dates stay as they are.
pub fn update(conn: &mut Conn, id: DropInId, new: &DropIn) -> Result<(), StoreError> {
    let weekdays: Vec<String> = new.weekdays.iter().map(i32::to_string).collect();
    diesel::update(drop_in::table.find(id.row()))
        .set((
            drop_in::name.eq(&new.name),
            drop_in::for_whom.eq(&new.for_whom),
            drop_in::weekdays.eq(weekdays.join(",")),
            drop_in::from_minute.eq(new.from_minute),
            drop_in::to_minute.eq(new.to_minute),
            drop_in::from_date.eq(new.from.to_string()),
            drop_in::to_date.eq(new.to.map(|to| to.to_string())),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes a session away with all of its dates.
pub fn remove(conn: &mut Conn, id: DropInId) -> Result<(), StoreError> {
    diesel::delete(drop_in_off::table.filter(drop_in_off::drop_in_id.eq(id.row()))).execute(conn)?;
    diesel::delete(drop_in::table.find(id.row())).execute(conn)?;
    Ok(())
}

/// Cancels one date of a session, or puts it back.
pub fn set_off(conn: &mut Conn, id: DropInId, date: NaiveDate, off: bool) -> Result<(), StoreError> {
    diesel::delete(drop_in_off::table.find((id.row(), date.to_string()))).execute(conn)?;
    if off {
        let row = (drop_in_off::drop_in_id.eq(id.row()), drop_in_off::date.eq(date.to_string()));
        diesel::insert_into(drop_in_off::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Whether a place opens on bank holidays.
pub fn opens_on_holidays(conn: &mut Conn, id: FacilityId) -> Result<bool, StoreError> {
    let said: Option<bool> =
        public_hours::table.find(id.row()).select(public_hours::on_holidays).first(conn).optional()?;
    Ok(said.unwrap_or(false))
}

pub fn set_opens_on_holidays(conn: &mut Conn, id: FacilityId, on: bool) -> Result<(), StoreError> {
    let changed =
        diesel::update(public_hours::table.find(id.row())).set(public_hours::on_holidays.eq(on)).execute(conn)?;
    if changed == 0 {
        let row = (public_hours::facility_id.eq(id.row()), public_hours::on_holidays.eq(on));
        diesel::insert_into(public_hours::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// What closes one of these units anywhere in a span, in one query.
pub fn closed(conn: &mut Conn, units: &[UnitId], within: Span) -> Result<Vec<(UnitId, Span)>, StoreError> {
    let taken = occupancies::taken(conn, units, within)?.into_iter();
    let closures = taken.filter(|one| matches!(one.by, TakenBy::Closure { .. }));
    Ok(closures.map(|one| (one.unit, one.span)).collect())
}

/// As [`closed`], by facility, in two queries.
pub fn closures(conn: &mut Conn, ids: &[FacilityId], within: Span) -> Result<Vec<(FacilityId, Span)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64, i64)> = facility_unit::table
        .filter(facility_unit::facility_id.eq_any(ids.iter().map(|id| id.row()).collect::<Vec<_>>()))
        .select((facility_unit::facility_id, facility_unit::unit_id))
        .load(conn)?;
    let mut units: Vec<UnitId> = rows.iter().map(|(_, unit)| UnitId::new(*unit)).collect();
    units.sort_unstable();
    units.dedup();
    let closed = closed(conn, &units, within)?;
    let of_unit = |(unit, span): (UnitId, Span)| {
        let own = rows.iter().filter(move |(_, of)| *of == unit.row());
        own.map(move |(facility, _)| (FacilityId::new(*facility), span))
    };
    Ok(closed.into_iter().flat_map(of_unit).collect())
}

/// A session of a booking that anyone may come to.
#[derive(Debug, Clone)]
pub struct OpenSession {
    pub place: Place,
    pub span: Span,
    pub title: String,
    pub for_whom: String,
    pub privacy: Privacy,
    /// The organisation; none where the site itself holds it.
    pub holder: Option<String>,
}

/// Sessions that anyone may come to and that end in a span: confirmed, open, at places that everybody may see.
pub fn open_sessions(conn: &mut Conn, within: Span) -> Result<Vec<OpenSession>, StoreError> {
    type Row = ((i64, i64, i64), (String, String, String), Option<String>, PlaceRow);
    // Few are open to everybody; theirs are found by whose they are.
    let open: Vec<i64> = open_session::table.select(open_session::booking_id).load(conn)?;
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = open_session::table
        .inner_join(booking::table.on(open_session::booking_id.eq(booking::id)))
        .inner_join(occurrence::table.on(occurrence::booking_id.eq(open_session::booking_id)))
        .inner_join(facility::table.on(occurrence::facility_id.eq(facility::id)))
        .inner_join(site::table.on(occurrence::site_id.eq(site::id)))
        .left_join(organisation::table.on(booking::organisation_id.eq(organisation::id.nullable())))
        .filter(occurrence::booking_id.eq_any(open))
        .filter(booking::privacy.eq(Privacy::Open.code()).and(booking::holder.ne("person")))
        .filter(occurrence::state.eq(Stage::Confirmed.code()).and(occurrence::ended_at.is_null()))
        .filter(occurrence::ends_at.gt(within.start().seconds()).and(occurrence::starts_at.lt(within.end().seconds())))
        .filter(facility::listed.eq(true))
        .order((occurrence::starts_at, occurrence::id))
        .limit(1_000)
        .select((
            (occurrence::id, occurrence::starts_at, occurrence::ends_at),
            (booking::purpose, open_session::for_whom, booking::privacy),
            organisation::name.nullable(),
            (
                (
                    site::id,
                    site::slug,
                    site::name,
                    site::street,
                    site::town,
                    site::postcode,
                    site::phone,
                    site::time_zone,
                ),
                (facility::id, facility::slug, facility::name, facility::kind),
            ),
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|((id, from, to), (title, for_whom, privacy), holder, at)| {
            let span = Span::new(Instant::from_seconds(from), Instant::from_seconds(to));
            let span = read(span, "occurrence", id, "ends_at")?;
            let privacy = read(Privacy::parse(&privacy), "booking", id, "privacy")?;
            Ok(OpenSession { place: place(at)?, span, title, for_whom, privacy, holder })
        })
        .collect()
}

/// For whom a booking is open; none where it is not.
pub fn open_words(conn: &mut Conn, booking: BookingId) -> Result<Option<String>, StoreError> {
    Ok(open_session::table.find(booking.row()).select(open_session::for_whom).first(conn).optional()?)
}

/// Opens a booking to everybody, with words for whom it is, or no longer.
pub fn set_open(conn: &mut Conn, booking: BookingId, words: Option<&str>, now: Instant) -> Result<(), StoreError> {
    diesel::delete(open_session::table.find(booking.row())).execute(conn)?;
    if let Some(words) = words {
        let row = (
            open_session::booking_id.eq(booking.row()),
            open_session::for_whom.eq(words),
            open_session::at.eq(now.seconds()),
        );
        diesel::insert_into(open_session::table).values(row).execute(conn)?;
    }
    Ok(())
}
