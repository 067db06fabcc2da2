//! The slots of a baby bank beside their bookings: streams with hours and units, referrers, what is known of a visit. Not the places they take.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::error::read;
use super::schema::{booking, occurrence, organisation};
use super::schema_cafe::{referrer, slot_hours, slot_stream, slot_unit, slot_visit};
use super::{Conn, StoreError};
use crate::domain::hours::WeeklyHours;
use crate::domain::ids::{BookingId, FacilityId, OccurrenceId, OrganisationId, Reference, StreamId, UnitId};
use crate::domain::occurrence::Stage;
use crate::domain::slots::{Pause, Stream, StreamKind, Visit};
use crate::domain::span::{Instant, Span};

type StreamRow = (i64, i64, String, i32, i32, String, bool, Option<String>, String);
type HoursRow = Option<(i32, i32, i32)>;

/// The streams of a facility with their hours and units, in one query.
pub fn streams(conn: &mut Conn, facility: FacilityId) -> Result<Vec<Stream>, StoreError> {
    let rows: Vec<(StreamRow, HoursRow, Option<(i64, i32)>)> = slot_stream::table
        .left_join(slot_hours::table)
        .left_join(slot_unit::table)
        .filter(slot_stream::facility_id.eq(facility.row()))
        .order((slot_stream::stream, slot_hours::weekday, slot_hours::from_minute, slot_unit::position))
        .select((
            slot_stream::all_columns,
            (slot_hours::weekday, slot_hours::from_minute, slot_hours::to_minute).nullable(),
            (slot_unit::unit_id, slot_unit::position).nullable(),
        ))
        .load(conn)?;
    let mut streams: Vec<Stream> = Vec::new();
    for (row, hours, unit) in rows {
        let id = StreamId::new(row.0);
        if streams.last().is_none_or(|last| last.id != id) {
            streams.push(stream(row)?);
        }
        let Some(last) = streams.last_mut() else {
            continue;
        };
        // Hours and units stand side by side in the rows, each pair once.
        if let Some((weekday, from_minute, to_minute)) = hours {
            let one = WeeklyHours { facility: None, weekday, from_minute, to_minute };
            if !last.hours.contains(&one) {
                last.hours.push(one);
            }
        }
        if let Some((unit, _)) = unit
            && !last.units.contains(&UnitId::new(unit))
        {
            last.units.push(UnitId::new(unit));
        }
    }
    Ok(streams)
}

fn stream(row: StreamRow) -> Result<Stream, StoreError> {
    let (id, facility, kind, places, days_ahead, words, paused, until, pause_words) = row;
    let until =
        until.map(|text| read(text.parse::<NaiveDate>().ok(), "slot_stream", id, "paused_until")).transpose()?;
    Ok(Stream {
        id: StreamId::new(id),
        facility: FacilityId::new(facility),
        kind: read(StreamKind::parse(&kind), "slot_stream", id, "stream")?,
        places: read(usize::try_from(places).ok(), "slot_stream", id, "places")?,
        days_ahead: days_ahead.into(),
        words,
        pause: paused.then_some(Pause { words: pause_words, until }),
        hours: Vec::new(),
        units: Vec::new(),
    })
}

/// What a manager says of a stream.
#[derive(Debug, Clone)]
pub struct StreamFacts<'a> {
    pub places: i32,
    pub days_ahead: i32,
    pub words: &'a str,
    /// Weekday, from and to in minutes after midnight.
    pub hours: &'a [(i32, i32, i32)],
}

/// Writes what a stream is like; it is made where there is none yet.
pub fn set_stream(
    conn: &mut Conn,
    (facility, kind): (FacilityId, StreamKind),
    facts: &StreamFacts<'_>,
) -> Result<StreamId, StoreError> {
    let own = slot_stream::facility_id.eq(facility.row()).and(slot_stream::stream.eq(kind.code()));
    let there: Option<i64> = slot_stream::table.filter(own).select(slot_stream::id).first(conn).optional()?;
    let values = (
        slot_stream::places.eq(facts.places),
        slot_stream::days_ahead.eq(facts.days_ahead),
        slot_stream::words.eq(facts.words),
    );
    let id = match there {
        Some(id) => {
            diesel::update(slot_stream::table.find(id)).set(values).execute(conn)?;
            id
        }
        None => diesel::insert_into(slot_stream::table)
            .values((
                slot_stream::facility_id.eq(facility.row()),
                slot_stream::stream.eq(kind.code()),
                values,
                slot_stream::paused.eq(false),
                slot_stream::pause_words.eq(""),
            ))
            .returning(slot_stream::id)
            .get_result(conn)?,
    };
    diesel::delete(slot_hours::table.filter(slot_hours::stream_id.eq(id))).execute(conn)?;
    for (weekday, from, to) in facts.hours {
        diesel::insert_into(slot_hours::table)
            .values((
                slot_hours::stream_id.eq(id),
                slot_hours::weekday.eq(weekday),
                slot_hours::from_minute.eq(from),
                slot_hours::to_minute.eq(to),
            ))
            .execute(conn)?;
    }
    Ok(StreamId::new(id))
}

/// Gives a unit to a stream, and to no other.
pub fn add_unit(conn: &mut Conn, stream: StreamId, unit: UnitId, position: i32) -> Result<(), StoreError> {
    diesel::insert_into(slot_unit::table)
        .values((
            slot_unit::unit_id.eq(unit.row()),
            slot_unit::stream_id.eq(stream.row()),
            slot_unit::position.eq(position),
        ))
        .execute(conn)?;
    Ok(())
}

/// Pauses a stream or opens it again.
pub fn set_pause(conn: &mut Conn, stream: StreamId, pause: Option<&Pause>) -> Result<(), StoreError> {
    diesel::update(slot_stream::table.find(stream.row()))
        .set((
            slot_stream::paused.eq(pause.is_some()),
            slot_stream::paused_until.eq(pause.and_then(|pause| pause.until).map(|date| date.to_string())),
            slot_stream::pause_words.eq(pause.map_or("", |pause| &pause.words)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Who may book collections.
pub fn referrers(conn: &mut Conn, facility: FacilityId) -> Result<Vec<OrganisationId>, StoreError> {
    let rows: Vec<i64> = referrer::table
        .filter(referrer::facility_id.eq(facility.row()))
        .order(referrer::organisation_id)
        .select(referrer::organisation_id)
        .load(conn)?;
    Ok(rows.into_iter().map(OrganisationId::new).collect())
}

/// Makes an organisation a referrer, or takes that back; false when it stood so already.
pub fn set_referrer(
    conn: &mut Conn,
    facility: FacilityId,
    organisation: OrganisationId,
    is: bool,
) -> Result<bool, StoreError> {
    let stands = referrers(conn, facility)?.contains(&organisation);
    if stands == is {
        return Ok(false);
    }
    if is {
        let row = (referrer::facility_id.eq(facility.row()), referrer::organisation_id.eq(organisation.row()));
        diesel::insert_into(referrer::table).values(row).execute(conn)?;
    } else {
        diesel::delete(referrer::table.find((facility.row(), organisation.row()))).execute(conn)?;
    }
    Ok(true)
}

/// What is known of a slot beside its booking.
#[derive(Debug, Clone, Default)]
pub struct NewVisit<'a> {
    pub bundle: &'a str,
    pub size: &'a str,
    pub name: &'a str,
    pub email: &'a str,
    pub brings: &'a [String],
    /// The hash of the token that confirms it, and until when.
    pub confirm: Option<(&'a str, Instant)>,
}

pub fn insert_visit(
    conn: &mut Conn,
    (booking, stream): (BookingId, StreamId),
    new: &NewVisit<'_>,
    now: Instant,
) -> Result<(), StoreError> {
    diesel::insert_into(slot_visit::table)
        .values((
            slot_visit::booking_id.eq(booking.row()),
            slot_visit::stream_id.eq(stream.row()),
            slot_visit::bundle.eq(new.bundle),
            slot_visit::size.eq(new.size),
            slot_visit::name.eq(new.name),
            slot_visit::email.eq(new.email),
            slot_visit::brings.eq(new.brings.join(",")),
            slot_visit::asked_at.eq(now.seconds()),
            slot_visit::confirm_hash.eq(new.confirm.map(|(hash, _)| hash)),
            slot_visit::confirm_until.eq(new.confirm.map(|(_, until)| until.seconds())),
        ))
        .execute(conn)?;
    Ok(())
}

/// Which visits are wanted.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// Of a stream of a facility, that end after an instant.
    OfStream(FacilityId, StreamKind, Instant),
    Booking(BookingId),
    Reference(&'a Reference),
    /// By the hash of the token that confirms it.
    Confirm(&'a str),
    /// By the hash of the token that cancels it.
    Cancel(&'a str),
    /// Of one address at one facility.
    Email(FacilityId, &'a str, Instant),
}

#[derive(Queryable)]
struct VisitRow {
    booking: (i64, String, i32),
    occurrence: (i64, i64, i64, i64, String, Option<i64>, i32),
    organisation: Option<(i64, String)>,
    kind: String,
    bundle: (String, String),
    donor: (String, String, String),
    confirm_until: Option<i64>,
}

impl VisitRow {
    fn visit(self) -> Result<Visit, StoreError> {
        let (booking, reference, version) = self.booking;
        let (id, facility, from, to, state, until, sequence) = self.occurrence;
        let slot = Span::new(Instant::from_seconds(from), Instant::from_seconds(to));
        let (name, email, brings) = self.donor;
        Ok(Visit {
            booking: BookingId::new(booking),
            occurrence: OccurrenceId::new(id),
            reference: read(Reference::parse(&reference), "booking", booking, "reference")?,
            version,
            facility: FacilityId::new(facility),
            kind: read(StreamKind::parse(&self.kind), "slot_stream", booking, "stream")?,
            slot: read(slot, "occurrence", id, "ends_at")?,
            stage: read(Stage::parse(&state), "occurrence", id, "state")?,
            until: until.map(Instant::from_seconds),
            sequence,
            organisation: self.organisation.map(|(id, name)| (OrganisationId::new(id), name)),
            bundle: self.bundle.0,
            size: self.bundle.1,
            name,
            email,
            brings: brings.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect(),
            confirm_until: self.confirm_until.map(Instant::from_seconds),
        })
    }
}

/// Visits in order of their slots, in one query.
pub fn visits(conn: &mut Conn, which: Which<'_>) -> Result<Vec<Visit>, StoreError> {
    let query = slot_visit::table
        .inner_join(slot_stream::table.on(slot_visit::stream_id.eq(slot_stream::id)))
        .inner_join(booking::table.on(slot_visit::booking_id.eq(booking::id)))
        .inner_join(occurrence::table.on(occurrence::booking_id.eq(slot_visit::booking_id)))
        .left_join(organisation::table.on(booking::organisation_id.eq(organisation::id.nullable())))
        .into_boxed();
    let query = match which {
        Which::OfStream(facility, kind, after) => query.filter(
            occurrence::facility_id
                .eq(facility.row())
                .and(occurrence::starts_at.gt(after.seconds()))
                .and(slot_stream::stream.eq(kind.code())),
        ),
        Which::Booking(id) => query.filter(slot_visit::booking_id.eq(id.row())),
        Which::Reference(reference) => query.filter(booking::reference.eq(reference.stored().to_owned())),
        Which::Confirm(hash) => query.filter(slot_visit::confirm_hash.eq(hash.to_owned())),
        Which::Cancel(hash) => query.filter(slot_visit::cancel_hash.eq(hash.to_owned())),
        Which::Email(facility, email, since) => query.filter(
            slot_visit::email
                .eq(email.to_owned())
                .and(slot_visit::asked_at.gt(since.seconds()))
                .and(slot_stream::facility_id.eq(facility.row())),
        ),
    };
    let rows: Vec<VisitRow> = query
        .order((occurrence::starts_at, occurrence::id))
        .limit(1_000)
        .select((
            (booking::id, booking::reference, booking::version),
            (
                occurrence::id,
                occurrence::facility_id,
                occurrence::starts_at,
                occurrence::ends_at,
                occurrence::state,
                occurrence::state_until,
                occurrence::sequence,
            ),
            (organisation::id, organisation::name).nullable(),
            slot_stream::stream,
            (slot_visit::bundle, slot_visit::size),
            (slot_visit::name, slot_visit::email, slot_visit::brings),
            slot_visit::confirm_until,
        ))
        .load(conn)?;
    rows.into_iter().map(VisitRow::visit).collect()
}

/// Other words about a bundle.
pub fn set_bundle(conn: &mut Conn, booking: BookingId, bundle: &str, size: &str) -> Result<(), StoreError> {
    let one = slot_visit::table.find(booking.row());
    diesel::update(one).set((slot_visit::bundle.eq(bundle), slot_visit::size.eq(size))).execute(conn)?;
    Ok(())
}

/// Uses the link that confirms up, and gives one that cancels.
pub fn set_confirmed(conn: &mut Conn, booking: BookingId, cancel_hash: &str) -> Result<(), StoreError> {
    diesel::update(slot_visit::table.find(booking.row()))
        .set((slot_visit::confirm_hash.eq(None::<String>), slot_visit::cancel_hash.eq(cancel_hash)))
        .execute(conn)?;
    Ok(())
}

/// Voids both links of a slot that is given up.
pub fn void_links(conn: &mut Conn, booking: BookingId) -> Result<(), StoreError> {
    diesel::update(slot_visit::table.find(booking.row()))
        .set((slot_visit::confirm_hash.eq(None::<String>), slot_visit::cancel_hash.eq(None::<String>)))
        .execute(conn)?;
    Ok(())
}

/// How often an address asked since an instant, anywhere.
pub fn asked_since(conn: &mut Conn, email: &str, since: Instant) -> Result<i64, StoreError> {
    let own = slot_visit::email.eq(email).and(slot_visit::asked_at.gt(since.seconds()));
    Ok(slot_visit::table.filter(own).count().get_result(conn)?)
}

/// Blanks the names and addresses of donors whose slots ended before an instant.
pub fn forget_donors(conn: &mut Conn, before: Instant) -> Result<usize, StoreError> {
    // Those who are still known are few, and each has one occurrence.
    let known: Vec<i64> =
        slot_visit::table.filter(slot_visit::email.ne("")).select(slot_visit::booking_id).load(conn)?;
    if known.is_empty() {
        return Ok(0);
    }
    let over: Vec<i64> = occurrence::table
        .filter(occurrence::booking_id.eq_any(known).and(occurrence::ends_at.lt(before.seconds())))
        .select(occurrence::booking_id)
        .load(conn)?;
    let these = slot_visit::table.filter(slot_visit::booking_id.eq_any(over));
    let blank = (
        slot_visit::name.eq(""),
        slot_visit::email.eq(""),
        slot_visit::confirm_hash.eq(None::<String>),
        slot_visit::cancel_hash.eq(None::<String>),
    );
    Ok(diesel::update(these).set(blank).execute(conn)?)
}

/// The hash of the token that confirms a slot, while it has one.
pub fn confirm_hash(conn: &mut Conn, booking: BookingId) -> Result<Option<String>, StoreError> {
    let hash: Option<Option<String>> =
        slot_visit::table.find(booking.row()).select(slot_visit::confirm_hash).first(conn).optional()?;
    Ok(hash.flatten())
}
