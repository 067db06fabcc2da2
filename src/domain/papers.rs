//! Papers of an organisation: their kinds, what a facility asks for, and what is missing on a date. Not where they are kept, and not who accepts them.

use chrono::{Days, NaiveDate};

use super::words::{listed, long_date};

/// What sort of paper. A certificate of a criminal record check is none of them, and is never asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaperKind {
    Liability,
    FoodHygiene,
    FoodRegistration,
    Safeguarding,
    RiskAssessment,
    Membership,
    /// A dated statement that so many people have been checked, without any certificate or name.
    ChecksStatement,
}

impl PaperKind {
    pub const ALL: [Self; 7] = [
        Self::Liability,
        Self::FoodHygiene,
        Self::FoodRegistration,
        Self::Safeguarding,
        Self::RiskAssessment,
        Self::Membership,
        Self::ChecksStatement,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Liability => "liability",
            Self::FoodHygiene => "hygiene",
            Self::FoodRegistration => "registration",
            Self::Safeguarding => "safeguarding",
            Self::RiskAssessment => "risk",
            Self::Membership => "membership",
            Self::ChecksStatement => "checks",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Liability => "Public liability insurance",
            Self::FoodHygiene => "Food hygiene evidence",
            Self::FoodRegistration => "Food registration",
            Self::Safeguarding => "Safeguarding policy",
            Self::RiskAssessment => "Risk assessment",
            Self::Membership => "Professional membership",
            Self::ChecksStatement => "Statement of DBS checks",
        }
    }

    /// As [`PaperKind::words`], inside a sentence.
    pub fn in_sentence(self) -> String {
        match self {
            Self::ChecksStatement => "statement of DBS checks".to_owned(),
            other => other.words().to_lowercase(),
        }
    }

    /// What belongs in it, for whoever adds one.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Liability => "The schedule of your insurance, with insurer, amount and dates.",
            Self::FoodHygiene => "Your food hygiene rating or your team’s training record.",
            Self::FoodRegistration => "The council’s confirmation that you are registered as a food business.",
            Self::Safeguarding => "Your current policy, with the date of its review.",
            Self::RiskAssessment => "The date on which it was confirmed is enough. The file is optional.",
            Self::Membership => "The body, and the number that it can be looked up by.",
            Self::ChecksStatement => {
                "How many people are checked, and the date. Never a certificate, a name or a result."
            }
        }
    }

    /// Whether the paper itself has to be added; the others are a dated statement.
    pub fn needs_file(self) -> bool {
        !matches!(self, Self::RiskAssessment | Self::ChecksStatement)
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct PaperSet(u8);

impl PaperSet {
    pub const NONE: Self = Self(0);

    pub fn of(kinds: impl IntoIterator<Item = PaperKind>) -> Self {
        Self(kinds.into_iter().fold(0, |set, kind| set | kind.bit()))
    }

    pub fn has(self, kind: PaperKind) -> bool {
        self.0 & kind.bit() != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What is in this one and not in the other.
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn iter(self) -> impl Iterator<Item = PaperKind> {
        PaperKind::ALL.into_iter().filter(move |kind| self.has(*kind))
    }

    /// The codes apart by spaces.
    pub fn stored(self) -> String {
        self.iter().map(PaperKind::code).collect::<Vec<_>>().join(" ")
    }

    /// `None` for a code that is none.
    pub fn parse(stored: &str) -> Option<Self> {
        stored.split_whitespace().map(PaperKind::parse).collect::<Option<Vec<_>>>().map(Self::of)
    }

    /// "food hygiene evidence and food registration".
    pub fn words(self) -> String {
        listed(&self.iter().map(PaperKind::in_sentence).collect::<Vec<_>>())
    }
}

/// What a facility asks for before a booking is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Required {
    pub kinds: PaperSet,
    /// The least amount insured, in whole pounds; 0 where any will do.
    pub least_pounds: i32,
}

impl Required {
    pub const NOTHING: Self = Self { kinds: PaperSet::NONE, least_pounds: 0 };

    pub fn of(kinds: impl IntoIterator<Item = PaperKind>) -> Self {
        Self { kinds: PaperSet::of(kinds), least_pounds: 0 }
    }

    /// "liability=5000000 hygiene".
    pub fn stored(self) -> String {
        let code = |kind: PaperKind| match kind {
            PaperKind::Liability if 0 < self.least_pounds => format!("{}={}", kind.code(), self.least_pounds),
            _ => kind.code().to_owned(),
        };
        self.kinds.iter().map(code).collect::<Vec<_>>().join(" ")
    }

    pub fn parse(stored: &str) -> Option<Self> {
        let mut required = Self::NOTHING;
        for part in stored.split_whitespace() {
            let (code, pounds) = part.split_once('=').unwrap_or((part, "0"));
            let kind = PaperKind::parse(code)?;
            required.kinds = required.kinds.and(PaperSet::of([kind]));
            if kind == PaperKind::Liability {
                required.least_pounds = pounds.parse().ok().filter(|pounds| 0 <= *pounds)?;
            }
        }
        Some(required)
    }

    /// One kind in plain words: "Public liability insurance of £5,000,000 or more".
    pub fn kind_in_words(self, kind: PaperKind) -> String {
        match kind {
            PaperKind::Liability if 0 < self.least_pounds => {
                format!("{} of {} or more", kind.words(), pounds(self.least_pounds))
            }
            _ => kind.words().to_owned(),
        }
    }

    /// All of it in one sentence; `None` where nothing is asked for.
    pub fn in_words(self) -> Option<String> {
        let mut kinds = self.kinds.iter();
        let first = self.kind_in_words(kinds.next()?);
        let rest = kinds.map(PaperKind::in_sentence);
        Some(listed(&std::iter::once(first).chain(rest).collect::<Vec<_>>()))
    }
}

/// "£5,000,000".
pub fn pounds(amount: i32) -> String {
    let digits = amount.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if 0 < place && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("£{grouped}")
}

/// A paper as far as judging goes. Only accepted ones count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paper {
    pub kind: PaperKind,
    pub pounds: Option<i32>,
    pub from: NaiveDate,
    /// The last day on which it is good; none where it does not run out.
    pub until: Option<NaiveDate>,
}

impl Paper {
    pub fn covers(&self, date: NaiveDate) -> bool {
        self.from <= date && self.until.is_none_or(|until| date <= until)
    }

    fn serves(&self, required: Required) -> bool {
        self.kind != PaperKind::Liability || required.least_pounds <= self.pounds.unwrap_or_default()
    }
}

/// What is missing for one date, and whether it is only that papers which are good today run out before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Missing {
    pub kinds: PaperSet,
    /// All of them are good today, so there is time to renew them and nothing lapses by itself.
    pub only_runs_out: bool,
}

/// What of the required is missing on a date, from what has been accepted.
pub fn missing(required: Required, accepted: &[Paper], date: NaiveDate, today: NaiveDate) -> Missing {
    let lacks = |on: NaiveDate| {
        let covered = |kind: PaperKind| {
            accepted.iter().any(|paper| paper.kind == kind && paper.serves(required) && paper.covers(on))
        };
        PaperSet::of(required.kinds.iter().filter(|kind| !covered(*kind)))
    };
    let kinds = lacks(date);
    let only_runs_out = !kinds.is_empty() && kinds.iter().all(|kind| !lacks(today).has(kind));
    Missing { kinds, only_runs_out }
}

/// So many days before a paper runs out its people are told.
pub const TOLD_BEFORE: [u64; 3] = [60, 30, 7];

/// What is said on a day about a paper that runs out: so many days are left, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Left(u64),
    Over,
}

/// What is due to be said by `today`: the latest word whose day has come. `None` while it is too early.
pub fn due_word(until: NaiveDate, today: NaiveDate) -> Option<Word> {
    if until < today {
        return Some(Word::Over);
    }
    let come =
        TOLD_BEFORE.into_iter().filter(|days| until.checked_sub_days(Days::new(*days)).is_some_and(|day| day <= today));
    come.min().map(Word::Left)
}

/// The day on which there is something new to say; `None` once it is over.
pub fn next_look(until: NaiveDate, today: NaiveDate) -> Option<NaiveDate> {
    let after = TOLD_BEFORE.into_iter().filter_map(|days| until.checked_sub_days(Days::new(days)));
    let over = until.checked_add_days(Days::new(1));
    after.chain(over).filter(|day| today < *day).min()
}

/// Where a paper stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperStanding {
    /// Nobody has looked at it yet.
    Awaiting,
    Accepted,
    /// Sent back, with a reason.
    Returned,
    /// Taken back by its own people before anybody accepted it.
    Withdrawn,
}

impl PaperStanding {
    pub const ALL: [Self; 4] = [Self::Awaiting, Self::Accepted, Self::Returned, Self::Withdrawn];

    pub fn code(self) -> &'static str {
        match self {
            Self::Awaiting => "awaiting",
            Self::Accepted => "accepted",
            Self::Returned => "returned",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// How a paper is shown: its standing, and for an accepted one whether it is still good.
pub fn shown(standing: PaperStanding, until: Option<NaiveDate>, today: NaiveDate) -> (&'static str, String) {
    match (standing, until) {
        (PaperStanding::Awaiting, _) => ("requested", "Waits to be looked at".to_owned()),
        (PaperStanding::Returned, _) => ("declined", "Sent back".to_owned()),
        (PaperStanding::Withdrawn, _) => ("cancelled", "Taken back".to_owned()),
        (PaperStanding::Accepted, Some(until)) if until < today => ("declined", "Ran out".to_owned()),
        (PaperStanding::Accepted, Some(until)) if due_word(until, today).is_some() => {
            ("requested", format!("Accepted, runs out on {}", long_date(until)))
        }
        (PaperStanding::Accepted, _) => ("confirmed", "Accepted".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn paper(kind: PaperKind, pounds: Option<i32>, until: Option<&str>) -> Paper {
        Paper { kind, pounds, from: day("2026-01-01"), until: until.map(day) }
    }

    #[test]
    fn a_date_is_covered_on_the_last_day_and_not_after() {
        let required = Required::of([PaperKind::FoodHygiene]);
        let held = [paper(PaperKind::FoodHygiene, None, Some("2026-12-31"))];
        let today = day("2026-11-23");
        for (date, lacks, runs_out) in
            [("2026-12-31", false, false), ("2027-01-01", true, true), ("2025-12-31", true, true)]
        {
            let found = missing(required, &held, day(date), today);
            assert_eq!((!found.kinds.is_empty(), found.only_runs_out), (lacks, runs_out), "{date}");
        }
        let none = missing(required, &[], day("2026-12-01"), today);
        assert_eq!(none, Missing { kinds: PaperSet::of([PaperKind::FoodHygiene]), only_runs_out: false });
        assert!(missing(Required::NOTHING, &[], today, today).kinds.is_empty());
    }

    #[test]
    fn too_small_an_insurance_is_none() {
        let required = Required { least_pounds: 5_000_000, ..Required::of([PaperKind::Liability]) };
        let today = day("2026-11-23");
        for (amount, lacks) in [(Some(4_999_999), true), (Some(5_000_000), false), (None, true)] {
            let held = [paper(PaperKind::Liability, amount, None)];
            assert_eq!(!missing(required, &held, today, today).kinds.is_empty(), lacks, "{amount:?}");
        }
    }

    #[test]
    fn what_is_stored_is_read_back() {
        let required =
            Required { least_pounds: 2_000_000, ..Required::of([PaperKind::Liability, PaperKind::FoodRegistration]) };
        assert_eq!(required.stored(), "liability=2000000 registration");
        for one in [required, Required::NOTHING, Required::of(PaperKind::ALL)] {
            assert_eq!(Required::parse(&one.stored()), Some(one));
            assert_eq!(PaperSet::parse(&one.kinds.stored()), Some(one.kinds));
        }
        assert_eq!(Required::parse("liability=-1"), None);
        assert_eq!(PaperSet::parse("certificate"), None);
    }

    #[test]
    fn words_say_what_is_asked_for() {
        let required =
            Required { least_pounds: 5_000_000, ..Required::of([PaperKind::Liability, PaperKind::FoodHygiene]) };
        let words = "Public liability insurance of £5,000,000 or more and food hygiene evidence";
        assert_eq!(required.in_words().as_deref(), Some(words));
        assert_eq!((Required::NOTHING.in_words(), pounds(999)), (None, "£999".to_owned()));
    }

    #[test]
    fn people_are_told_at_60_30_and_7_days_and_when_it_is_over() {
        let until = day("2027-03-01");
        for (today, word, next) in [
            ("2026-12-30", None, Some("2026-12-31")),
            ("2026-12-31", Some(Word::Left(60)), Some("2027-01-30")),
            ("2027-02-10", Some(Word::Left(30)), Some("2027-02-22")),
            ("2027-02-22", Some(Word::Left(7)), Some("2027-03-02")),
            ("2027-03-01", Some(Word::Left(7)), Some("2027-03-02")),
            ("2027-03-02", Some(Word::Over), None),
        ] {
            assert_eq!((due_word(until, day(today)), next_look(until, day(today))), (word, next.map(day)), "{today}");
        }
    }
}
