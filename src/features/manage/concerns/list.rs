//! What there is to read, without what it says.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::service;
use crate::domain::ids::Slug;
use crate::domain::words::date_and_clock;
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "manage/concerns/list.html")]
struct ListPage {
    chrome: Chrome,
    name: String,
    /// Somebody is named as lead; otherwise all managers read this.
    named: bool,
    staff: String,
    concerns: Vec<Row>,
}

struct Row {
    reference: String,
    href: String,
    place: String,
    told: String,
    closed: bool,
}

pub async fn get(who: SignedIn, state: Shared, path: Path<String>, chrome: Chrome) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let view = service::list(&state.db, who.actor.clone(), slug).await?.ok_or(Error::NotFound)?;
    let site = &view.site;
    let row = |one: &crate::domain::concern::ConcernFacts| Row {
        reference: one.reference.to_string(),
        href: urls::to_read_one(&site.slug, &one.reference),
        place: one.place.clone(),
        told: date_and_clock(site.zone, one.told_at),
        closed: one.closed_at.is_some(),
    };
    page::ok(&ListPage {
        chrome: chrome.with_exit(true),
        name: site.name.clone(),
        named: view.named,
        staff: urls::manage_site_staff(&site.slug),
        concerns: view.concerns.iter().map(row).collect(),
    })
}
