//! The page of a café or shop: whether it is open now, its hours, and what anyone may drop in to.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::service::{self, CafeView};
use crate::domain::drop_ins::{Door, DropIn, door_words};
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::span::Instant;
use crate::domain::words::{clock, date_without_year, listed, weekday_of};
use crate::error::Error;
use crate::urls;
use crate::web::access::Visitor;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "cafe/open.html")]
struct OpenPage {
    chrome: Chrome,
    name: String,
    kind: &'static str,
    drawing: &'static str,
    about: String,
    place: String,
    site_name: String,
    site_href: String,
    address: String,
    phone: String,
    needs: String,
    is_open: bool,
    door: String,
    hours: Vec<(&'static str, String)>,
    holidays: &'static str,
    season: Option<String>,
    sessions: Vec<SessionView>,
    manage: Option<String>,
    openers: Option<String>,
}

struct SessionView {
    name: String,
    when: String,
    limits: Option<String>,
    for_whom: String,
    next: Option<String>,
    off: Vec<String>,
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    visitor: Visitor,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let (site, facility) = path.into_inner();
    let slugs = Slug::parse(&site).zip(Slug::parse(&facility)).ok_or(Error::NotFound)?;
    let now = state.clock.now();
    let view = service::load(&state.db, slugs, visitor.actor().cloned(), now).await?.ok_or(Error::NotFound)?;
    let manages = visitor.actor().is_some_and(|actor| actor.manages(view.site.id));
    let staff = visitor.actor().is_some_and(|actor| actor.is_staff(view.site.id));
    page::ok(&open_page(chrome, &view, (manages, staff), now))
}

fn open_page(chrome: Chrome, view: &CafeView, (manages, staff): (bool, bool), now: Instant) -> OpenPage {
    let (site, facility) = (&view.site, &view.facility);
    let needs: Vec<String> = facility.needs.iter().map(|need| need.label().to_owned()).collect();
    let season = facility.rules.season.map(|season| format!("Open from {}", season.words()));
    OpenPage {
        chrome,
        name: facility.name.clone(),
        kind: facility.kind.entry().name,
        drawing: facility.kind.entry().drawing,
        about: facility.about.clone(),
        place: facility.place(),
        site_name: site.name.clone(),
        site_href: urls::site(&site.slug),
        address: site.address(),
        phone: site.phone.clone(),
        needs: listed(&needs),
        is_open: matches!(view.door, Door::Open(_)),
        door: door_words(site.zone, view.door, now),
        hours: week_in_words(view),
        holidays: if view.on_holidays { "Open on bank holidays, too." } else { "Closed on bank holidays." },
        season,
        sessions: view.sessions.iter().map(|one| session_view(view, one, now)).collect(),
        manage: manages.then(|| urls::drop_ins(&site.slug, &facility.slug)),
        openers: staff.then(|| urls::openers(&site.slug, &facility.slug)),
    }
}

/// One line a weekday: "9am to 4pm", or "Closed".
fn week_in_words(view: &CafeView) -> Vec<(&'static str, String)> {
    (0..7)
        .map(|weekday| {
            let own = view.hours.iter().filter(|one| one.weekday == weekday);
            let spans: Vec<String> =
                own.map(|one| format!("{} to {}", clock(one.from_minute), clock(one.to_minute))).collect();
            (weekday_of(weekday), if spans.is_empty() { "Closed".to_owned() } else { listed(&spans) })
        })
        .collect()
}

fn session_view(view: &CafeView, one: &DropIn, now: Instant) -> SessionView {
    let zone = view.site.zone;
    let today = local_date(zone, now);
    // A date on which the place is closed is none.
    let stands =
        |span: &crate::domain::span::Span| view.open.is_empty() || view.open.iter().any(|open| open.overlaps(*span));
    let coming = today.iter_days().take(60);
    let next = coming.filter_map(|date| one.on(zone, date)).find(|span| now < span.end() && stands(span));
    SessionView {
        name: one.name.clone(),
        when: one.words(),
        limits: one.limits(today),
        for_whom: one.for_whom.clone(),
        next: next.map(|span| match local_date(zone, span.start()) {
            date if date == today => "Today".to_owned(),
            date => date_without_year(date),
        }),
        off: one
            .off
            .iter()
            .filter(|date| today <= **date && one.has(**date))
            .map(|date| date_without_year(*date))
            .collect(),
    }
}
