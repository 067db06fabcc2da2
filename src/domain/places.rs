//! Sites, facilities and units as the rest of the program sees them. Not their hours, and not who may see them.

use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::bank_holidays::Nation;
use super::care::Care;
use super::extras::Extra;
use super::ids::{FacilityId, SiteId, Slug, TermsId, UnitId};
use super::kinds::{Kind, Need};
use super::named::{self, NamedSession};
use super::rates::Rate;
use super::rules::{Privacy, Rules};
use super::safety::Safety;
use super::span::Span;
use super::statement::Charging;
use super::words::listed;

/// Words that stand where a site's slug stands in a path.
pub const SITE_WORDS: [&str; 1] = ["new"];

/// Words that stand where a facility's slug stands in a path.
pub const FACILITY_WORDS: [&str; 26] = [
    "new",
    "hours",
    "sessions",
    "staff",
    "closures",
    "notices",
    "facilities",
    "schedule",
    "waiting",
    "reception",
    "closing",
    "extras",
    "evacuation",
    "keys",
    "jobs",
    "rates",
    "attendance",
    "care",
    "doors",
    "drop-ins",
    "faults",
    "history",
    "reports",
    "reports.csv",
    "terms",
    "to-read",
];

/// A building or grounds with its own time zone, opening hours and staff.
#[derive(Debug, Clone)]
pub struct Site {
    pub id: SiteId,
    pub slug: Slug,
    pub name: String,
    pub street: String,
    pub town: String,
    pub postcode: String,
    pub phone: String,
    pub about: String,
    /// How to get in, for people who have a booking.
    pub arrival: String,
    pub zone: Tz,
    /// Latitude and longitude in degrees, WGS 84.
    pub position: Option<(f64, f64)>,
    /// Whose bank holidays it keeps.
    pub nation: Nation,
    pub step_free: bool,
    /// The sessions that some of its spaces are booked in, in their order; none until a manager names some.
    pub sessions: Arc<[NamedSession]>,
    /// Whom to ring and where the alarm is; it stands for the rooms for private sessions that say nothing else.
    pub safety: Safety,
    /// What it charges although nobody was there.
    pub charging: Charging,
    /// Rises with every change that a public page could show.
    pub change_number: i64,
}

impl Site {
    /// Kilometres to another site as the crow flies; none where either position is unknown.
    pub fn distance_km(&self, other: &Self) -> Option<f64> {
        let ((lat, lon), (lat2, lon2)) = (self.position?, other.position?);
        // Near enough on the scale of a walk or a bus ride.
        let east = (lon2 - lon).to_radians() * ((lat + lat2) / 2.0).to_radians().cos();
        let north = (lat2 - lat).to_radians();
        Some(6_371.0 * east.hypot(north))
    }

    /// "Hunter Street, London WC1N 1AA".
    pub fn address(&self) -> String {
        format!("{}, {} {}", self.street, self.town, self.postcode)
    }
}

/// How the units of a facility are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitChoice {
    /// All of them at once: a room, or a hall with both its halves.
    Whole,
    /// Any number of them, or some by name: benches of a kitchen.
    Any,
}

impl UnitChoice {
    pub fn code(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Any => "any",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        [Self::Whole, Self::Any].into_iter().find(|one| one.code() == code)
    }
}

/// The smallest thing that one party occupies at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub id: UnitId,
    pub name: String,
}

/// Something at a site that can be booked.
#[derive(Debug, Clone)]
pub struct Facility {
    pub id: FacilityId,
    pub site: SiteId,
    pub slug: Slug,
    pub name: String,
    pub kind: Kind,
    pub room: String,
    pub floor: String,
    pub about: String,
    pub arrival: String,
    pub needs: Vec<Need>,
    pub choice: UnitChoice,
    /// Unlisted facilities stand on no public page.
    pub listed: bool,
    /// No booking on or after this date at the site.
    pub retired_from: Option<NaiveDate>,
    /// Where to go instead when the weather is against it: another facility of the site.
    pub fallback: Option<FacilityId>,
    /// The terms that hold here now: its own, or its site's.
    pub terms: Option<TermsId>,
    pub rules: Rules,
    /// What it asks of those who use it, beyond times and people.
    pub care: Arc<Care>,
    /// The site's sessions, where it is booked in those; empty where it is booked by the hour.
    pub sessions: Arc<[NamedSession]>,
    /// In the order in which "any" takes them.
    pub units: Vec<Unit>,
    /// The units of all facilities of its kind at its site, where it keeps arrivals apart; otherwise empty.
    pub neighbours: Arc<[UnitId]>,
    /// The extras of its site that may be asked for with it; their items are no units of its own.
    pub extras: Vec<Extra>,
    /// Its own; pages show what [`Facility::safety_at`] makes of it.
    pub safety: Safety,
    /// What it costs whom from when.
    pub rates: Arc<[Rate]>,
}

impl Facility {
    /// "Room 3.1, third floor", as far as it is known.
    pub fn place(&self) -> String {
        let room = if self.room.is_empty() { String::new() } else { format!("Room {}", self.room) };
        match (room.is_empty(), self.floor.is_empty()) {
            (false, false) => format!("{room}, {}", lower_first(&self.floor)),
            (false, true) => room,
            (true, _) => self.floor.clone(),
        }
    }

    /// Whether people come to it for something that is nobody else's business.
    pub fn is_private(&self) -> bool {
        self.kind == Kind::Counselling || self.rules.privacy == Privacy::Confidential
    }

    /// Whether it stands in the building, so that somebody in it is somebody in the building.
    pub fn is_indoors(&self) -> bool {
        !matches!(self.kind, Kind::Outdoor | Kind::Allotment) && !self.rules.daylight
    }

    /// Whom to ring and where the alarm is: its own words, and those of the site where it has none and is private.
    pub fn safety_at(&self, site: &Site) -> Safety {
        if self.is_private() { self.safety.or(&site.safety) } else { self.safety.clone() }
    }

    /// Whether it is booked in the site's named sessions; where the site has none, it is booked by the hour.
    pub fn by_session(&self) -> bool {
        !self.sessions.is_empty()
    }

    /// The named session that a time is; none where it is booked by the hour, or the time is no session.
    pub fn session_of(&self, zone: Tz, time: Span) -> Option<&NamedSession> {
        named::which(&self.sessions, zone, time)
    }

    /// Its rules as label and plain words, with the sessions by name.
    pub fn rules_in_words(&self) -> Vec<(&'static str, String)> {
        let mut rows = self.rules.in_words(&self.sessions);
        rows.extend(self.care.in_words());
        rows
    }

    /// The lengths of a session that can be asked for, in minutes, shortest first.
    pub fn lengths(&self) -> Vec<i32> {
        if !self.care.lengths.is_empty() {
            return self.care.lengths.clone();
        }
        let (shortest, longest) = self.rules.session_lengths();
        (shortest..=longest).step_by(usize::try_from(self.rules.step_minutes).unwrap_or(30).max(5)).collect()
    }

    /// Which of its units, in words: "Lower bench", or that it is all of them; empty where naming them says no more than its name.
    pub fn which(&self, ids: &[UnitId]) -> String {
        let names = self.unit_names(ids);
        if 1 < names.len() && names.len() == self.units.len() {
            return format!("The whole of it: {}", listed(&names));
        }
        listed(&names)
    }

    /// "2", or for all of its units "4, the whole of it".
    pub fn so_many(&self, number: usize) -> String {
        if number == self.units.len() { format!("{number}, the whole of it") } else { number.to_string() }
    }

    pub fn unit_ids(&self) -> Vec<UnitId> {
        self.units.iter().map(|unit| unit.id).collect()
    }

    /// The units that a judgement looks at: its own, and those whose arrivals it keeps apart from its own.
    pub fn units_to_look_at(&self) -> Vec<UnitId> {
        let mut units = self.unit_ids();
        units.extend(self.neighbours.iter().filter(|unit| self.units.iter().all(|own| own.id != **unit)));
        units
    }

    /// The items of all extras that may be asked for with it.
    pub fn extra_units(&self) -> impl Iterator<Item = UnitId> {
        self.extras.iter().flat_map(|extra| &extra.items).map(|item| item.unit)
    }

    /// The names of some of its units, in its order, where naming them says more than the facility's own name.
    pub fn unit_names(&self, ids: &[UnitId]) -> Vec<String> {
        if self.units.len() < 2 || self.choice == UnitChoice::Whole {
            return Vec::new();
        }
        self.units.iter().filter(|unit| ids.contains(&unit.id)).map(|unit| unit.name.clone()).collect()
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
