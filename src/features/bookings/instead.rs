//! A date that lost its place: what is free instead, each taken with one click. Not the search across all sites, which it leads to.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Answer, Deed, InsteadOf, InsteadView, Means};
use crate::domain::hours::local_time;
use crate::domain::ids::{Reference, Slug};
use crate::domain::span::{Instant, Span};
use crate::domain::words::date_and_times;
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::page;
use crate::web::state::{Shared, State};

#[derive(Debug, Deserialize)]
pub struct InsteadQuery {
    /// The date by its ordinal.
    date: Option<i32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InsteadForm {
    version: i32,
    date: i32,
    facility: String,
    /// Instants of start and end, as the page gave them.
    from: i64,
    to: i64,
}

#[derive(Template)]
#[template(path = "bookings/instead.html")]
struct InsteadPage {
    chrome: Chrome,
    reference: String,
    back: String,
    action: String,
    was: String,
    site: String,
    phone: String,
    version: i32,
    date: i32,
    /// The place that was chosen is not free any more; nothing was changed.
    just_taken: bool,
    places: Vec<PlaceView>,
    /// The search for the same time at every site.
    elsewhere: String,
}

struct PlaceView {
    facility: String,
    name: String,
    when: String,
    from: i64,
    to: i64,
}

pub async fn get(
    state: Shared,
    path: Path<String>,
    query: Query<InsteadQuery>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let view = match query.date {
        Some(date) => found(&state, &who, &reference, date).await?,
        None => None,
    };
    match view {
        Some(view) => page::ok(&instead_page(chrome, &view, false)),
        None => as_it_stands(&state, &who, reference).await,
    }
}

/// A date that has its place again needs no other: the booking says how it stands, to those who may see it.
async fn as_it_stands(state: &State, who: &SignedIn, reference: Reference) -> Result<HttpResponse, Error> {
    let view = service::view(&state.db, reference, who.actor.clone(), state.clock.now()).await?;
    let view = view.ok_or(Error::NotFound)?;
    Ok(page::see_other(&urls::booking(&view.case.booking.reference)))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<InsteadForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let chrome = Chrome::of(&request);
    let at = |seconds: i64| Some(Instant::from_seconds(seconds)).filter(|at| at.is_bookable());
    let session = at(form.from).zip(at(form.to)).and_then(|(from, to)| Span::new(from, to));
    let wish = Slug::parse(&form.facility).zip(session);
    let (facility, session) =
        wish.ok_or_else(|| Error::BadRequest("Choose one of the places on the page".to_owned()))?;
    let deed = Deed::TakeInstead(InsteadOf { ordinal: form.date, facility, session });
    let means = Means { now: state.clock.now(), mailer: state.mailer.clone() };
    let at = (reference.clone(), form.version);
    let refused = match service::act(&state.db, means, who.actor.clone(), at, deed).await? {
        Answer::Done(_) => return Ok(page::done(&urls::booking(&reference), "taken-instead")),
        Answer::Refused(refused, case) => Answer::Refused(refused, case),
        other => return super::cancel::not_done(chrome, &state, other),
    };
    match found(&state, &who, &reference, form.date).await? {
        Some(view) => page::with_status(StatusCode::CONFLICT, &instead_page(chrome, &view, true)),
        None => super::cancel::not_done(chrome, &state, refused),
    }
}

async fn found(state: &State, who: &SignedIn, at: &Reference, ordinal: i32) -> Result<Option<InsteadView>, Error> {
    let now = state.clock.now();
    Ok(service::instead(&state.db, at.clone(), ordinal, who.actor.clone(), now).await?)
}

fn instead_page(chrome: Chrome, view: &InsteadView, just_taken: bool) -> InsteadPage {
    let (case, date) = (&view.case, &view.date);
    let zone = case.site.zone;
    let (from, to) = (local_time(zone, date.session.start()), local_time(zone, date.session.end()));
    let facility = case.facility_of(date);
    InsteadPage {
        chrome,
        reference: case.booking.reference.to_string(),
        back: urls::booking(&case.booking.reference),
        action: urls::booking_instead(&case.booking.reference),
        was: format!(
            "{}, {}",
            facility.map_or("", |facility| facility.name.as_str()),
            date_and_times(zone, date.session)
        ),
        site: case.site.name.clone(),
        phone: case.site.phone.clone(),
        version: case.booking.version,
        date: date.ordinal,
        just_taken,
        places: view
            .places
            .iter()
            .map(|place| PlaceView {
                facility: place.facility.to_string(),
                name: place.name.clone(),
                when: date_and_times(zone, place.session),
                from: place.session.start().seconds(),
                to: place.session.end().seconds(),
            })
            .collect(),
        elsewhere: facility.map_or_else(
            || urls::FIND.to_owned(),
            |facility| urls::find_at(facility.kind, from.date, (from.minute, to.minute), case.booking.people),
        ),
    }
}
