//! The use cases of a site's spaces: adding one with its units, changing its words and rules, retiring it.

use chrono::NaiveDate;

use crate::domain::history::EventKind;
use crate::domain::hours::{day, local_date};
use crate::domain::ids::{FacilityId, Slug};
use crate::domain::kinds::{Kind, Need};
use crate::domain::occurrence::Stage;
use crate::domain::places::{FACILITY_WORDS, Facility, Site, UnitChoice};
use crate::domain::policy::Actor;
use crate::domain::rules::Rules;
use crate::domain::safety::Safety;
use crate::domain::span::Instant;
use crate::store::events::{self, NewEvent};
use crate::store::facilities::{self, FacilityFacts, Filter};
use crate::store::occurrences::{self, ListFilter};
use crate::store::{Conn, Db, StoreError, engine, funding, safety, sites, terms};

pub use crate::store::funding::Funding;

/// What a manager says of a space, old or new.
#[derive(Debug, Clone)]
pub struct FacilityWords {
    pub name: String,
    /// Made of the name; only a new space takes it.
    pub slug: Slug,
    pub room: String,
    pub floor: String,
    pub about: String,
    pub arrival: String,
    pub needs: Vec<Need>,
    pub listed: bool,
    /// Where to go instead in bad weather.
    pub fallback: Option<Slug>,
    /// Its own duty contact and panic alarm.
    pub safety: Safety,
}

impl FacilityWords {
    fn facts<'a>(&'a self, site: &Site, slug: &'a Slug, kind: Kind, choice: UnitChoice) -> FacilityFacts<'a> {
        FacilityFacts {
            site: site.id,
            slug,
            name: &self.name,
            kind,
            room: &self.room,
            floor: &self.floor,
            about: &self.about,
            arrival: &self.arrival,
            needs: &self.needs,
            choice,
            listed: self.listed,
            position: 0,
        }
    }
}

/// A space to be added.
#[derive(Debug, Clone)]
pub struct NewFacility {
    pub words: FacilityWords,
    pub kind: Kind,
    pub capacity: i32,
    /// By name; empty for one unit that is named like the space.
    pub units: Vec<String>,
    /// Units that other spaces have are meant: who books one, takes the other.
    pub shares: bool,
    pub choice: UnitChoice,
}

/// The site, for a form that adds to it; `None` when it is not there or not for this manager.
pub async fn site(db: &Db, actor: Actor, slug: Slug) -> Result<Option<Site>, StoreError> {
    db.read(move |conn| managed(conn, &actor, &slug)).await
}

fn managed(conn: &mut Conn, actor: &Actor, slug: &Slug) -> Result<Option<Site>, StoreError> {
    Ok(sites::by_slug(conn, slug)?.filter(|site| actor.manages(site.id)))
}

/// What became of adding a space.
#[derive(Debug)]
pub enum Added {
    Done(Slug),
    NotFound,
    /// A unit of this name belongs to another space already, and sharing was not meant.
    UnitTaken {
        unit: String,
        of: String,
    },
}

/// Adds a space with the rules that its kind starts with.
pub async fn add(db: &Db, actor: Actor, site: Slug, new: NewFacility, now: Instant) -> Result<Added, StoreError> {
    db.write(move |conn| {
        let Some(site) = managed(conn, &actor, &site)? else {
            return Ok(Added::NotFound);
        };
        engine::lock(conn, site.id, None)?;
        let all = facilities::with_sites(conn, &Filter { site: Some(&site.slug), ..Filter::default() })?;
        let all: Vec<Facility> = all.into_iter().map(|(_, facility)| facility).collect();
        let user = |name: &str| all.iter().find(|one| one.units.iter().any(|unit| unit.name == name));
        let taken = new.units.iter().find_map(|unit| user(unit).map(|of| (unit.clone(), of.name.clone())));
        if let Some((unit, of)) = taken.filter(|_| !new.shares) {
            return Ok(Added::UnitTaken { unit, of });
        }
        let units = if new.units.is_empty() { vec![own_unit(&new.words.name, &all)] } else { new.units.clone() };
        let slug = free_slug(&new.words.slug, &all);
        let rules = Rules { capacity: new.capacity, ..new.kind.entry().default_rules() };
        let position = i32::try_from(all.len()).unwrap_or_default() + 1;
        let facts = FacilityFacts { position, ..new.words.facts(&site, &slug, new.kind, new.choice) };
        let id = facilities::insert(conn, &facts, &rules)?;
        safety::set_of_facility(conn, id, &new.words.safety)?;
        terms::put_in_force(conn, site.id)?;
        // Reports count what it offers from the day on which it came.
        let funding = Funding { in_use_from: Some(local_date(site.zone, now)), ..Funding::default() };
        funding::set_of_facility(conn, id, &funding)?;
        for (unit, position) in units.iter().zip(0..) {
            let unit = facilities::unit_named(conn, site.id, unit)?;
            facilities::add_unit(conn, id, unit, position)?;
        }
        note(conn, &actor, EventKind::FacilityChanged, (&site, id), now)?;
        Ok(Added::Done(slug))
    })
    .await
}

/// The space's own name for its only unit, or with a number where another space has a unit of that name.
fn own_unit(name: &str, all: &[Facility]) -> String {
    let taken = |wanted: &str| all.iter().flat_map(|one| &one.units).any(|unit| unit.name == wanted);
    let numbered = (2..).map(|number| format!("{name} {number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|wanted| !taken(wanted)).unwrap_or_default()
}

fn free_slug(wanted: &Slug, all: &[Facility]) -> Slug {
    let taken = |slug: &Slug| FACILITY_WORDS.contains(&slug.as_str()) || all.iter().any(|one| one.slug == *slug);
    let numbered = (2..).map(|number| wanted.numbered(number));
    std::iter::once(wanted.clone()).chain(numbered).find(|slug| !taken(slug)).unwrap_or_else(|| wanted.clone())
}

fn note(
    conn: &mut Conn,
    actor: &Actor,
    kind: EventKind,
    (site, facility): (&Site, FacilityId),
    now: Instant,
) -> Result<(), StoreError> {
    let event = NewEvent { site: Some(site.id), facility: Some(facility), ..NewEvent::new(kind, Some(actor.person)) };
    events::insert(conn, &event, now)?;
    sites::mark_changed(conn, site.id)
}

/// Where a space is.
#[derive(Debug, Clone)]
pub struct At {
    pub site: Slug,
    pub facility: Slug,
}

/// A space with its site, and how many bookings stand after its end.
#[derive(Debug)]
pub struct FacilityView {
    pub site: Site,
    pub facility: Facility,
    pub after_end: usize,
    /// The other spaces of the site that are booked by the hour.
    pub others: Vec<Facility>,
    /// What reports go by.
    pub funding: Funding,
}

/// One space; `None` when it is not there or not for this manager.
pub async fn one(db: &Db, actor: Actor, at: At, now: Instant) -> Result<Option<FacilityView>, StoreError> {
    db.read(move |conn| {
        let Some((site, facility)) = find(conn, &actor, &at)? else {
            return Ok(None);
        };
        let after_end = match facility.retired_from {
            Some(date) => bookings_from(conn, &site, &facility, date, now)?,
            None => 0,
        };
        let all = facilities::with_sites(conn, &Filter { sites: Some(&[site.id]), ..Filter::default() })?;
        let others = all.into_iter().map(|(_, one)| one);
        let others = others.filter(|one| one.id != facility.id && one.kind.entry().by_the_hour).collect();
        let funding = funding::of_facility(conn, facility.id)?;
        Ok(Some(FacilityView { site, facility, after_end, others, funding }))
    })
    .await
}

fn find(conn: &mut Conn, actor: &Actor, at: &At) -> Result<Option<(Site, Facility)>, StoreError> {
    Ok(facilities::by_slug(conn, &at.site, &at.facility)?.filter(|(site, _)| actor.manages(site.id)))
}

fn bookings_from(
    conn: &mut Conn,
    site: &Site,
    facility: &Facility,
    from: NaiveDate,
    now: Instant,
) -> Result<usize, StoreError> {
    let Ok(day) = day(site.zone, from) else {
        return Ok(0);
    };
    let active: Vec<Stage> = Stage::ALL.into_iter().filter(|stage| stage.is_active()).collect();
    let filter = ListFilter {
        facilities: Some(&[facility.id]),
        stages: Some(&active),
        ends_after: Some(day.start().max(now)),
        ..ListFilter::default()
    };
    let lines = occurrences::list(conn, &filter)?;
    Ok(lines.iter().filter(|line| from <= local_date(site.zone, line.session.start())).count())
}

/// A change to a space.
#[derive(Debug, Clone)]
pub enum Change {
    Words(FacilityWords),
    Rules(Rules),
    /// No booking from that date on, or again without end.
    Retire(Option<NaiveDate>),
    /// What reports go by.
    Funding(Funding),
}

/// Changes a space; false when it is not there or not for this manager. Bookings stay as they are.
pub async fn change(db: &Db, actor: Actor, at: At, change: Change, now: Instant) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some((site, facility)) = find(conn, &actor, &at)? else {
            return Ok(false);
        };
        engine::lock(conn, site.id, None)?;
        let mut kind = EventKind::FacilityChanged;
        match &change {
            Change::Words(words) => {
                let facts = words.facts(&site, &facility.slug, facility.kind, facility.choice);
                facilities::update(conn, facility.id, &facts)?;
                safety::set_of_facility(conn, facility.id, &words.safety)?;
                let fallback = match &words.fallback {
                    Some(slug) => facilities::by_slug(conn, &site.slug, slug)?.map(|(_, other)| other.id),
                    None => None,
                };
                let fallback = fallback.filter(|other| *other != facility.id);
                facilities::set_fallback(conn, facility.id, fallback)?;
            }
            Change::Rules(rules) => {
                kind = EventKind::RulesChanged;
                facilities::set_rules(conn, facility.id, rules)?;
            }
            Change::Retire(from) => facilities::retire(conn, facility.id, *from)?,
            Change::Funding(new) => funding::set_of_facility(conn, facility.id, new)?,
        }
        note(conn, &actor, kind, (&site, facility.id), now)?;
        Ok(true)
    })
    .await
}
