//! A facility's week: its days by the hour, with what each viewer may see. Six queries.

use chrono::{Days, NaiveDate};

use super::day::Row;
use super::facts::around;
use super::rows::{self, View};
use crate::domain::grid::{self, Line};
use crate::domain::hours::{WeeklyHours, day, instant_at, local_date, local_time, weekday};
use crate::domain::ids::Slug;
use crate::domain::notice::Notice;
use crate::domain::opening::open_spans;
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::domain::span::{Instant, Span};
use crate::store::{Conn, StoreError, facilities, notices, occupancies, sites};

/// A facility's week as a table.
#[derive(Debug)]
pub struct Week {
    pub site: Site,
    pub facility: Facility,
    pub monday: NaiveDate,
    pub hours: Vec<WeeklyHours>,
    /// Local minutes after midnight that all days show; none when it is never open.
    pub minutes: Option<(i32, i32)>,
    pub column_minutes: i64,
    pub rows: Vec<Row>,
    /// What people who are there in that week must know.
    pub notices: Vec<Notice>,
}

/// Loads and lays out the week that holds a date, this week where none is given. `None` when there is no such facility for this viewer.
pub fn week(
    conn: &mut Conn,
    (site, slug): (&Slug, &Slug),
    date: Option<NaiveDate>,
    actor: Option<&Actor>,
    now: Instant,
) -> Result<Option<Week>, StoreError> {
    let Some((site, facility)) = facilities::by_slug(conn, site, slug)? else {
        return Ok(None);
    };
    if !facility.listed && !actor.is_some_and(|actor| actor.sees_unlisted(site.id)) {
        return Ok(None);
    }
    let date = date.unwrap_or_else(|| local_date(site.zone, now));
    let monday = date.checked_sub_days(Days::new(u64::try_from(weekday(date)).unwrap_or_default())).unwrap_or(date);
    let dates: Vec<NaiveDate> = monday.iter_days().take(7).collect();
    let sunday = dates.last().copied().unwrap_or(monday);
    let hours: Vec<WeeklyHours> = sites::hours(conn, &[site.id])?
        .into_iter()
        .map(|(_, hours)| hours)
        .filter(|one| one.facility.is_none() || one.facility == Some(facility.id))
        .collect();
    let open = open_spans(&site, &facility, &hours, (monday, sunday));
    let cells = match around(&site, monday, sunday) {
        Some(within) => occupancies::cells(conn, &facility.unit_ids(), within)?,
        None => Vec::new(),
    };
    let shown: Vec<Span> =
        rows::standing(&cells, now).map(|(_, session)| session).chain(open.iter().copied()).collect();
    let minutes = shown_minutes(&site, &shown, monday);
    let view = View { site: &site, actor, now };
    let mut lines: Vec<(NaiveDate, Option<String>, Line)> = Vec::new();
    if let Some((from, to)) = minutes {
        for date in &dates {
            let Some(range) = range_on(&site, *date, from, to) else {
                continue;
            };
            for row in rows::lines(view, &facility, &open, &cells, range) {
                lines.push((*date, row.unit, row.line));
            }
        }
    }
    let plain: Vec<Line> = lines.iter().map(|(_, _, line)| line.clone()).collect();
    let column_minutes = grid::column_minutes(&plain);
    let rows = lines
        .into_iter()
        .map(|(date, unit, line)| Row {
            facility: facility.clone(),
            unit,
            date,
            cells: grid::cells(&line, column_minutes, now),
        })
        .collect();
    let days = day(site.zone, monday).ok().zip(day(site.zone, sunday).ok());
    let span = days.and_then(|(first, last)| Span::new(first.start(), last.end()));
    let mut notices = span.map_or(Ok(Vec::new()), |span| notices::within(conn, site.id, span))?;
    notices.retain(|one| one.touches(facility.id, one.span));
    Ok(Some(Week { site, facility, monday, hours, minutes, column_minutes, rows, notices }))
}

/// The whole local hours around all opening times of the week and the sessions that stand in it.
fn shown_minutes(site: &Site, shown: &[Span], monday: NaiveDate) -> Option<(i32, i32)> {
    let week = Span::new(instant_at(site.zone, monday, 0).ok()?, instant_at(site.zone, monday, 7 * 1440).ok()?)?;
    let spans = shown.iter().filter_map(|span| span.intersection(week));
    let edges = spans.map(|span| {
        let (from, to) = (local_time(site.zone, span.start()), local_time(site.zone, span.end()));
        let over = if from.date < to.date { 1440 } else { to.minute };
        (from.minute, over)
    });
    let (from, to) = edges.fold((1440, 0), |(from, to), (a, b)| (from.min(a), to.max(b)));
    (from < to).then(|| (from / 60 * 60, ((to + 59) / 60 * 60).min(1440)))
}

/// The same wall times on a date; where the clocks skip an edge, the next hour.
fn range_on(site: &Site, date: NaiveDate, from: i32, to: i32) -> Option<Span> {
    let edge =
        |minute: i32| instant_at(site.zone, date, minute).or_else(|_| instant_at(site.zone, date, minute + 60)).ok();
    Span::new(edge(from)?, edge(to)?)
}
