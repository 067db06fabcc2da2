//! The people of an organisation: inviting, changing roles, removing. It never loses its last coordinator.

use super::seen;
use crate::allocation::{Circumstances, RestoreAnswer, restore_right};
use crate::domain::history::EventKind;
use crate::domain::ids::{OrganisationId, PersonId, Slug};
use crate::domain::organisation::{Organisation, Standing};
use crate::domain::person::Email;
use crate::domain::policy::{Actor, MemberRole};
use crate::domain::rendered::Rendered;
use crate::error::Error;
use crate::store::attempts::{self, Limit, What};
use crate::store::events::{self, NewEvent};
use crate::store::links::{self, Invitation, LinkPurpose, NewLink};
use crate::store::organisations::{self, Member};
use crate::store::unused::{self, Lapsed};
use crate::store::{Conn, StoreError};
use crate::web::state::State;

pub const INVITATION_DAYS: i64 = 7;
/// The same invitation sent again so soon is the same form sent twice.
const AGAIN_MINUTES: i64 = 10;
/// So many links an hour go to one address, whatever for.
const LINKS: Limit = Limit { most: 5, minutes: 60 };
/// And so many invitations a day go out for one organisation.
const INVITATIONS: Limit = Limit { most: 60, minutes: 24 * 60 };

/// An organisation with its people, for those who coordinate it.
#[derive(Debug)]
pub struct People {
    pub organisation: Organisation,
    pub members: Vec<Member>,
    pub invitations: Vec<Invitation>,
    /// Those whose membership has lapsed unused.
    pub lapsed: Vec<Lapsed>,
}

pub async fn people(state: &State, actor: Actor, slug: Slug) -> Result<Option<People>, Error> {
    let now = state.clock.now();
    let found = state.db.read(move |conn| {
        let Some(organisation) = seen(conn, &slug, |one| actor.coordinates(one.id))? else {
            return Ok(None);
        };
        let members = organisations::members(conn, organisation.id)?;
        let invitations = links::invitations(conn, organisation.id, now)?;
        let lapsed = unused::of_organisation(conn, organisation.id)?;
        Ok(Some(People { organisation, members, invitations, lapsed }))
    });
    Ok(found.await?)
}

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invite {
    Sent,
    NoSuchOrganisation,
    /// Only approved organisations invite, so that nobody sends mail in the name of one that nobody has looked at.
    NotApproved,
    IsMember,
    /// Wait so many seconds.
    TooMany(u64),
}

pub async fn invite(state: &State, actor: Actor, slug: Slug, email: Email, role: MemberRole) -> Result<Invite, Error> {
    let shared = state.clone();
    let done = state.db.write(move |conn| {
        let Some(organisation) = seen(conn, &slug, |one| actor.coordinates(one.id))? else {
            return Ok(Invite::NoSuchOrganisation);
        };
        write_invitation(conn, shared.circumstances(), &actor, &organisation, (&email, role))
    });
    Ok(done.await?)
}

fn write_invitation(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    by: &Actor,
    organisation: &Organisation,
    (email, role): (&Email, MemberRole),
) -> Result<Invite, StoreError> {
    let now = circumstances.now;
    if organisation.standing != Standing::Approved {
        return Ok(Invite::NotApproved);
    }
    if organisations::members(conn, organisation.id)?.iter().any(|member| member.email == *email) {
        return Ok(Invite::IsMember);
    }
    let open = links::invitations(conn, organisation.id, now)?;
    let is_same = |one: &Invitation| one.email == *email && one.role == role;
    if open.iter().any(|one| is_same(one) && now.minutes_since(one.created_at) < AGAIN_MINUTES) {
        return Ok(Invite::Sent);
    }
    if let Some(seconds) = links::wait(conn, email, (LINKS.most, LINKS.minutes), now)? {
        return Ok(Invite::TooMany(seconds));
    }
    let of = organisation.id.row().to_string();
    if let Some(seconds) = attempts::count(conn, (What::Invitation, &of), INVITATIONS, now)? {
        return Ok(Invite::TooMany(seconds));
    }
    links::void_invitations(conn, organisation.id, email, now)?;
    let (token, ends_at) = (circumstances.chance.token(), now.plus_days(INVITATION_DAYS));
    let new = NewLink {
        token_hash: &token.hash(),
        purpose: LinkPurpose::Invitation,
        person: None,
        organisation: Some((organisation.id, role)),
        email: email.as_str(),
        ends_at,
    };
    links::insert(conn, &new, now)?;
    note(conn, (EventKind::MemberInvited, by.person), organisation.id, None, circumstances)?;
    let mail = circumstances.mailer.invitation(email, organisation, role, &by.name, token.reveal());
    circumstances.post(conn, Some(Rendered { not_after: Some(ends_at), ..mail }))?;
    Ok(Invite::Sent)
}

/// Withdraws the open invitations of an address; false when the organisation is not this actor's to manage.
pub async fn withdraw(state: &State, actor: Actor, slug: Slug, email: Email) -> Result<bool, Error> {
    let now = state.clock.now();
    let done = state.db.write(move |conn| {
        let Some(organisation) = seen(conn, &slug, |one| actor.coordinates(one.id))? else {
            return Ok(false);
        };
        links::void_invitations(conn, organisation.id, &email, now)?;
        Ok(true)
    });
    Ok(done.await?)
}

/// Adds a line about a member to the history.
pub(super) fn note(
    conn: &mut Conn,
    (kind, by): (EventKind, PersonId),
    organisation: OrganisationId,
    person: Option<PersonId>,
    circumstances: Circumstances<'_>,
) -> Result<(), StoreError> {
    let event = NewEvent { organisation: Some(organisation), person, ..NewEvent::new(kind, Some(by)) };
    events::insert(conn, &event, circumstances.now)
}

/// Gives somebody their membership back that has lapsed; false when the organisation is not this actor's to manage.
pub async fn restore(state: &State, actor: Actor, slug: Slug, email: Email) -> Result<bool, Error> {
    let shared = state.clone();
    let done = state.db.write(move |conn| {
        let Some(organisation) = seen(conn, &slug, |one| actor.coordinates(one.id))? else {
            return Ok(false);
        };
        let lapsed = unused::of_organisation(conn, organisation.id)?;
        if let Some(one) = lapsed.into_iter().find(|one| one.email == email) {
            let answer = restore_right(conn, shared.circumstances(), (one.person, one.right), actor.person)?;
            return Ok(answer == RestoreAnswer::Done);
        }
        Ok(true)
    });
    Ok(done.await?)
}
