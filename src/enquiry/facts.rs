//! The facts that a judgement needs, loaded for all dates together. Not the judgement.

use chrono::{Days, NaiveDate};

use crate::domain::availability::Taken;
use crate::domain::hours::{day, facility_open, weekday};
use crate::domain::ids::OrganisationId;
use crate::domain::judge::{Facts, Use};
use crate::domain::places::{Facility, Site};
use crate::domain::span::Span;
use crate::store::{Conn, StoreError, occupancies, occurrences, organisations, sites};

/// Whose booking in which facility, on the dates `from ..= to`.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    pub site: &'a Site,
    pub facility: &'a Facility,
    pub organisation: Option<OrganisationId>,
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// What was loaded; it lends itself out as `Facts`.
#[derive(Debug)]
pub struct Loaded {
    pub open: Vec<Span>,
    pub taken: Vec<Taken>,
    used: Vec<Use>,
    trusted: bool,
}

impl Loaded {
    pub fn facts<'a>(&'a self, site: &Site, facility: &'a Facility) -> Facts<'a> {
        Facts {
            facility,
            zone: site.zone,
            open: &self.open,
            taken: &self.taken,
            used: &self.used,
            trusted: self.trusted,
        }
    }
}

/// Loads the facts in at most five queries. Dates outside what can be booked give facts in which nothing is open.
pub fn load(conn: &mut Conn, question: Question<'_>) -> Result<Loaded, StoreError> {
    let Question { site, facility, organisation, from, to } = question;
    let hours: Vec<_> = sites::hours(conn, &[site.id])?.into_iter().map(|(_, hours)| hours).collect();
    let open = facility_open(&hours, facility.id, site.zone, from, to);
    let taken = match around(site, from, to) {
        Some(within) => occupancies::taken(conn, &facility.unit_ids(), within)?,
        None => Vec::new(),
    };
    let (mut used, mut trusted) = (Vec::new(), false);
    if let Some(organisation) = organisation {
        let rules = &facility.rules;
        if rules.week_bookings.is_some() || rules.week_minutes.is_some() {
            used = occurrences::used(conn, organisation, facility.id, whole_weeks(from, to))?;
        }
        trusted = organisations::is_trusted(conn, organisation, site.id)?;
    }
    Ok(Loaded { open, taken, used, trusted })
}

/// From a day before to two days after, so that nights and turnarounds at the edges are seen.
pub fn around(site: &Site, from: NaiveDate, to: NaiveDate) -> Option<Span> {
    let first = from.checked_sub_days(Days::new(1))?;
    let last = to.checked_add_days(Days::new(2))?;
    Span::new(day(site.zone, first).ok()?.start(), day(site.zone, last).ok()?.end())
}

/// Monday of the first week to Sunday of the last.
fn whole_weeks(from: NaiveDate, to: NaiveDate) -> (NaiveDate, NaiveDate) {
    let back = |date: NaiveDate| Days::new(u64::try_from(weekday(date)).unwrap_or_default());
    let monday = from.checked_sub_days(back(from)).unwrap_or(from);
    let last = to.checked_sub_days(back(to)).and_then(|monday| monday.checked_add_days(Days::new(6)));
    (monday, last.unwrap_or(to))
}
