//! The use cases of extras and of the closing list: listing, adding, changing the number, retiring. Nothing is ever deleted, and what is booked stays.

use chrono::NaiveDate;

use crate::domain::extras::MOST_ITEMS;
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::ids::{ExtraId, FacilityId, Slug, UnitId};
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::store::events::{self, NewEvent};
use crate::store::extras::{self, NewExtra};
use crate::store::facilities::{self, Filter};
use crate::store::{Conn, Db, StoreError, closing, engine, sites};

pub use crate::store::extras::{Kept, Lent};

/// So many dates that have an extra are listed.
const MOST_LENT: i64 = 200;

/// A site with its extras and the spaces that can have some.
#[derive(Debug)]
pub struct View {
    pub site: Site,
    pub facilities: Vec<Facility>,
    pub extras: Vec<Kept>,
}

/// `None` when it is not there or not for this manager.
pub async fn all(db: &Db, actor: Actor, slug: Slug) -> Result<Option<View>, StoreError> {
    db.read(move |conn| view(conn, &actor, &slug)).await
}

fn view(conn: &mut Conn, actor: &Actor, slug: &Slug) -> Result<Option<View>, StoreError> {
    let Some(site) = managed(conn, actor, slug)? else {
        return Ok(None);
    };
    let all = facilities::with_sites(conn, &Filter { site: Some(slug), ..Filter::default() })?;
    let facilities = all.into_iter().map(|(_, one)| one).filter(|one| one.kind.entry().by_the_hour).collect();
    let extras = extras::of_site(conn, site.id)?;
    Ok(Some(View { site, facilities, extras }))
}

fn managed(conn: &mut Conn, actor: &Actor, slug: &Slug) -> Result<Option<Site>, StoreError> {
    Ok(sites::by_slug(conn, slug)?.filter(|site| actor.manages(site.id)))
}

/// One extra, and the dates to come that have it.
#[derive(Debug)]
pub struct One {
    pub view: View,
    pub kept: Kept,
    pub lent: Vec<Lent>,
}

impl One {
    /// The dates that have one of some items and begin on or after a date.
    pub fn affected(&self, items: &[UnitId], from: NaiveDate) -> Vec<&Lent> {
        let zone = self.view.site.zone;
        let stays = |one: &&Lent| items.contains(&one.unit) && from <= local_date(zone, one.session.start());
        self.lent.iter().filter(stays).collect()
    }

    /// Which items go where there are to be so many from a date on: those that are lent the least.
    pub fn going(&self, number: usize, from: NaiveDate) -> Vec<UnitId> {
        let there: Vec<UnitId> =
            self.kept.extra.items.iter().filter(|item| item.is_there(from)).map(|item| item.unit).collect();
        let Some(fewer) = there.len().checked_sub(number) else {
            return Vec::new();
        };
        let mut by_use: Vec<(usize, usize, UnitId)> = there
            .iter()
            .enumerate()
            .map(|(place, unit)| (self.affected(&[*unit], from).len(), usize::MAX - place, *unit))
            .collect();
        by_use.sort_unstable();
        by_use.into_iter().take(fewer).map(|(.., unit)| unit).collect()
    }
}

/// `None` when it is not there or not for this manager.
pub async fn one(db: &Db, actor: Actor, at: (Slug, Slug), now: Instant) -> Result<Option<One>, StoreError> {
    db.read(move |conn| found(conn, &actor, &at, now)).await
}

fn found(conn: &mut Conn, actor: &Actor, (site, slug): &(Slug, Slug), now: Instant) -> Result<Option<One>, StoreError> {
    let Some(view) = view(conn, actor, site)? else {
        return Ok(None);
    };
    let Some(kept) = view.extras.iter().find(|one| one.extra.slug == *slug).cloned() else {
        return Ok(None);
    };
    let items: Vec<UnitId> = kept.extra.items.iter().map(|item| item.unit).collect();
    let lent = extras::lent(conn, &items, now, MOST_LENT)?;
    Ok(Some(One { view, kept, lent }))
}

/// What an extra is to be.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub name: String,
    pub number: usize,
    pub for_all: bool,
    pub facilities: Vec<FacilityId>,
    /// From when there are fewer.
    pub from: NaiveDate,
}

impl Wanted {
    fn new_extra<'a>(&'a self, slug: &'a Slug) -> NewExtra<'a> {
        NewExtra { slug, name: &self.name, for_all: self.for_all, facilities: &self.facilities }
    }
}

fn note(
    conn: &mut Conn,
    (actor, site): (&Actor, &Site),
    (kind, id): (EventKind, Option<ExtraId>),
    now: Instant,
) -> Result<(), StoreError> {
    let number = id.map(|id| id.row());
    let event = NewEvent { site: Some(site.id), number, ..NewEvent::new(kind, Some(actor.person)) };
    events::insert(conn, &event, now)
}

/// What became of adding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    Done,
    /// The site has one of that name.
    SameName,
    /// The name has no letters that a link can be made of.
    NoName,
    NotFound,
}

/// Adds an extra.
pub async fn add(db: &Db, actor: Actor, slug: Slug, wanted: Wanted, now: Instant) -> Result<Added, StoreError> {
    db.write(move |conn| {
        let Some(site) = managed(conn, &actor, &slug)? else {
            return Ok(Added::NotFound);
        };
        let Some(own) = Slug::from_name(&wanted.name) else {
            return Ok(Added::NoName);
        };
        engine::lock(conn, site.id, None)?;
        if extras::of_site(conn, site.id)?.iter().any(|one| one.extra.slug == own) {
            return Ok(Added::SameName);
        }
        let id = extras::insert(conn, site.id, &wanted.new_extra(&own), wanted.number.min(MOST_ITEMS))?;
        note(conn, (&actor, &site), (EventKind::ExtraAdded, Some(id)), now)?;
        Ok(Added::Done)
    })
    .await
}

/// Changes an extra: its name, which spaces may ask for it, how many there are. False when it is not there or not for this manager.
pub async fn change(db: &Db, actor: Actor, at: (Slug, Slug), wanted: Wanted, now: Instant) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(site) = managed(conn, &actor, &at.0)? else {
            return Ok(false);
        };
        engine::lock(conn, site.id, None)?;
        let Some(one) = found(conn, &actor, &at, now)? else {
            return Ok(false);
        };
        let (new, today) = (wanted.new_extra(&at.1), local_date(site.zone, now));
        extras::update(conn, site.id, &one.kept, &new)?;
        let going = one.going(wanted.number, wanted.from);
        extras::retire(conn, &going, Some(wanted.from))?;
        grow(conn, (&site, &one.kept), (&new, wanted.number), today)?;
        note(conn, (&actor, &site), (EventKind::ExtraChanged, Some(one.kept.id)), now)?;
        Ok(true)
    })
    .await
}

/// Puts items back into use, and adds what is still missing.
fn grow(
    conn: &mut Conn,
    (site, kept): (&Site, &Kept),
    (new, number): (&NewExtra<'_>, usize),
    today: NaiveDate,
) -> Result<(), StoreError> {
    let items = &kept.extra.items;
    let for_ever = items.iter().filter(|item| item.retired_from.is_none()).count();
    let missing = number.min(MOST_ITEMS).saturating_sub(for_ever);
    // What goes later than today is used longest already, so it comes back first.
    let mut gone: Vec<(NaiveDate, UnitId)> =
        items.iter().filter_map(|item| Some((item.retired_from?, item.unit))).collect();
    gone.sort_unstable_by_key(|(from, unit)| (std::cmp::Reverse((*from).max(today)), *unit));
    let back: Vec<UnitId> = gone.into_iter().take(missing).map(|(_, unit)| unit).collect();
    extras::retire(conn, &back, None)?;
    for place in 1..=missing - back.len() {
        extras::add_item(conn, (site.id, kept.id), new, items.len() + place)?;
    }
    Ok(())
}

/// Retires all of an extra from a date. What is booked stays booked. False when it is not there or not for this manager.
pub async fn retire(
    db: &Db,
    actor: Actor,
    at: (Slug, Slug),
    from: NaiveDate,
    now: Instant,
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(site) = managed(conn, &actor, &at.0)? else {
            return Ok(false);
        };
        engine::lock(conn, site.id, None)?;
        let Some(one) = found(conn, &actor, &at, now)? else {
            return Ok(false);
        };
        // What was gone before stays gone since then.
        let items: Vec<UnitId> =
            one.kept.extra.items.iter().filter(|item| item.is_there(from)).map(|item| item.unit).collect();
        extras::retire(conn, &items, Some(from))?;
        sites::mark_changed(conn, site.id)?;
        note(conn, (&actor, &site), (EventKind::ExtraRetired, Some(one.kept.id)), now)?;
        Ok(true)
    })
    .await
}

/// A site with what its last one out ticks; `None` when it is not there or not for this manager.
pub async fn closing_list(db: &Db, actor: Actor, slug: Slug) -> Result<Option<(Site, Vec<String>)>, StoreError> {
    db.read(move |conn| {
        let Some(site) = managed(conn, &actor, &slug)? else {
            return Ok(None);
        };
        let lines = closing::list(conn, site.id)?;
        Ok(Some((site, lines)))
    })
    .await
}

/// Writes the list; days that somebody has begun to tick keep theirs. False when it is not there or not for this manager.
pub async fn set_closing_list(
    db: &Db,
    actor: Actor,
    slug: Slug,
    lines: Vec<String>,
    now: Instant,
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(site) = managed(conn, &actor, &slug)? else {
            return Ok(false);
        };
        engine::lock(conn, site.id, None)?;
        closing::set_list(conn, site.id, &lines)?;
        note(conn, (&actor, &site), (EventKind::ClosingListChanged, None), now)?;
        Ok(true)
    })
    .await
}
