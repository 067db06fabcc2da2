//! Extras of bookings: which of them go with which date, and what a date goes without. Their items are taken with the units of the place.

use super::case::Case;
use super::request::{Dated, Draft};
use crate::domain::booking::Occurrence;
use crate::domain::care::{Brings, Particulars};
use crate::domain::extras::Asked;
use crate::domain::ids::Slug;
use crate::domain::judge::Verdict;
use crate::domain::places::{Facility, Site};
use crate::store::{Conn, StoreError, particulars};

impl Draft {
    /// The extras that one of its dates takes along: what the place goes with, but for what was said that it goes without. An extra
    /// belongs to a site, so a date elsewhere has those of the draft's own site only.
    pub(super) fn extras_of(&self, date: &Dated, (site, facility): (&Site, &Facility)) -> Vec<Asked> {
        let own = facility.slug == self.facility;
        let lent = |one: &&Asked| own || facility.extras.iter().any(|extra| extra.slug == one.extra);
        let had = self.particulars.extras.iter().filter(|_| site.slug == self.site);
        had.filter(|one| lent(one) && !date.without.contains(&one.extra)).cloned().collect()
    }

    /// What a booking of it at a site says, whose dates have these extras, by their ordinals.
    pub(super) fn said_at(&self, site: &Site, dates: &[(i32, &[Asked])]) -> Particulars {
        if site.slug != self.site {
            return Particulars { extras: Vec::new(), ..self.particulars.clone() };
        }
        let lacks = |had: &[Asked], one: &Asked| had.iter().all(|other| other.extra != one.extra);
        let of = dates.iter().flat_map(|(ordinal, had)| {
            self.particulars.extras.iter().filter(|one| lacks(had, one)).map(|one| (*ordinal, one.extra.clone()))
        });
        self.particulars.going_without(of)
    }
}

impl Case {
    /// What it brings on one of its dates. A date that comes back, or gets another place than the one it lost, has the place even
    /// where an extra cannot be had any more.
    pub(super) fn brings_on(&self, one: &Occurrence) -> Brings {
        self.bringing_on(&self.booking.particulars, one)
    }

    /// As [`Case::brings_on`], with other particulars.
    pub(super) fn bringing_on(&self, said: &Particulars, one: &Occurrence) -> Brings {
        Brings { extras: said.extras_on(one.ordinal), gives_way: !one.state.stage().is_active(), ..self.bringing(said) }
    }
}

/// Keeps which of the dates go without which extras, if any does.
pub(super) fn note_without<'a>(
    conn: &mut Conn,
    case: &Case,
    dates: impl IntoIterator<Item = (&'a Occurrence, &'a Verdict)>,
) -> Result<(), StoreError> {
    let ordinal = |one: &Occurrence| {
        let own = case.booking.occurrences.iter().find(|own| own.id == one.id);
        own.map_or(one.ordinal, |own| own.ordinal)
    };
    let new: Vec<(i32, Slug)> = dates
        .into_iter()
        .flat_map(|(one, verdict)| verdict.without.iter().map(move |extra| (one, extra)))
        .map(|(one, extra)| (ordinal(one), extra.clone()))
        .collect();
    if new.is_empty() {
        return Ok(());
    }
    // Read anew: what is said may have been written in this very act.
    let said = particulars::of_booking(conn, case.booking.id)?;
    particulars::set(conn, case.booking.id, &said.going_without(new))
}
