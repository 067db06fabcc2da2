//! Whole tables in a few queries, for files: people with their rights, trust, places in lists, and bookings page by page. Not their words.

use std::collections::HashMap;

use diesel::prelude::*;

use super::error::read;
use super::schema::{booking, facility, membership, organisation, person, site, site_staff, site_trust};
use super::{Conn, StoreError};
use crate::domain::ids::{BookingId, FacilityId, OrganisationId, PersonId, Reference, SiteId, Slug};
use crate::domain::person::Email;
use crate::domain::policy::{MemberRole, StaffRole};
use crate::domain::tables::people::PersonLine;

/// Everybody who has an account, by address, with their rights.
pub fn people(conn: &mut Conn) -> Result<Vec<PersonLine>, StoreError> {
    let mut members: HashMap<i64, Vec<(Slug, MemberRole)>> = HashMap::new();
    let rows: Vec<(i64, i64, String, String)> = membership::table
        .inner_join(organisation::table)
        .select((membership::id, membership::person_id, organisation::slug, membership::role))
        .load(conn)?;
    for (id, of, slug, role) in rows {
        let slug = read(Slug::parse(&slug), "membership", id, "organisation_id")?;
        members.entry(of).or_default().push((slug, read(MemberRole::parse(&role), "membership", id, "role")?));
    }
    let mut posts: HashMap<i64, Vec<(Slug, StaffRole)>> = HashMap::new();
    let rows: Vec<(i64, i64, String, String)> = site_staff::table
        .inner_join(site::table)
        .select((site_staff::id, site_staff::person_id, site::slug, site_staff::role))
        .load(conn)?;
    for (id, of, slug, role) in rows {
        let slug = read(Slug::parse(&slug), "site_staff", id, "site_id")?;
        posts.entry(of).or_default().push((slug, read(StaffRole::parse(&role), "site_staff", id, "role")?));
    }
    let rows: Vec<(i64, String, String, bool)> = person::table
        .filter(person::closed_at.is_null())
        .order(person::email)
        .select((person::id, person::email, person::name, person::is_administrator))
        .load(conn)?;
    let line = |(id, email, name, administrator): (i64, String, String, bool)| {
        let (mut organisations, mut sites) =
            (members.remove(&id).unwrap_or_default(), posts.remove(&id).unwrap_or_default());
        organisations.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        sites.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        let email = read(Email::parse(&email).ok(), "person", id, "email")?;
        Ok(PersonLine { email, name, administrator, organisations, sites })
    };
    rows.into_iter().map(line).collect()
}

/// The addresses and rows of everybody with an account, closed ones too.
pub fn addresses(conn: &mut Conn) -> Result<HashMap<String, PersonId>, StoreError> {
    let rows: Vec<(i64, String)> = person::table.select((person::id, person::email)).load(conn)?;
    Ok(rows.into_iter().map(|(id, email)| (email, PersonId::new(id))).collect())
}

/// Which site trusts which organisation.
pub fn trust(conn: &mut Conn) -> Result<Vec<(OrganisationId, Slug)>, StoreError> {
    let rows: Vec<(i64, i64, String)> = site_trust::table
        .inner_join(site::table)
        .select((site_trust::organisation_id, site::id, site::slug))
        .load(conn)?;
    let one = |(organisation, id, slug): (i64, i64, String)| {
        Ok((OrganisationId::new(organisation), read(Slug::parse(&slug), "site", id, "slug")?))
    };
    rows.into_iter().map(one).collect()
}

/// The place of each facility in the lists of its site.
pub fn positions(conn: &mut Conn) -> Result<HashMap<FacilityId, i32>, StoreError> {
    let rows: Vec<(i64, i32)> = facility::table.select((facility::id, facility::position)).load(conn)?;
    Ok(rows.into_iter().map(|(id, position)| (FacilityId::new(id), position)).collect())
}

/// The next bookings after one, in the order in which they were made; of some sites only where those are named.
pub fn bookings_after(
    conn: &mut Conn,
    sites: Option<&[SiteId]>,
    after: BookingId,
    most: i64,
) -> Result<Vec<BookingId>, StoreError> {
    let mut query = booking::table
        .filter(booking::id.gt(after.row()))
        .order(booking::id)
        .limit(most)
        .select(booking::id)
        .into_boxed();
    if let Some(sites) = sites {
        query = query.filter(booking::site_id.eq_any(sites.iter().map(|id| id.row()).collect::<Vec<_>>()));
    }
    let rows: Vec<i64> = query.load(conn)?;
    Ok(rows.into_iter().map(BookingId::new).collect())
}

/// Those of some references that a booking has already.
pub fn references_there(conn: &mut Conn, wanted: &[Reference]) -> Result<Vec<Reference>, StoreError> {
    let mut there = Vec::new();
    for some in wanted.chunks(500) {
        let some: Vec<&str> = some.iter().map(Reference::stored).collect();
        let rows: Vec<(i64, String)> = booking::table
            .filter(booking::reference.eq_any(some))
            .select((booking::id, booking::reference))
            .load(conn)?;
        for (id, reference) in rows {
            there.push(read(Reference::parse(&reference), "booking", id, "reference")?);
        }
    }
    Ok(there)
}
