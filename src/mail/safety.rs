//! Duty contact and panic alarm in the mails about a booking. Not in any that says that a place is lost, and never for anybody but its own people.

use super::bookings::BookingCase;
use crate::domain::booking::Occurrence;
use crate::domain::occurrence::Stage;

/// Of one date.
pub(super) fn lines_of(case: BookingCase<'_>, one: &Occurrence) -> Vec<(&'static str, String)> {
    case.facility_of(one).map_or_else(Vec::new, |facility| facility.safety_at(case.site).lines())
}

impl BookingCase<'_> {
    /// Of all dates that stand, for the booking's own page.
    pub fn safety(&self) -> Vec<(&'static str, String)> {
        lines_where(*self, Stage::is_active)
    }
}

/// Of all confirmed dates; where their rooms differ, each with the room's name.
pub(super) fn lines(case: BookingCase<'_>) -> Vec<(&'static str, String)> {
    if case.to.is_none() {
        return Vec::new();
    }
    lines_where(case, |stage| stage == Stage::Confirmed)
}

fn lines_where(case: BookingCase<'_>, stands: impl Fn(Stage) -> bool) -> Vec<(&'static str, String)> {
    let used = |id| case.booking.occurrences.iter().any(|one| one.facility == id && stands(one.state.stage()));
    let places: Vec<_> = case.facilities.iter().filter(|facility| used(facility.id)).collect();
    let mut lines: Vec<(&'static str, String)> = Vec::new();
    for facility in &places {
        for line in facility.safety_at(case.site).lines() {
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    let differ = |label: &str| 1 < lines.iter().filter(|(one, _)| *one == label).count();
    if !differ("Duty contact") && !differ("Panic alarm") {
        return lines;
    }
    let named = |(label, words): (&'static str, String), name: &str| (label, format!("{words} ({name})"));
    places
        .iter()
        .flat_map(|facility| facility.safety_at(case.site).lines().into_iter().map(|line| named(line, &facility.name)))
        .collect()
}
