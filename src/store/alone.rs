//! Who else is in a building: what is occupied indoors at a site. Not what is free, and not whose it is.

use diesel::prelude::*;

use super::error::read;
use super::schema::{facility, facility_rules, occupancy, occurrence};
use super::{Conn, StoreError};
use crate::domain::ids::{SiteId, UnitId};
use crate::domain::kinds::Kind;
use crate::domain::span::{Instant, Span};

/// No booking by the hour is longer than this, so what reaches into a span began no earlier before it.
const LONGEST_DAYS: i64 = 7;

/// The units indoors that bookings take somewhere within a span, each with what it is taken for. What is void by now is left out.
pub fn occupied(conn: &mut Conn, site: SiteId, within: Span, now: Instant) -> Result<Vec<(UnitId, Span)>, StoreError> {
    let began = within.start().plus_days(-LONGEST_DAYS).seconds();
    let rows: Vec<(i64, i64, i64, i64, Option<i64>)> = occurrence::table
        .inner_join(facility::table.inner_join(facility_rules::table))
        .inner_join(occupancy::table)
        .filter(facility::site_id.eq(site.row()))
        .filter(facility::kind.ne_all([Kind::Outdoor.code(), Kind::Allotment.code()]))
        .filter(facility_rules::daylight.eq(false))
        .filter(occurrence::starts_at.gt(began).and(occurrence::starts_at.lt(within.end().seconds())))
        .filter(occupancy::ends_at.gt(within.start().seconds()))
        .select((occupancy::id, occupancy::unit_id, occupancy::starts_at, occupancy::ends_at, occurrence::state_until))
        .load(conn)?;
    let held = rows.into_iter().filter(|(.., until)| until.is_none_or(|until| now.seconds() < until));
    held.map(|(id, unit, from, to, _)| {
        let span = Span::new(Instant::from_seconds(from), Instant::from_seconds(to));
        Ok((UnitId::new(unit), read(span, "occupancy", id, "ends_at")?))
    })
    .collect()
}
