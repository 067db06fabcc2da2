//! What reports count: spaces with who funds them, who had them, and how often and how long. Not how pages show it, and not how it is read.

pub mod hidden;
pub mod open;
pub mod period;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::availability::Wanted;
use super::ids::{FacilityId, SiteId, Slug, UnitId};
use super::kinds::Kind;
use super::places::UnitChoice;
use super::season::Season;
use super::statement::Charging;

/// A site as reports need it.
#[derive(Debug, Clone)]
pub struct Home {
    pub id: SiteId,
    pub slug: Slug,
    pub name: String,
    pub zone: Tz,
    /// Latitude and longitude in degrees, WGS 84.
    pub position: Option<(f64, f64)>,
    pub charging: Charging,
}

/// A part of a space that one party has at a time, and from when on it is retired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub unit: UnitId,
    pub retired_from: Option<NaiveDate>,
}

/// A space as reports need it.
#[derive(Debug, Clone)]
pub struct Place {
    pub id: FacilityId,
    pub slug: Slug,
    pub name: String,
    pub kind: Kind,
    pub home: Home,
    /// Its own, or its site's; empty where nobody said.
    pub funder: String,
    pub choice: UnitChoice,
    pub parts: Vec<Part>,
    /// None where it was always there.
    pub in_use_from: Option<NaiveDate>,
    pub retired_from: Option<NaiveDate>,
    pub season: Option<Season>,
    pub daylight: bool,
}

impl Place {
    /// How many places one booking of it takes: a room is one however it is made up; benches count one by one.
    pub fn places(&self, wanted: &Wanted) -> i64 {
        let number = match (self.choice, wanted) {
            (UnitChoice::Whole, _) => 1,
            (UnitChoice::Any, Wanted::Whole) => self.parts.len(),
            (UnitChoice::Any, Wanted::Any(number)) => *number,
            (UnitChoice::Any, Wanted::These(units)) => units.len(),
        };
        i64::try_from(number).unwrap_or_default().max(1)
    }

    /// Whether it can be booked by the time of day, so that it has hours to offer.
    pub fn has_hours(&self) -> bool {
        self.kind.entry().by_the_hour
    }

    fn has_part(&self, unit: UnitId) -> bool {
        self.parts.iter().any(|part| part.unit == unit)
    }

    /// Whether it is a hall that can also be had in parts: each of them belongs to a smaller space as well. Its hours are then those of
    /// its parts, and sums count them once.
    pub fn is_of_parts(&self, all: &[Place]) -> bool {
        let smaller = |unit| all.iter().any(|one| one.parts.len() < self.parts.len() && one.has_part(unit));
        self.choice == UnitChoice::Whole && 1 < self.parts.len() && self.parts.iter().all(|part| smaller(part.unit))
    }

    /// How many parts it shares with another space.
    pub fn shared_with(&self, other: &Place) -> i64 {
        if self.home.id != other.home.id {
            return 0;
        }
        let shared = self.parts.iter().filter(|part| other.has_part(part.unit)).count();
        i64::try_from(shared).unwrap_or_default()
    }
}

/// Who had something. Private persons are one row together, so that nobody is named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    Organisation(Slug, String),
    Persons,
    Site,
}

impl Who {
    pub fn words(&self) -> &str {
        match self {
            Self::Organisation(_, name) => name,
            Self::Persons => "People without an organisation",
            Self::Site => "The site itself",
        }
    }
}

/// Sessions with their minutes, set-up and turnaround left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amount {
    pub sessions: i64,
    pub minutes: i64,
}

impl Amount {
    fn and(self, other: Self) -> Self {
        Self { sessions: self.sessions + other.sessions, minutes: self.minutes + other.minutes }
    }

    /// So many times the minutes, for a booking of several places.
    #[must_use]
    pub fn times(self, places: i64) -> Self {
        Self { minutes: self.minutes * places, ..self }
    }
}

/// How what was booked went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Use {
    /// Confirmed, whether it was held or is to come.
    pub booked: Amount,
    /// Of that: over, and nobody noted that it was not used.
    pub used: Amount,
    /// Of what was booked: noted as not used, by the site or by its own people.
    pub absent: Amount,
    /// Cancelled within the late-cancel window; it is in no other sum.
    pub late: Amount,
}

impl Use {
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            booked: self.booked.and(other.booked),
            used: self.used.and(other.used),
            absent: self.absent.and(other.absent),
            late: self.late.and(other.late),
        }
    }

    #[must_use]
    pub fn times(self, places: i64) -> Self {
        Self {
            booked: self.booked.times(places),
            used: self.used.times(places),
            absent: self.absent.times(places),
            late: self.late.times(places),
        }
    }
}

/// How people came, in counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct People {
    /// Dates of which somebody recorded how they went.
    pub dates: i64,
    /// Those of them that were confidential.
    pub confidential: i64,
    pub people: i64,
    pub new_people: i64,
    pub gp: i64,
    pub link_worker: i64,
    pub own: i64,
    pub other: i64,
}

impl People {
    #[must_use]
    pub fn and(self, more: Self) -> Self {
        Self {
            dates: self.dates + more.dates,
            confidential: self.confidential + more.confidential,
            people: self.people + more.people,
            new_people: self.new_people + more.new_people,
            gp: self.gp + more.gp,
            link_worker: self.link_worker + more.link_worker,
            own: self.own + more.own,
            other: self.other + more.other,
        }
    }

    /// Those who did not say how they heard of it.
    pub fn silent(&self) -> i64 {
        self.people - self.gp - self.link_worker - self.own - self.other
    }

    /// Whether a private session could be told from these figures, because they are of so few.
    pub fn is_telling(&self) -> bool {
        0 < self.confidential && self.dates < hidden::LEAST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(choice: UnitChoice, units: &[i64]) -> Place {
        let part = |unit: &i64| Part { unit: UnitId::new(*unit), retired_from: None };
        Place {
            id: FacilityId::new(units.len().try_into().unwrap()),
            slug: Slug::parse("room").unwrap(),
            name: "Room".to_owned(),
            kind: Kind::Group,
            home: Home {
                id: SiteId::new(1),
                slug: Slug::parse("site").unwrap(),
                name: "Site".to_owned(),
                zone: chrono_tz::Europe::London,
                position: None,
                charging: Charging::USUAL,
            },
            funder: String::new(),
            choice,
            parts: units.iter().map(part).collect(),
            in_use_from: None,
            retired_from: None,
            season: None,
            daylight: false,
        }
    }

    #[test]
    fn a_room_is_one_place_and_benches_count_one_by_one() {
        let these = Wanted::These(vec![UnitId::new(1), UnitId::new(3)]);
        for (choice, wanted, places) in [
            (UnitChoice::Whole, &Wanted::Whole, 1),
            (UnitChoice::Any, &Wanted::Whole, 3),
            (UnitChoice::Any, &Wanted::Any(2), 2),
            (UnitChoice::Any, &these, 2),
        ] {
            assert_eq!(place(choice, &[1, 2, 3]).places(wanted), places, "{choice:?} {wanted:?}");
        }
    }

    #[test]
    fn a_hall_is_of_parts_only_where_all_of_them_can_be_had_by_themselves() {
        let [hall, left, right] = [[1, 2].as_slice(), &[1], &[2]].map(|units| place(UnitChoice::Whole, units));
        let all = [hall.clone(), left.clone(), right.clone()];
        assert!(hall.is_of_parts(&all) && !left.is_of_parts(&all));
        assert!(!hall.is_of_parts(&[hall.clone(), left.clone()]));
        assert_eq!((hall.shared_with(&left), left.shared_with(&right)), (1, 0));
    }

    #[test]
    fn few_confidential_dates_are_telling() {
        for (dates, confidential, telling) in [(4, 1, true), (5, 1, false), (4, 0, false), (0, 0, false)] {
            assert_eq!(People { dates, confidential, ..People::default() }.is_telling(), telling);
        }
        let some = People { people: 9, gp: 2, own: 3, ..People::default() };
        assert_eq!((some.silent(), some.and(some).people), (4, 18));
    }
}
