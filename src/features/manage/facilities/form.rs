//! The forms about a space as they were sent, read into words or faults. Raw text stops here.

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use super::service::{FacilityWords, Funding, NewFacility};
use crate::domain::ids::Slug;
use crate::domain::kinds::{KINDS, Kind, Need};
use crate::domain::places::{Facility, UnitChoice};
use crate::domain::text;
use crate::web::forms::{Choice, Faults};

/// A space is made of so many units at most.
const MOST_UNITS: usize = 60;

/// The fields of a new space, and those of one that is there; what a page does not show is not sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FacilityForm {
    pub name: String,
    pub kind: String,
    pub room: String,
    pub floor: String,
    pub about: String,
    pub arrival: String,
    pub need: Vec<String>,
    pub capacity: String,
    pub units: String,
    pub shares: String,
    pub choice: String,
    pub listed: String,
    /// Where to go in bad weather, by slug.
    pub fallback: String,
    pub duty_contact: String,
    pub duty_phone: String,
    pub alarm_place: String,
    pub retired_from: String,
    pub funder: String,
    pub in_use_from: String,
    /// "save", "retire", "back" or "funding".
    pub step: String,
}

impl FacilityForm {
    /// An empty form for a new space.
    pub fn empty() -> Self {
        Self { choice: UnitChoice::Whole.code().to_owned(), listed: "yes".to_owned(), ..Self::default() }
    }

    /// The form of a space as it stands.
    pub fn of(facility: &Facility) -> Self {
        Self {
            name: facility.name.clone(),
            room: facility.room.clone(),
            floor: facility.floor.clone(),
            about: facility.about.clone(),
            arrival: facility.arrival.clone(),
            need: facility.needs.iter().map(|need| need.code().to_owned()).collect(),
            duty_contact: facility.safety.contact.clone(),
            duty_phone: facility.safety.phone.clone(),
            alarm_place: facility.safety.alarm.clone(),
            listed: if facility.listed { "yes".to_owned() } else { String::new() },
            ..Self::default()
        }
    }

    pub fn is_listed(&self) -> bool {
        self.listed == "yes"
    }

    pub fn shares(&self) -> bool {
        self.shares == "yes"
    }

    pub fn takes_any(&self) -> bool {
        self.choice == UnitChoice::Any.code()
    }

    pub fn needs(&self) -> Vec<Choice> {
        Need::all()
            .map(|need| Choice::new(need.code(), need.label(), self.need.iter().any(|code| code == need.code())))
            .collect()
    }

    pub fn kinds(&self) -> Vec<Choice> {
        let choose = Choice::new("", "Choose", self.kind.is_empty());
        let kinds = KINDS.iter().map(|entry| Choice::new(entry.code, entry.name, entry.code == self.kind));
        std::iter::once(choose).chain(kinds).collect()
    }

    /// Reads the words of a space that is there.
    pub fn words(&self) -> Result<FacilityWords, Faults> {
        let mut faults = Faults::none();
        let words = self.read_words(&mut faults);
        words.filter(|_| faults.is_empty()).ok_or(faults)
    }

    /// Reads what reports go by.
    pub fn funding(&self) -> Result<Funding, Faults> {
        let mut faults = Faults::none();
        let funder = faults.optional_line("funder", &self.funder, 80);
        let typed = self.in_use_from.trim();
        let date: Option<NaiveDate> = typed.parse().ok().filter(|date: &NaiveDate| (2000..2200).contains(&date.year()));
        if date.is_none() && !typed.is_empty() {
            faults.add("in_use_from", "Enter the first day as a date, or leave it empty");
        }
        if faults.is_empty() { Ok(Funding { funder, in_use_from: date }) } else { Err(faults) }
    }

    fn read_words(&self, faults: &mut Faults) -> Option<FacilityWords> {
        let name = faults.line("name", &self.name, "the name of the space", 80);
        let slug = Slug::from_name(&name);
        if slug.is_none() {
            faults.add("name", "Enter a name with letters from A to Z or digits, for the space’s address");
        }
        Some(FacilityWords {
            slug: slug?,
            name,
            room: faults.optional_line("room", &self.room, 20),
            floor: faults.optional_line("floor", &self.floor, 40),
            about: faults.paragraphs("about", &self.about, 1_000),
            arrival: faults.paragraphs("arrival", &self.arrival, 1_000),
            needs: self.need.iter().filter_map(|code| Need::parse(code)).collect(),
            listed: self.is_listed(),
            fallback: Slug::parse(&self.fallback),
            safety: faults.safety(&self.duty_contact, &self.duty_phone, &self.alarm_place),
        })
    }

    /// Reads a new space.
    pub fn parse(&self) -> Result<NewFacility, Faults> {
        let mut faults = Faults::none();
        let words = self.read_words(&mut faults);
        let kind = Kind::parse(&self.kind);
        if kind.is_none() {
            faults.add("kind", "Choose what sort of space it is");
        }
        let capacity = faults.number("capacity", &self.capacity, "how many people it takes", (1, 10_000));
        let units = self.read_units(&mut faults);
        let choice = UnitChoice::parse(&self.choice);
        if choice.is_none() {
            faults.add("choice", "Choose how it is booked");
        }
        match (words, kind, choice) {
            (Some(words), Some(kind), Some(choice)) if faults.is_empty() => {
                Ok(NewFacility { words, kind, capacity, units, shares: self.shares(), choice })
            }
            _ => Err(faults),
        }
    }

    fn read_units(&self, faults: &mut Faults) -> Vec<String> {
        let typed = faults.paragraphs("units", &self.units, 4_000);
        let mut units: Vec<String> = Vec::new();
        for line in typed.lines().filter(|line| !line.trim().is_empty()) {
            match text::required_line(line, 60) {
                Ok(name) if units.contains(&name) => {
                    faults.add("units", format!("Name each part once: “{name}” stands there twice"));
                }
                Ok(name) => units.push(name),
                Err(fault) => faults.add("units", fault.words("a name on each line")),
            }
        }
        if MOST_UNITS < units.len() {
            faults.add("units", format!("Enter {MOST_UNITS} parts or fewer"));
        }
        units
    }
}
