//! A timetable as the template wants it: hours, groups of rows, cells with their words. Shared by the day and the week.

use chrono_tz::Tz;

use crate::domain::grid::{Cell, CellKind};
use crate::domain::hours::local_time;
use crate::domain::ids::Slug;
use crate::domain::span::Span;
use crate::domain::words::{clock24, times24};
use crate::urls;
use crate::web::forms::clock_value;

pub struct Timetable {
    pub label: String,
    /// What the first column holds: "Room" or "Day".
    pub head: &'static str,
    pub hours: Vec<String>,
    pub columns_an_hour: i64,
    pub columns: i64,
    pub groups: Vec<Group>,
    /// Where the line of now stands, in percent of the width.
    pub now_percent: Option<String>,
    /// Minutes after midnight of the first and last column, so that the script can move the line.
    pub open_shut: (i64, i64),
}

pub struct Group {
    pub title: Option<String>,
    pub rows: Vec<RowView>,
}

pub struct RowView {
    pub id: String,
    pub href: String,
    pub name: String,
    pub note: String,
    pub cells: Vec<CellView>,
}

pub struct CellView {
    pub class: &'static str,
    pub columns: i64,
    pub state: &'static str,
    pub mine: bool,
    pub title: String,
    pub when: String,
    /// None where the state is plain without one.
    pub icon: Option<&'static str>,
    pub word: &'static str,
    pub href: Option<String>,
    /// From and to as a query carries them, for choosing longer times with a mouse.
    pub stretch: Option<(String, String)>,
}

/// Where the free cells of a row lead.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub zone: Tz,
    pub site: &'a Slug,
    pub facility: &'a Slug,
}

/// The cells of a row with their words.
pub fn cell_views(place: Place<'_>, cells: &[Cell], columns_an_hour: i64) -> Vec<CellView> {
    cells.iter().map(|cell| cell_view(place, cell, columns_an_hour)).collect()
}

fn cell_view(place: Place<'_>, cell: &Cell, columns_an_hour: i64) -> CellView {
    let brief = cell.columns * 2 <= columns_an_hour;
    let plain = |state, title: &str, icon, word| CellView {
        class: if brief { "brief" } else { "" },
        columns: cell.columns,
        state,
        mine: false,
        title: title.to_owned(),
        when: times24(place.zone, cell.span),
        icon,
        word,
        href: None,
        stretch: None,
    };
    match &cell.kind {
        CellKind::Past => plain("past", "Past", None, ""),
        CellKind::Closed => plain("closed", "Closed", Some("closed"), ""),
        CellKind::Tidying => plain("cleaning", "Turnaround", Some("cleaning"), ""),
        CellKind::Taken { look, session } => CellView {
            mine: look.mine,
            when: edge_times(place.zone, *session, cell.span),
            href: look.booking.as_ref().map(urls::booking),
            ..plain(
                look.state,
                &look.title,
                Some(icon_of(look.state)),
                if look.word == look.title { "" } else { look.word },
            )
        },
        CellKind::Free { whole } => free_view(place, cell, *whole, brief),
    }
}

/// The session's times, and that it began the day before or goes on after.
fn edge_times(zone: Tz, session: Span, shown: Span) -> String {
    let (from, to) = (local_time(zone, session.start()), local_time(zone, session.end()));
    let day = local_time(zone, shown.start()).date;
    match (from.date < day, day < to.date && to.minute != 0) {
        (true, true) => "from yesterday to tomorrow".to_owned(),
        (true, false) => format!("from yesterday–{}", clock24(to.minute)),
        (false, true) => format!("{}–tomorrow", clock24(from.minute)),
        (false, false) => times24(zone, session),
    }
}

fn free_view(place: Place<'_>, cell: &Cell, whole: Option<Span>, brief: bool) -> CellView {
    let (from, to) = (local_time(place.zone, cell.span.start()), local_time(place.zone, cell.span.end()));
    let when = whole.map_or_else(|| format!("from {}", clock24(from.minute)), |whole| times24(place.zone, whole));
    CellView {
        class: match (whole.is_some(), brief) {
            (true, true) => "free brief",
            (true, false) => "free",
            (false, true) => "free more brief",
            (false, false) => "free more",
        },
        columns: cell.columns,
        state: "free",
        mine: false,
        title: "Free".to_owned(),
        when,
        icon: None,
        word: "",
        href: Some(urls::book_at(place.site, place.facility, from.date, from.minute, None)),
        stretch: Some((clock_value(from.minute), clock_value(to.minute))),
    }
}

fn icon_of(state: &'static str) -> &'static str {
    match state {
        "closed" => "closed",
        "private" => "private",
        "requested" => "requested",
        _ => "confirmed",
    }
}

/// The words under a stretch of free time in a list: "until 4pm".
pub fn until(zone: Tz, span_end: crate::domain::span::Instant) -> String {
    let local = local_time(zone, span_end);
    format!("until {}", crate::domain::words::local_clock(local))
}
