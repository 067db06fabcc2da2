//! The use cases of waiting lists: looking, taking an offer, leaving, and a site's order of priority.

use crate::allocation::{self, Circumstances};
use crate::chance::Chance;
use crate::domain::history::EventKind;
use crate::domain::ids::{OrganisationId, Reference, Slug};
use crate::domain::organisation::Class;
use crate::domain::places::Site;
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::enquiry;
use crate::mail::Mailer;
use crate::store::events::{self, NewEvent};
use crate::store::{Db, StoreError, engine, sites, waiting};

pub use crate::allocation::{LeaveAnswer, TakeAnswer};
pub use crate::enquiry::waiting::Queued;

/// What the organisations that this person books for wait for, soonest first.
pub async fn own(db: &Db, actor: &Actor, now: Instant) -> Result<Vec<Queued>, StoreError> {
    let all = actor.memberships.iter().map(|member| member.organisation);
    let own: Vec<OrganisationId> = all.filter(|organisation| actor.sees_bookings_of(*organisation)).collect();
    db.read(move |conn| enquiry::waiting::own(conn, &own, now)).await
}

/// One entry; `None` when it is not there or not for this person.
pub async fn one(db: &Db, actor: Actor, reference: Reference, now: Instant) -> Result<Option<Queued>, StoreError> {
    let found = db.read(move |conn| enquiry::waiting::one(conn, &reference, now)).await?;
    Ok(found.filter(|one| actor.sees_bookings_of(one.entry.organisation.id)))
}

/// Takes what is offered.
pub async fn take(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Actor,
    reference: Reference,
) -> Result<TakeAnswer, StoreError> {
    db.write(move |conn| {
        let circumstances = Circumstances { now, chance: Chance, mailer: &mailer };
        allocation::take(conn, circumstances, &actor, &reference)
    })
    .await
}

/// Says no to an offer, or leaves a list.
pub async fn leave(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Actor,
    reference: Reference,
) -> Result<LeaveAnswer, StoreError> {
    db.write(move |conn| {
        let circumstances = Circumstances { now, chance: Chance, mailer: &mailer };
        allocation::leave(conn, circumstances, &actor, &reference)
    })
    .await
}

/// A site's queues, and which classes come first in them.
#[derive(Debug)]
pub struct SiteView {
    pub site: Site,
    pub queue: Vec<Queued>,
    pub priorities: Vec<Class>,
}

/// The queues of a site; `None` when it is not there or not for this manager.
pub async fn of_site(db: &Db, actor: Actor, slug: Slug, now: Instant) -> Result<Option<SiteView>, StoreError> {
    db.read(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)?.filter(|site| actor.manages(site.id)) else {
            return Ok(None);
        };
        let (queue, priorities) = enquiry::waiting::of_site(conn, site.id, now)?;
        Ok(Some(SiteView { site, queue, priorities }))
    })
    .await
}

/// Sets which classes come first; false when the site is not there or not for this manager.
pub async fn set_priorities(
    db: &Db,
    actor: Actor,
    slug: Slug,
    classes: Vec<Class>,
    now: Instant,
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)?.filter(|site| actor.manages(site.id)) else {
            return Ok(false);
        };
        engine::lock(conn, site.id, None)?;
        waiting::set_priorities(conn, site.id, &classes)?;
        let event = NewEvent { site: Some(site.id), ..NewEvent::new(EventKind::SiteChanged, Some(actor.person)) };
        events::insert(conn, &event, now)?;
        sites::mark_changed(conn, site.id)?;
        Ok(true)
    })
    .await
}
