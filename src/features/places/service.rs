//! What the pages about sites ask of the database. Not how they look.

use crate::domain::drop_ins::DropIn;
use crate::domain::hours::WeeklyHours;
use crate::domain::ids::Slug;
use crate::domain::instance_words::InstanceWords;
use crate::domain::notice::Notice;
use crate::domain::places::{Facility, Site};
use crate::domain::retention::Times;
use crate::domain::span::Instant;
use crate::store::blocks;
use crate::store::drop_ins::{self, Where};
use crate::store::facilities::{self, Filter};
use crate::store::{Db, StoreError, notices, settings, sites};

/// A site with everything that its page says.
#[derive(Debug)]
pub struct SiteView {
    pub site: Site,
    pub facilities: Vec<Facility>,
    pub hours: Vec<WeeklyHours>,
    /// What anyone may come to without booking.
    pub sessions: Vec<DropIn>,
    pub closures: Vec<Block>,
    pub notices: Vec<Notice>,
}

pub use crate::store::blocks::{Block, in_groups};

pub async fn all(db: &Db) -> Result<Vec<Site>, StoreError> {
    db.read(sites::all).await
}

/// One site; unlisted facilities are left out unless `with_unlisted`.
pub async fn one(db: &Db, slug: Slug, with_unlisted: bool, now: Instant) -> Result<Option<SiteView>, StoreError> {
    db.read(move |conn| {
        let filter = Filter { site: Some(&slug), listed_only: !with_unlisted, ..Filter::default() };
        let places = facilities::with_sites(conn, &filter)?;
        let site = match places.first() {
            Some((site, _)) => Some(site.clone()),
            None => sites::by_slug(conn, &slug)?,
        };
        let Some(site) = site else {
            return Ok(None);
        };
        let facilities: Vec<Facility> = places.into_iter().map(|(_, facility)| facility).collect();
        let hours: Vec<WeeklyHours> = sites::hours(conn, &[site.id])?.into_iter().map(|(_, hours)| hours).collect();
        let sessions = drop_ins::list(conn, Where::Site(site.id))?.into_iter().map(|(_, one)| one).collect();
        Ok(Some(SiteView {
            sessions,
            hours: hours.into_iter().filter(|one| one.facility.is_none()).collect(),
            closures: blocks::coming(conn, site.id, now)?,
            notices: notices::coming(conn, site.id, now)?,
            site,
            facilities,
        }))
    })
    .await
}

/// What an administrator filled into the statements, and how long data is kept.
pub async fn statements(db: &Db) -> Result<(InstanceWords, Times), StoreError> {
    db.read(|conn| {
        let filled_in = settings::beginning(conn, "statement/")?;
        let kept = settings::beginning(conn, "retention/")?;
        let of = |set: &[(String, String)], name: &str| {
            set.iter().find(|(one, _)| one == name).map(|(_, value)| value.clone())
        };
        Ok((InstanceWords::from_settings(|name| of(&filled_in, name)), Times::from_settings(|name| of(&kept, name))))
    })
    .await
}
