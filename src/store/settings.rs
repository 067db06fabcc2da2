//! Settings of the instance that live in the database: marks and names. Not the settings of a process.

use diesel::prelude::*;

use super::schema::setting;
use super::{Conn, StoreError};

/// Marks a database that the demo filled, and may fill afresh.
pub const DEMO: &str = "demo";

/// Up to which start everybody has been reminded of their bookings, in seconds.
pub const REMINDED_UNTIL: &str = "reminded_until";

/// Up to which end everybody has been asked how their sessions went, and reminded of that, in seconds.
pub const ATTENDANCE_ASKED: &str = "attendance_asked_until";
pub const ATTENDANCE_REMINDED: &str = "attendance_reminded_until";

/// The day on which those who open up tomorrow were last reminded.
pub const OPENERS_REMINDED: &str = "openers_reminded";

/// "yes" where administrators must use a second step.
pub const ADMINISTRATORS_SECOND_STEP: &str = "administrators_second_step";

/// After how many months rights that nobody uses lapse; 0 for never.
pub const LAPSE_MONTHS: &str = "lapse_months";
/// When the daily removal of what has been kept for its time last ran, and how many rows it touched, "1795514400 12".
pub const RETENTION_RAN: &str = "retention_ran";

/// All settings whose names begin so.
pub fn beginning(conn: &mut Conn, start: &str) -> Result<Vec<(String, String)>, StoreError> {
    let rows = setting::table.filter(setting::name.like(format!("{start}%"))).load(conn)?;
    Ok(rows)
}

pub fn get(conn: &mut Conn, name: &str) -> Result<Option<String>, StoreError> {
    let value = setting::table.find(name).select(setting::value).first(conn).optional()?;
    Ok(value)
}

pub fn set(conn: &mut Conn, name: &str, value: &str) -> Result<(), StoreError> {
    let changed = diesel::update(setting::table.find(name)).set(setting::value.eq(value)).execute(conn)?;
    if changed == 0 {
        diesel::insert_into(setting::table).values((setting::name.eq(name), setting::value.eq(value))).execute(conn)?;
    }
    Ok(())
}

/// Writes a row and takes it away again, in the caller's transaction. What stands there is the same afterwards, but its page has been
/// written, so that a disk that takes nothing more shows: an update that hits no row, or changes nothing, touches no disk.
///
/// # Errors
/// `Unavailable` when the disk is full or cannot be written.
pub fn touch_disk(conn: &mut Conn) -> Result<(), StoreError> {
    const PROBE: &str = "probe";
    diesel::delete(setting::table.find(PROBE)).execute(conn)?;
    diesel::insert_into(setting::table).values((setting::name.eq(PROBE), setting::value.eq(""))).execute(conn)?;
    diesel::delete(setting::table.find(PROBE)).execute(conn)?;
    Ok(())
}
