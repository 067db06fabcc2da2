//! The use cases of terms: read them in all versions, write a new one. Not how they look.

use crate::domain::history::EventKind;
use crate::domain::ids::Slug;
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::store::events::{self, NewEvent};
use crate::store::facilities::Filter;
use crate::store::{Conn, Db, StoreError, engine, facilities, sites, terms};

pub use crate::store::terms::Version;

/// A site with its terms, the newest first, and its facilities.
#[derive(Debug)]
pub struct Terms {
    pub site: Site,
    pub versions: Vec<Version>,
    pub facilities: Vec<Facility>,
}

impl Terms {
    /// The versions of the site's own terms, or of one facility's, the newest first.
    pub fn of<'a>(&'a self, facility: Option<&'a Facility>) -> impl Iterator<Item = &'a Version> {
        self.versions.iter().filter(move |one| one.facility == facility.map(|facility| facility.id))
    }
}

fn load(conn: &mut Conn, slug: &Slug) -> Result<Option<Terms>, StoreError> {
    let Some(site) = sites::by_slug(conn, slug)? else {
        return Ok(None);
    };
    let versions = terms::at_site(conn, site.id)?;
    let filter = Filter { site: Some(slug), ..Filter::default() };
    let facilities = facilities::with_sites(conn, &filter)?.into_iter().map(|(_, facility)| facility).collect();
    Ok(Some(Terms { site, versions, facilities }))
}

/// What everybody may read; `None` where there is no such site, or it never had terms.
pub async fn public(db: &Db, slug: Slug) -> Result<Option<Terms>, StoreError> {
    let found = db.read(move |conn| load(conn, &slug)).await?;
    Ok(found.filter(|terms| !terms.versions.is_empty()).map(|mut terms| {
        terms.facilities.retain(|facility| facility.listed);
        terms
    }))
}

/// What a manager of the site writes.
pub async fn managed(db: &Db, actor: Actor, slug: Slug) -> Result<Option<Terms>, StoreError> {
    let found = db.read(move |conn| load(conn, &slug)).await?;
    Ok(found.filter(|terms| actor.manages(terms.site.id)))
}

/// What became of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    Done,
    /// The text is the one that holds already.
    Same,
    NotFound,
}

/// Writes a new version for the site, or for the facility of that slug.
pub async fn publish(
    db: &Db,
    actor: Actor,
    (slug, facility): (Slug, Option<Slug>),
    body: String,
    now: Instant,
) -> Result<Published, StoreError> {
    db.write(move |conn| {
        let Some(known) = load(conn, &slug)?.filter(|terms| actor.manages(terms.site.id)) else {
            return Ok(Published::NotFound);
        };
        engine::lock(conn, known.site.id, None)?;
        let Some(known) = load(conn, &slug)? else {
            return Ok(Published::NotFound);
        };
        let of = match &facility {
            None => None,
            Some(slug) => match known.facilities.iter().find(|one| one.slug == *slug) {
                Some(found) => Some(found),
                None => return Ok(Published::NotFound),
            },
        };
        let holds = known.of(of).next().map_or("", |version| version.body.as_str());
        if holds == body {
            return Ok(Published::Same);
        }
        let of = of.map(|one| one.id);
        terms::publish(conn, (known.site.id, of), &body, Some(actor.person), now)?;
        let line = NewEvent {
            site: Some(known.site.id),
            facility: of,
            ..NewEvent::new(EventKind::TermsChanged, Some(actor.person))
        };
        events::insert(conn, &line, now)?;
        sites::mark_changed(conn, known.site.id)?;
        Ok(Published::Done)
    })
    .await
}
