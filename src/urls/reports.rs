//! The paths of reports. The others are in `urls`.

use super::{MANAGE_SITES, ORGANISATIONS};
use crate::domain::ids::Slug;

/// All sites that somebody manages.
pub const MANAGE_REPORTS: &str = "/manage/reports";

/// One site's reports.
pub fn manage_site_reports(site: &Slug) -> String {
    format!("{MANAGE_SITES}/{site}/reports")
}

/// An organisation's own.
pub fn organisation_reports(organisation: &Slug) -> String {
    format!("{ORGANISATIONS}/{organisation}/reports")
}
