//! Sites, their weekly hours and their staff. Not their facilities.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::error::read;
use super::schema::{facility, person, site, site_date, site_staff, weekly_hours};
use super::{Conn, StoreError, named};
use crate::domain::bank_holidays::Nation;
use crate::domain::hours::WeeklyHours;
use crate::domain::ids::{FacilityId, PersonId, SiteId, Slug};
use crate::domain::person::Email;
use crate::domain::places::Site;
use crate::domain::policy::StaffRole;
use crate::domain::safety::Safety;
use crate::domain::span::Instant;
use crate::domain::statement::Charging;

#[derive(Queryable)]
pub(super) struct SiteRow {
    id: i64,
    slug: String,
    name: String,
    street: String,
    town: String,
    postcode: String,
    phone: String,
    about: String,
    arrival: String,
    time_zone: String,
    position: (Option<f64>, Option<f64>),
    nation: String,
    step_free: bool,
    change_number: i64,
    named_sessions: String,
    safety: String,
    charging: (bool, bool),
}

pub(super) type SiteColumns = (
    site::id,
    site::slug,
    site::name,
    site::street,
    site::town,
    site::postcode,
    site::phone,
    site::about,
    site::arrival,
    site::time_zone,
    (site::latitude, site::longitude),
    site::nation,
    site::step_free,
    site::change_number,
    site::named_sessions,
    site::safety,
    (site::charges_late, site::charges_absent),
);

pub(super) const SITE_COLUMNS: SiteColumns = (
    site::id,
    site::slug,
    site::name,
    site::street,
    site::town,
    site::postcode,
    site::phone,
    site::about,
    site::arrival,
    site::time_zone,
    (site::latitude, site::longitude),
    site::nation,
    site::step_free,
    site::change_number,
    site::named_sessions,
    site::safety,
    (site::charges_late, site::charges_absent),
);

impl SiteRow {
    pub(super) fn site(self) -> Result<Site, StoreError> {
        let id = self.id;
        Ok(Site {
            id: SiteId::new(id),
            slug: read(Slug::parse(&self.slug), "site", id, "slug")?,
            name: self.name,
            street: self.street,
            town: self.town,
            postcode: self.postcode,
            phone: self.phone,
            about: self.about,
            arrival: self.arrival,
            zone: read(self.time_zone.parse().ok(), "site", id, "time_zone")?,
            position: self.position.0.zip(self.position.1),
            nation: read(Nation::parse(&self.nation), "site", id, "nation")?,
            step_free: self.step_free,
            change_number: self.change_number,
            sessions: read(named::stored(&self.named_sessions), "site", id, "named_sessions")?.into(),
            safety: read(Safety::parse(&self.safety), "site", id, "safety")?,
            charging: Charging { late: self.charging.0, absent: self.charging.1 },
        })
    }
}

/// The rows of sites, by what pages call them; unknown ones are left out.
pub fn ids(conn: &mut Conn, slugs: &[&Slug]) -> Result<Vec<SiteId>, StoreError> {
    let slugs: Vec<&str> = slugs.iter().map(|slug| slug.as_str()).collect();
    let rows: Vec<i64> = site::table.filter(site::slug.eq_any(slugs)).select(site::id).load(conn)?;
    Ok(rows.into_iter().map(SiteId::new).collect())
}

/// The words and facts of a site, to be added or changed.
#[derive(Debug)]
pub struct SiteFacts<'a> {
    pub slug: &'a Slug,
    pub name: &'a str,
    pub street: &'a str,
    pub town: &'a str,
    pub postcode: &'a str,
    pub phone: &'a str,
    pub about: &'a str,
    pub arrival: &'a str,
    pub zone: chrono_tz::Tz,
    /// Latitude and longitude in degrees, WGS 84.
    pub position: Option<(f64, f64)>,
    /// Whose bank holidays it keeps.
    pub nation: Nation,
    pub step_free: bool,
}

/// # Errors
/// `Duplicate` when the slug is taken.
pub fn insert(conn: &mut Conn, new: &SiteFacts<'_>) -> Result<SiteId, StoreError> {
    let id: i64 = diesel::insert_into(site::table)
        .values((
            site::slug.eq(new.slug.as_str()),
            site::name.eq(new.name),
            site::street.eq(new.street),
            site::town.eq(new.town),
            site::postcode.eq(new.postcode),
            site::phone.eq(new.phone),
            site::about.eq(new.about),
            site::arrival.eq(new.arrival),
            site::time_zone.eq(new.zone.name()),
            site::latitude.eq(new.position.map(|(latitude, _)| latitude)),
            site::longitude.eq(new.position.map(|(_, longitude)| longitude)),
            site::nation.eq(new.nation.code()),
            site::step_free.eq(new.step_free),
            site::change_number.eq(1),
        ))
        .returning(site::id)
        .get_result(conn)?;
    Ok(SiteId::new(id))
}

/// Changes the words and facts of a site; its slug stays.
pub fn update(conn: &mut Conn, id: SiteId, facts: &SiteFacts<'_>) -> Result<(), StoreError> {
    diesel::update(site::table.find(id.row()))
        .set((
            site::name.eq(facts.name),
            site::street.eq(facts.street),
            site::town.eq(facts.town),
            site::postcode.eq(facts.postcode),
            site::phone.eq(facts.phone),
            site::about.eq(facts.about),
            site::arrival.eq(facts.arrival),
            site::time_zone.eq(facts.zone.name()),
            site::latitude.eq(facts.position.map(|(latitude, _)| latitude)),
            site::longitude.eq(facts.position.map(|(_, longitude)| longitude)),
            site::nation.eq(facts.nation.code()),
            site::step_free.eq(facts.step_free),
        ))
        .execute(conn)?;
    mark_changed(conn, id)
}

/// Raises the number by which pages about the site know that something changed.
pub fn mark_changed(conn: &mut Conn, id: SiteId) -> Result<(), StoreError> {
    diesel::update(site::table.find(id.row())).set(site::change_number.eq(site::change_number + 1)).execute(conn)?;
    Ok(())
}

pub fn by_slug(conn: &mut Conn, slug: &Slug) -> Result<Option<Site>, StoreError> {
    let row: Option<SiteRow> =
        site::table.filter(site::slug.eq(slug.as_str())).select(SITE_COLUMNS).first(conn).optional()?;
    row.map(SiteRow::site).transpose()
}

pub fn by_id(conn: &mut Conn, id: SiteId) -> Result<Option<Site>, StoreError> {
    let row: Option<SiteRow> = site::table.find(id.row()).select(SITE_COLUMNS).first(conn).optional()?;
    row.map(SiteRow::site).transpose()
}

/// The site's own dates in `from ..= to` on which a series is usually left out, each with its name.
pub fn own_dates(
    conn: &mut Conn,
    id: SiteId,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<(NaiveDate, String)>, StoreError> {
    let rows: Vec<(i64, String, String)> = site_date::table
        .filter(site_date::site_id.eq(id.row()))
        .filter(site_date::date.ge(from.to_string()).and(site_date::date.le(to.to_string())))
        .order(site_date::date)
        .select((site_date::id, site_date::date, site_date::name))
        .load(conn)?;
    rows.into_iter().map(|(row, date, name)| Ok((read(date.parse().ok(), "site_date", row, "date")?, name))).collect()
}

/// Replaces the site's own dates from a date on.
pub fn set_own_dates(
    conn: &mut Conn,
    id: SiteId,
    from: NaiveDate,
    dates: &[(NaiveDate, String)],
) -> Result<(), StoreError> {
    let old = site_date::table.filter(site_date::site_id.eq(id.row()).and(site_date::date.ge(from.to_string())));
    diesel::delete(old).execute(conn)?;
    for (date, name) in dates {
        diesel::insert_into(site_date::table)
            .values((site_date::site_id.eq(id.row()), site_date::date.eq(date.to_string()), site_date::name.eq(name)))
            .execute(conn)?;
    }
    Ok(())
}

/// All sites by name.
pub fn all(conn: &mut Conn) -> Result<Vec<Site>, StoreError> {
    let rows: Vec<SiteRow> = site::table.order(site::name).select(SITE_COLUMNS).load(conn)?;
    rows.into_iter().map(SiteRow::site).collect()
}

/// The sites that have a space, and those that have a manager: what a new site still wants.
pub fn ready(conn: &mut Conn) -> Result<(Vec<SiteId>, Vec<SiteId>), StoreError> {
    let with_spaces: Vec<i64> = facility::table.select(facility::site_id).distinct().load(conn)?;
    let with_managers: Vec<i64> = site_staff::table
        .inner_join(person::table)
        .filter(site_staff::role.eq(StaffRole::Manager.code()).and(person::closed_at.is_null()))
        .select(site_staff::site_id)
        .distinct()
        .load(conn)?;
    let ids = |rows: Vec<i64>| rows.into_iter().map(SiteId::new).collect();
    Ok((ids(with_spaces), ids(with_managers)))
}

/// The weekly hours of some sites and of their facilities.
pub fn hours(conn: &mut Conn, sites: &[SiteId]) -> Result<Vec<(SiteId, WeeklyHours)>, StoreError> {
    let ids: Vec<i64> = sites.iter().map(|site| site.row()).collect();
    let rows: Vec<(i64, Option<i64>, i32, i32, i32)> = weekly_hours::table
        .filter(weekly_hours::site_id.eq_any(ids))
        .order((weekly_hours::weekday, weekly_hours::from_minute))
        .select((
            weekly_hours::site_id,
            weekly_hours::facility_id,
            weekly_hours::weekday,
            weekly_hours::from_minute,
            weekly_hours::to_minute,
        ))
        .load(conn)?;
    let hours = |(site, facility, weekday, from_minute, to_minute): (i64, Option<i64>, _, _, _)| {
        let facility = facility.map(FacilityId::new);
        (SiteId::new(site), WeeklyHours { facility, weekday, from_minute, to_minute })
    };
    Ok(rows.into_iter().map(hours).collect())
}

/// Replaces the hours of a site (`facility` none) or the narrower ones of a facility.
pub fn set_hours(
    conn: &mut Conn,
    id: SiteId,
    facility: Option<FacilityId>,
    hours: &[WeeklyHours],
) -> Result<(), StoreError> {
    let of_site = weekly_hours::table.filter(weekly_hours::site_id.eq(id.row()));
    match facility {
        Some(facility) => {
            diesel::delete(of_site.filter(weekly_hours::facility_id.eq(facility.row()))).execute(conn)?;
        }
        None => {
            diesel::delete(of_site.filter(weekly_hours::facility_id.is_null())).execute(conn)?;
        }
    }
    for one in hours {
        diesel::insert_into(weekly_hours::table)
            .values((
                weekly_hours::site_id.eq(id.row()),
                weekly_hours::facility_id.eq(facility.map(|facility| facility.row())),
                weekly_hours::weekday.eq(one.weekday),
                weekly_hours::from_minute.eq(one.from_minute),
                weekly_hours::to_minute.eq(one.to_minute),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// One member of a site's staff.
#[derive(Debug, Clone)]
pub struct StaffMember {
    pub person: PersonId,
    pub name: String,
    pub email: Email,
    pub role: StaffRole,
}

/// The staff of a site by name.
pub fn staff(conn: &mut Conn, id: SiteId) -> Result<Vec<StaffMember>, StoreError> {
    let rows: Vec<(i64, String, String, String)> = site_staff::table
        .inner_join(person::table)
        .filter(site_staff::site_id.eq(id.row()).and(person::closed_at.is_null()))
        .order(person::name)
        .select((person::id, person::name, person::email, site_staff::role))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, name, email, role)| {
            Ok(StaffMember {
                person: PersonId::new(id),
                name,
                email: read(Email::parse(&email).ok(), "person", id, "email")?,
                role: read(StaffRole::parse(&role), "site_staff", id, "role")?,
            })
        })
        .collect()
}

/// Gives a person a post at a site, or another role in it.
pub fn set_staff(
    conn: &mut Conn,
    id: SiteId,
    person: PersonId,
    role: StaffRole,
    now: Instant,
) -> Result<(), StoreError> {
    let there = site_staff::table.filter(site_staff::site_id.eq(id.row()).and(site_staff::person_id.eq(person.row())));
    let changed = diesel::update(there).set(site_staff::role.eq(role.code())).execute(conn)?;
    if changed == 0 {
        diesel::insert_into(site_staff::table)
            .values((
                site_staff::site_id.eq(id.row()),
                site_staff::person_id.eq(person.row()),
                site_staff::role.eq(role.code()),
                site_staff::created_at.eq(now.seconds()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

pub fn remove_staff(conn: &mut Conn, id: SiteId, person: PersonId) -> Result<(), StoreError> {
    let there = site_staff::table.filter(site_staff::site_id.eq(id.row()).and(site_staff::person_id.eq(person.row())));
    diesel::delete(there).execute(conn)?;
    Ok(())
}
