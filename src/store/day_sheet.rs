//! What a site's staff need of a day beside the list of its sessions: rooms, what was asked to be set out, whom to reach. For staff only.

use std::collections::HashMap;

use diesel::prelude::*;

use super::schema::{booking, facility, occurrence, organisation, person};
use super::schema_doors::no_show;
use super::{Conn, StoreError};
use crate::domain::ids::OccurrenceId;

/// Of one occurrence.
#[derive(Debug, Clone)]
pub struct Detail {
    pub room: String,
    pub floor: String,
    /// What its people wrote to the site.
    pub note: String,
    /// A second organisation that shares it.
    pub second: Option<String>,
    /// Name and address or number of whom to reach.
    pub contact: Option<(String, String)>,
    /// That nobody came: noted by the site, or else said by its own people.
    pub no_show: Option<bool>,
}

/// The details of occurrences, in one query.
pub fn details(conn: &mut Conn, ids: &[OccurrenceId]) -> Result<HashMap<OccurrenceId, Detail>, StoreError> {
    type Row =
        (i64, (String, String), String, (String, String), Option<String>, Option<(String, String)>, Option<bool>);
    let unused = no_show::booking_id.eq(occurrence::booking_id).and(no_show::ordinal.eq(occurrence::ordinal));
    let rows: Vec<Row> = occurrence::table
        .inner_join(booking::table)
        .inner_join(facility::table)
        .left_join(organisation::table.on(booking::second_organisation_id.eq(organisation::id.nullable())))
        .left_join(person::table.on(booking::booked_by.eq(person::id.nullable())))
        .left_join(no_show::table.on(unused))
        .filter(occurrence::id.eq_any(ids.iter().map(|id| id.row()).collect::<Vec<_>>()))
        .select((
            occurrence::id,
            (facility::room, facility::floor),
            booking::note,
            (booking::contact_name, booking::contact),
            organisation::name.nullable(),
            (person::name, person::email).nullable(),
            no_show::by_site.nullable(),
        ))
        .load(conn)?;
    let one = |(id, (room, floor), note, contact, second, booker, no_show): Row| {
        let contact = if contact.0.is_empty() { booker } else { Some(contact) };
        (OccurrenceId::new(id), Detail { room, floor, note, second, contact, no_show })
    };
    Ok(rows.into_iter().map(one).collect())
}
