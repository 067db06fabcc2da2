//! Waiting lists as they stand: entries with their places, and where each is in its queue. Reads, never writes.

use crate::domain::availability::{Place, choose, free_units};
use crate::domain::ids::{FacilityId, OrganisationId, Reference, SiteId};
use crate::domain::organisation::Class;
use crate::domain::places::{Facility, Site};
use crate::domain::span::Instant;
use crate::domain::waiting::{Entry, Standing, is_short_notice, rank};
use crate::store::facilities::{self, Filter};
use crate::store::{Conn, StoreError, occupancies, waiting};

/// So many entries a page shows.
const MOST: i64 = 200;

/// An entry with its place, and where it stands.
#[derive(Debug, Clone)]
pub struct Queued {
    pub entry: Entry,
    pub site: Site,
    pub facility: Facility,
    pub standing: Standing,
    /// How many come before it for the same time, and itself.
    pub place: usize,
    /// The classes that come first at the site.
    pub priorities: Vec<Class>,
    /// At short notice nothing is kept: whether the place is free now, for the first click.
    pub first_click: bool,
}

/// The entries of organisations for sessions that have not begun, soonest first, in five queries.
pub fn own(conn: &mut Conn, organisations: &[OrganisationId], now: Instant) -> Result<Vec<Queued>, StoreError> {
    if organisations.is_empty() {
        return Ok(Vec::new());
    }
    let entries = waiting::of_organisations(conn, organisations, now, MOST)?;
    queued(conn, entries, now)
}

/// One entry, in five queries.
pub fn one(conn: &mut Conn, reference: &Reference, now: Instant) -> Result<Option<Queued>, StoreError> {
    let Some(entry) = waiting::by_reference(conn, reference)? else {
        return Ok(None);
    };
    if !is_short_notice(now, entry.session.start()) {
        return Ok(queued(conn, vec![entry], now)?.pop());
    }
    // Nobody is in line any more: it is free or it is not.
    let places = facilities::with_sites(conn, &Filter { ids: Some(&[entry.facility]), ..Filter::default() })?;
    let priorities = waiting::priorities_of(conn, &[entry.site])?;
    let around = Around { places, rivals: Vec::new(), priorities };
    let Some(mut one) = around.placed(vec![entry], now).pop() else {
        return Ok(None);
    };
    one.first_click = one.standing == Standing::Waiting && is_free(conn, &one, now)?;
    Ok(Some(one))
}

/// Everything still in the queues of a site, soonest session first and then in order, and the classes that come first there, in
/// four queries.
pub fn of_site(conn: &mut Conn, site: SiteId, now: Instant) -> Result<(Vec<Queued>, Vec<Class>), StoreError> {
    let entries = waiting::of_site(conn, site, now, MOST)?;
    let around = Around {
        places: facilities::with_sites(conn, &Filter { sites: Some(&[site]), ..Filter::default() })?,
        rivals: entries.clone(),
        priorities: waiting::priorities_of(conn, &[site])?,
    };
    let mut all = around.placed(entries, now);
    all.retain(|one| one.standing.is_open());
    all.sort_by_key(|one| (one.entry.session.start(), one.facility.name.clone(), one.place));
    Ok((all, around.priorities_at(site)))
}

fn queued(conn: &mut Conn, entries: Vec<Entry>, now: Instant) -> Result<Vec<Queued>, StoreError> {
    let starts = entries.iter().map(|entry| entry.session.start());
    let (Some(from), Some(to)) = (starts.clone().min(), starts.max()) else {
        return Ok(Vec::new());
    };
    let mut sites: Vec<SiteId> = entries.iter().map(|entry| entry.site).collect();
    sites.sort_unstable();
    sites.dedup();
    let mut around = Around {
        // All places of the sites, because a hall and its half share a queue.
        places: facilities::with_sites(conn, &Filter { sites: Some(&sites), ..Filter::default() })?,
        rivals: Vec::new(),
        priorities: waiting::priorities_of(conn, &sites)?,
    };
    let ids = around.places.iter().map(|(_, one)| one.id);
    let near: Vec<FacilityId> =
        ids.filter(|id| entries.iter().any(|entry| around.shares(entry.facility, *id))).collect();
    around.rivals = waiting::open_at(conn, &near, (from.plus_days(-2), to.plus_days(1)))?;
    Ok(around.placed(entries, now))
}

/// What an entry is seen against.
struct Around {
    places: Vec<(Site, Facility)>,
    /// Everything still in a queue near by, the entries themselves among it.
    rivals: Vec<Entry>,
    priorities: Vec<(SiteId, Vec<Class>)>,
}

impl Around {
    /// Whether two facilities have a unit in common.
    fn shares(&self, a: FacilityId, b: FacilityId) -> bool {
        let units = |id: FacilityId| self.places.iter().find(|(_, one)| one.id == id).map(|(_, one)| one.unit_ids());
        let (Some(a), Some(b)) = (units(a), units(b)) else {
            return false;
        };
        a.iter().any(|unit| b.contains(unit))
    }

    fn priorities_at(&self, site: SiteId) -> Vec<Class> {
        self.priorities.iter().find(|(id, _)| *id == site).map_or_else(Vec::new, |(_, all)| all.clone())
    }

    /// Entries with their places; those whose facility is gone are left out.
    fn placed(&self, entries: Vec<Entry>, now: Instant) -> Vec<Queued> {
        let mut all = Vec::with_capacity(entries.len());
        for entry in entries {
            let Some((site, facility)) = self.places.iter().find(|(_, one)| one.id == entry.facility).cloned() else {
                continue;
            };
            let priorities = self.priorities_at(entry.site);
            let before = self.rivals.iter().filter(|rival| {
                rival.stands(now).is_open()
                    && rival.session.overlaps(entry.session)
                    && rank(&priorities, rival) < rank(&priorities, &entry)
                    && self.shares(rival.facility, entry.facility)
            });
            let place = 1 + before.count();
            let standing = entry.stands(now);
            all.push(Queued { entry, site, facility, standing, place, priorities, first_click: false });
        }
        all
    }
}

/// Whether the units wanted are free; the other rules are judged when it is taken.
fn is_free(conn: &mut Conn, one: &Queued, now: Instant) -> Result<bool, StoreError> {
    let (entry, facility) = (&one.entry, &one.facility);
    let rules = &facility.rules;
    let occupied = entry.session.widened(rules.set_up_minutes.into(), rules.turnaround_minutes.into());
    let taken = occupancies::taken(conn, &facility.unit_ids(), occupied)?;
    let may_touch = Some(entry.organisation.id).filter(|_| rules.own_may_touch);
    let place = Place { session: entry.session, occupied, may_touch, besides: &[] };
    Ok(choose(facility, &free_units(facility, &taken, place, now), &entry.wanted).is_some())
}
