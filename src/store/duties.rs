//! Duties: written, changed, ended and found; and how many a booking needs. Not who may be put on what.

use std::collections::HashMap;

use diesel::prelude::*;

use super::error::read;
use super::schema::{occurrence, person};
use super::schema_rota::{duty, duty_need};
use super::{Conn, StoreError};
use crate::domain::duty::{Busy, Duty, Ended};
use crate::domain::ids::{BookingId, DutyId, FacilityId, OrganisationId, PersonId, Reference};
use crate::domain::occurrence::Stage;
use crate::domain::span::{Instant, Span};

/// A session that moved may be told so many days later than it was found: what stands within them is looked at, too.
const MARGIN_DAYS: i64 = 60;

type Told = (i64, i64, i64, i32, Option<i64>, Option<i64>, Option<i64>, bool);
type Row = (i64, String, (i64, i32, i64, i64), i64, (String, Option<i64>), i32, Told);

#[expect(clippy::type_complexity, reason = "the columns of one row, in the order of the row")]
const COLUMNS: (
    duty::id,
    duty::handle,
    (duty::booking_id, duty::ordinal, duty::organisation_id, duty::person_id),
    duty::given_at,
    (duty::ended, duty::ended_at),
    duty::sequence,
    (
        duty::facility_id,
        duty::starts_at,
        duty::ends_at,
        duty::seen,
        duty::moved_at,
        duty::old_starts_at,
        duty::old_ends_at,
        duty::tentative,
    ),
) = (
    duty::id,
    duty::handle,
    (duty::booking_id, duty::ordinal, duty::organisation_id, duty::person_id),
    duty::given_at,
    (duty::ended, duty::ended_at),
    duty::sequence,
    (
        duty::facility_id,
        duty::starts_at,
        duty::ends_at,
        duty::seen,
        duty::moved_at,
        duty::old_starts_at,
        duty::old_ends_at,
        duty::tentative,
    ),
);

fn duty_of((row, name): (Row, String)) -> Result<Duty, StoreError> {
    let (id, handle, (booking, ordinal, organisation, person), given_at, (ended, ended_at), sequence, told) = row;
    let (facility, starts_at, ends_at, seen, moved_at, old_start, old_end, tentative) = told;
    let span = |a, b| read(Span::new(Instant::from_seconds(a), Instant::from_seconds(b)), "duty", id, "ends_at");
    let ended = match ended_at {
        None => None,
        Some(at) => Some((read(Ended::parse(&ended), "duty", id, "ended")?, Instant::from_seconds(at))),
    };
    let moved = match (moved_at, old_start.zip(old_end)) {
        (Some(at), Some((start, end))) => Some((Instant::from_seconds(at), span(start, end)?)),
        _ => None,
    };
    Ok(Duty {
        id: DutyId::new(id),
        handle: read(Reference::parse(&handle), "duty", id, "handle")?,
        booking: BookingId::new(booking),
        ordinal,
        organisation: OrganisationId::new(organisation),
        person: PersonId::new(person),
        name,
        given_at: Instant::from_seconds(given_at),
        ended,
        sequence,
        facility: FacilityId::new(facility),
        session: span(starts_at, ends_at)?,
        seen,
        moved,
        tentative,
    })
}

/// A duty to be written.
#[derive(Debug)]
pub struct NewDuty<'a> {
    pub handle: &'a Reference,
    pub booking: BookingId,
    pub ordinal: i32,
    pub organisation: OrganisationId,
    pub person: PersonId,
    pub by: PersonId,
    pub facility: FacilityId,
    pub session: Span,
    pub seen: i32,
    /// The site has not confirmed the session yet.
    pub tentative: bool,
}

/// # Errors
/// `Duplicate` when the person is on that date already.
pub fn insert(conn: &mut Conn, new: &NewDuty<'_>, now: Instant) -> Result<(), StoreError> {
    diesel::insert_into(duty::table)
        .values((
            duty::handle.eq(new.handle.stored()),
            duty::booking_id.eq(new.booking.row()),
            duty::ordinal.eq(new.ordinal),
            duty::organisation_id.eq(new.organisation.row()),
            duty::person_id.eq(new.person.row()),
            duty::given_at.eq(now.seconds()),
            duty::given_by.eq(new.by.row()),
            duty::ended.eq(""),
            duty::sequence.eq(0),
            duty::facility_id.eq(new.facility.row()),
            duty::starts_at.eq(new.session.start().seconds()),
            duty::ends_at.eq(new.session.end().seconds()),
            duty::seen.eq(new.seen),
            duty::tentative.eq(new.tentative),
        ))
        .execute(conn)?;
    Ok(())
}

/// The duties of these bookings, whether they stand or not, those given first first.
pub fn of_bookings(conn: &mut Conn, bookings: &[BookingId]) -> Result<Vec<Duty>, StoreError> {
    if bookings.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Row, String)> = duty::table
        .inner_join(person::table.on(duty::person_id.eq(person::id)))
        .filter(duty::booking_id.eq_any(bookings.iter().map(|id| id.row()).collect::<Vec<_>>()))
        .order(duty::id)
        .select((COLUMNS, person::name))
        .load(conn)?;
    rows.into_iter().map(duty_of).collect()
}

/// As [`of_bookings`], only those that stand or ended with their session and are not over yet.
pub fn coming_of(conn: &mut Conn, bookings: &[BookingId], now: Instant) -> Result<Vec<Duty>, StoreError> {
    if bookings.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Row, String)> = duty::table
        .inner_join(person::table.on(duty::person_id.eq(person::id)))
        .filter(duty::booking_id.eq_any(bookings.iter().map(|id| id.row()).collect::<Vec<_>>()))
        .filter(duty::ended.eq_any(["", Ended::SessionOff.code()]).and(duty::ends_at.gt(now.seconds())))
        .order(duty::id)
        .select((COLUMNS, person::name))
        .load(conn)?;
    rows.into_iter().map(duty_of).collect()
}

/// The duties of a person, whether they stand or not, whose sessions were not over at `since`, soonest first.
pub fn of_person(conn: &mut Conn, id: PersonId, since: Instant) -> Result<Vec<Duty>, StoreError> {
    let rows: Vec<(Row, String)> = duty::table
        .inner_join(person::table.on(duty::person_id.eq(person::id)))
        .filter(duty::person_id.eq(id.row()).and(duty::ends_at.gt(since.seconds())))
        .order((duty::starts_at, duty::id))
        .select((COLUMNS, person::name))
        .load(conn)?;
    rows.into_iter().map(duty_of).collect()
}

pub fn by_handle(conn: &mut Conn, handle: &Reference) -> Result<Option<Duty>, StoreError> {
    let row: Option<(Row, String)> = duty::table
        .inner_join(person::table.on(duty::person_id.eq(person::id)))
        .filter(duty::handle.eq(handle.stored()))
        .select((COLUMNS, person::name))
        .first(conn)
        .optional()?;
    row.map(duty_of).transpose()
}

/// When these people are on duty within a span, as their sessions are now.
pub fn busy(conn: &mut Conn, people: &[PersonId], within: Span) -> Result<Vec<Busy>, StoreError> {
    let active: Vec<&str> = Stage::ALL.iter().filter(|stage| stage.is_active()).map(|stage| stage.code()).collect();
    let date = occurrence::booking_id.eq(duty::booking_id).and(occurrence::ordinal.eq(duty::ordinal));
    let rows: Vec<(i64, i64, i64, i32, i64, i64)> = duty::table
        .inner_join(occurrence::table.on(date))
        .filter(duty::person_id.eq_any(people.iter().map(|id| id.row()).collect::<Vec<_>>()))
        .filter(duty::ended.eq("").and(duty::ends_at.gt(within.start().plus_days(-MARGIN_DAYS).seconds())))
        .filter(occurrence::state.eq_any(active))
        .filter(occurrence::starts_at.lt(within.end().seconds()))
        .filter(occurrence::ends_at.gt(within.start().seconds()))
        .select((
            duty::id,
            duty::person_id,
            duty::booking_id,
            duty::ordinal,
            occurrence::starts_at,
            occurrence::ends_at,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, person, booking, ordinal, from, to)| {
            let session = Span::new(Instant::from_seconds(from), Instant::from_seconds(to));
            Ok(Busy {
                person: PersonId::new(person),
                booking: BookingId::new(booking),
                ordinal,
                session: read(session, "duty", id, "ends_at")?,
            })
        })
        .collect()
}

/// Ends a duty that stands; false when somebody else did so first.
pub fn end(conn: &mut Conn, id: DutyId, why: Ended, now: Instant) -> Result<bool, StoreError> {
    let changed = diesel::update(duty::table.find(id.row()).filter(duty::ended.eq("")))
        .set((duty::ended.eq(why.code()), duty::ended_at.eq(now.seconds()), duty::sequence.eq(duty::sequence + 1)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Lets a duty stand again that had ended with its session; false when somebody else did so first.
pub fn revive(conn: &mut Conn, id: DutyId) -> Result<bool, StoreError> {
    let there = duty::table.find(id.row()).filter(duty::ended.eq(Ended::SessionOff.code()));
    let changed = diesel::update(there)
        .set((duty::ended.eq(""), duty::ended_at.eq(None::<i64>), duty::sequence.eq(duty::sequence + 1)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Notes that the site has confirmed the session of a duty; false when somebody else did so first.
pub fn set_confirmed(conn: &mut Conn, id: DutyId) -> Result<bool, StoreError> {
    let changed = diesel::update(duty::table.find(id.row()).filter(duty::tentative.eq(true)))
        .set((duty::tentative.eq(false), duty::sequence.eq(duty::sequence + 1)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Notes where and when a duty is now, and since when that is so.
pub fn set_moved(
    conn: &mut Conn,
    one: &Duty,
    (facility, session): (FacilityId, Span),
    now: Instant,
) -> Result<(), StoreError> {
    diesel::update(duty::table.find(one.id.row()))
        .set((
            duty::facility_id.eq(facility.row()),
            duty::starts_at.eq(session.start().seconds()),
            duty::ends_at.eq(session.end().seconds()),
            duty::sequence.eq(duty::sequence + 1),
            duty::moved_at.eq(now.seconds()),
            duty::old_starts_at.eq(one.session.start().seconds()),
            duty::old_ends_at.eq(one.session.end().seconds()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes that a duty's date was looked at.
pub fn set_seen(conn: &mut Conn, id: DutyId, seen: i32) -> Result<(), StoreError> {
    diesel::update(duty::table.find(id.row())).set(duty::seen.eq(seen)).execute(conn)?;
    Ok(())
}

/// The bookings of duties to come whose dates have changed, or were confirmed, since they were looked at.
pub fn unseen(conn: &mut Conn, now: Instant, most: i64) -> Result<Vec<BookingId>, StoreError> {
    let date = occurrence::booking_id.eq(duty::booking_id).and(occurrence::ordinal.eq(duty::ordinal));
    let confirmed = occurrence::state.eq(Stage::Confirmed.code()).and(duty::ended.eq(""));
    let rows: Vec<i64> = duty::table
        .inner_join(occurrence::table.on(date))
        .filter(duty::ended.eq_any(["", Ended::SessionOff.code()]).and(duty::ends_at.gt(now.seconds())))
        .filter(occurrence::sequence.gt(duty::seen).or(duty::tentative.eq(true).and(confirmed)))
        .order(duty::ends_at)
        .limit(most)
        .select(duty::booking_id)
        .load(conn)?;
    let mut found: Vec<BookingId> = rows.into_iter().map(BookingId::new).collect();
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The duties of one date go with it, when it goes to another booking under another number.
pub fn hand_over(
    conn: &mut Conn,
    (booking, ordinal): (BookingId, i32),
    to: (BookingId, i32),
) -> Result<(), StoreError> {
    diesel::update(duty::table.filter(duty::booking_id.eq(booking.row()).and(duty::ordinal.eq(ordinal))))
        .set((duty::booking_id.eq(to.0.row()), duty::ordinal.eq(to.1)))
        .execute(conn)?;
    Ok(())
}

/// How many each date of these bookings needs; those of which nothing was said are not in it.
pub fn needs(conn: &mut Conn, bookings: &[BookingId]) -> Result<HashMap<BookingId, i32>, StoreError> {
    let rows: Vec<(i64, i32)> = duty_need::table
        .filter(duty_need::booking_id.eq_any(bookings.iter().map(|id| id.row()).collect::<Vec<_>>()))
        .load(conn)?;
    Ok(rows.into_iter().map(|(booking, needed)| (BookingId::new(booking), needed)).collect())
}

/// What is needed on each of these bookings, with their duties within a span as they were told, in one query.
pub fn with_needs(
    conn: &mut Conn,
    bookings: &[BookingId],
    within: Span,
) -> Result<(HashMap<BookingId, i32>, Vec<Duty>), StoreError> {
    if bookings.is_empty() {
        return Ok((HashMap::new(), Vec::new()));
    }
    let of_booking = duty::booking_id
        .eq(duty_need::booking_id)
        .and(duty::ends_at.gt(within.start().seconds()))
        .and(duty::starts_at.lt(within.end().seconds()));
    // Whoever is put on a booking is needed on it, so there is a need for every duty.
    let rows: Vec<(i64, i32, Option<Row>, Option<String>)> = duty_need::table
        .left_join(duty::table.on(of_booking))
        .left_join(person::table.on(duty::person_id.nullable().eq(person::id.nullable())))
        .filter(duty_need::booking_id.eq_any(bookings.iter().map(|id| id.row()).collect::<Vec<_>>()))
        .order(duty::id.nullable())
        .select((duty_need::booking_id, duty_need::needed, COLUMNS.nullable(), person::name.nullable()))
        .load(conn)?;
    let (mut needs, mut duties) = (HashMap::new(), Vec::new());
    for (booking, needed, row, name) in rows {
        needs.insert(BookingId::new(booking), needed);
        if let Some(one) = row.zip(name) {
            duties.push(duty_of(one)?);
        }
    }
    Ok((needs, duties))
}

pub fn set_need(conn: &mut Conn, id: BookingId, needed: i32) -> Result<(), StoreError> {
    let there = duty_need::table.find(id.row());
    if diesel::update(there).set(duty_need::needed.eq(needed)).execute(conn)? == 0 {
        diesel::insert_into(duty_need::table)
            .values((duty_need::booking_id.eq(id.row()), duty_need::needed.eq(needed)))
            .execute(conn)?;
    }
    Ok(())
}
