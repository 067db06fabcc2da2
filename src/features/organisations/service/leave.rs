//! Leaving an organisation, being removed from it, or getting another role in it: what somebody looks after goes to another member, and the
//! organisation never loses its last coordinator.

use super::people::note;
use super::seen;
use crate::allocation::{self, Circumstances, InHand};
use crate::domain::history::EventKind;
use crate::domain::ids::{PersonId, Slug};
use crate::domain::organisation::Organisation;
use crate::domain::person::Email;
use crate::domain::policy::{Actor, MemberRole, keeps_a_coordinator};
use crate::error::Error;
use crate::store::organisations::{self, Member};
use crate::store::{Conn, StoreError, engine};
use crate::web::state::State;

/// What would happen, to be shown before it does.
#[derive(Debug)]
pub struct Parting {
    pub organisation: Organisation,
    pub member: Member,
    /// Their role from then on; none where they are a member no more.
    pub to: Option<MemberRole>,
    pub in_hand: InHand,
    /// Who may take over, the most likely first.
    pub heirs: Vec<Member>,
    /// They are the only coordinator, so that whoever takes over becomes one.
    pub is_last: bool,
}

/// What somebody has agreed to on the page that shows it.
#[derive(Debug, Clone, Default)]
pub struct Agreed {
    /// Who takes over; none for the first of the list.
    pub heir: Option<Email>,
}

/// What became of it.
#[derive(Debug)]
pub enum Change {
    Done,
    NoSuchOrganisation,
    /// They are no member (any more), so there is nothing to change.
    NoSuchMember,
    /// The name of the only coordinator, whom the organisation keeps.
    LastCoordinator(String),
    /// There is something to hand over; nothing was changed.
    Ask(Box<Parting>),
    /// Whoever was named cannot take it over.
    NoSuchHeir(Box<Parting>),
}

/// What leaving would mean for whoever asks; `None` where they are no member.
pub async fn parting(state: &State, actor: Actor, slug: Slug) -> Result<Option<Parting>, Error> {
    let shared = state.clone();
    let found = state.db.read(move |conn| {
        let Some(organisation) = seen(conn, &slug, |one| actor.is_member(one.id))? else {
            return Ok(None);
        };
        let members = organisations::members(conn, organisation.id)?;
        let Some(member) = members.iter().find(|one| one.person == actor.person).cloned() else {
            return Ok(None);
        };
        foreseen(conn, shared.circumstances(), (organisation, &members, member), None).map(Some)
    });
    Ok(found.await?)
}

/// Lets whoever asks leave. Where they are the only coordinator, their heir becomes one.
pub async fn leave(state: &State, actor: Actor, slug: Slug, agreed: Agreed) -> Result<Change, Error> {
    let shared = state.clone();
    let done = state.db.write(move |conn| {
        let Some(organisation) = seen(conn, &slug, |one| actor.is_member(one.id))? else {
            return Ok(Change::NoSuchOrganisation);
        };
        let what = (actor.person, None, Some(&agreed));
        part(conn, shared.circumstances(), organisation, |one| one.person == actor.person, (what, true))
    });
    Ok(done.await?)
}

/// Gives a member another role, or removes them (`None`).
pub async fn change(
    state: &State,
    actor: Actor,
    (slug, member): (Slug, Email),
    to: Option<MemberRole>,
    agreed: Option<Agreed>,
) -> Result<Change, Error> {
    let shared = state.clone();
    let done = state.db.write(move |conn| {
        let Some(organisation) = seen(conn, &slug, |one| actor.coordinates(one.id))? else {
            return Ok(Change::NoSuchOrganisation);
        };
        let what = (actor.person, to, agreed.as_ref());
        part(conn, shared.circumstances(), organisation, |one| one.email == member, (what, false))
    });
    Ok(done.await?)
}

/// Who does it, the role from then on, and what they have agreed to.
type Wanted<'a> = (PersonId, Option<MemberRole>, Option<&'a Agreed>);

fn part(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    organisation: Organisation,
    is_theirs: impl Fn(&Member) -> bool,
    ((by, to, agreed), promotes): (Wanted<'_>, bool),
) -> Result<Change, StoreError> {
    // Two coordinators who remove each other at the same moment must not both succeed.
    engine::lock_all(conn, &[], Some(organisation.id))?;
    let members = organisations::members(conn, organisation.id)?;
    let Some(member) = members.iter().find(|one| is_theirs(one)).cloned() else {
        return Ok(Change::NoSuchMember);
    };
    if to == Some(member.role) {
        return Ok(Change::Done);
    }
    let parting = foreseen(conn, circumstances, (organisation, &members, member), to)?;
    if parting.is_last && (!promotes || parting.heirs.is_empty()) {
        return Ok(Change::LastCoordinator(parting.member.name));
    }
    // Whoever may still book keeps what they look after.
    let keeps = to.is_some_and(|role| MemberRole::Booker <= role);
    let Some(agreed) = agreed.filter(|_| !keeps) else {
        if !keeps && !parting.in_hand.is_empty() {
            return Ok(Change::Ask(Box::new(parting)));
        }
        // Places in waiting lists go on with whoever is the most likely.
        let heir = parting.heirs.first().filter(|_| !keeps);
        write(conn, circumstances, &parting, (by, heir))?;
        return Ok(Change::Done);
    };
    let named = agreed.heir.as_ref();
    let heir = parting.heirs.iter().find(|one| named.is_none_or(|email| one.email == *email)).cloned();
    if named.is_some() && heir.is_none() {
        return Ok(Change::NoSuchHeir(Box::new(parting)));
    }
    write(conn, circumstances, &parting, (by, heir.as_ref()))?;
    Ok(Change::Done)
}

fn foreseen(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (organisation, members, member): (Organisation, &[Member], Member),
    to: Option<MemberRole>,
) -> Result<Parting, StoreError> {
    let roles = members.iter().map(|one| (one.person, one.role));
    let is_last = member.role == MemberRole::Coordinator && !keeps_a_coordinator(roles, member.person, to);
    let mut in_hand = allocation::in_hand(conn, circumstances, (organisation.id, member.person))?;
    if to.is_some() {
        // Whoever stays keeps their duties.
        in_hand.duties = 0;
    }
    let may = |one: &&Member| one.person != member.person && (MemberRole::Booker <= one.role || is_last);
    let mut heirs: Vec<Member> = members.iter().filter(may).cloned().collect();
    heirs.sort_by_key(|one| std::cmp::Reverse(one.role));
    Ok(Parting { organisation, member, to, in_hand, heirs, is_last })
}

fn write(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    Parting { organisation, member, to, is_last, .. }: &Parting,
    (by, heir): (PersonId, Option<&Member>),
) -> Result<(), StoreError> {
    let id = organisation.id;
    if let Some(heir) = heir {
        if *is_last {
            organisations::set_member(conn, id, heir.person, MemberRole::Coordinator, circumstances.now)?;
            note(conn, (EventKind::MemberChanged, by), id, Some(heir.person), circumstances)?;
        }
        allocation::hand_over(conn, circumstances, id, (member, heir), Some(by))?;
    }
    let kind = match to {
        Some(role) => {
            organisations::set_member(conn, id, member.person, *role, circumstances.now)?;
            EventKind::MemberChanged
        }
        None => {
            allocation::end_duties_of(conn, circumstances, (id, member.person), by)?;
            organisations::remove_member(conn, id, member.person)?;
            EventKind::MemberLeft
        }
    };
    note(conn, (kind, by), id, Some(member.person), circumstances)
}
