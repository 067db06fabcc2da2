//! Form nonces and what their first sending led to. Not the forms.

use diesel::prelude::*;

use super::schema::submission;
use super::{Conn, StoreError};
use crate::domain::ids::PersonId;
use crate::domain::span::Instant;

/// What the first sending of a form led to, if it was sent before by this person.
pub fn result(conn: &mut Conn, nonce_hash: &str, person: PersonId) -> Result<Option<String>, StoreError> {
    let found = submission::table
        .find(nonce_hash)
        .filter(submission::person_id.eq(person.row()))
        .select(submission::result)
        .first(conn)
        .optional()?;
    Ok(found)
}

/// Notes what a form led to.
///
/// # Errors
/// `Duplicate` when the same form was sent at the same moment; trying again finds its result.
pub fn record(
    conn: &mut Conn,
    nonce_hash: &str,
    person: PersonId,
    result: &str,
    now: Instant,
) -> Result<(), StoreError> {
    diesel::insert_into(submission::table)
        .values((
            submission::nonce_hash.eq(nonce_hash),
            submission::person_id.eq(person.row()),
            submission::result.eq(result),
            submission::at.eq(now.seconds()),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn purge(conn: &mut Conn, before: Instant) -> Result<usize, StoreError> {
    let gone = diesel::delete(submission::table.filter(submission::at.lt(before.seconds()))).execute(conn)?;
    Ok(gone)
}
