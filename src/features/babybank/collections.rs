//! The collections to come: a referrer sees their own, the site's staff all. Nothing of drop-offs stands here.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::service::{self, VisitsView};
use super::times::slugs;
use crate::domain::hours::local_date;
use crate::domain::slots::{SIZES, Visit, words_of};
use crate::domain::span::Instant;
use crate::domain::words::{date_without_year, times};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "babybank/collections.html")]
struct CollectionsPage {
    chrome: Chrome,
    name: String,
    site_name: String,
    site_href: String,
    staff: bool,
    book: String,
    donations: String,
    streams: Option<String>,
    days: Vec<Day>,
}

struct Day {
    date: String,
    lines: Vec<Line>,
}

struct Line {
    href: String,
    times: String,
    bundle: String,
    size: &'static str,
    organisation: String,
    state: &'static str,
    words: &'static str,
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let (now, slugs) = (state.clock.now(), slugs(&path)?);
    let view = service::load_collections(&state.db, who.actor.clone(), slugs, now).await?.ok_or(Error::NotFound)?;
    page::ok(&list_page(chrome, &view, now))
}

fn list_page(chrome: Chrome, view: &VisitsView, now: Instant) -> CollectionsPage {
    let (site, facility) = (&view.bank.site, &view.bank.facility);
    let today = local_date(site.zone, now);
    let mut days: Vec<Day> = Vec::new();
    for visit in view.visits.iter().filter(|visit| today <= local_date(site.zone, visit.slot.start())) {
        let date = date_without_year(local_date(site.zone, visit.slot.start()));
        let line = line(view, visit);
        match days.last_mut() {
            Some(day) if day.date == date => day.lines.push(line),
            _ => days.push(Day { date, lines: vec![line] }),
        }
    }
    CollectionsPage {
        chrome,
        name: facility.name.clone(),
        site_name: site.name.clone(),
        site_href: urls::site(&site.slug),
        staff: view.staff,
        book: urls::collect(&site.slug, &facility.slug),
        donations: urls::donations(&site.slug, &facility.slug),
        streams: view.manages.then(|| urls::manage_streams(&site.slug, &facility.slug)),
        days,
    }
}

fn line(view: &VisitsView, visit: &Visit) -> Line {
    let (site, facility) = (&view.bank.site, &view.bank.facility);
    Line {
        href: urls::collection(&site.slug, &facility.slug, &visit.reference),
        times: times(site.zone, visit.slot),
        bundle: visit.bundle.clone(),
        size: words_of(&SIZES, &visit.size).unwrap_or_default(),
        organisation: visit.organisation.as_ref().map(|(_, name)| name.clone()).unwrap_or_default(),
        state: visit.stage.shown_as(),
        words: visit.stage.words(),
    }
}
