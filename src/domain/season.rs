//! A part of every year, from one day to another, and how people write days of the year. Not what happens then.

use chrono::{Datelike, NaiveDate};

/// The part of the year in which a facility is open, both days in it; it may run over New Year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Season {
    /// Month and day.
    pub from: (u32, u32),
    pub to: (u32, u32),
}

impl Season {
    pub fn has(self, date: NaiveDate) -> bool {
        let at = (date.month(), date.day());
        if self.from <= self.to { self.from <= at && at <= self.to } else { self.from <= at || at <= self.to }
    }

    /// "1 April to 30 September".
    pub fn words(self) -> String {
        format!("{} to {}", day_of_year(self.from), day_of_year(self.to))
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// "1 April".
pub fn day_of_year((month, day): (u32, u32)) -> String {
    let name = usize::try_from(month).ok().and_then(|month| MONTHS.get(month.checked_sub(1)?));
    format!("{day} {}", name.unwrap_or(&""))
}

/// Reads a day of the year: "1 April", "April 1", "1 Apr". 29 February counts as one.
pub fn typed_day_of_year(typed: &str) -> Option<(u32, u32)> {
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    let [first, second] = words.as_slice() else {
        return None;
    };
    let month = |word: &str| {
        let place = MONTHS.iter().position(|name| 3 <= word.len() && name.to_lowercase().starts_with(word))?;
        u32::try_from(place + 1).ok()
    };
    let day = |word: &str| word.trim_end_matches(|c: char| c.is_alphabetic()).parse::<u32>().ok();
    let (month, day) = month(second).zip(day(first)).or_else(|| month(first).zip(day(second)))?;
    // A leap year, so that every day of the year is one.
    NaiveDate::from_ymd_opt(2024, month, day).map(|_| (month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_season_has_both_its_ends_and_may_run_over_new_year() {
        let summer = Season { from: (4, 1), to: (9, 30) };
        let winter = Season { from: (10, 1), to: (3, 31) };
        for (text, is_summer) in [
            ("2026-03-31", false),
            ("2026-04-01", true),
            ("2026-09-30", true),
            ("2026-10-01", false),
            ("2027-01-15", false),
        ] {
            assert_eq!((summer.has(date(text)), winter.has(date(text))), (is_summer, !is_summer), "{text}");
        }
        assert_eq!(summer.words(), "1 April to 30 September");
    }

    #[test]
    fn days_of_the_year_are_read_as_people_write_them() {
        for (typed, read) in [
            ("1 April", Some((4, 1))),
            ("April 1", Some((4, 1))),
            ("1st apr", Some((4, 1))),
            ("29 February", Some((2, 29))),
            ("31 June", None),
            ("April", None),
            ("1 2 3", None),
            ("ma 3", None),
        ] {
            assert_eq!(typed_day_of_year(typed), read, "{typed}");
        }
        for month in 1..=12 {
            assert_eq!(typed_day_of_year(&day_of_year((month, 28))), Some((month, 28)));
        }
    }
}
