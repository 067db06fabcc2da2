//! What somebody is still needed for, and who could take their bookings over. Not the taking over, which the one writer does.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::error::read;
use super::schema::plots::plot_entry;
use super::schema::{booking, facility, membership, occurrence, organisation, person, site, site_staff};
use super::{Conn, StoreError};
use crate::domain::ids::{BookingId, PersonId, Reference, SiteId, Slug};
use crate::domain::leaving::{ContactOf, Contacts, Obstacle};
use crate::domain::occurrence::Stage;
use crate::domain::organisation::Standing;
use crate::domain::policy::{MemberRole, StaffRole};
use crate::domain::span::Instant;

/// The approved and suspended organisations whose only coordinator this person is.
pub fn last_coordinator(conn: &mut Conn, id: PersonId) -> Result<Vec<Obstacle>, StoreError> {
    let standing = [Standing::Approved.code(), Standing::Suspended.code()];
    let own: Vec<(i64, String, String)> = membership::table
        .inner_join(organisation::table)
        .filter(membership::person_id.eq(id.row()).and(membership::role.eq(MemberRole::Coordinator.code())))
        .filter(organisation::state.eq_any(standing))
        .order(organisation::name)
        .select((organisation::id, organisation::slug, organisation::name))
        .load(conn)?;
    let ids: Vec<i64> = own.iter().map(|one| one.0).collect();
    let others: Vec<i64> = membership::table
        .inner_join(person::table)
        .filter(membership::organisation_id.eq_any(ids).and(membership::person_id.ne(id.row())))
        .filter(membership::role.eq(MemberRole::Coordinator.code()).and(person::closed_at.is_null()))
        .select(membership::organisation_id)
        .load(conn)?;
    let last = own.into_iter().filter(|(row, ..)| !others.contains(row));
    last.map(|(row, slug, name)| {
        Ok(Obstacle::LastCoordinator { slug: read(Slug::parse(&slug), "organisation", row, "slug")?, name })
    })
    .collect()
}

/// Whether this person is an administrator and nobody else is.
pub fn is_last_administrator(conn: &mut Conn, id: PersonId) -> Result<bool, StoreError> {
    let all: Vec<i64> = person::table
        .filter(person::is_administrator.eq(true).and(person::closed_at.is_null()))
        .order(person::id)
        .limit(2)
        .select(person::id)
        .load(conn)?;
    Ok(all == [id.row()])
}

/// A booking to come, as far as handing it over needs it.
#[derive(Debug, Clone)]
pub struct Coming {
    pub id: BookingId,
    pub reference: Reference,
    pub of: ContactOf,
    pub name: String,
    pub starts_at: Instant,
    pub site: SiteId,
    pub organisation: Option<crate::domain::ids::OrganisationId>,
}

type Row = (i64, String, String, i64, String, String, Option<(i64, String, String)>, i64);

/// The bookings to come of which this person is the contact: those that they made for an organisation of theirs or for a site.
pub fn coming(conn: &mut Conn, id: PersonId, now: Instant) -> Result<Vec<Coming>, StoreError> {
    let member = membership::organisation_id
        .nullable()
        .eq(booking::organisation_id)
        .and(membership::person_id.nullable().eq(booking::booked_by));
    let rows: Vec<Row> = booking::table
        .inner_join(occurrence::table)
        .inner_join(site::table)
        .left_join(organisation::table)
        .left_join(membership::table.on(member))
        .filter(booking::booked_by.eq(id.row()))
        .filter(occurrence::state.eq_any(active()).and(occurrence::ends_at.gt(now.seconds())))
        .filter(booking::holder.eq("site").or(membership::id.is_not_null()))
        .order((occurrence::starts_at, booking::id))
        .select((
            booking::id,
            booking::reference,
            booking::holder,
            site::id,
            site::slug,
            site::name,
            (organisation::id, organisation::slug, organisation::name).nullable(),
            occurrence::starts_at,
        ))
        .load(conn)?;
    let mut all: Vec<Coming> = Vec::new();
    for (row, reference, _, site, site_slug, site_name, organisation, starts_at) in rows {
        if all.iter().any(|one| one.id.row() == row) {
            continue;
        }
        let slug = |text: &str| read(Slug::parse(text), "booking", row, "organisation_id");
        let (of, name) = match &organisation {
            Some((_, text, name)) => (ContactOf::Organisation(slug(text)?), name.clone()),
            None => (ContactOf::Site(slug(&site_slug)?), site_name),
        };
        all.push(Coming {
            id: BookingId::new(row),
            reference: read(Reference::parse(&reference), "booking", row, "reference")?,
            of,
            name,
            starts_at: Instant::from_seconds(starts_at),
            site: SiteId::new(site),
            organisation: organisation.map(|(id, ..)| crate::domain::ids::OrganisationId::new(id)),
        });
    }
    Ok(all)
}

fn active() -> Vec<&'static str> {
    Stage::ALL.into_iter().filter(|stage| stage.is_active()).map(Stage::code).collect()
}

/// Who could be the contact instead: for an organisation its other bookers and coordinators, for a site its other managers.
pub fn others(conn: &mut Conn, of: &ContactOf, but: PersonId) -> Result<Vec<(PersonId, String, String)>, StoreError> {
    let rows: Vec<(i64, String, String)> = match of {
        ContactOf::Organisation(slug) => membership::table
            .inner_join(organisation::table)
            .inner_join(person::table)
            .filter(organisation::slug.eq(slug.as_str()).and(person::closed_at.is_null()))
            .filter(membership::role.ne(MemberRole::Volunteer.code()).and(person::id.ne(but.row())))
            .order((person::name, person::id))
            .select((person::id, person::name, person::email))
            .load(conn)?,
        ContactOf::Site(slug) => site_staff::table
            .inner_join(site::table)
            .inner_join(person::table)
            .filter(site::slug.eq(slug.as_str()).and(person::closed_at.is_null()))
            .filter(site_staff::role.eq(StaffRole::Manager.code()).and(person::id.ne(but.row())))
            .order((person::name, person::id))
            .select((person::id, person::name, person::email))
            .load(conn)?,
    };
    Ok(rows.into_iter().map(|(id, name, email)| (PersonId::new(id), name, email)).collect())
}

/// The bookings to come in groups, each with who could take it over.
pub fn contacts(conn: &mut Conn, id: PersonId, now: Instant) -> Result<Vec<Obstacle>, StoreError> {
    let mut groups: BTreeMap<String, Contacts> = BTreeMap::new();
    for one in coming(conn, id, now)? {
        let group = groups.entry(one.of.code()).or_insert_with(|| Contacts {
            of: one.of.clone(),
            name: one.name.clone(),
            bookings: Vec::new(),
            others: Vec::new(),
        });
        group.bookings.push((one.reference, one.starts_at));
    }
    let mut obstacles = Vec::new();
    for (_, group) in groups {
        let others = others(conn, &group.of, id)?.into_iter().map(|(_, name, email)| (name, email)).collect();
        obstacles.push(Obstacle::Bookings(Contacts { others, ..group }));
    }
    Ok(obstacles)
}

/// What is still to come for them as a private person: bookings that staff made for them, and places in lines for plots.
pub fn as_private_person(conn: &mut Conn, email: &str, now: Instant) -> Result<Vec<Obstacle>, StoreError> {
    let sites: Vec<(i64, String)> = site::table.select((site::id, site::name)).load(conn)?;
    let ids: Vec<i64> = sites.iter().map(|(id, _)| *id).collect();
    let held: Vec<(i64, String, i64)> = booking::table
        .inner_join(occurrence::table)
        .filter(booking::organisation_id.is_null().and(booking::site_id.eq_any(ids)))
        .filter(booking::contact.eq(email))
        .filter(occurrence::state.eq_any(active()).and(occurrence::ends_at.gt(now.seconds())))
        .order(booking::id)
        .select((booking::id, booking::reference, booking::site_id))
        .distinct()
        .load(conn)?;
    let mut obstacles = Vec::new();
    for (row, reference, at) in held {
        let site = sites.iter().find(|(id, _)| *id == at).map(|(_, name)| name.clone()).unwrap_or_default();
        let reference = read(Reference::parse(&reference), "booking", row, "reference")?;
        obstacles.push(Obstacle::Held { reference, site });
    }
    let lines: Vec<(i64, String, i64)> = plot_entry::table
        .filter(plot_entry::contact.eq(email).and(plot_entry::ended_at.is_null()))
        .order(plot_entry::id)
        .select((plot_entry::id, plot_entry::reference, plot_entry::facility_id))
        .load(conn)?;
    for (row, reference, at) in lines {
        let place = facility::table.find(at).select(facility::name).first(conn)?;
        let reference = read(Reference::parse(&reference), "plot_entry", row, "reference")?;
        obstacles.push(Obstacle::InLine { reference, place });
    }
    Ok(obstacles)
}

/// The open places in waiting lists that somebody took, by their references.
pub fn waits(conn: &mut Conn, id: PersonId) -> Result<Vec<Reference>, StoreError> {
    use super::schema::waiting_entry;
    let rows: Vec<(i64, String)> = waiting_entry::table
        .filter(waiting_entry::person_id.eq(id.row()).and(waiting_entry::ended_at.is_null()))
        .order(waiting_entry::id)
        .select((waiting_entry::id, waiting_entry::reference))
        .load(conn)?;
    rows.into_iter().map(|(row, text)| read(Reference::parse(&text), "waiting_entry", row, "reference")).collect()
}
