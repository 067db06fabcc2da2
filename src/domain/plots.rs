//! Allotment plots: how large they are, when a season turns, keys and inspections, and what a manager sets. Not who has one: that is `tenancy`.

use std::fmt;

use chrono::{Datelike, NaiveDate};

use super::ids::{FacilityId, PlotKeyId, TenancyId, UnitId};
use super::season::day_of_year;
use super::words::counted;

/// How large a plot is, in hundredths of a rod. A square rod, pole or perch is 25.29 m².
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(i32);

impl Size {
    const LARGEST: i32 = 20_000;

    pub fn new(hundredths: i32) -> Option<Self> {
        (0 < hundredths && hundredths <= Self::LARGEST).then_some(Self(hundredths))
    }

    /// Reads "5", "2.5" or "5 rods".
    ///
    /// # Errors
    /// The words to show at the field.
    pub fn parse(typed: &str) -> Result<Self, &'static str> {
        const WRONG: &str = "Enter the size in rods, like 5 or 2.5, up to 200";
        let plain = typed.trim().trim_end_matches("rods").trim_end_matches("rod").trim();
        let (whole, part) = plain.split_once('.').unwrap_or((plain, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) || 4 < whole.len() || 2 < part.len() {
            return Err(WRONG);
        }
        let part = format!("{part:0<2}");
        let read = whole.parse::<i32>().ok().zip(part.parse::<i32>().ok());
        read.and_then(|(whole, part)| Self::new(whole * 100 + part)).ok_or(WRONG)
    }

    pub const fn hundredths(self) -> i32 {
        self.0
    }

    /// "5", "2.5", as it is typed.
    pub fn rods(self) -> String {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        if part == 0 {
            return whole.to_string();
        }
        format!("{whole}.{part:02}").trim_end_matches('0').to_owned()
    }

    /// In whole square metres.
    pub fn square_metres(self) -> i64 {
        (i64::from(self.0) * 2529 + 5000) / 10_000
    }
}

impl fmt::Display for Size {
    /// "5 rods (126 m²)".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = if self.0 == 100 { "rod" } else { "rods" };
        write!(f, "{} {unit} ({} m²)", self.rods(), self.square_metres())
    }
}

/// What stands on a plot's peg: up to six letters and digits, one of them a digit, "7" or "7A".
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PlotNumber(String);

impl PlotNumber {
    pub fn parse(typed: &str) -> Option<Self> {
        let plain = typed.trim().to_ascii_uppercase();
        let shape = plain.bytes().all(|b| b.is_ascii_alphanumeric()) && plain.bytes().any(|b| b.is_ascii_digit());
        let valid = (1..=6).contains(&plain.len()) && shape;
        valid.then_some(Self(plain))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 2 before 10, and 7 before 7A.
    pub fn rank(&self) -> (u32, String) {
        let digits: String = self.0.chars().take_while(char::is_ascii_digit).collect();
        (digits.parse().unwrap_or(u32::MAX), self.0.clone())
    }
}

impl fmt::Display for PlotNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One plot: a unit of its facility.
#[derive(Debug, Clone)]
pub struct Plot {
    pub unit: UnitId,
    pub facility: FacilityId,
    pub number: PlotNumber,
    pub size: Size,
    /// Row and column on the plan, from 1.
    pub place: Option<(i32, i32)>,
    pub notes: String,
    /// Why it is not to let; empty where it is.
    pub resting: String,
}

/// The day of the year on which the season turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeasonStart {
    month: u32,
    day: u32,
}

impl SeasonStart {
    /// `None` for a day that not every year has.
    pub fn new(month: u32, day: u32) -> Option<Self> {
        // 2023 has no 29 February.
        NaiveDate::from_ymd_opt(2023, month, day).map(|_| Self { month, day })
    }

    /// "04-01", as stored.
    pub fn stored(self) -> String {
        format!("{:02}-{:02}", self.month, self.day)
    }

    pub fn parse(stored: &str) -> Option<Self> {
        let (month, day) = stored.split_once('-')?;
        Self::new(month.parse().ok()?, day.parse().ok()?)
    }

    /// "1 April".
    pub fn words(self) -> String {
        day_of_year((self.month, self.day))
    }

    /// The season that has a date: its first day, and the first day of the next.
    pub fn around(self, date: NaiveDate) -> (NaiveDate, NaiveDate) {
        let turn = |year| NaiveDate::from_ymd_opt(year, self.month, self.day).unwrap_or(date);
        let this = turn(date.year());
        if this <= date { (this, turn(date.year() + 1)) } else { (turn(date.year() - 1), this) }
    }
}

/// What a manager sets for an allotment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllotmentRules {
    pub season: SeasonStart,
    /// Days of notice by a holder, and by the site.
    pub holder_notice_days: i32,
    pub site_notice_days: i32,
    /// A rolling tenancy gets its next season so many days before it turns.
    pub renew_days: i32,
    /// An offer stands so many days.
    pub offer_days: i32,
    /// Whoever waits is asked "still interested?" every so many days, and has so many to answer.
    pub ask_days: i32,
    pub answer_days: i32,
    /// Whether somebody who says no to a plot keeps their place in the line.
    pub refusal_keeps: bool,
}

impl AllotmentRules {
    pub const fn usual() -> Self {
        Self {
            season: SeasonStart { month: 4, day: 1 },
            holder_notice_days: 28,
            site_notice_days: 365,
            renew_days: 60,
            offer_days: 14,
            ask_days: 365,
            answer_days: 28,
            refusal_keeps: true,
        }
    }

    /// As label and plain words, for everybody.
    pub fn in_words(&self) -> Vec<(&'static str, String)> {
        let days = |number: i32| counted(number.into(), "day", "days");
        let refusal = if self.refusal_keeps {
            "If you say no to a plot, you keep your place and the next in line is asked."
        } else {
            "If you say no to a plot, you leave the list."
        };
        vec![
            ("Season", format!("From {} to the day before, a year later", self.season.words())),
            ("How many", "One plot for each person or group".to_owned()),
            ("Renewal", format!("By itself, {} before the season turns", days(self.renew_days))),
            ("Giving it up", format!("Tell us {} before your last day", days(self.holder_notice_days))),
            ("Notice by us", format!("At least {}", days(self.site_notice_days))),
            (
                "Waiting list",
                format!(
                    "Who joined first comes first. An offer stands for {}; without an answer you leave the list. {refusal}",
                    days(self.offer_days)
                ),
            ),
            (
                "Still interested?",
                format!(
                    "We ask every {}. Without an answer in {} you leave the list",
                    days(self.ask_days),
                    days(self.answer_days)
                ),
            ),
        ]
    }
}

/// How a plot was found at an inspection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    Good,
    NeedsWork,
    NotCultivated,
}

impl Found {
    pub const ALL: [Self; 3] = [Self::Good, Self::NeedsWork, Self::NotCultivated];

    pub fn code(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::NeedsWork => "needs_work",
            Self::NotCultivated => "not_cultivated",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Good => "Good",
            Self::NeedsWork => "Needs work",
            Self::NotCultivated => "Not cultivated",
        }
    }

    /// The value of `data-state`.
    pub fn shown_as(self) -> &'static str {
        match self {
            Self::Good => "confirmed",
            Self::NeedsWork => "requested",
            Self::NotCultivated => "declined",
        }
    }
}

/// What was seen on a plot on a day.
#[derive(Debug, Clone)]
pub struct Inspection {
    pub unit: UnitId,
    /// Whose plot it was then.
    pub tenancy: Option<TenancyId>,
    pub date: NaiveDate,
    pub found: Found,
    pub note: String,
}

/// A key with its deposit, in whole pence.
#[derive(Debug, Clone)]
pub struct PlotKey {
    pub id: PlotKeyId,
    pub tenancy: TenancyId,
    pub number: String,
    pub given: NaiveDate,
    pub deposit_pence: i32,
    /// When it came back, and how much of the deposit was given back.
    pub back: Option<(NaiveDate, i32)>,
}

/// "£25" or "£2.50".
pub fn pounds(pence: i32) -> String {
    if pence % 100 == 0 { format!("£{}", pence / 100) } else { format!("£{}.{:02}", pence / 100, pence % 100) }
}

/// Reads "25", "£25" or "2.50" as pence.
///
/// # Errors
/// The words to show at the field.
pub fn typed_pounds(typed: &str) -> Result<i32, &'static str> {
    const WRONG: &str = "Enter an amount in pounds, like 25 or 2.50, up to 1000";
    let plain = typed.trim().trim_start_matches('£').trim();
    if plain.is_empty() {
        return Ok(0);
    }
    let (whole, part) = plain.split_once('.').unwrap_or((plain, "00"));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || 4 < whole.len() || part.len() != 2 || !digits(whole) || !digits(part) {
        return Err(WRONG);
    }
    let read = whole.parse::<i32>().ok().zip(part.parse::<i32>().ok());
    read.map(|(whole, part)| whole * 100 + part).filter(|pence| *pence <= 100_000).ok_or(WRONG)
}

#[cfg(test)]
mod tests;
