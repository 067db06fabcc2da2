//! The few statements that differ between the engines: locks, and the writing of occupancies. Not many rows at once of other tables: that is `bulk`.

use diesel::prelude::*;
#[cfg(feature = "postgres")]
use diesel::sql_types::{Array, BigInt, Bool, Nullable};

use super::StoreError;
use super::conn::Conn;
use super::schema::occupancy;
use crate::domain::ids::{
    BlockId, OccurrenceId, OfferId, OrganisationId, PersonId, PlotOfferId, ProposalId, SiteId, UnitId,
};
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
    /// Until the deadline.
    Proposal(ProposalId, Instant),
    Offer(OfferId, Instant),
    /// A vacant plot, kept for the first in line.
    PlotOffer(PlotOfferId, Instant),
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

/// As [`lock_all`], and of these people, so that nobody else puts one of them on a duty meanwhile. People come first everywhere.
///
/// # Errors
/// The engine's own.
pub fn lock_people(
    conn: &mut Conn,
    people: &[PersonId],
    sites: &[SiteId],
    organisation: Option<OrganisationId>,
) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(_) => {}
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => {
            // Below nought, where no site or organisation has its lock.
            let mut keys: Vec<i64> = people.iter().map(|person| -person.row()).collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                diesel::sql_query("SELECT pg_advisory_xact_lock($1)").bind::<BigInt, _>(key).execute(conn)?;
            }
        }
    }
    // Named so that a build with one engine uses its argument too.
    let _ = people;
    lock_all(conn, sites, organisation)
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
                let of = columns(one.holder);
                diesel::insert_into(occupancy::table)
                    .values((
                        occupancy::unit_id.eq(one.unit.row()),
                        occupancy::starts_at.eq(one.span.start().seconds()),
                        occupancy::ends_at.eq(one.span.end().seconds()),
                        occupancy::is_long.eq(is_long(one.span)),
                        occupancy::occurrence_id.eq(of.occurrence),
                        occupancy::block_id.eq(of.block),
                        occupancy::proposal_id.eq(of.proposal),
                        occupancy::offer_id.eq(of.offer),
                        occupancy::plot_offer_id.eq(of.plot_offer),
                        occupancy::void_at.eq(of.void_at),
                    ))
                    .execute(conn)?;
            }
            Ok(())
        }
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => {
            let maybe =
                |of: fn(Columns) -> Option<i64>| new.iter().map(|one| of(columns(one.holder))).collect::<Vec<_>>();
            diesel::sql_query(
                "INSERT INTO occupancy (unit_id, starts_at, ends_at, is_long, occurrence_id, block_id, proposal_id, offer_id, \
                 void_at, plot_offer_id) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind::<Array<BigInt>, _>(new.iter().map(|one| one.unit.row()).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(new.iter().map(|one| one.span.start().seconds()).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(new.iter().map(|one| one.span.end().seconds()).collect::<Vec<_>>())
            .bind::<Array<Bool>, _>(new.iter().map(|one| is_long(one.span)).collect::<Vec<_>>())
            .bind::<Array<Nullable<BigInt>>, _>(maybe(|of| of.occurrence))
            .bind::<Array<Nullable<BigInt>>, _>(maybe(|of| of.block))
            .bind::<Array<Nullable<BigInt>>, _>(maybe(|of| of.proposal))
            .bind::<Array<Nullable<BigInt>>, _>(maybe(|of| of.offer))
            .bind::<Array<Nullable<BigInt>>, _>(maybe(|of| of.void_at))
            .bind::<Array<Nullable<BigInt>>, _>(maybe(|of| of.plot_offer))
            .execute(conn)?;
            Ok(())
        }
    }
}

/// What takes a unit, as its columns.
#[derive(Clone, Copy, Default)]
struct Columns {
    occurrence: Option<i64>,
    block: Option<i64>,
    proposal: Option<i64>,
    offer: Option<i64>,
    void_at: Option<i64>,
    plot_offer: Option<i64>,
}

fn columns(holder: OccupancyHolder) -> Columns {
    let none = Columns::default();
    match holder {
        OccupancyHolder::Occurrence(id) => Columns { occurrence: Some(id.row()), ..none },
        OccupancyHolder::Block(id) => Columns { block: Some(id.row()), ..none },
        OccupancyHolder::Proposal(id, until) => {
            Columns { proposal: Some(id.row()), void_at: Some(until.seconds()), ..none }
        }
        OccupancyHolder::Offer(id, until) => Columns { offer: Some(id.row()), void_at: Some(until.seconds()), ..none },
        OccupancyHolder::PlotOffer(id, until) => {
            Columns { plot_offer: Some(id.row()), void_at: Some(until.seconds()), ..none }
        }
    }
}

/// Longer than a day, which the reading of a time range looks for apart.
fn is_long(span: Span) -> bool {
    1440 < span.minutes()
}
