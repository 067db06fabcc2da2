//! The form that closes for a time as it was sent, read into a wish or faults. Raw text stops here.

use serde::Deserialize;

use super::service::{ClosuresView, Wanted};
use crate::domain::ids::Slug;
use crate::domain::places::Site;
use crate::domain::span::Instant;
use crate::web::forms::{Choice, Faults};
use crate::web::repeat::Repeating;
use crate::web::when::{When, next_hour};

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
}

impl CloseForm {
    /// A form that begins with the next full hour.
    pub fn empty(site: &Site, now: Instant) -> Self {
        let (date, time) = next_hour(site.zone, now);
        Self { from_date: date.clone(), from_time: time, to_date: date, ..Self::default() }
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
        let reason = faults.line("reason", &self.reason, "a reason, in words for everybody", 120);
        match dates {
            Some(dates) if faults.is_empty() => Ok(Wanted { facilities, dates, reason }),
            _ => Err(faults),
        }
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
