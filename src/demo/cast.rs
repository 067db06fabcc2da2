//! The people and organisations of the demo world: accounts, standing, memberships and trust. Not what they book.

use std::collections::HashMap;

use super::places::seeded;
use super::world::{ORGANISATIONS, OrganisationSeed, PEOPLE, PersonSeed};
use crate::domain::history::EventKind;
use crate::domain::ids::{OrganisationId, PersonId, SiteId, Slug};
use crate::domain::organisation::{Class, Register, Standing};
use crate::domain::person::Email;
use crate::domain::policy::MemberRole;
use crate::domain::span::Instant;
use crate::store::events::{self, NewEvent};
use crate::store::organisations::{self, NewOrganisation};
use crate::store::people::{self, NewPerson};
use crate::store::{Conn, StoreError};

/// How many days before now an organisation that is on hold was suspended.
pub const SUSPENDED_DAYS_AGO: i64 = 20;

/// Who plays in the demo, by the names that the seeds use.
#[derive(Debug, Default)]
pub struct Cast {
    people: HashMap<&'static str, PersonId>,
    organisations: HashMap<&'static str, OrganisationId>,
}

impl Cast {
    pub fn person(&self, email: &str) -> Result<PersonId, StoreError> {
        seeded(self.people.get(email).copied(), "person")
    }

    pub fn organisation(&self, slug: &str) -> Result<OrganisationId, StoreError> {
        seeded(self.organisations.get(slug).copied(), "organisation")
    }
}

/// The administrator who decides on organisations.
fn administrator() -> &'static str {
    PEOPLE.iter().find(|person| person.administrator).map_or("", |person| person.email)
}

/// Those who may book for an organisation, by email; bookers before coordinators.
pub fn bookers(organisation: &OrganisationSeed) -> Vec<&'static str> {
    let with = |role: &str| -> Vec<&'static str> {
        let has = |person: &&PersonSeed| person.memberships.contains(&(organisation.slug, role));
        PEOPLE.iter().filter(has).map(|person| person.email).collect()
    };
    [with("booker"), with("coordinator")].concat()
}

/// Adds everybody, all with one password, as of `since`; organisations that have only applied did so in the last days.
pub fn enter(conn: &mut Conn, password_hash: &str, since: Instant, now: Instant) -> Result<Cast, StoreError> {
    let mut cast = Cast::default();
    for seed in PEOPLE {
        let new = NewPerson {
            name: seed.name,
            email: &seeded(Email::parse(seed.email).ok(), "email")?,
            password_hash: Some(password_hash),
            confirmed: true,
            administrator: seed.administrator,
        };
        cast.people.insert(seed.email, people::insert(conn, &new, since)?);
    }
    for (seed, number) in ORGANISATIONS.iter().zip(0..) {
        let applied = if seed.state == "applied" {
            now.plus_hours(-30 - 19 * (number % 3))
        } else {
            since.plus_hours(29 * number)
        };
        let id = apply(conn, &cast, seed, applied)?;
        cast.organisations.insert(seed.slug, id);
    }
    for seed in PEOPLE {
        for (organisation, role) in seed.memberships {
            let role = seeded(MemberRole::parse(role), "role")?;
            organisations::set_member(conn, cast.organisation(organisation)?, cast.person(seed.email)?, role, since)?;
        }
    }
    Ok(cast)
}

/// An organisation applies, and unless it has only just done so is approved a day later.
fn apply(
    conn: &mut Conn,
    cast: &Cast,
    seed: &OrganisationSeed,
    applied: Instant,
) -> Result<OrganisationId, StoreError> {
    let by = bookers(seed).last().copied().unwrap_or_else(administrator);
    let new = NewOrganisation {
        slug: &seeded(Slug::parse(seed.slug), "slug")?,
        name: seed.name,
        about: seed.about,
        register: seeded(Register::parse(seed.register), "register")?,
        charity_number: seed.charity_number,
        unregistered_reason: seed.unregistered_reason,
        class: seeded(Class::parse(seed.class), "class")?,
        standing: Standing::Applied,
        applied_by: Some(cast.person(by)?),
    };
    let id = organisations::insert(conn, &new, applied)?;
    note(conn, EventKind::OrganisationApplied, cast.person(by)?, id, None, applied)?;
    if seed.state != "applied" {
        let (decider, decided) = (cast.person(administrator())?, applied.plus_hours(26));
        organisations::set_standing(conn, id, (Standing::Applied, Standing::Approved), decider, "", decided)?;
        note(conn, EventKind::OrganisationApproved, decider, id, None, decided)?;
    }
    Ok(id)
}

/// A site comes to trust the organisations that the seeds name.
pub fn trust(conn: &mut Conn, cast: &Cast, site: (SiteId, &str), by: &str, since: Instant) -> Result<(), StoreError> {
    let (site, slug) = site;
    for seed in ORGANISATIONS.iter().filter(|seed| seed.trusted_at.contains(&slug)) {
        let organisation = cast.organisation(seed.slug)?;
        organisations::set_trust(conn, organisation, site, true, since)?;
        note(conn, EventKind::OrganisationTrusted, cast.person(by)?, organisation, Some(site), since)?;
    }
    Ok(())
}

/// Puts on hold those that the seeds call suspended; before that they booked like any other.
pub fn suspend(conn: &mut Conn, cast: &Cast, now: Instant) -> Result<(), StoreError> {
    let at = now.plus_days(-SUSPENDED_DAYS_AGO);
    for seed in ORGANISATIONS.iter().filter(|seed| seed.state == "suspended") {
        let (id, by) = (cast.organisation(seed.slug)?, cast.person(administrator())?);
        let reason = "The insurance on file has run out. Send us the new one and we open your account again.";
        organisations::set_standing(conn, id, (Standing::Approved, Standing::Suspended), by, reason, at)?;
    }
    Ok(())
}

fn note(
    conn: &mut Conn,
    kind: EventKind,
    by: PersonId,
    organisation: OrganisationId,
    site: Option<SiteId>,
    at: Instant,
) -> Result<(), StoreError> {
    let event = NewEvent { organisation: Some(organisation), site, ..NewEvent::new(kind, Some(by)) };
    events::insert(conn, &event, at)
}
