//! The accounts as an administrator finds them. Not what is in them.

use diesel::prelude::*;

use super::schema::person;
use super::{Conn, StoreError, history};
use crate::domain::ids::PersonId;
use crate::domain::span::Instant;

/// So many that are alike are put in order.
const MOST_ALIKE: i64 = 1_000;

/// One account in a list.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub made_at: Instant,
    pub closed: bool,
}

type Row = (i64, String, String, i64, Option<i64>);

fn entry((id, name, email, made, closed): Row) -> Entry {
    Entry { id: PersonId::new(id), name, email, made_at: Instant::from_seconds(made), closed: closed.is_some() }
}

/// The accounts whose name or address is like this, by name; all where nothing is asked for, so many at the most.
pub fn like(conn: &mut Conn, typed: &str, most: i64) -> Result<Vec<Entry>, StoreError> {
    let ids: Vec<i64> = history::people_like(conn, typed, MOST_ALIKE)?.iter().map(|id| id.row()).collect();
    let rows: Vec<Row> = person::table
        .filter(person::id.eq_any(ids))
        .order((person::name, person::id))
        .limit(most)
        .select((person::id, person::name, person::email, person::created_at, person::closed_at))
        .load(conn)?;
    Ok(rows.into_iter().map(entry).collect())
}

/// The account whose handle this is, as `is` tells by its row and when it was made.
pub fn find(conn: &mut Conn, is: impl Fn(PersonId, Instant) -> bool) -> Result<Option<Entry>, StoreError> {
    let all: Vec<(i64, i64)> = person::table.select((person::id, person::created_at)).load(conn)?;
    let own = all.into_iter().find(|(id, made)| is(PersonId::new(*id), Instant::from_seconds(*made)));
    let Some((id, _)) = own else {
        return Ok(None);
    };
    let row: Option<Row> = person::table
        .find(id)
        .select((person::id, person::name, person::email, person::created_at, person::closed_at))
        .first(conn)
        .optional()?;
    Ok(row.map(entry))
}
