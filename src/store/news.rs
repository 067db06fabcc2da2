//! What has happened to sessions since an instant, out of the history, for their people. Not the whole history of a booking.

use diesel::prelude::*;

use super::error::read;
use super::schema::{event, facility, occurrence};
use super::{Conn, StoreError};
use crate::domain::history::EventKind;
use crate::domain::ids::BookingId;
use crate::domain::span::{Instant, Span};

/// What people of a session want to know the next day.
const TOLD: [EventKind; 12] = [
    EventKind::Booked,
    EventKind::Approved,
    EventKind::Declined,
    EventKind::Cancelled,
    EventKind::Displaced,
    EventKind::Reinstated,
    EventKind::Moved,
    EventKind::Changed,
    EventKind::Exchanged,
    EventKind::ChangeApproved,
    EventKind::DateAdded,
    EventKind::CutShort,
];

/// One thing that happened, with where and when its session is now.
#[derive(Debug, Clone)]
pub struct News {
    pub booking: BookingId,
    pub at: Instant,
    pub kind: EventKind,
    pub session: Span,
    pub facility: String,
}

/// What happened to these bookings since then, newest first, so many at the most.
pub fn since(conn: &mut Conn, bookings: &[BookingId], since: Instant, most: i64) -> Result<Vec<News>, StoreError> {
    let kinds: Vec<&str> = TOLD.iter().map(|kind| kind.code()).collect();
    let ids: Vec<Option<i64>> = bookings.iter().map(|id| Some(id.row())).collect();
    type Row = (i64, i64, String, Option<i64>, i64, i64, String);
    let rows: Vec<Row> = event::table
        .inner_join(occurrence::table.on(event::occurrence_id.eq(occurrence::id.nullable())))
        .inner_join(facility::table.on(occurrence::facility_id.eq(facility::id)))
        .filter(event::booking_id.eq_any(ids).and(event::at.ge(since.seconds())))
        .filter(event::kind.eq_any(kinds))
        .order((event::at.desc(), event::id.desc()))
        .limit(most)
        .select((
            event::id,
            event::at,
            event::kind,
            event::booking_id,
            occurrence::starts_at,
            occurrence::ends_at,
            facility::name,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, at, kind, booking, from, to, facility)| {
            let session = Span::new(Instant::from_seconds(from), Instant::from_seconds(to));
            Ok(News {
                booking: BookingId::new(read(booking, "event", id, "booking_id")?),
                at: Instant::from_seconds(at),
                kind: read(EventKind::parse(&kind), "event", id, "kind")?,
                session: read(session, "event", id, "occurrence_id")?,
                facility,
            })
        })
        .collect()
}
