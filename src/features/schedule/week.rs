//! A facility's page: what it is, its week by the hour, its rules in plain words.

use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{Datelike, Days, NaiveDate};
use serde::Deserialize;

use super::day::read_date;
use super::service::{self, Week};
use super::timetable::{Group, Place, RowView, Timetable, cell_views};
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::kinds::Kind;
use crate::domain::span::Instant;
use crate::domain::words::{clock24, date_without_year, listed, long_date, weekday_name};
use crate::error::Error;
use crate::urls;
use crate::web::access::Visitor;
use crate::web::chrome::Chrome;
use crate::web::notices::{NoticeView, notice_views};
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
pub struct WeekQuery {
    #[serde(default)]
    week: String,
}

#[derive(Template)]
#[template(path = "schedule/week.html")]
struct WeekPage {
    chrome: Chrome,
    site_name: String,
    site_href: String,
    name: String,
    kind: &'static str,
    drawing: &'static str,
    lead: String,
    about: String,
    needs: String,
    by_the_hour: bool,
    title: String,
    before: String,
    after: String,
    this_week: Option<String>,
    book: String,
    manage: Option<String>,
    calendars: String,
    rules: Vec<(&'static str, String)>,
    notices: Vec<NoticeView>,
    timetable: Option<Timetable>,
}

pub async fn get(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    query: Query<WeekQuery>,
    visitor: Visitor,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let (site, facility) = path.into_inner();
    let slugs = Slug::parse(&site).zip(Slug::parse(&facility)).ok_or(Error::NotFound)?;
    let date = read_date(&query.week)?;
    let now = state.clock.now();
    let actor = visitor.actor().cloned();
    let found = service::load_week(&state.db, slugs, date, actor, now).await?.ok_or(Error::NotFound)?;
    // What is used in a way of its own has a page of its own.
    if let Some(own) = own_page(found.facility.kind, &found.site.slug, &found.facility.slug) {
        return Ok(page::see_other(&own));
    }
    let public = visitor.0.is_none();
    let manages = visitor.actor().is_some_and(|actor| actor.manages(found.site.id));
    page::public_or_private(&request, public, found.site.change_number, now, || week_page(chrome, &found, now, manages))
}

fn own_page(kind: Kind, site: &Slug, facility: &Slug) -> Option<String> {
    match kind {
        Kind::Allotment => Some(urls::plots(site, facility)),
        Kind::Cafe => Some(urls::cafe(site, facility)),
        Kind::BabyBank => Some(urls::baby_bank(site, facility)),
        _ => None,
    }
}

fn week_page(chrome: Chrome, week: &Week, now: Instant, manages: bool) -> WeekPage {
    let (site, facility) = (&week.site, &week.facility);
    let sunday = week.monday.checked_add_days(Days::new(6)).unwrap_or(week.monday);
    let link =
        |monday: Option<NaiveDate>| urls::facility_week(&site.slug, &facility.slug, monday.unwrap_or(week.monday));
    let today = local_date(site.zone, now);
    let this_week = (today < week.monday || sunday < today).then(|| urls::facility(&site.slug, &facility.slug));
    let needs: Vec<String> = facility.needs.iter().map(|need| need.label().to_owned()).collect();
    let place = [facility.place(), site.name.clone()];
    WeekPage {
        chrome: chrome.wide().with_exit(facility.is_private()),
        site_name: site.name.clone(),
        site_href: urls::site(&site.slug),
        name: facility.name.clone(),
        kind: facility.kind.entry().name,
        drawing: facility.kind.entry().drawing,
        lead: place.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", "),
        about: facility.about.clone(),
        needs: listed(&needs),
        by_the_hour: facility.kind.entry().by_the_hour,
        title: week_title(week.monday, sunday),
        before: link(week.monday.checked_sub_days(Days::new(7))),
        after: link(week.monday.checked_add_days(Days::new(7))),
        this_week,
        book: urls::book(&site.slug, &facility.slug),
        manage: manages.then(|| urls::manage_facility(&site.slug, &facility.slug)),
        calendars: urls::calendars_of(&site.slug, &facility.slug),
        rules: facility.rules_in_words(),
        notices: notice_views((site.zone, &site.name), &week.notices, |_| Some(facility.name.clone())),
        timetable: timetable(week, now),
    }
}

/// "23 to 29 November 2026", or "30 November to 6 December 2026".
fn week_title(monday: NaiveDate, sunday: NaiveDate) -> String {
    if monday.month() == sunday.month() {
        format!("{} to {} {}", monday.day(), sunday.day(), sunday.format("%B %Y"))
    } else {
        format!("{} {} to {} {}", monday.day(), monday.format("%B"), sunday.day(), sunday.format("%B %Y"))
    }
}

fn timetable(week: &Week, now: Instant) -> Option<Timetable> {
    let (from, to) = week.minutes?;
    let columns_an_hour = 60 / week.column_minutes;
    let columns = i64::from(to - from) / week.column_minutes;
    let mut groups: Vec<Group> = Vec::new();
    let many = week.rows.iter().any(|row| row.unit.is_some());
    for row in &week.rows {
        let title = many.then(|| date_without_year(row.date));
        let place = Place { zone: week.site.zone, site: &week.site.slug, facility: &week.facility.slug };
        let view = RowView {
            id: if many { String::new() } else { row.date.to_string() },
            href: urls::schedule(&week.site.slug, Some(row.date)),
            name: row.unit.clone().unwrap_or_else(|| day_name(row.date)),
            note: if many { String::new() } else { day_note(week, row.date, now) },
            cells: cell_views(place, &row.cells, columns_an_hour),
        };
        match groups.last_mut() {
            Some(group) if group.title == title => group.rows.push(view),
            _ => groups.push(Group { title, rows: vec![view] }),
        }
    }
    Some(Timetable {
        label: format!("{}, week of {}", week.facility.name, long_date(week.monday)),
        head: if many { "Unit" } else { "Day" },
        hours: (from / 60..to / 60).map(|hour| clock24(hour * 60)).collect(),
        columns_an_hour,
        columns,
        groups,
        now_percent: None,
        open_shut: (from.into(), to.into()),
    })
}

fn day_name(date: NaiveDate) -> String {
    let name: String = weekday_name(date).chars().take(3).collect();
    format!("{name} {}", date.day())
}

fn day_note(week: &Week, date: NaiveDate, now: Instant) -> String {
    if date == local_date(week.site.zone, now) { "Today".to_owned() } else { date.format("%B").to_string() }
}
