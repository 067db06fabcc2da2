//! Exchanging the rooms of two bookings in one act: with whom, and doing it. Each keeps its time.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Answer, Side};
use crate::domain::ids::Reference;
use crate::domain::words::{date_and_times, times};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Default, Deserialize)]
pub struct ExchangeQuery {
    date: Option<i32>,
}

/// The other booking of an exchange, as it was seen.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExchangeForm {
    version: i32,
    date: i32,
    other: String,
    other_version: i32,
    other_date: i32,
}

#[derive(Template)]
#[template(path = "requests/exchange.html")]
struct ExchangePage {
    chrome: Chrome,
    notice: Option<String>,
    reference: String,
    back: String,
    action: String,
    version: i32,
    date: i32,
    what: String,
    others: Vec<Other>,
}

/// A booking whose room could be had in exchange.
struct Other {
    reference: String,
    version: i32,
    date: i32,
    title: String,
    when: String,
}

/// The bookings with which a date could exchange rooms.
pub async fn get(
    state: Shared,
    path: Path<String>,
    query: Query<ExchangeQuery>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    page::ok(&exchange_page(&state, chrome, &who, (reference, query.date.unwrap_or(1)), None).await?)
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<ExchangeForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let ordinal = form.date;
    let other = Reference::parse(&form.other).ok_or(Error::NotFound)?;
    let sides = (
        Side { reference: reference.clone(), version: form.version, ordinal },
        Side { reference: other, version: form.other_version, ordinal: form.other_date },
    );
    let means = (state.clock.now(), state.mailer.clone());
    let notice = match service::exchange(&state.db, means, who.actor.clone(), sides).await? {
        Answer::Done(_) => return Ok(page::done(&urls::booking(&reference), "exchanged")),
        Answer::NotFound => return Err(Error::NotFound),
        Answer::Stale(_) => "One of the bookings has changed since you looked. Nothing was done.".to_owned(),
        Answer::NotPossible(why, _) => format!("{}.", why.words()),
        Answer::Refused(refused, case) => super::decide::refused_words(&refused, &case),
    };
    let page = exchange_page(&state, Chrome::of(&request), &who, (reference, ordinal), Some(notice)).await?;
    page::with_status(StatusCode::CONFLICT, &page)
}

async fn exchange_page(
    state: &Shared,
    chrome: Chrome,
    who: &Manager,
    (reference, ordinal): (Reference, i32),
    notice: Option<String>,
) -> Result<ExchangePage, Error> {
    let found = service::exchangeable(&state.db, reference.clone(), ordinal, who.actor.clone(), state.clock.now());
    let found = found.await?.ok_or(Error::NotFound)?;
    let zone = found.case.site.zone;
    let date = found.case.booking.occurrences.iter().find(|one| one.ordinal == ordinal).ok_or(Error::NotFound)?;
    let room = found.case.facility_of(date).map_or_else(String::new, |facility| facility.name.clone());
    let others = found.others.iter().map(|line| Other {
        reference: line.reference.to_string(),
        version: line.version,
        date: line.ordinal,
        title: format!("{}: {}", line.facility_name, line.holder.name()),
        when: times(line.zone, line.session),
    });
    Ok(ExchangePage {
        chrome,
        notice,
        reference: reference.to_string(),
        back: urls::booking(&reference),
        action: urls::request_exchange(&reference, ordinal),
        version: found.case.booking.version,
        date: ordinal,
        what: format!("{room}, {}", date_and_times(zone, date.session)),
        others: others.collect(),
    })
}
