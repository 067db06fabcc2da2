//! Whether a series is still needed, and when it ends: what is due to be asked and offered, and when to look again. Not the asking.

use chrono::{Days, Months, NaiveDate};

use super::booking::{Booking, Occurrence};
use super::occurrence::Stage;
use super::recurrence::{End, MOST_DATES, MOST_MONTHS, Pattern, Repeat};
use super::span::Instant;

/// With fewer confirmed dates ahead nobody is asked.
const FEWEST_DATES: usize = 2;
/// A question that has been open for so many days is shown to the site's managers.
pub const UNANSWERED_DAYS: i64 = 14;
/// A series ends soon when its last date is no further away than so many days.
pub const ENDS_SOON_DAYS: i64 = 28;
/// A series is looked at again after so many days, or earlier where something is due.
const LOOK_DAYS: i64 = 1;

impl Booking {
    /// The confirmed dates that are still to come, in order; two rooms on one date are one.
    pub fn confirmed_ahead(&self, now: Instant) -> Vec<&Occurrence> {
        let to_come = |one: &&Occurrence| one.state.stage() == Stage::Confirmed && now < one.session.start();
        let mut ahead: Vec<&Occurrence> = self.occurrences.iter().filter(to_come).collect();
        ahead.sort_by_key(|one| (one.session.start(), one.ordinal));
        ahead.dedup_by_key(|one| one.ordinal);
        ahead
    }

    /// When it is to be asked about next, with a question every so many weeks; none where nobody asks, with 0 weeks for never.
    ///
    /// Counted from the first date, so that nobody is asked about what has not begun, or from the last question or answer.
    fn asks_next(&self, weeks: i32, now: Instant) -> Option<Instant> {
        if self.repeat.is_none() || weeks <= 0 || self.confirmed_ahead(now).len() < FEWEST_DATES {
            return None;
        }
        let first = self.occurrences.iter().map(|one| one.session.start()).min();
        let since = [Some(self.created_at), first, self.needed.asked_at, self.needed.answered_at];
        since.into_iter().flatten().max().map(|at| at.plus_days(i64::from(weeks) * 7))
    }

    /// Whether its booker is to be asked now whether it is still needed.
    pub fn question_due(&self, weeks: i32, now: Instant) -> bool {
        self.asks_next(weeks, now).is_some_and(|at| at <= now)
    }

    /// Since when a question waits for an answer, while there is anything left to be needed.
    pub fn open_question(&self, now: Instant) -> Option<Instant> {
        self.needed.since.filter(|_| !self.confirmed_ahead(now).is_empty())
    }

    /// The last confirmed date of a series that has begun, where that is soon.
    pub fn last_date_soon(&self, now: Instant) -> Option<&Occurrence> {
        let confirmed = |one: &&Occurrence| one.state.stage() == Stage::Confirmed;
        let begun = self.occurrences.iter().filter(confirmed).any(|one| one.session.start() <= now);
        let last = self.confirmed_ahead(now).pop().filter(|_| begun && self.repeat.is_some());
        last.filter(|last| last.session.start() <= now.plus_days(ENDS_SOON_DAYS))
    }

    /// The last date, where the booker is to be told now that the series ends with it.
    pub fn ending_due(&self, now: Instant) -> Option<Instant> {
        let last = self.last_date_soon(now)?.session.start();
        (self.needed.end_told != Some(last)).then_some(last)
    }

    /// When to look at it again; never for what follows no rule or is over.
    pub fn look_again(&self, weeks: i32, now: Instant) -> Option<Instant> {
        let over = self.occurrences.iter().all(|one| one.session.end() <= now);
        if over || self.repeat.is_none() {
            return None;
        }
        let tomorrow = now.plus_days(LOOK_DAYS);
        Some(self.asks_next(weeks, now).filter(|at| now < *at).map_or(tomorrow, |at| at.min(tomorrow)))
    }
}

/// How many more dates to offer at the end of a series: as many as it has, or fewer where the horizon or a limit of series is
/// nearer. The first of them is the next date of the rule.
pub fn more_dates(pattern: &Pattern, until: NaiveDate) -> u32 {
    let known = pattern.dates().len();
    let longest = pattern.first.checked_add_months(Months::new(MOST_MONTHS)).unwrap_or(until);
    let until = until.min(longest);
    let all = |end: End| Repeat { end, ..pattern.repeat.clone() }.dates(pattern.first);
    let dates = all(End::On(until)).or_else(|_| all(End::After(MOST_DATES))).unwrap_or_default();
    let dates = dates.into_iter().filter(|date| *date <= until).count();
    u32::try_from(dates.saturating_sub(known).min(known)).unwrap_or_default()
}

/// The last date that may be asked for `horizon_days` ahead.
pub fn horizon(today: NaiveDate, horizon_days: i32) -> NaiveDate {
    today.checked_add_days(Days::new(u64::try_from(horizon_days).unwrap_or_default())).unwrap_or(today)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn weekly(times: u32) -> Pattern {
        let repeat = Repeat::parse(&format!("FREQ=WEEKLY;BYDAY=TU;COUNT={times}")).unwrap();
        Pattern { first: date("2026-11-24"), repeat }
    }

    #[test]
    fn the_same_number_again_is_offered_where_it_fits() {
        assert_eq!(more_dates(&weekly(6), date("2027-11-24")), 6);
        // Six dates end on 29 December; two more fit until 12 January.
        assert_eq!(more_dates(&weekly(6), date("2027-01-12")), 2);
        assert_eq!(more_dates(&weekly(6), date("2027-01-04")), 0);
        assert_eq!(more_dates(&weekly(6), date("2026-12-01")), 0);
    }

    #[test]
    fn a_series_never_grows_past_its_limits() {
        let until = Pattern { first: date("2026-11-24"), repeat: Repeat::parse("FREQ=DAILY;COUNT=150").unwrap() };
        assert_eq!(more_dates(&until, date("2029-01-01")), 50);
        assert_eq!(more_dates(&weekly(100), date("2030-01-01")), 5);
    }

    #[test]
    fn a_rule_that_ends_on_a_date_goes_on_from_there() {
        let repeat = Repeat::parse("FREQ=WEEKLY;BYDAY=TU;UNTIL=20261215").unwrap();
        assert_eq!(more_dates(&Pattern { first: date("2026-11-24"), repeat }, date("2027-11-24")), 4);
    }
}
