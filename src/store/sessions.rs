//! Sessions, and the person behind one with everything that rights follow from, in two queries. Not the cookie.

use diesel::dsl::count;
use diesel::prelude::*;

use super::error::read;
use super::schema::{
    document, facility, membership, occurrence, organisation, person, session, setting, site, site_staff, site_trust,
};
use super::schema_accounts::second_factor;
use super::settings::ADMINISTRATORS_SECOND_STEP;
use super::{Conn, StoreError, devices, organisations, papers};
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
    pub second_step: SecondStep,
}

/// Whether somebody has a second step, and who wants one of them. Until they have one they manage nothing where it is wanted:
/// the actor is a receptionist there, and no administrator.
#[derive(Debug, Clone, Default)]
pub struct SecondStep {
    pub on: bool,
    /// The sites that they would manage, by address and name.
    pub wanted_at: Vec<(Slug, String)>,
    /// They would be an administrator.
    pub wanted_of_administrator: bool,
}

impl SecondStep {
    pub fn is_wanted(&self) -> bool {
        self.wanted_of_administrator || !self.wanted_at.is_empty()
    }
}

/// The scopes of a sign-in that waits for its code, after a password and after a mailed link. They open nothing.
pub const HALVES: [&str; 2] = ["half_password", "half_link"];
/// And end after so many minutes.
pub const HALF_MINUTES: i64 = 10;

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
    /// Opens the session for a person, and ends the one before it in the same browser; true when they never signed in from such a
    /// device but did from others.
    pub fn open_for(&self, conn: &mut Conn, person: PersonId, now: Instant) -> Result<bool, StoreError> {
        if let Some(before) = self.replaces {
            end(conn, before)?;
        }
        let Self { token_hash, scope, device, ends_at, .. } = self;
        open(conn, &NewSession { token_hash, person, scope, device, ends_at: *ends_at }, now)?;
        devices::note(conn, person, device, now)
    }

    /// Opens what waits for the person's code, and nothing else.
    pub fn open_half(&self, conn: &mut Conn, person: PersonId, by_link: bool, now: Instant) -> Result<(), StoreError> {
        let (Self { token_hash, device, .. }, [after_password, after_link]) = (self, HALVES);
        let (scope, ends_at) = (if by_link { after_link } else { after_password }, now.plus_minutes(HALF_MINUTES));
        open(conn, &NewSession { token_hash, person, scope, device, ends_at }, now)
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

type MemberRow = (Option<i64>, Option<String>, Option<String>, Option<String>, Option<String>, Option<bool>);
/// Row, name, address, whether an administrator, the second step's beginning and whether administrators must have one, a membership.
type PersonRow = (i64, String, String, (bool, Option<i64>, Option<String>), MemberRow);

/// Whether administrators must use a second step, asked with whatever else is asked.
macro_rules! wanted_of_administrators {
    () => {
        setting::table.filter(setting::name.eq(ADMINISTRATORS_SECOND_STEP)).select(setting::value).single_value()
    };
}

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
        .left_join(second_factor::table.on(second_factor::person_id.eq(person::id)))
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
                (person::is_administrator, second_factor::confirmed_at.nullable(), wanted_of_administrators!()),
                (
                    organisation::id.nullable(),
                    organisation::slug.nullable(),
                    organisation::name.nullable(),
                    organisation::state.nullable(),
                    membership::role.nullable(),
                    organisation::volunteers_see_all.nullable(),
                ),
            ),
        ))
        .load(conn)?;
    let Some((id, scope, seen_at, _)) = rows.first().cloned() else {
        return Ok(None);
    };
    let Some((mut actor, mut second_step)) = actor_of(rows.into_iter().map(|(_, _, _, person)| person).collect())?
    else {
        return Ok(None);
    };
    let waiting = add_posts(conn, &mut actor, &mut second_step, now)?;
    let (session, seen_at) = (SessionId::new(id), Instant::from_seconds(seen_at));
    Ok(Some(SignedIn { session, scope, seen_at, actor, waiting, second_step }))
}

/// The actor for a person without a session: the command line, chores and tests.
pub fn actor(conn: &mut Conn, id: PersonId, now: Instant) -> Result<Option<Actor>, StoreError> {
    let rows: Vec<PersonRow> = person::table
        .left_join(membership::table)
        .left_join(organisation::table.on(membership::organisation_id.nullable().eq(organisation::id.nullable())))
        .left_join(second_factor::table.on(second_factor::person_id.eq(person::id)))
        .filter(person::id.eq(id.row()))
        .select((
            person::id,
            person::name,
            person::email,
            (person::is_administrator, second_factor::confirmed_at.nullable(), wanted_of_administrators!()),
            (
                organisation::id.nullable(),
                organisation::slug.nullable(),
                organisation::name.nullable(),
                organisation::state.nullable(),
                membership::role.nullable(),
                organisation::volunteers_see_all.nullable(),
            ),
        ))
        .load(conn)?;
    let Some((mut actor, mut second_step)) = actor_of(rows)? else {
        return Ok(None);
    };
    add_posts(conn, &mut actor, &mut second_step, now)?;
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
        widened: false,
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
fn actor_of(rows: Vec<PersonRow>) -> Result<Option<(Actor, SecondStep)>, StoreError> {
    let mut actor: Option<Actor> = None;
    let mut step = SecondStep::default();
    for (id, name, email, (administrator, since, wanted), member) in rows {
        step.on = since.is_some();
        step.wanted_of_administrator = administrator && !step.on && wanted.as_deref() == Some("yes");
        let administrator = administrator && !step.wanted_of_administrator;
        let actor = actor.get_or_insert_with(|| Actor {
            person: PersonId::new(id),
            name,
            email,
            administrator,
            memberships: Vec::new(),
            posts: Vec::new(),
        });
        let (Some(id), Some(slug), Some(name), Some(standing), Some(role), widened) = member else {
            continue;
        };
        actor.memberships.push(Membership {
            organisation: OrganisationId::new(id),
            slug: read(Slug::parse(&slug), "organisation", id, "slug")?,
            name,
            standing: read(Standing::parse(&standing), "organisation", id, "state")?,
            role: read(MemberRole::parse(&role), "membership", id, "role")?,
            widened: widened.unwrap_or_default(),
        });
    }
    if let Some(actor) = &mut actor {
        actor.memberships.sort_by(|a, b| a.name.cmp(&b.name));
    }
    Ok(actor.map(|actor| (actor, step)))
}

/// Loads the person's posts, and counts what waits at the sites that they manage.
/// Where a site wants a second step of its managers, somebody without one is a receptionist.
fn add_posts(conn: &mut Conn, actor: &mut Actor, step: &mut SecondStep, now: Instant) -> Result<i64, StoreError> {
    // A donor who has not confirmed yet waits for nobody at the site.
    let waiting = occurrence::table
        .inner_join(facility::table)
        .filter(facility::kind.ne(Kind::BabyBank.code()))
        .filter(occurrence::site_id.eq(site_staff::site_id))
        .filter(occurrence::state.eq(Stage::Requested.code()).and(occurrence::state_until.gt(now.seconds())))
        .select(count(occurrence::booking_id).aggregate_distinct())
        .single_value();
    let rows: Vec<(i64, String, String, String, bool, Option<i64>)> = site_staff::table
        .inner_join(site::table)
        .filter(site_staff::person_id.eq(actor.person.row()))
        .order(site::name)
        .select((site::id, site::slug, site::name, site_staff::role, site::second_step, waiting))
        .load(conn)?;
    let mut total = 0;
    for (id, slug, name, role, wants_step, waiting) in rows {
        let mut role = read(StaffRole::parse(&role), "site_staff", id, "role")?;
        let slug = read(Slug::parse(&slug), "site", id, "slug")?;
        if role == StaffRole::Manager && wants_step && !step.on {
            role = StaffRole::Receptionist;
            step.wanted_at.push((slug.clone(), name.clone()));
        }
        if role == StaffRole::Manager {
            total += waiting.unwrap_or_default();
        }
        actor.posts.push(Post { site: SiteId::new(id), slug, name, role });
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
        .filter(session::person_id.eq(id.row()).and(session::scope.ne_all(HALVES)))
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
