//! The few statements that differ between the engines: locks, the writing of occupancies, and the search through every text. Not many rows at once of other tables: that is `bulk`.

use diesel::prelude::*;
use diesel::sql_types::Text;
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

#[derive(QueryableByName)]
struct ColumnRow {
    #[diesel(sql_type = Text)]
    tbl: String,
    #[diesel(sql_type = Text)]
    col: String,
}

#[derive(QueryableByName)]
struct TextRow {
    #[diesel(sql_type = Text)]
    place: String,
    #[diesel(sql_type = Text)]
    body: String,
}

/// Every column of every table that holds text, as the database itself names them.
///
/// # Errors
/// The engine's own.
pub fn text_columns(conn: &mut Conn) -> Result<Vec<(String, String)>, StoreError> {
    let statement = match conn {
        Conn::Sqlite(_) => {
            "SELECT m.name AS tbl, p.name AS col FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' \
             AND upper(p.type) = 'TEXT' AND substr(m.name, 1, 2) <> '__' AND substr(m.name, 1, 6) <> 'sqlite' ORDER BY 1, 2"
        }
        #[cfg(feature = "postgres")]
        Conn::Postgres(_) => {
            "SELECT table_name::text AS tbl, column_name::text AS col FROM information_schema.columns \
             WHERE table_schema = current_schema() AND data_type = 'text' AND left(table_name, 2) <> '__' ORDER BY 1, 2"
        }
    };
    let rows: Vec<ColumnRow> = diesel::sql_query(statement).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.tbl, row.col)).collect())
}

/// The texts of a column that are like a pattern, whatever the case, each with the place of its row. Names of tables and columns
/// come from [`text_columns`], never from anybody. A text's place is good until its row is changed.
///
/// # Errors
/// The engine's own.
pub fn texts_like(
    conn: &mut Conn,
    (table, column): (&str, &str),
    pattern: &str,
) -> Result<Vec<(String, String)>, StoreError> {
    let rows: Vec<TextRow> = match conn {
        Conn::Sqlite(conn) => diesel::sql_query(format!(
            "SELECT CAST(rowid AS TEXT) AS place, \"{column}\" AS body FROM \"{table}\" WHERE \"{column}\" LIKE ? ESCAPE '\\'"
        ))
        .bind::<Text, _>(pattern)
        .load(conn)?,
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => diesel::sql_query(format!(
            "SELECT ctid::text AS place, \"{column}\" AS body FROM \"{table}\" WHERE \"{column}\" ILIKE $1 ESCAPE '\\'"
        ))
        .bind::<Text, _>(pattern)
        .load(conn)?,
    };
    Ok(rows.into_iter().map(|row| (row.place, row.body)).collect())
}

/// Writes another text into a place that [`texts_like`] found.
///
/// # Errors
/// The engine's own.
pub fn set_text(conn: &mut Conn, (table, column): (&str, &str), place: &str, text: &str) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(conn) => {
            diesel::sql_query(format!("UPDATE \"{table}\" SET \"{column}\" = ? WHERE rowid = CAST(? AS INTEGER)"))
                .bind::<Text, _>(text)
                .bind::<Text, _>(place)
                .execute(conn)?;
        }
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => {
            diesel::sql_query(format!("UPDATE \"{table}\" SET \"{column}\" = $1 WHERE ctid = $2::tid"))
                .bind::<Text, _>(text)
                .bind::<Text, _>(place)
                .execute(conn)?;
        }
    }
    Ok(())
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
