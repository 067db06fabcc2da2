//! A site's day: every place by the hour, with what each viewer may see. Seven queries, however many places there are.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};

use super::rows::{self, View};
use crate::domain::availability::{Taken, free_stretches};
use crate::domain::grid::{self, Cell, Line};
use crate::domain::hours::{WeeklyHours, local_date, weekday};
use crate::domain::ids::{FacilityId, Slug};
use crate::domain::notice::Notice;
use crate::domain::opening::open_spans;
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::domain::span::{Instant, Span};
use crate::store::facilities::{self, Filter};
use crate::store::{Conn, StoreError, notices, occupancies, occurrences, sites};

/// One row of the day, or of a week.
#[derive(Debug, Clone)]
pub struct Row {
    pub facility: Facility,
    /// Set where the row is one unit of several.
    pub unit: Option<String>,
    pub date: NaiveDate,
    pub cells: Vec<Cell>,
}

/// A site's day as a table.
#[derive(Debug)]
pub struct Day {
    pub site: Site,
    pub date: NaiveDate,
    /// None when nothing is open and nothing is booked.
    pub range: Option<Span>,
    pub column_minutes: i64,
    pub rows: Vec<Row>,
    /// What is free now, and until when.
    pub free_now: Vec<(Facility, Instant)>,
    /// The seven days of the week, each with how much of its opening time is booked, in percent.
    pub week: Vec<(NaiveDate, i64)>,
    /// What people of that day must know.
    pub notices: Vec<Notice>,
}

/// Loads and lays out a day, today at the site where none is given. `None` when there is no such site.
pub fn day(
    conn: &mut Conn,
    slug: &Slug,
    date: Option<NaiveDate>,
    actor: Option<&Actor>,
    now: Instant,
) -> Result<Option<Day>, StoreError> {
    let places = facilities::with_sites(conn, &Filter { site: Some(slug), ..Filter::default() })?;
    let site = match places.first() {
        Some((site, _)) => site.clone(),
        None => match sites::by_slug(conn, slug)? {
            Some(site) => site,
            None => return Ok(None),
        },
    };
    let date = date.unwrap_or_else(|| local_date(site.zone, now));
    let staff = actor.is_some_and(|actor| actor.is_staff(site.id));
    let mut facilities: Vec<Facility> = places
        .into_iter()
        .map(|(_, facility)| facility)
        .filter(|facility| facility.kind.entry().by_the_hour && (facility.listed || staff))
        .collect();
    let hours: Vec<WeeklyHours> = sites::hours(conn, &[site.id])?.into_iter().map(|(_, hours)| hours).collect();
    let mut units: Vec<_> = facilities.iter().flat_map(Facility::unit_ids).collect();
    units.sort_unstable();
    units.dedup();
    let cells = match reach(&site, &facilities, &hours, date) {
        Some(within) => occupancies::cells(conn, &units, within)?,
        None => Vec::new(),
    };
    let taken: Vec<Taken> = cells.iter().map(|cell| cell.taken.clone()).collect();
    let view = View { site: &site, actor, now };
    let standing: Vec<(FacilityId, Span)> =
        rows::standing(&cells, now).filter(|(_, session)| local_date(site.zone, session.start()) == date).collect();
    let retired = |facility: &Facility| facility.retired_from.is_some_and(|from| from <= date);
    facilities.retain(|facility| !retired(facility) || standing.iter().any(|(of, _)| *of == facility.id));
    let open = |facility: &Facility| match retired(facility) {
        true => Vec::new(),
        false => open_spans(&site, facility, &hours, (date, date)),
    };
    let sessions = standing.iter().map(|(_, session)| *session);
    let range = day_range(&site, date, facilities.iter().flat_map(open).chain(sessions).collect());
    let mut lines: Vec<(Facility, Option<String>, Line)> = Vec::new();
    let mut free_now = Vec::new();
    for (facility, range) in facilities.iter().filter_map(|facility| range.map(|range| (facility, range))) {
        let open = open(facility);
        free_now.extend(free_until(facility, &open, &taken, range, now).map(|until| (facility.clone(), until)));
        let rows = rows::lines(view, facility, &open, &cells, range).into_iter();
        lines.extend(rows.map(|row| (facility.clone(), row.unit, row.line)));
    }
    let (column_minutes, rows) = cut(lines, date, now);
    let week = booked(conn, &site, &facilities, &hours, date)?;
    let notices = match crate::domain::hours::day(site.zone, date) {
        Ok(day) => notices::within(conn, site.id, day)?,
        Err(_) => Vec::new(),
    };
    Ok(Some(Day { site, date, range, column_minutes, rows, free_now, week, notices }))
}

/// The day, and the hours that begin or end on it where they run past midnight: what is free now may be free until then.
/// Nothing else is drawn, and what is read decides how long the page takes.
fn reach(site: &Site, facilities: &[Facility], hours: &[WeeklyHours], date: NaiveDate) -> Option<Span> {
    let day = crate::domain::hours::day(site.zone, date).ok()?;
    let open = facilities.iter().flat_map(|one| open_spans(site, one, hours, (date, date)));
    open.filter(|open| open.overlaps(day))
        .try_fold(day, |all, open| Span::new(all.start().min(open.start()), all.end().max(open.end())))
}

/// Until when a facility is free, if it is free now and now is among the hours shown.
fn free_until(facility: &Facility, open: &[Span], taken: &[Taken], range: Span, now: Instant) -> Option<Instant> {
    let free = free_stretches(facility, open, taken, now);
    free.into_iter().filter(|_| range.contains_instant(now)).find(|span| span.contains_instant(now)).map(Span::end)
}

/// The rows as cells, all with columns of the same width.
fn cut(lines: Vec<(Facility, Option<String>, Line)>, date: NaiveDate, now: Instant) -> (i64, Vec<Row>) {
    let plain: Vec<Line> = lines.iter().map(|(_, _, line)| line.clone()).collect();
    let width = grid::column_minutes(&plain);
    let row = |(facility, unit, line): (Facility, Option<String>, Line)| {
        let cells = grid::cells(&line, width, now);
        Row { facility, unit, date, cells }
    };
    (width, lines.into_iter().map(row).collect())
}

/// The hours to show of a day: those in which it is open, and those of sessions that stand, cut to the day.
fn day_range(site: &Site, date: NaiveDate, open: Vec<Span>) -> Option<Span> {
    let day = crate::domain::hours::day(site.zone, date).ok()?;
    let spans: Vec<Span> = open.into_iter().filter_map(|span| span.intersection(day)).collect();
    grid::range_of(&spans)
}

/// How much of each day of the week is booked, in percent of its opening time.
fn booked(
    conn: &mut Conn,
    site: &Site,
    facilities: &[Facility],
    hours: &[WeeklyHours],
    date: NaiveDate,
) -> Result<Vec<(NaiveDate, i64)>, StoreError> {
    let monday = date.checked_sub_days(Days::new(u64::try_from(weekday(date)).unwrap_or_default())).unwrap_or(date);
    let dates: Vec<NaiveDate> = monday.iter_days().take(7).collect();
    let sunday = dates.last().copied().unwrap_or(monday);
    let ids: Vec<FacilityId> = facilities.iter().map(|facility| facility.id).collect();
    let minutes: HashMap<NaiveDate, i64> = occurrences::minutes_by_date(conn, &ids, (monday, sunday))?;
    let open_minutes = |date: NaiveDate| -> i64 {
        facilities
            .iter()
            .map(|facility| {
                let own: Vec<&WeeklyHours> = hours.iter().filter(|one| one.facility == Some(facility.id)).collect();
                let narrower = !own.is_empty();
                hours
                    .iter()
                    .filter(|one| one.weekday == weekday(date) && (one.facility == Some(facility.id)) == narrower)
                    .filter(|one| narrower || one.facility.is_none())
                    .map(|one| i64::from(one.to_minute - one.from_minute))
                    .sum::<i64>()
            })
            .sum()
    };
    let _ = site;
    let percent = |date: NaiveDate| {
        let open = open_minutes(date);
        if open == 0 { 0 } else { (minutes.get(&date).copied().unwrap_or_default() * 100 / open).min(100) }
    };
    Ok(dates.into_iter().map(|date| (date, percent(date))).collect())
}
