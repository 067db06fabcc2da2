//! The paths of extras that are lent with spaces, and of the list that the last one out ticks. The others are in `urls`.

use chrono::NaiveDate;

use super::{MANAGE_SITES, SITES};
use crate::domain::ids::Slug;

/// The extras of a site, for its managers.
pub fn manage_extras(site: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/extras")
}

/// One of them.
pub fn manage_extra(site: &Slug, extra: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/extras/{extra}")
}

/// Where a manager writes what the last one out ticks.
pub fn manage_closing(site: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/closing")
}

/// What the last one out ticks; today where no date is given.
pub fn closing(site: &Slug, date: Option<NaiveDate>) -> String {
    let date = date.map_or_else(String::new, |date| format!("?date={date}"));
    format!("{SITES}/{site}/closing{date}")
}
