//! One booking: where and when, what has happened, what can be done next. For its own people and the site's staff only.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::service::{self, Case, EventLine, View, may_undo};
use crate::domain::booking::Occurrence;
use crate::domain::ids::Reference;
use crate::domain::occurrence::{Stage, State};
use crate::domain::policy::Actor;
use crate::domain::rules::Privacy;
use crate::domain::span::Instant;
use crate::domain::words::{counted, date_and_clock, rough_length};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "bookings/show.html")]
struct ShowPage {
    chrome: Chrome,
    reference: String,
    stage: Stage,
    confidential: bool,
    title: String,
    drawing: &'static str,
    occurrences: Vec<OccurrenceView>,
    site_name: String,
    site_href: String,
    address: String,
    arrival: String,
    phone: String,
    holder: String,
    booked_by: String,
    people: String,
    privacy: &'static str,
    note: String,
    waiting: Option<String>,
    calendar: Option<String>,
    cancel: Option<String>,
    decide: Option<String>,
    undo: Option<String>,
    again: String,
    version: i32,
    history: Vec<HistoryLine>,
}

struct OccurrenceView {
    when: String,
    place: String,
    units: String,
    stage: Stage,
}

struct HistoryLine {
    shown: &'static str,
    icon: &'static str,
    words: &'static str,
    by: String,
    message: String,
    at: String,
}

pub async fn get(state: Shared, path: Path<String>, who: SignedIn, chrome: Chrome) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let view = service::view(&state.db, reference, who.actor.clone()).await?.ok_or(Error::NotFound)?;
    page::ok(&show_page(chrome, &who.actor, &view, state.clock.now()))
}

/// The booking as a calendar file.
pub async fn calendar(state: Shared, path: Path<String>, who: SignedIn) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let view = service::view(&state.db, reference, who.actor.clone()).await?.ok_or(Error::NotFound)?;
    let text = state.mailer.calendar_file(view.case.for_mail(), state.clock.now()).ok_or(Error::NotFound)?;
    let name = format!("attachment; filename=\"{}.ics\"", view.case.booking.reference);
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .insert_header(("Content-Disposition", name))
        .body(text))
}

fn show_page(chrome: Chrome, actor: &Actor, view: &View, now: Instant) -> ShowPage {
    let (case, booking) = (&view.case, &view.case.booking);
    let stage = shown_stage(case, now);
    let waits = stage == Stage::Requested;
    ShowPage {
        chrome,
        reference: booking.reference.to_string(),
        stage,
        confidential: booking.privacy == Privacy::Confidential,
        title: booking.purpose.clone(),
        drawing: case.facilities.first().map_or("group", |facility| facility.kind.entry().drawing),
        occurrences: booking.occurrences.iter().map(|one| occurrence_view(case, one)).collect(),
        site_name: case.site.name.clone(),
        site_href: urls::site(&case.site.slug),
        address: case.site.address(),
        arrival: arrival(case),
        phone: case.site.phone.clone(),
        holder: booking.holder_name().to_owned(),
        booked_by: booking.booked_by.as_ref().map_or_else(String::new, |booker| booker.name.clone()),
        people: counted(booking.people.into(), "person", "people"),
        privacy: booking.privacy.words(),
        note: booking.note.clone(),
        waiting: waiting_words(case, now),
        calendar: (stage == Stage::Confirmed || waits).then(|| urls::booking_calendar(&booking.reference)),
        cancel: service::may_cancel(actor, case, now).then(|| urls::booking_cancel(&booking.reference)),
        decide: (waits && actor.manages(case.site.id)).then(|| urls::request(&booking.reference)),
        undo: undo_href(actor, case, now),
        again: again_href(case),
        version: booking.version,
        history: view.history.iter().map(|line| history_line(case, line)).collect(),
    }
}

/// A hold whose time is over is shown as expired, whether or not anything has written that down.
fn shown_stage(case: &Case, now: Instant) -> Stage {
    let void = case.booking.occurrences.iter().all(|one| one.state.is_void(now));
    if void { Stage::Expired } else { case.booking.stage() }
}

fn undo_href(actor: &Actor, case: &Case, now: Instant) -> Option<String> {
    let future = case.booking.occurrences.iter().any(|one| now < one.session.start());
    (future && may_undo(actor, case)).then(|| urls::booking_undo(&case.booking.reference))
}

fn again_href(case: &Case) -> String {
    let facility = case.facilities.first();
    facility.map_or_else(|| urls::HOME.to_owned(), |facility| urls::book(&case.site.slug, &facility.slug))
}

fn arrival(case: &Case) -> String {
    let own = case.facilities.iter().map(|facility| facility.arrival.clone());
    let parts: Vec<String> =
        [case.site.arrival.clone()].into_iter().chain(own).filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

fn waiting_words(case: &Case, now: Instant) -> Option<String> {
    let until = case.booking.waiting(now).find_map(|one| one.state.until())?;
    let left = rough_length(until.minutes_since(now));
    Some(format!("{} decides by {}, in {left} at the latest.", case.site.name, date_and_clock(case.site.zone, until)))
}

fn occurrence_view(case: &Case, one: &Occurrence) -> OccurrenceView {
    let facility = case.facility_of(one);
    let place = facility.map_or_else(String::new, |facility| {
        [facility.name.clone(), facility.place()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    });
    OccurrenceView {
        when: case.for_mail().when(one),
        place,
        units: match &one.wanted {
            crate::domain::availability::Wanted::Any(number) => {
                format!("{number} of {}", facility.map_or(0, |f| f.units.len()))
            }
            crate::domain::availability::Wanted::These(ids) => {
                crate::domain::words::listed(&facility.map_or_else(Vec::new, |f| f.unit_names(ids)))
            }
            crate::domain::availability::Wanted::Whole => String::new(),
        },
        stage: match one.state {
            State::Requested { .. } | State::Conditional { .. } => Stage::Requested,
            other => other.stage(),
        },
    }
}

fn history_line(case: &Case, line: &EventLine) -> HistoryLine {
    HistoryLine {
        shown: line.kind.shown_as(),
        icon: match line.kind.shown_as() {
            "free" => "repeat",
            other => other,
        },
        words: line.kind.words(),
        by: line.actor.clone().unwrap_or_default(),
        message: line.message.clone().unwrap_or_default(),
        at: date_and_clock(case.site.zone, line.at),
    }
}
