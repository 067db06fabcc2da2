//! How much of its week an organisation has used of a facility: "12 of 20 hours used". Not the refusal when it is too much: that is `judge`.

use chrono::NaiveDate;

use super::hours::weekday;
use super::judge::Use;
use super::rules::Rules;
use super::words::{counted, date_without_year};

/// The use of one week beside what the rules allow; only what they limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gauge {
    pub monday: NaiveDate,
    /// Minutes used, and the most.
    pub minutes: Option<(i64, i64)>,
    /// Bookings, and the most.
    pub bookings: Option<(i64, i64)>,
}

/// The Monday of a date's week.
pub fn monday(date: NaiveDate) -> NaiveDate {
    date - chrono::Duration::days(weekday(date).into())
}

impl Gauge {
    /// Of the week of a date; `None` where the rules limit nothing.
    pub fn of(rules: &Rules, used: &[Use], date: NaiveDate) -> Option<Self> {
        if rules.week_bookings.is_none() && rules.week_minutes.is_none() {
            return None;
        }
        let monday = monday(date);
        let week = || used.iter().filter(|one| self::monday(one.date) == monday);
        let minutes: i64 = week().map(|one| one.occupied_minutes).sum();
        let number = i64::try_from(week().count()).unwrap_or(i64::MAX);
        Some(Self {
            monday,
            minutes: rules.week_minutes.map(|most| (minutes, most.into())),
            bookings: rules.week_bookings.map(|most| (number, most.into())),
        })
    }

    /// Of the fullest of the weeks of some dates, the first of those that are alike.
    pub fn fullest(rules: &Rules, used: &[Use], dates: impl IntoIterator<Item = NaiveDate>) -> Option<Self> {
        let mut mondays: Vec<NaiveDate> = dates.into_iter().map(monday).collect();
        mondays.sort_unstable();
        mondays.dedup();
        let all = mondays.into_iter().filter_map(|date| Self::of(rules, used, date));
        all.reduce(|fullest, one| if fullest.permille() < one.permille() { one } else { fullest })
    }

    /// How full it is, by whichever of the two is nearer to its end.
    fn permille(&self) -> i64 {
        let part = |(used, most): (i64, i64)| used.saturating_mul(1000) / most.max(1);
        self.minutes.map(part).max(self.bookings.map(part)).unwrap_or_default()
    }

    /// Whether nothing is left.
    pub fn is_full(&self) -> bool {
        1000 <= self.permille()
    }

    /// "12 of 20 hours used and 3 of 5 bookings, week of Monday 23 November".
    pub fn words(&self) -> String {
        let hours = self.minutes.map(|(used, most)| format!("{} of {} used", hours(used), with_unit(most)));
        let bookings = self.bookings.map(|(used, most)| format!("{used} of {}", counted(most, "booking", "bookings")));
        let parts: Vec<String> = hours.into_iter().chain(bookings).collect();
        format!("{}, week of {}", parts.join(" and "), date_without_year(self.monday))
    }

    /// As [`Gauge::words`], with what one more booking of so many minutes would make of it: "…; 14 with this booking".
    pub fn words_with(&self, minutes: i64) -> String {
        let with = self.minutes.map(|(used, _)| format!("; {} with this booking", hours(used + minutes)));
        format!("{}{}", self.words(), with.unwrap_or_default())
    }
}

/// "12", "12.5", or to the minute where it is no half or quarter of an hour.
fn hours(minutes: i64) -> String {
    match minutes % 60 {
        0 => (minutes / 60).to_string(),
        15 => format!("{}.25", minutes / 60),
        30 => format!("{}.5", minutes / 60),
        45 => format!("{}.75", minutes / 60),
        rest => format!("{}:{rest:02}", minutes / 60),
    }
}

fn with_unit(minutes: i64) -> String {
    if minutes == 60 { "1 hour".to_owned() } else { format!("{} hours", hours(minutes)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::OccurrenceId;

    fn used(rows: &[(&str, i64)]) -> Vec<Use> {
        let one = |(date, minutes): &(&str, i64)| Use {
            occurrence: OccurrenceId::new(1),
            date: date.parse().unwrap(),
            occupied_minutes: *minutes,
        };
        rows.iter().map(one).collect()
    }

    #[test]
    fn a_week_runs_from_monday_to_sunday() {
        let rules = Rules { week_minutes: Some(1200), week_bookings: Some(5), ..Rules::ordinary() };
        let used = used(&[("2026-11-22", 600), ("2026-11-23", 600), ("2026-11-29", 120), ("2026-11-30", 60)]);
        let said = |date: &str| Gauge::of(&rules, &used, date.parse().unwrap()).unwrap().words();
        assert_eq!(said("2026-11-25"), "12 of 20 hours used and 2 of 5 bookings, week of Monday 23 November");
        let gauge = Gauge::of(&rules, &used, "2026-11-25".parse().unwrap()).unwrap();
        let with = "12 of 20 hours used and 2 of 5 bookings, week of Monday 23 November; 13.5 with this booking";
        assert_eq!(gauge.words_with(90), with);
        assert_eq!(said("2026-11-22"), "10 of 20 hours used and 1 of 5 bookings, week of Monday 16 November");
        assert_eq!(said("2026-12-09"), "0 of 20 hours used and 0 of 5 bookings, week of Monday 7 December");
        let dates = ["2026-11-22", "2026-12-01", "2026-11-24"].map(|date| date.parse().unwrap());
        assert_eq!(Gauge::fullest(&rules, &used, dates).unwrap().monday, "2026-11-23".parse().unwrap());
    }

    #[test]
    fn only_what_is_limited_is_said() {
        let date = "2026-11-23".parse().unwrap();
        let used = used(&[("2026-11-23", 50), ("2026-11-24", 40)]);
        for (bookings, minutes, said, full) in [
            (None, None, None, false),
            (Some(2), None, Some("2 of 2 bookings, week of Monday 23 November"), true),
            (None, Some(150), Some("1.5 of 2.5 hours used, week of Monday 23 November"), false),
            (None, Some(60), Some("1.5 of 1 hour used, week of Monday 23 November"), true),
        ] {
            let rules = Rules { week_bookings: bookings, week_minutes: minutes, ..Rules::ordinary() };
            let gauge = Gauge::of(&rules, &used, date);
            assert_eq!(gauge.map(|one| one.words()).as_deref(), said);
            assert_eq!(gauge.is_some_and(|one| one.is_full()), full);
        }
        assert_eq!(hours(100), "1:40");
    }
}
