//! The use cases of a site's words and facts: one site with its spaces, adding one, changing it.

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::domain::bank_holidays::Nation;
use crate::domain::history::EventKind;
use crate::domain::hours::{WeeklyHours, local_date};
use crate::domain::ids::Slug;
use crate::domain::occurrence::Stage;
use crate::domain::places::{Facility, SITE_WORDS, Site};
use crate::domain::policy::Actor;
use crate::domain::safety::Safety;
use crate::domain::span::Instant;
use crate::store::events::{self, NewEvent};
use crate::store::facilities::{self, Filter};
use crate::store::occurrences::{self, ListFilter};
use crate::store::sites::SiteFacts;
use crate::store::{Conn, Db, StoreError, engine, funding, safety, second_factor, sites};

/// What a manager says of a site.
#[derive(Debug, Clone)]
pub struct SiteWords {
    pub name: String,
    /// Made of the name; only a new site takes it.
    pub slug: Slug,
    pub street: String,
    pub town: String,
    pub postcode: String,
    pub phone: String,
    pub about: String,
    pub arrival: String,
    pub zone: Tz,
    /// Whose bank holidays it keeps.
    pub nation: Nation,
    /// Latitude and longitude in degrees, WGS 84.
    pub position: Option<(f64, f64)>,
    /// Its own dates, from today on, on which series are usually left out.
    pub own_dates: Vec<(NaiveDate, String)>,
    /// Duty contact and panic alarm of its rooms for private sessions.
    pub safety: Safety,
    pub step_free: bool,
    /// Its managers must use a second step.
    pub second_step: bool,
    /// Who pays for its spaces, where they do not say otherwise; empty where nobody said.
    pub funder: String,
}

impl SiteWords {
    fn facts<'a>(&'a self, slug: &'a Slug) -> SiteFacts<'a> {
        SiteFacts {
            slug,
            name: &self.name,
            street: &self.street,
            town: &self.town,
            postcode: &self.postcode,
            phone: &self.phone,
            about: &self.about,
            arrival: &self.arrival,
            zone: self.zone,
            position: self.position,
            nation: self.nation,
            step_free: self.step_free,
        }
    }
}

/// A site with its spaces, retired ones too.
#[derive(Debug)]
pub struct SiteView {
    pub site: Site,
    pub facilities: Vec<Facility>,
    /// Its own dates from today on.
    pub own_dates: Vec<(NaiveDate, String)>,
    /// Its managers must use a second step.
    pub second_step: bool,
    pub funder: String,
}

/// One site; `None` when it is not there or not for this manager.
pub async fn one(db: &Db, actor: Actor, slug: Slug, now: Instant) -> Result<Option<SiteView>, StoreError> {
    db.read(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)?.filter(|site| actor.manages(site.id)) else {
            return Ok(None);
        };
        let all = facilities::with_sites(conn, &Filter { site: Some(&slug), ..Filter::default() })?;
        let own_dates = sites::own_dates(conn, site.id, (local_date(site.zone, now), last_date()))?;
        let second_step = second_factor::wanted_at(conn, site.id)?;
        let funder = funding::of_site(conn, site.id)?;
        let facilities = all.into_iter().map(|(_, facility)| facility).collect();
        Ok(Some(SiteView { site, facilities, own_dates, second_step, funder }))
    })
    .await
}

/// As late as a date of its own may be.
fn last_date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2199, 12, 31).unwrap_or_default()
}

/// Adds a site that is open from Monday to Friday, 8am to 6pm, until somebody says otherwise.
pub async fn add(db: &Db, actor: Actor, words: SiteWords, now: Instant) -> Result<Slug, StoreError> {
    db.write(move |conn| {
        let slug = free_slug(conn, &words.slug)?;
        let id = sites::insert(conn, &words.facts(&slug))?;
        let hours: Vec<WeeklyHours> = (0..5)
            .map(|weekday| WeeklyHours { facility: None, weekday, from_minute: 8 * 60, to_minute: 18 * 60 })
            .collect();
        sites::set_hours(conn, id, None, &hours)?;
        safety::set_of_site(conn, id, &words.safety)?;
        second_factor::set_wanted_at(conn, id, words.second_step)?;
        funding::set_of_site(conn, id, &words.funder)?;
        sites::set_own_dates(conn, id, local_date(words.zone, now), &words.own_dates)?;
        let event = NewEvent { site: Some(id), ..NewEvent::new(EventKind::SiteChanged, Some(actor.person)) };
        events::insert(conn, &event, now)?;
        Ok(slug)
    })
    .await
}

fn free_slug(conn: &mut Conn, wanted: &Slug) -> Result<Slug, StoreError> {
    let (mut slug, mut number) = (wanted.clone(), 1);
    while SITE_WORDS.contains(&slug.as_str()) || sites::by_slug(conn, &slug)?.is_some() {
        number += 1;
        slug = wanted.numbered(number);
    }
    Ok(slug)
}

/// What became of a change.
#[derive(Debug)]
pub enum Changed {
    Done,
    NotFound,
    /// Bookings to come stand at times of the old zone.
    ZoneInUse(Tz),
}

pub async fn change(db: &Db, actor: Actor, slug: Slug, words: SiteWords, now: Instant) -> Result<Changed, StoreError> {
    db.write(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)?.filter(|site| actor.manages(site.id)) else {
            return Ok(Changed::NotFound);
        };
        engine::lock(conn, site.id, None)?;
        if site.zone != words.zone && has_bookings(conn, &site, now)? {
            return Ok(Changed::ZoneInUse(site.zone));
        }
        sites::update(conn, site.id, &words.facts(&slug))?;
        safety::set_of_site(conn, site.id, &words.safety)?;
        second_factor::set_wanted_at(conn, site.id, words.second_step)?;
        funding::set_of_site(conn, site.id, &words.funder)?;
        sites::set_own_dates(conn, site.id, local_date(site.zone, now), &words.own_dates)?;
        let event = NewEvent { site: Some(site.id), ..NewEvent::new(EventKind::SiteChanged, Some(actor.person)) };
        events::insert(conn, &event, now)?;
        Ok(Changed::Done)
    })
    .await
}

fn has_bookings(conn: &mut Conn, site: &Site, now: Instant) -> Result<bool, StoreError> {
    let active: Vec<Stage> = Stage::ALL.into_iter().filter(|stage| stage.is_active()).collect();
    let filter = ListFilter {
        sites: Some(&[site.id]),
        stages: Some(&active),
        ends_after: Some(now),
        most: 1,
        ..ListFilter::default()
    };
    Ok(!occurrences::list(conn, &filter)?.is_empty())
}
