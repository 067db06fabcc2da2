//! The use cases of statements: a month as far as somebody may see it, whether anybody came, and what an organisation offers.

use crate::allocation::{self, Circumstances};
use crate::domain::attendance::CORRECTED_DAYS;
use crate::domain::history::EventKind;
use crate::domain::ids::{Reference, SiteId, Slug};
use crate::domain::organisation::Organisation;
use crate::domain::policy::{Actor, StaffRole};
use crate::domain::services::ServiceSet;
use crate::domain::span::Instant;
use crate::domain::statement::{Counted, Month, Outcome, Totals};
use crate::mail::Mailer;
use crate::store::events::{self, NewEvent};
use crate::store::statement::{self, Of};
use crate::store::{Conn, Db, StoreError, organisations};

pub use crate::allocation::NoShowAnswer;
pub use crate::store::statement::Line;

/// One session with how it counts.
#[derive(Debug)]
pub struct Session {
    pub line: Line,
    pub counted: Counted,
    /// Whether this person may still note if anybody came.
    pub may_note: bool,
}

/// The sessions at one site with their sums.
#[derive(Debug)]
pub struct SitePart {
    pub name: String,
    pub slug: Slug,
    pub sessions: Vec<Session>,
    pub totals: Totals,
}

/// A month of an organisation.
#[derive(Debug)]
pub struct Statement {
    pub organisation: Organisation,
    pub sites: Vec<SitePart>,
    pub totals: Totals,
    /// Whether it is only of the sites that this person manages.
    pub is_part: bool,
}

/// Of which sites somebody sees an organisation's statement: `None` for nobody's business, `Some(None)` for all.
fn seen_sites(actor: &Actor, organisation: &Organisation) -> Option<Option<Vec<SiteId>>> {
    if actor.coordinates(organisation.id) {
        return Some(None);
    }
    let managed = actor.posts.iter().filter(|post| post.role == StaffRole::Manager);
    let sites: Vec<SiteId> = managed.map(|post| post.site).collect();
    (!sites.is_empty()).then_some(Some(sites))
}

/// A month, for those who may see it: its coordinators and administrators all of it, the managers of a site their part.
pub async fn month(
    db: &Db,
    actor: Actor,
    slug: Slug,
    month: Month,
    now: Instant,
) -> Result<Option<Statement>, StoreError> {
    db.read(move |conn| {
        let found = organisations::by_slug(conn, &slug)?;
        let Some((organisation, sites)) = found.and_then(|one| seen_sites(&actor, &one).map(|sites| (one, sites)))
        else {
            return Ok(None);
        };
        let lines = statement::lines(conn, Of::Organisation(organisation.id, sites.as_deref(), month))?;
        let (parts, totals) = by_site(lines, &actor, now);
        Ok(Some(Statement { organisation, sites: parts, totals, is_part: sites.is_some() }))
    })
    .await
}

/// The sessions that count, in parts by their sites; lines come in that order.
fn by_site(lines: Vec<Line>, actor: &Actor, now: Instant) -> (Vec<SitePart>, Totals) {
    let mut parts: Vec<SitePart> = Vec::new();
    for line in lines {
        let over = line.session.end() <= now;
        let Some(outcome) = Outcome::of(line.stage, line.late, line.absent, over) else {
            continue;
        };
        let counted = Counted { minutes: line.session.minutes(), outcome, price: line.price };
        let fresh = matches!(outcome, Outcome::Held | Outcome::Absent);
        let may_note = fresh && actor.manages(line.site) && now < line.session.end().plus_days(CORRECTED_DAYS);
        if parts.last().is_none_or(|part| part.slug != line.site_slug) {
            let (name, slug) = (line.site_name.clone(), line.site_slug.clone());
            parts.push(SitePart { name, slug, sessions: Vec::new(), totals: Totals::default() });
        }
        if let Some(part) = parts.last_mut() {
            part.totals.add(&counted, line.charging);
            part.sessions.push(Session { line, counted, may_note });
        }
    }
    let totals = parts.iter().fold(Totals::default(), |all, part| all.and(part.totals));
    (parts, totals)
}

/// Notes whether anybody came to a date.
pub async fn note_absent(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Actor,
    (organisation, reference, ordinal): (Slug, Reference, i32),
    absent: bool,
) -> Result<NoShowAnswer, StoreError> {
    db.write(move |conn| {
        let of = allocation::Case::by_reference(conn, &reference)?;
        let own = of.is_some_and(|case| {
            let whose = case.booking.holder.organisation().is_some_and(|one| one.slug == organisation);
            whose && actor.manages(case.site.id)
        });
        if !own {
            return Ok(NoShowAnswer::NotFound);
        }
        let circumstances = Circumstances { now, chance: crate::chance::Chance, mailer: &mailer };
        allocation::note_no_show(conn, circumstances, &actor, (&reference, ordinal), !absent)
    })
    .await
}

/// An organisation, for those who say what it offers.
pub async fn coordinated(db: &Db, actor: Actor, slug: Slug) -> Result<Option<Organisation>, StoreError> {
    db.read(move |conn| own(conn, &actor, &slug)).await
}

fn own(conn: &mut Conn, actor: &Actor, slug: &Slug) -> Result<Option<Organisation>, StoreError> {
    Ok(organisations::by_slug(conn, slug)?.filter(|one| actor.coordinates(one.id)))
}

/// Writes what an organisation offers; false when it is not there or not for this person.
pub async fn set_services(
    db: &Db,
    actor: Actor,
    slug: Slug,
    services: ServiceSet,
    now: Instant,
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(organisation) = own(conn, &actor, &slug)? else {
            return Ok(false);
        };
        if organisation.services != services {
            organisations::set_services(conn, organisation.id, services)?;
            let organisation = Some(organisation.id);
            let kind = EventKind::ServicesChanged;
            events::insert(conn, &NewEvent { organisation, ..NewEvent::new(kind, Some(actor.person)) }, now)?;
        }
        Ok(true)
    })
    .await
}
