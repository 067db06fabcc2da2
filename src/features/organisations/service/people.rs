//! The people of an organisation: inviting, changing roles, removing. It never loses its last coordinator.

use super::seen;
use crate::allocation::{self, Circumstances};
use crate::domain::history::EventKind;
use crate::domain::ids::{OrganisationId, PersonId, Slug};
use crate::domain::organisation::{Organisation, Standing};
use crate::domain::person::Email;
use crate::domain::policy::{Actor, MemberRole, keeps_a_coordinator};
use crate::domain::rendered::Rendered;
use crate::error::Error;
use crate::store::events::{self, NewEvent};
use crate::store::links::{self, Invitation, LinkPurpose, NewLink};
use crate::store::organisations::{self, Member};
use crate::store::{Conn, StoreError, engine};
use crate::web::state::State;

pub const INVITATION_DAYS: i64 = 7;
/// The same invitation sent again so soon is the same form sent twice.
const AGAIN_MINUTES: i64 = 10;
/// So many links an hour go to one address, whatever for.
const MOST_LINKS: i64 = 5;

/// An organisation with its people, for those who coordinate it.
#[derive(Debug)]
pub struct People {
    pub organisation: Organisation,
    pub members: Vec<Member>,
    pub invitations: Vec<Invitation>,
}

pub async fn people(state: &State, actor: Actor, slug: Slug) -> Result<Option<People>, Error> {
    let now = state.clock.now();
    let found = state.db.read(move |conn| {
        let Some(organisation) = seen(conn, &slug, |one| actor.coordinates(one.id))? else {
            return Ok(None);
        };
        let members = organisations::members(conn, organisation.id)?;
        let invitations = links::invitations(conn, organisation.id, now)?;
        Ok(Some(People { organisation, members, invitations }))
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
    TooMany,
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
    if MOST_LINKS <= links::count_since(conn, email, now.plus_hours(-1))? {
        return Ok(Invite::TooMany);
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

/// What became of a change of role, or of a removal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Done,
    NoSuchOrganisation,
    /// They are no member (any more), so there is nothing to change.
    NoSuchMember,
    /// The name of the only coordinator, whom the organisation keeps.
    LastCoordinator(String),
}

/// Gives a member another role, or removes them (`None`).
pub async fn change(
    state: &State,
    actor: Actor,
    slug: Slug,
    member: Email,
    to: Option<MemberRole>,
) -> Result<Change, Error> {
    let shared = state.clone();
    let done = state.db.write(move |conn| {
        let Some(organisation) = seen(conn, &slug, |one| actor.coordinates(one.id))? else {
            return Ok(Change::NoSuchOrganisation);
        };
        // Two coordinators who remove each other at the same moment must not both succeed.
        engine::lock_all(conn, &[], Some(organisation.id))?;
        let members = organisations::members(conn, organisation.id)?;
        let Some(one) = members.iter().find(|one| one.email == member) else {
            return Ok(Change::NoSuchMember);
        };
        let roles = members.iter().map(|one| (one.person, one.role));
        if one.role == MemberRole::Coordinator && !keeps_a_coordinator(roles, one.person, to) {
            return Ok(Change::LastCoordinator(one.name.clone()));
        }
        write_change(conn, shared.circumstances(), actor.person, (organisation.id, one), to)?;
        Ok(Change::Done)
    });
    Ok(done.await?)
}

fn write_change(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    by: PersonId,
    (organisation, member): (OrganisationId, &Member),
    to: Option<MemberRole>,
) -> Result<(), StoreError> {
    let kind = match to {
        Some(role) if role == member.role => return Ok(()),
        Some(role) => {
            organisations::set_member(conn, organisation, member.person, role, circumstances.now)?;
            EventKind::MemberChanged
        }
        None => {
            allocation::end_duties_of(conn, circumstances, (organisation, member.person), by)?;
            organisations::remove_member(conn, organisation, member.person)?;
            EventKind::MemberLeft
        }
    };
    note(conn, (kind, by), organisation, Some(member.person), circumstances)
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
