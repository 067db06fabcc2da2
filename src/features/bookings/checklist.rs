//! Ticking at the end of a session what is done: the checklist line by line, and that it is ready for whoever comes next.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Checklist, Means, Ticked, Ticks};
use crate::domain::hours::local_time;
use crate::domain::ids::Reference;
use crate::domain::job::{self, JobKind};
use crate::domain::person;
use crate::domain::words::{clock, date_and_clock};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
pub struct DateQuery {
    #[serde(default)]
    date: i32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TickForm {
    date: i32,
    line: Vec<usize>,
    ready: String,
    name: String,
}

#[derive(Template)]
#[template(path = "bookings/checklist.html")]
struct ChecklistPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    reference: String,
    back: String,
    action: String,
    ordinal: i32,
    place: String,
    when: String,
    lines: Vec<Line>,
    /// Whether it is ticked, where that is asked for.
    ready: Option<bool>,
    /// When somebody last ticked, and who.
    last: Vec<String>,
    /// Nothing is left to tick.
    done: bool,
    name: String,
}

/// One line of the list.
struct Line {
    place: usize,
    words: String,
    ticked: bool,
}

pub async fn get(
    state: Shared,
    path: Path<String>,
    query: Query<DateQuery>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let found = service::checklist(&state.db, reference, query.date, who.actor.clone()).await?;
    let form = TickForm { name: who.actor.name.clone(), ..TickForm::default() };
    page::ok(&checklist_page(chrome, &found.ok_or(Error::NotFound)?, &form, Faults::none()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<TickForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let found = service::checklist(&state.db, reference.clone(), form.date, who.actor.clone()).await?;
    let found = found.ok_or(Error::NotFound)?;
    let mut faults = Faults::none();
    let name = faults.take("name", person::name(&form.name).map_err(|fault| fault.words("your name")));
    if form.line.is_empty() && form.ready.is_empty() {
        faults.add("line-0", "Tick what is done");
    }
    let chrome = Chrome::of(&request);
    if !faults.is_empty() {
        return page::unprocessable(&checklist_page(chrome, &found, &form, faults));
    }
    let means = Means { now: state.clock.now(), mailer: state.mailer.clone() };
    let ticks =
        Ticks { ordinal: form.date, lines: form.line.clone(), turnaround: form.ready == "yes", name: name.clone() };
    let notice = match service::tick(&state.db, means, who.actor.clone(), (reference.clone(), ticks)).await? {
        Ticked::Done => return Ok(page::done(&urls::booking(&reference), "ticked")),
        Ticked::NotFound => return Err(Error::NotFound),
        Ticked::NotYet => "It is too early for that. Nothing was ticked.",
        Ticked::TooLate => "It is over for more than a week. Ring the site. Nothing was ticked.",
    };
    let page = ChecklistPage { notice: Some(notice), ..checklist_page(chrome, &found, &form, Faults::none()) };
    page::with_status(StatusCode::CONFLICT, &page)
}

fn checklist_page(chrome: Chrome, found: &Checklist, form: &TickForm, faults: Faults) -> ChecklistPage {
    let (case, one, care) = (&found.case, &found.date, &found.facility.care);
    let zone = case.site.zone;
    let list = job::of(&found.jobs, one.id, JobKind::Checklist);
    let turn = job::of(&found.jobs, one.id, JobKind::Turnaround);
    let words = list.map_or(&care.checklist, |job| &job.lines);
    let had = |place: usize| list.is_some_and(|job| job.ticked.contains(&place));
    let lines: Vec<Line> = words
        .iter()
        .enumerate()
        .map(|(place, words)| Line { place, words: words.clone(), ticked: had(place) || form.line.contains(&place) })
        .collect();
    let said =
        |what: &str, job: &job::Job| format!("{what} {} by {}.", date_and_clock(zone, job.done_at), job.done_name);
    let last = list.map(|job| said("Last ticked", job)).into_iter();
    ChecklistPage {
        chrome,
        notice: None,
        reference: case.booking.reference.to_string(),
        back: urls::booking(&case.booking.reference),
        action: format!("{}/checklist", urls::booking(&case.booking.reference)),
        ordinal: one.ordinal,
        place: found.facility.name.clone(),
        when: format!("{}, until {}", case.for_mail().when(one), clock(local_time(zone, one.session.end()).minute)),
        done: (0..words.len()).all(had) && (turn.is_some() || !care.turnaround_jobs),
        lines,
        ready: care.turnaround_jobs.then(|| turn.is_some() || form.ready == "yes"),
        last: last.chain(turn.map(|job| said("Ready since", job))).collect(),
        name: form.name.clone(),
        faults,
    }
}
