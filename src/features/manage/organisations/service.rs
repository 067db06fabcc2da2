//! Deciding about organisations, and which sites trust them. A decision that somebody else was faster with changes nothing.

use crate::allocation::Circumstances;
use crate::domain::history::EventKind;
use crate::domain::ids::{OrganisationId, SiteId, Slug};
use crate::domain::organisation::{Decision, Organisation, Standing};
use crate::domain::policy::{Actor, MemberRole, StaffRole};
use crate::error::Error;
use crate::mail::accounts::Recipient;
use crate::store::events::{self, NewEvent};
use crate::store::organisations::{self, Application, Member};
use crate::store::{Conn, StoreError, sites};
use crate::web::state::State;

/// One line of the list.
#[derive(Debug)]
pub struct Line {
    pub organisation: Organisation,
    /// How many of the actor's sites trust it.
    pub trusted_at: usize,
}

/// A site where the actor says whom it trusts.
#[derive(Debug, Clone)]
pub struct OwnSite {
    pub site: SiteId,
    pub slug: Slug,
    pub name: String,
}

/// An organisation with what there is to decide on.
#[derive(Debug)]
pub struct Whole {
    pub organisation: Organisation,
    pub application: Option<Application>,
    pub coordinators: Vec<Member>,
    pub same_number: Vec<(Slug, String)>,
    /// The actor's sites, and whether each trusts it.
    pub sites: Vec<(OwnSite, bool)>,
}

/// All organisations for administrators, the approved ones for managers.
pub async fn list(state: &State, actor: Actor) -> Result<(Vec<Line>, usize), Error> {
    let found = state.db.read(move |conn| {
        let sites = own_sites(conn, &actor)?;
        let ids: Vec<SiteId> = sites.iter().map(|one| one.site).collect();
        let trust = organisations::trust_at(conn, &ids)?;
        let seen = organisations::all(conn)?.into_iter().filter(|one| sees(&actor, one));
        let line = |organisation: Organisation| {
            let trusted_at = trust.iter().filter(|(id, _)| *id == organisation.id).count();
            Line { organisation, trusted_at }
        };
        Ok((seen.map(line).collect(), sites.len()))
    });
    Ok(found.await?)
}

/// Managers look after organisations that may book; who may is for administrators.
fn sees(actor: &Actor, organisation: &Organisation) -> bool {
    actor.administrator || (actor.is_manager() && organisation.standing == Standing::Approved)
}

fn own_sites(conn: &mut Conn, actor: &Actor) -> Result<Vec<OwnSite>, StoreError> {
    if actor.administrator {
        let all = sites::all(conn)?.into_iter();
        return Ok(all.map(|one| OwnSite { site: one.id, slug: one.slug, name: one.name }).collect());
    }
    let managed = actor.posts.iter().filter(|post| post.role == StaffRole::Manager);
    let own = |post: &crate::domain::policy::Post| OwnSite {
        site: post.site,
        slug: post.slug.clone(),
        name: post.name.clone(),
    };
    Ok(managed.map(own).collect())
}

pub async fn whole(state: &State, actor: Actor, slug: Slug) -> Result<Option<Whole>, Error> {
    let found = state.db.read(move |conn| {
        let Some(organisation) = organisations::by_slug(conn, &slug)?.filter(|one| sees(&actor, one)) else {
            return Ok(None);
        };
        let trusting = organisations::trusted_by(conn, organisation.id)?;
        let is_trusting = |one: &OwnSite| trusting.iter().any(|other| other.site == one.site);
        let sites = own_sites(conn, &actor)?.into_iter().map(|one| (one.clone(), is_trusting(&one)));
        Ok(Some(Whole {
            sites: sites.collect(),
            application: organisations::application(conn, organisation.id)?,
            coordinators: coordinators(conn, organisation.id)?,
            same_number: organisations::with_same_number(conn, &organisation)?,
            organisation,
        }))
    });
    Ok(found.await?)
}

fn coordinators(conn: &mut Conn, id: OrganisationId) -> Result<Vec<Member>, StoreError> {
    let mut members = organisations::members(conn, id)?;
    members.retain(|one| one.role == MemberRole::Coordinator);
    Ok(members)
}

/// What became of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    Done,
    NoSuchOrganisation,
    /// It does not stand (any more) where the administrator saw it; here is where it stands.
    Stale(Standing),
}

/// Decides about an organisation that the administrator saw standing at `seen`.
pub async fn decide(
    state: &State,
    actor: Actor,
    slug: Slug,
    (decision, seen): (Decision, Standing),
    reason: String,
) -> Result<Decided, Error> {
    let shared = state.clone();
    let decided = state.db.write(move |conn| {
        let Some(organisation) = organisations::by_slug(conn, &slug)?.filter(|_| actor.administrator) else {
            return Ok(Decided::NoSuchOrganisation);
        };
        let Some(to) = decision.leads_to(seen).filter(|_| organisation.standing == seen) else {
            return Ok(Decided::Stale(organisation.standing));
        };
        let circumstances = shared.circumstances();
        let (by, now) = (actor.person, circumstances.now);
        if !organisations::set_standing(conn, organisation.id, (seen, to), by, &reason, now)? {
            let newer = organisations::by_id(conn, organisation.id)?;
            return Ok(Decided::Stale(newer.map_or(seen, |one| one.standing)));
        }
        let event = NewEvent { organisation: Some(organisation.id), ..NewEvent::new(event_of(decision), Some(by)) };
        events::insert(conn, &event, now)?;
        tell_coordinators(conn, circumstances, (decision, &organisation), &reason)?;
        Ok(Decided::Done)
    });
    Ok(decided.await?)
}

fn event_of(decision: Decision) -> EventKind {
    match decision {
        Decision::Approve => EventKind::OrganisationApproved,
        Decision::Decline => EventKind::OrganisationDeclined,
        Decision::Suspend => EventKind::OrganisationSuspended,
        Decision::Reinstate => EventKind::OrganisationReinstated,
    }
}

fn tell_coordinators(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (decision, organisation): (Decision, &Organisation),
    reason: &str,
) -> Result<(), StoreError> {
    for one in coordinators(conn, organisation.id)? {
        let to = Recipient { name: &one.name, email: &one.email };
        let mail = match decision {
            Decision::Approve => Some(circumstances.mailer.organisation_approved(&to, organisation)),
            Decision::Decline => Some(circumstances.mailer.organisation_declined(&to, organisation, reason)),
            Decision::Suspend | Decision::Reinstate => None,
        };
        circumstances.post(conn, mail)?;
    }
    Ok(())
}

/// Sets which of the actor's sites trust an organisation: those named and no others of theirs. False when there is no
/// such organisation for this actor, or one of the sites is not theirs.
pub async fn set_trust(state: &State, actor: Actor, slug: Slug, wanted: Vec<Slug>) -> Result<bool, Error> {
    let now = state.clock.now();
    let done = state.db.write(move |conn| {
        let found = organisations::by_slug(conn, &slug)?;
        let may = |one: &Organisation| sees(&actor, one) && one.standing == Standing::Approved;
        let Some(organisation) = found.filter(may) else {
            return Ok(false);
        };
        let own = own_sites(conn, &actor)?;
        if !wanted.iter().all(|slug| own.iter().any(|site| site.slug == *slug)) {
            return Ok(false);
        }
        let trusting = organisations::trusted_by(conn, organisation.id)?;
        for site in own {
            let (was, is) = (trusting.iter().any(|one| one.site == site.site), wanted.contains(&site.slug));
            if was == is {
                continue;
            }
            organisations::set_trust(conn, organisation.id, site.site, is, now)?;
            let kind = if is { EventKind::OrganisationTrusted } else { EventKind::TrustEnded };
            let (site, organisation) = (Some(site.site), Some(organisation.id));
            events::insert(conn, &NewEvent { site, organisation, ..NewEvent::new(kind, Some(actor.person)) }, now)?;
        }
        Ok(true)
    });
    Ok(done.await?)
}
