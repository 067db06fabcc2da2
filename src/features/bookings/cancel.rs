//! Giving a booking up, with a page to be sure, and undoing that. A stale form changes nothing and shows how it stands.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::cost;
use super::service::{self, Answer, Case, Deed, GiveUp, Means};
use crate::domain::booking::Scope;
use crate::domain::hours::local_date;
use crate::domain::ids::Reference;
use crate::domain::occurrence::Stage;
use crate::domain::rules::Privacy;
use crate::domain::span::Instant;
use crate::domain::words::{length, long_date};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Faults, kept_texts};
use crate::web::page;
use crate::web::state::{Shared, State};

#[derive(Template)]
#[template(path = "bookings/cancel.html")]
struct CancelPage {
    chrome: Chrome,
    faults: Faults,
    /// Something stood in the way; nothing was changed.
    notice: Option<String>,
    reference: String,
    back: String,
    action: String,
    what: String,
    withdraws: bool,
    possible: bool,
    late: Option<String>,
    /// The date that it is seen from, where the booking has several.
    date: Option<i32>,
    scopes: Vec<ScopeView>,
    reason: String,
    kept: String,
    version: i32,
}

const STALE: &str = "This booking has changed since you looked. Nothing was done. Here is how it stands now.";

/// One choice of how much to give up, with the dates that it is about.
struct ScopeView {
    code: &'static str,
    words: &'static str,
    dates: String,
    chosen: bool,
}

#[derive(Debug, Default, Deserialize)]
pub struct CancelQuery {
    date: Option<i32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelForm {
    version: i32,
    #[serde(default)]
    reason: String,
    date: Option<i32>,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    kept: String,
}

/// Putting one date back, by its ordinal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateForm {
    version: i32,
    date: i32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UndoForm {
    pub version: i32,
}

pub async fn get(
    state: Shared,
    path: Path<String>,
    query: Query<CancelQuery>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let view =
        service::view(&state.db, reference, who.actor.clone(), state.clock.now()).await?.ok_or(Error::NotFound)?;
    let now = state.clock.now();
    if !service::may_cancel(&who.actor, &view.case, now) {
        return Ok(page::see_other(&urls::booking(&view.case.booking.reference)));
    }
    page::ok(&cancel_page(chrome, &view.case, query.date, now))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<CancelForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let chrome = Chrome::of(&request);
    let mut faults = Faults::none();
    let reason = faults.paragraphs("reason", &form.reason, 500);
    faults.naming(&form.kept, &[("reason", &form.reason)]);
    if !faults.is_empty() {
        let view =
            service::view(&state.db, reference, who.actor.clone(), state.clock.now()).await?.ok_or(Error::NotFound)?;
        let page = cancel_page(chrome, &view.case, form.date, state.clock.now());
        return page::unprocessable(&CancelPage {
            faults,
            reason: form.reason.clone(),
            kept: kept_texts([form.reason.as_str()]),
            ..page
        });
    }
    let scope = match form.scope.as_str() {
        "" => Scope::All,
        code => Scope::parse(code)
            .ok_or_else(|| Error::BadRequest("Choose which dates to give up from the list".to_owned()))?,
    };
    let what = GiveUp { from: form.date, scope, reason };
    let answer = act(&state, &who, (reference, form.version), Deed::Cancel(what)).await?;
    answered(chrome, &state, answer)
}

/// Puts one date back that was left out or lost.
pub async fn reinstate(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<DateForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    done_or_shown(&request, &state, &who, (reference, form.version), Deed::Reinstate(form.date)).await
}

/// Says yes to the condition that a manager set.
pub async fn accept(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<UndoForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    done_or_shown(&request, &state, &who, (reference, form.version), Deed::Accept).await
}

pub async fn undo(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<UndoForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    done_or_shown(&request, &state, &who, (reference, form.version), Deed::Undo).await
}

/// Does it and leads back to the booking, or shows why it was not done.
pub async fn done_or_shown(
    request: &HttpRequest,
    state: &State,
    who: &SignedIn,
    (reference, version): (Reference, i32),
    deed: Deed,
) -> Result<HttpResponse, Error> {
    let done = match deed {
        Deed::Accept => "accepted",
        Deed::WithdrawChange => "change-withdrawn",
        Deed::AddDates(_) => "dates-added",
        Deed::Longer { .. } => "longer",
        Deed::Finish { .. } => "finished",
        Deed::TakeInstead(_) => "taken-instead",
        _ => "undone",
    };
    let answer = act(state, who, (reference.clone(), version), deed).await?;
    if matches!(answer, Answer::Done(_)) {
        return Ok(page::done(&urls::booking(&reference), done));
    }
    not_done(Chrome::of(request), state, answer)
}

async fn act(state: &State, who: &SignedIn, at: (Reference, i32), deed: Deed) -> Result<Answer, Error> {
    let means = Means { now: state.clock.now(), mailer: state.mailer.clone() };
    Ok(service::act(&state.db, means, who.actor.clone(), at, deed).await?)
}

/// The booking as it stands, or the page that says what stood in the way.
fn answered(chrome: Chrome, state: &State, answer: Answer) -> Result<HttpResponse, Error> {
    if let Answer::Done(case) = answer {
        let done = if case.booking.stage() == Stage::Withdrawn { "withdrawn" } else { "cancelled" };
        return Ok(page::done(&urls::booking(&case.booking.reference), done));
    }
    let (case, notice) = in_the_way(answer)?;
    let page = cancel_page(chrome, &case, None, state.clock.now());
    page::with_status(StatusCode::CONFLICT, &CancelPage { notice: Some(notice), ..page })
}

/// As [`answered`] for acts that are no giving up, which is not offered then: what stood in the way, and the way back to the booking.
pub fn not_done(chrome: Chrome, state: &State, answer: Answer) -> Result<HttpResponse, Error> {
    let (case, notice) = in_the_way(answer)?;
    let page = cancel_page(chrome, &case, None, state.clock.now());
    let page = CancelPage { notice: Some(notice), possible: false, ..page };
    page::with_status(StatusCode::CONFLICT, &page)
}

/// Why nothing was done, and the booking as it stands.
fn in_the_way(answer: Answer) -> Result<(Box<Case>, String), Error> {
    Ok(match answer {
        Answer::NotFound | Answer::Done(_) => return Err(Error::NotFound),
        Answer::Stale(case) => (case, STALE.to_owned()),
        Answer::NotPossible(why, case) => (case, format!("{}.", why.words())),
        Answer::Refused(refusals, case) => {
            let name = case.facilities.first().map_or("It", |facility| facility.name.as_str());
            let words: Vec<String> =
                refusals.iter().flat_map(|date| &date.refusals).map(|one| one.words(name, case.site.zone)).collect();
            let notice = format!("It cannot be put back: {}. Book another time instead.", words.join(". "));
            (case, notice)
        }
    })
}

/// What can be given up of a series, seen from one date: each choice with the dates that it is about.
fn scopes(case: &Case, from: Option<i32>, now: Instant) -> Vec<ScopeView> {
    let booking = &case.booking;
    let Some(from) = from.or_else(|| booking.next(now).map(|one| one.ordinal)).filter(|_| booking.is_series()) else {
        return Vec::new();
    };
    let mut known: Vec<Vec<i32>> = Vec::new();
    let mut views = Vec::new();
    for scope in Scope::ALL {
        let live = booking.in_scope(from, scope, now).into_iter().filter(|one| one.state.stage().is_active());
        let live: Vec<_> = live.filter(|one| !one.state.is_void(now)).collect();
        let ordinals: Vec<i32> = live.iter().map(|one| one.ordinal).collect();
        if live.is_empty() || known.contains(&ordinals) {
            continue;
        }
        known.push(ordinals);
        let dates = live.iter().map(|one| long_date(local_date(case.site.zone, one.session.start())));
        views.push(ScopeView {
            code: scope.code(),
            words: scope.words(),
            dates: dates.collect::<Vec<_>>().join("; "),
            chosen: views.is_empty(),
        });
    }
    views
}

fn cancel_page(chrome: Chrome, case: &Case, from: Option<i32>, now: Instant) -> CancelPage {
    let booking = &case.booking;
    let live = booking
        .occurrences
        .iter()
        .filter(|one| from.is_none_or(|from| from == one.ordinal))
        .find(|one| one.state.stage().is_active() && !one.state.is_void(now) && now < one.session.start());
    let window = case.facilities.iter().map(|facility| facility.rules.late_cancel_minutes).max().unwrap_or_default();
    let withdraws = booking.stage() == Stage::Requested;
    let charged = cost::charged_late(case);
    let late = live.filter(|one| !withdraws && one.session.start() < now.plus_minutes(window.into())).map(|one| {
        format!(
            "It starts in {}. The site asks for {} notice, so this counts as a late cancellation.{charged}",
            crate::domain::words::rough_length(one.session.start().minutes_since(now)),
            length(window.into())
        )
    });
    let what = live
        .or(booking.occurrences.first())
        .map_or_else(String::new, |one| format!("{}, {}", case.for_mail().facility_names(), case.for_mail().when(one)));
    CancelPage {
        chrome: chrome.with_exit(booking.privacy == Privacy::Confidential),
        faults: Faults::none(),
        notice: None,
        reference: booking.reference.to_string(),
        back: urls::booking(&booking.reference),
        action: urls::booking_cancel(&booking.reference),
        what,
        withdraws,
        possible: live.is_some_and(|one| now < one.session.start()),
        late,
        date: from.or_else(|| booking.next(now).map(|one| one.ordinal)).filter(|_| booking.is_series()),
        scopes: scopes(case, from, now),
        reason: String::new(),
        kept: String::new(),
        version: booking.version,
    }
}
