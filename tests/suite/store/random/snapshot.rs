//! Everything that a step of the random run may change, read from the tables as it stands there. Not what it should be.

use std::collections::BTreeMap;

use alcove::domain::occurrence::Stage;
use alcove::store::Db;
use alcove::store::schema::{block, booking, event, facility, facility_unit, occupancy, occurrence, offer, proposal};
use alcove::store::schema::{organisation, waiting_entry};
use diesel::prelude::*;

use super::model::{By, Change, Date, Entry, Piece, Place, Want};

/// The tables, in the model's own words. Rows are the database's, so they may differ between the engines.
pub struct Snapshot {
    pub dates: BTreeMap<i64, Date>,
    pub pieces: Vec<Piece>,
    /// Changes that wait, by row.
    pub changes: BTreeMap<i64, Change>,
    pub entries: BTreeMap<i64, Entry>,
    /// Blocks that are not lifted.
    pub blocks: Vec<i64>,
    /// Reference and version of each booking.
    pub bookings: BTreeMap<i64, (String, i32)>,
    /// Row, kind and date of the lines of history since the last look.
    pub events: Vec<(i64, String, Option<i64>)>,
}

/// The places of the world, in the order of their names here.
pub const PLACES: [&str; 6] = ["cedar", "kitchen", "hall", "half-hall", "open-room", "tidy-room"];

pub fn places(db: &Db) -> Vec<Place> {
    db.read_now(|conn| {
        let mut places = Vec::new();
        for slug in PLACES {
            let row: i64 = facility::table.filter(facility::slug.eq(slug)).select(facility::id).first(conn)?;
            let units: Vec<i64> = facility_unit::table
                .filter(facility_unit::facility_id.eq(row))
                .order(facility_unit::position)
                .select(facility_unit::unit_id)
                .load(conn)?;
            let around = if slug == "tidy-room" { 15 * 60 } else { 0 };
            places.push(Place {
                slug,
                row,
                units,
                around,
                any: slug == "kitchen",
                holds: slug != "open-room",
                always_asks: slug == "open-room",
            });
        }
        Ok(places)
    })
    .unwrap()
}

type DateRow = (i64, i64, i32, i64, i64, i64, i64, i64);
type StateRow = (String, String, i64, Option<i64>, Option<i64>, Option<i64>);

impl Snapshot {
    /// Reads it all; of the history only what is newer than this row.
    pub fn read(db: &Db, places: &[Place], after: i64) -> Self {
        let place = |row: i64| places.iter().position(|one| one.row == row).unwrap();
        db.read_now(|conn| {
            let rows: Vec<(DateRow, StateRow)> = occurrence::table
                .select((
                    (
                        occurrence::id,
                        occurrence::booking_id,
                        occurrence::ordinal,
                        occurrence::facility_id,
                        occurrence::starts_at,
                        occurrence::ends_at,
                        occurrence::occupied_from,
                        occurrence::occupied_to,
                    ),
                    (
                        occurrence::units_wanted,
                        occurrence::state,
                        occurrence::state_at,
                        occurrence::state_by,
                        occurrence::state_until,
                        occurrence::ended_at,
                    ),
                ))
                .load(conn)?;
            let dates = rows.into_iter().map(|(date, state)| (date.0, read_date(date, state, &place))).collect();
            let pieces: Vec<(i64, i64, i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>)> =
                occupancy::table
                    .select((
                        occupancy::unit_id,
                        occupancy::starts_at,
                        occupancy::ends_at,
                        occupancy::occurrence_id,
                        occupancy::proposal_id,
                        occupancy::offer_id,
                        occupancy::block_id,
                        occupancy::void_at,
                    ))
                    .load(conn)?;
            let mut pieces: Vec<Piece> = pieces.into_iter().map(read_piece).collect();
            // Rows come in any order, and what is drawn from them has to be the same on both engines.
            pieces.sort_by_key(|one| (one.unit, one.span));
            let changes: Vec<(i64, i64, i64, i64, i64, String, i64)> = proposal::table
                .filter(proposal::state.eq("waiting"))
                .select((
                    proposal::id,
                    proposal::occurrence_id,
                    proposal::facility_id,
                    proposal::starts_at,
                    proposal::ends_at,
                    proposal::units_wanted,
                    proposal::until,
                ))
                .load(conn)?;
            let changes = changes.into_iter().map(|(row, date, facility, from, to, want, until)| {
                (row, Change { date, place: place(facility), session: (from, to), want: Want::read(&want), until })
            });
            let events =
                event::table.filter(event::id.gt(after)).select((event::id, event::kind, event::occurrence_id));
            let bookings: Vec<(i64, String, i32)> =
                booking::table.select((booking::id, booking::reference, booking::version)).load(conn)?;
            Ok(Self {
                dates,
                pieces,
                changes: changes.collect(),
                entries: read_entries(conn, &place)?,
                blocks: block::table.filter(block::lifted_at.is_null()).select(block::id).load(conn)?,
                bookings: bookings.into_iter().map(|(row, name, version)| (row, (name, version))).collect(),
                events: events.order(event::id).load(conn)?,
            })
        })
        .unwrap()
    }
}

fn read_date(date: DateRow, state: StateRow, place: &impl Fn(i64) -> usize) -> Date {
    let (row, booking, ordinal, facility, from, to, occupied_from, occupied_to) = date;
    let (want, stage, at, by, until, ended) = state;
    Date {
        row,
        booking,
        ordinal,
        place: place(facility),
        session: (from, to),
        occupied: (occupied_from, occupied_to),
        want: Want::read(&want),
        stage: Stage::parse(&stage).unwrap(),
        at,
        by,
        until,
        ended,
    }
}

fn read_piece(row: (i64, i64, i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>)) -> Piece {
    let (unit, from, to, date, change, offer, block, void_at) = row;
    let holders: Vec<By> = [date.map(By::Date), change.map(By::Change), offer.map(By::Offer), block.map(By::Block)]
        .into_iter()
        .flatten()
        .collect();
    assert_eq!(holders.len(), 1, "an occupancy has one holder: {holders:?}");
    Piece { unit, span: (from, to), by: holders[0], void_at }
}

fn read_entries(
    conn: &mut alcove::store::Conn,
    place: &impl Fn(i64) -> usize,
) -> Result<BTreeMap<i64, Entry>, alcove::store::StoreError> {
    let offers: Vec<(i64, i64, i64)> =
        offer::table.filter(offer::state.eq("open")).select((offer::entry_id, offer::id, offer::until)).load(conn)?;
    let robin: i64 =
        organisation::table.filter(organisation::slug.eq("robin-trust")).select(organisation::id).first(conn)?;
    type Row = (i64, String, i64, i64, i64, i64, String, i64, (Option<i64>, Option<i32>, String));
    let rows: Vec<Row> = waiting_entry::table
        .select((
            waiting_entry::id,
            waiting_entry::reference,
            waiting_entry::organisation_id,
            waiting_entry::facility_id,
            waiting_entry::starts_at,
            waiting_entry::ends_at,
            waiting_entry::state,
            waiting_entry::joined_at,
            (waiting_entry::booking_id, waiting_entry::ordinal, waiting_entry::units_wanted),
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(row, reference, organisation, facility, from, to, standing, joined, (booking, ordinal, want))| {
            let offer = offers.iter().find(|(entry, ..)| *entry == row).map(|(_, offer, until)| (*offer, *until));
            let trusted = organisation == robin;
            let session = (from, to);
            let (series, want) = (booking.zip(ordinal), Want::read(&want));
            (row, Entry { reference, trusted, place: place(facility), session, want, standing, joined, series, offer })
        })
        .collect())
}
