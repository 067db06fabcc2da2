//! What the screen beside a door says, in words that are read from three metres. It refreshes itself, with a script and without.

use actix_web::http::{StatusCode, header};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;

use super::service::{self, DoorView};
use crate::domain::door::{self, Board, Now, What};
use crate::domain::hours::{local_date, local_time};
use crate::domain::redaction::Shown;
use crate::domain::span::Instant;
use crate::domain::words::{clock, times, weekday_name};
use crate::error::Error;
use crate::urls;
use crate::web::assets::{self, Paths};
use crate::web::page;
use crate::web::qr::{self, Code};
use crate::web::state::{Shared, State};

/// Whoever shows it asks again each time, and nobody between us keeps it.
const CACHE: (&str, &str) = ("Cache-Control", "private, no-cache");
const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(Template)]
#[template(path = "door/show.html")]
struct ShowPage {
    assets: Paths,
    zone: String,
    name: String,
    place: String,
    /// The value of `data-state` for the large card, and its icon.
    shown: &'static str,
    icon: &'static str,
    heading: String,
    words: Vec<String>,
    /// "9am to 10am" and what it is.
    later: Vec<(String, String)>,
    /// Said where nothing comes.
    nothing: String,
    notices: Vec<String>,
    codes: Vec<CodeView>,
    phone: String,
    site_name: String,
}

/// A code with where it leads.
struct CodeView {
    code: Code,
    href: String,
    words: &'static str,
}

/// What is said when nothing can be read just now; it asks again by itself.
#[derive(Template)]
#[template(path = "door/show_away.html")]
struct AwayPage {
    assets: Paths,
}

pub async fn get(request: HttpRequest, state: Shared, path: Path<String>) -> Result<HttpResponse, Error> {
    match shown(&request, &state, &path).await {
        // A screen has nobody who could press "again".
        Err(error @ (Error::Unavailable(_) | Error::Internal(_))) => {
            tracing::warn!("a door display could not be shown: {error}");
            page::with_status(StatusCode::SERVICE_UNAVAILABLE, &AwayPage { assets: assets::paths() })
        }
        answer => answer,
    }
}

async fn shown(request: &HttpRequest, state: &State, path: &str) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let Some((door, number)) = service::open(&state.db, path, now).await? else {
        // Only those who guess are counted; a screen asks each minute for as long as it hangs there.
        state.limits.try_door(state, request)?;
        return Err(Error::NotFound);
    };
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let same = known.and_then(|known| known.split(',').find(|one| door::holds(one, (VERSION, number), now)));
    if let Some(tag) = same {
        let tag = tag.trim().to_owned();
        return Ok(HttpResponse::NotModified().insert_header(CACHE).insert_header((header::ETAG, tag)).finish());
    }
    let view = service::view(&state.db, door.facility, now).await?.ok_or(Error::NotFound)?;
    let tag = door::tag(VERSION, number, view.board.holds_until);
    let mut response = page::ok(&show_page(state, &view, now))?;
    let headers = response.headers_mut();
    for (name, value) in [("ETag", tag.as_str()), CACHE, ("X-Robots-Tag", "noindex")] {
        if let (Ok(name), Ok(value)) = (header::HeaderName::try_from(name), header::HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    }
    Ok(response)
}

fn show_page(state: &State, view: &DoorView, now: Instant) -> ShowPage {
    let (site, facility, board) = (&view.site, &view.facility, &view.board);
    let zone = site.zone;
    let (shown, icon) = look(&board.now);
    let later: Vec<(String, String)> =
        board.later.iter().map(|(session, what)| (times(zone, *session), later_words(what))).collect();
    ShowPage {
        assets: assets::paths(),
        zone: zone.name().to_owned(),
        // What is on no list has no name on its door.
        name: if facility.listed { facility.name.clone() } else { "This room".to_owned() },
        place: facility.place(),
        shown,
        icon,
        heading: heading(board, zone, now),
        words: words(view, now),
        nothing: nothing_words(board),
        later,
        notices: view.notices.iter().map(|one| format!("{}, {}", one.words, times(zone, one.span))).collect(),
        codes: if facility.listed { codes(state, view) } else { Vec::new() },
        phone: site.phone.clone(),
        site_name: site.name.clone(),
    }
}

fn codes(state: &State, view: &DoorView) -> Vec<CodeView> {
    let (site, facility) = (&view.site.slug, &view.facility.slug);
    let both = [
        (urls::facility(site, facility), "See the week and book"),
        (urls::report_fault(site, facility), "Report a fault"),
    ];
    let view = |(path, words): (String, &'static str)| {
        let code = qr::code(&state.mailer.link(&path))?;
        Some(CodeView { code, href: path, words })
    };
    both.into_iter().filter_map(view).collect()
}

fn look(now: &Now) -> (&'static str, &'static str) {
    match now {
        Now::InUse(Shown::Busy) => ("private", "closed"),
        Now::InUse(_) => ("confirmed", "closed"),
        Now::Free { .. } => ("free", "confirmed"),
        Now::MadeReady => ("cleaning", "cleaning"),
        Now::Held => ("requested", "requested"),
        Now::Closed(_) | Now::Shut => ("closed", "closed"),
    }
}

/// "4pm", "8am tomorrow", "8am on Monday".
fn when(at: Instant, zone: Tz, now: Instant) -> String {
    let (local, today) = (local_time(zone, at), local_date(zone, now));
    let said = clock(local.minute);
    match (local.date - today).num_days() {
        0 => said,
        // The midnight at the end of a day belongs to it.
        1 if local.minute == 0 => said,
        1 => format!("{said} tomorrow"),
        _ => format!("{said} on {}", weekday_name(local.date)),
    }
}

fn heading(board: &Board, zone: Tz, now: Instant) -> String {
    let until = board.until.map(|at| when(at, zone, now));
    let with = |words: &str| until.as_ref().map_or_else(|| words.to_owned(), |at| format!("{words} until {at}"));
    match &board.now {
        Now::InUse(_) => with("In use"),
        Now::MadeReady => with("Being made ready"),
        Now::Held => with("Kept"),
        Now::Closed(_) => with("Closed"),
        Now::Free { free, of } if 1 < *of => with(&format!("{free} of {of} free")),
        Now::Free { .. } => with("Free"),
        Now::Shut => until.map_or_else(|| "Closed".to_owned(), |at| format!("Closed. Opens at {at}")),
    }
}

fn words(view: &DoorView, now: Instant) -> Vec<String> {
    match &view.board.now {
        Now::InUse(Shown::Busy | Shown::Booked) => vec!["Private session. Please do not knock.".to_owned()],
        Now::InUse(Shown::Holder(holder)) => vec![holder.clone()],
        Now::InUse(Shown::Everything { holder, purpose }) => {
            [purpose, holder].into_iter().filter(|one| !one.is_empty()).cloned().collect()
        }
        Now::MadeReady => vec!["Somebody sets out or tidies up. Please wait outside.".to_owned()],
        Now::Held => vec!["Somebody has asked for it. Ask at reception if you need it now.".to_owned()],
        Now::Closed(reason) => vec![reason.clone()],
        Now::Free { .. } if view.facility.kind.entry().by_the_hour => {
            vec!["Please book it before you use it.".to_owned()]
        }
        Now::Free { .. } => Vec::new(),
        Now::Shut if view.facility.retired_from.is_some_and(|from| from <= local_date(view.site.zone, now)) => {
            vec!["It is no longer in use.".to_owned()]
        }
        Now::Shut => vec!["Outside opening hours.".to_owned()],
    }
}

fn later_words(what: &What) -> String {
    match what {
        What::Session(Shown::Busy) => "Private session".to_owned(),
        What::Session(shown) => shown.title(),
        What::Held => "Asked for, not confirmed".to_owned(),
        What::Closed(reason) => format!("Closed: {reason}"),
    }
}

fn nothing_words(board: &Board) -> String {
    match board.now {
        Now::Free { .. } | Now::Shut => "Nothing is booked for the rest of today.",
        _ => "Nothing else is booked today.",
    }
    .to_owned()
}
