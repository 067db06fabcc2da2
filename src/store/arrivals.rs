//! Who is in a building, as reception noted it: written, taken back, found by their time. Not the sessions that they come for.

use diesel::prelude::*;

use super::schema_reception::arrival;
use super::{Conn, StoreError};
use crate::domain::arrivals::Arrival;
use crate::domain::ids::{ArrivalId, BookingId, PersonId, SiteId};
use crate::domain::span::{Instant, Span};

/// An arrival to be noted.
#[derive(Debug)]
pub struct NewArrival<'a> {
    pub site: SiteId,
    /// The date of a booking, by its ordinal; none for people without one.
    pub of: Option<(BookingId, i32)>,
    /// A name or a firm where there is no booking.
    pub who: &'a str,
    pub people: i32,
    pub alone: bool,
    pub by: PersonId,
}

type Row = (i64, Option<i64>, Option<i32>, String, i32, bool, i64, Option<i64>);

const COLUMNS: (
    arrival::id,
    arrival::booking_id,
    arrival::ordinal,
    arrival::who,
    arrival::people,
    arrival::alone,
    arrival::arrived_at,
    arrival::left_at,
) = (
    arrival::id,
    arrival::booking_id,
    arrival::ordinal,
    arrival::who,
    arrival::people,
    arrival::alone,
    arrival::arrived_at,
    arrival::left_at,
);

fn read((id, booking, ordinal, who, people, alone, at, left_at): Row) -> Arrival {
    Arrival {
        id: ArrivalId::new(id),
        of: booking.map(BookingId::new).zip(ordinal),
        who,
        people,
        alone,
        at: Instant::from_seconds(at),
        left_at: left_at.map(Instant::from_seconds),
    }
}

pub fn insert(conn: &mut Conn, new: &NewArrival<'_>, now: Instant) -> Result<ArrivalId, StoreError> {
    let id: i64 = diesel::insert_into(arrival::table)
        .values((
            arrival::site_id.eq(new.site.row()),
            arrival::booking_id.eq(new.of.map(|(booking, _)| booking.row())),
            arrival::ordinal.eq(new.of.map(|(_, ordinal)| ordinal)),
            arrival::who.eq(new.who),
            arrival::people.eq(new.people),
            arrival::alone.eq(new.alone),
            arrival::arrived_at.eq(now.seconds()),
            arrival::arrived_by.eq(new.by.row()),
        ))
        .returning(arrival::id)
        .get_result(conn)?;
    Ok(ArrivalId::new(id))
}

/// What was noted at a site in a span, earliest first.
pub fn within(conn: &mut Conn, site: SiteId, span: Span) -> Result<Vec<Arrival>, StoreError> {
    let rows: Vec<Row> = arrival::table
        .filter(arrival::site_id.eq(site.row()))
        .filter(arrival::arrived_at.ge(span.start().seconds()).and(arrival::arrived_at.lt(span.end().seconds())))
        .order((arrival::arrived_at, arrival::id))
        .select(COLUMNS)
        .load(conn)?;
    Ok(rows.into_iter().map(read).collect())
}

/// What was noted of a date of a booking.
pub fn of_date(conn: &mut Conn, booking: BookingId, ordinal: i32) -> Result<Option<Arrival>, StoreError> {
    let row: Option<Row> = arrival::table
        .filter(arrival::booking_id.eq(booking.row()).and(arrival::ordinal.eq(ordinal)))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    Ok(row.map(read))
}

/// Writes another number of people, or whether somebody is alone, over what was noted.
pub fn set_people(conn: &mut Conn, id: ArrivalId, people: i32, alone: bool) -> Result<(), StoreError> {
    diesel::update(arrival::table.find(id.row()))
        .set((arrival::people.eq(people), arrival::alone.eq(alone)))
        .execute(conn)?;
    Ok(())
}

/// Notes that they left, or with `None` that they are here after all.
pub fn set_left(conn: &mut Conn, id: ArrivalId, left: Option<(Instant, PersonId)>) -> Result<(), StoreError> {
    diesel::update(arrival::table.find(id.row()))
        .set((arrival::left_at.eq(left.map(|(at, _)| at.seconds())), arrival::left_by.eq(left.map(|(_, by)| by.row()))))
        .execute(conn)?;
    Ok(())
}

/// Removes what was noted by mistake.
pub fn delete(conn: &mut Conn, id: ArrivalId) -> Result<(), StoreError> {
    diesel::delete(arrival::table.find(id.row())).execute(conn)?;
    Ok(())
}

/// Blanks the names of people without a booking who arrived before an instant.
pub fn forget_names(conn: &mut Conn, before: Instant) -> Result<usize, StoreError> {
    let named = arrival::table.filter(arrival::who.ne("").and(arrival::arrived_at.lt(before.seconds())));
    Ok(diesel::update(named).set(arrival::who.eq("")).execute(conn)?)
}

/// What was noted of one date goes with it, when it goes to another booking under another number.
pub fn hand_over(
    conn: &mut Conn,
    (booking, ordinal): (BookingId, i32),
    to: (BookingId, i32),
) -> Result<(), StoreError> {
    diesel::update(arrival::table.filter(arrival::booking_id.eq(booking.row()).and(arrival::ordinal.eq(ordinal))))
        .set((arrival::booking_id.eq(to.0.row()), arrival::ordinal.eq(to.1)))
        .execute(conn)?;
    Ok(())
}
