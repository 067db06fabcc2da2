//! The second organisation of a booking, and who of it gets its mail. Not who may see it.

use diesel::prelude::*;

use super::error::read;
use super::schema::{booking, membership, organisation, person};
use super::{Conn, StoreError};
use crate::domain::holder::Reader;
use crate::domain::ids::{BookingId, OrganisationId, PersonId};
use crate::domain::organisation::Standing;
use crate::domain::person::Email;
use crate::domain::policy::MemberRole;

/// Shares a booking with a second organisation, or with none.
pub fn set(conn: &mut Conn, id: BookingId, with: Option<OrganisationId>) -> Result<(), StoreError> {
    let with = with.map(|id| id.row());
    diesel::update(booking::table.find(id.row())).set(booking::second_organisation_id.eq(with)).execute(conn)?;
    Ok(())
}

/// The coordinators of an organisation, by name; none of one that is not approved, as while it is suspended.
pub fn coordinators(conn: &mut Conn, id: OrganisationId) -> Result<Vec<Reader>, StoreError> {
    let rows: Vec<(i64, String, String)> = membership::table
        .inner_join(person::table)
        .inner_join(organisation::table.on(membership::organisation_id.eq(organisation::id)))
        .filter(organisation::id.eq(id.row()).and(organisation::state.eq(Standing::Approved.code())))
        .filter(membership::role.eq(MemberRole::Coordinator.code()).and(person::closed_at.is_null()))
        .order(person::name)
        .select((person::id, person::name, person::email))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, name, email)| {
            let email = read(Email::parse(&email).ok(), "person", id, "email")?;
            Ok(Reader { person: Some(PersonId::new(id)), name, email, shares: true })
        })
        .collect()
}
