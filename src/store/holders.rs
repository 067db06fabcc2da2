//! Whose a booking is, out of its columns: an organisation, a person, or the site. Not the booking.

use diesel::prelude::*;

use super::error::read;
use super::schema::{membership, person};
use super::{Conn, StoreError};
use crate::domain::holder::{Contact, Holder, HolderId, HolderName, OrganisationName, Reach, Reader};
use crate::domain::ids::{OrganisationId, PersonId, Slug};
use crate::domain::person::Email;
use crate::domain::policy::MemberRole;

/// An organisation as its columns: row, slug and name.
pub(super) type OrganisationColumns = (i64, String, String);

pub(super) fn organisation_name((row, slug, name): OrganisationColumns) -> Result<OrganisationName, StoreError> {
    let slug = read(Slug::parse(&slug), "organisation", row, "slug")?;
    Ok(OrganisationName { id: OrganisationId::new(row), slug, name })
}

/// The holder of the booking in a row: its kind, the organisation if it is one, and name and contact if it is a person.
pub(super) fn holder(
    row: i64,
    (kind, contact_name, contact): (String, String, String),
    organisation: Option<OrganisationColumns>,
) -> Result<Holder, StoreError> {
    Ok(match (kind.as_str(), organisation) {
        ("organisation", Some(organisation)) => Holder::Organisation(organisation_name(organisation)?),
        ("person", None) => Holder::Person(person_of(row, contact_name, &contact)?),
        ("site", None) => Holder::Site,
        _ => return read(None, "booking", row, "holder"),
    })
}

fn person_of(row: i64, name: String, contact: &str) -> Result<Contact, StoreError> {
    Ok(Contact { name, reach: read(Reach::parse(contact).ok(), "booking", row, "contact")? })
}

/// As [`holder`], by id.
pub(super) fn holder_id(
    row: i64,
    (kind, contact_name, contact): (String, String, String),
    organisation: Option<i64>,
) -> Result<HolderId, StoreError> {
    Ok(match (kind.as_str(), organisation) {
        ("organisation", Some(organisation)) => Holder::Organisation(OrganisationId::new(organisation)),
        ("person", None) => Holder::Person(person_of(row, contact_name, &contact)?),
        ("site", None) => Holder::Site,
        _ => return read(None, "booking", row, "holder"),
    })
}

/// As [`holder`], by name only.
pub(super) fn holder_name(
    row: i64,
    (kind, contact_name): (String, String),
    organisation: Option<String>,
) -> Result<HolderName, StoreError> {
    Ok(match (kind.as_str(), organisation) {
        ("organisation", Some(name)) => Holder::Organisation(name),
        ("person", None) => Holder::Person(contact_name),
        ("site", None) => Holder::Site,
        _ => return read(None, "booking", row, "holder"),
    })
}

/// Name and contact as they are kept; empty for all but a person.
pub(super) fn contact_columns<O>(holder: &Holder<O>) -> (&str, &str) {
    holder.person().map_or(("", ""), |contact| (&contact.name, contact.reach.as_str()))
}

/// Those who are written to about what others did for an organisation: its coordinators, or its bookers where it has none.
pub fn readers_of(conn: &mut Conn, organisation: OrganisationId) -> Result<Vec<Reader>, StoreError> {
    let books = [MemberRole::Coordinator, MemberRole::Booker].map(MemberRole::code);
    let rows: Vec<(i64, String, String, String)> = membership::table
        .inner_join(person::table)
        .filter(membership::organisation_id.eq(organisation.row()).and(membership::role.eq_any(books)))
        .filter(person::closed_at.is_null())
        .order(person::id)
        .select((person::id, person::name, person::email, membership::role))
        .load(conn)?;
    let coordinates = |role: &str| role == MemberRole::Coordinator.code();
    let any = rows.iter().any(|(.., role)| coordinates(role));
    let written_to = rows.into_iter().filter(|(.., role)| !any || coordinates(role));
    written_to
        .map(|(id, name, email, _)| {
            let email = read(Email::parse(&email).ok(), "person", id, "email")?;
            Ok(Reader { person: Some(PersonId::new(id)), name, email, shares: false })
        })
        .collect()
}
