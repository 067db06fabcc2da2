//! Many rows in one statement where the engine can: occurrences and history of a series, and the set to measure with. Not occupancies.

#[cfg(feature = "postgres")]
use diesel::prelude::*;
#[cfg(feature = "postgres")]
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text};

use super::StoreError;
use super::blocks::{self, NewBlock};
use super::bookings::{self, NewBooking, NewOccurrence};
use super::conn::Conn;
use super::engine::{NewOccupancy, OccupancyHolder, insert_occupancies};
use super::events::{self, NewEvent};
use super::outbox;
use crate::domain::availability::Wanted;
use crate::domain::hours::LocalTime;
use crate::domain::ids::{BlockId, FacilityId, OccurrenceId, UnitId};
use crate::domain::occurrence::State;
#[cfg(feature = "postgres")]
use crate::domain::person::Email;
use crate::domain::rendered::Rendered;
use crate::domain::span::{Instant, Span};

/// Writes occurrences, and gives their ids in the same order.
///
/// # Errors
/// The engine's own.
pub fn insert_occurrences(conn: &mut Conn, new: &[NewOccurrence<'_>]) -> Result<Vec<OccurrenceId>, StoreError> {
    match conn {
        Conn::Sqlite(_) => new.iter().map(|one| bookings::insert_occurrence(conn, one)).collect(),
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => occurrences_in_one_statement(conn, new),
    }
}

#[cfg(feature = "postgres")]
#[derive(QueryableByName)]
struct NewId {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Rows are numbered and written in that order, so that ascending ids follow the order that was given.
#[cfg(feature = "postgres")]
fn occurrences_in_one_statement(
    conn: &mut PgConnection,
    new: &[NewOccurrence<'_>],
) -> Result<Vec<OccurrenceId>, StoreError> {
    let rows: Vec<bookings::OccurrenceColumns> = new.iter().map(bookings::columns_of_new).collect();
    let numbers = |of: fn(&bookings::OccurrenceColumns) -> i64| rows.iter().map(of).collect::<Vec<i64>>();
    let small = |of: fn(&bookings::OccurrenceColumns) -> i32| rows.iter().map(of).collect::<Vec<i32>>();
    let texts = |of: fn(&bookings::OccurrenceColumns) -> String| rows.iter().map(of).collect::<Vec<String>>();
    let maybe = |of: fn(&bookings::OccurrenceColumns) -> Option<i64>| rows.iter().map(of).collect::<Vec<Option<i64>>>();
    let mut ids: Vec<NewId> = diesel::sql_query(
        "INSERT INTO occurrence (booking_id, ordinal, site_id, facility_id, starts_at, ends_at, occupied_from, occupied_to, \
         local_date, weekday, from_minute, to_minute, units_wanted, state, state_at, state_by, state_until, state_late, \
         sequence, papers, rate, price_pence, value_pence) \
         SELECT booking_id, ordinal, site_id, facility_id, starts_at, ends_at, occupied_from, occupied_to, local_date, weekday, \
         from_minute, to_minute, units_wanted, state, state_at, state_by, state_until, state_late, 0, papers, \
         rate, price_pence, value_pence \
         FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22) WITH ORDINALITY \
         AS new (booking_id, ordinal, site_id, facility_id, starts_at, ends_at, occupied_from, occupied_to, local_date, weekday, \
         from_minute, to_minute, units_wanted, state, state_at, state_by, state_until, state_late, papers, \
         rate, price_pence, value_pence, place) ORDER BY place RETURNING id",
    )
    .bind::<Array<BigInt>, _>(numbers(|one| one.booking))
    .bind::<Array<Integer>, _>(small(|one| one.ordinal))
    .bind::<Array<BigInt>, _>(numbers(|one| one.site))
    .bind::<Array<BigInt>, _>(numbers(|one| one.facility))
    .bind::<Array<BigInt>, _>(numbers(|one| one.session.start().seconds()))
    .bind::<Array<BigInt>, _>(numbers(|one| one.session.end().seconds()))
    .bind::<Array<BigInt>, _>(numbers(|one| one.occupied.start().seconds()))
    .bind::<Array<BigInt>, _>(numbers(|one| one.occupied.end().seconds()))
    .bind::<Array<Text>, _>(texts(|one| one.local_date.clone()))
    .bind::<Array<Integer>, _>(small(|one| one.weekday))
    .bind::<Array<Integer>, _>(small(|one| one.from_minute))
    .bind::<Array<Integer>, _>(small(|one| one.to_minute))
    .bind::<Array<Text>, _>(texts(|one| one.wanted.clone()))
    .bind::<Array<Text>, _>(texts(|one| one.stage.to_owned()))
    .bind::<Array<BigInt>, _>(numbers(|one| one.at))
    .bind::<Array<Nullable<BigInt>>, _>(maybe(|one| one.by))
    .bind::<Array<Nullable<BigInt>>, _>(maybe(|one| one.until))
    .bind::<Array<Bool>, _>(rows.iter().map(|one| one.late).collect::<Vec<_>>())
    .bind::<Array<Nullable<Text>>, _>(rows.iter().map(|one| one.papers.clone()).collect::<Vec<_>>())
    .bind::<Array<Nullable<Text>>, _>(rows.iter().map(|one| one.price.0.clone()).collect::<Vec<_>>())
    .bind::<Array<Nullable<BigInt>>, _>(maybe(|one| one.price.1))
    .bind::<Array<Nullable<BigInt>>, _>(maybe(|one| one.price.2))
    .load(conn)?;
    ids.sort_unstable_by_key(|row| row.id);
    Ok(ids.into_iter().map(|row| OccurrenceId::new(row.id)).collect())
}

/// Adds lines to the history, in this order.
///
/// # Errors
/// The engine's own.
pub fn insert_events(conn: &mut Conn, new: &[NewEvent], now: Instant) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(_) => new.iter().try_for_each(|one| events::insert(conn, one, now)),
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => {
            let maybe = |of: fn(&NewEvent) -> Option<i64>| new.iter().map(of).collect::<Vec<Option<i64>>>();
            diesel::sql_query(
                "INSERT INTO event (at, kind, actor_id, site_id, facility_id, booking_id, occurrence_id, organisation_id, \
                 person_id, message_id, number) \
                 SELECT $1, kind, actor_id, site_id, facility_id, booking_id, occurrence_id, organisation_id, person_id, \
                 message_id, number \
                 FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11) WITH ORDINALITY AS new \
                 (kind, actor_id, site_id, facility_id, booking_id, occurrence_id, organisation_id, person_id, message_id, \
                 number, place) ORDER BY place",
            )
            .bind::<BigInt, _>(now.seconds())
            .bind::<Array<Text>, _>(new.iter().map(|one| one.kind.code()).collect::<Vec<_>>())
            .bind::<Array<Nullable<BigInt>>, _>(maybe(|one| one.actor.map(|id| id.row())))
            .bind::<Array<Nullable<BigInt>>, _>(maybe(|one| one.site.map(|id| id.row())))
            .bind::<Array<Nullable<BigInt>>, _>(maybe(|one| one.facility.map(|id| id.row())))
            .bind::<Array<Nullable<BigInt>>, _>(maybe(|one| one.booking.map(|id| id.row())))
            .bind::<Array<Nullable<BigInt>>, _>(maybe(|one| one.occurrence.map(|id| id.row())))
            .bind::<Array<Nullable<BigInt>>, _>(maybe(|one| one.organisation.map(|id| id.row())))
            .bind::<Array<Nullable<BigInt>>, _>(maybe(|one| one.person.map(|id| id.row())))
            .bind::<Array<Nullable<BigInt>>, _>(maybe(|one| one.message.map(|id| id.row())))
            .bind::<Array<Nullable<BigInt>>, _>(maybe(|one| one.number))
            .execute(conn)?;
            Ok(())
        }
    }
}

/// Puts mails without a once-key into the queue, each with the unique left part of its `Message-ID`.
///
/// # Errors
/// The engine's own.
pub fn queue_mails(conn: &mut Conn, new: &[(Rendered, String)], now: Instant) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(_) => new.iter().try_for_each(|(mail, id)| outbox::queue(conn, mail, id, now)),
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => mails_in_one_statement(conn, new, now),
    }
}

#[cfg(feature = "postgres")]
fn mails_in_one_statement(conn: &mut PgConnection, new: &[(Rendered, String)], now: Instant) -> Result<(), StoreError> {
    let texts = |of: fn(&Rendered) -> &str| new.iter().map(|(mail, _)| of(mail)).collect::<Vec<&str>>();
    let maybe = |of: fn(&Rendered) -> Option<i64>| new.iter().map(|(mail, _)| of(mail)).collect::<Vec<Option<i64>>>();
    let words = |of: fn(&Rendered) -> Option<&str>| new.iter().map(|(mail, _)| of(mail)).collect::<Vec<Option<&str>>>();
    diesel::sql_query(
        "INSERT INTO outbox (kind, site_id, booking_id, person_id, recipient, reply_to, subject, body_text, body_html, calendar, \
         calendar_method, thread_id, not_after, message_id, holds_token, created_at, state, attempts, next_at, leased_until, \
         last_error) \
         SELECT kind, site_id, booking_id, person_id, recipient, reply_to, subject, body_text, body_html, calendar, \
         calendar_method, thread_id, not_after, message_id, false, $1, 'queued', 0, $1, 0, '' \
         FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) WITH ORDINALITY AS new \
         (kind, site_id, booking_id, person_id, recipient, reply_to, subject, body_text, body_html, calendar, \
         calendar_method, thread_id, not_after, message_id, place) ORDER BY place",
    )
    .bind::<BigInt, _>(now.seconds())
    .bind::<Array<Text>, _>(texts(|mail| mail.kind.code()))
    .bind::<Array<Nullable<BigInt>>, _>(maybe(|mail| mail.site.map(|id| id.row())))
    .bind::<Array<Nullable<BigInt>>, _>(maybe(|mail| mail.booking.map(|id| id.row())))
    .bind::<Array<Nullable<BigInt>>, _>(maybe(|mail| mail.person.map(|id| id.row())))
    .bind::<Array<Text>, _>(texts(|mail| mail.to.as_str()))
    .bind::<Array<Text>, _>(texts(|mail| mail.reply_to.as_ref().map_or("", Email::as_str)))
    .bind::<Array<Text>, _>(texts(|mail| &mail.subject))
    .bind::<Array<Text>, _>(texts(|mail| &mail.text))
    .bind::<Array<Text>, _>(texts(|mail| &mail.html))
    .bind::<Array<Nullable<Text>>, _>(words(|mail| mail.calendar.as_ref().map(|part| part.text.as_str())))
    .bind::<Array<Nullable<Text>>, _>(words(|mail| mail.calendar.as_ref().map(|part| part.method)))
    .bind::<Array<Nullable<Text>>, _>(words(|mail| mail.thread.as_deref()))
    .bind::<Array<Nullable<BigInt>>, _>(maybe(|mail| mail.not_after.map(Instant::seconds)))
    .bind::<Array<Text>, _>(new.iter().map(|(_, id)| id.as_str()).collect::<Vec<_>>())
    .execute(conn)?;
    Ok(())
}

/// Writes blocks, and gives their ids in the same order.
///
/// # Errors
/// The engine's own.
pub fn insert_blocks(conn: &mut Conn, new: &[NewBlock<'_>], now: Instant) -> Result<Vec<BlockId>, StoreError> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    match conn {
        Conn::Sqlite(_) => new.iter().map(|one| blocks::insert(conn, one, now)).collect(),
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => {
            let numbers = |of: fn(&NewBlock<'_>) -> i64| new.iter().map(of).collect::<Vec<i64>>();
            let mut ids: Vec<NewId> = diesel::sql_query(
                "INSERT INTO block (site_id, reason, is_closure, starts_at, ends_at, created_at, created_by, group_id) \
                 SELECT site_id, reason, is_closure, starts_at, ends_at, $1, created_by, group_id \
                 FROM unnest($2, $3, $4, $5, $6, $7, $8) WITH ORDINALITY AS new \
                 (site_id, reason, is_closure, starts_at, ends_at, created_by, group_id, place) ORDER BY place RETURNING id",
            )
            .bind::<BigInt, _>(now.seconds())
            .bind::<Array<BigInt>, _>(numbers(|one| one.site.row()))
            .bind::<Array<Text>, _>(new.iter().map(|one| one.reason).collect::<Vec<_>>())
            .bind::<Array<Bool>, _>(new.iter().map(|one| one.is_closure).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(numbers(|one| one.span.start().seconds()))
            .bind::<Array<BigInt>, _>(numbers(|one| one.span.end().seconds()))
            .bind::<Array<BigInt>, _>(numbers(|one| one.by.row()))
            .bind::<Array<Nullable<BigInt>>, _>(new.iter().map(|one| one.group.map(|id| id.row())).collect::<Vec<_>>())
            .load(conn)?;
            ids.sort_unstable_by_key(|row| row.id);
            Ok(ids.into_iter().map(|row| BlockId::new(row.id)).collect())
        }
    }
}

/// A booking of one date and one unit, with its place, for [`insert_bookings_in_bulk`].
#[derive(Debug)]
pub struct BulkBooking<'a> {
    pub booking: NewBooking<'a>,
    pub facility: FacilityId,
    pub unit: UnitId,
    pub session: Span,
    pub occupied: Span,
    /// What the site's clock shows at start and end.
    pub local: (LocalTime, LocalTime),
    pub wanted: Wanted,
    /// Requested or confirmed, by nobody in particular.
    pub state: State,
    pub created_at: Instant,
}

/// Writes many bookings at once, each with its occurrence and its occupancy, for a data set to measure with. They have no
/// history and cause no mail, so nothing else may use it.
///
/// # Errors
/// `Overlap` and `Duplicate` as for single ones; nothing of the transaction can be kept then.
pub fn insert_bookings_in_bulk(conn: &mut Conn, new: &[BulkBooking<'_>]) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(_) => {
            for one in new {
                let booking = bookings::insert(conn, &one.booking, one.created_at)?;
                let occurrence = NewOccurrence {
                    booking,
                    ordinal: 1,
                    site: one.booking.site,
                    facility: one.facility,
                    session: one.session,
                    occupied: one.occupied,
                    local: one.local,
                    wanted: &one.wanted,
                    state: one.state,
                    price: None,
                };
                let holder = OccupancyHolder::Occurrence(bookings::insert_occurrence(conn, &occurrence)?);
                insert_occupancies(conn, &[NewOccupancy { unit: one.unit, span: one.occupied, holder }])?;
            }
            Ok(())
        }
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => insert_all_in_one_statement(conn, new),
    }
}

/// The three inserts as one statement over arrays; rows of the three tables find each other by the reference.
#[cfg(feature = "postgres")]
fn insert_all_in_one_statement(conn: &mut PgConnection, new: &[BulkBooking<'_>]) -> Result<(), StoreError> {
    let numbers = |of: fn(&BulkBooking<'_>) -> i64| new.iter().map(of).collect::<Vec<i64>>();
    let minutes = |of: fn(&BulkBooking<'_>) -> i32| new.iter().map(of).collect::<Vec<i32>>();
    let texts = |of: fn(&BulkBooking<'_>) -> String| new.iter().map(of).collect::<Vec<String>>();
    let maybe = |of: fn(&BulkBooking<'_>) -> Option<i64>| new.iter().map(of).collect::<Vec<Option<i64>>>();
    diesel::sql_query(
        "WITH new AS (SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, \
             $18, $19, $20) AS new (reference, site_id, organisation_id, booked_by, purpose, people, privacy, created_at, \
             facility_id, unit_id, starts_at, ends_at, occupied_from, occupied_to, local_date, weekday, from_minute, \
             to_minute, state, state_until)), \
         bookings AS (INSERT INTO booking (reference, site_id, holder, organisation_id, booked_by, purpose, note, people, \
             privacy, version, created_at) \
             SELECT reference, site_id, CASE WHEN organisation_id IS NULL THEN 'site' ELSE 'organisation' END, \
             organisation_id, booked_by, purpose, '', people, privacy, 1, created_at FROM new RETURNING id, reference), \
         occurrences AS (INSERT INTO occurrence (booking_id, ordinal, site_id, facility_id, starts_at, ends_at, occupied_from, \
             occupied_to, local_date, weekday, from_minute, to_minute, units_wanted, state, state_at, state_until, \
             state_late, sequence) \
             SELECT bookings.id, 1, site_id, facility_id, starts_at, ends_at, occupied_from, occupied_to, local_date, weekday, \
             from_minute, to_minute, 'any:1', state, created_at, state_until, false, 0 \
             FROM new JOIN bookings USING (reference) RETURNING id, booking_id) \
         INSERT INTO occupancy (unit_id, starts_at, ends_at, is_long, occurrence_id) \
             SELECT unit_id, occupied_from, occupied_to, 86400 < occupied_to - occupied_from, occurrences.id \
             FROM new JOIN bookings USING (reference) JOIN occurrences ON occurrences.booking_id = bookings.id",
    )
    .bind::<Array<Text>, _>(texts(|one| one.booking.reference.stored().to_owned()))
    .bind::<Array<BigInt>, _>(numbers(|one| one.booking.site.row()))
    .bind::<Array<Nullable<BigInt>>, _>(maybe(|one| one.booking.holder.organisation().map(|id| id.row())))
    .bind::<Array<Nullable<BigInt>>, _>(maybe(|one| one.booking.booked_by.map(|id| id.row())))
    .bind::<Array<Text>, _>(texts(|one| one.booking.purpose.to_owned()))
    .bind::<Array<Integer>, _>(minutes(|one| one.booking.people))
    .bind::<Array<Text>, _>(texts(|one| one.booking.privacy.code().to_owned()))
    .bind::<Array<BigInt>, _>(numbers(|one| one.created_at.seconds()))
    .bind::<Array<BigInt>, _>(numbers(|one| one.facility.row()))
    .bind::<Array<BigInt>, _>(numbers(|one| one.unit.row()))
    .bind::<Array<BigInt>, _>(numbers(|one| one.session.start().seconds()))
    .bind::<Array<BigInt>, _>(numbers(|one| one.session.end().seconds()))
    .bind::<Array<BigInt>, _>(numbers(|one| one.occupied.start().seconds()))
    .bind::<Array<BigInt>, _>(numbers(|one| one.occupied.end().seconds()))
    .bind::<Array<Text>, _>(texts(|one| one.local.0.date.to_string()))
    .bind::<Array<Integer>, _>(minutes(|one| crate::domain::hours::weekday(one.local.0.date)))
    .bind::<Array<Integer>, _>(minutes(|one| one.local.0.minute))
    .bind::<Array<Integer>, _>(minutes(|one| one.local.1.minute))
    .bind::<Array<Text>, _>(texts(|one| one.state.stage().code().to_owned()))
    .bind::<Array<Nullable<BigInt>>, _>(maybe(|one| one.state.until().map(Instant::seconds)))
    .execute(conn)?;
    Ok(())
}
