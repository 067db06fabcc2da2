//! Joining by invitation: whoever holds the mailed link has shown that the address is theirs.

use super::people::note;
use crate::allocation::Circumstances;
use crate::chance::Token;
use crate::domain::history::EventKind;
use crate::domain::ids::{PersonId, Slug};
use crate::domain::organisation::Organisation;
use crate::domain::person::{Email, NewPassword};
use crate::domain::policy::MemberRole;
use crate::domain::span::Instant;
use crate::error::Error;
use crate::store::links::{self, Link, LinkPurpose};
use crate::store::people::{Account, NewPerson};
use crate::store::sessions::Opening;
use crate::store::{Conn, StoreError, organisations, people};
use crate::web::state::State;

/// An open invitation.
#[derive(Debug)]
pub struct Invited {
    pub organisation: Organisation,
    pub role: MemberRole,
    pub email: Email,
    /// Whether somebody has an account by this address and has confirmed it.
    pub has_account: bool,
}

pub async fn invitation(state: &State, token: String) -> Result<Option<Invited>, Error> {
    let now = state.clock.now();
    let found = state.db.read(move |conn| Ok(open(conn, &token, now)?.map(|open| open.invited)));
    Ok(found.await?)
}

/// What became of joining.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joined {
    Done(Slug),
    /// The invitation opens nothing (any more).
    Gone,
    /// It is for somebody else than whoever is signed in, or nobody is.
    NotYours,
}

struct Open {
    link: Link,
    invited: Invited,
    account: Option<Account>,
}

fn open(conn: &mut Conn, token: &str, now: Instant) -> Result<Option<Open>, StoreError> {
    let Some(token) = Token::parse(token) else {
        return Ok(None);
    };
    let link = links::find(conn, &token.hash(), LinkPurpose::Invitation, now)?;
    let Some((link, (organisation, role))) = link.and_then(|link| link.organisation.map(|to| (link, to))) else {
        return Ok(None);
    };
    let (organisation, email) = (organisations::by_id(conn, organisation)?, Email::parse(&link.email).ok());
    let Some((organisation, email)) = organisation.zip(email) else {
        return Ok(None);
    };
    let account = people::by_email(conn, &email)?;
    if account.as_ref().is_some_and(|account| account.closed) {
        return Ok(None);
    }
    let has_account = account.as_ref().is_some_and(|account| account.confirmed);
    Ok(Some(Open { link, invited: Invited { organisation, role, email, has_account }, account }))
}

/// Lets somebody who is signed in with the invited address join.
pub async fn join(state: &State, token: String, person: PersonId) -> Result<Joined, Error> {
    let shared = state.clone();
    let done = state.db.write(move |conn| {
        let circumstances = shared.circumstances();
        let Some(open) = open(conn, &token, circumstances.now)? else {
            return Ok(Joined::Gone);
        };
        if open.account.as_ref().map(|account| account.id) != Some(person) {
            return Ok(Joined::NotYours);
        }
        if !links::use_up(conn, &open.link, circumstances.now)? {
            return Ok(Joined::Gone);
        }
        enter(conn, circumstances, &open.invited, person)
    });
    Ok(done.await?)
}

/// Makes an account for the invited address, which the link has confirmed, lets it join and signs it in. An account that
/// was never confirmed is anybody's, so its name and password are replaced.
pub async fn join_new(
    state: &State,
    token: String,
    (name, password): (String, NewPassword),
    session: Opening,
) -> Result<Joined, Error> {
    let hash = state.passwords.hash(password.reveal()).await?;
    let shared = state.clone();
    let done = state.db.write(move |conn| {
        let circumstances = shared.circumstances();
        let now = circumstances.now;
        let Some(open) = open(conn, &token, now)? else {
            return Ok(Joined::Gone);
        };
        if open.invited.has_account {
            return Ok(Joined::NotYours);
        }
        if !links::use_up(conn, &open.link, now)? {
            return Ok(Joined::Gone);
        }
        let person = own_account(conn, &open, (&name, &hash), now)?;
        session.open_for(conn, person, now)?;
        enter(conn, circumstances, &open.invited, person)
    });
    Ok(done.await?)
}

fn own_account(conn: &mut Conn, open: &Open, (name, hash): (&str, &str), now: Instant) -> Result<PersonId, StoreError> {
    let Some(account) = &open.account else {
        let (email, password_hash) = (&open.invited.email, Some(hash));
        return people::insert(
            conn,
            &NewPerson { name, email, password_hash, confirmed: true, administrator: false },
            now,
        );
    };
    people::set_name(conn, account.id, name)?;
    people::set_password(conn, account.id, hash)?;
    people::confirm_email(conn, account.id, now)?;
    links::void(conn, account.id, LinkPurpose::ConfirmEmail, now)?;
    Ok(account.id)
}

/// Somebody who is a member already keeps the greater role of the two.
fn enter(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    Invited { organisation, role, .. }: &Invited,
    person: PersonId,
) -> Result<Joined, StoreError> {
    let members = organisations::members(conn, organisation.id)?;
    let before = members.iter().find(|one| one.person == person).map(|one| one.role);
    let role = before.map_or(*role, |before| before.max(*role));
    organisations::set_member(conn, organisation.id, person, role, circumstances.now)?;
    note(conn, (EventKind::MemberJoined, person), organisation.id, Some(person), circumstances)?;
    Ok(Joined::Done(organisation.slug.clone()))
}
