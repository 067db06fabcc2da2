//! What was tried and asked for, counted in rows so that every copy of the program counts alike. Not what the limits are.

use diesel::prelude::*;

use super::schema_accounts::attempt;
use super::{Conn, StoreError};
use crate::domain::span::Instant;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A mailed link that was asked for, by address, whether it has an account or not.
    Link,
    /// A code after a password, by person.
    CodeAfterPassword,
    /// A code after a mailed link, by person: whoever guesses after a password does not keep the owner out.
    CodeAfterLink,
    /// A code typed by somebody who is signed in, by person.
    CodeAtHome,
    /// An invitation, by organisation.
    Invitation,
}

impl What {
    fn code(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::CodeAfterPassword => "code_after_password",
            Self::CodeAfterLink => "code_after_link",
            Self::CodeAtHome => "code_at_home",
            Self::Invitation => "invitation",
        }
    }
}

/// So many within so many minutes.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    pub most: i64,
    pub minutes: i64,
}

/// Counts one more, or says in how many seconds there is room again. Nothing is written then.
pub fn count(
    conn: &mut Conn,
    (what, who): (What, &str),
    limit: Limit,
    now: Instant,
) -> Result<Option<u64>, StoreError> {
    let wait = wait(conn, (what, who), limit, now)?;
    if wait.is_none() {
        diesel::insert_into(attempt::table)
            .values((attempt::what.eq(what.code()), attempt::who.eq(who), attempt::at.eq(now.seconds())))
            .execute(conn)?;
    }
    Ok(wait)
}

/// In how many seconds there is room again; `None` where there is now.
pub fn wait(conn: &mut Conn, (what, who): (What, &str), limit: Limit, now: Instant) -> Result<Option<u64>, StoreError> {
    let since = now.plus_minutes(-limit.minutes).seconds();
    // The oldest of the newest so many: when it is too old to count, one more may be tried.
    let oldest: Option<i64> = attempt::table
        .filter(attempt::what.eq(what.code()).and(attempt::who.eq(who)).and(attempt::at.gt(since)))
        .order((attempt::at.desc(), attempt::id.desc()))
        .offset(limit.most - 1)
        .limit(1)
        .select(attempt::at)
        .first(conn)
        .optional()?;
    Ok(oldest.map(|at| u64::try_from(at - since).unwrap_or(1)))
}

/// Forgets what was counted, after something came right.
pub fn forget(conn: &mut Conn, (what, who): (What, &str)) -> Result<(), StoreError> {
    diesel::delete(attempt::table.filter(attempt::what.eq(what.code()).and(attempt::who.eq(who)))).execute(conn)?;
    Ok(())
}

/// Removes what nobody counts any more.
pub fn purge(conn: &mut Conn, before: Instant) -> Result<usize, StoreError> {
    Ok(diesel::delete(attempt::table.filter(attempt::at.lt(before.seconds()))).execute(conn)?)
}
