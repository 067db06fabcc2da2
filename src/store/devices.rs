//! What people have signed in from, and when they did last. A device is the browser and the system that its User-Agent names, "Firefox on
//! Windows", for there is no cookie that outlives a session: two such computers are one, and a browser that calls itself otherwise is new.

use diesel::prelude::*;

use super::schema::person;
use super::schema_accounts::known_device;
use super::{Conn, StoreError};
use crate::domain::ids::PersonId;
use crate::domain::span::Instant;
use crate::domain::unused::Stage;

/// Notes that somebody has signed in; true when they never did from such a device but did from others.
pub fn note(conn: &mut Conn, id: PersonId, words: &str, now: Instant) -> Result<bool, StoreError> {
    diesel::update(person::table.find(id.row()))
        .set((
            person::signed_in_at.eq(now.seconds()),
            person::lapse_stage.eq(Stage::Used.row()),
            person::lapse_told_at.eq(None::<i64>),
        ))
        .execute(conn)?;
    let own = || known_device::table.filter(known_device::person_id.eq(id.row()));
    let seen = own().filter(known_device::words.eq(words));
    if 0 < diesel::update(seen).set(known_device::last_at.eq(now.seconds())).execute(conn)? {
        return Ok(false);
    }
    let others: i64 = own().count().get_result(conn)?;
    diesel::insert_into(known_device::table)
        .values((
            known_device::person_id.eq(id.row()),
            known_device::words.eq(words),
            known_device::first_at.eq(now.seconds()),
            known_device::last_at.eq(now.seconds()),
        ))
        .execute(conn)?;
    Ok(0 < others)
}

/// Forgets devices that nobody has signed in from for long.
pub fn forget(conn: &mut Conn, before: Instant) -> Result<usize, StoreError> {
    Ok(diesel::delete(known_device::table.filter(known_device::last_at.lt(before.seconds()))).execute(conn)?)
}
