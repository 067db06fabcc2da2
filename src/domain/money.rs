//! Money in whole pence: read as people type it, shown as they write it, and reckoned without fractions. Not what anything costs.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};

/// The most that a price can be: £99,999.99.
const MOST: i64 = 9_999_999;

/// An amount in whole pence. Shown as "£1,250.00".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Pence(i64);

impl Pence {
    pub const ZERO: Self = Self(0);

    pub const fn new(pence: i64) -> Self {
        Self(pence)
    }

    pub const fn whole(self) -> i64 {
        self.0
    }

    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Reads a price as it is typed: "12", "£12.50", "1,250.00"; half pence are none.
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        let typed = typed.strip_prefix('£').unwrap_or(typed).trim_start();
        let (pounds, pence) = typed.split_once('.').unwrap_or((typed, "00"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // A comma stands before three digits; “12,50” is no price of thousands.
        let mut groups = pounds.split(',');
        let first = groups.next().is_some_and(|group| !group.is_empty() && (!pounds.contains(',') || group.len() <= 3));
        if !first || !groups.all(|group| group.len() == 3) {
            return None;
        }
        let pounds = pounds.replace(',', "");
        if !digits(&pounds) || !digits(pence) || pence.len() != 2 || 7 < pounds.len() {
            return None;
        }
        let all = pounds.parse::<i64>().ok()? * 100 + pence.parse::<i64>().ok()?;
        (all <= MOST).then_some(Self(all))
    }

    /// `part` of `whole` of it, to the nearest penny; a half penny is rounded up. Nothing of a whole that is none.
    pub fn share(self, part: i64, whole: i64) -> Self {
        if whole <= 0 {
            return Self::ZERO;
        }
        let exact = i128::from(self.0) * i128::from(part.max(0));
        let whole = i128::from(whole);
        Self(i64::try_from((exact * 2 + whole).div_euclid(whole * 2)).unwrap_or(i64::MAX))
    }

    /// So many times it.
    pub fn times(self, number: i64) -> Self {
        Self(self.0.saturating_mul(number))
    }

    /// "1250.00", for a table of figures.
    pub fn plain(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", self.0.abs() / 100, self.0.abs() % 100)
    }
}

impl fmt::Display for Pence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pounds = (self.0.abs() / 100).to_string();
        let mut grouped = String::new();
        for (place, digit) in pounds.chars().enumerate() {
            if 0 < place && (pounds.len() - place).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        write!(f, "{}£{grouped}.{:02}", if self.0 < 0 { "−" } else { "" }, self.0.abs() % 100)
    }
}

impl Add for Pence {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Pence {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Pence {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_as_people_type_them() {
        for (typed, read) in [
            ("12", Some(1200)),
            ("£12.50", Some(1250)),
            (" 1,250.00 ", Some(125_000)),
            ("0", Some(0)),
            ("0.01", Some(1)),
            ("99999.99", Some(MOST)),
            ("£ 1,250", Some(125_000)),
            ("12,50", None),
            ("1 2", None),
            (",500", None),
            ("1250,000", None),
            ("100000", None),
            ("12.5", None),
            ("12.505", None),
            (".50", None),
            ("-1", None),
            ("", None),
            ("12 pounds", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(Pence::parse(typed).map(Pence::whole), read, "{typed}");
        }
    }

    #[test]
    fn amounts_are_shown_with_pounds_and_pence() {
        for (pence, shown, plain) in [
            (0, "£0.00", "0.00"),
            (5, "£0.05", "0.05"),
            (1200, "£12.00", "12.00"),
            (125_000, "£1,250.00", "1250.00"),
            (123_456_789, "£1,234,567.89", "1234567.89"),
            (-150, "−£1.50", "-1.50"),
        ] {
            assert_eq!((Pence::new(pence).to_string().as_str(), Pence::new(pence).plain().as_str()), (shown, plain));
        }
    }

    #[test]
    fn a_share_is_rounded_to_the_nearest_penny_and_a_half_up() {
        for (pence, minutes, share) in [
            (1200, 60, 1200),
            (1200, 50, 1000),
            // 916.67
            (1100, 50, 917),
            // 833.33
            (1000, 50, 833),
            // 0.5
            (1, 30, 1),
            // 0.48
            (1, 29, 0),
            (1500, 150, 3750),
            (1200, 0, 0),
        ] {
            assert_eq!(Pence::new(pence).share(minutes, 60), Pence::new(share), "{pence} {minutes}");
        }
        assert_eq!(Pence::new(100).share(1, 0), Pence::ZERO);
        assert_eq!([100, 250].into_iter().map(Pence::new).sum::<Pence>(), Pence::new(350));
    }
}
