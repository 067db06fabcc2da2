//! The use cases of reading what was told in confidence. Nobody gets the words but in the transaction that writes down who reads them.

use crate::domain::concern::{ConcernAct, ConcernFacts, ConcernLine, ConcernText, Readers};
use crate::domain::ids::{Reference, Slug};
use crate::domain::places::Site;
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::store::{Conn, Db, StoreError, concerns, engine, sites};

/// So many are listed.
pub const MOST: i64 = 200;

/// The site for somebody who reads there, and whether anybody is named to.
fn readable(conn: &mut Conn, actor: &Actor, slug: &Slug) -> Result<Option<(Site, bool)>, StoreError> {
    let Some(site) = sites::by_slug(conn, slug)? else {
        return Ok(None);
    };
    let readers = concerns::readers(conn, site.id)?;
    let named = readers != Readers::Managers;
    Ok(readers.include(actor, site.id).then_some((site, named)))
}

/// The list without what was told.
pub struct ListView {
    pub site: Site,
    /// Somebody is named as lead.
    pub named: bool,
    pub concerns: Vec<ConcernFacts>,
}

pub async fn list(db: &Db, actor: Actor, slug: Slug) -> Result<Option<ListView>, StoreError> {
    db.read(move |conn| {
        let Some((site, named)) = readable(conn, &actor, &slug)? else {
            return Ok(None);
        };
        let concerns = concerns::of_site(conn, site.id, MOST)?;
        Ok(Some(ListView { site, named, concerns }))
    })
    .await
}

/// One concern with who did what; what was told only for whoever is reading it now.
pub struct ConcernView {
    pub site: Site,
    pub facts: ConcernFacts,
    pub lines: Vec<ConcernLine>,
    pub text: Option<ConcernText>,
}

fn one(
    conn: &mut Conn,
    actor: &Actor,
    (slug, reference): (&Slug, &Reference),
) -> Result<Option<(Site, ConcernFacts)>, StoreError> {
    let Some((site, _)) = readable(conn, actor, slug)? else {
        return Ok(None);
    };
    let facts = concerns::by_reference(conn, reference)?.filter(|facts| facts.site == site.id);
    Ok(facts.map(|facts| (site, facts)))
}

/// The page before it is read.
pub async fn cover(db: &Db, actor: Actor, which: (Slug, Reference)) -> Result<Option<ConcernView>, StoreError> {
    db.read(move |conn| {
        let Some((site, facts)) = one(conn, &actor, (&which.0, &which.1))? else {
            return Ok(None);
        };
        let lines = concerns::lines(conn, facts.id)?;
        Ok(Some(ConcernView { site, facts, lines, text: None }))
    })
    .await
}

/// Gives the words, having written down who reads them and when.
pub async fn read(
    db: &Db,
    actor: Actor,
    which: (Slug, Reference),
    now: Instant,
) -> Result<Option<ConcernView>, StoreError> {
    db.write(move |conn| {
        let Some((site, facts)) = one(conn, &actor, (&which.0, &which.1))? else {
            return Ok(None);
        };
        concerns::add_line(conn, facts.id, (ConcernAct::Read, actor.person), "", now)?;
        let (text, lines) = (concerns::text(conn, facts.id)?, concerns::lines(conn, facts.id)?);
        Ok(Some(ConcernView { site, facts, lines, text }))
    })
    .await
}

/// What became of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acted {
    Done,
    NotFound,
    /// Somebody else did so first.
    Stale,
}

/// Adds a note, closes, or opens again.
pub async fn act(
    db: &Db,
    actor: Actor,
    which: (Slug, Reference),
    (act, note): (ConcernAct, String),
    now: Instant,
) -> Result<Acted, StoreError> {
    db.write(move |conn| {
        let Some((site, facts)) = one(conn, &actor, (&which.0, &which.1))? else {
            return Ok(Acted::NotFound);
        };
        engine::lock(conn, site.id, None)?;
        let done = match act {
            ConcernAct::Closed => concerns::set_closed(conn, facts.id, Some(now))?,
            ConcernAct::Reopened => concerns::set_closed(conn, facts.id, None)?,
            ConcernAct::Read | ConcernAct::Noted => true,
        };
        if !done {
            return Ok(Acted::Stale);
        }
        concerns::add_line(conn, facts.id, (act, actor.person), &note, now)?;
        Ok(Acted::Done)
    })
    .await
}
