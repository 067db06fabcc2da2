//! The paths of volunteers and those who keep their rota. The others are in `urls`.

use chrono::NaiveDate;

use super::ACCOUNT;
use crate::domain::ids::{Reference, Slug};

/// One's own sessions, today and this week.
pub const TODAY: &str = "/today";
/// Where a duty is handed back, or one that nobody has is taken.
pub const TODAY_DUTY: &str = "/today/duty";
/// Ends a session that is for one's own sessions only.
pub const TODAY_END: &str = "/today/end";
/// Asks for a link that opens one's own sessions and nothing else.
pub const TODAY_LINK: &str = "/sign-in/today";
pub const ROTA: &str = "/rota";
pub const ROTA_COPY: &str = "/rota/copy";
/// What volunteers of an organisation see.
pub const ROTA_SEEN: &str = "/rota/seen";

/// The mailed link that opens one's own sessions.
pub fn today_with(token: &str) -> String {
    format!("{TODAY_LINK}/{token}")
}

/// Where a volunteer sees one date on which help is needed, and takes it.
pub fn today_help(booking: &Reference, ordinal: i32) -> String {
    format!("{TODAY}/help/{booking}?date={ordinal}")
}

/// A week of an organisation's rota.
pub fn rota(organisation: &Slug, monday: Option<NaiveDate>) -> String {
    match monday {
        Some(monday) => format!("{ROTA}?organisation={organisation}&week={monday}"),
        None => format!("{ROTA}?organisation={organisation}"),
    }
}

/// Who is on one date of a booking.
pub fn rota_date(booking: &Reference, ordinal: i32) -> String {
    format!("{ROTA}/{booking}?date={ordinal}")
}

/// Where that is changed.
pub fn rota_booking(booking: &Reference) -> String {
    format!("{ROTA}/{booking}")
}

/// When somebody can help.
pub fn availability() -> String {
    format!("{ACCOUNT}/availability")
}
