//! The front page: search, kinds of space, sites.

use actix_web::HttpResponse;
use askama::Template;

use super::search::{SearchForm, SearchQuery};
use super::service;
use crate::domain::kinds::Kind;
use crate::domain::places::{Facility, Site};
use crate::domain::words::{counted, listed};
use crate::error::Error;
use crate::urls;
use crate::web::chrome::Chrome;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "finding/home.html")]
struct HomePage {
    chrome: Chrome,
    search: SearchForm,
    kinds: Vec<KindTile>,
    sites: Vec<SiteTile>,
}

struct KindTile {
    href: String,
    drawing: &'static str,
    label: &'static str,
}

struct SiteTile {
    href: String,
    drawing: &'static str,
    name: String,
    town: String,
    spaces: String,
}

pub async fn get(state: Shared, chrome: Chrome) -> Result<HttpResponse, Error> {
    let estate = service::estate(&state.db).await?;
    let sites: Vec<Site> = estate.iter().map(|(site, _)| site.clone()).collect();
    let kinds = service::kinds_of(&estate).into_iter().map(kind_tile).collect();
    page::ok(&HomePage {
        chrome,
        search: SearchQuery::default().form(&sites, state.clock.now(), Faults::none()),
        kinds,
        sites: estate.iter().map(|(site, own)| site_tile(site, own)).collect(),
    })
}

fn kind_tile(kind: Kind) -> KindTile {
    let entry = kind.entry();
    KindTile { href: format!("{}?kind={}", urls::FIND, entry.code), drawing: entry.drawing, label: entry.plural }
}

fn site_tile(site: &Site, own: &[Facility]) -> SiteTile {
    let mut counts: Vec<(Kind, i64)> = Vec::new();
    for facility in own {
        match counts.iter_mut().find(|(kind, _)| *kind == facility.kind) {
            Some((_, count)) => *count += 1,
            None => counts.push((facility.kind, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| -count);
    let words: Vec<String> = counts
        .iter()
        .take(3)
        .map(|(kind, count)| {
            let name = kind.entry().name.to_lowercase();
            counted(
                *count,
                &name,
                &format!("{name}s")
                    .replace("garden or exercise spaces", "outdoor spaces")
                    .replace("or shops", "and shop spaces"),
            )
        })
        .collect();
    SiteTile {
        href: urls::site(&site.slug),
        drawing: counts.first().map_or("group", |(kind, _)| kind.entry().drawing),
        name: site.name.clone(),
        town: site.town.clone(),
        spaces: listed(&words),
    }
}
