//! A site's day: rooms by hours, as a table, as a list on a phone, and on one sheet of paper.

use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{Datelike, Days, NaiveDate};
use serde::Deserialize;

use super::service::{self, Day, Row};
use super::timetable::{Group, Place, RowView, Timetable, cell_views, until};
use crate::domain::grid::hour_labels;
use crate::domain::hours::{day as local_day, local_date, local_time};
use crate::domain::ids::{FacilityId, Slug};
use crate::domain::span::Instant;
use crate::domain::words::{clock, counted, date_without_year, long_date, weekday_name};
use crate::error::Error;
use crate::urls;
use crate::web::access::Visitor;
use crate::web::chrome::Chrome;
use crate::web::notices::{NoticeView, notice_views};
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
pub struct DayQuery {
    #[serde(default)]
    date: String,
}

#[derive(Template)]
#[template(path = "schedule/day.html")]
struct DayPage {
    chrome: Chrome,
    site_name: String,
    site_href: String,
    schedule_href: String,
    date: NaiveDate,
    title: String,
    before: Turn,
    after: Turn,
    today: Option<String>,
    days: Vec<StripDay>,
    /// Only for today: the time, and what is free now.
    clock: Option<String>,
    free_now: Vec<Turn>,
    rooms: Vec<Turn>,
    /// The same day as the site's staff need it.
    reception: Option<String>,
    notices: Vec<NoticeView>,
    timetable: Option<Timetable>,
}

/// A link with its words.
struct Turn {
    href: String,
    label: String,
}

struct StripDay {
    href: String,
    label: String,
    percent: i64,
    current: bool,
}

pub async fn get(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    query: Query<DayQuery>,
    visitor: Visitor,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let date = read_date(&query.date)?;
    let now = state.clock.now();
    let actor = visitor.actor().cloned();
    let found = service::load_day(&state.db, slug, date, actor, now).await?.ok_or(Error::NotFound)?;
    let public = visitor.0.is_none();
    let staff = visitor.actor().is_some_and(|actor| actor.is_staff(found.site.id));
    let reception = staff.then(|| urls::reception(&found.site.slug, Some(found.date)));
    page::public_or_private(&request, public, found.site.change_number, now, || DayPage {
        reception,
        ..day_page(chrome, &found, now)
    })
}

/// A date of the address, or none; one that cannot be booked is refused rather than drawn.
pub fn read_date(typed: &str) -> Result<Option<NaiveDate>, Error> {
    if typed.is_empty() {
        return Ok(None);
    }
    let wrong = || Error::BadRequest("That is not a date we can show. Choose one within the next two years".to_owned());
    let date: NaiveDate = typed.parse().map_err(|_| wrong())?;
    if (2001..2199).contains(&date.year()) { Ok(Some(date)) } else { Err(wrong()) }
}

fn day_page(chrome: Chrome, day: &Day, now: Instant) -> DayPage {
    let (slug, zone) = (&day.site.slug, day.site.zone);
    let turn = |date: Option<NaiveDate>, words: &str| {
        let date = date.unwrap_or(day.date);
        Turn { href: urls::schedule(slug, Some(date)), label: format!("{words}: {}", date_without_year(date)) }
    };
    let today = local_date(zone, now);
    let is_today = day.date == today;
    let mut rooms: Vec<Turn> = Vec::new();
    for row in &day.rows {
        if rooms.last().is_none_or(|last| last.label != row.facility.name) {
            rooms.push(Turn { href: format!("#{}", row.facility.slug), label: row.facility.name.clone() });
        }
    }
    DayPage {
        chrome: chrome.wide(),
        site_name: day.site.name.clone(),
        site_href: urls::site(slug),
        schedule_href: urls::schedule(slug, None),
        date: day.date,
        title: long_date(day.date),
        before: turn(day.date.pred_opt(), "Day before"),
        after: turn(day.date.succ_opt(), "Day after"),
        today: (!is_today).then(|| urls::schedule(slug, None)),
        days: day.week.iter().map(|(date, percent)| strip_day(slug, day.date, *date, *percent)).collect(),
        clock: is_today.then(|| clock(local_time(zone, now).minute)),
        free_now: day
            .free_now
            .iter()
            .map(|(facility, end)| {
                let local = local_time(zone, now.plus_minutes(14));
                let href = urls::book_at(slug, &facility.slug, local.date, local.minute / 15 * 15, None);
                Turn { href, label: format!("{} {}", facility.name, until(zone, *end)) }
            })
            .collect(),
        rooms,
        reception: None,
        notices: notice_views((zone, &day.site.name), &day.notices, |id| name_of(day, id)),
        timetable: timetable(day, now, is_today),
    }
}

/// The name of a facility that is among the rows, so that this viewer may see it.
fn name_of(day: &Day, id: FacilityId) -> Option<String> {
    day.rows.iter().find(|row| row.facility.id == id).map(|row| row.facility.name.clone())
}

fn strip_day(slug: &Slug, shown: NaiveDate, date: NaiveDate, percent: i64) -> StripDay {
    let name: String = weekday_name(date).chars().take(3).collect();
    StripDay {
        href: urls::schedule(slug, Some(date)),
        label: format!("{name} {}", date.day()),
        percent,
        current: date == shown,
    }
}

fn timetable(day: &Day, now: Instant, is_today: bool) -> Option<Timetable> {
    let range = day.range.filter(|_| !day.rows.is_empty())?;
    let zone = day.site.zone;
    let columns_an_hour = 60 / day.column_minutes;
    let mut groups: Vec<Group> = Vec::new();
    for row in &day.rows {
        let floor = (!row.facility.floor.is_empty()).then(|| row.facility.floor.clone());
        let view = row_view(day, row, columns_an_hour);
        match groups.last_mut() {
            Some(group) if group.title == floor => group.rows.push(view),
            _ => groups.push(Group { title: floor, rows: vec![view] }),
        }
    }
    let midnight = local_day(zone, day.date).ok()?.start();
    let at = |instant: Instant| instant.minutes_since(midnight);
    let shown = is_today && range.contains_instant(now);
    Some(Timetable {
        label: format!("Rooms and bookings, {}", long_date(day.date)),
        head: "Room",
        hours: hour_labels(zone, range),
        columns_an_hour,
        columns: range.minutes() / day.column_minutes,
        groups,
        now_percent: shown.then(|| {
            let part = now.minutes_since(range.start()) * 10_000 / range.minutes();
            format!("{}.{:02}%", part / 100, part % 100)
        }),
        open_shut: (at(range.start()), at(range.end())),
    })
}

fn row_view(day: &Day, row: &Row, columns_an_hour: i64) -> RowView {
    let facility = &row.facility;
    let place = Place { zone: day.site.zone, site: &day.site.slug, facility: &facility.slug };
    let seats = counted(facility.rules.capacity.into(), "person", "people");
    let note = match (&row.unit, facility.room.is_empty()) {
        (Some(unit), _) => unit.clone(),
        (None, true) => seats,
        (None, false) => format!("{} · {seats}", facility.room),
    };
    let first_unit = row.unit.is_none() || facility.units.first().map(|unit| &unit.name) == row.unit.as_ref();
    RowView {
        id: if first_unit { facility.slug.to_string() } else { String::new() },
        href: urls::facility_week(&day.site.slug, &facility.slug, monday(row.date)),
        name: facility.name.clone(),
        note,
        cells: cell_views(place, &row.cells, columns_an_hour),
    }
}

/// The Monday of a date's week.
pub fn monday(date: NaiveDate) -> NaiveDate {
    let back = u64::from(date.weekday().num_days_from_monday());
    date.checked_sub_days(Days::new(back)).unwrap_or(date)
}
