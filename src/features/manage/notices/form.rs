//! The form for a notice as it was sent, read into a wish or faults. Raw text stops here.

use serde::Deserialize;

use super::service::{NoticesView, Wanted};
use crate::domain::places::Site;
use crate::domain::span::Instant;
use crate::web::forms::{Choice, Faults};
use crate::web::repeat::Repeating;
use crate::web::when::{When, next_hour};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoticeForm {
    /// The slug of a facility; empty for the whole site.
    pub place: String,
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
    pub words: String,
    /// The ticked dates of a repeating notice, by their place in the list.
    pub date: Vec<String>,
    /// "give" gives a repeating notice after its dates were shown, "change" goes back to the form.
    pub step: String,
}

impl NoticeForm {
    /// A form that begins with the next full hour.
    pub fn empty(site: &Site, now: Instant) -> Self {
        let (date, time) = next_hour(site.zone, now);
        Self { from_date: date.clone(), from_time: time, to_date: date, ..Self::default() }
    }

    /// The whole site first, then its spaces.
    pub fn places(&self, view: &NoticesView) -> Vec<Choice> {
        let site = Choice::new("", format!("All of {}", view.site.name), self.place.is_empty());
        let spaces = view.facilities.iter();
        let spaces = spaces.map(|one| Choice::new(one.slug.as_str(), &one.name, self.place == one.slug.as_str()));
        [site].into_iter().chain(spaces).collect()
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

    /// The ticked dates, once they were shown.
    pub fn ticked(&self) -> Option<Vec<usize>> {
        (self.step == "give").then(|| self.date.iter().filter_map(|place| place.parse().ok()).collect())
    }

    /// Reads the form.
    pub fn parse(&self, view: &NoticesView, now: Instant) -> Result<Wanted, Faults> {
        let mut faults = Faults::none();
        let facility = match self.place.as_str() {
            "" => None,
            slug => {
                let known = view.facilities.iter().map(|one| &one.slug).find(|known| known.as_str() == slug);
                if known.is_none() {
                    faults.add("place", "Choose whom it is for from the list");
                }
                known.cloned()
            }
        };
        let words = faults.line("words", &self.words, "what people must know", 160);
        let when = When {
            from_date: &self.from_date,
            from_time: &self.from_time,
            to_date: &self.to_date,
            to_time: &self.to_time,
            repeating: self.repeating(),
        };
        let dates = when.read(view.site.zone, now, &mut faults);
        match dates {
            Some(dates) if faults.is_empty() => Ok(Wanted { facility, dates, words }),
            _ => Err(faults),
        }
    }
}

/// Which notice, and for the change of words the new ones.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyForm {
    pub key: String,
    /// "all" for every date to come that was given together with it.
    #[serde(default)]
    pub dates: String,
    #[serde(default)]
    pub words: String,
}
