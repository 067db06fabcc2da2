//! One date given back with one click, from a list. Where that would count as late and the list did not say so, the page that does is shown first.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::cancel::not_done;
use super::service::{self, Answer, Case, Deed, GiveUp, Means, may_give_up};
use crate::domain::booking::{Occurrence, Scope};
use crate::domain::ids::Reference;
use crate::domain::occurrence::Stage;
use crate::domain::span::Instant;
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseForm {
    version: i32,
    date: i32,
    /// "yes" where the button said that it counts as late.
    #[serde(default)]
    late: String,
    /// "list" leads back to the list.
    #[serde(default)]
    back: String,
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<ReleaseForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let now = state.clock.now();
    let view = service::view(&state.db, reference.clone(), who.actor.clone(), now).await?;
    let case = view.map(|view| view.case).filter(|case| may_give_up(&who.actor, case)).ok_or(Error::NotFound)?;
    let dates = case.booking.occurrences.iter().filter(|one| one.ordinal == form.date);
    let (late, asked) = dates.fold((false, true), |(late, asked), one| {
        (late || is_late(&case, one, now), asked && one.state.stage() == Stage::Requested)
    });
    if late && form.late != "yes" {
        return Ok(page::see_other(&urls::booking_cancel_date(&reference, form.date)));
    }
    let means = Means { now, mailer: state.mailer.clone() };
    let what = GiveUp { from: Some(form.date), scope: Scope::This, reason: String::new() };
    let at = (reference.clone(), form.version);
    let answer = service::act(&state.db, means, who.actor.clone(), at, Deed::Cancel(what)).await?;
    if !matches!(answer, Answer::Done(_)) {
        return not_done(Chrome::of(&request), &state, answer);
    }
    let done = if asked { "withdrawn" } else { "released" };
    if let Some(page) = form.back.strip_prefix("list") {
        return Ok(page::done(&urls::bookings_after(&reference, form.date, page.trim_start_matches('?')), done));
    }
    Ok(page::done(&urls::booking(&reference), done))
}

/// Whether giving a confirmed date up now counts as late.
pub fn is_late(case: &Case, one: &Occurrence, now: Instant) -> bool {
    let window = case.facility_of(one).map_or(0, |facility| facility.rules.late_cancel_minutes);
    one.state.stage() == Stage::Confirmed
        && now < one.session.start()
        && one.session.start() < now.plus_minutes(window.into())
}
