//! One site: what it has, when it is open, how to get there.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::service::{self, Block, SiteView};
use crate::domain::drop_ins::DropIn;
use crate::domain::hours::{WeeklyHours, local_date};
use crate::domain::ids::Slug;
use crate::domain::places::{Facility, Site};
use crate::domain::span::Instant;
use crate::domain::words::{clock, counted, from_until, listed, weekday_of};
use crate::error::Error;
use crate::urls;
use crate::web::access::Visitor;
use crate::web::chrome::Chrome;
use crate::web::notices::{NoticeView, soon};
use crate::web::page;
use crate::web::state::Shared;

/// Notices of so many days ahead are shown; the pages of later dates show theirs.
const SOON_DAYS: i64 = 14;

#[derive(Template)]
#[template(path = "places/site.html")]
struct SitePage {
    chrome: Chrome,
    name: String,
    about: String,
    address: String,
    phone: String,
    arrival: String,
    step_free: bool,
    schedule: String,
    find: String,
    /// Where its terms are, if it has any.
    terms: Option<String>,
    manage: Option<String>,
    facilities: Vec<FacilityCard>,
    hours: Vec<(&'static str, String)>,
    /// What anyone may come to without booking.
    sessions: Vec<SessionLine>,
    closures: Vec<ClosureNote>,
    notices: Vec<NoticeView>,
}

struct FacilityCard {
    href: String,
    drawing: &'static str,
    name: String,
    words: String,
    about: String,
}

struct SessionLine {
    name: String,
    when: String,
    for_whom: String,
    place: String,
    href: String,
}

struct ClosureNote {
    heading: String,
    words: String,
}

pub async fn get(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    visitor: Visitor,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let now = state.clock.now();
    let staff = visitor.actor().is_some_and(|actor| actor.administrator || !actor.posts.is_empty());
    let view = service::one(&state.db, slug, staff, now).await?.ok_or(Error::NotFound)?;
    let manages = visitor.actor().is_some_and(|actor| actor.manages(view.site.id));
    let sees_unlisted = visitor.actor().is_some_and(|actor| actor.is_staff(view.site.id));
    let public = visitor.0.is_none();
    let number = view.site.change_number;
    page::public_or_private(&request, public, number, now, || site_page(chrome, view, (manages, sees_unlisted), now))
}

fn site_page(chrome: Chrome, view: SiteView, (manages, sees_unlisted): (bool, bool), now: Instant) -> SitePage {
    let sessions = sessions(&view, now);
    let SiteView { site, facilities, hours, closures, notices, .. } = view;
    let seen = |one: &&Facility| one.listed || sees_unlisted;
    let name_of = |id| facilities.iter().filter(seen).find(|one| one.id == id).map(|one| one.name.clone());
    SitePage {
        chrome,
        about: site.about.clone(),
        address: site.address(),
        phone: site.phone.clone(),
        arrival: site.arrival.clone(),
        step_free: site.step_free,
        sessions,
        schedule: urls::schedule(&site.slug, None),
        find: format!("{}?site={}", urls::FIND, site.slug),
        terms: facilities.iter().any(|one| one.terms.is_some()).then(|| urls::terms(&site.slug)),
        manage: manages.then(|| urls::manage_site(&site.slug)),
        facilities: facilities
            .iter()
            .filter(|facility| facility.listed || sees_unlisted)
            .map(|facility| card(&site.slug, facility))
            .collect(),
        hours: week_in_words(&hours),
        closures: service::in_groups(closures).iter().filter_map(|group| closure_note(&site, group)).collect(),
        notices: soon((site.zone, &site.name), notices, now.plus_days(SOON_DAYS), name_of),
        name: site.name,
    }
}

/// The sessions that are not over, in order of their first weekday.
fn sessions(view: &SiteView, now: Instant) -> Vec<SessionLine> {
    let today = local_date(view.site.zone, now);
    let place = |one: &DropIn| view.facilities.iter().find(|facility| facility.id == one.facility);
    let mut all: Vec<&DropIn> = view.sessions.iter().filter(|one| !one.is_over(today)).collect();
    all.sort_by_key(|one| (one.weekdays.first().copied(), one.from_minute));
    let line = |one: &DropIn| {
        let facility = place(one)?;
        Some(SessionLine {
            name: one.name.clone(),
            when: one.words(),
            for_whom: one.for_whom.clone(),
            place: facility.name.clone(),
            href: urls::cafe(&view.site.slug, &facility.slug),
        })
    };
    all.into_iter().filter_map(line).collect()
}

/// One note for what was closed together: the next date, and how many follow.
fn closure_note(site: &Site, group: &[Block]) -> Option<ClosureNote> {
    let next = group.first()?;
    let more = i64::try_from(group.len()).unwrap_or_default() - 1;
    let rest = if more < 1 { String::new() } else { format!(", and {}", counted(more, "more date", "more dates")) };
    Some(ClosureNote {
        heading: format!("{} closed: {}", listed(&next.facilities), next.reason),
        words: format!("{}{rest}.", from_until(site.zone, next.span)),
    })
}

fn card(site: &Slug, facility: &Facility) -> FacilityCard {
    let entry = facility.kind.entry();
    let mut words = vec![entry.name.to_owned()];
    words.extend(Some(facility.place()).filter(|place| !place.is_empty()));
    words.push(counted(facility.rules.capacity.into(), "person", "people"));
    FacilityCard {
        href: urls::facility(site, &facility.slug),
        drawing: entry.drawing,
        name: facility.name.clone(),
        words: words.join(", "),
        about: facility.about.clone(),
    }
}

/// One line a weekday: "8am to 9pm", or "Closed".
fn week_in_words(hours: &[WeeklyHours]) -> Vec<(&'static str, String)> {
    (0..7)
        .map(|weekday| {
            let spans: Vec<String> = hours
                .iter()
                .filter(|one| one.weekday == weekday)
                .map(|one| format!("{} to {}", clock(one.from_minute), clock(one.to_minute)))
                .collect();
            (weekday_of(weekday), if spans.is_empty() { "Closed".to_owned() } else { listed(&spans) })
        })
        .collect()
}
