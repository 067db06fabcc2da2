//! Removing everything whose time is over, by the times that the administrator set. Not the times.

use super::case::Circumstances;
use super::erase::{EraseAnswer, erase};
use crate::domain::history::EventKind;
use crate::domain::ids::PersonId;
use crate::domain::retention::{Kept, RULES, Times};
use crate::domain::span::Instant;
use crate::store::events::NewEvent;
use crate::store::{Conn, StoreError, events, retention, settings};

/// So many unused accounts go in one run; the search through every text takes a moment for each.
const MOST_ACCOUNTS: i64 = 50;

/// How many rows of each kind were touched, in the order of the table.
pub type Removed = Vec<(Kept, usize)>;

/// The times that are set.
///
/// # Errors
/// The engine's own.
pub fn times(conn: &mut Conn) -> Result<Times, StoreError> {
    let set = settings::beginning(conn, "retention/")?;
    Ok(Times::from_settings(|name| set.iter().find(|(one, _)| one == name).map(|(_, value)| value.clone())))
}

/// Removes what goes soon after its time, many times a day.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn remove_soon(conn: &mut Conn, circumstances: Circumstances<'_>) -> Result<Removed, StoreError> {
    remove(conn, circumstances, |kind| kind.rule().soon)
}

/// Removes everything whose time is over, and writes down that it ran. `by` is nobody for the daily run.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn remove_all(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    by: Option<PersonId>,
) -> Result<Removed, StoreError> {
    let removed = remove(conn, circumstances, |_| true)?;
    let (now, rows) = (circumstances.now, removed.iter().map(|(_, rows)| rows).sum::<usize>());
    settings::set(conn, settings::RETENTION_RAN, &format!("{} {rows}", now.seconds()))?;
    if by.is_some() || 0 < rows {
        let number = i64::try_from(rows).ok();
        events::insert(conn, &NewEvent { number, ..NewEvent::new(EventKind::RetentionRun, by) }, now)?;
    }
    Ok(removed)
}

/// When everything was last removed, and how many rows that were.
///
/// # Errors
/// The engine's own.
pub fn last_run(conn: &mut Conn) -> Result<Option<(Instant, i64)>, StoreError> {
    let text = settings::get(conn, settings::RETENTION_RAN)?.unwrap_or_default();
    let (at, rows) = text.split_once(' ').unwrap_or_default();
    Ok(at.parse().ok().zip(rows.parse().ok()).map(|(at, rows)| (Instant::from_seconds(at), rows)))
}

fn remove(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    wanted: impl Fn(Kept) -> bool,
) -> Result<Removed, StoreError> {
    let times = times(conn)?;
    let mut removed = Removed::new();
    for kind in RULES.iter().map(|rule| rule.kind).filter(|kind| wanted(*kind)) {
        let before = circumstances.now.plus_days(-i64::from(times.of(kind)));
        let rows = match kind {
            Kept::Accounts => accounts(conn, circumstances, before)?,
            _ => retention::remove(conn, kind, before)?,
        };
        removed.push((kind, rows));
    }
    Ok(removed)
}

/// Unused accounts are erased as if their people had asked; what stands in the way of one keeps it.
fn accounts(conn: &mut Conn, circumstances: Circumstances<'_>, before: Instant) -> Result<usize, StoreError> {
    let mut gone = 0;
    for person in retention::unused_accounts(conn, before, MOST_ACCOUNTS)? {
        if matches!(erase(conn, circumstances, person, None)?, EraseAnswer::Done(_)) {
            gone += 1;
        }
    }
    Ok(gone)
}
