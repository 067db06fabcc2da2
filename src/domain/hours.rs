//! Local time: how a site's clock and weekly hours become instants (and back), across clock changes. Not what is booked in them.

use chrono::{DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveTime, Offset, TimeZone, Timelike};
use chrono_tz::Tz;

use super::ids::FacilityId;
use super::span::{Instant, Span, joined};

/// Hours of one weekday: minutes after local midnight of the date on which they begin; `to_minute` may run past 1440 into the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeeklyHours {
    /// `None` for the site's own hours.
    pub facility: Option<FacilityId>,
    /// 0 is Monday.
    pub weekday: i32,
    pub from_minute: i32,
    pub to_minute: i32,
}

/// What a clock on the wall shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime {
    pub date: NaiveDate,
    /// Minutes after local midnight, 0 to 1439.
    pub minute: i32,
    /// True for the second of two equal wall times when the clocks go back.
    pub second_time: bool,
}

/// Why a wall time is no instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoSuchTime {
    #[error("The clocks go forward then, so that time does not exist")]
    ClocksGoForward,
    #[error("That date is out of range")]
    OutOfRange,
}

/// The instant of a wall time, the first of two when the clocks go back. `minute` may reach past 1440 into the next date.
///
/// # Errors
/// `ClocksGoForward` when the wall never shows that time; `OutOfRange` outside the years that can be booked.
pub fn instant_at(zone: Tz, date: NaiveDate, minute: i32) -> Result<Instant, NoSuchTime> {
    let days = u64::try_from(minute.div_euclid(1440)).map_err(|_| NoSuchTime::OutOfRange)?;
    let date = date.checked_add_days(Days::new(days)).ok_or(NoSuchTime::OutOfRange)?;
    let seconds = u32::try_from(minute.rem_euclid(1440) * 60).map_err(|_| NoSuchTime::OutOfRange)?;
    let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).ok_or(NoSuchTime::OutOfRange)?;
    let instant = match zone.from_local_datetime(&date.and_time(time)) {
        LocalResult::Single(at) => at.timestamp(),
        LocalResult::Ambiguous(first, second) => first.timestamp().min(second.timestamp()),
        LocalResult::None => return Err(NoSuchTime::ClocksGoForward),
    };
    Some(Instant::from_seconds(instant)).filter(|instant| instant.is_bookable()).ok_or(NoSuchTime::OutOfRange)
}

/// What the site's wall shows at an instant.
pub fn local_time(zone: Tz, instant: Instant) -> LocalTime {
    let at = DateTime::from_timestamp(instant.seconds(), 0).unwrap_or_default().with_timezone(&zone);
    let minute = i32::try_from(at.hour() * 60 + at.minute()).unwrap_or_default();
    let first = match zone.from_local_datetime(&at.naive_local()) {
        LocalResult::Ambiguous(a, b) => a.timestamp().min(b.timestamp()),
        _ => at.timestamp(),
    };
    LocalTime { date: at.date_naive(), minute, second_time: first < at.timestamp() }
}

/// The date at the site.
pub fn local_date(zone: Tz, instant: Instant) -> NaiveDate {
    local_time(zone, instant).date
}

/// A local day from midnight to midnight: 23, 24 or 25 hours.
///
/// # Errors
/// `OutOfRange` for a date that cannot be booked.
pub fn day(zone: Tz, date: NaiveDate) -> Result<Span, NoSuchTime> {
    let start = edge(zone, date, 0)?;
    let end = edge(zone, date, 1440)?;
    Span::new(start, end).ok_or(NoSuchTime::OutOfRange)
}

/// Minutes by which the site's clock is ahead of UTC at an instant.
pub fn offset_minutes(zone: Tz, instant: Instant) -> i64 {
    let at = DateTime::from_timestamp(instant.seconds(), 0).unwrap_or_default();
    i64::from(zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc()) / 60
}

/// 0 for Monday to 6 for Sunday.
pub fn weekday(date: NaiveDate) -> i32 {
    i32::try_from(date.weekday().num_days_from_monday()).unwrap_or_default()
}

/// The open spans of the dates `from ..= to`, joined where they touch; hours that begin on the evening before count too.
pub fn open_spans(hours: &[WeeklyHours], zone: Tz, from: NaiveDate, to: NaiveDate) -> Vec<Span> {
    let first = from.pred_opt().unwrap_or(from);
    let spans = first
        .iter_days()
        .take_while(|date| *date <= to)
        .flat_map(|date| {
            hours.iter().filter(move |h| h.weekday == weekday(date)).filter_map(move |h| {
                let start = edge(zone, date, h.from_minute).ok()?;
                Span::new(start, edge(zone, date, h.to_minute).ok()?)
            })
        })
        .collect();
    joined(spans)
}

/// A facility's hours are those of its own that lie within the site's, or the site's where it has none.
pub fn facility_open(
    hours: &[WeeklyHours],
    facility: FacilityId,
    zone: Tz,
    from: NaiveDate,
    to: NaiveDate,
) -> Vec<Span> {
    let of = |whose: Option<FacilityId>| -> Vec<WeeklyHours> {
        hours.iter().filter(|h| h.facility == whose).copied().collect()
    };
    let site = open_spans(&of(None), zone, from, to);
    let own = of(Some(facility));
    if own.is_empty() {
        return site;
    }
    let own = open_spans(&own, zone, from, to);
    let both = own.iter().flat_map(|a| site.iter().filter_map(|b| a.intersection(*b))).collect();
    joined(both)
}

/// An edge of opening hours; one that falls into the gap of a clock change moves to the instant of the change.
fn edge(zone: Tz, date: NaiveDate, minute: i32) -> Result<Instant, NoSuchTime> {
    (0..=3 * 60)
        .find_map(|later| match instant_at(zone, date, minute + later) {
            Err(NoSuchTime::ClocksGoForward) => None,
            other => Some(other),
        })
        .unwrap_or(Err(NoSuchTime::OutOfRange))
}

/// From one wall time to another on a date, minutes after local midnight and perhaps past 1440; an edge that falls into the gap
/// of a clock change moves to the instant of the change. `None` on a date that cannot be booked.
pub fn wall_span(zone: Tz, date: NaiveDate, (from, to): (i32, i32)) -> Option<Span> {
    Span::new(edge(zone, date, from).ok()?, edge(zone, date, to).ok()?)
}

/// The same times of day on other dates, as the wall shows them there.
pub fn wall_dates(zone: Tz, session: Span, dates: &[NaiveDate]) -> Vec<(NaiveDate, Result<Span, NoSuchTime>)> {
    let (from, to) = (local_time(zone, session.start()), local_time(zone, session.end()));
    let nights = i32::try_from((to.date - from.date).num_days()).unwrap_or_default();
    let on = |date: NaiveDate| {
        // The date that was chosen keeps the very instants, also where the wall shows a time twice.
        if date == from.date {
            return Ok(session);
        }
        let start = instant_at(zone, date, from.minute)?;
        Span::new(start, instant_at(zone, date, to.minute + nights * 1440)?).ok_or(NoSuchTime::ClocksGoForward)
    };
    dates.iter().map(|date| (*date, on(*date))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::London;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_has_23_24_or_25_hours() {
        for (on, hours) in [("2027-03-28", 23), ("2026-11-24", 24), ("2026-10-25", 25)] {
            assert_eq!(day(London, date(on)).unwrap().minutes(), hours * 60, "{on}");
        }
    }

    #[test]
    fn a_time_in_the_gap_does_not_exist() {
        let gap = instant_at(London, date("2027-03-28"), 90);
        assert_eq!(gap, Err(NoSuchTime::ClocksGoForward));
        assert!(instant_at(London, date("2027-03-28"), 120).is_ok());
    }

    #[test]
    fn the_first_of_two_equal_wall_times_is_meant() {
        let first = instant_at(London, date("2026-10-25"), 90).unwrap();
        let shown = local_time(London, first);
        assert_eq!((shown.minute, shown.second_time), (90, false));
        let second = local_time(London, first.plus_hours(1));
        assert_eq!((second.minute, second.second_time), (90, true));
    }

    #[test]
    fn hours_past_midnight_join_the_next_morning() {
        let night = |weekday, from_minute, to_minute| WeeklyHours { facility: None, weekday, from_minute, to_minute };
        let hours = [night(0, 1200, 1560), night(1, 120, 600)];
        let open = open_spans(&hours, London, date("2026-11-24"), date("2026-11-24"));
        assert_eq!(open.len(), 1);
        assert_eq!(open[0].minutes(), 840);
    }

    #[test]
    fn a_facility_is_never_open_beyond_its_site() {
        let room = FacilityId::new(7);
        let hours = [
            WeeklyHours { facility: None, weekday: 1, from_minute: 540, to_minute: 1020 },
            WeeklyHours { facility: Some(room), weekday: 1, from_minute: 480, to_minute: 720 },
        ];
        let on = date("2026-11-24");
        let open = facility_open(&hours, room, London, on, on);
        assert_eq!(open.iter().map(|s| s.minutes()).collect::<Vec<_>>(), [180]);
        assert_eq!(facility_open(&hours, FacilityId::new(8), London, on, on)[0].minutes(), 480);
    }

    #[test]
    fn far_dates_are_refused_not_wrapped() {
        assert_eq!(instant_at(London, date("9999-12-31"), 60), Err(NoSuchTime::OutOfRange));
    }
}
