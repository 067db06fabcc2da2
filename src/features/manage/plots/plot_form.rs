//! The forms of plots as they were sent, read into wishes or faults. Raw text stops here.

use chrono::NaiveDate;
use serde::Deserialize;

use super::service::{Deed, LineAct, LineDeed, NoticeWish, PlotFacts, PlotView};
use crate::domain::holder::{Contact, Reach};
use crate::domain::ids::PersonId;
use crate::domain::plots::{Found, Plot, PlotNumber, Size, typed_pounds};
use crate::domain::tenancy::NoticeBy;
use crate::web::forms::Faults;

/// Every form about plots; `step` says which of them was sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PlotForm {
    pub step: String,
    pub nonce: String,
    // A plot.
    pub number: String,
    pub size: String,
    pub row: String,
    pub column: String,
    pub notes: String,
    pub resting: String,
    // Somebody.
    pub organisation: String,
    pub name: String,
    pub contact: String,
    pub wish: String,
    pub since: String,
    pub note: String,
    /// An entry of the line.
    pub entry: String,
    // A tenancy.
    pub from: String,
    pub once: String,
    pub by: String,
    pub last_day: String,
    // A key, by its place in the list.
    pub key: String,
    pub key_number: String,
    pub given: String,
    pub deposit: String,
    pub back: String,
    pub returned: String,
    // An inspection.
    pub seen: String,
    pub found: String,
}

impl PlotForm {
    /// The form of a plot as it stands.
    pub fn of(plot: &Plot) -> Self {
        let text = |place: Option<i32>| place.map_or_else(String::new, |number| number.to_string());
        Self {
            number: plot.number.to_string(),
            size: plot.size.rods(),
            row: text(plot.place.map(|place| place.0)),
            column: text(plot.place.map(|place| place.1)),
            notes: plot.notes.clone(),
            resting: plot.resting.clone(),
            ..Self::default()
        }
    }

    /// Reads what is said of a plot.
    pub fn facts(&self) -> Result<PlotFacts, Faults> {
        let mut faults = Faults::none();
        let number = PlotNumber::parse(&self.number);
        if number.is_none() {
            faults.add("number", "Enter the number: up to 6 letters and digits, like 7 or 7A");
        }
        let size = faults.take("size", Size::parse(&self.size).map(Some));
        let (row, column) = (self.row.trim(), self.column.trim());
        let place = if row.is_empty() && column.is_empty() {
            None
        } else {
            let row = faults.number("row", row, "the row on the plan", (1, 99));
            Some((row, faults.number("column", column, "the column on the plan", (1, 99))))
        };
        let notes = faults.paragraphs("notes", &self.notes, 500);
        let resting = faults.optional_line("resting", &self.resting, 120);
        match (number, size) {
            (Some(number), Some(size)) if faults.is_empty() => Ok(PlotFacts { number, size, place, notes, resting }),
            _ => Err(faults),
        }
    }

    /// Reads a person by name and contact.
    pub fn contact(&self, faults: &mut Faults) -> Option<Contact> {
        let name = faults.line("name", &self.name, "a name, or choose a group", 100);
        let reach = faults.take("contact", Reach::parse(&self.contact).map(Some))?;
        faults.is_empty().then_some(Contact { name, reach })
    }

    /// Reads what is done for somebody in the line.
    pub fn line_deed(&self) -> Option<LineDeed> {
        match self.step.as_str() {
            "yes" => Some(LineDeed::Act(LineAct::StillInterested)),
            "remove" => Some(LineDeed::Act(LineAct::Leave)),
            "back" => Some(LineDeed::Act(LineAct::PutBack)),
            "take" => Some(LineDeed::Take),
            "refuse" => Some(LineDeed::Refuse),
            _ => None,
        }
    }

    /// Reads what is done on the page of a plot.
    pub fn deed(&self, view: &PlotView, person: PersonId) -> Result<Deed, Faults> {
        let mut faults = Faults::none();
        let deed = match self.step.as_str() {
            "take-back" => Some(Deed::TakeBack),
            "notice" => {
                let by = NoticeBy::parse(&self.by);
                if by.is_none() {
                    faults.add("by", "Choose who ends it");
                }
                let last_day = date(&mut faults, "last_day", &self.last_day, "the last day");
                by.zip(last_day).map(|(by, last_day)| Deed::Notice(NoticeWish { by, last_day, person: Some(person) }))
            }
            "key" => {
                let number = faults.line("key_number", &self.key_number, "the number on the key", 20);
                let given = date(&mut faults, "given", &self.given, "the day on which it was given");
                let deposit_pence = faults.take("deposit", typed_pounds(&self.deposit));
                given.map(|given| Deed::GiveKey { number, given, deposit_pence })
            }
            "key-back" => {
                let key = self.key.parse::<usize>().ok().and_then(|place| view.keys.get(place)).map(|key| key.id);
                let on = date(&mut faults, "back", &self.back, "the day on which it came back");
                let pence = faults.take("returned", typed_pounds(&self.returned));
                key.zip(on).map(|(key, on)| Deed::KeyBack { key, on, pence })
            }
            _ => {
                let found = Found::parse(&self.found);
                if found.is_none() {
                    faults.add("found", "Choose how you found it");
                }
                let note = faults.optional_line("note", &self.note, 300);
                let seen = date(&mut faults, "seen", &self.seen, "the day on which you looked");
                found.zip(seen).map(|(found, date)| Deed::Inspect { date, found, note })
            }
        };
        match deed {
            Some(deed) if faults.is_empty() => Ok(deed),
            _ => Err(faults),
        }
    }
}

/// Takes a date; `what` completes "Enter …".
pub fn date(faults: &mut Faults, field: &'static str, typed: &str, what: &str) -> Option<NaiveDate> {
    let read = typed.trim().parse::<NaiveDate>().ok();
    let known = read.filter(|date| {
        use chrono::Datelike;
        (2000..2200).contains(&date.year())
    });
    if known.is_none() {
        faults.add(field, format!("Enter {what}"));
    }
    known
}
