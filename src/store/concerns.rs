//! What is told to those who lead on safeguarding, who they are, and who read what. Nothing of it stands in any other table.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::error::read;
use super::schema::{facility, person, site_staff};
use super::schema_faults::{concern, concern_line, safeguarding_lead};
use super::{Conn, StoreError};
use crate::domain::concern::{ConcernAct, ConcernFacts, ConcernLine, ConcernText, Readers};
use crate::domain::ids::{ConcernId, FacilityId, PersonId, Reference, SiteId};
use crate::domain::span::Instant;

/// Who leads on safeguarding at a site and still works there.
pub fn leads(conn: &mut Conn, site: SiteId) -> Result<Vec<PersonId>, StoreError> {
    let here =
        site_staff::site_id.eq(safeguarding_lead::site_id).and(site_staff::person_id.eq(safeguarding_lead::person_id));
    let rows: Vec<i64> = safeguarding_lead::table
        .inner_join(site_staff::table.on(here))
        .inner_join(person::table.on(person::id.eq(safeguarding_lead::person_id)))
        .filter(safeguarding_lead::site_id.eq(site.row()).and(person::closed_at.is_null()))
        .order(safeguarding_lead::person_id)
        .select(safeguarding_lead::person_id)
        .load(conn)?;
    Ok(rows.into_iter().map(PersonId::new).collect())
}

pub fn readers(conn: &mut Conn, site: SiteId) -> Result<Readers, StoreError> {
    Ok(Readers::of(leads(conn, site)?))
}

/// Names somebody, or no longer.
pub fn set_lead(conn: &mut Conn, site: SiteId, person: PersonId, leads: bool, now: Instant) -> Result<(), StoreError> {
    diesel::delete(safeguarding_lead::table.find((site.row(), person.row()))).execute(conn)?;
    if leads {
        diesel::insert_into(safeguarding_lead::table)
            .values((
                safeguarding_lead::site_id.eq(site.row()),
                safeguarding_lead::person_id.eq(person.row()),
                safeguarding_lead::since.eq(now.seconds()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Keeps what was told.
///
/// # Errors
/// `Duplicate` when the reference is taken; draw another.
pub fn insert(
    conn: &mut Conn,
    reference: &Reference,
    (site, facility): (SiteId, FacilityId),
    told: &ConcernText,
    now: Instant,
) -> Result<ConcernId, StoreError> {
    let id: i64 = diesel::insert_into(concern::table)
        .values((
            concern::reference.eq(reference.stored()),
            concern::site_id.eq(site.row()),
            concern::facility_id.eq(facility.row()),
            concern::words.eq(&told.words),
            concern::contact.eq(&told.contact),
            concern::told_at.eq(now.seconds()),
        ))
        .returning(concern::id)
        .get_result(conn)?;
    Ok(ConcernId::new(id))
}

/// How many were told of a site since an instant.
pub fn told_since(conn: &mut Conn, site: SiteId, since: Instant) -> Result<i64, StoreError> {
    let recent = concern::table.filter(concern::site_id.eq(site.row()).and(concern::told_at.ge(since.seconds())));
    Ok(recent.select(count_star()).first(conn)?)
}

type Row = (i64, String, i64, String, i64, Option<i64>);

const FACTS: (concern::id, concern::reference, concern::site_id, facility::name, concern::told_at, concern::closed_at) =
    (concern::id, concern::reference, concern::site_id, facility::name, concern::told_at, concern::closed_at);

fn facts((id, reference, site, place, told, closed): Row) -> Result<ConcernFacts, StoreError> {
    Ok(ConcernFacts {
        id: ConcernId::new(id),
        reference: read(Reference::parse(&reference), "concern", id, "reference")?,
        site: SiteId::new(site),
        place,
        told_at: Instant::from_seconds(told),
        closed_at: closed.map(Instant::from_seconds),
    })
}

/// The concerns of a site without what they say, the newest first.
pub fn of_site(conn: &mut Conn, site: SiteId, most: i64) -> Result<Vec<ConcernFacts>, StoreError> {
    let rows: Vec<Row> = concern::table
        .inner_join(facility::table.on(facility::id.eq(concern::facility_id)))
        .filter(concern::site_id.eq(site.row()))
        .order((concern::told_at.desc(), concern::id.desc()))
        .limit(most)
        .select(FACTS)
        .load(conn)?;
    rows.into_iter().map(facts).collect()
}

/// One concern without what it says.
pub fn by_reference(conn: &mut Conn, reference: &Reference) -> Result<Option<ConcernFacts>, StoreError> {
    let row: Option<Row> = concern::table
        .inner_join(facility::table.on(facility::id.eq(concern::facility_id)))
        .filter(concern::reference.eq(reference.stored()))
        .select(FACTS)
        .first(conn)
        .optional()?;
    row.map(facts).transpose()
}

/// What it says. Call it only in the transaction that writes down who reads it.
pub fn text(conn: &mut Conn, id: ConcernId) -> Result<Option<ConcernText>, StoreError> {
    let row: Option<(String, String)> =
        concern::table.find(id.row()).select((concern::words, concern::contact)).first(conn).optional()?;
    Ok(row.map(|(words, contact)| ConcernText { words, contact }))
}

/// Adds a line of who did what.
pub fn add_line(
    conn: &mut Conn,
    id: ConcernId,
    (act, by): (ConcernAct, PersonId),
    body: &str,
    now: Instant,
) -> Result<(), StoreError> {
    diesel::insert_into(concern_line::table)
        .values((
            concern_line::concern_id.eq(id.row()),
            concern_line::at.eq(now.seconds()),
            concern_line::by_id.eq(by.row()),
            concern_line::act.eq(act.code()),
            concern_line::body.eq(body),
        ))
        .execute(conn)?;
    Ok(())
}

/// Who did what, the newest first.
pub fn lines(conn: &mut Conn, id: ConcernId) -> Result<Vec<ConcernLine>, StoreError> {
    let rows: Vec<(i64, i64, String, String, String)> = concern_line::table
        .inner_join(person::table.on(person::id.eq(concern_line::by_id)))
        .filter(concern_line::concern_id.eq(id.row()))
        .order(concern_line::id.desc())
        .select((concern_line::id, concern_line::at, person::name, concern_line::act, concern_line::body))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, at, by, act, body)| {
            let act = read(ConcernAct::parse(&act), "concern_line", id, "act")?;
            Ok(ConcernLine { at: Instant::from_seconds(at), by, act, body })
        })
        .collect()
}

/// Closes it, or opens it again; false when somebody else did so first.
pub fn set_closed(conn: &mut Conn, id: ConcernId, closed: Option<Instant>) -> Result<bool, StoreError> {
    let there = concern::table.find(id.row()).filter(concern::closed_at.is_null().eq(closed.is_some()));
    let changed = diesel::update(there).set(concern::closed_at.eq(closed.map(Instant::seconds))).execute(conn)?;
    Ok(changed == 1)
}
