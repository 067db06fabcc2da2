//! The paths of the history, and of what is kept about people. The others are in `urls`.

use super::{BOOKINGS, MANAGE_SITES, ORGANISATIONS};
use crate::domain::ids::{Reference, Slug};

pub const ACCOUNT_HISTORY: &str = "/account/history";
pub const ACCOUNT_DATA: &str = "/account/data";
pub const ACCOUNT_ERASE: &str = "/account/erase";
pub const MANAGE_HISTORY: &str = "/manage/history";
pub const MANAGE_PEOPLE: &str = "/manage/people";
pub const MANAGE_RETENTION: &str = "/manage/retention";
pub const MANAGE_STATEMENTS: &str = "/manage/statements";

/// The history of a site, for its managers.
pub fn site_history(site: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/history")
}

/// The history of one space.
pub fn facility_history(site: &Slug, facility: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/{facility}/history")
}

/// The history of an organisation, for its coordinators.
pub fn organisation_history(organisation: &Slug) -> String {
    format!("{ORGANISATIONS}/{organisation}/history")
}

/// One person, for administrators.
pub fn manage_person(handle: &str) -> String {
    format!("{MANAGE_PEOPLE}/{handle}")
}

/// What a person did and what was done about them.
pub fn person_history(handle: &str) -> String {
    format!("{}/history", manage_person(handle))
}

/// Where a person is erased.
pub fn manage_person_erase(handle: &str) -> String {
    format!("{}/erase", manage_person(handle))
}

/// Who among the staff looked at a confidential booking.
pub fn booking_views(booking: &Reference) -> String {
    format!("{BOOKINGS}/{booking}/views")
}
