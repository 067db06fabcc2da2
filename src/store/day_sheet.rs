//! What a site's staff need of a day beside the list of its sessions: rooms, what was asked to be set out, whom to reach. For staff only.

use std::collections::HashMap;

use diesel::prelude::*;

use super::schema::{booking, facility, facility_care, job, occurrence, organisation, particulars, person};
use super::schema_doors::no_show;
use super::{Conn, StoreError, jobs, particulars as said};
use crate::domain::care::Particulars;
use crate::domain::ids::OccurrenceId;
use crate::domain::job::Job;

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
    /// What its people said: layout, extras and the like.
    pub said: Particulars,
    /// Whether making the place ready after it is a job that somebody ticks off.
    pub turnaround: bool,
    /// What has been ticked at its end.
    pub jobs: Vec<Job>,
}

/// The details of occurrences, in one query.
pub fn details(conn: &mut Conn, ids: &[OccurrenceId]) -> Result<HashMap<OccurrenceId, Detail>, StoreError> {
    type Row = (
        i64,
        (String, String),
        String,
        (String, String),
        Option<String>,
        Option<(String, String)>,
        (Option<bool>, Option<said::Row>, Option<jobs::Row>, Option<bool>),
    );
    let unused = no_show::booking_id.eq(occurrence::booking_id).and(no_show::ordinal.eq(occurrence::ordinal));
    let rows: Vec<Row> = occurrence::table
        .inner_join(booking::table)
        .inner_join(facility::table)
        .left_join(organisation::table.on(booking::second_organisation_id.eq(organisation::id.nullable())))
        .left_join(person::table.on(booking::booked_by.eq(person::id.nullable())))
        .left_join(no_show::table.on(unused))
        .left_join(facility_care::table.on(facility_care::facility_id.eq(occurrence::facility_id)))
        .left_join(particulars::table.on(particulars::booking_id.eq(booking::id.nullable())))
        .left_join(job::table.on(job::occurrence_id.eq(occurrence::id)))
        .filter(occurrence::id.eq_any(ids.iter().map(|id| id.row()).collect::<Vec<_>>()))
        .select((
            occurrence::id,
            (facility::room, facility::floor),
            booking::note,
            (booking::contact_name, booking::contact),
            organisation::name.nullable(),
            (person::name, person::email).nullable(),
            (
                facility_care::turnaround_jobs.nullable(),
                said::COLUMNS.nullable(),
                jobs::COLUMNS.nullable(),
                no_show::by_site.nullable(),
            ),
        ))
        .load(conn)?;
    let mut found: HashMap<OccurrenceId, Detail> = HashMap::new();
    for (id, (room, floor), note, contact, second, booker, (turnaround, said, job, no_show)) in rows {
        let job = job.map(jobs::read_job).transpose()?;
        // One that has two jobs comes twice.
        if let Some(known) = found.get_mut(&OccurrenceId::new(id)) {
            known.jobs.extend(job);
            continue;
        }
        let contact = if contact.0.is_empty() { booker } else { Some(contact) };
        let said = said.map(said::of_row).transpose()?.unwrap_or_default();
        let (turnaround, jobs) = (turnaround.unwrap_or_default(), job.into_iter().collect());
        let detail = Detail { room, floor, note, second, contact, no_show, said, turnaround, jobs };
        found.insert(OccurrenceId::new(id), detail);
    }
    Ok(found)
}
