//! The dates that a report covers: typed or usual, in quarters and whole months, and what it is compared with. Not what is counted in them.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::domain::words::{date_without_year, long_date};

/// A report covers so many months at most.
const MOST_MONTHS: u32 = 24;
/// So many quarters can be touched by that.
pub const MOST_QUARTERS: usize = 9;

/// Both dates are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// Which of the two dates cannot be, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    First(String),
    Last(String),
}

fn first_of_month(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

fn before(date: NaiveDate) -> NaiveDate {
    date.pred_opt().unwrap_or(date)
}

fn months_on(date: NaiveDate, months: i32) -> NaiveDate {
    let number = Months::new(months.unsigned_abs());
    let moved = if months < 0 { date.checked_sub_months(number) } else { date.checked_add_months(number) };
    moved.unwrap_or(date)
}

/// Reads a date between 2000 and 2200.
fn typed_date(typed: &str) -> Option<NaiveDate> {
    typed.trim().parse().ok().filter(|date: &NaiveDate| (2000..2200).contains(&date.year()))
}

impl Period {
    /// Reads two typed dates; the usual period where there are none.
    ///
    /// # Errors
    /// The dates that cannot be, each once, in words for the form.
    pub fn typed(from: &str, to: &str, usual: Self) -> Result<Self, Vec<Fault>> {
        if from.trim().is_empty() && to.trim().is_empty() {
            return Ok(usual);
        }
        let (first, last) = (typed_date(from), typed_date(to));
        let (Some(first), Some(last)) = (first, last) else {
            let words = |which: &str| format!("Enter the {which} day as a date, like {}", usual.from);
            let first = first.is_none().then(|| Fault::First(words("first")));
            let last = last.is_none().then(|| Fault::Last(words("last")));
            return Err(first.into_iter().chain(last).collect());
        };
        let limit = before(months_on(first, i32::try_from(MOST_MONTHS).unwrap_or_default()));
        if last < first {
            let words = format!("The last day is before the first. Choose {} or later", long_date(first));
            Err(vec![Fault::Last(words)])
        } else if limit < last {
            let words = format!("A report covers {MOST_MONTHS} months at most. Choose {} or earlier", long_date(limit));
            Err(vec![Fault::Last(words)])
        } else {
            Ok(Self { from: first, to: last })
        }
    }

    /// The last three whole months.
    pub fn usual(today: NaiveDate) -> Self {
        let this = first_of_month(today);
        Self { from: months_on(this, -3), to: before(this) }
    }

    /// What is often asked for, by name, with today in view.
    pub fn often(today: NaiveDate) -> Vec<(&'static str, Self)> {
        let this = first_of_month(today);
        let quarter = months_on(this, -i32::try_from(today.month0() % 3).unwrap_or_default());
        let year = months_on(this, -i32::try_from((today.month0() + 9) % 12).unwrap_or_default());
        let whole = |from: NaiveDate, months: i32| Self { from, to: before(months_on(from, months)) };
        vec![
            ("Last three months", Self::usual(today)),
            ("This quarter", whole(quarter, 3)),
            ("Last quarter", whole(months_on(quarter, -3), 3)),
            ("This financial year", whole(year, 12)),
            ("Last financial year", whole(months_on(year, -12), 12)),
        ]
    }

    pub fn days(self) -> i64 {
        (self.to - self.from).num_days() + 1
    }

    /// As long, right before it.
    pub fn before(self) -> Self {
        let days = Days::new(u64::try_from(self.days()).unwrap_or_default());
        // Whole months are followed by whole months, which are not of one length.
        if self.whole_months() == Some(self) {
            let months = (self.to.year() - self.from.year()) * 12 + self.to.month0() as i32 - self.from.month0() as i32;
            return Self { from: months_on(self.from, -months - 1), to: before(self.from) };
        }
        Self { from: self.from.checked_sub_days(days).unwrap_or(self.from), to: before(self.from) }
    }

    /// Three months before a date and three from it on.
    pub fn around(date: NaiveDate) -> (Self, Self) {
        let before_it = Self { from: months_on(date, -3), to: before(date) };
        (before_it, Self { from: date, to: before(months_on(date, 3)) })
    }

    /// The whole months in it. Figures about people come in whole months only, so that nobody can tell a day from two periods that differ
    /// by it.
    pub fn whole_months(self) -> Option<Self> {
        let first = first_of_month(self.from);
        let from = if first == self.from { first } else { months_on(first, 1) };
        let next = self.to.succ_opt().unwrap_or(self.to);
        let to = before(first_of_month(next));
        (from <= to).then_some(Self { from, to })
    }

    /// Its parts by quarters. Those of the calendar and of the financial year from April to March begin on the same days.
    pub fn quarters(self) -> Vec<Quarter> {
        let mut parts = Vec::new();
        let mut from = self.from;
        while from <= self.to && parts.len() < MOST_QUARTERS {
            let start = months_on(first_of_month(from), -i32::try_from(from.month0() % 3).unwrap_or_default());
            let next = months_on(start, 3);
            let period = Self { from, to: before(next).min(self.to) };
            parts.push(Quarter { period, is_whole: start == from && before(next) == period.to });
            from = next;
        }
        parts
    }

    /// "1 August to 31 October 2026".
    pub fn words(self) -> String {
        let day = |date: NaiveDate| {
            let with_weekday = date_without_year(date);
            with_weekday.split_once(' ').map_or(with_weekday.clone(), |(_, rest)| rest.to_owned())
        };
        if self.from.year() == self.to.year() {
            format!("{} to {} {}", day(self.from), day(self.to), self.to.year())
        } else {
            format!("{} {} to {} {}", day(self.from), self.from.year(), day(self.to), self.to.year())
        }
    }
}

/// A quarter, or what of it lies in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quarter {
    pub period: Period,
    pub is_whole: bool,
}

impl Quarter {
    /// "July to September 2026"; of a part its dates.
    pub fn words(self) -> String {
        let Period { from, to } = self.period;
        if self.is_whole { format!("{} to {}", from.format("%B"), to.format("%B %Y")) } else { self.period.words() }
    }

    /// "2026/27, quarter 2": of the financial year from April to March.
    pub fn financial(self) -> String {
        let from = self.period.from;
        format!("{}, quarter {}", financial_year(from), (from.month0() + 9) % 12 / 3 + 1)
    }

    /// "2026, quarter 3".
    pub fn calendar(self) -> String {
        let from = self.period.from;
        format!("{}, quarter {}", from.year(), from.month0() / 3 + 1)
    }

    /// "2026/27".
    pub fn year(self) -> String {
        financial_year(self.period.from)
    }
}

fn financial_year(date: NaiveDate) -> String {
    let year = if date.month() < 4 { date.year() - 1 } else { date.year() };
    format!("{year}/{:02}", (year + 1).rem_euclid(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: &str, to: &str) -> Period {
        Period { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    #[test]
    fn dates_are_read_or_told() {
        let usual = Period::usual("2026-11-23".parse().unwrap());
        assert_eq!(usual, period("2026-08-01", "2026-10-31"));
        assert_eq!(Period::typed("", " ", usual), Ok(usual));
        assert_eq!(Period::typed("2026-01-01", "2027-12-31", usual), Ok(period("2026-01-01", "2027-12-31")));
        let wrong = |from: &str, to: &str| match Period::typed(from, to, usual).unwrap_err().as_slice() {
            [Fault::First(_)] => "first",
            [Fault::Last(_)] => "last",
            _ => "both",
        };
        for (from, to, which) in [
            ("2026-01-02", "2026-01-01", "last"),
            ("2026-01-01", "2028-01-01", "last"),
            ("", "2026-01-01", "first"),
            ("2026-02-30", "2026-03-01", "first"),
            ("2026-01-01", "soon", "last"),
            ("9999-12-31", "-1", "both"),
        ] {
            assert_eq!(wrong(from, to), which, "{from} {to}");
        }
    }

    #[test]
    fn quarters_are_those_of_both_years() {
        let parts = period("2025-12-10", "2026-07-01").quarters();
        let words: Vec<String> = parts.iter().map(|one| one.words()).collect();
        assert_eq!(
            words,
            ["10 December to 31 December 2025", "January to March 2026", "April to June 2026", "1 July to 1 July 2026"]
        );
        let years: Vec<String> = parts.iter().map(|one| one.financial()).collect();
        assert_eq!(years, ["2025/26, quarter 3", "2025/26, quarter 4", "2026/27, quarter 1", "2026/27, quarter 2"]);
        assert_eq!(parts.first().unwrap().calendar(), "2025, quarter 4");
        assert_eq!(period("2025-02-02", "2027-02-01").quarters().len(), MOST_QUARTERS);
    }

    #[test]
    fn what_is_often_asked_for_begins_and_ends_where_people_expect() {
        let of = |today: &str| {
            let often = Period::often(today.parse().unwrap());
            often.into_iter().map(|(_, one)| (one.from.to_string(), one.to.to_string())).collect::<Vec<_>>()
        };
        let date = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(of("2026-11-23").get(1), Some(&date("2026-10-01", "2026-12-31")));
        assert_eq!(of("2026-11-23").get(2), Some(&date("2026-07-01", "2026-09-30")));
        assert_eq!(of("2026-03-31").get(3), Some(&date("2025-04-01", "2026-03-31")));
        assert_eq!(of("2026-04-01").get(3), Some(&date("2026-04-01", "2027-03-31")));
        assert_eq!(of("2026-04-01").get(4), Some(&date("2025-04-01", "2026-03-31")));
    }

    #[test]
    fn whole_months_lie_within_and_go_before() {
        for (from, to, whole) in [
            ("2026-08-01", "2026-10-31", Some(("2026-08-01", "2026-10-31"))),
            ("2026-08-02", "2026-10-30", Some(("2026-09-01", "2026-09-30"))),
            ("2026-08-02", "2026-09-29", None),
            ("2026-08-01", "2026-08-30", None),
        ] {
            let found = period(from, to).whole_months();
            assert_eq!(found, whole.map(|(from, to)| period(from, to)), "{from} {to}");
        }
        assert_eq!(period("2026-08-01", "2026-10-31").before(), period("2026-05-01", "2026-07-31"));
        assert_eq!(period("2026-01-01", "2026-01-31").before(), period("2025-12-01", "2025-12-31"));
        assert_eq!(period("2026-08-05", "2026-08-11").before(), period("2026-07-29", "2026-08-04"));
        let (before, after) = Period::around("2026-09-14".parse().unwrap());
        assert_eq!((before, after), (period("2026-06-14", "2026-09-13"), period("2026-09-14", "2026-12-13")));
        assert_eq!(period("2026-08-01", "2026-10-31").words(), "1 August to 31 October 2026");
        assert_eq!(period("2025-12-01", "2026-01-31").words(), "1 December 2025 to 31 January 2026");
    }
}
