//! The append-only history and the texts it points to. Events hold ids, codes and numbers, never a name or free text.

use diesel::prelude::*;

use super::error::read;
use super::schema::{event, message, person};
use super::schema_privacy::event_removal;
use super::{Conn, StoreError};
use crate::domain::history::EventKind;
use crate::domain::ids::{BookingId, FacilityId, MessageId, OccurrenceId, OrganisationId, PersonId, SiteId};
use crate::domain::span::Instant;

/// One line to be added to the history.
#[derive(Debug, Clone, Copy)]
pub struct NewEvent {
    pub kind: EventKind,
    pub actor: Option<PersonId>,
    pub site: Option<SiteId>,
    pub facility: Option<FacilityId>,
    pub booking: Option<BookingId>,
    pub occurrence: Option<OccurrenceId>,
    pub organisation: Option<OrganisationId>,
    pub person: Option<PersonId>,
    pub message: Option<MessageId>,
    pub number: Option<i64>,
}

impl NewEvent {
    /// An event about nothing yet; fill in what it is about.
    pub const fn new(kind: EventKind, actor: Option<PersonId>) -> Self {
        Self {
            kind,
            actor,
            site: None,
            facility: None,
            booking: None,
            occurrence: None,
            organisation: None,
            person: None,
            message: None,
            number: None,
        }
    }
}

pub fn insert(conn: &mut Conn, new: &NewEvent, now: Instant) -> Result<(), StoreError> {
    diesel::insert_into(event::table)
        .values((
            event::at.eq(now.seconds()),
            event::actor_id.eq(new.actor.map(|id| id.row())),
            event::kind.eq(new.kind.code()),
            event::site_id.eq(new.site.map(|id| id.row())),
            event::facility_id.eq(new.facility.map(|id| id.row())),
            event::booking_id.eq(new.booking.map(|id| id.row())),
            event::occurrence_id.eq(new.occurrence.map(|id| id.row())),
            event::organisation_id.eq(new.organisation.map(|id| id.row())),
            event::person_id.eq(new.person.map(|id| id.row())),
            event::message_id.eq(new.message.map(|id| id.row())),
            event::number.eq(new.number),
        ))
        .execute(conn)?;
    Ok(())
}

/// Removes the lines from before an instant, and says how many those were: the one way in which a line ever goes. The
/// database refuses it unless the row that allows it is there, and that row is gone again before anybody else could use it.
pub fn remove_before(conn: &mut Conn, before: Instant) -> Result<usize, StoreError> {
    diesel::insert_into(event_removal::table).values(event_removal::older_than.eq(before.seconds())).execute(conn)?;
    let removed = diesel::delete(event::table.filter(event::at.lt(before.seconds()))).execute(conn)?;
    diesel::delete(event_removal::table).execute(conn)?;
    Ok(removed)
}

/// Keeps a text that a person wrote, apart from the history, so that it can be erased.
pub fn write_message(
    conn: &mut Conn,
    booking: Option<BookingId>,
    body: &str,
    by: Option<PersonId>,
    now: Instant,
) -> Result<MessageId, StoreError> {
    let id: i64 = diesel::insert_into(message::table)
        .values((
            message::booking_id.eq(booking.map(|id| id.row())),
            message::body.eq(body),
            message::written_at.eq(now.seconds()),
            message::written_by.eq(by.map(|id| id.row())),
        ))
        .returning(message::id)
        .get_result(conn)?;
    Ok(MessageId::new(id))
}

/// One line of a history, with the names looked up.
#[derive(Debug, Clone)]
pub struct EventLine {
    pub at: Instant,
    pub kind: EventKind,
    pub actor: Option<String>,
    pub occurrence: Option<OccurrenceId>,
    pub message: Option<String>,
}

/// The history of a booking, newest first.
pub fn of_booking(conn: &mut Conn, id: BookingId) -> Result<Vec<EventLine>, StoreError> {
    let rows: Vec<(i64, i64, String, Option<i64>, Option<String>, Option<String>)> = event::table
        .left_join(person::table.on(event::actor_id.eq(person::id.nullable())))
        .left_join(message::table)
        .filter(event::booking_id.eq(id.row()))
        .order(event::id.desc())
        .select((
            event::id,
            event::at,
            event::kind,
            event::occurrence_id,
            person::name.nullable(),
            message::body.nullable(),
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, at, kind, occurrence, actor, message)| {
            Ok(EventLine {
                at: Instant::from_seconds(at),
                kind: read(EventKind::parse(&kind), "event", id, "kind")?,
                actor,
                occurrence: occurrence.map(OccurrenceId::new),
                message,
            })
        })
        .collect()
}

/// The text of a message.
pub fn message_text(conn: &mut Conn, id: MessageId) -> Result<Option<String>, StoreError> {
    Ok(message::table.find(id.row()).select(message::body).first(conn).optional()?)
}

/// What happened to somebody's account, of these kinds, newest first.
pub fn of_account(
    conn: &mut Conn,
    id: PersonId,
    kinds: &[EventKind],
    most: i64,
) -> Result<Vec<(Instant, EventKind)>, StoreError> {
    let rows: Vec<(i64, i64, String)> = event::table
        .filter(event::person_id.eq(id.row()))
        .filter(event::kind.eq_any(kinds.iter().map(|kind| kind.code()).collect::<Vec<_>>()))
        .order(event::id.desc())
        .limit(most)
        .select((event::id, event::at, event::kind))
        .load(conn)?;
    rows.into_iter()
        .map(|(row, at, kind)| Ok((Instant::from_seconds(at), read(EventKind::parse(&kind), "event", row, "kind")?)))
        .collect()
}
