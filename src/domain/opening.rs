//! When a facility can be used at all: its hours, less what lies outside its season and its daylight. Not what is booked or closed then.

use chrono::NaiveDate;

use super::daylight::daylight;
use super::hours::{WeeklyHours, day, facility_open};
use super::places::{Facility, Site};
use super::span::{Instant, Span};

/// Daylight counts in whole steps of so many minutes, so that what is free begins and ends at times that people say.
const STEP: i64 = 15 * 60;

/// The open spans of a facility on the dates `from ..= to` at its site, sorted and apart. Where the rule is daylight and the site
/// has no position, or the sun stays up or down all day, the hours alone count.
pub fn open_spans(
    site: &Site,
    facility: &Facility,
    hours: &[WeeklyHours],
    (from, to): (NaiveDate, NaiveDate),
) -> Vec<Span> {
    let open = facility_open(hours, facility.id, site.zone, from, to);
    let rules = &facility.rules;
    if !rules.daylight && rules.season.is_none() {
        return open;
    }
    let before = from.pred_opt().unwrap_or(from);
    let dates = before.iter_days().take_while(|date| *date <= to);
    let allowed: Vec<Span> = dates
        .filter(|date| rules.season.is_none_or(|season| season.has(*date)))
        .filter_map(|date| {
            let whole = day(site.zone, date).ok()?;
            let light = site.position.filter(|_| rules.daylight).and_then(|position| by_daylight(position, date));
            light.unwrap_or(whole).intersection(whole)
        })
        .collect();
    let parts = open.iter().flat_map(|open| allowed.iter().filter_map(|light| open.intersection(*light))).collect();
    super::span::joined(parts)
}

/// From the first step after sunrise to the last before sunset; `None` where the sun does not rise or set that day.
pub fn by_daylight(position: (f64, f64), date: NaiveDate) -> Option<Span> {
    let light = daylight(position, date)?;
    let (from, to) = (light.start().seconds(), light.end().seconds());
    let start = from + (STEP - from.rem_euclid(STEP)) % STEP;
    Span::new(Instant::from_seconds(start), Instant::from_seconds(to.div_euclid(STEP) * STEP))
}
