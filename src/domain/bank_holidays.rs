//! Bank holidays of the nations of the United Kingdom, worked out from the rules that name them. Not one-off holidays: a site lists those itself.
//!
//! Sources: Banking and Financial Dealings Act 1971, schedule 1, and the royal proclamations made under it each year; St Andrew's
//! Day Bank Holiday (Scotland) Act 2007. Easter by the method of the Book of Common Prayer as the Gregorian computus gives it.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Whose bank holidays a site keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nation {
    EnglandAndWales,
    Scotland,
    NorthernIreland,
}

impl Nation {
    pub const ALL: [Self; 3] = [Self::EnglandAndWales, Self::Scotland, Self::NorthernIreland];

    pub fn code(self) -> &'static str {
        match self {
            Self::EnglandAndWales => "england-and-wales",
            Self::Scotland => "scotland",
            Self::NorthernIreland => "northern-ireland",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::EnglandAndWales => "England and Wales",
            Self::Scotland => "Scotland",
            Self::NorthernIreland => "Northern Ireland",
        }
    }
}

/// The bank holiday on a date, with its name.
pub fn holiday(nation: Nation, date: NaiveDate) -> Option<&'static str> {
    of_year(nation, date.year()).into_iter().find(|(on, _)| *on == date).map(|(_, name)| name)
}

/// The bank holidays of a year, sorted. One that falls on a weekend is kept on the next weekday that is none already.
pub fn of_year(nation: Nation, year: i32) -> Vec<(NaiveDate, &'static str)> {
    let on = |month: u32, day: u32| NaiveDate::from_ymd_opt(year, month, day);
    let easter = easter(year);
    let good_friday = easter.and_then(|date| date.checked_sub_days(Days::new(2)));
    let easter_monday = easter.and_then(|date| date.succ_opt());
    let (scotland, ireland) = (nation == Nation::Scotland, nation == Nation::NorthernIreland);
    let mut days: Vec<(Option<NaiveDate>, &'static str)> = vec![
        (on(1, 1), "New Year’s Day"),
        (on(1, 2).filter(|_| scotland), "2nd January"),
        (on(3, 17).filter(|_| ireland), "St Patrick’s Day"),
        (good_friday, "Good Friday"),
        (easter_monday.filter(|_| !scotland), "Easter Monday"),
        (first_monday(year, 5), "Early May bank holiday"),
        (last_monday(year, 5), "Spring bank holiday"),
        (on(7, 12).filter(|_| ireland), "Battle of the Boyne"),
        (if scotland { first_monday(year, 8) } else { last_monday(year, 8) }, "Summer bank holiday"),
        (on(11, 30).filter(|_| scotland), "St Andrew’s Day"),
        (on(12, 25), "Christmas Day"),
        (on(12, 26), "Boxing Day"),
    ];
    days.retain(|(date, _)| date.is_some());
    // What falls on a weekday stays; the rest moves on past it.
    let mut kept: Vec<(NaiveDate, &'static str)> =
        days.iter().filter_map(|(date, name)| Some(((*date)?, *name))).filter(|(date, _)| !is_weekend(*date)).collect();
    for (date, name) in days.iter().filter_map(|(date, name)| Some(((*date)?, *name))) {
        if is_weekend(date) {
            let free = |one: &NaiveDate| !is_weekend(*one) && kept.iter().all(|(taken, _)| taken != one);
            kept.extend(date.iter_days().skip(1).take(7).find(free).map(|moved| (moved, name)));
        }
    }
    kept.sort_unstable();
    kept
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

fn first_monday(year: i32, month: u32) -> Option<NaiveDate> {
    NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, 1)
}

fn last_monday(year: i32, month: u32) -> Option<NaiveDate> {
    (4..=5).rev().find_map(|nth| NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, nth))
}

/// Easter Sunday in the Gregorian calendar, by the anonymous algorithm published in Nature in 1876.
fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(nation: Nation, year: i32) -> Vec<String> {
        of_year(nation, year).into_iter().map(|(date, _)| date.format("%m-%d").to_string()).collect()
    }

    /// As published at gov.uk/bank-holidays.
    #[test]
    fn the_years_are_as_published() {
        let england = |year| dates(Nation::EnglandAndWales, year);
        assert_eq!(england(2025), ["01-01", "04-18", "04-21", "05-05", "05-26", "08-25", "12-25", "12-26"]);
        assert_eq!(england(2026), ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"]);
        assert_eq!(england(2027), ["01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"]);
        let scotland = ["01-01", "01-02", "04-03", "05-04", "05-25", "08-03", "11-30", "12-25", "12-28"];
        assert_eq!(dates(Nation::Scotland, 2026), scotland);
        let ireland = ["01-01", "03-17", "04-03", "04-06", "05-04", "05-25", "07-13", "08-31", "12-25", "12-28"];
        assert_eq!(dates(Nation::NorthernIreland, 2026), ireland);
    }

    #[test]
    fn new_year_on_a_weekend_moves_on() {
        assert_eq!(&dates(Nation::Scotland, 2028)[..2], ["01-03", "01-04"]);
        assert_eq!(dates(Nation::EnglandAndWales, 2022).last().unwrap(), "12-27");
    }

    #[test]
    fn a_holiday_has_its_name() {
        let date = |text: &str| text.parse().unwrap();
        assert_eq!(holiday(Nation::EnglandAndWales, date("2026-12-28")), Some("Boxing Day"));
        assert_eq!(holiday(Nation::EnglandAndWales, date("2026-11-30")), None);
    }
}
