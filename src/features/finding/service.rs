//! What the front page and the search ask of the database. Not how the answers look.

use crate::domain::ids::Slug;
use crate::domain::kinds::Kind;
use crate::domain::places::{Facility, Site};
use crate::domain::span::Instant;
use crate::enquiry::find::find;
use crate::enquiry::whats_on::whats_on;
use crate::store::facilities::{self, Filter};
use crate::store::{Db, StoreError, sites};

pub use crate::enquiry::find::{Fit, Found, Near, Wish};
pub use crate::enquiry::whats_on::Session;

/// Every site with the listed facilities that it has, by name.
pub async fn estate(db: &Db) -> Result<Vec<(Site, Vec<Facility>)>, StoreError> {
    let (all, places) = db
        .read(|conn| {
            let all = sites::all(conn)?;
            let places = facilities::of_sites(conn, &Filter { listed_only: true, ..Filter::default() }, &all)?;
            Ok((all, places))
        })
        .await?;
    let mut estate: Vec<(Site, Vec<Facility>)> = all.into_iter().map(|site| (site, Vec::new())).collect();
    for (site, facility) in places {
        if let Some((_, own)) = estate.iter_mut().find(|(one, _)| one.id == site.id) {
            own.push(facility);
        }
    }
    Ok(estate)
}

/// The answer to a search, and all sites for the form above it.
pub async fn search(db: &Db, wish: Option<Wish>, now: Instant) -> Result<(Found, Vec<Site>, Vec<Session>), StoreError> {
    db.read(move |conn| {
        let all = sites::all(conn)?;
        let found = match &wish {
            Some(wish) => find(conn, wish, &all, now)?,
            None => Found::default(),
        };
        // What is booked in a way of its own is searched for by what is on there.
        let sessions = match &wish {
            Some(wish) if wish.kind == Some(Kind::Cafe) => {
                let mut on = whats_on(conn, (wish.date, wish.date), now)?;
                on.retain(|one| wish.site.as_ref().is_none_or(|site| *site == one.place.site_slug));
                on
            }
            _ => Vec::new(),
        };
        Ok((found, all, sessions))
    })
    .await
}

/// All spaces of a kind that anybody may see, at a site where one is named, and all sites for the form.
pub async fn of_kind(
    db: &Db,
    kind: Kind,
    site: Option<Slug>,
) -> Result<(Vec<(Site, Facility)>, Vec<Site>), StoreError> {
    db.read(move |conn| {
        let all = sites::all(conn)?;
        let filter = Filter { kind: Some(kind), site: site.as_ref(), listed_only: true, ..Filter::default() };
        Ok((facilities::of_sites(conn, &filter, &all)?, all))
    })
    .await
}

/// The kinds that the estate has, in the order of the front page.
pub fn kinds_of(estate: &[(Site, Vec<Facility>)]) -> Vec<Kind> {
    let has = |kind: Kind| estate.iter().flat_map(|(_, own)| own).any(|facility| facility.kind == kind);
    crate::domain::kinds::KINDS.iter().map(|entry| entry.kind).filter(|kind| has(*kind)).collect()
}
