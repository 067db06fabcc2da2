//! Hours and named sessions in one cell: "mon-fri 09:00-12:30, 13:00-17:00; sat 10:00-14:00", "Morning 09:00-13:00". Not the form of the browser.

use super::cells::{joined, pieces};
use super::sheet::shown;
use crate::domain::hours::WeeklyHours;
use crate::domain::ids::FacilityId;
use crate::domain::named::NamedSession;
use crate::domain::text;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY: i32 = 24 * 60;

/// Reads the hours of a week. A time past 24:00 is one of the next day.
///
/// # Errors
/// What is wrong with which piece.
pub fn hours(cell: &str, facility: Option<FacilityId>) -> Result<Vec<WeeklyHours>, String> {
    let mut hours: Vec<WeeklyHours> = Vec::new();
    for piece in pieces(cell) {
        let wrong = || {
            format!("Write days and times like “mon-fri 09:00-17:00; sat 10:00-14:00”. “{}” is not so", shown(piece))
        };
        let (days, ranges) = piece.split_once(' ').ok_or_else(wrong)?;
        let (first, last) = days.split_once('-').unwrap_or((days, days));
        let (first, last) = day(first).zip(day(last)).filter(|(first, last)| first <= last).ok_or_else(wrong)?;
        for one in ranges.split(',') {
            let (from_minute, to_minute) = range(one.trim()).filter(|(from, _)| *from < DAY).ok_or_else(wrong)?;
            hours.extend((first..=last).map(|weekday| WeeklyHours { facility, weekday, from_minute, to_minute }));
        }
    }
    hours.sort_by_key(|one| (one.weekday, one.from_minute));
    let overlap = hours.windows(2).any(|two| match two {
        [one, other] => one.weekday == other.weekday && other.from_minute < one.to_minute,
        _ => false,
    });
    if overlap { Err("Two times of one day overlap. Write each time once".to_owned()) } else { Ok(hours) }
}

/// The cell that [`hours`] reads back: days that are alike and follow each other stand together.
pub fn hours_cell(hours: &[WeeklyHours]) -> String {
    let mut days: Vec<(i32, i32, String)> = Vec::new();
    for weekday in 0..7 {
        let mut own: Vec<_> = hours.iter().filter(|one| one.weekday == weekday).collect();
        own.sort_by_key(|one| one.from_minute);
        let ranges: Vec<String> = own.iter().map(|one| range_cell(one.from_minute, one.to_minute)).collect();
        let ranges = ranges.join(", ");
        match days.last_mut() {
            _ if ranges.is_empty() => {}
            Some((_, last, same)) if *same == ranges && *last == weekday - 1 => *last = weekday,
            _ => days.push((weekday, weekday, ranges)),
        }
    }
    let name =
        |weekday: i32| usize::try_from(weekday).ok().and_then(|weekday| DAYS.get(weekday)).copied().unwrap_or_default();
    let words = days.iter().map(|(first, last, ranges)| match first == last {
        true => format!("{} {ranges}", name(*first)),
        false => format!("{}-{} {ranges}", name(*first), name(*last)),
    });
    words.collect::<Vec<_>>().join("; ")
}

/// Reads named sessions, "Morning 09:00-13:00; Afternoon 13:00-17:00".
///
/// # Errors
/// What is wrong with which piece.
pub fn sessions(cell: &str) -> Result<Vec<NamedSession>, String> {
    let one = |piece: &str| {
        let wrong = || {
            format!("Write sessions like “Morning 09:00-13:00; Afternoon 13:00-17:00”. “{}” is not so", shown(piece))
        };
        let (name, times) = piece.rsplit_once(' ').ok_or_else(wrong)?;
        let name = text::required_line(name, 40).map_err(|_| wrong())?;
        let (from, to) = range(times).filter(|(from, _)| *from < DAY).ok_or_else(wrong)?;
        Ok(NamedSession::new(name, from, to))
    };
    pieces(cell).map(one).collect()
}

/// The cell that [`sessions`] reads back.
pub fn sessions_cell(sessions: &[NamedSession]) -> String {
    let one = |one: &NamedSession| format!("{} {}", one.name, range_cell(one.from_minute, one.to_minute));
    joined(&sessions.iter().map(one).collect::<Vec<_>>())
}

fn day(text: &str) -> Option<i32> {
    let text = text.to_lowercase();
    let place = DAYS.iter().position(|name| text.starts_with(name));
    place.and_then(|place| i32::try_from(place).ok())
}

/// "09:00-17:00", the end after the start and at most a day later.
fn range(text: &str) -> Option<(i32, i32)> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (minute(from)?, minute(to)?);
    (from < to && to <= from + DAY).then_some((from, to))
}

/// Reads "09:00"; hours up to 47 are those of the next day.
pub fn minute(text: &str) -> Option<i32> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || !digits(minute) || minute.len() != 2 {
        return None;
    }
    let (hour, minute): (i32, i32) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 48 && minute < 60).then_some(hour * 60 + minute)
}

/// "09:00", or "26:00" for what is on the next day.
pub fn minute_cell(minute: i32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn range_cell(from: i32, to: i32) -> String {
    format!("{}-{}", minute_cell(from), minute_cell(to))
}
