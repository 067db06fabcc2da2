//! The sites of the demo world with their hours, facilities, units and staff. Not what is booked in them.

use chrono_tz::Europe::London;

use super::cast::Cast;
use super::world::{FacilitySeed, HoursSeed, SiteSeed};
use crate::domain::bank_holidays::Nation;
use crate::domain::hours::WeeklyHours;
use crate::domain::ids::{FacilityId, SiteId, Slug};
use crate::domain::kinds::{Kind, Need};
use crate::domain::named::usual;
use crate::domain::places::UnitChoice;
use crate::domain::policy::StaffRole;
use crate::domain::rules::{Approval, Privacy, Rules};
use crate::domain::span::Instant;
use crate::store::error::read;
use crate::store::facilities::{self, FacilityFacts, Filter};
use crate::store::sites::{self, SiteFacts};
use crate::store::{Conn, StoreError, named};

/// Sites that have named their sessions: their consulting rooms are booked in those.
const WITH_SESSIONS: [&str; 1] = ["weavers-green"];

/// Whether a facility is booked by the session.
pub fn is_by_session(site: &SiteSeed, facility: &FacilitySeed) -> bool {
    WITH_SESSIONS.contains(&site.slug) && facility.kind == "consulting"
}

/// Reads a word of the seeds; one that is spelt wrong there stops the filling and is named.
pub fn seeded<T>(value: Option<T>, column: &'static str) -> Result<T, StoreError> {
    read(value, "demo", 0, column)
}

/// The kind of a seed. A waiting area is booked like a group room.
pub fn kind_of(seed: &FacilitySeed) -> Result<Kind, StoreError> {
    let code = if seed.kind == "waiting" { "group" } else { seed.kind };
    seeded(Kind::parse(code), "kind")
}

/// The rules of its kind, with what the seed says for itself. A waiting area holds no place for a request, so that the
/// demo shows several requests for one time.
pub fn rules_of(seed: &FacilitySeed) -> Result<Rules, StoreError> {
    let usual = kind_of(seed)?.entry().default_rules();
    let privacy = match seed.privacy {
        "" => usual.privacy,
        code => seeded(Privacy::parse(code), "privacy")?,
    };
    Ok(Rules {
        capacity: seed.capacity,
        approval: seeded(Approval::parse(seed.approval), "approval")?,
        privacy,
        holds_place: seed.kind != "waiting",
        ..usual
    })
}

/// Where a site has a group room, its spaces outdoors move there in bad weather.
fn shelter(conn: &mut Conn, site: SiteId) -> Result<(), StoreError> {
    let all = facilities::with_sites(conn, &Filter { sites: Some(&[site]), ..Filter::default() })?;
    let of = |kind: Kind| all.iter().map(|(_, one)| one).filter(move |one| one.kind == kind);
    let Some(indoors) = of(Kind::Group).next() else {
        return Ok(());
    };
    of(Kind::Outdoor).try_for_each(|one| facilities::set_fallback(conn, one.id, Some(indoors.id)))
}

/// Adds a site with everything that belongs to it.
pub fn add_site(conn: &mut Conn, seed: &SiteSeed, cast: &Cast, since: Instant) -> Result<SiteId, StoreError> {
    let facts = SiteFacts {
        slug: &seeded(Slug::parse(seed.slug), "slug")?,
        name: seed.name,
        street: seed.street,
        town: seed.town,
        postcode: seed.postcode,
        phone: seed.phone,
        about: seed.about,
        arrival: seed.arrival,
        zone: London,
        position: Some((seed.latitude, seed.longitude)),
        nation: Nation::EnglandAndWales,
        step_free: seed.step_free,
    };
    let site = sites::insert(conn, &facts)?;
    if WITH_SESSIONS.contains(&seed.slug) {
        named::set(conn, site, &usual())?;
    }
    sites::set_hours(conn, site, None, &hours(None, seed.hours))?;
    for (facility, position) in seed.facilities.iter().zip(1..) {
        add_facility(conn, site, facility, position)?;
    }
    shelter(conn, site)?;
    let posts = [(seed.managers, StaffRole::Manager), (seed.receptionists, StaffRole::Receptionist)];
    for (emails, role) in posts {
        for email in emails {
            sites::set_staff(conn, site, cast.person(email)?, role, since)?;
        }
    }
    Ok(site)
}

fn add_facility(conn: &mut Conn, site: SiteId, seed: &FacilitySeed, position: i32) -> Result<(), StoreError> {
    let needs: Vec<Need> = seed.needs.iter().filter_map(|code| Need::parse(code)).collect();
    let facts = FacilityFacts {
        site,
        slug: &seeded(Slug::parse(seed.slug), "slug")?,
        name: seed.name,
        kind: kind_of(seed)?,
        room: seed.room,
        floor: seed.floor,
        about: seed.about,
        arrival: seed.arrival,
        needs: &needs,
        choice: seeded(UnitChoice::parse(seed.choice), "choice")?,
        listed: seed.listed,
        position,
    };
    let id = facilities::insert(conn, &facts, &rules_of(seed)?)?;
    super::care::before_the_story(conn, id, facts.kind)?;
    for (name, position) in seed.units.iter().zip(1..) {
        let unit = facilities::unit_named(conn, site, name)?;
        facilities::add_unit(conn, id, unit, position)?;
    }
    sites::set_hours(conn, site, Some(id), &hours(Some(id), seed.hours))
}

fn hours(facility: Option<FacilityId>, seeds: &[HoursSeed]) -> Vec<WeeklyHours> {
    let hours = |seed: &HoursSeed| WeeklyHours {
        facility,
        weekday: seed.weekday,
        from_minute: seed.from_minute,
        to_minute: seed.to_minute,
    };
    seeds.iter().map(hours).collect()
}
