//! What mails say about a request that needs an induction first. Not who has had one.

use super::bookings::BookingCase;

/// To whoever asked.
pub(super) fn to_booker(case: BookingCase<'_>) -> Option<String> {
    let place = case.facility_names();
    case.inducts.then(|| {
        format!("{place} needs an induction before the first use, so {} arranges one with you.", case.site.name)
    })
}

/// To a manager.
pub(super) fn to_manager(case: BookingCase<'_>) -> Option<String> {
    case.inducts.then(|| "They need an induction first. You can record it and approve in one step.".to_owned())
}
