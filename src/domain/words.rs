//! How times, dates, lengths and counts are said in plain English. Not any sentence about a booking.

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

use super::hours::{LocalTime, local_time};
use super::span::{Instant, Span};

/// "2:30pm", "4pm", "12 noon", "midnight"; minutes after local midnight, past 1440 for the next day.
pub fn clock(minute: i32) -> String {
    let minute = minute.rem_euclid(1440);
    let (hour, rest) = (minute / 60, minute % 60);
    let half = if hour < 12 { "am" } else { "pm" };
    let shown = if hour % 12 == 0 { 12 } else { hour % 12 };
    match (hour, rest) {
        (0, 0) => "midnight".to_owned(),
        (12, 0) => "12 noon".to_owned(),
        (_, 0) => format!("{shown}{half}"),
        _ => format!("{shown}:{rest:02}{half}"),
    }
}

/// "14:30", for timetables only.
pub fn clock24(minute: i32) -> String {
    let minute = if minute == 1440 { minute } else { minute.rem_euclid(1440) };
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// "1:30am (second time)" where the clocks have gone back.
pub fn local_clock(at: LocalTime) -> String {
    let again = if at.second_time { " (second time)" } else { "" };
    format!("{}{again}", clock(at.minute))
}

/// "2:30pm to 4pm".
pub fn times(zone: Tz, span: Span) -> String {
    let end = local_time(zone, span.end());
    format!("{} to {}", local_clock(local_time(zone, span.start())), local_clock(end))
}

/// "14:30–16:00", for timetables only.
pub fn times24(zone: Tz, span: Span) -> String {
    let minute = |at: Instant| local_time(zone, at).minute;
    format!("{}–{}", clock24(minute(span.start())), clock24(minute(span.end())))
}

/// "Tuesday 24 November 2026".
pub fn long_date(date: NaiveDate) -> String {
    format!("{} {} {}", weekday_name(date), date.day(), date.format("%B %Y"))
}

/// "Tuesday 24 November".
pub fn date_without_year(date: NaiveDate) -> String {
    format!("{} {} {}", weekday_name(date), date.day(), date.format("%B"))
}

/// "Tuesday 24 November 2026, 2:30pm to 4pm".
pub fn date_and_times(zone: Tz, span: Span) -> String {
    let date = local_time(zone, span.start()).date;
    format!("{}, {}", long_date(date), times(zone, span))
}

/// "Tuesday 24 November 2026, 2:30pm".
pub fn date_and_clock(zone: Tz, at: Instant) -> String {
    let local = local_time(zone, at);
    format!("{}, {}", long_date(local.date), local_clock(local))
}

/// "Tuesday 24 November 2026, 2:30pm to 4pm", and past midnight "Tuesday 24 November 2026, 9pm until Wednesday 25 November
/// 2026, 6am".
pub fn from_until(zone: Tz, span: Span) -> String {
    if local_time(zone, span.start()).date == local_time(zone, span.end()).date {
        return date_and_times(zone, span);
    }
    format!("{} until {}", date_and_clock(zone, span.start()), date_and_clock(zone, span.end()))
}

/// "50 minutes", "1 hour", "2 hours 30 minutes", "3 days".
pub fn length(minutes: i64) -> String {
    let (days, hours, rest) = (minutes / 1440, minutes / 60, minutes % 60);
    if 2 <= days && minutes % 1440 == 0 {
        return counted(days, "day", "days");
    }
    match (hours, rest) {
        (0, _) => counted(rest, "minute", "minutes"),
        (_, 0) => counted(hours, "hour", "hours"),
        _ => format!("{} {}", counted(hours, "hour", "hours"), counted(rest, "minute", "minutes")),
    }
}

/// How often: "every 30 minutes", "every hour".
pub fn every(minutes: i64) -> String {
    match length(minutes).as_str() {
        "1 hour" => "every hour".to_owned(),
        "1 minute" => "every minute".to_owned(),
        length => format!("every {length}"),
    }
}

/// A rough age for queues: "20 minutes", "6 hours", "2 days".
pub fn rough_length(minutes: i64) -> String {
    match minutes {
        ..1 => "less than a minute".to_owned(),
        1..60 => counted(minutes, "minute", "minutes"),
        60..2880 => counted(minutes / 60, "hour", "hours"),
        _ => counted(minutes / 1440, "day", "days"),
    }
}

/// "1 room", "2 rooms".
pub fn counted(number: i64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// "1st", "2nd", "22nd", "13th".
pub fn ordinal(number: u32) -> String {
    let end = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{end}")
}

/// "a, b and c".
pub fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

pub fn weekday_name(date: NaiveDate) -> &'static str {
    weekday_of(super::hours::weekday(date))
}

/// The name of a weekday, 0 for Monday.
pub fn weekday_of(weekday: i32) -> &'static str {
    match weekday.rem_euclid(7) {
        0 => "Monday",
        1 => "Tuesday",
        2 => "Wednesday",
        3 => "Thursday",
        4 => "Friday",
        5 => "Saturday",
        _ => "Sunday",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        for (minute, said) in [
            (0, "midnight"),
            (30, "12:30am"),
            (540, "9am"),
            (720, "12 noon"),
            (750, "12:30pm"),
            (870, "2:30pm"),
            (1440, "midnight"),
        ] {
            assert_eq!(clock(minute), said);
        }
        assert_eq!(clock24(870), "14:30");
        assert_eq!(clock24(1440), "24:00");
    }

    #[test]
    fn lengths_are_said_in_the_largest_units_that_fit() {
        for (minutes, said) in [
            (1, "1 minute"),
            (50, "50 minutes"),
            (60, "1 hour"),
            (150, "2 hours 30 minutes"),
            (2880, "2 days"),
            (1440, "24 hours"),
        ] {
            assert_eq!(length(minutes), said);
        }
    }

    #[test]
    fn a_span_names_its_day_once_where_it_has_one() {
        let zone = Tz::Europe__London;
        let start = Instant::from_seconds(1_795_262_400);
        let said = |hours| from_until(zone, Span::new(start, start.plus_hours(hours)).unwrap());
        assert_eq!(said(4), "Saturday 21 November 2026, 12 noon to 4pm");
        assert_eq!(said(20), "Saturday 21 November 2026, 12 noon until Sunday 22 November 2026, 8am");
    }

    #[test]
    fn lists_end_with_and() {
        let words = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(listed(&words), "a, b and c");
        assert_eq!(listed(&words[..1]), "a");
    }
}
