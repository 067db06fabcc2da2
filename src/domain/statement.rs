//! A month of what was booked and what it costs: which sessions are charged, the totals of each site, and the value of space given free. Not
//! what a session costs: that was frozen with it.

use chrono::{Datelike, Months, NaiveDate};

use super::money::Pence;
use super::occurrence::Stage;
use super::rates::{Per, Price};

/// What a site charges although nobody was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charging {
    /// What is cancelled late.
    pub late: bool,
    /// Where nobody came.
    pub absent: bool,
}

impl Charging {
    pub const USUAL: Self = Self { late: true, absent: true };

    /// In a sentence for whoever books.
    pub fn words(self) -> &'static str {
        match (self.late, self.absent) {
            (true, true) => "Cancelled in time: not charged. Cancelled late, or nobody came: charged.",
            (true, false) => "Cancelled in time, or nobody came: not charged. Cancelled late: charged.",
            (false, true) => "Cancelled: not charged. Nobody came: charged.",
            (false, false) => "Cancelled, or nobody came: not charged.",
        }
    }
}

/// How a session ended, as far as the statement is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Held,
    ToCome,
    Absent,
    CancelledLate,
}

impl Outcome {
    /// `None` for what is on no statement: asked for, lost, or cancelled in time.
    pub fn of(stage: Stage, late: bool, absent: bool, is_over: bool) -> Option<Self> {
        match stage {
            Stage::Confirmed if absent => Some(Self::Absent),
            Stage::Confirmed if is_over => Some(Self::Held),
            Stage::Confirmed => Some(Self::ToCome),
            Stage::Cancelled if late => Some(Self::CancelledLate),
            _ => None,
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Held => "Held",
            Self::ToCome => "To come",
            Self::Absent => "Nobody came",
            Self::CancelledLate => "Cancelled late",
        }
    }

    /// Whether the price is charged.
    pub fn is_charged(self, charging: Charging) -> bool {
        match self {
            Self::Held | Self::ToCome => true,
            Self::Absent => charging.absent,
            Self::CancelledLate => charging.late,
        }
    }

    /// Whether somebody had the space, or will have it.
    fn is_use(self) -> bool {
        matches!(self, Self::Held | Self::ToCome)
    }
}

/// One session as it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    pub minutes: i64,
    pub outcome: Outcome,
    /// None where there was no rate.
    pub price: Option<Price>,
}

impl Counted {
    /// What is to be paid.
    pub fn amount(&self, charging: Charging) -> Pence {
        self.price.filter(|_| self.outcome.is_charged(charging)).map_or(Pence::ZERO, |price| price.amount)
    }

    /// What was given: the part of the value that nobody pays, of space that was really had.
    pub fn given(&self) -> Pence {
        self.price.filter(|_| self.outcome.is_use()).map_or(Pence::ZERO, |price| price.given())
    }

    /// Seasons are no hours.
    fn hours(&self) -> i64 {
        let by_season = self.price.is_some_and(|price| price.terms.per == Per::Season);
        if self.outcome.is_use() && !by_season { self.minutes } else { 0 }
    }
}

/// The sums of several sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    pub sessions: usize,
    pub minutes: i64,
    pub amount: Pence,
    pub given: Pence,
}

impl Totals {
    pub fn add(&mut self, one: &Counted, charging: Charging) {
        self.sessions += 1;
        self.minutes += one.hours();
        self.amount = self.amount + one.amount(charging);
        self.given = self.given + one.given();
    }

    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Self {
            sessions: self.sessions + other.sessions,
            minutes: self.minutes + other.minutes,
            amount: self.amount + other.amount,
            given: self.given + other.given,
        }
    }
}

/// A month of the calendar. Which month a session is in, the date on its site's wall decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(NaiveDate);

impl Month {
    pub fn of(date: NaiveDate) -> Self {
        Self(date.with_day(1).unwrap_or(date))
    }

    /// Reads "2026-11".
    pub fn parse(text: &str) -> Option<Self> {
        let date: NaiveDate = format!("{text}-01").parse().ok()?;
        (text.len() == 7 && (2000..2200).contains(&date.year())).then_some(Self(date))
    }

    /// "2026-11".
    pub fn code(self) -> String {
        self.0.format("%Y-%m").to_string()
    }

    /// "November 2026".
    pub fn words(self) -> String {
        self.0.format("%B %Y").to_string()
    }

    pub fn first(self) -> NaiveDate {
        self.0
    }

    pub fn last(self) -> NaiveDate {
        self.next().0.pred_opt().unwrap_or(self.0)
    }

    pub fn next(self) -> Self {
        Self(self.0.checked_add_months(Months::new(1)).unwrap_or(self.0))
    }

    pub fn before(self) -> Self {
        Self(self.0.checked_sub_months(Months::new(1)).unwrap_or(self.0))
    }
}

/// A text that no spreadsheet takes for a formula.
pub fn harmless(text: &str) -> String {
    let dangerous = text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']) || text.starts_with(['\t', '\r']);
    if dangerous { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::organisation::Class;
    use crate::domain::rates::{Payer, Quantity, Terms};

    fn counted(outcome: Outcome, price: i64, value: i64) -> Counted {
        let terms = Terms {
            payer: Payer::Class(Class::Charity),
            per: Per::Hour,
            price: Pence::new(price),
            value: Pence::new(value),
        };
        let price = Price::of(terms, Quantity { minutes: 60, sessions: 1, units: 1, days: (0, 0) });
        Counted { minutes: 60, outcome, price: Some(price) }
    }

    #[test]
    fn what_is_charged_follows_from_how_it_ended_and_what_the_site_says() {
        use Stage::*;
        for (stage, late, absent, over, outcome) in [
            (Confirmed, false, false, true, Some(Outcome::Held)),
            (Confirmed, false, false, false, Some(Outcome::ToCome)),
            (Confirmed, false, true, true, Some(Outcome::Absent)),
            (Cancelled, true, false, true, Some(Outcome::CancelledLate)),
            (Cancelled, false, false, true, None),
            (Requested, false, false, false, None),
            (Conditional, false, false, false, None),
            (Displaced, false, false, true, None),
            (Declined, false, false, false, None),
            (Skipped, false, false, true, None),
        ] {
            assert_eq!(Outcome::of(stage, late, absent, over), outcome, "{stage:?} {late} {absent} {over}");
        }
        let (charge, forgive) = (Charging::USUAL, Charging { late: false, absent: false });
        for (outcome, charged, forgiven) in [
            (Outcome::Held, 1200, 1200),
            (Outcome::ToCome, 1200, 1200),
            (Outcome::Absent, 1200, 0),
            (Outcome::CancelledLate, 1200, 0),
        ] {
            let one = counted(outcome, 1200, 1200);
            assert_eq!((one.amount(charge).whole(), one.amount(forgive).whole()), (charged, forgiven), "{outcome:?}");
        }
    }

    #[test]
    fn given_is_what_was_had_and_not_paid() {
        let mut totals = Totals::default();
        for one in [
            counted(Outcome::Held, 0, 1200),
            counted(Outcome::Held, 500, 1200),
            counted(Outcome::CancelledLate, 0, 1200),
            counted(Outcome::Absent, 500, 1200),
            Counted { minutes: 90, outcome: Outcome::Held, price: None },
        ] {
            totals.add(&one, Charging::USUAL);
        }
        let expected = Totals { sessions: 5, minutes: 210, amount: Pence::new(1000), given: Pence::new(1900) };
        assert_eq!(totals, expected);
        assert_eq!(totals.and(Totals::default()), totals);
    }

    #[test]
    fn months_are_read_and_have_their_days() {
        let month = Month::parse("2026-12").unwrap();
        assert_eq!((month.first(), month.last()), ("2026-12-01".parse().unwrap(), "2026-12-31".parse().unwrap()));
        assert_eq!((month.next().code().as_str(), month.before().words().as_str()), ("2027-01", "November 2026"));
        assert_eq!(Month::parse("2028-02").unwrap().last(), "2028-02-29".parse().unwrap());
        for wrong in ["", "2026", "2026-13", "2026-1", "1999-12", "2200-01", "2026-12-01", "x"] {
            assert_eq!(Month::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn no_text_is_a_formula() {
        for (text, safe) in [
            ("Cedar", "Cedar"),
            ("=1+1", "'=1+1"),
            ("+44", "'+44"),
            ("-2", "'-2"),
            ("@x", "'@x"),
            ("\t=1", "'\t=1"),
            (" =1", "' =1"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(harmless(text), safe);
        }
    }
}
