//! The use cases of rates: reading and adding them, what a site charges, and what its organisations had in a month.

use chrono::NaiveDate;

use crate::domain::history::EventKind;
use crate::domain::holder::OrganisationName;
use crate::domain::hours::local_date;
use crate::domain::ids::{FacilityId, Slug};
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::domain::rates::{Payer, Rate, with};
use crate::domain::span::Instant;
use crate::domain::statement::{Charging, Counted, Month, Outcome, Totals};
use crate::store::events::{self, NewEvent};
use crate::store::facilities::{self, Filter};
use crate::store::statement::{self, Of};
use crate::store::{Conn, Db, StoreError, engine, rates, sites};

/// A space with its site.
#[derive(Debug)]
pub struct View {
    pub site: Site,
    pub facility: Facility,
}

/// `None` when it is not there or not for this manager.
pub async fn one(db: &Db, actor: Actor, at: (Slug, Slug)) -> Result<Option<View>, StoreError> {
    db.read(move |conn| managed(conn, &actor, &at)).await
}

fn managed(conn: &mut Conn, actor: &Actor, (site, facility): &(Slug, Slug)) -> Result<Option<View>, StoreError> {
    let found = facilities::by_slug(conn, site, facility)?.filter(|(site, _)| actor.manages(site.id));
    Ok(found.map(|(site, facility)| View { site, facility }))
}

/// Adds a rate, in place of one of the same payer and date; false when the space is not there or not for this manager. Bookings that
/// are made keep their prices.
pub async fn add(db: &Db, actor: Actor, at: (Slug, Slug), new: Rate, now: Instant) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(site) = sites::by_slug(conn, &at.0)? else {
            return Ok(false);
        };
        engine::lock(conn, site.id, None)?;
        let Some(View { site, facility }) = managed(conn, &actor, &at)? else {
            return Ok(false);
        };
        rates::set(conn, facility.id, &with(&facility.rates, new))?;
        note(conn, &actor, (&site, Some(facility.id)), now)?;
        Ok(true)
    })
    .await
}

/// What became of taking a rate back.
#[derive(Debug, PartialEq, Eq)]
pub enum Removed {
    Done,
    NotFound,
    /// There is none of that date to come.
    NotToCome,
}

/// Takes back a rate that has not begun.
pub async fn remove(
    db: &Db,
    actor: Actor,
    at: (Slug, Slug),
    (payer, from): (Payer, NaiveDate),
    now: Instant,
) -> Result<Removed, StoreError> {
    db.write(move |conn| {
        let Some(site) = sites::by_slug(conn, &at.0)? else {
            return Ok(Removed::NotFound);
        };
        engine::lock(conn, site.id, None)?;
        let Some(View { site, facility }) = managed(conn, &actor, &at)? else {
            return Ok(Removed::NotFound);
        };
        let is_it = |one: &Rate| one.terms.payer == payer && one.from == from;
        let to_come = local_date(site.zone, now) < from;
        if !to_come || !facility.rates.iter().any(is_it) {
            return Ok(Removed::NotToCome);
        }
        let rest: Vec<Rate> = facility.rates.iter().filter(|one| !is_it(one)).copied().collect();
        rates::set(conn, facility.id, &rest)?;
        note(conn, &actor, (&site, Some(facility.id)), now)?;
        Ok(Removed::Done)
    })
    .await
}

fn note(
    conn: &mut Conn,
    actor: &Actor,
    (site, facility): (&Site, Option<FacilityId>),
    now: Instant,
) -> Result<(), StoreError> {
    let event =
        NewEvent { site: Some(site.id), facility, ..NewEvent::new(EventKind::RatesChanged, Some(actor.person)) };
    events::insert(conn, &event, now)?;
    sites::mark_changed(conn, site.id)
}

/// What one organisation had in a month.
#[derive(Debug)]
pub struct OrganisationMonth {
    /// None for persons without an organisation, together.
    pub organisation: Option<OrganisationName>,
    pub totals: Totals,
}

/// A site with its spaces and a month of its organisations, by name.
#[derive(Debug)]
pub struct SiteMonth {
    pub site: Site,
    pub facilities: Vec<Facility>,
    pub months: Vec<OrganisationMonth>,
    pub all: Totals,
}

/// `None` when it is not there or not for this manager.
pub async fn site_month(
    db: &Db,
    actor: Actor,
    slug: Slug,
    month: Option<Month>,
    now: Instant,
) -> Result<Option<(SiteMonth, Month)>, StoreError> {
    db.read(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)?.filter(|site| actor.manages(site.id)) else {
            return Ok(None);
        };
        let month = month.unwrap_or_else(|| Month::of(local_date(site.zone, now)));
        let filter = Filter { sites: Some(&[site.id]), ..Filter::default() };
        let facilities: Vec<Facility> =
            facilities::with_sites(conn, &filter)?.into_iter().map(|(_, one)| one).collect();
        let ids: Vec<FacilityId> = facilities.iter().map(|one| one.id).collect();
        let mut months: Vec<OrganisationMonth> = Vec::new();
        let mut all = Totals::default();
        for line in statement::lines(conn, Of::Facilities(&ids, month))? {
            let outcome = Outcome::of(line.stage, line.late, line.absent, line.session.end() <= now);
            // The site's own use costs nobody anything.
            let Some(outcome) = outcome.filter(|_| line.organisation.is_some() || line.price.is_some()) else {
                continue;
            };
            let counted = Counted { minutes: line.session.minutes(), outcome, price: line.price };
            all.add(&counted, site.charging);
            let id = line.organisation.as_ref().map(|one| one.id);
            let place = months.iter().position(|one| one.organisation.as_ref().map(|one| one.id) == id);
            match place.and_then(|place| months.get_mut(place)) {
                Some(one) => one.totals.add(&counted, site.charging),
                None => {
                    let mut totals = Totals::default();
                    totals.add(&counted, site.charging);
                    months.push(OrganisationMonth { organisation: line.organisation, totals });
                }
            }
        }
        months.sort_by_key(|one| one.organisation.as_ref().map_or((1, String::new()), |one| (0, one.name.clone())));
        Ok(Some((SiteMonth { site, facilities, months, all }, month)))
    })
    .await
}

/// Sets what a site charges although nobody was there; false when it is not there or not for this manager.
pub async fn charge(db: &Db, actor: Actor, slug: Slug, charging: Charging, now: Instant) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)?.filter(|site| actor.manages(site.id)) else {
            return Ok(false);
        };
        engine::lock(conn, site.id, None)?;
        rates::set_charging(conn, site.id, charging)?;
        note(conn, &actor, (&site, None), now)?;
        Ok(true)
    })
    .await
}
