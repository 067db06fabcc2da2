//! Calendar feeds: made, found by their token's hash, ended; and what an entry of one needs beside its line. Not the calendar's text.

use std::collections::HashMap;

use diesel::prelude::*;

use super::schema::{facility, occurrence, organisation, site};
use super::schema_feeds::feed;
use super::{Conn, StoreError};
use crate::domain::feed::{Feed, FeedOf};
use crate::domain::ids::{FacilityId, FeedId, OccurrenceId, OrganisationId, PersonId, SiteId};
use crate::domain::span::Instant;

type Row = (i64, i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

const COLUMNS: (feed::id, feed::person_id, feed::organisation_id, feed::site_id, feed::facility_id, feed::used_at) =
    (feed::id, feed::person_id, feed::organisation_id, feed::site_id, feed::facility_id, feed::used_at);

fn read((id, person, organisation, site, facility, used_at): Row) -> Feed {
    let of = match (organisation, site, facility) {
        (Some(id), ..) => FeedOf::Organisation(OrganisationId::new(id)),
        (_, Some(id), _) => FeedOf::Site(SiteId::new(id)),
        (_, _, Some(id)) => FeedOf::Facility(FacilityId::new(id)),
        _ => FeedOf::Person,
    };
    Feed { id: FeedId::new(id), person: PersonId::new(person), of, used_at: used_at.map(Instant::from_seconds) }
}

pub fn insert(
    conn: &mut Conn,
    token_hash: &str,
    (person, of): (PersonId, FeedOf),
    now: Instant,
) -> Result<FeedId, StoreError> {
    let organisation = if let FeedOf::Organisation(id) = of { Some(id.row()) } else { None };
    let site = if let FeedOf::Site(id) = of { Some(id.row()) } else { None };
    let facility = if let FeedOf::Facility(id) = of { Some(id.row()) } else { None };
    let id: i64 = diesel::insert_into(feed::table)
        .values((
            feed::token_hash.eq(token_hash),
            feed::person_id.eq(person.row()),
            feed::organisation_id.eq(organisation),
            feed::site_id.eq(site),
            feed::facility_id.eq(facility),
            feed::created_at.eq(now.seconds()),
        ))
        .returning(feed::id)
        .get_result(conn)?;
    Ok(FeedId::new(id))
}

pub fn by_token(conn: &mut Conn, token_hash: &str) -> Result<Option<Feed>, StoreError> {
    let row: Option<Row> =
        feed::table.filter(feed::token_hash.eq(token_hash)).select(COLUMNS).first(conn).optional()?;
    Ok(row.map(read))
}

/// One feed in its owner's list.
#[derive(Debug, Clone)]
pub struct FeedLine {
    pub feed: Feed,
    pub created_at: Instant,
    /// The name of the organisation, site or facility that it is of; for a facility with its site's.
    pub name: Option<String>,
}

/// The feeds of a person, the newest first.
pub fn of_person(conn: &mut Conn, person: PersonId) -> Result<Vec<FeedLine>, StoreError> {
    type Named = (Row, i64, Option<String>, Option<String>, Option<String>);
    let place = feed::site_id.eq(site::id.nullable()).or(facility::site_id.nullable().eq(site::id.nullable()));
    let rows: Vec<Named> = feed::table
        .left_join(organisation::table)
        .left_join(facility::table.on(feed::facility_id.eq(facility::id.nullable())))
        .left_join(site::table.on(place))
        .filter(feed::person_id.eq(person.row()))
        .order(feed::id.desc())
        .select((
            COLUMNS,
            feed::created_at,
            organisation::name.nullable(),
            facility::name.nullable(),
            site::name.nullable(),
        ))
        .load(conn)?;
    let line = |(row, created_at, organisation, facility, site): Named| FeedLine {
        feed: read(row),
        created_at: Instant::from_seconds(created_at),
        name: match (organisation, facility, site) {
            (Some(name), ..) => Some(name),
            (_, Some(name), Some(site)) => Some(format!("{name}, {site}")),
            (_, _, site) => site,
        },
    };
    Ok(rows.into_iter().map(line).collect())
}

/// Notes that a feed was asked for.
pub fn touch(conn: &mut Conn, id: FeedId, now: Instant) -> Result<(), StoreError> {
    diesel::update(feed::table.find(id.row())).set(feed::used_at.eq(now.seconds())).execute(conn)?;
    Ok(())
}

/// Ends a feed of a person for good; false when they have no such feed.
pub fn end(conn: &mut Conn, person: PersonId, id: FeedId) -> Result<bool, StoreError> {
    let one = feed::table.find(id.row()).filter(feed::person_id.eq(person.row()));
    Ok(0 < diesel::delete(one).execute(conn)?)
}

/// A number that rises with every change at any site.
pub fn changes(conn: &mut Conn) -> Result<i64, StoreError> {
    // A sum of whole numbers is a decimal on one engine, so each site's is added up here.
    let numbers: Vec<i64> = site::table.select(site::change_number).load(conn)?;
    Ok(numbers.into_iter().sum())
}

/// What an entry of a feed needs beside its line.
#[derive(Debug, Clone)]
pub struct Extra {
    /// Rises with every change that was mailed.
    pub sequence: i32,
    /// Since when it stands as it stands.
    pub since: Instant,
    pub ended_at: Option<Instant>,
    pub address: String,
}

/// The extras of occurrences, in one query.
pub fn extras(conn: &mut Conn, ids: &[OccurrenceId]) -> Result<HashMap<OccurrenceId, Extra>, StoreError> {
    type Row = (i64, i32, i64, Option<i64>, (String, String, String));
    let rows: Vec<Row> = occurrence::table
        .inner_join(site::table)
        .filter(occurrence::id.eq_any(ids.iter().map(|id| id.row()).collect::<Vec<_>>()))
        .select((
            occurrence::id,
            occurrence::sequence,
            occurrence::state_at,
            occurrence::ended_at,
            (site::street, site::town, site::postcode),
        ))
        .load(conn)?;
    let one = |(id, sequence, since, ended_at, (street, town, postcode)): Row| {
        let extra = Extra {
            sequence,
            since: Instant::from_seconds(since),
            ended_at: ended_at.map(Instant::from_seconds),
            address: format!("{street}, {town} {postcode}"),
        };
        (OccurrenceId::new(id), extra)
    };
    Ok(rows.into_iter().map(one).collect())
}
