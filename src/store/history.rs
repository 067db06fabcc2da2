//! The history read by what it is about, narrowed down, page by page, with names looked up. Nothing here changes it.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::error::read;
use super::holders::holder_name;
use super::schema::{booking, event, facility, membership, message, organisation, person, site, site_staff};
use super::{Conn, StoreError};
use crate::domain::history::EventKind;
use crate::domain::history_search::{Narrow, Scope};
use crate::domain::holder::HolderName;
use crate::domain::ids::{BookingId, FacilityId, OrganisationId, PersonId, Reference, SiteId, Slug};
use crate::domain::rules::Privacy;
use crate::domain::span::Instant;

/// The booking that a line is about, with what its redaction goes by.
#[derive(Debug, Clone)]
pub struct Booked {
    pub reference: Reference,
    pub site: SiteId,
    pub organisation: Option<OrganisationId>,
    pub second: Option<OrganisationId>,
    pub privacy: Privacy,
    pub holder: HolderName,
    pub purpose: String,
}

/// One line with the names of everything that it is about.
#[derive(Debug, Clone)]
pub struct Line {
    pub at: Instant,
    pub kind: EventKind,
    pub actor: Option<(PersonId, String)>,
    /// Whom it was done to, where that is a person.
    pub person: Option<(PersonId, String)>,
    pub site: Option<(String, chrono_tz::Tz)>,
    pub facility: Option<String>,
    pub booking: Option<Booked>,
    pub organisation: Option<(OrganisationId, String)>,
    pub number: Option<i64>,
    pub message: String,
}

type About = (Option<i64>, Option<i64>, Option<i64>, Option<i64>);
type SiteRow = (i64, String, String);
type BookingRow = (i64, String, i64, String, Option<i64>, Option<i64>, String, String, String);
type Row = (i64, i64, String, About, Option<SiteRow>, Option<String>, Option<BookingRow>, Option<String>);

const BOOKED: (
    booking::id,
    booking::reference,
    booking::site_id,
    booking::holder,
    booking::organisation_id,
    booking::second_organisation_id,
    booking::contact_name,
    booking::purpose,
    booking::privacy,
) = (
    booking::id,
    booking::reference,
    booking::site_id,
    booking::holder,
    booking::organisation_id,
    booking::second_organisation_id,
    booking::contact_name,
    booking::purpose,
    booking::privacy,
);

/// The newest lines first, `most` of them after the first `skip`.
pub fn lines(
    conn: &mut Conn,
    scope: &Scope,
    narrow: &Narrow,
    (skip, most): (i64, i64),
) -> Result<Vec<Line>, StoreError> {
    let (from, to) = (narrow.from.map_or(0, Instant::seconds), narrow.to.map_or(i64::MAX, Instant::seconds));
    let mut query = event::table
        .left_join(site::table)
        .left_join(facility::table)
        .left_join(booking::table)
        .left_join(message::table)
        // It begins at the newest, so that the lines are met in their order.
        .filter(event::at.ge(from).and(event::at.lt(to)))
        .into_boxed();
    let mut page = (skip, most);
    query = match scope {
        Scope::Everything => query,
        Scope::Sites(sites) => query.filter(event::site_id.eq_any(rows_of(sites))),
        Scope::Facility(id) => query.filter(event::facility_id.eq(id.row())),
        Scope::Organisation(id) => query.filter(event::organisation_id.eq(id.row())),
        Scope::Person(id) => {
            page = (0, most);
            query.filter(event::id.eq_any(ids_about(conn, *id, narrow, (skip, most))?))
        }
    };
    if let Some(kinds) = &narrow.kinds {
        let codes: Vec<&str> = kinds.iter().map(|kind| kind.code()).collect();
        query = query.filter(event::kind.eq_any(codes));
    }
    if let Some(by) = &narrow.by {
        query = query.filter(event::actor_id.eq_any(rows_of(by)));
    }
    if let Some(id) = narrow.booking {
        query = query.filter(event::booking_id.eq(id.row()));
    }
    let rows: Vec<Row> = query
        .order((event::at.desc(), event::id.desc()))
        .limit(page.1)
        .offset(page.0)
        .select((
            event::id,
            event::at,
            event::kind,
            (event::actor_id, event::person_id, event::organisation_id, event::number),
            (site::id, site::name, site::time_zone).nullable(),
            facility::name.nullable(),
            BOOKED.nullable(),
            message::body.nullable(),
        ))
        .load(conn)?;
    named(conn, rows)
}

fn rows_of<T>(ids: &[crate::domain::ids::Id<T>]) -> Vec<Option<i64>> {
    ids.iter().map(|id| Some(id.row())).collect()
}

/// The newest lines that a person wrote or that are about them: by two indexes, put together.
fn ids_about(conn: &mut Conn, id: PersonId, narrow: &Narrow, (skip, most): (i64, i64)) -> Result<Vec<i64>, StoreError> {
    let codes: Option<Vec<&str>> = narrow.kinds.as_ref().map(|kinds| kinds.iter().map(|kind| kind.code()).collect());
    let (from, to) = (narrow.from.map_or(0, Instant::seconds), narrow.to.map_or(i64::MAX, Instant::seconds));
    let mut ids: Vec<(i64, i64)> = Vec::new();
    for own in [true, false] {
        let mut query = event::table.filter(event::at.ge(from).and(event::at.lt(to))).into_boxed();
        query =
            if own { query.filter(event::actor_id.eq(id.row())) } else { query.filter(event::person_id.eq(id.row())) };
        if let Some(codes) = &codes {
            query = query.filter(event::kind.eq_any(codes.clone()));
        }
        if let Some(id) = narrow.booking {
            query = query.filter(event::booking_id.eq(id.row()));
        }
        let query = query.order((event::at.desc(), event::id.desc())).limit(skip + most);
        let found: Vec<(i64, i64)> = query.select((event::at, event::id)).load(conn)?;
        ids.extend(found);
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.dedup();
    let skip = usize::try_from(skip).unwrap_or_default();
    Ok(ids.into_iter().skip(skip).take(usize::try_from(most).unwrap_or_default()).map(|(_, id)| id).collect())
}

/// Looks up people and organisations of all lines together.
fn named(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Line>, StoreError> {
    let people: HashSet<i64> = rows.iter().flat_map(|row| [row.3.0, row.3.1]).flatten().collect();
    let people: HashMap<i64, String> = person::table
        .filter(person::id.eq_any(people))
        .select((person::id, person::name))
        .load::<(i64, String)>(conn)?
        .into_iter()
        .collect();
    let of_booking = |row: &Row| row.6.as_ref().and_then(|booking| booking.4);
    let organisations: HashSet<i64> = rows.iter().flat_map(|row| [row.3.2, of_booking(row)]).flatten().collect();
    let organisations: HashMap<i64, String> = organisation::table
        .filter(organisation::id.eq_any(organisations))
        .select((organisation::id, organisation::name))
        .load::<(i64, String)>(conn)?
        .into_iter()
        .collect();
    rows.into_iter().map(|row| line(row, &people, &organisations)).collect()
}

fn line(
    (id, at, kind, (actor, person, of, number), site, facility, booking, message): Row,
    people: &HashMap<i64, String>,
    organisations: &HashMap<i64, String>,
) -> Result<Line, StoreError> {
    let whose = |id: Option<i64>| id.and_then(|id| Some((PersonId::new(id), people.get(&id)?.clone())));
    let site = match site {
        Some((row, name, zone)) => Some((name, read(zone.parse().ok(), "site", row, "time_zone")?)),
        None => None,
    };
    Ok(Line {
        at: Instant::from_seconds(at),
        kind: read(EventKind::parse(&kind), "event", id, "kind")?,
        actor: whose(actor),
        person: whose(person),
        site,
        facility,
        booking: booking.map(|row| booked(row, organisations)).transpose()?,
        organisation: of.and_then(|id| Some((OrganisationId::new(id), organisations.get(&id)?.clone()))),
        number,
        message: message.unwrap_or_default(),
    })
}

fn booked(
    (row, reference, site, holder, organisation, second, contact, purpose, privacy): BookingRow,
    organisations: &HashMap<i64, String>,
) -> Result<Booked, StoreError> {
    let name = organisation.and_then(|id| organisations.get(&id).cloned());
    Ok(Booked {
        reference: read(Reference::parse(&reference), "booking", row, "reference")?,
        site: SiteId::new(site),
        organisation: organisation.map(OrganisationId::new),
        second: second.map(OrganisationId::new),
        privacy: read(Privacy::parse(&privacy), "booking", row, "privacy")?,
        holder: holder_name(row, (holder, contact), name)?,
        purpose,
    })
}

diesel::define_sql_function! {
    /// Small letters; one engine knows those of the alphabet without accents only.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// The people whose name or address is like this; so many at the most.
pub fn people_like(conn: &mut Conn, typed: &str, most: i64) -> Result<Vec<PersonId>, StoreError> {
    let plain = typed.trim().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    let small = format!("%{}%", plain.to_lowercase());
    let name =
        lower(person::name).like(small.clone()).escape('!').or(person::name.like(format!("%{plain}%")).escape('!'));
    let rows: Vec<i64> = person::table
        .filter(name.or(person::email.like(small).escape('!')))
        .order(person::id)
        .limit(most)
        .select(person::id)
        .load(conn)?;
    Ok(rows.into_iter().map(PersonId::new).collect())
}

/// Of these people those whom an organisation's own history does not name: they belong to other organisations only, and work
/// at no site.
pub fn strangers(
    conn: &mut Conn,
    organisation: OrganisationId,
    people: &[PersonId],
) -> Result<HashSet<PersonId>, StoreError> {
    let rows: Vec<i64> = people.iter().map(|id| id.row()).collect();
    let members: Vec<(i64, i64)> = membership::table
        .filter(membership::person_id.eq_any(&rows))
        .select((membership::person_id, membership::organisation_id))
        .load(conn)?;
    let staff: Vec<i64> = person::table
        .left_join(site_staff::table)
        .filter(person::id.eq_any(&rows))
        .filter(site_staff::id.is_not_null().or(person::is_administrator.eq(true)))
        .select(person::id)
        .load(conn)?;
    let own: HashSet<i64> = members.iter().filter(|(_, of)| *of == organisation.row()).map(|(id, _)| *id).collect();
    let others = members.into_iter().map(|(id, _)| id).filter(|id| !own.contains(id) && !staff.contains(id));
    Ok(others.map(PersonId::new).collect())
}

/// The booking of a reference, by its row.
pub fn booking_row(conn: &mut Conn, reference: &Reference) -> Result<Option<BookingId>, StoreError> {
    let row: Option<i64> =
        booking::table.filter(booking::reference.eq(reference.stored())).select(booking::id).first(conn).optional()?;
    Ok(row.map(BookingId::new))
}

/// The spaces of a site by name, for the list to choose from.
pub fn spaces(conn: &mut Conn, site: SiteId) -> Result<Vec<(FacilityId, Slug, String)>, StoreError> {
    let rows: Vec<(i64, String, String)> = facility::table
        .filter(facility::site_id.eq(site.row()))
        .order(facility::name)
        .select((facility::id, facility::slug, facility::name))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, slug, name)| Ok((FacilityId::new(id), read(Slug::parse(&slug), "facility", id, "slug")?, name)))
        .collect()
}
