//! The hours that a space offers, by weekday and hour of the site's wall: its opening hours less what is closed. Not what is booked in them.

use std::collections::{BTreeMap, HashMap};

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;

use super::period::Period;
use super::{Home, Place};
use crate::domain::hours::{WeeklyHours, local_time, weekday};
use crate::domain::ids::{FacilityId, UnitId};
use crate::domain::opening::by_daylight;
use crate::domain::places::UnitChoice;
use crate::domain::span::Span;

const DAY: i32 = 1440;
const WEEK: i32 = 7 * DAY;

/// From when to when, in minutes.
type Stretch = (i32, i32);
/// What is closed of a unit on each date.
pub type Closed = HashMap<UnitId, Vec<(NaiveDate, Stretch)>>;

/// Minutes by weekday and hour of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid(Vec<i64>);

impl Default for Grid {
    fn default() -> Self {
        Self(vec![0; 7 * 24])
    }
}

impl Grid {
    /// Adds a stretch of a weekday, so many times; one that runs past midnight goes on in the next day.
    pub fn add(&mut self, weekday: i32, (from, to): Stretch, times: i64) {
        let (mut at, end) = (weekday * DAY + from, weekday * DAY + to);
        while at < end {
            let until = end.min((at.div_euclid(60) + 1) * 60);
            let place = usize::try_from(at.rem_euclid(WEEK) / 60).unwrap_or_default();
            if let Some(cell) = self.0.get_mut(place) {
                *cell += i64::from(until - at) * times;
            }
            at = until;
        }
    }

    /// Adds another, so many times; a negative number takes it off.
    pub fn add_all(&mut self, other: &Self, times: i64) {
        for (cell, more) in self.0.iter_mut().zip(&other.0) {
            *cell += more * times;
        }
    }

    /// Minutes of an hour of a weekday.
    pub fn at(&self, weekday: usize, hour: usize) -> i64 {
        self.0.get(weekday * 24 + hour).copied().unwrap_or_default()
    }

    /// Minutes of the hours `from .. to` of a weekday.
    pub fn between(&self, weekday: usize, (from, to): (usize, usize)) -> i64 {
        (from..to).map(|hour| self.at(weekday, hour)).sum()
    }

    pub fn sum(&self) -> i64 {
        self.0.iter().sum()
    }
}

/// A week of opening hours: for each weekday the stretches within it, sorted and apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week(Vec<Vec<Stretch>>);

impl Week {
    /// The hours of a facility: those of its own that lie within the site's, or the site's where it has none. `hours` are of one site.
    pub fn of(hours: &[WeeklyHours], facility: FacilityId) -> Self {
        let of = |whose: Option<FacilityId>| {
            let axis = hours.iter().filter(|one| one.facility == whose).flat_map(|one| {
                let (from, to) = (one.weekday * DAY + one.from_minute, one.weekday * DAY + one.to_minute);
                // What runs past the end of Sunday opens Monday.
                [(from, to.min(WEEK)), (0, to - WEEK)]
            });
            joined(axis.collect())
        };
        let (site, own) = (of(None), of(Some(facility)));
        let open = if own.is_empty() { site } else { both(&own, &site) };
        let day = |day: i32| {
            let within = both(&open, &[(day * DAY, (day + 1) * DAY)]);
            within.into_iter().map(|(from, to)| (from - day * DAY, to - day * DAY)).collect()
        };
        Self((0..7).map(day).collect())
    }

    fn on(&self, weekday: i32) -> &[Stretch] {
        usize::try_from(weekday).ok().and_then(|day| self.0.get(day)).map_or(&[], Vec::as_slice)
    }
}

fn joined(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.retain(|(from, to)| from < to);
    stretches.sort_unstable();
    let mut joined: Vec<Stretch> = Vec::new();
    for (from, to) in stretches {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// What lies in both.
fn both(one: &[Stretch], other: &[Stretch]) -> Vec<Stretch> {
    let meet = |a: &Stretch| {
        let a = *a;
        other.iter().map(move |b| (a.0.max(b.0), a.1.min(b.1))).filter(|(from, to)| from < to)
    };
    joined(one.iter().flat_map(meet).collect())
}

/// What is left of `open` where `closed` is taken off.
fn without(open: &[Stretch], closed: &[Stretch]) -> Vec<Stretch> {
    let mut at = 0;
    let mut left = Vec::new();
    for (from, to) in joined(closed.to_vec()) {
        left.push((at, from));
        at = at.max(to);
    }
    left.push((at, DAY));
    left.retain(|(from, to)| from < to);
    both(open, &left)
}

/// A span as stretches of the dates of a period, as the wall shows them.
pub fn dates_of(zone: Tz, span: Span, period: Period) -> Vec<(NaiveDate, Stretch)> {
    let (start, end) = (local_time(zone, span.start()), local_time(zone, span.end()));
    let first = start.date.max(period.from);
    let dates = first.iter_days().take_while(|date| *date <= end.date.min(period.to));
    let stretch = |date: NaiveDate| {
        let from = if date == start.date { start.minute } else { 0 };
        (date, (from, if date == end.date { end.minute } else { DAY }))
    };
    dates.map(stretch).filter(|(_, (from, to))| from < to).collect()
}

/// What a space offers in a period: for a room its open time, for benches that of each together. Nothing before it was in use and after
/// it was retired.
pub fn offered(place: &Place, week: &Week, closed: &Closed, period: Period) -> Grid {
    let mut grid = Grid::default();
    if !place.has_hours() || place.parts.is_empty() {
        return grid;
    }
    let own = |units: &mut dyn Iterator<Item = UnitId>| {
        let mut dates: BTreeMap<NaiveDate, Vec<Stretch>> = BTreeMap::new();
        for (date, stretch) in units.filter_map(|unit| closed.get(&unit)).flatten() {
            dates.entry(*date).or_default().push(*stretch);
        }
        dates
    };
    let light = Light::of(place, period);
    match place.choice {
        UnitChoice::Whole => {
            let closed = own(&mut place.parts.iter().map(|part| part.unit));
            add_dates(&mut grid, (place, week, &light), &closed, within(place, None, period));
        }
        UnitChoice::Any => {
            for part in &place.parts {
                let closed = own(&mut std::iter::once(part.unit));
                add_dates(&mut grid, (place, week, &light), &closed, within(place, part.retired_from, period));
            }
        }
    }
    grid
}

/// The dates on which a space, or a part of it, is in use.
fn within(place: &Place, part_retired: Option<NaiveDate>, period: Period) -> Option<Period> {
    let retired = [place.retired_from, part_retired].into_iter().flatten().min();
    let last = retired.and_then(|date| date.pred_opt()).map_or(period.to, |last| last.min(period.to));
    let first = place.in_use_from.map_or(period.from, |from| from.max(period.from));
    (first <= last).then_some(Period { from: first, to: last })
}

/// When it is light on each date; only of spaces that are open by daylight.
struct Light(Option<HashMap<NaiveDate, Stretch>>);

impl Light {
    fn of(place: &Place, period: Period) -> Self {
        let Home { zone, position, .. } = &place.home;
        let position = position.filter(|_| place.daylight);
        Self(position.map(|position| {
            let light = |date: NaiveDate| {
                let light = by_daylight(position, date)?;
                Some((date, (local_time(*zone, light.start()).minute, local_time(*zone, light.end()).minute)))
            };
            period.dates().filter_map(light).collect()
        }))
    }

    fn on(&self, date: NaiveDate, open: &[Stretch]) -> Vec<Stretch> {
        match self.0.as_ref().and_then(|dates| dates.get(&date)) {
            Some(light) => both(open, &[*light]),
            None => open.to_vec(),
        }
    }
}

fn add_dates(
    grid: &mut Grid,
    (place, week, light): (&Place, &Week, &Light),
    closed: &BTreeMap<NaiveDate, Vec<Stretch>>,
    period: Option<Period>,
) {
    let Some(period) = period else {
        return;
    };
    if light.0.is_none() && place.season.is_none() {
        // One week is like the other, but for the dates with something closed.
        for day in 0..7 {
            for stretch in week.on(day) {
                grid.add(day, *stretch, period.weekdays(day));
            }
        }
        for (date, closed) in closed.range(period.from..=period.to) {
            for stretch in both(week.on(weekday(*date)), &joined(closed.clone())) {
                grid.add(weekday(*date), stretch, -1);
            }
        }
        return;
    }
    for date in period.dates().filter(|date| place.season.is_none_or(|season| season.has(*date))) {
        let open = light.on(date, week.on(weekday(date)));
        for stretch in without(&open, closed.get(&date).map_or(&[], Vec::as_slice)) {
            grid.add(weekday(date), stretch, 1);
        }
    }
}

impl Period {
    /// Its dates, one after the other.
    pub fn dates(self) -> impl Iterator<Item = NaiveDate> {
        self.from.iter_days().take_while(move |date| *date <= self.to)
    }

    /// How many of its dates are this weekday; 0 is Monday.
    pub fn weekdays(self, day: i32) -> i64 {
        let ahead = u64::try_from((day - weekday(self.from)).rem_euclid(7)).unwrap_or_default();
        let first = self.from.checked_add_days(Days::new(ahead)).filter(|first| *first <= self.to);
        first.map_or(0, |first| (self.to - first).num_days() / 7 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hours::wall_span;
    use chrono_tz::Europe::London;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn hours(facility: Option<i64>, weekday: i32, from: i32, to: i32) -> WeeklyHours {
        WeeklyHours { facility: facility.map(FacilityId::new), weekday, from_minute: from, to_minute: to }
    }

    #[test]
    fn a_stretch_is_spread_over_its_hours_and_past_midnight() {
        let mut grid = Grid::default();
        grid.add(6, (1410, 1470), 2);
        assert_eq!((grid.at(6, 23), grid.at(0, 0), grid.sum()), (60, 60, 120));
        grid.add(1, (555, 665), 1);
        assert_eq!((grid.at(1, 9), grid.at(1, 10), grid.at(1, 11)), (45, 60, 5));
        assert_eq!(grid.between(1, (9, 11)), 105);
    }

    #[test]
    fn a_week_of_hours_is_within_the_sites_and_goes_past_midnight() {
        let all = [hours(None, 0, 480, 1200), hours(None, 6, 1200, 1560), hours(Some(7), 0, 0, 600)];
        let site = Week::of(&all, FacilityId::new(8));
        assert_eq!((site.on(0), site.on(6)), ([(0, 120), (480, 1200)].as_slice(), [(1200, 1440)].as_slice()));
        assert_eq!(Week::of(&all, FacilityId::new(7)).on(0), [(0, 120), (480, 600)]);
        assert_eq!(without(&[(480, 1200)], &[(0, 500), (490, 540), (1190, 1300)]), [(540, 1190)]);
    }

    #[test]
    fn a_closure_is_its_dates_on_the_wall_also_when_the_clocks_change() {
        let (from, to) = (date("2026-10-24"), date("2026-10-26"));
        let span = wall_span(London, from, (600, 2880 + 540)).unwrap();
        let closed = dates_of(London, span, Period { from, to });
        assert_eq!(closed, [(from, (600, 1440)), (date("2026-10-25"), (0, 1440)), (to, (0, 540))]);
        assert_eq!(dates_of(London, span, Period { from: to, to }).len(), 1);
    }

    #[test]
    fn weekdays_of_a_period_are_counted() {
        // 1 November 2026 is a Sunday.
        let period = Period { from: date("2026-11-01"), to: date("2026-11-29") };
        assert_eq!((0..7).map(|day| period.weekdays(day)).collect::<Vec<_>>(), [4, 4, 4, 4, 4, 4, 5]);
        for day in 0..7 {
            let plainly = period.dates().filter(|date| weekday(*date) == day).count();
            assert_eq!(period.weekdays(day), i64::try_from(plainly).unwrap());
        }
    }
}
