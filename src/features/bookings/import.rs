//! Sessions from a calendar file: each shown with what could be had of it, and a button that fills the booking form. Nothing is
//! asked for here; the file is read once and not kept.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::draft::NewBooking;
use super::looking;
use super::new::slugs;
use super::papers;
use super::service::{self, Form, Look, Preview, SeriesWish};
use crate::domain::availability::usual;
use crate::domain::care::Brings;
use crate::domain::hours::{local_date, wall_dates};
use crate::domain::ics::{Asked, Entry, EntryFault, FileFault, MOST_ENTRIES, read};
use crate::domain::leeway::Leeway;
use crate::domain::recurrence::{End, Every, Pattern};
use crate::domain::words::{self, counted, date_and_times, listed, times};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::{Shared, State};
use crate::web::upload::{FileSent, ProtectedUpload};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ImportForm {
    organisation: String,
    people: String,
}

#[derive(Template)]
#[template(path = "bookings/import.html")]
struct ImportPage {
    chrome: Chrome,
    faults: Faults,
    name: String,
    week: String,
    book: String,
    action: String,
    typed: ImportForm,
    organisations: Vec<Choice>,
    most: usize,
    /// "Three sessions can be asked for"; empty before a file was read.
    found: String,
    sessions: Vec<Session>,
}

/// One entry of the file.
struct Session {
    purpose: String,
    when: String,
    /// "free", "requested" or "declined", with an icon and a word.
    state: (&'static str, &'static str, &'static str),
    words: String,
    /// What fills the booking form; none where it cannot be asked for.
    fills: Option<NewBooking>,
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let typed = ImportForm::default();
    let form = form(&state, &who, path, &typed).await?;
    page::ok(&import_page(chrome, &who, &form, typed))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: SignedIn,
    sent: ProtectedUpload<ImportForm>,
) -> Result<HttpResponse, Error> {
    let (chrome, now) = (Chrome::of(&request), state.clock.now());
    let form = form(&state, &who, path, &sent.form).await?;
    let mut faults = Faults::none();
    let people = faults.number("people", &sent.form.people, "how many people you expect", (1, 10_000));
    let entries = match &sent.file {
        FileSent::None => Err("Choose a calendar file".to_owned()),
        FileSent::TooLarge => Err(FileFault::TooLarge.to_string()),
        FileSent::Whole(_, bytes) => read(bytes, form.site.zone, now).map_err(|fault| fault.to_string()),
    };
    let entries = entries.unwrap_or_else(|words| {
        faults.add("file", words);
        Vec::new()
    });
    if !faults.is_empty() {
        let page = ImportPage { faults, ..import_page(chrome, &who, &form, sent.form) };
        let large = matches!(sent.file, FileSent::TooLarge);
        let status = if large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::UNPROCESSABLE_ENTITY };
        return page::with_status(status, &page);
    }
    let form = about(&state, &who, form, (&sent.form, people), &entries).await?;
    let own = own(&who, &sent.form);
    let sessions: Vec<Session> =
        entries.into_iter().map(|entry| session(&state, &form, (&own, people), entry)).collect();
    let can = sessions.iter().filter(|one| one.fills.is_some()).count();
    let found = match i64::try_from(can).unwrap_or_default() {
        0 => "Nothing in this file can be asked for".to_owned(),
        can => format!("{} can be asked for", counted(can, "session", "sessions")),
    };
    page::ok(&ImportPage { found, sessions, ..import_page(chrome, &who, &form, sent.form) })
}

/// The place, for those who may book it.
async fn form(state: &State, who: &SignedIn, path: Path<(String, String)>, typed: &ImportForm) -> Result<Form, Error> {
    let booking = NewBooking { organisation: own(who, typed), ..NewBooking::default() };
    let form = looking::at(state, who, slugs(path)?, &booking, Look::Nothing).await?;
    Some(form).filter(|form| form.organisation.is_some()).ok_or(Error::NotFound)
}

/// The organisation that was chosen, else the first that this person books for.
fn own(who: &SignedIn, typed: &ImportForm) -> String {
    let first = || who.actor.books_for().next().map(|one| one.slug.to_string()).unwrap_or_default();
    if typed.organisation.is_empty() { first() } else { typed.organisation.clone() }
}

/// The same with everything that is known of all the dates in the file.
async fn about(
    state: &State,
    who: &SignedIn,
    form: Form,
    (typed, people): (&ImportForm, i32),
    entries: &[Entry],
) -> Result<Form, Error> {
    let zone = form.site.zone;
    let asked = || entries.iter().filter_map(|entry| entry.asked.as_ref().ok());
    let date = |one: &Asked| local_date(zone, one.session.start());
    let last = |one: &Asked| one.repeat.as_ref().and_then(|pattern| pattern.dates().last().copied());
    let first = asked().map(date).min();
    let last = asked().map(|one| last(one).unwrap_or_else(|| date(one))).max();
    let booking = NewBooking { organisation: own(who, typed), ..NewBooking::default() };
    let slugs = (form.site.slug, form.facility.slug);
    looking::between(state, who, slugs, &booking, (Look::Series { people }, (first, last))).await
}

fn import_page(chrome: Chrome, who: &SignedIn, form: &Form, typed: ImportForm) -> ImportPage {
    let (site, facility) = (&form.site.slug, &form.facility.slug);
    let chosen = own(who, &typed);
    let choice = |slug: &str, name: &str| Choice::new(slug, name, slug == chosen);
    ImportPage {
        chrome: chrome.with_exit(form.facility.is_private()),
        faults: Faults::none(),
        name: form.facility.name.clone(),
        week: urls::facility_week(site, facility, form.date),
        book: urls::book(site, facility),
        action: urls::import(site, facility),
        organisations: who.actor.books_for().map(|one| choice(one.slug.as_str(), &one.name)).collect(),
        typed,
        most: MOST_ENTRIES,
        found: String::new(),
        sessions: Vec::new(),
    }
}

fn session(state: &State, form: &Form, (organisation, people): (&str, i32), entry: Entry) -> Session {
    let refused = |words: String| (("declined", "declined", "Not taken"), words, None);
    let zone = form.site.zone;
    let when = entry.asked.as_ref().map_or_else(|_| String::new(), |asked| when(zone, asked));
    let (state, words, fills) = match entry.asked {
        Err(fault) => refused(format!("Not taken, because {fault}.")),
        Ok(asked) => match (fields(&asked, zone), form.around.as_ref()) {
            (Some(fields), Some(around)) => {
                let preview = service::previewed(around, &wish(form, &asked, people), state.clock.now());
                let (mark, words) = standing(form, &asked, &preview);
                let booking = NewBooking {
                    organisation: organisation.to_owned(),
                    purpose: entry.summary.chars().take(80).collect(),
                    people: people.to_string(),
                    privacy: form.facility.rules.privacy.code().to_owned(),
                    count: "1".to_owned(),
                    nonce: state.chance.token().reveal().to_owned(),
                    ..fields
                };
                (mark, words, Some(booking))
            }
            (None, _) => refused(format!("Not taken, because {}.", EntryFault::Rule(when.clone()))),
            (_, None) => refused("Not taken.".to_owned()),
        },
    };
    let purpose = if entry.summary.is_empty() { "Without a title".to_owned() } else { entry.summary };
    Session { purpose, when, state, words, fills }
}

/// "Tuesday 1 December 2026, 10am to 11am", or the rule with its dates.
fn when(zone: chrono_tz::Tz, asked: &Asked) -> String {
    let Some(pattern) = &asked.repeat else {
        return date_and_times(zone, asked.session);
    };
    let dates = pattern.dates();
    let (first, last) = (dates.first().copied().unwrap_or_default(), dates.last().copied().unwrap_or_default());
    let all = i64::try_from(dates.len() - asked.without.len().min(dates.len())).unwrap_or_default();
    let times = times(zone, asked.session);
    let endless = if asked.endless { " It has no end in the file; this is as far as it is taken." } else { "" };
    format!(
        "{}, {times}, {} from {} to {}.{endless}",
        pattern.repeat.words(),
        counted(all, "date", "dates"),
        words::long_date(first),
        words::long_date(last),
    )
}

fn wish(form: &Form, asked: &Asked, people: i32) -> SeriesWish {
    let zone = form.site.zone;
    let first = vec![local_date(zone, asked.session.start())];
    let mut dates = asked.repeat.as_ref().map_or(first, Pattern::dates);
    dates.retain(|date| !asked.without.contains(date));
    SeriesWish {
        site: form.site.slug.clone(),
        facility: form.facility.slug.clone(),
        organisation: form.organisation,
        wanted: usual(&form.facility),
        people,
        brings: Brings::default(),
        leeway: Leeway::Nothing,
        dates: wall_dates(zone, asked.session, &dates),
    }
}

type Mark = (&'static str, &'static str, &'static str);

/// How much of it can be had, in words.
fn standing(form: &Form, asked: &Asked, preview: &Preview) -> (Mark, String) {
    let free = preview.results.iter().filter(|one| one.is_free()).count();
    let papers =
        preview.results.iter().filter_map(|one| one.verdict.as_ref()).map(papers::line).find(|line| !line.is_empty());
    let papers = papers.map_or_else(String::new, |line| format!(" It {line}."));
    let mark = ("requested", "warning", "Look at it");
    if free == preview.results.len() {
        let words = if asked.repeat.is_some() { "All dates are free." } else { "It is free." };
        return (("free", "confirmed", "Free"), format!("{words}{papers}"));
    }
    let refusals = preview.results.iter().filter_map(|one| one.verdict.as_ref()).flat_map(|one| &one.refusals);
    let mut reasons: Vec<String> = refusals.map(|one| one.words(&form.facility.name, form.site.zone)).collect();
    reasons.sort_unstable();
    reasons.dedup();
    reasons.truncate(3);
    let reasons = reasons.join(". ");
    if asked.repeat.is_none() {
        return (mark, format!("It cannot be had as it stands: {reasons}."));
    }
    let taken: Vec<String> = preview.results.iter().filter(|one| !one.is_free()).map(|one| short(one.date)).collect();
    let more = taken.len().saturating_sub(5);
    let mut dates: Vec<String> = taken.into_iter().take(5).collect();
    dates.extend(Some(format!("{more} more")).filter(|_| 0 < more));
    let words = format!("{free} of {} dates are free. Not {}: {reasons}.", preview.results.len(), listed(&dates));
    (mark, words)
}

fn short(date: NaiveDate) -> String {
    words::date_without_year(date)
}

/// The answers of the booking form that say the same; none where the form has no words for the rule.
fn fields(asked: &Asked, zone: chrono_tz::Tz) -> Option<NewBooking> {
    let first = local_date(zone, asked.session.start());
    let once = NewBooking {
        date: first.to_string(),
        from: asked.session.start().seconds().to_string(),
        to: asked.session.end().seconds().to_string(),
        step: "change".to_owned(),
        ..NewBooking::default()
    };
    let Some(pattern) = &asked.repeat else {
        return Some(once);
    };
    let (repeat, on) = match &pattern.repeat.every {
        Every::Day => ("daily", Vec::new()),
        Every::Week(days) => ("weekly", days.iter().map(ToString::to_string).collect()),
        Every::MonthDate(_) => ("date", Vec::new()),
        every if *every == Every::same_weekday_of_month(first) => ("weekday", Vec::new()),
        Every::MonthWeekday { .. } => return None,
    };
    let (ends, times, until) = match pattern.repeat.end {
        End::After(times) => ("times", times.to_string(), String::new()),
        End::On(date) => ("until", String::new(), date.to_string()),
    };
    Some(NewBooking {
        repeat: repeat.to_owned(),
        every: pattern.repeat.interval.to_string(),
        on,
        ends: ends.to_owned(),
        times,
        until,
        without: asked.without.iter().map(ToString::to_string).collect(),
        ..once
    })
}
