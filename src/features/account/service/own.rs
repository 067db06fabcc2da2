//! What people change about their own account: name, password, and where they are signed in.

use super::LinkPurpose;
use super::sign_in::{count_try, note_pause};
use crate::allocation::alert_owner;
use crate::domain::history::EventKind;
use crate::domain::ids::{PersonId, SessionId};
use crate::domain::person::NewPassword;
use crate::domain::span::Instant;
use crate::error::Error;
use crate::mail::alerts::Alert;
use crate::store::people::Account;
use crate::store::sessions::SessionLine;
use crate::store::{events, links, people, second_factor, sessions};
use crate::web::state::State;

/// What the account page shows beyond what is known of whoever is signed in.
#[derive(Debug)]
pub struct Overview {
    pub has_password: bool,
    pub has_second_step: bool,
    pub sessions: Vec<SessionLine>,
    /// What happened to the account, the newest first.
    pub history: Vec<(Instant, EventKind)>,
}

/// So many lines of its history are shown.
const MOST_LINES: i64 = 8;

pub async fn overview(state: &State, person: PersonId, idle_since: Instant) -> Result<Overview, Error> {
    let now = state.clock.now();
    let found = state.db.read(move |conn| {
        let account = people::by_id(conn, person)?;
        let sessions = sessions::of_person(conn, person, idle_since, now)?;
        Ok(Overview {
            has_password: account.is_some_and(|account| account.password_hash.is_some()),
            has_second_step: second_factor::is_on(conn, person)?,
            sessions,
            history: events::of_account(conn, person, &EventKind::OF_ACCOUNT, MOST_LINES)?,
        })
    });
    Ok(found.await?)
}

pub async fn rename(state: &State, person: PersonId, name: String) -> Result<(), Error> {
    Ok(state.db.write(move |conn| people::set_name(conn, person, &name)).await?)
}

/// What became of a change of password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    Done,
    /// The current password was another.
    Wrong,
    /// Wait so many seconds.
    TooMany(u64),
}

/// Whether somebody knows their own password.
#[derive(Debug)]
pub(super) enum Known {
    Right(Account),
    Wrong,
    /// Wait so many seconds.
    TooMany(u64),
}

/// Asks somebody who is signed in for their password again; whoever has none has shown by a mailed link who they are.
pub(super) async fn know(state: &State, person: PersonId, typed: &str) -> Result<Known, Error> {
    let now = state.clock.now();
    let tried = state.db.write(move |conn| {
        let account = people::by_id(conn, person)?;
        match account {
            Some(account) if account.password_hash.is_none() => Ok(Ok(Some(account))),
            Some(account) => count_try(conn, &account.email, now),
            None => Ok(Ok(None)),
        }
    });
    let account = match tried.await? {
        Ok(account) => account,
        Err(seconds) => return Ok(Known::TooMany(seconds)),
    };
    let Some(account) = account else {
        return Ok(Known::Wrong);
    };
    let Some(hash) = &account.password_hash else {
        return Ok(Known::Right(account));
    };
    if !state.passwords.fits(typed, Some(hash)).await? {
        note_pause(state, account.email, Some(person)).await?;
        return Ok(Known::Wrong);
    }
    let email = account.email.to_string();
    state.db.write(move |conn| links::forget_failures(conn, &email)).await?;
    Ok(Known::Right(account))
}

/// Changes the password of somebody who knows the current one, and ends every other session.
pub async fn change_password(
    state: &State,
    (person, session): (PersonId, SessionId),
    current: &str,
    new: NewPassword,
) -> Result<Changed, Error> {
    let account = match know(state, person, current).await? {
        Known::Right(account) if account.password_hash.is_some() => account,
        Known::Right(_) | Known::Wrong => return Ok(Changed::Wrong),
        Known::TooMany(seconds) => return Ok(Changed::TooMany(seconds)),
    };
    let hash = state.passwords.hash(new.reveal()).await?;
    let shared = state.clone();
    let changed = state.db.write(move |conn| {
        let circumstances = shared.circumstances();
        let now = circumstances.now;
        people::set_password(conn, person, &hash)?;
        links::void(conn, person, LinkPurpose::ResetPassword, now)?;
        links::void(conn, person, LinkPurpose::SignIn, now)?;
        links::void(conn, person, LinkPurpose::Today, now)?;
        sessions::end_all(conn, person, Some(session))?;
        let what = (EventKind::PasswordChanged, Some(person));
        alert_owner(conn, circumstances, what, &account, Alert::PasswordChanged)?;
        Ok(Changed::Done)
    });
    Ok(changed.await?)
}

/// Ends one of a person's own sessions, named by its handle; one that is not theirs, or has ended, is left alone.
pub async fn end_session(state: &State, person: PersonId, handle: String, idle_since: Instant) -> Result<(), Error> {
    let now = state.clock.now();
    let ended = state.db.write(move |conn| {
        let own = sessions::of_person(conn, person, idle_since, now)?;
        let named = own.iter().find(|line| line.handle == handle);
        named.map_or(Ok(()), |line| sessions::end(conn, line.id))
    });
    Ok(ended.await?)
}

/// Ends all of a person's sessions but this one.
pub async fn end_others(state: &State, person: PersonId, keep: SessionId) -> Result<(), Error> {
    state.db.write(move |conn| sessions::end_all(conn, person, Some(keep))).await?;
    Ok(())
}

pub async fn sign_out(state: &State, session: SessionId) -> Result<(), Error> {
    Ok(state.db.write(move |conn| sessions::end(conn, session)).await?)
}
