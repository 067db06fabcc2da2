//! On the day: "we need longer", "we have finished", and booking the same again. Not changes of dates to come.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Deed};
use crate::domain::ids::Reference;
use crate::domain::words::length;
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunningForm {
    version: i32,
    /// The date by its ordinal.
    date: i32,
    #[serde(default)]
    minutes: i64,
}

#[derive(Template)]
#[template(path = "bookings/running.html")]
struct RunningPage {
    chrome: Chrome,
    reference: String,
    back: String,
    action: String,
    what: String,
    site: String,
    phone: String,
    version: i32,
    date: i32,
    /// Minutes, and how they are said.
    minutes: Vec<(i64, String)>,
}

/// By how much the session that runs could be made longer.
pub async fn get(state: Shared, path: Path<String>, who: SignedIn, chrome: Chrome) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let found = service::running(&state.db, reference, who.actor.clone(), state.clock.now()).await?;
    let found = found.ok_or(Error::NotFound)?;
    let case = &found.case;
    let one = case.booking.occurrences.iter().find(|one| one.ordinal == found.ordinal);
    page::ok(&RunningPage {
        chrome,
        reference: case.booking.reference.to_string(),
        back: urls::booking(&case.booking.reference),
        action: urls::booking_longer(&case.booking.reference),
        what: one.map_or_else(String::new, |one| case.for_mail().when(one)),
        site: case.site.name.clone(),
        phone: case.site.phone.clone(),
        version: case.booking.version,
        date: found.ordinal,
        minutes: found.minutes.iter().map(|minutes| (*minutes, length(*minutes))).collect(),
    })
}

/// Makes the session that runs longer.
pub async fn longer(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<RunningForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let deed = Deed::Longer { ordinal: form.date, minutes: form.minutes };
    super::cancel::done_or_shown(&request, &state, &who, (reference, form.version), deed).await
}

/// Ends the session that runs.
pub async fn finish(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<RunningForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let deed = Deed::Finish { ordinal: form.date };
    super::cancel::done_or_shown(&request, &state, &who, (reference, form.version), deed).await
}

/// Leads to the form filled from this booking, on the next date of the same weekday on which the time is free.
pub async fn again(state: Shared, path: Path<String>, who: SignedIn) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let now = state.clock.now();
    let place =
        service::next_free(&state.db, reference.clone(), who.actor.clone(), now).await?.ok_or(Error::NotFound)?;
    let form = match place.times {
        Some((date, from, to)) => urls::book_at(&place.site, &place.facility, date, from, Some(to)),
        None => urls::book(&place.site, &place.facility),
    };
    let mark = if form.contains('?') { '&' } else { '?' };
    Ok(page::see_other(&format!("{form}{mark}again={reference}")))
}
