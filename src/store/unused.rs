//! Rights that nobody uses: who has not signed in for long, and what has lapsed and may be restored. Not when that is: `domain::unused`.

use diesel::prelude::*;

use super::error::read;
use super::schema::{membership, person, site_staff};
use super::schema_accounts::lapsed_right;
use super::{Conn, StoreError, settings};
use crate::domain::ids::{OrganisationId, PersonId, SiteId};
use crate::domain::person::Email;
use crate::domain::policy::{MemberRole, StaffRole};
use crate::domain::span::Instant;
use crate::domain::unused::{MONTHS, Stage, Unused};

/// After how many months rights lapse; 0 for never.
pub fn months(conn: &mut Conn) -> Result<i32, StoreError> {
    let set = settings::get(conn, settings::LAPSE_MONTHS)?;
    Ok(set.and_then(|text| text.parse().ok()).unwrap_or(MONTHS))
}

/// Somebody with rights who has not signed in for long.
#[derive(Debug, Clone)]
pub struct Sleeper {
    pub person: PersonId,
    pub name: String,
    pub email: Email,
    pub administrator: bool,
    pub unused: Unused,
}

/// Those who last signed in by then, have any right, and have not lost what they could; or one of them.
pub fn sleepers(conn: &mut Conn, by: Instant, only: Option<PersonId>, most: i64) -> Result<Vec<Sleeper>, StoreError> {
    let member = diesel::dsl::exists(membership::table.filter(membership::person_id.eq(person::id)));
    let staff = diesel::dsl::exists(site_staff::table.filter(site_staff::person_id.eq(person::id)));
    type Row = (i64, String, String, bool, (i64, i32, Option<i64>));
    let mut wanted = person::table.into_boxed();
    if let Some(only) = only {
        wanted = wanted.filter(person::id.eq(only.row()));
    }
    let rows: Vec<Row> = wanted
        .filter(person::signed_in_at.le(by.seconds()).and(person::lapse_stage.lt(Stage::Lapsed.row())))
        .filter(person::closed_at.is_null())
        .filter(person::is_administrator.eq(true).or(member).or(staff))
        .order((person::lapse_told_at, person::id))
        .limit(most)
        .select((
            person::id,
            person::name,
            person::email,
            person::is_administrator,
            (person::signed_in_at, person::lapse_stage, person::lapse_told_at),
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, name, email, administrator, (signed_in_at, stage, told_at))| {
            Ok(Sleeper {
                person: PersonId::new(id),
                name,
                email: read(Email::parse(&email).ok(), "person", id, "email")?,
                administrator,
                unused: Unused {
                    signed_in_at: Instant::from_seconds(signed_in_at),
                    stage: read(Stage::parse(stage), "person", id, "lapse_stage")?,
                    told_at: told_at.map(Instant::from_seconds),
                },
            })
        })
        .collect()
}

/// Notes how far the word has gone, and when.
pub fn set_stage(conn: &mut Conn, id: PersonId, stage: Stage, at: Instant) -> Result<(), StoreError> {
    diesel::update(person::table.find(id.row()))
        .set((person::lapse_stage.eq(stage.row()), person::lapse_told_at.eq(at.seconds())))
        .execute(conn)?;
    Ok(())
}

/// As if somebody had signed in at a time: for the demo, and for whoever gets a right back, who has a year again.
pub fn set_signed_in(conn: &mut Conn, id: PersonId, at: Instant) -> Result<(), StoreError> {
    diesel::update(person::table.find(id.row()))
        .set((
            person::signed_in_at.eq(at.seconds()),
            person::lapse_stage.eq(Stage::Used.row()),
            person::lapse_told_at.eq(None::<i64>),
        ))
        .execute(conn)?;
    Ok(())
}

/// What a right is to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    Member(OrganisationId, MemberRole),
    Staff(SiteId, StaffRole),
    Administrator,
}

/// The rights of somebody in rows: memberships and posts.
pub fn rights(conn: &mut Conn, id: PersonId) -> Result<Vec<Right>, StoreError> {
    let members: Vec<(i64, i64, String)> = membership::table
        .filter(membership::person_id.eq(id.row()))
        .order(membership::id)
        .select((membership::id, membership::organisation_id, membership::role))
        .load(conn)?;
    let posts: Vec<(i64, i64, String)> = site_staff::table
        .filter(site_staff::person_id.eq(id.row()))
        .order(site_staff::id)
        .select((site_staff::id, site_staff::site_id, site_staff::role))
        .load(conn)?;
    let mut all = Vec::with_capacity(members.len() + posts.len());
    for (row, organisation, role) in members {
        let role = read(MemberRole::parse(&role), "membership", row, "role")?;
        all.push(Right::Member(OrganisationId::new(organisation), role));
    }
    for (row, site, role) in posts {
        all.push(Right::Staff(SiteId::new(site), read(StaffRole::parse(&role), "site_staff", row, "role")?));
    }
    Ok(all)
}

/// Keeps a right that has lapsed, so that it can be restored.
pub fn keep(conn: &mut Conn, id: PersonId, right: Right, now: Instant) -> Result<(), StoreError> {
    let (organisation, site, role) = columns(right);
    diesel::insert_into(lapsed_right::table)
        .values((
            lapsed_right::person_id.eq(id.row()),
            lapsed_right::organisation_id.eq(organisation),
            lapsed_right::site_id.eq(site),
            lapsed_right::role.eq(role),
            lapsed_right::lapsed_at.eq(now.seconds()),
        ))
        .execute(conn)?;
    Ok(())
}

fn columns(right: Right) -> (Option<i64>, Option<i64>, &'static str) {
    match right {
        Right::Member(organisation, role) => (Some(organisation.row()), None, role.code()),
        Right::Staff(site, role) => (None, Some(site.row()), role.code()),
        Right::Administrator => (None, None, "administrator"),
    }
}

/// A right that has lapsed, with its owner.
#[derive(Debug, Clone)]
pub struct Lapsed {
    pub person: PersonId,
    pub name: String,
    pub email: Email,
    pub right: Right,
    pub at: Instant,
}

type LapsedRow = (i64, i64, String, String, Option<i64>, Option<i64>, String, i64);

/// What has lapsed in an organisation, by name.
pub fn of_organisation(conn: &mut Conn, id: OrganisationId) -> Result<Vec<Lapsed>, StoreError> {
    lapsed(lapsed_rows().filter(lapsed_right::organisation_id.eq(id.row())).load(conn)?)
}

/// What has lapsed at a site, by name.
pub fn of_site(conn: &mut Conn, id: SiteId) -> Result<Vec<Lapsed>, StoreError> {
    lapsed(lapsed_rows().filter(lapsed_right::site_id.eq(id.row())).load(conn)?)
}

/// The administrators whose right has lapsed, by name.
pub fn of_administrators(conn: &mut Conn) -> Result<Vec<Lapsed>, StoreError> {
    let neither = lapsed_right::site_id.is_null().and(lapsed_right::organisation_id.is_null());
    lapsed(lapsed_rows().filter(neither).load(conn)?)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn lapsed_rows() -> _ {
    lapsed_right::table
        .inner_join(person::table)
        .filter(person::closed_at.is_null())
        .order((person::name, lapsed_right::id))
        .select((
            lapsed_right::id,
            person::id,
            person::name,
            person::email,
            lapsed_right::organisation_id,
            lapsed_right::site_id,
            lapsed_right::role,
            lapsed_right::lapsed_at,
        ))
}

fn lapsed(rows: Vec<LapsedRow>) -> Result<Vec<Lapsed>, StoreError> {
    rows.into_iter()
        .map(|(row, id, name, email, organisation, site, role, at)| {
            let right = match (organisation, site) {
                (Some(organisation), _) => {
                    MemberRole::parse(&role).map(|role| Right::Member(OrganisationId::new(organisation), role))
                }
                (None, Some(site)) => StaffRole::parse(&role).map(|role| Right::Staff(SiteId::new(site), role)),
                (None, None) => Some(Right::Administrator),
            };
            Ok(Lapsed {
                person: PersonId::new(id),
                name,
                email: read(Email::parse(&email).ok(), "person", id, "email")?,
                right: read(right, "lapsed_right", row, "role")?,
                at: Instant::from_seconds(at),
            })
        })
        .collect()
}

/// Strikes a right off what has lapsed; false when it is not there (any more).
pub fn strike(conn: &mut Conn, id: PersonId, right: Right) -> Result<bool, StoreError> {
    let (organisation, site, _) = columns(right);
    let of_person = lapsed_right::table.filter(lapsed_right::person_id.eq(id.row()));
    let struck = match (organisation, site) {
        (Some(organisation), _) => {
            diesel::delete(of_person.filter(lapsed_right::organisation_id.eq(organisation))).execute(conn)?
        }
        (None, Some(site)) => diesel::delete(of_person.filter(lapsed_right::site_id.eq(site))).execute(conn)?,
        (None, None) => diesel::delete(
            of_person.filter(lapsed_right::organisation_id.is_null().and(lapsed_right::site_id.is_null())),
        )
        .execute(conn)?,
    };
    Ok(0 < struck)
}

/// Takes an administrator's right away or gives it back.
pub fn set_administrator(conn: &mut Conn, id: PersonId, is: bool) -> Result<(), StoreError> {
    diesel::update(person::table.find(id.row())).set(person::is_administrator.eq(is)).execute(conn)?;
    Ok(())
}
