//! Who funds a site or a space, and since when a space is in use, as its manager says it. Only reports ask for it.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::error::read;
use super::schema::reports::{facility_funding, site_funding};
use super::{Conn, StoreError};
use crate::domain::ids::{FacilityId, SiteId};

/// What a manager says of a space for reports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Funding {
    /// Empty where it goes by its site.
    pub funder: String,
    /// None where it was always there.
    pub in_use_from: Option<NaiveDate>,
}

pub fn of_facility(conn: &mut Conn, id: FacilityId) -> Result<Funding, StoreError> {
    let row: Option<(String, Option<String>)> = facility_funding::table
        .find(id.row())
        .select((facility_funding::funder, facility_funding::in_use_from))
        .first(conn)
        .optional()?;
    let Some((funder, from)) = row else {
        return Ok(Funding::default());
    };
    Ok(Funding { funder, in_use_from: stored_date(id.row(), from)? })
}

/// The date from which a space is in use, as it is stored.
pub(super) fn stored_date(id: i64, from: Option<String>) -> Result<Option<NaiveDate>, StoreError> {
    from.map(|text| read(text.parse().ok(), "facility_funding", id, "in_use_from")).transpose()
}

pub fn set_of_facility(conn: &mut Conn, id: FacilityId, funding: &Funding) -> Result<(), StoreError> {
    let from = funding.in_use_from.map(|date| date.to_string());
    let values = (facility_funding::funder.eq(&funding.funder), facility_funding::in_use_from.eq(from));
    if diesel::update(facility_funding::table.find(id.row())).set(values.clone()).execute(conn)? == 0 {
        diesel::insert_into(facility_funding::table)
            .values((facility_funding::facility_id.eq(id.row()), values))
            .execute(conn)?;
    }
    Ok(())
}

/// Who funds a site; empty where nobody said.
pub fn of_site(conn: &mut Conn, id: SiteId) -> Result<String, StoreError> {
    let row: Option<String> = site_funding::table.find(id.row()).select(site_funding::funder).first(conn).optional()?;
    Ok(row.unwrap_or_default())
}

pub fn set_of_site(conn: &mut Conn, id: SiteId, funder: &str) -> Result<(), StoreError> {
    let value = site_funding::funder.eq(funder);
    if diesel::update(site_funding::table.find(id.row())).set(value).execute(conn)? == 0 {
        diesel::insert_into(site_funding::table).values((site_funding::site_id.eq(id.row()), value)).execute(conn)?;
    }
    Ok(())
}
