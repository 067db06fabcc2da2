//! The paths of how sessions went, and of the screens beside doors. The others are in `urls`.

use super::{BOOKINGS, MANAGE_SITES, ORGANISATIONS, SITES};
use crate::domain::ids::{Reference, Slug};

/// Where the people of a booking say how one of its dates went.
pub fn attendance(reference: &Reference, ordinal: i32) -> String {
    format!("{BOOKINGS}/{reference}/attendance?date={ordinal}")
}

/// The same, opened by a mailed link.
pub fn attendance_link(token: &str) -> String {
    format!("/attendance/{token}")
}

/// How the sessions of a site went, for its staff; with a month as `2026-11`.
pub fn site_attendance(site: &Slug, month: Option<&str>) -> String {
    with_month(format!("{SITES}/{site}/attendance"), month)
}

/// How the sessions of an organisation went, for its own people.
pub fn own_attendance(organisation: &Slug, month: Option<&str>) -> String {
    with_month(format!("{ORGANISATIONS}/{organisation}/attendance"), month)
}

fn with_month(path: String, month: Option<&str>) -> String {
    match month {
        Some(month) => format!("{path}?month={month}"),
        None => path,
    }
}

/// Where the site's staff note that nobody came.
pub fn no_show(site: &Slug) -> String {
    format!("{SITES}/{site}/no-show")
}

/// The screen beside a door.
pub fn door(token: &str) -> String {
    format!("/door/{token}")
}

/// Where a manager makes and ends the screens of a site.
pub fn manage_doors(site: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/doors")
}

pub fn manage_doors_end(site: &Slug) -> String {
    format!("{}/end", manage_doors(site))
}

/// Where anybody says that something in a space is broken.
pub fn report_fault(site: &Slug, facility: &Slug) -> String {
    format!("{SITES}/{site}/{facility}/fault")
}
