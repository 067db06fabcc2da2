//! What spaces cost and what a site charges although nobody was there: written here, read with the facility and the site.

use diesel::prelude::*;

use super::schema::{facility, site};
use super::{Conn, StoreError};
use crate::domain::ids::{FacilityId, SiteId};
use crate::domain::rates::{Rate, stored};
use crate::domain::statement::Charging;

/// Writes all rates of a facility.
pub fn set(conn: &mut Conn, id: FacilityId, rates: &[Rate]) -> Result<(), StoreError> {
    diesel::update(facility::table.find(id.row())).set(facility::rates.eq(stored(rates))).execute(conn)?;
    Ok(())
}

pub fn set_charging(conn: &mut Conn, id: SiteId, charging: Charging) -> Result<(), StoreError> {
    diesel::update(site::table.find(id.row()))
        .set((site::charges_late.eq(charging.late), site::charges_absent.eq(charging.absent)))
        .execute(conn)?;
    Ok(())
}
