//! The paths of rates, statements and what organisations offer. The others are in `urls`.

use super::{MANAGE_SITES, ORGANISATIONS};
use crate::domain::ids::Slug;
use crate::domain::statement::Month;

/// Where a manager sets what a space costs.
pub fn manage_facility_rates(site: &Slug, facility: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/{facility}/rates")
}

/// What a site charges, and its month by organisation.
pub fn manage_rates(site: &Slug, month: Option<Month>) -> String {
    match month {
        Some(month) => format!("{MANAGE_SITES}/{site}/rates?month={}", month.code()),
        None => format!("{MANAGE_SITES}/{site}/rates"),
    }
}

/// A month of an organisation: what it had and what that costs.
pub fn statement(organisation: &Slug, month: Option<Month>) -> String {
    match month {
        Some(month) => format!("{ORGANISATIONS}/{organisation}/statement?month={}", month.code()),
        None => format!("{ORGANISATIONS}/{organisation}/statement"),
    }
}

/// The same as a table for spreadsheets.
pub fn statement_file(organisation: &Slug, month: Month) -> String {
    format!("{ORGANISATIONS}/{organisation}/statement.csv?month={}", month.code())
}

/// Where a site's manager notes that nobody came, or that they did.
pub fn statement_absent(organisation: &Slug) -> String {
    format!("{ORGANISATIONS}/{organisation}/statement/absent")
}

/// Where an organisation says what it offers.
pub fn services(organisation: &Slug) -> String {
    format!("{ORGANISATIONS}/{organisation}/services")
}
