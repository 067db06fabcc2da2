//! How a booking repeats: the rule as RFC 5545 writes it, the dates it gives, and how it is said. Wall dates only; not what is free.

use chrono::{Datelike, Months, NaiveDate, TimeZone, Weekday};
use rrule::{Frequency, NWeekday, RRule, RRuleSet, Tz};

use super::hours::weekday;
use super::words::{counted, listed, long_date, ordinal, weekday_of};

/// A series has so many dates at the most.
pub const MOST_DATES: u32 = 200;
/// And none of them later than so many months after the first.
pub const MOST_MONTHS: u32 = 24;

/// How often it comes round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Every {
    Day,
    /// On these weekdays, 0 for Monday, sorted and at least one.
    Week(Vec<i32>),
    /// On this day of the month, 1 to 31; months without it are left out (RFC 5545, section 3.3.10).
    MonthDate(u32),
    /// On the first to fourth (1 to 4) or last (-1) of a weekday in the month.
    MonthWeekday {
        nth: i8,
        weekday: i32,
    },
}

/// When it stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// On this date at the latest.
    On(NaiveDate),
    /// After so many dates, those that are left out counted.
    After(u32),
}

/// A rule for the dates of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    pub every: Every,
    /// Every so many days, weeks or months.
    pub interval: u32,
    pub end: End,
}

/// A rule with the date from which it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    pub first: NaiveDate,
    pub repeat: Repeat,
}

impl Pattern {
    /// The dates that the rule gives; none where it gives no series.
    pub fn dates(&self) -> Vec<NaiveDate> {
        self.repeat.dates(self.first).unwrap_or_default()
    }
}

impl Pattern {
    /// The rule moved by so many days, where a rule gives exactly the dates so moved.
    pub fn shifted(&self, days: i64) -> Option<Self> {
        let by = chrono::Duration::days(days);
        let turn = i32::try_from(days.rem_euclid(7)).ok()?;
        let every = match &self.repeat.every {
            Every::Week(weekdays) => {
                let mut moved: Vec<i32> = weekdays.iter().map(|day| (day + turn) % 7).collect();
                moved.sort_unstable();
                Every::Week(moved)
            }
            other => other.clone(),
        };
        let end = match self.repeat.end {
            End::On(date) => End::On(date.checked_add_signed(by)?),
            End::After(times) => End::After(times),
        };
        let first = self.first.checked_add_signed(by)?;
        let moved = Self { first, repeat: Repeat { every, interval: self.repeat.interval, end } };
        let dates: Option<Vec<NaiveDate>> = self.dates().into_iter().map(|date| date.checked_add_signed(by)).collect();
        (dates.as_ref() == Some(&moved.dates())).then_some(moved)
    }

    /// The rule cut in two before its date of this number, counted from 1; the second half starts there.
    pub fn split_at(&self, ordinal: i32) -> Option<(Self, Self)> {
        let dates = self.dates();
        let before = usize::try_from(ordinal - 1).ok().filter(|before| 0 < *before && *before < dates.len())?;
        let first = *dates.get(before)?;
        let of = |from: NaiveDate, count: usize| -> Option<Self> {
            let end = End::After(u32::try_from(count).ok()?);
            Some(Self { first: from, repeat: Repeat { end, ..self.repeat.clone() } })
        };
        Some((of(self.first, before)?, of(first, dates.len() - before)?))
    }
}

/// Why a rule gives no series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoSeries {
    #[error("The last date is before the first. Choose a later one")]
    EndsBeforeStart,
    #[error("That makes more than {MOST_DATES} dates. Choose fewer")]
    TooMany,
    #[error("A series runs for {MOST_MONTHS} months at the most. Choose an earlier end")]
    TooLong,
    #[error("That rule gives no date")]
    Never,
    #[error("Choose how it repeats")]
    Unreadable,
}

const CODES: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const DAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

fn code(day: i32) -> &'static str {
    usize::try_from(day).ok().and_then(|day| CODES.get(day)).copied().unwrap_or("MO")
}

fn chrono_day(day: i32) -> Weekday {
    usize::try_from(day).ok().and_then(|day| DAYS.get(day)).copied().unwrap_or(Weekday::Mon)
}

impl Every {
    /// Monthly on the same weekday as this date: its second Tuesday, or its last where it is the fifth.
    pub fn same_weekday_of_month(date: NaiveDate) -> Self {
        let nth = i8::try_from((date.day() - 1) / 7 + 1).unwrap_or(1);
        Self::MonthWeekday { nth: if nth == 5 { -1 } else { nth }, weekday: weekday(date) }
    }
}

impl Repeat {
    /// The rule as RFC 5545 writes it, without the end of a day: `UNTIL` is a local date (section 3.3.10).
    pub fn rule(&self) -> String {
        let mut parts = vec![match &self.every {
            Every::Day => "FREQ=DAILY".to_owned(),
            Every::Week(_) => "FREQ=WEEKLY".to_owned(),
            Every::MonthDate(_) | Every::MonthWeekday { .. } => "FREQ=MONTHLY".to_owned(),
        }];
        if self.interval != 1 {
            parts.push(format!("INTERVAL={}", self.interval));
        }
        match &self.every {
            Every::Day => {}
            Every::Week(days) => {
                parts.push(format!("BYDAY={}", days.iter().map(|day| code(*day)).collect::<Vec<_>>().join(",")));
            }
            Every::MonthDate(day) => parts.push(format!("BYMONTHDAY={day}")),
            Every::MonthWeekday { nth, weekday } => parts.push(format!("BYDAY={nth}{}", code(*weekday))),
        }
        parts.push(match self.end {
            End::On(date) => format!("UNTIL={}", date.format("%Y%m%d")),
            End::After(times) => format!("COUNT={times}"),
        });
        parts.join(";")
    }

    /// Reads what [`Repeat::rule`] writes, and nothing that the product does not offer: no seconds, no rule without an end.
    ///
    /// # Errors
    /// `Unreadable` for everything else.
    pub fn parse(rule: &str) -> Result<Self, NoSeries> {
        let mut parts: Vec<(&str, &str)> = Vec::new();
        for part in rule.split(';') {
            let (name, value) = part.split_once('=').ok_or(NoSeries::Unreadable)?;
            if parts.iter().any(|(known, _)| *known == name) {
                return Err(NoSeries::Unreadable);
            }
            parts.push((name, value));
        }
        let known = ["FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "UNTIL", "COUNT"];
        if parts.iter().any(|(name, _)| !known.contains(name)) {
            return Err(NoSeries::Unreadable);
        }
        let of = |name: &str| parts.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let number = |text: &str| text.parse::<u32>().ok().filter(|number| 0 < *number && *number <= 1_000);
        let every = match (of("FREQ"), of("BYDAY"), of("BYMONTHDAY")) {
            (Some("DAILY"), None, None) => Some(Every::Day),
            (Some("WEEKLY"), Some(days), None) => read_weekdays(days).map(Every::Week),
            (Some("MONTHLY"), None, Some(day)) => number(day).filter(|day| *day <= 31).map(Every::MonthDate),
            (Some("MONTHLY"), Some(day), None) => read_nth(day),
            _ => None,
        };
        let end = match (of("UNTIL"), of("COUNT")) {
            (Some(date), None) => NaiveDate::parse_from_str(date, "%Y%m%d").ok().map(End::On),
            (None, Some(times)) => number(times).map(End::After),
            _ => None,
        };
        let interval = of("INTERVAL").map_or(Some(1), number);
        let (Some(every), Some(end), Some(interval)) = (every, end, interval) else {
            return Err(NoSeries::Unreadable);
        };
        Ok(Self { every, interval, end })
    }

    /// The dates from `first` on, sorted, each once. A first date that the rule does not name is not among them.
    ///
    /// # Errors
    /// Says why there is no series, or none that may be booked.
    pub fn dates(&self, first: NaiveDate) -> Result<Vec<NaiveDate>, NoSeries> {
        let last = first.checked_add_months(Months::new(MOST_MONTHS)).ok_or(NoSeries::TooLong)?;
        match self.end {
            End::On(date) if date < first => return Err(NoSeries::EndsBeforeStart),
            End::On(date) if last < date => return Err(NoSeries::TooLong),
            End::After(times) if MOST_DATES < times => return Err(NoSeries::TooMany),
            End::On(_) | End::After(_) => {}
        }
        let dates = self.expand(first, (first, last)).ok_or(NoSeries::Unreadable)?;
        let asked = match self.end {
            End::After(times) => usize::try_from(times).unwrap_or(usize::MAX),
            End::On(_) => 0,
        };
        match dates.len() {
            0 => Err(NoSeries::Never),
            many if usize::try_from(MOST_DATES).unwrap_or_default() < many => Err(NoSeries::TooMany),
            few if few < asked => Err(NoSeries::TooLong),
            _ => Ok(dates),
        }
    }

    /// Those of its dates from `first` on that are `from` or later, however long it has run by then; none where it is over.
    ///
    /// # Errors
    /// Says why there is no series, or what is still to come is more than may be booked.
    pub fn dates_from(&self, first: NaiveDate, from: NaiveDate) -> Result<Vec<NaiveDate>, NoSeries> {
        let from = from.max(first);
        let last = from.checked_add_months(Months::new(MOST_MONTHS)).ok_or(NoSeries::TooLong)?;
        if matches!(self.end, End::On(date) if last < date) {
            return Err(NoSeries::TooLong);
        }
        let dates = self.expand(first, (from, last)).ok_or(NoSeries::Unreadable)?;
        let most = usize::try_from(MOST_DATES).unwrap_or_default();
        if dates.len() <= most { Ok(dates) } else { Err(NoSeries::TooMany) }
    }

    /// Within the two dates. Wall dates are given to the library as if they were in UTC, so that no zone's clock change has a say.
    fn expand(&self, first: NaiveDate, (from, last): (NaiveDate, NaiveDate)) -> Option<Vec<NaiveDate>> {
        let at = |date: NaiveDate| Tz::UTC.from_local_datetime(&date.and_hms_opt(12, 0, 0)?).single();
        let rule = match &self.every {
            Every::Day => RRule::new(Frequency::Daily),
            Every::Week(days) => RRule::new(Frequency::Weekly)
                .by_weekday(days.iter().map(|day| NWeekday::Every(chrono_day(*day))).collect()),
            Every::MonthDate(day) => RRule::new(Frequency::Monthly).by_month_day(vec![i8::try_from(*day).ok()?]),
            Every::MonthWeekday { nth, weekday } => {
                RRule::new(Frequency::Monthly).by_weekday(vec![NWeekday::Nth(i16::from(*nth), chrono_day(*weekday))])
            }
        };
        let rule = rule.interval(u16::try_from(self.interval).ok()?);
        let rule = match self.end {
            End::On(date) => rule.until(at(date)?),
            End::After(times) => rule.count(times),
        };
        let start = at(first)?;
        let rules = RRuleSet::new(start).rrule(rule.validate(start).ok()?).after(at(from)?).before(at(last)?);
        // One more than the limit, so that the caller can tell "too many".
        let most = u16::try_from(MOST_DATES + 1).ok()?;
        Some(rules.all(most).dates.into_iter().map(|at| at.date_naive()).collect())
    }

    /// "every Tuesday", "every 2 weeks on Tuesday and Thursday", "every month on the second Tuesday".
    pub fn words(&self) -> String {
        let every = |one: &str, many: &str| match self.interval {
            1 => format!("every {one}"),
            number => format!("every {}", counted(number.into(), one, many)),
        };
        match &self.every {
            Every::Day => every("day", "days"),
            Every::Week(days) => {
                let names = listed(&days.iter().map(|day| weekday_of(*day).to_owned()).collect::<Vec<_>>());
                if self.interval == 1 {
                    format!("every {names}")
                } else {
                    format!("{} on {names}", every("week", "weeks"))
                }
            }
            Every::MonthDate(day) => format!("{} on the {}", every("month", "months"), ordinal(*day)),
            Every::MonthWeekday { nth, weekday } => {
                let which = match nth {
                    1 => "first",
                    2 => "second",
                    3 => "third",
                    4 => "fourth",
                    _ => "last",
                };
                format!("{} on the {which} {}", every("month", "months"), weekday_of(*weekday))
            }
        }
    }

    /// "12 dates" or "until Tuesday 9 February 2027".
    pub fn end_words(&self) -> String {
        match self.end {
            End::On(date) => format!("until {}", long_date(date)),
            End::After(times) => counted(times.into(), "date", "dates"),
        }
    }
}

fn read_weekdays(codes: &str) -> Option<Vec<i32>> {
    let mut days = codes.split(',').map(read_weekday).collect::<Option<Vec<i32>>>()?;
    days.sort_unstable();
    days.dedup();
    Some(days)
}

fn read_weekday(code: &str) -> Option<i32> {
    CODES.iter().position(|known| *known == code).and_then(|day| i32::try_from(day).ok())
}

fn read_nth(text: &str) -> Option<Every> {
    let (nth, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let nth = nth.parse::<i8>().ok().filter(|nth| matches!(nth, -1 | 1..=4))?;
    Some(Every::MonthWeekday { nth, weekday: read_weekday(day)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn dates(rule: &str, first: &str) -> Result<Vec<String>, NoSeries> {
        let dates = Repeat::parse(rule)?.dates(date(first))?;
        Ok(dates.into_iter().map(|date| date.to_string()).collect())
    }

    #[test]
    fn a_rule_is_read_back_as_written() {
        for rule in [
            "FREQ=DAILY;COUNT=5",
            "FREQ=WEEKLY;BYDAY=TU;COUNT=12",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20270209",
            "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=6",
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR;COUNT=4",
        ] {
            assert_eq!(Repeat::parse(rule).unwrap().rule(), rule);
        }
    }

    #[test]
    fn what_is_not_offered_is_not_read() {
        for rule in [
            "",
            "FREQ=SECONDLY;COUNT=3",
            "FREQ=YEARLY;COUNT=3",
            "FREQ=DAILY",
            "FREQ=DAILY;COUNT=0",
            "FREQ=DAILY;COUNT=100000",
            "FREQ=DAILY;COUNT=3;UNTIL=20270101",
            "FREQ=DAILY;COUNT=3;COUNT=4",
            "FREQ=WEEKLY;COUNT=3",
            "FREQ=WEEKLY;BYDAY=XX;COUNT=3",
            "FREQ=WEEKLY;BYDAY=TU;BYSETPOS=1;COUNT=3",
            "FREQ=MONTHLY;BYDAY=9TU;COUNT=3",
            "FREQ=MONTHLY;BYDAY=é;COUNT=3",
            "FREQ=MONTHLY;BYMONTHDAY=32;COUNT=3",
            "FREQ=DAILY;UNTIL=20271399",
        ] {
            assert_eq!(Repeat::parse(rule), Err(NoSeries::Unreadable), "{rule}");
        }
    }

    #[test]
    fn months_without_the_day_are_left_out() {
        let found = dates("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=4", "2026-12-31").unwrap();
        assert_eq!(found, ["2026-12-31", "2027-01-31", "2027-03-31", "2027-05-31"]);
        let leap = dates("FREQ=MONTHLY;BYMONTHDAY=29;UNTIL=20280301", "2027-12-29").unwrap();
        assert_eq!(leap, ["2027-12-29", "2028-01-29", "2028-02-29"]);
    }

    #[test]
    fn the_limits_are_named() {
        let first = "2026-11-24";
        assert_eq!(dates("FREQ=DAILY;COUNT=201", first), Err(NoSeries::TooMany));
        assert_eq!(dates("FREQ=DAILY;UNTIL=20271124", first), Err(NoSeries::TooMany));
        assert_eq!(dates("FREQ=DAILY;COUNT=200", first).unwrap().len(), 200);
        assert_eq!(dates("FREQ=DAILY;UNTIL=20261123", first), Err(NoSeries::EndsBeforeStart));
        assert_eq!(dates("FREQ=WEEKLY;BYDAY=TU;UNTIL=20281125", first), Err(NoSeries::TooLong));
        assert_eq!(dates("FREQ=MONTHLY;BYMONTHDAY=24;COUNT=40", first), Err(NoSeries::TooLong));
        assert_eq!(dates("FREQ=WEEKLY;BYDAY=MO;UNTIL=20261125", first), Err(NoSeries::Never));
        let daily = Repeat::parse("FREQ=DAILY;COUNT=3").unwrap();
        assert_eq!(daily.dates(NaiveDate::MAX), Err(NoSeries::TooLong));
    }

    #[test]
    fn the_weekday_of_the_month_is_taken_from_the_date() {
        let second = Every::same_weekday_of_month(date("2026-11-10"));
        assert_eq!(second, Every::MonthWeekday { nth: 2, weekday: 1 });
        assert_eq!(Every::same_weekday_of_month(date("2026-11-30")), Every::MonthWeekday { nth: -1, weekday: 0 });
    }

    #[test]
    fn a_rule_cut_in_two_gives_the_same_dates() {
        for rule in ["FREQ=WEEKLY;BYDAY=TU,TH;COUNT=9", "FREQ=MONTHLY;BYMONTHDAY=31;UNTIL=20271231"] {
            let pattern = Pattern { first: date("2026-12-31"), repeat: Repeat::parse(rule).unwrap() };
            let all = pattern.dates();
            assert_eq!(pattern.split_at(1), None);
            for ordinal in 2..=all.len() {
                let (before, after) = pattern.split_at(i32::try_from(ordinal).unwrap()).unwrap();
                assert_eq!([before.dates(), after.dates()].concat(), all, "{rule} at {ordinal}");
            }
            assert_eq!(pattern.split_at(i32::try_from(all.len() + 1).unwrap()), None);
        }
    }

    #[test]
    fn a_rule_is_moved_only_where_its_dates_move_alike() {
        let of = |rule: &str| Pattern { first: date("2026-11-24"), repeat: Repeat::parse(rule).unwrap() };
        let moved = of("FREQ=WEEKLY;BYDAY=TU;COUNT=4").shifted(1).unwrap();
        assert_eq!((moved.repeat.rule().as_str(), moved.first), ("FREQ=WEEKLY;BYDAY=WE;COUNT=4", date("2026-11-25")));
        assert_eq!(of("FREQ=WEEKLY;BYDAY=TU;COUNT=4").shifted(-2).unwrap().repeat.words(), "every Sunday");
        assert_eq!(of("FREQ=MONTHLY;BYDAY=4TU;COUNT=4").shifted(1), None);
    }

    #[test]
    fn rules_are_said_plainly() {
        for (rule, words) in [
            ("FREQ=DAILY;COUNT=5", "every day"),
            ("FREQ=DAILY;INTERVAL=3;COUNT=5", "every 3 days"),
            ("FREQ=WEEKLY;BYDAY=TU;COUNT=5", "every Tuesday"),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=5", "every 2 weeks on Tuesday and Thursday"),
            ("FREQ=MONTHLY;BYMONTHDAY=22;COUNT=5", "every month on the 22nd"),
            ("FREQ=MONTHLY;BYDAY=2TU;COUNT=5", "every month on the second Tuesday"),
            ("FREQ=MONTHLY;INTERVAL=2;BYDAY=-1SU;COUNT=5", "every 2 months on the last Sunday"),
        ] {
            assert_eq!(Repeat::parse(rule).unwrap().words(), words);
        }
    }
}
