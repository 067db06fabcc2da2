//! The links in a donor's mail: one confirms a drop-off, one cancels it. A page with a button each, so that no scanner presses it.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Answer, Linked};
use super::times::outside;
use crate::domain::slots::Visit;
use crate::domain::words::date_and_times;
use crate::error::Error;
use crate::urls;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

#[derive(Template)]
#[template(path = "babybank/link.html")]
struct LinkPage {
    chrome: Chrome,
    confirms: bool,
    when: String,
    place: String,
    address: String,
    action: String,
}

/// What is said after it, or where the link opens nothing.
#[derive(Template)]
#[template(path = "babybank/link_done.html")]
struct DonePage {
    chrome: Chrome,
    heading: &'static str,
    words: &'static str,
    again: Option<String>,
}

pub async fn confirm(request: HttpRequest, state: Shared, path: Path<String>) -> Result<HttpResponse, Error> {
    show(&request, &state, &path, true).await
}

pub async fn cancel(request: HttpRequest, state: Shared, path: Path<String>) -> Result<HttpResponse, Error> {
    show(&request, &state, &path, false).await
}

async fn show(request: &HttpRequest, state: &Shared, token: &str, confirms: bool) -> Result<HttpResponse, Error> {
    let found = service::linked(&state.db, token, confirms, state.clock.now()).await?;
    let Some(Linked { site, facility, visit }) = found else {
        return gone(request);
    };
    page::ok(&LinkPage {
        chrome: Chrome::of(request).with_visitor_form(request),
        confirms,
        when: when(site.zone, &visit),
        place: format!("{}, {}", facility.name, site.name),
        address: site.address(),
        action: if confirms { urls::donation_confirm(token) } else { urls::donation_cancel(token) },
    })
}

fn when(zone: chrono_tz::Tz, visit: &Visit) -> String {
    date_and_times(zone, visit.slot)
}

pub async fn post_confirm(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    _form: ProtectedForm<Nothing>,
) -> Result<HttpResponse, Error> {
    let before = service::linked(&state.db, &path, true, state.clock.now()).await?;
    let again = before.map(|one| urls::donate(&one.site.slug, &one.facility.slug));
    let chrome = Chrome::of(&request);
    match service::confirm(&state.db, outside(&state), &path).await? {
        Answer::Done(_) => page::ok(&DonePage {
            chrome,
            heading: "Thank you. Your drop-off is booked",
            words: "We have emailed you the details, with a link to cancel it if you cannot come.",
            again: None,
        }),
        Answer::Taken => page::with_status(
            StatusCode::CONFLICT,
            &DonePage {
                chrome,
                heading: "That time is no longer free",
                words: "We kept it for 30 minutes, and it cannot be had any more. Choose another time.",
                again,
            },
        ),
        Answer::NotFound | Answer::Stale | Answer::TooOften => gone(&request),
    }
}

pub async fn post_cancel(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    _form: ProtectedForm<Nothing>,
) -> Result<HttpResponse, Error> {
    match service::cancel_by_link(&state.db, outside(&state), &path).await? {
        Answer::Done(_) => page::ok(&DonePage {
            chrome: Chrome::of(&request),
            heading: "Your drop-off is cancelled",
            words: "Thank you for telling us. The time is free for somebody else.",
            again: None,
        }),
        _ => gone(&request),
    }
}

fn gone(request: &HttpRequest) -> Result<HttpResponse, Error> {
    let page = DonePage {
        chrome: Chrome::of(request),
        heading: "This link no longer works",
        words: "It has been used, its time is over, or what it was about has changed. Nothing was changed now.",
        again: None,
    };
    page::with_status(StatusCode::GONE, &page)
}
