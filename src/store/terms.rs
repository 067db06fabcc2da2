//! Terms of sites and facilities in versions, and which of them hold. Not who has to accept them.

use diesel::prelude::*;

use super::schema::{booking, facility, terms};
use super::{Conn, StoreError};
use crate::domain::ids::{FacilityId, OrganisationId, PersonId, SiteId, TermsId};
use crate::domain::span::Instant;

/// One version.
#[derive(Debug, Clone)]
pub struct Version {
    pub id: TermsId,
    pub version: i32,
    pub body: String,
    pub made_at: Instant,
    /// Of a facility that has its own.
    pub facility: Option<FacilityId>,
}

type Row = (i64, i32, String, i64, Option<i64>);
const COLUMNS: (terms::id, terms::version, terms::body, terms::made_at, terms::facility_id) =
    (terms::id, terms::version, terms::body, terms::made_at, terms::facility_id);

fn version((id, version, body, made_at, facility): Row) -> Version {
    Version {
        id: TermsId::new(id),
        version,
        body,
        made_at: Instant::from_seconds(made_at),
        facility: facility.map(FacilityId::new),
    }
}

/// All versions at a site, its own and those of its facilities, the newest first.
pub fn at_site(conn: &mut Conn, site: SiteId) -> Result<Vec<Version>, StoreError> {
    let rows: Vec<Row> =
        terms::table.filter(terms::site_id.eq(site.row())).order(terms::id.desc()).select(COLUMNS).load(conn)?;
    Ok(rows.into_iter().map(version).collect())
}

pub fn by_id(conn: &mut Conn, id: TermsId) -> Result<Option<Version>, StoreError> {
    let row: Option<Row> = terms::table.find(id.row()).select(COLUMNS).first(conn).optional()?;
    Ok(row.map(version))
}

/// The version that holds, and the one that an organisation accepted last at the same site, in one query.
pub fn to_accept(
    conn: &mut Conn,
    (site, current): (SiteId, TermsId),
    organisation: Option<OrganisationId>,
) -> Result<(Option<Version>, Option<Version>), StoreError> {
    let by = booking::organisation_id.eq(organisation.map_or(0, |id| id.row()));
    let accepted = diesel::dsl::exists(
        booking::table.filter(booking::terms_id.eq(terms::id.nullable()).assume_not_null().and(by.assume_not_null())),
    );
    let rows: Vec<(Row, bool)> = terms::table
        .filter(terms::site_id.eq(site.row()))
        .filter(terms::id.eq(current.row()).or(accepted))
        .order(terms::id.desc())
        .select((COLUMNS, accepted))
        .load(conn)?;
    let mut holds = None;
    let mut last = None;
    for (row, accepted) in rows {
        let one = version(row);
        if accepted && last.is_none() {
            last = Some(one.clone());
        }
        if one.id == current {
            holds = Some(one);
        }
    }
    Ok((holds, last))
}

/// Writes a new version of the terms of a site, or of one facility, and puts it in force. No text means that there are none any more.
pub fn publish(
    conn: &mut Conn,
    (site, of): (SiteId, Option<FacilityId>),
    body: &str,
    by: Option<PersonId>,
    now: Instant,
) -> Result<(), StoreError> {
    let of_same = |one: &Version| one.facility == of;
    let before = at_site(conn, site)?;
    let number = before.iter().filter(|one| of_same(one)).map(|one| one.version).max().unwrap_or_default() + 1;
    diesel::insert_into(terms::table)
        .values((
            terms::site_id.eq(site.row()),
            terms::facility_id.eq(of.map(|id| id.row())),
            terms::version.eq(number),
            terms::body.eq(body),
            terms::made_at.eq(now.seconds()),
            terms::made_by.eq(by.map(|by| by.row())),
        ))
        .execute(conn)?;
    put_in_force(conn, site)
}

/// Points each facility of a site at the terms that hold for it: its own where it has some, else the site's.
pub fn put_in_force(conn: &mut Conn, site: SiteId) -> Result<(), StoreError> {
    let all = at_site(conn, site)?;
    let newest = |of: Option<FacilityId>| all.iter().find(|one| one.facility == of).filter(|one| !one.body.is_empty());
    let ids: Vec<i64> = facility::table.filter(facility::site_id.eq(site.row())).select(facility::id).load(conn)?;
    for id in ids {
        let holds = newest(Some(FacilityId::new(id))).or_else(|| newest(None)).map(|one| one.id.row());
        diesel::update(facility::table.find(id)).set(facility::terms_id.eq(holds)).execute(conn)?;
    }
    Ok(())
}
