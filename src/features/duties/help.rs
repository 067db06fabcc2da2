//! One date on which help is needed, for a volunteer who was asked: when, where, and a button that takes it. Not the rest of their sessions.

use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::date::DateQuery;
use super::service::{self, HelpView, date_of};
use crate::domain::ids::Reference;
use crate::domain::span::Instant;
use crate::domain::words::date_and_times;
use crate::error::Error;
use crate::urls;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;
use crate::web::today_only::ForToday;

#[derive(Template)]
#[template(path = "duties/help.html")]
struct HelpPage {
    chrome: Chrome,
    when: String,
    place: String,
    /// Empty as long as the site has not confirmed the session.
    address: String,
    organisation: String,
    /// Why there is nothing to take.
    over: Option<&'static str>,
    reference: String,
    date: i32,
    today: &'static str,
    action: &'static str,
}

pub async fn get(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    query: Query<DateQuery>,
    who: ForToday,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let view = service::help(&state, who.actor.clone(), (reference, query.date)).await?.ok_or(Error::NotFound)?;
    let chrome = Chrome::of(&request);
    let chrome = if who.only { chrome.with_today_only() } else { chrome };
    page::ok(&help_page(chrome, &view, state.clock.now()).ok_or(Error::NotFound)?)
}

fn help_page(chrome: Chrome, view: &HelpView, now: Instant) -> Option<HelpPage> {
    let case = &view.case;
    let date = date_of(case, view.ordinal, now)?;
    let facility = case.facility_of(date.occurrence)?;
    let over = if !date.stands {
        Some("The session does not take place, so nobody is needed.")
    } else if date.session.start() <= now {
        Some("The session has begun or is over.")
    } else if view.mine {
        Some("You are on it already.")
    } else if view.missing == 0 {
        Some("Somebody has taken it. Thank you all the same.")
    } else {
        None
    };
    Some(HelpPage {
        chrome: chrome.with_exit(facility.is_private()),
        when: date_and_times(case.site.zone, date.session),
        place: format!("{}, {}", facility.name, case.site.name),
        address: if date.confirmed { case.site.address() } else { String::new() },
        organisation: case.booking.holder_name().to_owned(),
        over,
        reference: case.booking.reference.to_string(),
        date: view.ordinal,
        today: urls::TODAY,
        action: urls::TODAY_DUTY,
    })
}
