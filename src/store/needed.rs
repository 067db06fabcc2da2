//! Whether series are still needed, as columns of their bookings: what is to be looked at, what was asked, said and left open. Not when to ask.

use diesel::prelude::*;

use super::error;
use super::schema::{booking, person};
use super::{Conn, StoreError};
use crate::domain::booking::Needed;
use crate::domain::ids::{BookingId, SiteId};
use crate::domain::person::Email;
use crate::domain::span::Instant;

/// As they stand in a booking's row: asked, answered, open since, end told.
pub(super) type Columns = (Option<i64>, Option<i64>, Option<i64>, Option<i64>);

pub(super) const COLUMNS: (
    booking::needed_asked_at,
    booking::needed_answered_at,
    booking::needed_since,
    booking::end_told,
) = (booking::needed_asked_at, booking::needed_answered_at, booking::needed_since, booking::end_told);

pub(super) fn read((asked, answered, since, told): Columns) -> Needed {
    let instant = |at: Option<i64>| at.map(Instant::from_seconds);
    Needed { asked_at: instant(asked), answered_at: instant(answered), since: instant(since), end_told: instant(told) }
}

/// Series that are to be looked at now, the longest overdue first.
pub fn due(conn: &mut Conn, now: Instant, most: i64) -> Result<Vec<BookingId>, StoreError> {
    let rows: Vec<i64> = booking::table
        .filter(booking::needed_look_at.le(now.seconds()))
        .order(booking::needed_look_at)
        .limit(most)
        .select(booking::id)
        .load(conn)?;
    Ok(rows.into_iter().map(BookingId::new).collect())
}

/// When a series is to be looked at next, or that it never is again.
pub fn set_look(conn: &mut Conn, id: BookingId, at: Option<Instant>) -> Result<(), StoreError> {
    let at = at.map(Instant::seconds);
    diesel::update(booking::table.find(id.row())).set(booking::needed_look_at.eq(at)).execute(conn)?;
    Ok(())
}

/// Notes a question; one that is open already stays open since then.
pub fn set_asked(conn: &mut Conn, id: BookingId, now: Instant, since: Instant) -> Result<(), StoreError> {
    diesel::update(booking::table.find(id.row()))
        .set((booking::needed_asked_at.eq(now.seconds()), booking::needed_since.eq(since.seconds())))
        .execute(conn)?;
    Ok(())
}

/// Notes the answer that it is still needed, which closes the question.
pub fn set_answered(conn: &mut Conn, id: BookingId, now: Instant) -> Result<(), StoreError> {
    diesel::update(booking::table.find(id.row()))
        .set((booking::needed_answered_at.eq(now.seconds()), booking::needed_since.eq(None::<i64>)))
        .execute(conn)?;
    Ok(())
}

/// Closes a question that is pointless by now.
pub fn close(conn: &mut Conn, id: BookingId) -> Result<(), StoreError> {
    diesel::update(booking::table.find(id.row())).set(booking::needed_since.eq(None::<i64>)).execute(conn)?;
    Ok(())
}

/// Notes of which last date the booker was told that the series ends with it.
pub fn set_end_told(conn: &mut Conn, id: BookingId, last: Instant) -> Result<(), StoreError> {
    diesel::update(booking::table.find(id.row())).set(booking::end_told.eq(last.seconds())).execute(conn)?;
    Ok(())
}

/// A question that nobody has answered.
#[derive(Debug, Clone)]
pub struct Unanswered {
    pub booking: BookingId,
    pub since: Instant,
    /// Name and address of who was asked.
    pub booker: Option<(String, Email)>,
}

/// Questions open since `before` or longer at some sites, or at all of them; the oldest first.
pub fn unanswered(
    conn: &mut Conn,
    sites: Option<&[SiteId]>,
    before: Instant,
    most: i64,
) -> Result<Vec<Unanswered>, StoreError> {
    let mut query = booking::table
        .left_join(person::table.on(booking::booked_by.eq(person::id.nullable())))
        .filter(booking::needed_since.le(before.seconds()))
        .into_boxed();
    if let Some(sites) = sites {
        query = query.filter(booking::site_id.eq_any(sites.iter().map(|id| id.row()).collect::<Vec<_>>()));
    }
    let rows: Vec<(i64, Option<i64>, Option<(String, String)>)> = query
        .order((booking::needed_since, booking::id))
        .limit(most)
        .select((booking::id, booking::needed_since, (person::name, person::email).nullable()))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, since, booker)| {
            let since = error::read(since, "booking", id, "needed_since")?;
            let address = |email: &str| error::read(Email::parse(email).ok(), "person", id, "email");
            let booker = booker.map(|(name, email)| Ok::<_, StoreError>((name, address(&email)?))).transpose()?;
            Ok(Unanswered { booking: BookingId::new(id), since: Instant::from_seconds(since), booker })
        })
        .collect()
}
