//! The use cases of a site's screens: listing, making, ending. Only for those who manage it.

use crate::chance::{Token, hash};
use crate::domain::door::{Door, MOST_DOORS};
use crate::domain::history::EventKind;
use crate::domain::ids::{DoorId, Slug};
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::store::events::{self, NewEvent};
use crate::store::facilities::{self, Filter};
use crate::store::{Conn, Db, StoreError, doors, engine, sites};

/// The screens of a site, and the spaces that can have one.
#[derive(Debug)]
pub struct Doors {
    pub site: Site,
    pub facilities: Vec<Facility>,
    pub doors: Vec<Door>,
}

/// `None` when there is no such site, or this person does not manage it.
pub async fn all(db: &Db, actor: Actor, slug: Slug) -> Result<Option<Doors>, StoreError> {
    db.read(move |conn| {
        let Some(site) = managed(conn, &actor, &slug)? else {
            return Ok(None);
        };
        let places = facilities::with_sites(conn, &Filter { site: Some(&slug), ..Filter::default() })?;
        let facilities = places.into_iter().map(|(_, one)| one).filter(|one| one.kind.entry().by_the_hour).collect();
        Ok(Some(Doors { doors: doors::of_site(conn, site.id)?, site, facilities }))
    })
    .await
}

fn managed(conn: &mut Conn, actor: &Actor, slug: &Slug) -> Result<Option<Site>, StoreError> {
    Ok(sites::by_slug(conn, slug)?.filter(|site| actor.manages(site.id)))
}

/// What names a screen in a form.
pub fn door_key(id: DoorId) -> String {
    hash(&format!("door {}", id.row())).chars().take(16).collect()
}

/// What became of making one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MakeAnswer {
    Made,
    /// There is no such space here.
    NoSpace,
    TooMany,
    NotFound,
}

/// Makes a screen under a token that the caller drew.
pub async fn make(
    db: &Db,
    (actor, site): (Actor, Slug),
    facility: Option<Slug>,
    token: Token,
    now: Instant,
) -> Result<MakeAnswer, StoreError> {
    db.write(move |conn| {
        let Some(site) = managed(conn, &actor, &site)? else {
            return Ok(MakeAnswer::NotFound);
        };
        engine::lock(conn, site.id, None)?;
        let found = match &facility {
            Some(slug) => facilities::by_slug(conn, &site.slug, slug)?,
            None => None,
        };
        let Some((_, facility)) = found.filter(|(_, one)| one.kind.entry().by_the_hour) else {
            return Ok(MakeAnswer::NoSpace);
        };
        if MOST_DOORS <= doors::of_site(conn, site.id)?.len() {
            return Ok(MakeAnswer::TooMany);
        }
        doors::insert(conn, &token.hash(), facility.id, (actor.person, now))?;
        let event = NewEvent {
            site: Some(site.id),
            facility: Some(facility.id),
            ..NewEvent::new(EventKind::DoorMade, Some(actor.person))
        };
        events::insert(conn, &event, now)?;
        Ok(MakeAnswer::Made)
    })
    .await
}

/// Ends a screen; `None` as for [`all`], false when it is gone already.
pub async fn end(db: &Db, (actor, site): (Actor, Slug), key: String, now: Instant) -> Result<Option<bool>, StoreError> {
    db.write(move |conn| {
        let Some(site) = managed(conn, &actor, &site)? else {
            return Ok(None);
        };
        engine::lock(conn, site.id, None)?;
        let found = doors::of_site(conn, site.id)?.into_iter().find(|one| door_key(one.id) == key);
        let Some(door) = found else {
            return Ok(Some(false));
        };
        let ended = doors::end(conn, door.id)?;
        let event = NewEvent {
            site: Some(site.id),
            facility: Some(door.facility),
            ..NewEvent::new(EventKind::DoorEnded, Some(actor.person))
        };
        events::insert(conn, &event, now)?;
        Ok(Some(ended))
    })
    .await
}
