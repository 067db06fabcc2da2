//! What people change about their own account: name, password, and where they are signed in.

use super::LinkPurpose;
use super::sign_in::count_try;
use crate::domain::ids::{PersonId, SessionId};
use crate::domain::person::NewPassword;
use crate::domain::span::Instant;
use crate::error::Error;
use crate::store::sessions::SessionLine;
use crate::store::{links, people, sessions};
use crate::web::state::State;

/// What the account page shows beyond what is known of whoever is signed in.
#[derive(Debug)]
pub struct Overview {
    pub has_password: bool,
    pub sessions: Vec<SessionLine>,
}

pub async fn overview(state: &State, person: PersonId, idle_since: Instant) -> Result<Overview, Error> {
    let now = state.clock.now();
    let found = state.db.read(move |conn| {
        let account = people::by_id(conn, person)?;
        let sessions = sessions::of_person(conn, person, idle_since, now)?;
        Ok(Overview { has_password: account.is_some_and(|account| account.password_hash.is_some()), sessions })
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
    TooMany,
}

/// Changes the password of somebody who knows the current one, and ends every other session.
pub async fn change_password(
    state: &State,
    (person, session): (PersonId, SessionId),
    current: &str,
    new: NewPassword,
) -> Result<Changed, Error> {
    let now = state.clock.now();
    let tried = state.db.write(move |conn| {
        let Some(account) = people::by_id(conn, person)? else {
            return Ok(Some(None));
        };
        count_try(conn, &account.email, now)
    });
    let Some(account) = tried.await? else {
        return Ok(Changed::TooMany);
    };
    let hash = account.as_ref().and_then(|account| account.password_hash.as_deref());
    let fits = state.passwords.fits(current, hash).await?;
    let Some(account) = account.filter(|_| fits) else {
        return Ok(Changed::Wrong);
    };
    let hash = state.passwords.hash(new.reveal()).await?;
    let changed = state.db.write(move |conn| {
        links::forget_failures(conn, account.email.as_str())?;
        people::set_password(conn, person, &hash)?;
        links::void(conn, person, LinkPurpose::ResetPassword, now)?;
        links::void(conn, person, LinkPurpose::SignIn, now)?;
        sessions::end_all(conn, person, Some(session))?;
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
