//! All sites, as a list.

use actix_web::HttpResponse;
use askama::Template;

use super::service;
use crate::domain::places::Site;
use crate::error::Error;
use crate::urls;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "places/sites.html")]
struct SitesPage {
    chrome: Chrome,
    sites: Vec<SiteCard>,
}

struct SiteCard {
    href: String,
    schedule: String,
    name: String,
    address: String,
    about: String,
    step_free: bool,
}

pub async fn get(state: Shared, chrome: Chrome) -> Result<HttpResponse, Error> {
    let sites = service::all(&state.db).await?;
    page::ok(&SitesPage { chrome, sites: sites.iter().map(card).collect() })
}

fn card(site: &Site) -> SiteCard {
    SiteCard {
        href: urls::site(&site.slug),
        schedule: urls::schedule(&site.slug, None),
        name: site.name.clone(),
        address: site.address(),
        about: site.about.clone(),
        step_free: site.step_free,
    }
}
