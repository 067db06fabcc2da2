//! Sessions, and the person behind one with everything that rights follow from, in two queries. Not the cookie.

use diesel::dsl::count;
use diesel::prelude::*;

use super::error::read;
use super::schema::{
    document, facility, membership, occurrence, organisation, person, session, site, site_staff, site_trust,
};
use super::{Conn, StoreError, organisations, papers};
use crate::domain::ids::{OrganisationId, PersonId, SessionId, SiteId, Slug};
use crate::domain::kinds::Kind;
use crate::domain::occurrence::Stage;
use crate::domain::organisation::Standing;
use crate::domain::papers::{Paper, PaperStanding};
use crate::domain::policy::{Actor, MemberRole, Membership, Post, StaffRole};
use crate::domain::services::Profile;
use crate::domain::span::Instant;

/// A session that is good now, and who it belongs to.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub session: SessionId,
    pub scope: String,
    pub seen_at: Instant,
    pub actor: Actor,
    /// Bookings that wait for a decision at the sites this person manages.
    pub waiting: i64,
}

/// The scope of a session that opens one's own sessions and nothing else, for as long as it lasts.
pub const TODAY: &str = "today";

/// One line of the list of sessions on the account page.
#[derive(Debug, Clone)]
pub struct SessionLine {
    pub id: SessionId,
    /// The beginning of the token's hash: it names the session in a form and opens nothing.
    pub handle: String,
    pub device: String,
    /// Opens one's own sessions only.
    pub today_only: bool,
    pub created_at: Instant,
    pub seen_at: Instant,
}

/// A session to be opened. The hash is the SHA-256 of the token, in hexadecimal.
#[derive(Debug)]
pub struct NewSession<'a> {
    pub token_hash: &'a str,
    pub person: PersonId,
    pub scope: &'a str,
    pub device: &'a str,
    pub ends_at: Instant,
}

/// A session that waits at the door, for whoever turns out to have signed in. The token itself is in the browser's cookie.
#[derive(Debug, Clone)]
pub struct Opening {
    pub token_hash: String,
    pub scope: &'static str,
    pub device: String,
    pub ends_at: Instant,
    /// The session that this browser had until now. It ends, so that no token outlives a sign-in.
    pub replaces: Option<SessionId>,
}

impl Opening {
    /// Opens the session for a person, and ends the one before it in the same browser.
    pub fn open_for(&self, conn: &mut Conn, person: PersonId, now: Instant) -> Result<(), StoreError> {
        if let Some(before) = self.replaces {
            end(conn, before)?;
        }
        let Self { token_hash, scope, device, ends_at, .. } = self;
        open(conn, &NewSession { token_hash, person, scope, device, ends_at: *ends_at }, now)
    }
}

pub fn open(conn: &mut Conn, new: &NewSession<'_>, now: Instant) -> Result<(), StoreError> {
    diesel::insert_into(session::table)
        .values((
            session::token_hash.eq(new.token_hash),
            session::person_id.eq(new.person.row()),
            session::scope.eq(new.scope),
            session::device.eq(new.device),
            session::created_at.eq(now.seconds()),
            session::seen_at.eq(now.seconds()),
            session::ends_at.eq(new.ends_at.seconds()),
        ))
        .execute(conn)?;
    super::retention::note_use(conn, new.person, now)
}

type MemberRow = (Option<i64>, Option<String>, Option<String>, Option<String>, Option<String>);
type PersonRow = (i64, String, String, bool, MemberRow);

/// Finds the session of a token, unless it has ended, has not been seen since `idle_since`, or its person is gone.
pub fn find(
    conn: &mut Conn,
    token_hash: &str,
    idle_since: Instant,
    now: Instant,
) -> Result<Option<SignedIn>, StoreError> {
    let rows: Vec<(i64, String, i64, PersonRow)> = session::table
        .inner_join(person::table)
        .left_join(membership::table.on(membership::person_id.eq(person::id)))
        .left_join(organisation::table.on(membership::organisation_id.nullable().eq(organisation::id.nullable())))
        .filter(session::token_hash.eq(token_hash))
        .filter(session::ends_at.gt(now.seconds()).and(session::seen_at.gt(idle_since.seconds())))
        .filter(person::closed_at.is_null())
        .select((
            session::id,
            session::scope,
            session::seen_at,
            (
                person::id,
                person::name,
                person::email,
                person::is_administrator,
                (
                    organisation::id.nullable(),
                    organisation::slug.nullable(),
                    organisation::name.nullable(),
                    organisation::state.nullable(),
                    membership::role.nullable(),
                ),
            ),
        ))
        .load(conn)?;
    let Some((id, scope, seen_at, _)) = rows.first().cloned() else {
        return Ok(None);
    };
    let Some(mut actor) = actor_of(rows.into_iter().map(|(_, _, _, person)| person).collect())? else {
        return Ok(None);
    };
    let waiting = add_posts(conn, &mut actor, now)?;
    Ok(Some(SignedIn { session: SessionId::new(id), scope, seen_at: Instant::from_seconds(seen_at), actor, waiting }))
}

/// The actor for a person without a session: the command line, chores and tests.
pub fn actor(conn: &mut Conn, id: PersonId, now: Instant) -> Result<Option<Actor>, StoreError> {
    let rows: Vec<PersonRow> = person::table
        .left_join(membership::table)
        .left_join(organisation::table.on(membership::organisation_id.nullable().eq(organisation::id.nullable())))
        .filter(person::id.eq(id.row()))
        .select((
            person::id,
            person::name,
            person::email,
            person::is_administrator,
            (
                organisation::id.nullable(),
                organisation::slug.nullable(),
                organisation::name.nullable(),
                organisation::state.nullable(),
                membership::role.nullable(),
            ),
        ))
        .load(conn)?;
    let Some(mut actor) = actor_of(rows)? else {
        return Ok(None);
    };
    add_posts(conn, &mut actor, now)?;
    Ok(Some(actor))
}

/// A person as a member of one organisation and nothing else, whether a site trusts it, and its accepted papers: one query for
/// all that a request has to know of who asks. `None` for people who are no members.
pub fn member(
    conn: &mut Conn,
    id: PersonId,
    organisation: OrganisationId,
    site: SiteId,
) -> Result<Option<(Actor, (bool, Profile), Vec<Paper>)>, StoreError> {
    let trusts = site_trust::organisation_id.eq(organisation::id).and(site_trust::site_id.eq(site.row()));
    let held =
        document::organisation_id.eq(organisation::id).and(document::standing.eq(PaperStanding::Accepted.code()));
    type Own = (i64, String, String, String, String, (String, String));
    type Row = (i64, String, String, Own, Option<i64>, Option<papers::PaperRow>);
    let rows: Vec<Row> = person::table
        .inner_join(membership::table)
        .inner_join(organisation::table.on(membership::organisation_id.eq(organisation::id)))
        .left_join(site_trust::table.on(trusts))
        .left_join(document::table.on(held))
        .filter(person::id.eq(id.row()).and(organisation::id.eq(organisation.row())))
        .filter(person::closed_at.is_null())
        .select((
            person::id,
            person::name,
            person::email,
            (
                organisation::id,
                organisation::slug,
                organisation::name,
                organisation::state,
                membership::role,
                (organisation::class, organisation::services),
            ),
            site_trust::site_id.nullable(),
            papers::PAPER.nullable(),
        ))
        .load(conn)?;
    let held = rows.iter().filter_map(|row| row.5.clone()).map(papers::paper).collect::<Result<Vec<_>, _>>()?;
    let row = rows.into_iter().next();
    let Some((person, name, email, (id, slug, organisation, standing, role, is), trusting, _)) = row else {
        return Ok(None);
    };
    let membership = Membership {
        organisation: OrganisationId::new(id),
        slug: read(Slug::parse(&slug), "organisation", id, "slug")?,
        name: organisation,
        standing: read(Standing::parse(&standing), "organisation", id, "state")?,
        role: read(MemberRole::parse(&role), "membership", id, "role")?,
    };
    let actor = Actor {
        person: PersonId::new(person),
        name,
        email,
        administrator: false,
        memberships: vec![membership],
        posts: Vec::new(),
    };
    Ok(Some((actor, (trusting.is_some(), organisations::profile(id, &is)?), held)))
}

/// One row a membership, with the person repeated.
fn actor_of(rows: Vec<PersonRow>) -> Result<Option<Actor>, StoreError> {
    let mut actor: Option<Actor> = None;
    for (id, name, email, administrator, member) in rows {
        let actor = actor.get_or_insert_with(|| Actor {
            person: PersonId::new(id),
            name,
            email,
            administrator,
            memberships: Vec::new(),
            posts: Vec::new(),
        });
        let (Some(id), Some(slug), Some(name), Some(standing), Some(role)) = member else {
            continue;
        };
        actor.memberships.push(Membership {
            organisation: OrganisationId::new(id),
            slug: read(Slug::parse(&slug), "organisation", id, "slug")?,
            name,
            standing: read(Standing::parse(&standing), "organisation", id, "state")?,
            role: read(MemberRole::parse(&role), "membership", id, "role")?,
        });
    }
    if let Some(actor) = &mut actor {
        actor.memberships.sort_by(|a, b| a.name.cmp(&b.name));
    }
    Ok(actor)
}

/// Loads the person's posts, and counts what waits at the sites that they manage.
fn add_posts(conn: &mut Conn, actor: &mut Actor, now: Instant) -> Result<i64, StoreError> {
    // A donor who has not confirmed yet waits for nobody at the site.
    let waiting = occurrence::table
        .inner_join(facility::table)
        .filter(facility::kind.ne(Kind::BabyBank.code()))
        .filter(occurrence::site_id.eq(site_staff::site_id))
        .filter(occurrence::state.eq(Stage::Requested.code()).and(occurrence::state_until.gt(now.seconds())))
        .select(count(occurrence::booking_id).aggregate_distinct())
        .single_value();
    let rows: Vec<(i64, String, String, String, Option<i64>)> = site_staff::table
        .inner_join(site::table)
        .filter(site_staff::person_id.eq(actor.person.row()))
        .order(site::name)
        .select((site::id, site::slug, site::name, site_staff::role, waiting))
        .load(conn)?;
    let mut total = 0;
    for (id, slug, name, role, waiting) in rows {
        let role = read(StaffRole::parse(&role), "site_staff", id, "role")?;
        if role == StaffRole::Manager {
            total += waiting.unwrap_or_default();
        }
        actor.posts.push(Post {
            site: SiteId::new(id),
            slug: read(Slug::parse(&slug), "site", id, "slug")?,
            name,
            role,
        });
    }
    Ok(total)
}

pub fn touch(conn: &mut Conn, id: SessionId, now: Instant) -> Result<(), StoreError> {
    diesel::update(session::table.find(id.row())).set(session::seen_at.eq(now.seconds())).execute(conn)?;
    Ok(())
}

/// The sessions of a person that are good now, the one used last first.
pub fn of_person(
    conn: &mut Conn,
    id: PersonId,
    idle_since: Instant,
    now: Instant,
) -> Result<Vec<SessionLine>, StoreError> {
    let used = session::seen_at.gt(idle_since.seconds()).or(session::scope.eq(TODAY));
    let rows: Vec<(i64, String, String, String, i64, i64)> = session::table
        .filter(session::person_id.eq(id.row()))
        .filter(session::ends_at.gt(now.seconds()).and(used))
        .order((session::seen_at.desc(), session::id.desc()))
        .select((
            session::id,
            session::token_hash,
            session::scope,
            session::device,
            session::created_at,
            session::seen_at,
        ))
        .load(conn)?;
    let line = |(id, hash, scope, device, created_at, seen_at): (i64, String, String, _, _, _)| SessionLine {
        today_only: scope == TODAY,
        id: SessionId::new(id),
        handle: hash.chars().take(16).collect(),
        device,
        created_at: Instant::from_seconds(created_at),
        seen_at: Instant::from_seconds(seen_at),
    };
    Ok(rows.into_iter().map(line).collect())
}

pub fn end(conn: &mut Conn, id: SessionId) -> Result<(), StoreError> {
    diesel::delete(session::table.find(id.row())).execute(conn)?;
    Ok(())
}

/// Ends all of a person's sessions but `keep`, and says how many those were.
pub fn end_all(conn: &mut Conn, id: PersonId, keep: Option<SessionId>) -> Result<usize, StoreError> {
    let kept = keep.map_or(0, |session| session.row());
    let ended = diesel::delete(session::table.filter(session::person_id.eq(id.row()).and(session::id.ne(kept))))
        .execute(conn)?;
    Ok(ended)
}

/// Removes sessions that have ended.
pub fn purge(conn: &mut Conn, now: Instant) -> Result<usize, StoreError> {
    let gone = diesel::delete(session::table.filter(session::ends_at.le(now.seconds()))).execute(conn)?;
    Ok(gone)
}
