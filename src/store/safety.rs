//! Writing whom to ring and where the alarm is, of a site and of its facilities. They are read with them.

use diesel::prelude::*;

use super::schema::{facility, site};
use super::{Conn, StoreError};
use crate::domain::ids::{FacilityId, SiteId};
use crate::domain::safety::Safety;

pub fn set_of_site(conn: &mut Conn, id: SiteId, safety: &Safety) -> Result<(), StoreError> {
    diesel::update(site::table.find(id.row())).set(site::safety.eq(safety.stored())).execute(conn)?;
    Ok(())
}

pub fn set_of_facility(conn: &mut Conn, id: FacilityId, safety: &Safety) -> Result<(), StoreError> {
    diesel::update(facility::table.find(id.row())).set(facility::safety.eq(safety.stored())).execute(conn)?;
    Ok(())
}
