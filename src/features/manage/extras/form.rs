//! The form of an extra as it was sent, read into what it is to be or faults. Raw text stops here.

use chrono::NaiveDate;
use serde::Deserialize;

use super::service::Wanted;
use crate::domain::extras::MOST_ITEMS;
use crate::domain::places::Facility;
use crate::web::forms::{Choice, Faults};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExtraForm {
    pub name: String,
    pub number: String,
    /// "all" for every space, else those that are ticked.
    pub whom: String,
    /// Slugs of spaces.
    pub space: Vec<String>,
    /// From when there are fewer, or none.
    pub from: String,
    /// "save", "retire", and both once more with the dates that they affect shown: "save-yes", "retire-yes".
    pub step: String,
}

impl ExtraForm {
    pub fn empty() -> Self {
        Self { number: "1".to_owned(), whom: "all".to_owned(), ..Self::default() }
    }

    pub fn is_for_all(&self) -> bool {
        self.whom == "all"
    }

    /// The spaces that can have extras, ticked as typed.
    pub fn spaces(&self, facilities: &[Facility]) -> Vec<Choice> {
        let ticked = |one: &Facility| self.space.iter().any(|slug| slug == one.slug.as_str());
        facilities.iter().map(|one| Choice::new(one.slug.as_str(), &one.name, ticked(one))).collect()
    }

    /// Reads the form.
    pub fn parse(&self, facilities: &[Facility], today: NaiveDate) -> Result<Wanted, Faults> {
        let mut faults = Faults::none();
        let name = faults.line("name", &self.name, "what it is called", 60);
        let most = i32::try_from(MOST_ITEMS).unwrap_or(12);
        let number = faults.number("number", &self.number, "how many there are", (1, most));
        let for_all = self.is_for_all();
        let chosen = facilities.iter().filter(|one| for_all || self.space.iter().any(|slug| slug == one.slug.as_str()));
        let facilities: Vec<_> = chosen.map(|one| one.id).collect();
        if !for_all && facilities.is_empty() {
            faults.add("whom", "Tick the spaces that may ask for it, or choose all of the site");
        }
        let from = self.read_from(today, &mut faults);
        let number = usize::try_from(number).unwrap_or(1);
        if faults.is_empty() { Ok(Wanted { name, number, for_all, facilities, from }) } else { Err(faults) }
    }

    /// From when; today where nothing is typed.
    pub fn read_from(&self, today: NaiveDate, faults: &mut Faults) -> NaiveDate {
        if self.from.trim().is_empty() {
            return today;
        }
        let latest = today + chrono::Duration::days(1_200);
        let date = self.from.trim().parse().ok().filter(|date| today <= *date && *date <= latest);
        faults.take("from", date.ok_or("Enter a date from today on, within three years"))
    }
}
