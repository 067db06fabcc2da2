//! The paths of faults, and of what is told in confidence. The others are in `urls`.

use super::{MANAGE_SITES, SITES};
use crate::domain::ids::{Reference, Slug};

/// Where anybody reports a fault of a space; the code at its door leads there.
pub fn fault(site: &Slug, facility: &Slug) -> String {
    format!("{SITES}/{site}/{facility}/fault")
}

/// The same, from a booking.
pub fn fault_of_booking(site: &Slug, facility: &Slug, booking: &Reference) -> String {
    format!("{}?booking={booking}", fault(site, facility))
}

/// The same after it is sent, with the reference to keep.
pub fn fault_sent(site: &Slug, facility: &Slug, reference: &Reference) -> String {
    format!("{}?sent={reference}", fault(site, facility))
}

/// Where anybody says that somebody is at risk.
pub fn concern(site: &Slug, facility: &Slug) -> String {
    format!("{SITES}/{site}/{facility}/concern")
}

/// The faults of a site, for its managers.
pub fn manage_faults(site: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/faults")
}

/// One fault.
pub fn manage_fault(site: &Slug, fault: &Reference) -> String {
    format!("{}/{fault}", manage_faults(site))
}

/// Its photo.
pub fn manage_fault_photo(site: &Slug, fault: &Reference) -> String {
    format!("{}/photo", manage_fault(site, fault))
}

/// The form that closes a space, filled in for a fault.
pub fn close_for_fault(site: &Slug, fault: &Reference) -> String {
    format!("{}?fault={fault}", super::manage_closures(site))
}

/// What is told in confidence, for those who read it. The words of the path say nothing of what it is.
pub fn to_read(site: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/to-read")
}

/// One of it.
pub fn to_read_one(site: &Slug, reference: &Reference) -> String {
    format!("{}/{reference}", to_read(site))
}
