//! Organisations, their members, and the sites that trust them. Not their bookings.

use diesel::prelude::*;

use super::error::read;
use super::holders::{OrganisationColumns, organisation_name};
use super::schema::{document, membership, organisation, person, site, site_trust};
use super::{Conn, StoreError, papers};
use crate::domain::holder::OrganisationName;
use crate::domain::ids::{OrganisationId, PersonId, SiteId, Slug};
use crate::domain::organisation::{Class, Organisation, Register, Standing};
use crate::domain::papers::{Paper, PaperStanding};
use crate::domain::person::Email;
use crate::domain::policy::MemberRole;
use crate::domain::services::{Profile, ServiceSet};
use crate::domain::span::Instant;

#[derive(Queryable)]
struct Row {
    id: i64,
    slug: String,
    name: String,
    about: String,
    register: String,
    charity_number: String,
    unregistered_reason: String,
    class: String,
    state: String,
    decline_reason: String,
    services: String,
}

type Columns = (
    organisation::id,
    organisation::slug,
    organisation::name,
    organisation::about,
    organisation::register,
    organisation::charity_number,
    organisation::unregistered_reason,
    organisation::class,
    organisation::state,
    organisation::decline_reason,
    organisation::services,
);

const COLUMNS: Columns = (
    organisation::id,
    organisation::slug,
    organisation::name,
    organisation::about,
    organisation::register,
    organisation::charity_number,
    organisation::unregistered_reason,
    organisation::class,
    organisation::state,
    organisation::decline_reason,
    organisation::services,
);

impl Row {
    fn organisation(self) -> Result<Organisation, StoreError> {
        let (table, id) = ("organisation", self.id);
        Ok(Organisation {
            id: OrganisationId::new(id),
            slug: read(Slug::parse(&self.slug), table, id, "slug")?,
            name: self.name,
            about: self.about,
            register: read(Register::parse(&self.register), table, id, "register")?,
            charity_number: self.charity_number,
            unregistered_reason: self.unregistered_reason,
            class: read(Class::parse(&self.class), table, id, "class")?,
            standing: read(Standing::parse(&self.state), table, id, "state")?,
            decline_reason: self.decline_reason,
            services: read(ServiceSet::parse(&self.services), table, id, "services")?,
        })
    }
}

/// An organisation to be added.
#[derive(Debug)]
pub struct NewOrganisation<'a> {
    pub slug: &'a Slug,
    pub name: &'a str,
    pub about: &'a str,
    pub register: Register,
    pub charity_number: &'a str,
    pub unregistered_reason: &'a str,
    pub class: Class,
    pub standing: Standing,
    pub applied_by: Option<PersonId>,
}

/// # Errors
/// `Duplicate` when the slug is taken.
pub fn insert(conn: &mut Conn, new: &NewOrganisation<'_>, now: Instant) -> Result<OrganisationId, StoreError> {
    let id: i64 = diesel::insert_into(organisation::table)
        .values((
            organisation::slug.eq(new.slug.as_str()),
            organisation::name.eq(new.name),
            organisation::about.eq(new.about),
            organisation::register.eq(new.register.code()),
            organisation::charity_number.eq(new.charity_number),
            organisation::unregistered_reason.eq(new.unregistered_reason),
            organisation::class.eq(new.class.code()),
            organisation::state.eq(new.standing.code()),
            organisation::applied_at.eq(now.seconds()),
            organisation::applied_by.eq(new.applied_by.map(|id| id.row())),
            organisation::decline_reason.eq(""),
        ))
        .returning(organisation::id)
        .get_result(conn)?;
    Ok(OrganisationId::new(id))
}

pub fn by_slug(conn: &mut Conn, slug: &Slug) -> Result<Option<Organisation>, StoreError> {
    let row: Option<Row> =
        organisation::table.filter(organisation::slug.eq(slug.as_str())).select(COLUMNS).first(conn).optional()?;
    row.map(Row::organisation).transpose()
}

pub fn by_id(conn: &mut Conn, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
    let row: Option<Row> = organisation::table.find(id.row()).select(COLUMNS).first(conn).optional()?;
    row.map(Row::organisation).transpose()
}

/// The names of all organisations that may book, in order.
pub fn approved_names(conn: &mut Conn) -> Result<Vec<OrganisationName>, StoreError> {
    let rows: Vec<OrganisationColumns> = organisation::table
        .filter(organisation::state.eq(Standing::Approved.code()))
        .order(organisation::name)
        .select((organisation::id, organisation::slug, organisation::name))
        .load(conn)?;
    rows.into_iter().map(organisation_name).collect()
}

/// All organisations by name.
pub fn all(conn: &mut Conn) -> Result<Vec<Organisation>, StoreError> {
    let rows: Vec<Row> = organisation::table.order(organisation::name).select(COLUMNS).load(conn)?;
    rows.into_iter().map(Row::organisation).collect()
}

/// Who applied for an organisation, and when it was applied for and decided.
#[derive(Debug, Clone)]
pub struct Application {
    pub applied_at: Instant,
    /// Name and address.
    pub applied_by: Option<(String, String)>,
    pub decided_at: Option<Instant>,
}

pub fn application(conn: &mut Conn, id: OrganisationId) -> Result<Option<Application>, StoreError> {
    let row: Option<(i64, Option<i64>, Option<String>, Option<String>)> = organisation::table
        .left_join(person::table.on(organisation::applied_by.eq(person::id.nullable())))
        .filter(organisation::id.eq(id.row()))
        .select((organisation::applied_at, organisation::decided_at, person::name.nullable(), person::email.nullable()))
        .first(conn)
        .optional()?;
    Ok(row.map(|(applied_at, decided_at, name, email)| Application {
        applied_at: Instant::from_seconds(applied_at),
        applied_by: name.zip(email),
        decided_at: decided_at.map(Instant::from_seconds),
    }))
}

/// Other organisations, not declined, that gave the same charity number.
pub fn with_same_number(conn: &mut Conn, one: &Organisation) -> Result<Vec<(Slug, String)>, StoreError> {
    if one.charity_number.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64, String, String)> = organisation::table
        .filter(organisation::charity_number.eq(&one.charity_number))
        .filter(organisation::register.eq(one.register.code()).and(organisation::id.ne(one.id.row())))
        .filter(organisation::state.ne(Standing::Declined.code()))
        .order(organisation::name)
        .select((organisation::id, organisation::slug, organisation::name))
        .load(conn)?;
    rows.into_iter().map(|(id, slug, name)| Ok((read(Slug::parse(&slug), "organisation", id, "slug")?, name))).collect()
}

/// How many organisations wait for a decision.
pub fn waiting(conn: &mut Conn) -> Result<i64, StoreError> {
    let waiting = organisation::table.filter(organisation::state.eq(Standing::Applied.code()));
    Ok(waiting.count().get_result(conn)?)
}

/// How many applications of a person wait for a decision.
pub fn waiting_of(conn: &mut Conn, applied_by: PersonId) -> Result<i64, StoreError> {
    let count = organisation::table
        .filter(organisation::applied_by.eq(applied_by.row()))
        .filter(organisation::state.eq(Standing::Applied.code()))
        .count()
        .get_result(conn)?;
    Ok(count)
}

/// Sets where an organisation stands, if it still stands at `from`; false when somebody else changed it first.
pub fn set_standing(
    conn: &mut Conn,
    id: OrganisationId,
    (from, to): (Standing, Standing),
    by: PersonId,
    reason: &str,
    now: Instant,
) -> Result<bool, StoreError> {
    let changed = diesel::update(organisation::table.find(id.row()).filter(organisation::state.eq(from.code())))
        .set((
            organisation::state.eq(to.code()),
            organisation::decided_at.eq(now.seconds()),
            organisation::decided_by.eq(by.row()),
            organisation::decline_reason.eq(reason),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// One member of an organisation.
#[derive(Debug, Clone)]
pub struct Member {
    pub person: PersonId,
    pub name: String,
    pub email: Email,
    pub role: MemberRole,
}

pub fn members(conn: &mut Conn, id: OrganisationId) -> Result<Vec<Member>, StoreError> {
    let rows: Vec<(i64, String, String, String)> = membership::table
        .inner_join(person::table)
        .filter(membership::organisation_id.eq(id.row()).and(person::closed_at.is_null()))
        .order(person::name)
        .select((person::id, person::name, person::email, membership::role))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, name, email, role)| {
            Ok(Member {
                person: PersonId::new(id),
                name,
                email: read(Email::parse(&email).ok(), "person", id, "email")?,
                role: read(MemberRole::parse(&role), "membership", id, "role")?,
            })
        })
        .collect()
}

/// Adds a member or changes the role of one who is there.
pub fn set_member(
    conn: &mut Conn,
    id: OrganisationId,
    person: PersonId,
    role: MemberRole,
    now: Instant,
) -> Result<(), StoreError> {
    let there =
        membership::table.filter(membership::organisation_id.eq(id.row()).and(membership::person_id.eq(person.row())));
    let changed = diesel::update(there).set(membership::role.eq(role.code())).execute(conn)?;
    if changed == 0 {
        diesel::insert_into(membership::table)
            .values((
                membership::organisation_id.eq(id.row()),
                membership::person_id.eq(person.row()),
                membership::role.eq(role.code()),
                membership::created_at.eq(now.seconds()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

pub fn remove_member(conn: &mut Conn, id: OrganisationId, person: PersonId) -> Result<(), StoreError> {
    diesel::delete(
        membership::table.filter(membership::organisation_id.eq(id.row()).and(membership::person_id.eq(person.row()))),
    )
    .execute(conn)?;
    Ok(())
}

pub fn is_trusted(conn: &mut Conn, id: OrganisationId, at: SiteId) -> Result<bool, StoreError> {
    let found: Option<i64> =
        site_trust::table.find((id.row(), at.row())).select(site_trust::site_id).first(conn).optional()?;
    Ok(found.is_some())
}

/// What a site thinks of an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Regard {
    pub trusted: bool,
    /// Without a class for an organisation that is not there.
    pub profile: Profile,
}

/// Whether a site trusts an organisation, what it is, and its accepted papers, in one query.
pub fn regard(conn: &mut Conn, id: OrganisationId, at: SiteId) -> Result<(Regard, Vec<Paper>), StoreError> {
    let here = site_trust::organisation_id.eq(organisation::id).and(site_trust::site_id.eq(at.row()));
    let accepted = document::standing.eq(PaperStanding::Accepted.code());
    let rows: Vec<((String, String), Option<i64>, Option<papers::PaperRow>)> = organisation::table
        .left_join(site_trust::table.on(here))
        .left_join(document::table.on(document::organisation_id.eq(organisation::id).and(accepted)))
        .filter(organisation::id.eq(id.row()))
        .select((
            (organisation::class, organisation::services),
            site_trust::site_id.nullable(),
            papers::PAPER.nullable(),
        ))
        .load(conn)?;
    let held = rows.iter().filter_map(|row| row.2.clone()).map(papers::paper).collect::<Result<Vec<_>, _>>()?;
    let Some((is, trusting, _)) = rows.into_iter().next() else {
        return Ok((Regard { trusted: false, profile: Profile::default() }, held));
    };
    Ok((Regard { trusted: trusting.is_some(), profile: profile(id.row(), &is)? }, held))
}

/// Reads class and services of an organisation.
pub(super) fn profile(id: i64, (class, services): &(String, String)) -> Result<Profile, StoreError> {
    Ok(Profile {
        class: Some(read(Class::parse(class), "organisation", id, "class")?),
        services: read(ServiceSet::parse(services), "organisation", id, "services")?,
    })
}

/// Sets what an organisation says that it offers.
pub fn set_services(conn: &mut Conn, id: OrganisationId, services: ServiceSet) -> Result<(), StoreError> {
    let one = organisation::table.find(id.row());
    diesel::update(one).set(organisation::services.eq(services.stored())).execute(conn)?;
    Ok(())
}

/// The organisations that a site trusts.
pub fn trusted_at(conn: &mut Conn, at: SiteId) -> Result<Vec<OrganisationId>, StoreError> {
    let rows: Vec<i64> =
        site_trust::table.filter(site_trust::site_id.eq(at.row())).select(site_trust::organisation_id).load(conn)?;
    Ok(rows.into_iter().map(OrganisationId::new).collect())
}

/// Which of these sites trust which organisations.
pub fn trust_at(conn: &mut Conn, sites: &[SiteId]) -> Result<Vec<(OrganisationId, SiteId)>, StoreError> {
    let ids: Vec<i64> = sites.iter().map(|site| site.row()).collect();
    let rows: Vec<(i64, i64)> = site_trust::table
        .filter(site_trust::site_id.eq_any(ids))
        .select((site_trust::organisation_id, site_trust::site_id))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, site)| (OrganisationId::new(id), SiteId::new(site))).collect())
}

/// A site that trusts an organisation.
#[derive(Debug, Clone)]
pub struct TrustingSite {
    pub site: SiteId,
    pub slug: Slug,
    pub name: String,
}

/// The sites that trust an organisation, by name.
pub fn trusted_by(conn: &mut Conn, id: OrganisationId) -> Result<Vec<TrustingSite>, StoreError> {
    let rows: Vec<(i64, String, String)> = site_trust::table
        .inner_join(site::table)
        .filter(site_trust::organisation_id.eq(id.row()))
        .order(site::name)
        .select((site::id, site::slug, site::name))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, slug, name)| {
            Ok(TrustingSite { site: SiteId::new(id), slug: read(Slug::parse(&slug), "site", id, "slug")?, name })
        })
        .collect()
}

/// Whether volunteers of an organisation see all its sessions, or only those that they are on.
pub fn set_widened(conn: &mut Conn, id: OrganisationId, widened: bool) -> Result<(), StoreError> {
    let own = organisation::table.find(id.row());
    diesel::update(own).set(organisation::volunteers_see_all.eq(widened)).execute(conn)?;
    Ok(())
}

pub fn set_trust(
    conn: &mut Conn,
    id: OrganisationId,
    at: SiteId,
    trusted: bool,
    now: Instant,
) -> Result<(), StoreError> {
    let is = is_trusted(conn, id, at)?;
    if trusted && !is {
        diesel::insert_into(site_trust::table)
            .values((
                site_trust::site_id.eq(at.row()),
                site_trust::organisation_id.eq(id.row()),
                site_trust::created_at.eq(now.seconds()),
            ))
            .execute(conn)?;
    } else if !trusted && is {
        diesel::delete(site_trust::table.find((id.row(), at.row()))).execute(conn)?;
    }
    Ok(())
}
