//! One date of a booking for whoever keeps the rota: who is on, who could be, and how many are needed on each date of it.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Case, CoverAnswer, DateView, DutyAnswer, Giving, NotGiven, date_of, monday_of};
use crate::domain::booking::Scope;
use crate::domain::duty::MOST_NEEDED;
use crate::domain::helping::Fit;
use crate::domain::hours::local_date;
use crate::domain::ids::Reference;
use crate::domain::person::Email;
use crate::domain::span::Instant;
use crate::domain::words::{counted, date_and_clock, date_and_times, date_without_year};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

const GONE: &str = "That was changed already. Here is how it stands now.";

#[derive(Debug, Default, Deserialize)]
pub struct DateQuery {
    pub(super) date: Option<i32>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateForm {
    act: String,
    date: i32,
    #[serde(default)]
    person: String,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    duty: String,
    #[serde(default)]
    needed: String,
}

#[derive(Template)]
#[template(path = "duties/date.html")]
struct DatePage {
    chrome: Chrome,
    faults: Faults,
    /// The sentence, and what was not done.
    notice: Option<(String, Vec<String>)>,
    title: String,
    when: String,
    place: String,
    organisation: String,
    rota: String,
    booking: String,
    action: String,
    date: i32,
    /// Nothing more can be changed.
    over: Option<&'static str>,
    is_series: bool,
    /// As typed, where that is no number.
    needed: String,
    missing: usize,
    on: Vec<On>,
    gone: Vec<String>,
    helpers: Vec<Line>,
    scopes: Vec<Choice>,
    others: Vec<(String, String)>,
}

struct On {
    name: String,
    handle: String,
}

struct Line {
    value: String,
    name: String,
    fit: &'static str,
    elsewhere: bool,
    chosen: bool,
}

fn reference(path: &str) -> Result<Reference, Error> {
    Reference::parse(path).ok_or(Error::NotFound)
}

pub async fn get(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    query: Query<DateQuery>,
    who: SignedIn,
) -> Result<HttpResponse, Error> {
    let view = service::date(&state, who.actor.clone(), (reference(&path)?, query.date)).await?;
    let view = view.ok_or(Error::NotFound)?;
    page::ok(&date_page(&request, &view, &DateForm::default(), state.clock.now()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<DateForm>,
) -> Result<HttpResponse, Error> {
    let (reference, typed) = (reference(&path)?, form.0);
    let here = urls::rota_date(&reference, typed.date);
    let now = state.clock.now();
    let before = service::date(&state, who.actor.clone(), (reference.clone(), Some(typed.date))).await?;
    let before = before.ok_or(Error::NotFound)?;
    let answer = match act(&typed) {
        Err((field, words)) => {
            let mut faults = Faults::none();
            faults.add(field, words);
            return page::unprocessable(&DatePage { faults, ..date_page(&request, &before, &typed, now) });
        }
        Ok(Act::Need(needed)) => {
            service::set_need(&state, who.actor.clone(), (reference.clone(), needed)).await?;
            return Ok(page::done(&here, "saved"));
        }
        Ok(Act::Ask) => {
            return match service::ask_cover(&state, who.actor.clone(), (reference, typed.date)).await? {
                CoverAnswer::Asked(_) => Ok(page::done(&here, "cover-asked")),
                answer => cover_refused(answer, date_page(&request, &before, &typed, now)),
            };
        }
        Ok(Act::Off(handle, scope)) => service::take_off(&state, who.actor.clone(), (handle, scope)).await?,
        Ok(Act::Give(giving)) => service::give(&state, who.actor.clone(), reference.clone(), giving).await?,
    };
    let after = service::date(&state, who.actor.clone(), (reference, Some(typed.date))).await?;
    let after = after.ok_or(Error::NotFound)?;
    answered(&after, &typed, answer, (&here, date_page(&request, &after, &typed, now)))
}

/// Nobody was asked, and why.
fn cover_refused(answer: CoverAnswer, page: DatePage) -> Result<HttpResponse, Error> {
    let words = match answer {
        CoverAnswer::NotFound | CoverAnswer::Asked(_) => return Err(Error::NotFound),
        CoverAnswer::AskedToday => "They were all asked today. You can ask again tomorrow.",
        CoverAnswer::NobodyLeft => "There is nobody to ask: the others are on another duty then, away, or cannot.",
        CoverAnswer::NoGap => GONE,
    };
    page::with_status(StatusCode::CONFLICT, &DatePage { notice: Some((words.to_owned(), Vec::new())), ..page })
}

/// On to the page where all was done, or the page with what was not and why.
fn answered(
    view: &DateView,
    typed: &DateForm,
    answer: DutyAnswer,
    (here, page): (&str, DatePage),
) -> Result<HttpResponse, Error> {
    let named = view.of.helpers.iter().find(|one| one.member.email.as_str() == typed.person);
    let name = named.map_or("They", |one| &one.member.name);
    match answer {
        DutyAnswer::NotFound => Err(Error::NotFound),
        DutyAnswer::Done { not, .. } if not.is_empty() => {
            Ok(page::done(here, if typed.act == "off" { "duty-off" } else { "duty-given" }))
        }
        DutyAnswer::Done { dates, not, case } => {
            let given = counted(i64::try_from(dates).unwrap_or_default(), "date", "dates");
            let left = not.iter().map(|one| left_out(&case, one, name)).collect();
            let notice = Some((format!("{name} is on {given} now, but not on these:"), left));
            page::ok(&DatePage { notice, ..page })
        }
        DutyAnswer::Refused(not, case) => {
            let words: Vec<String> = not.iter().map(|one| left_out(&case, one, name)).collect();
            let mut faults = Faults::none();
            faults.add("person", words.join(" "));
            page::unprocessable(&DatePage { faults, ..page })
        }
        DutyAnswer::Gone(_) => {
            let notice = Some((GONE.to_owned(), Vec::new()));
            page::with_status(StatusCode::CONFLICT, &DatePage { notice, ..page })
        }
    }
}

/// What a form asks for.
enum Act {
    Give(Giving),
    Off(Reference, Scope),
    Need(i32),
    Ask,
}

fn act(typed: &DateForm) -> Result<Act, (&'static str, String)> {
    let scope = || Scope::parse(&typed.scope).unwrap_or(Scope::This);
    match typed.act.as_str() {
        "ask" => Ok(Act::Ask),
        "need" => {
            let read = typed.needed.trim().parse().ok().filter(|number| (0..=MOST_NEEDED).contains(number));
            read.map(Act::Need).ok_or_else(|| ("needed", format!("Enter how many are needed, from 0 to {MOST_NEEDED}")))
        }
        "off" => {
            let handle = Reference::parse(&typed.duty);
            handle
                .map(|handle| Act::Off(handle, scope()))
                .ok_or_else(|| ("person", "Choose who is taken off".to_owned()))
        }
        _ => Email::parse(&typed.person)
            .map(|person| Act::Give(Giving { person, ordinal: typed.date, scope: scope() }))
            .map_err(|_| ("person", "Choose somebody".to_owned())),
    }
}

/// "Tuesday 24 November, 10am to 12 noon: Jo is on another duty then."
fn left_out(case: &Case, one: &NotGiven, name: &str) -> String {
    format!("{}: {}.", date_and_times(case.site.zone, one.session), one.why.of(name))
}

fn date_page(request: &HttpRequest, view: &DateView, typed: &DateForm, now: Instant) -> DatePage {
    let (case, zone) = (&view.case, view.case.site.zone);
    let date = date_of(case, view.ordinal, now);
    let session = date.map(|date| date.session);
    let place = date.and_then(|date| case.facility_of(date.occurrence));
    let monday = session.map(|at| monday_of(local_date(zone, at.start())));
    let stands = date.is_some_and(|date| date.stands);
    let on = view.of.duties.iter().filter(|one| one.stands());
    let missing = if stands { view.of.missing() } else { 0 };
    let over = match session {
        Some(at) if at.start() <= now => Some("This session has begun or is over."),
        _ if !stands => Some("This session does not take place, so nobody is needed."),
        _ => None,
    };
    DatePage {
        chrome: Chrome::of(request).with_exit(place.is_some_and(|place| place.is_private())),
        faults: Faults::none(),
        notice: None,
        title: case.booking.purpose.clone(),
        when: session.map(|at| date_and_times(zone, at)).unwrap_or_default(),
        place: format!("{}, {}", place.map_or("", |place| &place.name), case.site.name),
        organisation: view.organisation.name.clone(),
        rota: urls::rota(&view.organisation.slug, monday),
        booking: urls::booking(&case.booking.reference),
        action: urls::rota_booking(&case.booking.reference),
        date: view.ordinal,
        over,
        is_series: case.booking.is_series(),
        needed: if typed.act == "need" { typed.needed.clone() } else { view.of.needed.to_string() },
        missing,
        on: on.map(|one| On { name: one.name.clone(), handle: one.handle.to_string() }).collect(),
        gone: gone(view),
        helpers: helpers(view, typed),
        scopes: Scope::ALL
            .into_iter()
            .map(|scope| {
                Choice::new(scope.code(), scope.words(), Scope::parse(&typed.scope).unwrap_or(Scope::This) == scope)
            })
            .collect(),
        others: others(view, now),
    }
}

/// Who was on it and is no longer.
fn gone(view: &DateView) -> Vec<String> {
    let zone = view.case.site.zone;
    let one = |duty: &crate::domain::duty::Duty| {
        let (why, at) = duty.ended?;
        Some(format!("{}: {}, {}", duty.name, why.words(), date_and_clock(zone, at)))
    };
    view.of.duties.iter().rev().filter_map(one).collect()
}

fn helpers(view: &DateView, typed: &DateForm) -> Vec<Line> {
    let free = view.of.helpers.iter().filter(|one| !one.on);
    free.map(|one| Line {
        value: one.member.email.to_string(),
        name: one.member.name.clone(),
        fit: if one.elsewhere { "on another duty then" } else { fit(one.fit) },
        elsewhere: one.elsewhere,
        chosen: one.member.email.as_str() == typed.person,
    })
    .collect()
}

fn fit(fit: Fit) -> &'static str {
    fit.words()
}

/// The next dates of the same booking.
fn others(view: &DateView, now: Instant) -> Vec<(String, String)> {
    let case = &view.case;
    let mut coming: Vec<_> = case
        .booking
        .occurrences
        .iter()
        .filter(|one| now < one.session.start() && one.state.stage().is_active() && one.ordinal != view.ordinal)
        .collect();
    coming.sort_by_key(|one| one.session);
    coming.dedup_by_key(|one| one.ordinal);
    let link = |one: &&crate::domain::booking::Occurrence| {
        let date = local_date(case.site.zone, one.session.start());
        (date_without_year(date), urls::rota_date(&case.booking.reference, one.ordinal))
    };
    coming.iter().take(8).map(link).collect()
}
