//! Rights that nobody uses lapse: when their owner is told and when it happens. Not which rights those are.

use super::span::Instant;

/// Where the instance says nothing else, after so many months without signing in.
pub const MONTHS: i32 = 12;
/// A month is counted as so many days, and a year as 365.
const DAYS_OF_12: i64 = 365;
const FIRST_DAYS: i64 = 30;
pub const SECOND_DAYS: i64 = 7;

/// How far the word has gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Used,
    /// Told 30 days before.
    Told,
    /// Told 7 days before.
    ToldAgain,
    Lapsed,
}

impl Stage {
    pub const ALL: [Self; 4] = [Self::Used, Self::Told, Self::ToldAgain, Self::Lapsed];

    pub fn row(self) -> i32 {
        match self {
            Self::Used => 0,
            Self::Told => 1,
            Self::ToldAgain => 2,
            Self::Lapsed => 3,
        }
    }

    pub fn parse(row: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.row() == row)
    }
}

/// Somebody's last sign-in, and what they have been told since.
#[derive(Debug, Clone, Copy)]
pub struct Unused {
    pub signed_in_at: Instant,
    pub stage: Stage,
    pub told_at: Option<Instant>,
}

/// When rights lapse that were last used at an instant.
pub fn due(signed_in_at: Instant, months: i32) -> Instant {
    signed_in_at.plus_days(i64::from(months) * DAYS_OF_12 / 12)
}

/// Nobody who signed in after this is told anything.
pub fn first_told_before(now: Instant, months: i32) -> Instant {
    now.plus_days(FIRST_DAYS - i64::from(months) * DAYS_OF_12 / 12)
}

impl Unused {
    /// The stage that comes next, if it is time. Each word has its full time before the next, also where nothing ran for a while:
    /// nothing lapses within 30 days of the first word, nor within 7 of the second.
    pub fn next(&self, months: i32, now: Instant) -> Option<Stage> {
        let due = due(self.signed_in_at, months);
        let told = |days: i64| self.told_at.is_none_or(|at| at.plus_days(days) <= now);
        match self.stage {
            Stage::Used => (due.plus_days(-FIRST_DAYS) <= now).then_some(Stage::Told),
            Stage::Told => {
                (due.plus_days(-SECOND_DAYS) <= now && told(FIRST_DAYS - SECOND_DAYS)).then_some(Stage::ToldAgain)
            }
            Stage::ToldAgain => (due <= now && told(SECOND_DAYS)).then_some(Stage::Lapsed),
            Stage::Lapsed => None,
        }
    }

    /// When it happens, as the person is told at a stage.
    pub fn lapses_at(&self, stage: Stage, months: i32, now: Instant) -> Instant {
        let left = if stage == Stage::Told { FIRST_DAYS } else { SECOND_DAYS };
        due(self.signed_in_at, months).max(now.plus_days(left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i64) -> Instant {
        Instant::from_seconds(0).plus_days(day)
    }

    #[test]
    fn rights_lapse_after_a_year_with_two_words_before() {
        use Stage::{Lapsed, Told, ToldAgain, Used};
        for (stage, told, now, next) in [
            (Used, None, 334, None),
            (Used, None, 335, Some(Told)),
            (Told, Some(335), 357, None),
            (Told, Some(335), 358, Some(ToldAgain)),
            (ToldAgain, Some(358), 364, None),
            (ToldAgain, Some(358), 365, Some(Lapsed)),
            (Lapsed, Some(365), 900, None),
            // Nothing ran for two years: each word still has its time.
            (Used, None, 800, Some(Told)),
            (Told, Some(800), 822, None),
            (Told, Some(800), 823, Some(ToldAgain)),
            (ToldAgain, Some(823), 829, None),
            (ToldAgain, Some(823), 830, Some(Lapsed)),
        ] {
            let one = Unused { signed_in_at: day(0), stage, told_at: told.map(day) };
            assert_eq!(one.next(12, day(now)), next, "{stage:?} on day {now}");
        }
        let one = Unused { signed_in_at: day(0), stage: Used, told_at: None };
        assert_eq!(one.lapses_at(Told, 12, day(335)), day(365));
        assert_eq!(one.lapses_at(Told, 12, day(800)), day(830));
        assert_eq!(first_told_before(day(335), 12), day(0));
    }

    #[test]
    fn stages_are_read_back() {
        for stage in Stage::ALL {
            assert_eq!(Stage::parse(stage.row()), Some(stage));
        }
    }
}
