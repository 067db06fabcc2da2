//! Who opens a café or shop and who locks it up: every week on a weekday, or on one date, which then counts alone. Not when it is open.

use chrono::NaiveDate;

use super::hours::weekday;
use super::ids::{FacilityId, OpeningDutyId, OrganisationId, PersonId};

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Task {
    Opens,
    Locks,
}

impl Task {
    pub const ALL: [Self; 2] = [Self::Opens, Self::Locks];

    pub fn code(self) -> &'static str {
        match self {
            Self::Opens => "opens",
            Self::Locks => "locks",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// "opens up", "locks up".
    pub fn words(self) -> &'static str {
        match self {
            Self::Opens => "opens up",
            Self::Locks => "locks up",
        }
    }

    /// As it is said to whoever does it.
    pub fn to_you(self) -> &'static str {
        match self {
            Self::Opens => "open up",
            Self::Locks => "lock up",
        }
    }
}

/// The day that a duty is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDay {
    /// Every week; 0 for Monday.
    Weekday(i32),
    Date(NaiveDate),
}

impl OnDay {
    pub fn has(self, date: NaiveDate) -> bool {
        match self {
            Self::Weekday(day) => day == weekday(date),
            Self::Date(one) => one == date,
        }
    }
}

/// Who does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keeper {
    Organisation(OrganisationId, String),
    Person(PersonId, String),
    /// By name, with an address or a number if it is known.
    Named(String, String),
    Nobody,
}

impl Keeper {
    /// The name; none where it is nobody.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Organisation(_, name) | Self::Person(_, name) | Self::Named(name, _) => Some(name),
            Self::Nobody => None,
        }
    }
}

/// Who does what on which day.
#[derive(Debug, Clone)]
pub struct OpeningDuty {
    pub id: OpeningDutyId,
    pub facility: FacilityId,
    pub task: Task,
    pub day: OnDay,
    pub keeper: Keeper,
}

/// Who does it on a date: whoever was put on that very date, or else on its weekday.
pub fn keeper_on(duties: &[OpeningDuty], facility: FacilityId, task: Task, date: NaiveDate) -> &Keeper {
    let own = |one: &&OpeningDuty| one.facility == facility && one.task == task && one.day.has(date);
    let exact = duties.iter().filter(own).find(|one| matches!(one.day, OnDay::Date(_)));
    exact.or_else(|| duties.iter().find(own)).map_or(&Keeper::Nobody, |one| &one.keeper)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_counts_before_its_weekday() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        let place = FacilityId::new(1);
        let duty =
            |row, task, day, keeper| OpeningDuty { id: OpeningDutyId::new(row), facility: place, task, day, keeper };
        let named = |name: &str| Keeper::Named(name.to_owned(), String::new());
        let all = [
            duty(1, Task::Opens, OnDay::Weekday(1), named("Ann")),
            duty(2, Task::Opens, OnDay::Date(date("2026-12-01")), Keeper::Nobody),
            duty(3, Task::Locks, OnDay::Date(date("2026-12-02")), named("Bob")),
        ];
        for (on, task, who) in [
            ("2026-11-24", Task::Opens, Some("Ann")),
            ("2026-12-01", Task::Opens, None),
            ("2026-11-24", Task::Locks, None),
            ("2026-12-02", Task::Locks, Some("Bob")),
        ] {
            assert_eq!(keeper_on(&all, place, task, date(on)).name(), who, "{on} {task:?}");
        }
        assert_eq!(keeper_on(&all, FacilityId::new(2), Task::Opens, date("2026-11-24")).name(), None);
    }
}
