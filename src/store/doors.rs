//! Screens beside doors by their secret addresses: made, found, ended. Not what they show.

use diesel::prelude::*;

use super::schema::{facility, site};
use super::schema_doors::door;
use super::{Conn, StoreError};
use crate::domain::door::Door;
use crate::domain::ids::{DoorId, FacilityId, PersonId, SiteId};
use crate::domain::span::Instant;

/// Keeps a screen under the hash of its address.
pub fn insert(
    conn: &mut Conn,
    token_hash: &str,
    of: FacilityId,
    (by, now): (PersonId, Instant),
) -> Result<DoorId, StoreError> {
    let id: i64 = diesel::insert_into(door::table)
        .values((
            door::token_hash.eq(token_hash),
            door::facility_id.eq(of.row()),
            door::created_at.eq(now.seconds()),
            door::created_by.eq(by.row()),
        ))
        .returning(door::id)
        .get_result(conn)?;
    Ok(DoorId::new(id))
}

fn one((id, facility, created_at, used_at): (i64, i64, i64, Option<i64>)) -> Door {
    Door {
        id: DoorId::new(id),
        facility: FacilityId::new(facility),
        created_at: Instant::from_seconds(created_at),
        used_at: used_at.map(Instant::from_seconds),
    }
}

/// A screen with the change number of its site, in one query.
pub fn by_token(conn: &mut Conn, token_hash: &str) -> Result<Option<(Door, i64)>, StoreError> {
    let row: Option<((i64, i64, i64, Option<i64>), i64)> = door::table
        .inner_join(facility::table)
        .inner_join(site::table.on(facility::site_id.eq(site::id)))
        .filter(door::token_hash.eq(token_hash))
        .select(((door::id, door::facility_id, door::created_at, door::used_at), site::change_number))
        .first(conn)
        .optional()?;
    Ok(row.map(|(row, number)| (one(row), number)))
}

/// The screens of a site, the oldest first.
pub fn of_site(conn: &mut Conn, of: SiteId) -> Result<Vec<Door>, StoreError> {
    let rows: Vec<(i64, i64, i64, Option<i64>)> = door::table
        .inner_join(facility::table)
        .filter(facility::site_id.eq(of.row()))
        .order(door::id)
        .select((door::id, door::facility_id, door::created_at, door::used_at))
        .load(conn)?;
    Ok(rows.into_iter().map(one).collect())
}

/// Notes that a screen was shown.
pub fn touch(conn: &mut Conn, id: DoorId, now: Instant) -> Result<(), StoreError> {
    diesel::update(door::table.find(id.row())).set(door::used_at.eq(now.seconds())).execute(conn)?;
    Ok(())
}

/// Ends a screen for good; false where it is gone already.
pub fn end(conn: &mut Conn, id: DoorId) -> Result<bool, StoreError> {
    Ok(0 < diesel::delete(door::table.find(id.row())).execute(conn)?)
}
