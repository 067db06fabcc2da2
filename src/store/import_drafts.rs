//! Files that were looked at and wait to be imported, one a person. Not what stands in them.

use diesel::prelude::*;

use super::error::read;
use super::schema_importing::import_draft;
use super::{Conn, StoreError};
use crate::domain::ids::PersonId;
use crate::domain::span::Instant;
use crate::domain::tables::TableKind;

/// Keeps a file in place of the one before it.
pub fn keep(
    conn: &mut Conn,
    (token_hash, person): (&str, PersonId),
    (kind, bytes): (TableKind, &[u8]),
    now: Instant,
) -> Result<(), StoreError> {
    diesel::delete(import_draft::table.filter(import_draft::person_id.eq(person.row()))).execute(conn)?;
    diesel::insert_into(import_draft::table)
        .values((
            import_draft::token_hash.eq(token_hash),
            import_draft::person_id.eq(person.row()),
            import_draft::kind.eq(kind.code()),
            import_draft::bytes.eq(bytes),
            import_draft::made_at.eq(now.seconds()),
        ))
        .execute(conn)?;
    Ok(())
}

/// The file behind a token, for the person who sent it.
pub fn find(conn: &mut Conn, token_hash: &str, person: PersonId) -> Result<Option<(TableKind, Vec<u8>)>, StoreError> {
    let row: Option<(i64, String, Vec<u8>)> = import_draft::table
        .filter(import_draft::token_hash.eq(token_hash).and(import_draft::person_id.eq(person.row())))
        .select((import_draft::person_id, import_draft::kind, import_draft::bytes))
        .first(conn)
        .optional()?;
    row.map(|(id, kind, bytes)| Ok((read(TableKind::parse(&kind), "import_draft", id, "kind")?, bytes))).transpose()
}

pub fn remove(conn: &mut Conn, token_hash: &str) -> Result<(), StoreError> {
    diesel::delete(import_draft::table.find(token_hash)).execute(conn)?;
    Ok(())
}

pub fn purge(conn: &mut Conn, before: Instant) -> Result<usize, StoreError> {
    Ok(diesel::delete(import_draft::table.filter(import_draft::made_at.lt(before.seconds()))).execute(conn)?)
}
