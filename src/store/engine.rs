//! The few statements that differ between the engines: locks, and the writing of occupancies one by one or in bulk. Not any other query.

use diesel::prelude::*;
#[cfg(feature = "postgres")]
use diesel::sql_types::{Array, BigInt, Bool, Nullable};

use super::StoreError;
use super::bookings::{self, NewBooking, NewOccurrence};
use super::conn::Conn;
use super::schema::occupancy;
use crate::domain::availability::Wanted;
use crate::domain::hours::LocalTime;
use crate::domain::ids::{BlockId, FacilityId, OccurrenceId, OrganisationId, SiteId, UnitId};
use crate::domain::occurrence::State;
use crate::domain::span::{Instant, Span};

/// One occupancy to be written: a unit, a span with set-up and turnaround, and what takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewOccupancy {
    pub unit: UnitId,
    pub span: Span,
    pub holder: OccupancyHolder,
}

/// What takes a unit; exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OccupancyHolder {
    Occurrence(OccurrenceId),
    Block(BlockId),
}

/// Keeps other writers of this site and of this organisation waiting until the transaction ends, so that what is judged
/// afterwards stays true. One engine has a single writer already; the other takes advisory locks in ascending order.
///
/// # Errors
/// The engine's own.
pub fn lock(conn: &mut Conn, site: SiteId, organisation: Option<OrganisationId>) -> Result<(), StoreError> {
    lock_all(conn, &[site], organisation)
}

/// As [`lock`], for several sites at once.
///
/// # Errors
/// The engine's own.
pub fn lock_all(conn: &mut Conn, sites: &[SiteId], organisation: Option<OrganisationId>) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(_) => Ok(()),
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => {
            let mut keys: Vec<i64> = sites.iter().map(|site| site.row() * 2).collect();
            keys.extend(organisation.map(|organisation| organisation.row() * 2 + 1));
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                diesel::sql_query("SELECT pg_advisory_xact_lock($1)").bind::<BigInt, _>(key).execute(conn)?;
            }
            Ok(())
        }
    }
    .inspect(|()| {
        // Named so that a build with one engine uses its arguments too.
        let _ = (sites, organisation);
    })
}

/// Counts what is where, so that the engine plans its queries by what there really is.
///
/// # Errors
/// The engine's own.
pub fn gather_statistics(conn: &mut Conn) -> Result<(), StoreError> {
    use diesel::connection::SimpleConnection;
    Ok(conn.batch_execute("ANALYZE")?)
}

/// Writes occupancies; the database refuses any that overlaps another of its unit.
///
/// # Errors
/// `Overlap` when a place is taken. Nothing of the transaction can be kept then.
pub fn insert_occupancies(conn: &mut Conn, new: &[NewOccupancy]) -> Result<(), StoreError> {
    if new.is_empty() {
        return Ok(());
    }
    match conn {
        Conn::Sqlite(_) => {
            for one in new {
                let (occurrence, block) = columns(one.holder);
                diesel::insert_into(occupancy::table)
                    .values((
                        occupancy::unit_id.eq(one.unit.row()),
                        occupancy::starts_at.eq(one.span.start().seconds()),
                        occupancy::ends_at.eq(one.span.end().seconds()),
                        occupancy::is_long.eq(is_long(one.span)),
                        occupancy::occurrence_id.eq(occurrence),
                        occupancy::block_id.eq(block),
                    ))
                    .execute(conn)?;
            }
            Ok(())
        }
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => {
            diesel::sql_query(
                "INSERT INTO occupancy (unit_id, starts_at, ends_at, is_long, occurrence_id, block_id) \
                 SELECT * FROM unnest($1, $2, $3, $4, $5, $6)",
            )
            .bind::<Array<BigInt>, _>(new.iter().map(|one| one.unit.row()).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(new.iter().map(|one| one.span.start().seconds()).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(new.iter().map(|one| one.span.end().seconds()).collect::<Vec<_>>())
            .bind::<Array<Bool>, _>(new.iter().map(|one| is_long(one.span)).collect::<Vec<_>>())
            .bind::<Array<Nullable<BigInt>>, _>(new.iter().map(|one| columns(one.holder).0).collect::<Vec<_>>())
            .bind::<Array<Nullable<BigInt>>, _>(new.iter().map(|one| columns(one.holder).1).collect::<Vec<_>>())
            .execute(conn)?;
            Ok(())
        }
    }
}

fn columns(holder: OccupancyHolder) -> (Option<i64>, Option<i64>) {
    match holder {
        OccupancyHolder::Occurrence(id) => (Some(id.row()), None),
        OccupancyHolder::Block(id) => (None, Some(id.row())),
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
    use diesel::sql_types::{Integer, Text};
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
    .bind::<Array<Nullable<BigInt>>, _>(maybe(|one| one.booking.organisation.map(|id| id.row())))
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

/// Longer than a day, which the reading of a time range looks for apart.
fn is_long(span: Span) -> bool {
    1440 < span.minutes()
}
