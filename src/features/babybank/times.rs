//! What the pages of a baby bank share: the free slots by day, who asks, and where they are. Not any page.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::service::Outside;
use crate::domain::hours::local_time;
use crate::domain::ids::Slug;
use crate::domain::span::{Instant, Span};
use crate::domain::words::{date_without_year, local_clock};
use crate::error::Error;
use crate::web::state::State;

/// The free slots of one day.
pub struct SlotDay {
    pub date: String,
    /// The value in the form, the words, and whether it is chosen.
    pub slots: Vec<(i64, String, bool)>,
}

impl SlotDay {
    /// Whether the slot that was chosen is among them.
    pub fn has_chosen(&self) -> bool {
        self.slots.iter().any(|(_, _, chosen)| *chosen)
    }
}

/// Free slots by the days of the site.
pub fn by_day(zone: Tz, free: &[Span], chosen: Option<Instant>) -> Vec<SlotDay> {
    let mut days: BTreeMap<NaiveDate, Vec<(i64, String, bool)>> = BTreeMap::new();
    for slot in free {
        let at = local_time(zone, slot.start());
        let one = (slot.start().seconds(), local_clock(at), chosen == Some(slot.start()));
        days.entry(at.date).or_default().push(one);
    }
    days.into_iter().map(|(date, slots)| SlotDay { date: date_without_year(date), slots }).collect()
}

/// The instant that a form carries.
pub fn chosen(typed: &str) -> Option<Instant> {
    typed.trim().parse().ok().map(Instant::from_seconds).filter(|at| at.is_bookable())
}

/// The slugs of a path.
pub fn slugs((site, facility): &(String, String)) -> Result<(Slug, Slug), Error> {
    Slug::parse(site).zip(Slug::parse(facility)).ok_or(Error::NotFound)
}

/// What a writer needs from outside.
pub fn outside(state: &State) -> Outside {
    Outside { now: state.clock.now(), chance: state.chance, mailer: state.mailer.clone() }
}
