//! The part of a form about a span that may repeat, which closures and notices share: from, until, and on which dates. Not what happens then.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::forms::{Faults, clock_value};
use super::repeat::Repeating;
use crate::domain::hours::{NoSuchTime, instant_at, local_date, local_time, wall_dates};
use crate::domain::span::{Instant, Span};
use crate::domain::typed::clock;

/// A span lasts so many days at most; what is for good is said in another way.
const MOST_DAYS: i64 = 366;

/// Each date with its span, or why the wall never shows that time.
pub type Dates = Vec<(NaiveDate, Result<Span, NoSuchTime>)>;

/// The part as it was sent.
#[derive(Debug, Clone, Copy)]
pub struct When<'a> {
    pub from_date: &'a str,
    pub from_time: &'a str,
    pub to_date: &'a str,
    pub to_time: &'a str,
    pub repeating: Repeating<'a>,
}

/// What a fresh form shows: the date and the time of the next full hour.
pub fn next_hour(zone: Tz, now: Instant) -> (String, String) {
    let next = Instant::from_seconds((now.seconds().div_euclid(3600) + 1) * 3600);
    let at = local_time(zone, next);
    (at.date.to_string(), clock_value(at.minute))
}

impl When<'_> {
    /// Reads the dates, in order and apart. A start earlier on the same day means now.
    pub fn read(&self, zone: Tz, now: Instant, faults: &mut Faults) -> Option<Dates> {
        let from = instant(zone, ("from_date", self.from_date), ("from_time", self.from_time), faults);
        let to = instant(zone, ("to_date", self.to_date), ("to_time", self.to_time), faults);
        let now = Instant::from_seconds(now.seconds().div_euclid(60) * 60);
        let whole = span(zone, (from?, to?), now, faults)?;
        let first = local_date(zone, whole.start());
        let clean = faults.is_empty();
        let pattern = self.repeating.pattern(first, faults);
        let dates = match pattern {
            Some(pattern) => wall_dates(zone, whole, &pattern.dates()),
            None if clean && !faults.is_empty() => return None,
            None => vec![(first, Ok(whole))],
        };
        // The wall times are those that were typed; only what is over of the first date is cut off.
        let dates: Dates = dates
            .into_iter()
            .map(|(date, span)| (date, span.map(|span| Span::new(span.start().max(now), span.end()).unwrap_or(span))))
            .collect();
        let mut spans = dates.iter().filter_map(|(_, span)| span.ok());
        let mut last = spans.next();
        for span in spans {
            if last.is_some_and(|last| last.overlaps(span)) {
                faults.add(
                    "repeat",
                    "Each date has to end before the next one begins. Choose a shorter time, or repeat it less often",
                );
                return None;
            }
            last = Some(span);
        }
        Some(dates)
    }
}

fn instant(
    zone: Tz,
    (date_id, date): (&'static str, &str),
    (time_id, time): (&'static str, &str),
    faults: &mut Faults,
) -> Option<Instant> {
    let date: Option<NaiveDate> = date.trim().parse().ok();
    if date.is_none() {
        faults.add(date_id, "Enter a date");
    }
    let minute = clock(time);
    if minute.is_none() {
        faults.add(time_id, "Enter a time like 09:00 or 5:30pm");
    }
    instant_at(zone, date?, minute?).map_err(|fault| faults.add(time_id, fault.to_string())).ok()
}

fn span(zone: Tz, (from, to): (Instant, Instant), now: Instant, faults: &mut Faults) -> Option<Span> {
    if from < now && local_date(zone, from) < local_date(zone, now) {
        faults.add("from_date", "Begin today or later: what is past cannot be changed");
        return None;
    }
    if to <= now {
        faults.add("to_date", "End it later than now");
        return None;
    }
    let Some(span) = Span::new(from, to) else {
        faults.add("to_time", "End it later than it begins");
        return None;
    };
    if from.plus_days(MOST_DAYS) < to {
        faults.add("to_date", "End it within a year");
        return None;
    }
    Some(span)
}
