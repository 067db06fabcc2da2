//! Second steps of signing in: the secret of somebody's app and their recovery codes, and the sites that want them. Not what a code is worth.
//!
//! What protects the secret: it is written once, read by the judgement of codes only, and after its first right code no page, mail, export,
//! log line or command gives it out again; nothing in this file returns it but [`of`]. It is kept in the clear, like everything else that a
//! copy of the database would give away, because a key beside the database would protect it from nobody who can read the machine: whoever
//! keeps backups keeps them as carefully as the database. Recovery codes are kept as hashes; each has 60 bits of its own.

use diesel::prelude::*;

use super::schema::{session, setting, site};
use super::schema_accounts::{recovery_code, second_factor};
use super::settings::{self, ADMINISTRATORS_SECOND_STEP};
use super::{Conn, StoreError};
use crate::domain::ids::{PersonId, SessionId, SiteId};
use crate::domain::span::Instant;

/// Somebody's second step.
#[derive(Debug, Clone)]
pub struct Factor {
    pub secret: String,
    pub made_at: Instant,
    /// It counts from then on; none while its first code is awaited.
    pub confirmed_at: Option<Instant>,
    /// The newest time step of which a code was accepted.
    pub last_step: i64,
}

pub fn of(conn: &mut Conn, person: PersonId) -> Result<Option<Factor>, StoreError> {
    let row: Option<(String, i64, Option<i64>, i64)> = second_factor::table
        .find(person.row())
        .select((second_factor::secret, second_factor::made_at, second_factor::confirmed_at, second_factor::last_step))
        .first(conn)
        .optional()?;
    Ok(row.map(|(secret, made_at, confirmed_at, last_step)| Factor {
        secret,
        made_at: Instant::from_seconds(made_at),
        confirmed_at: confirmed_at.map(Instant::from_seconds),
        last_step,
    }))
}

/// Whether somebody is asked for a code when they sign in.
pub fn is_on(conn: &mut Conn, person: PersonId) -> Result<bool, StoreError> {
    Ok(of(conn, person)?.is_some_and(|factor| factor.confirmed_at.is_some()))
}

/// Keeps a new secret that waits for its first code, in place of one that waited; false where one counts already.
pub fn begin(conn: &mut Conn, person: PersonId, secret: &str, now: Instant) -> Result<bool, StoreError> {
    let waits = second_factor::table.find(person.row()).filter(second_factor::confirmed_at.is_null());
    diesel::delete(waits).execute(conn)?;
    if of(conn, person)?.is_some() {
        return Ok(false);
    }
    diesel::insert_into(second_factor::table)
        .values((
            second_factor::person_id.eq(person.row()),
            second_factor::secret.eq(secret),
            second_factor::made_at.eq(now.seconds()),
            second_factor::last_step.eq(0),
        ))
        .execute(conn)?;
    Ok(true)
}

/// From now on it counts; false when it did already.
pub fn confirm(conn: &mut Conn, person: PersonId, now: Instant) -> Result<bool, StoreError> {
    let waits = second_factor::table.find(person.row()).filter(second_factor::confirmed_at.is_null());
    Ok(diesel::update(waits).set(second_factor::confirmed_at.eq(now.seconds())).execute(conn)? == 1)
}

/// Uses a time step up, and all before it; false when somebody else did so first.
pub fn use_step(conn: &mut Conn, person: PersonId, step: i64) -> Result<bool, StoreError> {
    let unused = second_factor::table.find(person.row()).filter(second_factor::last_step.lt(step));
    Ok(diesel::update(unused).set(second_factor::last_step.eq(step)).execute(conn)? == 1)
}

/// Takes somebody's second step away, with its recovery codes; false where there was none that counted.
pub fn remove(conn: &mut Conn, person: PersonId) -> Result<bool, StoreError> {
    let counted = is_on(conn, person)?;
    diesel::delete(recovery_code::table.filter(recovery_code::person_id.eq(person.row()))).execute(conn)?;
    diesel::delete(second_factor::table.find(person.row())).execute(conn)?;
    Ok(counted)
}

/// Keeps the hashes of new recovery codes; older ones work no more.
pub fn set_codes(conn: &mut Conn, person: PersonId, hashes: &[String]) -> Result<(), StoreError> {
    diesel::delete(recovery_code::table.filter(recovery_code::person_id.eq(person.row()))).execute(conn)?;
    for hash in hashes {
        diesel::insert_into(recovery_code::table)
            .values((recovery_code::person_id.eq(person.row()), recovery_code::code_hash.eq(hash)))
            .execute(conn)?;
    }
    Ok(())
}

/// What became of a recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// It is used up now.
    Used,
    UsedBefore,
    Unknown,
}

/// Uses a recovery code up.
pub fn use_code(conn: &mut Conn, person: PersonId, hash: &str, now: Instant) -> Result<Recovery, StoreError> {
    let one = || {
        recovery_code::table.filter(recovery_code::person_id.eq(person.row()).and(recovery_code::code_hash.eq(hash)))
    };
    let unused = one().filter(recovery_code::used_at.is_null());
    if diesel::update(unused).set(recovery_code::used_at.eq(now.seconds())).execute(conn)? == 1 {
        return Ok(Recovery::Used);
    }
    let known: Option<i64> = one().select(recovery_code::id).first(conn).optional()?;
    Ok(if known.is_some() { Recovery::UsedBefore } else { Recovery::Unknown })
}

/// How many recovery codes are left.
pub fn codes_left(conn: &mut Conn, person: PersonId) -> Result<i64, StoreError> {
    let left = recovery_code::table
        .filter(recovery_code::person_id.eq(person.row()).and(recovery_code::used_at.is_null()))
        .count()
        .get_result(conn)?;
    Ok(left)
}

/// Which of these people have a second step.
pub fn of_people(conn: &mut Conn, people: &[PersonId]) -> Result<Vec<PersonId>, StoreError> {
    let ids: Vec<i64> = people.iter().map(|id| id.row()).collect();
    let rows: Vec<i64> = second_factor::table
        .filter(second_factor::person_id.eq_any(ids).and(second_factor::confirmed_at.is_not_null()))
        .select(second_factor::person_id)
        .load(conn)?;
    Ok(rows.into_iter().map(PersonId::new).collect())
}

/// Whether the managers of a site must use a second step.
pub fn wanted_at(conn: &mut Conn, id: SiteId) -> Result<bool, StoreError> {
    Ok(site::table.find(id.row()).select(site::second_step).first(conn).optional()?.unwrap_or(false))
}

pub fn set_wanted_at(conn: &mut Conn, id: SiteId, wanted: bool) -> Result<(), StoreError> {
    diesel::update(site::table.find(id.row())).set(site::second_step.eq(wanted)).execute(conn)?;
    Ok(())
}

/// Whether administrators must use a second step.
pub fn wanted_of_administrators(conn: &mut Conn) -> Result<bool, StoreError> {
    Ok(settings::get(conn, ADMINISTRATORS_SECOND_STEP)?.as_deref() == Some("yes"))
}

pub fn set_wanted_of_administrators(conn: &mut Conn, wanted: bool) -> Result<(), StoreError> {
    if wanted {
        return settings::set(conn, ADMINISTRATORS_SECOND_STEP, "yes");
    }
    diesel::delete(setting::table.find(ADMINISTRATORS_SECOND_STEP)).execute(conn)?;
    Ok(())
}

/// A sign-in that waits for its code.
#[derive(Debug, Clone, Copy)]
pub struct Half {
    pub session: SessionId,
    pub person: PersonId,
    /// The first step was a mailed link and not a password.
    pub by_link: bool,
}

/// The half of a sign-in that a token stands for, unless its time is over.
pub fn half(conn: &mut Conn, token_hash: &str, now: Instant) -> Result<Option<Half>, StoreError> {
    let row: Option<(i64, i64, String)> = session::table
        .filter(session::token_hash.eq(token_hash).and(session::ends_at.gt(now.seconds())))
        .select((session::id, session::person_id, session::scope))
        .first(conn)
        .optional()?;
    let by_link = |scope: &str| super::sessions::HALVES.iter().position(|one| *one == scope).map(|place| place == 1);
    Ok(row.and_then(|(session, person, scope)| {
        let by_link = by_link(&scope)?;
        Some(Half { session: SessionId::new(session), person: PersonId::new(person), by_link })
    }))
}
