//! The named sessions of a site, kept as text beside its other facts. Not which spaces are booked in them.

use diesel::prelude::*;

use super::schema::site;
use super::{Conn, StoreError, sites};
use crate::domain::ids::SiteId;
use crate::domain::named::NamedSession;

/// Reads what [`set`] has written: a line each, "540 780 Morning".
pub(super) fn stored(text: &str) -> Option<Vec<NamedSession>> {
    let line = |line: &str| {
        let (from, rest) = line.split_once(' ')?;
        let (to, name) = rest.split_once(' ')?;
        let (from, to): (i32, i32) = (from.parse().ok()?, to.parse().ok()?);
        (from < to && !name.is_empty()).then(|| NamedSession::new(name, from, to))
    };
    text.lines().map(line).collect()
}

/// Replaces the sessions of a site, in this order. Bookings stay where they are.
pub fn set(conn: &mut Conn, id: SiteId, sessions: &[NamedSession]) -> Result<(), StoreError> {
    let line = |one: &NamedSession| format!("{} {} {}", one.from_minute, one.to_minute, one.name);
    let text = sessions.iter().map(line).collect::<Vec<_>>().join("\n");
    diesel::update(site::table.find(id.row())).set(site::named_sessions.eq(text)).execute(conn)?;
    sites::mark_changed(conn, id)
}
