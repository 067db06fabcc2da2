//! Each rule by a word, for counting how often it refuses. Not the words for the person.

use super::Refusal;

impl Refusal {
    /// The rule behind it. Holds nothing of whom it refused and when.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InThePast => "in_the_past",
            Self::Closed { .. } => "closed",
            Self::Dark { .. } => "dark",
            Self::OutOfSeason { .. } => "out_of_season",
            Self::Blocked { .. } => "blocked",
            Self::NotFree { .. } => "not_free",
            Self::Arrival => "arrival",
            Self::TooFewUnits { .. } => "too_few_units",
            Self::NoSuchUnits => "no_such_units",
            Self::NotASession { .. } => "not_a_session",
            Self::WrongStart { .. } => "wrong_start",
            Self::WrongLength { .. } => "wrong_length",
            Self::TooShort { .. } => "too_short",
            Self::TooLong { .. } => "too_long",
            Self::TooSoon { .. } => "too_soon",
            Self::NoTimeToDecide => "no_time_to_decide",
            Self::NoTimeForPapers { .. } => "no_time_for_papers",
            Self::TooFarAhead { .. } => "too_far_ahead",
            Self::TooManyPeople { .. } => "too_many_people",
            Self::WeekOfBookingsFull { .. } => "week_of_bookings_full",
            Self::WeekOfHoursFull { .. } => "week_of_hours_full",
            Self::Retired { .. } => "retired",
            Self::NoSuchTime => "no_such_time",
            Self::NotALength { .. } => "not_a_length",
            Self::KeptApart { .. } => "kept_apart",
            Self::NoInduction => "no_induction",
            Self::ExtraTaken { .. } => "extra_taken",
            Self::TooFewExtras { .. } => "too_few_extras",
            Self::ExtrasFirst => "extras_first",
            Self::NotForClass { .. } => "not_for_class",
            Self::NotForServices { .. } => "not_for_services",
        }
    }
}
