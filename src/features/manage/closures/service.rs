//! The use cases of closures: those to come, closing for a time, opening again.

use crate::allocation::{self, BlockDraft, Circumstances};
use crate::chance;
use crate::domain::ids::{Reference, Slug};
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::domain::span::{Instant, Span};
use crate::mail::Mailer;
use crate::store::blocks::{self, Block};
use crate::store::facilities::{self, Filter};
use crate::store::{Db, StoreError, bookings, sites};

pub use crate::allocation::{BlockAnswer, Case};

/// A site with its spaces and the closures that have not ended, soonest first.
#[derive(Debug)]
pub struct ClosuresView {
    pub site: Site,
    pub facilities: Vec<Facility>,
    pub coming: Vec<Closure>,
}

/// A closure, and what names it in a form.
#[derive(Debug)]
pub struct Closure {
    pub key: String,
    pub block: Block,
}

impl Closure {
    fn new(block: Block) -> Self {
        let (from, to) = (block.span.start().seconds(), block.span.end().seconds());
        let what = format!("{from}|{to}|{}|{}", block.reason, block.facilities.join("|"));
        Self { key: chance::hash(&what).chars().take(16).collect(), block }
    }
}

/// The closures of a site; `None` when it is not there or not for this manager.
pub async fn closures(db: &Db, actor: Actor, slug: Slug, now: Instant) -> Result<Option<ClosuresView>, StoreError> {
    db.read(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)?.filter(|site| actor.manages(site.id)) else {
            return Ok(None);
        };
        let all = facilities::with_sites(conn, &Filter { site: Some(&slug), ..Filter::default() })?;
        Ok(Some(ClosuresView {
            coming: blocks::coming(conn, site.id, now)?.into_iter().map(Closure::new).collect(),
            facilities: all.into_iter().map(|(_, facility)| facility).collect(),
            site,
        }))
    })
    .await
}

/// What is to be closed, as a form says it.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Empty for the whole site.
    pub facilities: Vec<Slug>,
    pub span: Span,
    pub reason: String,
    /// The bookings in the way that the manager has seen.
    pub seen: Vec<Reference>,
}

/// Closes for a time. What is in the way and was not seen stops it.
pub async fn close(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Actor,
    site: Slug,
    wanted: Wanted,
) -> Result<BlockAnswer, StoreError> {
    db.write(move |conn| {
        let mut seen = Vec::new();
        for reference in &wanted.seen {
            seen.extend(bookings::by_reference(conn, reference)?.map(|booking| booking.id));
        }
        let draft = BlockDraft {
            site: site.clone(),
            facilities: wanted.facilities.clone(),
            span: wanted.span,
            reason: wanted.reason.clone(),
            seen,
        };
        let circumstances = Circumstances { now, chance: chance::Chance, mailer: &mailer };
        allocation::block(conn, circumstances, &actor, &draft)
    })
    .await
}

/// Opens again what a closure closed; false when there is none of that key to come.
pub async fn open(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Actor,
    slug: Slug,
    key: String,
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)?.filter(|site| actor.manages(site.id)) else {
            return Ok(false);
        };
        let coming = blocks::coming(conn, site.id, now)?.into_iter().map(Closure::new);
        let Some(closure) = coming.into_iter().find(|closure| closure.key == key) else {
            return Ok(false);
        };
        let circumstances = Circumstances { now, chance: chance::Chance, mailer: &mailer };
        allocation::lift(conn, circumstances, &actor, &slug, closure.block.id)
    })
    .await
}
