//! The form that closes for a time as it was sent, read into a wish or faults. Raw text stops here.

use serde::Deserialize;

use super::service::{ClosuresView, Wanted};
use crate::domain::fault::Fault;
use crate::domain::hours::local_time;
use crate::domain::ids::{Reference, Slug, UnitId};
use crate::domain::places::Site;
use crate::domain::span::Instant;
use crate::web::forms::{Choice, Faults, clock_value};
use crate::web::repeat::Repeating;
use crate::web::when::{When, next_hour};

/// Until then a space is closed for a fault, if nothing else is said: 11pm.
const LAST_MINUTE: i32 = 23 * 60;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CloseForm {
    /// "site" for all of it, "some" for the ticked facilities.
    pub scope: String,
    pub facility: Vec<String>,
    pub from_date: String,
    pub from_time: String,
    pub to_date: String,
    pub to_time: String,
    pub repeat: String,
    pub every: String,
    pub on: Vec<String>,
    pub ends: String,
    pub times: String,
    pub until: String,
    /// "leave" to leave out bank holidays and the site's own dates.
    pub holidays: String,
    pub reason: String,
    /// The ticked dates of a repeating closure, by their place in the list.
    pub date: Vec<String>,
    /// Dates of bookings that were shown to be in the way.
    pub seen: Vec<String>,
    /// "close" closes, "change" goes back to the form.
    pub step: String,
    /// The reference of the fault because of which it is closed.
    pub fault: String,
    /// Because of a fault, only these parts of the space, by name; all of it where none is ticked.
    pub unit: Vec<String>,
}

impl CloseForm {
    /// A form that begins with the next full hour.
    pub fn empty(site: &Site, now: Instant) -> Self {
        let (date, time) = next_hour(site.zone, now);
        Self { from_date: date.clone(), from_time: time, to_date: date, ..Self::default() }
    }

    /// A form filled in for a fault: its space, from now until tonight.
    pub fn for_fault(site: &Site, fault: &Fault, now: Instant) -> Self {
        let at = local_time(site.zone, now);
        let late = LAST_MINUTE <= at.minute;
        let to = if late { at.date.succ_opt().unwrap_or(at.date) } else { at.date };
        Self {
            scope: "some".to_owned(),
            facility: vec![fault.facility_slug.to_string()],
            from_date: at.date.to_string(),
            from_time: clock_value(at.minute),
            to_date: to.to_string(),
            to_time: clock_value(LAST_MINUTE),
            reason: fault.kind.public().to_owned(),
            fault: fault.reference.to_string(),
            ..Self::default()
        }
    }

    /// The parts of the space with the fault, where it has several.
    pub fn units(&self, view: &ClosuresView) -> Vec<Choice> {
        let [only] = self.facility.as_slice() else {
            return Vec::new();
        };
        let space = view.facilities.iter().find(|one| one.slug.as_str() == only && 1 < one.units.len());
        let units = space.filter(|_| !self.fault.is_empty()).map_or(&[][..], |space| space.units.as_slice());
        units.iter().map(|unit| Choice::new(&unit.name, &unit.name, self.unit.contains(&unit.name))).collect()
    }

    pub fn is_whole_site(&self) -> bool {
        self.scope == "site"
    }

    pub fn is_some(&self) -> bool {
        self.scope == "some"
    }

    pub fn facilities(&self, view: &ClosuresView) -> Vec<Choice> {
        let ticked = |slug: &Slug| self.facility.iter().any(|one| one == slug.as_str());
        view.facilities.iter().map(|one| Choice::new(one.slug.as_str(), &one.name, ticked(&one.slug))).collect()
    }

    pub fn repeating(&self) -> Repeating<'_> {
        Repeating {
            repeat: &self.repeat,
            every: &self.every,
            on: &self.on,
            ends: &self.ends,
            times: &self.times,
            until: &self.until,
        }
    }

    /// The dates that are to be closed: all of a single one, and of several those that are ticked.
    pub fn places(&self, wanted: &Wanted) -> Option<Vec<usize>> {
        let several = 1 < wanted.dates.len() && self.step == "close";
        several.then(|| self.date.iter().filter_map(|place| place.parse().ok()).collect())
    }

    /// Reads the form.
    pub fn parse(&self, view: &ClosuresView, now: Instant) -> Result<Wanted, Faults> {
        let mut faults = Faults::none();
        let facilities = self.read_facilities(view, &mut faults);
        let when = When {
            from_date: &self.from_date,
            from_time: &self.from_time,
            to_date: &self.to_date,
            to_time: &self.to_time,
            repeating: self.repeating(),
        };
        let dates = when.read(view.site.zone, now, &mut faults);
        let units = self.read_units(view, &facilities, &mut faults);
        let reason = faults.line("reason", &self.reason, "a reason, in words for everybody", 120);
        match dates {
            Some(dates) if faults.is_empty() => {
                Ok(Wanted { facilities, dates, reason, units, fault: Reference::parse(&self.fault) })
            }
            _ => Err(faults),
        }
    }

    /// Ticked parts of the spaces that are closed.
    fn read_units(&self, view: &ClosuresView, facilities: &[Slug], faults: &mut Faults) -> Vec<UnitId> {
        let spaces = view.facilities.iter().filter(|one| facilities.contains(&one.slug));
        let units: Vec<UnitId> = spaces
            .flat_map(|one| &one.units)
            .filter(|unit| self.unit.contains(&unit.name))
            .map(|unit| unit.id)
            .collect();
        if !units.is_empty() && facilities.len() != 1 {
            faults.add("unit", "Parts can be closed of one space at a time. Tick that space alone, or no parts");
        } else if units.is_empty() && !self.unit.is_empty() {
            faults.add("unit", "Tick parts of the space that you close, or none for all of it");
        }
        units
    }

    fn read_facilities(&self, view: &ClosuresView, faults: &mut Faults) -> Vec<Slug> {
        if self.is_whole_site() {
            if view.facilities.is_empty() {
                faults.add("scope", "Add a space first: there is nothing here to close");
            }
            return Vec::new();
        }
        if !self.is_some() {
            faults.add("scope", "Choose what to close");
            return Vec::new();
        }
        let all = view.facilities.iter().map(|one| &one.slug);
        let ticked: Vec<Slug> =
            all.filter(|slug| self.facility.iter().any(|one| one == slug.as_str())).cloned().collect();
        if ticked.is_empty() {
            faults.add("facility", "Tick the spaces to close, or choose the whole site");
        }
        ticked
    }
}
