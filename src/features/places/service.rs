//! What the pages about sites ask of the database. Not how they look.

use crate::domain::hours::WeeklyHours;
use crate::domain::ids::Slug;
use crate::domain::notice::Notice;
use crate::domain::places::{Facility, Site};
use crate::domain::span::Instant;
use crate::store::blocks;
use crate::store::facilities::{self, Filter};
use crate::store::{Db, StoreError, notices, sites};

/// A site with everything that its page says.
#[derive(Debug)]
pub struct SiteView {
    pub site: Site,
    pub facilities: Vec<Facility>,
    pub hours: Vec<WeeklyHours>,
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
        let Some(site) = sites::by_slug(conn, &slug)? else {
            return Ok(None);
        };
        let filter = Filter { site: Some(&slug), listed_only: !with_unlisted, ..Filter::default() };
        let facilities = facilities::with_sites(conn, &filter)?.into_iter().map(|(_, facility)| facility).collect();
        let hours = sites::hours(conn, &[site.id])?.into_iter().map(|(_, hours)| hours);
        Ok(Some(SiteView {
            hours: hours.filter(|one| one.facility.is_none()).collect(),
            closures: blocks::coming(conn, site.id, now)?,
            notices: notices::coming(conn, site.id, now)?,
            site,
            facilities,
        }))
    })
    .await
}
