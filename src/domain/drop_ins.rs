//! What anyone may come to without booking: sessions that repeat on weekdays, and whether a door is open now. Not who opens it.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;

use super::bank_holidays::holiday;
use super::hours::{WeeklyHours, day, local_date, local_time, wall_span, weekday};
use super::ids::{DropInId, FacilityId};
use super::opening::open_spans;
use super::places::{Facility, Site};
use super::span::{Instant, Span, without};
use super::words::{clock, date_without_year, listed, local_clock, weekday_of};

/// A session that needs no booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DropIn {
    pub id: DropInId,
    pub facility: FacilityId,
    pub name: String,
    /// "Anyone new in town"; may be empty.
    pub for_whom: String,
    /// 0 for Monday, sorted.
    pub weekdays: Vec<i32>,
    pub from_minute: i32,
    pub to_minute: i32,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
    /// Single dates on which it does not take place.
    pub off: Vec<NaiveDate>,
}

impl DropIn {
    /// Whether a date is one of its own, also one that was cancelled.
    pub fn has(&self, date: NaiveDate) -> bool {
        self.weekdays.contains(&weekday(date)) && self.from <= date && self.to.is_none_or(|to| date <= to)
    }

    /// When it takes place on a date.
    pub fn on(&self, zone: Tz, date: NaiveDate) -> Option<Span> {
        let stands = self.has(date) && !self.off.contains(&date);
        if stands { wall_span(zone, date, (self.from_minute, self.to_minute)) } else { None }
    }

    /// Whether it is over for good.
    pub fn is_over(&self, today: NaiveDate) -> bool {
        self.to.is_some_and(|to| to < today)
    }

    /// "Tuesdays and Thursdays, 10am to 12 noon".
    pub fn words(&self) -> String {
        let days: Vec<String> = self.weekdays.iter().map(|day| format!("{}s", weekday_of(*day))).collect();
        format!("{}, {} to {}", listed(&days), clock(self.from_minute), clock(self.to_minute))
    }

    /// "from Monday 30 November to Monday 21 December", as far as it says anything today.
    pub fn limits(&self, today: NaiveDate) -> Option<String> {
        let from = (today < self.from).then(|| format!("from {}", date_without_year(self.from)));
        let to = self.to.map(|to| format!("until {}", date_without_year(to)));
        let both: Vec<String> = from.into_iter().chain(to).collect();
        (!both.is_empty()).then(|| both.join(" "))
    }
}

/// Whether a door stands open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Until then.
    Open(Instant),
    /// And when it opens next, as far as one can see.
    Closed(Option<Instant>),
}

/// How far ahead the next opening is looked for.
pub const LOOK_AHEAD_DAYS: u64 = 60;

/// When a café or shop is open to everybody on the dates `from ..= to`: its hours and season, but not while it is closed, and on bank
/// holidays only where it says so.
pub fn public_open(
    (site, facility): (&Site, &Facility),
    hours: &[WeeklyHours],
    closed: &[Span],
    on_holidays: bool,
    (from, to): (NaiveDate, NaiveDate),
) -> Vec<Span> {
    let dates = from.iter_days().take_while(|date| *date <= to);
    let is_off = |date: &NaiveDate| {
        let retired = facility.retired_from.is_some_and(|from| from <= *date);
        retired || (!on_holidays && holiday(site.nation, *date).is_some())
    };
    let mut off: Vec<Span> = dates.filter(is_off).filter_map(|date| day(site.zone, date).ok()).collect();
    off.extend_from_slice(closed);
    let open = open_spans(site, facility, hours, (from, to));
    without(&open, &super::span::joined(off))
}

/// How the door stands, of open spans that are sorted and apart.
pub fn door(open: &[Span], now: Instant) -> Door {
    match open.iter().find(|span| now < span.end()) {
        Some(span) if span.start() <= now => Door::Open(span.end()),
        next => Door::Closed(next.map(|span| span.start())),
    }
}

/// "Open now, until 4pm", or "Closed now. Next open on Tuesday at 9am".
pub fn door_words(zone: Tz, door: Door, now: Instant) -> String {
    match door {
        Door::Open(until) => format!("Open now, until {}", local_clock(local_time(zone, until))),
        Door::Closed(None) => "Closed for now".to_owned(),
        Door::Closed(Some(at)) => {
            let (today, next) = (local_date(zone, now), local_time(zone, at));
            let within = |days: u64| today.checked_add_days(Days::new(days)).is_some_and(|last| next.date <= last);
            let day = match next.date {
                date if date == today => "today".to_owned(),
                date if within(1) => format!("tomorrow, {}", weekday_of(weekday(date))),
                date if within(6) => format!("on {}", weekday_of(weekday(date))),
                date => format!("on {}", date_without_year(date)),
            };
            format!("Closed now. Next open {day} at {}", local_clock(next))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hours::instant_at;
    use chrono_tz::Europe::London;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(on: &str, minute: i32) -> Instant {
        instant_at(London, date(on), minute).unwrap()
    }

    #[test]
    fn a_door_says_until_when_or_from_when() {
        let open = |on, from, to| Span::new(at(on, from), at(on, to)).unwrap();
        let all = [open("2026-11-24", 540, 960), open("2026-11-25", 540, 960), open("2026-12-24", 540, 960)];
        for (now, words) in [
            (at("2026-11-24", 540), "Open now, until 4pm"),
            (at("2026-11-24", 959), "Open now, until 4pm"),
            (at("2026-11-24", 480), "Closed now. Next open today at 9am"),
            (at("2026-11-24", 960), "Closed now. Next open tomorrow, Wednesday at 9am"),
            (at("2026-11-22", 960), "Closed now. Next open on Tuesday at 9am"),
            (at("2026-11-25", 960), "Closed now. Next open on Thursday 24 December at 9am"),
            (at("2026-12-24", 960), "Closed for now"),
        ] {
            assert_eq!(door_words(London, door(&all, now), now), words);
        }
    }

    #[test]
    fn a_session_stands_on_its_weekdays_within_its_dates_and_not_when_it_is_off() {
        let one = DropIn {
            id: DropInId::new(1),
            facility: FacilityId::new(1),
            name: "Knit and natter".to_owned(),
            for_whom: String::new(),
            weekdays: vec![1, 3],
            from_minute: 600,
            to_minute: 720,
            from: date("2026-11-24"),
            to: Some(date("2026-12-10")),
            off: vec![date("2026-12-01")],
        };
        let on = |text: &str| one.on(London, date(text)).is_some();
        let stands = ["2026-11-24", "2026-11-26", "2026-12-10"];
        assert!(stands.into_iter().all(on));
        assert!(!["2026-11-19", "2026-11-25", "2026-12-01", "2026-12-15"].into_iter().any(on));
        assert_eq!(one.words(), "Tuesdays and Thursdays, 10am to 12 noon");
        assert!(one.is_over(date("2026-12-11")) && !one.is_over(date("2026-12-10")));
    }
}
