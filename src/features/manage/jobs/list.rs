//! A day's jobs on one sheet: what has to be made ready, by when, and who has ticked it; and the allergens of the day.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{Datelike, Days, NaiveDate};
use serde::Deserialize;

use super::service::{self, Around, Day, Deed, Ticked, Ticks};
use crate::domain::care::Care;
use crate::domain::hours::local_time;
use crate::domain::ids::{Reference, Slug};
use crate::domain::job::{self, Job, JobKind};
use crate::domain::person;
use crate::domain::places::Facility;
use crate::domain::span::Instant;
use crate::domain::words::{clock, long_date, times};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
pub struct DayQuery {
    #[serde(default)]
    date: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobForm {
    booking: String,
    date: i32,
    /// The day of the page that it was sent from.
    day: String,
    /// "ready" ticks a turnaround; "undo-ready" and "undo-list" take ticks back.
    act: String,
    #[serde(default)]
    name: String,
}

#[derive(Template)]
#[template(path = "manage/jobs/list.html")]
struct ListPage {
    chrome: Chrome,
    notice: Option<&'static str>,
    site_name: String,
    site_href: String,
    title: String,
    date: NaiveDate,
    before: String,
    after: String,
    action: String,
    name: String,
    open: usize,
    rows: Vec<Row>,
}

/// One session with what is to be done at its end.
struct Row {
    place: String,
    when: String,
    whose: String,
    booking: String,
    reference: String,
    ordinal: i32,
    allergens: String,
    labels: String,
    ready: Option<Standing>,
    list: Option<Standing>,
    checklist: String,
    /// When whoever comes next begins, if somebody does.
    next: Option<String>,
}

/// How a job stands.
struct Standing {
    done: bool,
    words: String,
    /// The lines that nobody has ticked.
    left: Vec<String>,
    /// Whether it can be ticked now.
    due: bool,
}

pub async fn get(
    state: Shared,
    path: Path<String>,
    query: Query<DayQuery>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let (slug, date, now) = (Slug::parse(&path).ok_or(Error::NotFound)?, read_date(&query.date)?, state.clock.now());
    let found = service::on(&state.db, who.actor.clone(), slug, date, now).await?.ok_or(Error::NotFound)?;
    page::ok(&list_page(chrome, &found, &who.actor.name, now))
}

fn read_date(typed: &str) -> Result<Option<NaiveDate>, Error> {
    if typed.is_empty() {
        return Ok(None);
    }
    let wrong = || Error::BadRequest("That is not a date we can show. Choose one within the next two years".to_owned());
    let date: NaiveDate = typed.parse().map_err(|_| wrong())?;
    if (2001..2199).contains(&date.year()) { Ok(Some(date)) } else { Err(wrong()) }
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<JobForm>,
) -> Result<HttpResponse, Error> {
    let (slug, now) = (Slug::parse(&path).ok_or(Error::NotFound)?, state.clock.now());
    let date = read_date(&form.day)?;
    let found = service::on(&state.db, who.actor.clone(), slug.clone(), date, now).await?.ok_or(Error::NotFound)?;
    let reference = Reference::parse(&form.booking).ok_or(Error::NotFound)?;
    // A name that cannot be read is that of whoever is signed in.
    let name = person::name(&form.name).unwrap_or_else(|_| who.actor.name.clone());
    let tick = Ticks { ordinal: form.date, lines: Vec::new(), turnaround: true, name };
    let (deed, done) = match form.act.as_str() {
        "ready" => (Deed::Tick(tick), "ticked"),
        "undo-ready" => (Deed::Untick(form.date, JobKind::Turnaround), "unticked"),
        "undo-list" => (Deed::Untick(form.date, JobKind::Checklist), "unticked"),
        _ => return Err(Error::NotFound),
    };
    let means = (now, state.mailer.clone());
    match service::act(&state.db, means, who.actor.clone(), (reference, deed)).await? {
        Ticked::Done => Ok(page::done(&urls::manage_jobs(&slug, date), done)),
        Ticked::NotFound => Err(Error::NotFound),
        Ticked::NotYet | Ticked::TooLate => {
            let page = list_page(Chrome::of(&request), &found, &who.actor.name, now);
            let notice = Some("That session is not over yet. Nothing was ticked.");
            page::with_status(StatusCode::CONFLICT, &ListPage { notice, ..page })
        }
    }
}

fn list_page(chrome: Chrome, found: &Day, name: &str, now: Instant) -> ListPage {
    let rows: Vec<Row> = found.sessions.iter().filter_map(|one| row(found, one, now)).collect();
    let open = |standing: &Option<Standing>| standing.as_ref().is_some_and(|one| one.due && !one.done);
    let turn = |date: Option<NaiveDate>| urls::manage_jobs(&found.site.slug, Some(date.unwrap_or(found.date)));
    ListPage {
        chrome,
        notice: None,
        site_name: found.site.name.clone(),
        site_href: urls::schedule(&found.site.slug, Some(found.date)),
        title: long_date(found.date),
        date: found.date,
        before: turn(found.date.checked_sub_days(Days::new(1))),
        after: turn(found.date.checked_add_days(Days::new(1))),
        action: urls::manage_jobs(&found.site.slug, None),
        name: name.to_owned(),
        open: rows.iter().filter(|row| open(&row.ready) || open(&row.list)).count(),
        rows,
    }
}

fn row(found: &Day, one: &Around, now: Instant) -> Option<Row> {
    let zone = found.site.zone;
    let facility = found.facilities.iter().find(|facility| facility.id == one.facility)?;
    let next = found.sessions.iter().filter(|next| next.facility == one.facility && one.end() <= next.session.start());
    let next = next.min_by_key(|next| next.session.start());
    Some(Row {
        place: facility.name.clone(),
        when: times(zone, one.session),
        whose: format!("{}: {}", one.holder.name(), one.purpose),
        booking: urls::booking(&one.reference),
        reference: one.reference.to_string(),
        ordinal: one.ordinal,
        allergens: one.particulars.allergens_in_words(),
        labels: one.particulars.labels.join(", "),
        ready: facility.care.turnaround_jobs.then(|| ready(found, one, now)),
        list: (!facility.care.checklist.is_empty()).then(|| checklist(found, facility, one, now)),
        checklist: urls::booking_checklist(&one.reference, one.ordinal),
        next: next.map(|next| clock(local_time(zone, next.session.start()).minute)),
    })
}

fn said(found: &Day, what: &str, job: &Job) -> String {
    format!("{what} {}, {}", clock(local_time(found.site.zone, job.done_at).minute), job.done_name)
}

fn ready(found: &Day, one: &Around, now: Instant) -> Standing {
    let job = job::of(&one.jobs, one.occurrence, JobKind::Turnaround);
    let due = one.end() <= now;
    let words = match job {
        Some(job) => said(found, "Ready since", job),
        None if due => "To be made ready".to_owned(),
        None => format!("Due at {}", clock(local_time(found.site.zone, one.end()).minute)),
    };
    Standing { done: job.is_some(), words, left: Vec::new(), due }
}

fn checklist(found: &Day, facility: &Facility, one: &Around, now: Instant) -> Standing {
    let care: &Care = &facility.care;
    let job = job::of(&one.jobs, one.occurrence, JobKind::Checklist);
    let due = one.end() <= now;
    let words = match job {
        Some(job) if job.is_done() => said(found, "Left as found,", job),
        Some(job) => said(found, "Ticked in part,", job),
        None if due => format!("Not ticked yet, {} lines", care.checklist.len()),
        None => "At the end".to_owned(),
    };
    let left = job.map_or_else(Vec::new, |job| job.left().cloned().collect());
    Standing { done: job.is_some_and(Job::is_done), words, left, due }
}
