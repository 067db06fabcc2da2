//! How the sessions of a month went, in counts: of a site by organisation for its staff, of an organisation by date for its own people.

use actix_web::HttpResponse;
use actix_web::web::{Path, Query};
use askama::Template;
use chrono::{Datelike, Months, NaiveDate};
use serde::Deserialize;

use super::service::{self, Dated, Month};
use crate::domain::attendance::{CORRECTED_DAYS, Totals};
use crate::domain::holder::Holder;
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::span::Instant;
use crate::domain::words::{counted, date_without_year, listed, times};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
pub struct MonthQuery {
    #[serde(default)]
    month: String,
}

#[derive(Template)]
#[template(path = "attendance/figures.html")]
struct FiguresPage {
    chrome: Chrome,
    /// Whose: its name and its page.
    whose: (String, String),
    title: String,
    before: String,
    after: Option<String>,
    head: &'static str,
    rows: Vec<Row>,
    totals: Totals,
    /// "4 of 6 dates noted".
    noted: String,
    /// What was not left as found, with the date and where it was.
    notes: Vec<(String, String)>,
}

/// One line of the table.
struct Row {
    name: String,
    small: String,
    href: Option<String>,
    state: Option<&'static str>,
    totals: Totals,
}

pub async fn of_site(
    state: Shared,
    path: Path<String>,
    query: Query<MonthQuery>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let (first, now) = (read_month(&query.month)?, state.clock.now());
    let found = service::of_site(&state.db, who.actor.clone(), slug, first, now).await?;
    let (site, month) = found.ok_or(Error::NotFound)?;
    let rows = by_holder(&month.dates);
    let whose = (site.name.clone(), urls::reception(&site.slug, None));
    let link = |month: &str| urls::site_attendance(&site.slug, Some(month));
    page::ok(&figures_page(chrome, whose, (&month, rows, "Who"), &link, now))
}

pub async fn of_organisation(
    state: Shared,
    path: Path<String>,
    query: Query<MonthQuery>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let (first, now) = (read_month(&query.month)?, state.clock.now());
    let found = service::of_organisation(&state.db, who.actor.clone(), slug, first, now).await?;
    let (organisation, month) = found.ok_or(Error::NotFound)?;
    let rows = month.dates.iter().map(|one| date_row(one, now)).collect();
    let whose = (organisation.name.clone(), urls::organisation(&organisation.slug));
    let link = |month: &str| urls::own_attendance(&organisation.slug, Some(month));
    let page = figures_page(chrome, whose, (&month, rows, "When and where"), &link, now);
    page::ok(&page)
}

/// "2026-11"; nothing for this month.
fn read_month(typed: &str) -> Result<Option<NaiveDate>, Error> {
    if typed.is_empty() {
        return Ok(None);
    }
    let first = format!("{typed}-01").parse().ok().filter(|date: &NaiveDate| (2001..2199).contains(&date.year()));
    first.map(Some).ok_or_else(|| Error::BadRequest("That is not a month we can show. Choose another".to_owned()))
}

fn month_value(first: NaiveDate) -> String {
    first.format("%Y-%m").to_string()
}

fn figures_page(
    chrome: Chrome,
    whose: (String, String),
    (month, rows, head): (&Month, Vec<Row>, &'static str),
    link: &dyn Fn(&str) -> String,
    now: Instant,
) -> FiguresPage {
    let totals = month.dates.iter().fold(Totals::default(), |all, one| all.and(one.figures.as_ref(), one.no_show));
    let turn = |first: Option<NaiveDate>| first.map(|first| link(&month_value(first)));
    let after = month.first.checked_add_months(Months::new(1));
    let this_month = local_date(chrono_tz::Tz::Europe__London, now);
    let noted = |one: &&Dated| one.figures.as_ref().is_some_and(|figures| !figures.left_as_found);
    FiguresPage {
        chrome: chrome.wide(),
        whose,
        title: month.first.format("%B %Y").to_string(),
        before: turn(month.first.checked_sub_months(Months::new(1))).unwrap_or_default(),
        after: turn(after.filter(|after| *after <= this_month)),
        head,
        rows,
        totals,
        noted: format!("{} of {} noted", totals.recorded, counted(totals.dates, "date", "dates")),
        notes: month
            .dates
            .iter()
            .filter(noted)
            .map(|one| (when_and_where(one), one.figures.as_ref().map_or_else(String::new, |one| one.note.clone())))
            .collect(),
    }
}

fn when_and_where(one: &Dated) -> String {
    let date = date_without_year(local_date(one.line.zone, one.line.session.start()));
    format!("{date}, {}, {}", times(one.line.zone, one.line.session), listed(&one.places))
}

fn is_open(one: &Dated, now: Instant) -> bool {
    now < one.line.session.end().plus_days(CORRECTED_DAYS)
}

fn date_row(one: &Dated, now: Instant) -> Row {
    let line = &one.line;
    let date = date_without_year(local_date(line.zone, line.session.start()));
    Row {
        name: format!("{date}, {}", times(line.zone, line.session)),
        small: format!("{}, {}", listed(&one.places), line.site_name),
        href: Some(urls::attendance(&line.reference, line.ordinal)),
        state: match &one.figures {
            _ if one.no_show => Some("Not used"),
            None if is_open(one, now) => Some("Still to be noted"),
            None => Some("Never noted"),
            Some(_) => None,
        },
        totals: Totals::default().and(one.figures.as_ref(), one.no_show),
    }
}

/// One line an organisation, by name; persons and the site itself one line each, so that nobody is named.
fn by_holder(dates: &[Dated]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for one in dates {
        let name = match &one.line.holder {
            Holder::Organisation(name) => name.clone(),
            Holder::Person(_) => "Persons without an account".to_owned(),
            Holder::Site => "The site itself".to_owned(),
        };
        let place = rows.iter().position(|row| row.name == name).unwrap_or_else(|| {
            let new = Row { name, small: String::new(), href: None, state: None, totals: Totals::default() };
            rows.push(new);
            rows.len() - 1
        });
        if let Some(row) = rows.get_mut(place) {
            row.totals = row.totals.and(one.figures.as_ref(), one.no_show);
            row.small = format!("{} of {} noted", row.totals.recorded, counted(row.totals.dates, "date", "dates"));
        }
    }
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    rows
}
