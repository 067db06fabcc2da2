//! One month of an organisation on one page that prints, and the same as a table for spreadsheets. Purposes stand on neither.

use actix_web::HttpResponse;
use actix_web::web::{Path, Query};
use askama::Template;
use serde::Deserialize;

use super::service::{self, NoShowAnswer, Session, SitePart, Statement};
use crate::domain::hours::local_date;
use crate::domain::ids::{Reference, Slug};
use crate::domain::rates::quantity_words;
use crate::domain::span::Instant;
use crate::domain::statement::{Charging, Month, Outcome, Totals, harmless};
use crate::domain::words::{date_without_year, length, long_date, times};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Default, Deserialize)]
pub struct MonthQuery {
    #[serde(default)]
    month: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbsentForm {
    reference: String,
    date: i32,
    /// "absent" or "present".
    act: String,
    month: String,
}

#[derive(Template)]
#[template(path = "statements/show.html")]
struct ShowPage {
    chrome: Chrome,
    name: String,
    organisation: String,
    what: &'static str,
    month: String,
    code: String,
    before: (String, String),
    next: (String, String),
    file: String,
    absent: String,
    sites: Vec<Part>,
    all: Sums,
    is_part: bool,
    dated: String,
}

struct Part {
    name: String,
    href: String,
    rows: Vec<Row>,
    sums: Sums,
    charging: &'static str,
}

struct Row {
    when: String,
    place: String,
    reference: String,
    href: String,
    ordinal: i32,
    outcome: &'static str,
    quantity: String,
    rate: String,
    amount: String,
    given: String,
    /// What can be noted: that nobody came, or that they did.
    note: Option<(&'static str, &'static str)>,
}

struct Sums {
    sessions: usize,
    hours: String,
    amount: String,
    given: String,
}

/// The month of a query, or the one that runs. Organisations belong to no site, so it is the one in the United Kingdom.
fn month_of(query: &MonthQuery, now: Instant) -> Result<Month, Error> {
    match query.month.as_str() {
        "" => Ok(Month::of(local_date(chrono_tz::Europe::London, now))),
        typed => Month::parse(typed)
            .ok_or_else(|| Error::BadRequest("That is not a month. Choose one from the list".to_owned())),
    }
}

pub async fn get(
    state: Shared,
    path: Path<String>,
    query: Query<MonthQuery>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let now = state.clock.now();
    let month = month_of(&query, now)?;
    let found = service::month(&state.db, who.actor.clone(), slug, month, now).await?.ok_or(Error::NotFound)?;
    page::ok(&show_page(chrome, &found, month, now))
}

fn show_page(chrome: Chrome, found: &Statement, month: Month, now: Instant) -> ShowPage {
    let slug = &found.organisation.slug;
    let link = |month: Month| (urls::statement(slug, Some(month)), month.words());
    ShowPage {
        chrome,
        name: found.organisation.name.clone(),
        organisation: urls::organisation(slug),
        what: found.organisation.class.words(),
        month: month.words(),
        code: month.code(),
        before: link(month.before()),
        next: link(month.next()),
        file: urls::statement_file(slug, month),
        absent: urls::statement_absent(slug),
        sites: found.sites.iter().map(part).collect(),
        all: sums(found.totals),
        is_part: found.is_part,
        dated: long_date(local_date(chrono_tz::Europe::London, now)),
    }
}

fn part(part: &SitePart) -> Part {
    let charging = part.sessions.first().map_or(Charging::USUAL, |one| one.line.charging);
    Part {
        name: part.name.clone(),
        href: urls::site(&part.slug),
        rows: part.sessions.iter().map(row).collect(),
        sums: sums(part.totals),
        charging: charging.words(),
    }
}

fn row(one: &Session) -> Row {
    let line = &one.line;
    let by_season = line.price.is_some_and(|price| price.terms.per == crate::domain::rates::Per::Season);
    let noted = if line.absent { ("present", "They came") } else { ("absent", "Nobody came") };
    Row {
        when: if by_season {
            format!("From {}", long_date(line.date))
        } else {
            format!("{}, {}", date_without_year(line.date), times(line.zone, line.session))
        },
        place: line.facility.clone(),
        reference: line.reference.to_string(),
        href: urls::booking(&line.reference),
        ordinal: line.ordinal,
        outcome: outcome(one),
        quantity: match line.price {
            Some(price) => quantity_words(price.terms.per, line.session.minutes()),
            None => length(line.session.minutes()),
        },
        rate: line.price.map_or_else(|| "No rate".to_owned(), |price| price.terms.short()),
        amount: one.counted.amount(line.charging).to_string(),
        given: one.counted.given().to_string(),
        note: one.may_note.then_some(noted),
    }
}

/// How it ended, in words.
fn outcome(one: &Session) -> &'static str {
    match one.counted.outcome {
        Outcome::Held if one.line.said_unused => "Not used, they say",
        Outcome::Held if one.line.ended_early => "Ended early",
        outcome => outcome.words(),
    }
}

fn sums(totals: Totals) -> Sums {
    Sums {
        sessions: totals.sessions,
        hours: length(totals.minutes),
        amount: totals.amount.to_string(),
        given: totals.given.to_string(),
    }
}

/// The month as comma-separated values (RFC 4180). No text of it is a formula.
pub async fn file(
    state: Shared,
    path: Path<String>,
    query: Query<MonthQuery>,
    who: SignedIn,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let now = state.clock.now();
    let month = month_of(&query, now)?;
    let found = service::month(&state.db, who.actor.clone(), slug.clone(), month, now).await?;
    let found = found.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{slug}-{}.csv\"", month.code())))
        .body(table(&found)))
}

const HEADINGS: [&str; 12] = [
    "Site",
    "Space",
    "Date",
    "From and to",
    "Reference",
    "Outcome",
    "Minutes",
    "Rate",
    "Amount in pounds",
    "Usual value in pounds",
    "Given free in pounds",
    "Organisation",
];

fn table(found: &Statement) -> String {
    let mut lines = vec![HEADINGS.map(str::to_owned).to_vec()];
    for session in found.sites.iter().flat_map(|part| &part.sessions) {
        let line = &session.line;
        lines.push(vec![
            line.site_name.clone(),
            line.facility.clone(),
            line.date.to_string(),
            times(line.zone, line.session),
            line.reference.to_string(),
            outcome(session).to_owned(),
            line.session.minutes().to_string(),
            line.price.map_or_else(String::new, |price| price.terms.short()),
            session.counted.amount(line.charging).plain(),
            line.price.map_or_else(String::new, |price| price.value.plain()),
            session.counted.given().plain(),
            found.organisation.name.clone(),
        ]);
    }
    lines.iter().map(|cells| cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\r\n").collect()
}

/// A cell, in quotes where it has to be.
fn quoted(text: &str) -> String {
    let safe = harmless(text);
    if safe.contains([',', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

pub async fn absent(
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<AbsentForm>,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let reference = Reference::parse(&form.reference).ok_or(Error::NotFound)?;
    let absent = match form.act.as_str() {
        "absent" => true,
        "present" => false,
        _ => return Err(Error::BadRequest("This form is not as the page made it. Open the page again".to_owned())),
    };
    let here = urls::statement(&slug, Month::parse(&form.month));
    let means = (state.clock.now(), state.mailer.clone());
    let which = (slug, reference, form.date);
    match service::note_absent(&state.db, means, who.actor.clone(), which, absent).await? {
        NoShowAnswer::Done => Ok(page::done(&here, if absent { "absent" } else { "present" })),
        NoShowAnswer::NotPossible => Ok(page::done(&here, "absent-not")),
        NoShowAnswer::NotFound => Err(Error::NotFound),
    }
}
