//! What facilities ask of those who use them, kept as text beside their rules. Not what bookings say to it.

use diesel::prelude::*;

use super::error::read;
use super::schema::facility_care;
use super::{Conn, StoreError};
use crate::domain::care::{Care, ENTRY_HOURS, Entry};
use crate::domain::ids::FacilityId;

/// A row, as it is read with its facility.
#[derive(Queryable)]
pub(super) struct CareRow {
    facility_id: i64,
    allergens: bool,
    labels: String,
    pairs: String,
    checklist: String,
    lengths: String,
    induction: bool,
    risk_date: bool,
    turnaround_jobs: bool,
    layouts: String,
    entry: String,
    entry_hours: i32,
}

impl CareRow {
    pub fn care(self) -> Result<Care, StoreError> {
        let (table, id) = ("facility_care", self.facility_id);
        let pair = |line: &str| line.split_once('\t').map(|(one, other)| (one.to_owned(), other.to_owned()));
        let pairs: Option<Vec<(String, String)>> = self.pairs.lines().map(pair).collect();
        let lengths: Result<Vec<i32>, _> = self.lengths.split(',').filter(|s| !s.is_empty()).map(str::parse).collect();
        Ok(Care {
            allergens: self.allergens,
            labels: lines(&self.labels),
            pairs: read(pairs, table, id, "pairs")?,
            checklist: lines(&self.checklist),
            lengths: read(lengths.ok(), table, id, "lengths")?,
            induction: self.induction,
            risk_date: self.risk_date,
            turnaround_jobs: self.turnaround_jobs,
            layouts: lines(&self.layouts),
            entry: (!self.entry.is_empty()).then_some(Entry { words: self.entry, hours: self.entry_hours }),
        })
    }
}

/// The lines of a text that is kept a line each.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// Writes what a facility asks, whether or not it asked for something before. What asks for nothing has no row.
pub fn set(conn: &mut Conn, id: FacilityId, care: &Care) -> Result<(), StoreError> {
    diesel::delete(facility_care::table.find(id.row())).execute(conn)?;
    if *care == Care::default() {
        return Ok(());
    }
    let entry = care.entry.as_ref().map_or(("", ENTRY_HOURS), |one| (one.words.as_str(), one.hours));
    let pairs: Vec<String> = care.pairs.iter().map(|(one, other)| format!("{one}\t{other}")).collect();
    let lengths: Vec<String> = care.lengths.iter().map(ToString::to_string).collect();
    diesel::insert_into(facility_care::table)
        .values((
            facility_care::facility_id.eq(id.row()),
            facility_care::allergens.eq(care.allergens),
            facility_care::labels.eq(care.labels.join("\n")),
            facility_care::pairs.eq(pairs.join("\n")),
            facility_care::checklist.eq(care.checklist.join("\n")),
            facility_care::lengths.eq(lengths.join(",")),
            facility_care::induction.eq(care.induction),
            facility_care::risk_date.eq(care.risk_date),
            facility_care::turnaround_jobs.eq(care.turnaround_jobs),
            facility_care::layouts.eq(care.layouts.join("\n")),
            facility_care::entry.eq(entry.0),
            facility_care::entry_hours.eq(entry.1),
        ))
        .execute(conn)?;
    Ok(())
}
