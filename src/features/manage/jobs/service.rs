//! The use cases of a day's jobs: listing them, ticking one, taking a tick back.

use chrono::NaiveDate;

use crate::allocation::{self, Circumstances};
use crate::domain::hours::{day, local_date};
use crate::domain::ids::{FacilityId, Reference, Slug};
use crate::domain::job::JobKind;
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::mail::Mailer;
use crate::store::facilities::{self, Filter};
use crate::store::{Db, StoreError, jobs};

pub use crate::allocation::{Ticked, Ticks};
pub use crate::store::jobs::Around;

/// The sessions of a day at whose end something is to be ticked, in order of their end.
#[derive(Debug)]
pub struct Day {
    pub site: Site,
    pub date: NaiveDate,
    pub facilities: Vec<Facility>,
    pub sessions: Vec<Around>,
}

/// Today where no date is given; `None` when there is no such site, or this person does not work there.
pub async fn on(
    db: &Db,
    actor: Actor,
    slug: Slug,
    date: Option<NaiveDate>,
    now: Instant,
) -> Result<Option<Day>, StoreError> {
    db.read(move |conn| {
        let all = facilities::with_sites(conn, &Filter { site: Some(&slug), ..Filter::default() })?;
        let Some(site) = all.first().map(|(site, _)| site.clone()).filter(|site| actor.is_staff(site.id)) else {
            return Ok(None);
        };
        let date = date.unwrap_or_else(|| local_date(site.zone, now));
        let facilities: Vec<Facility> =
            all.into_iter().map(|(_, one)| one).filter(|one| one.care.has_jobs() || one.care.allergens).collect();
        let ids: Vec<FacilityId> = facilities.iter().map(|one| one.id).collect();
        let mut sessions = match day(site.zone, date) {
            Ok(day) if !ids.is_empty() => jobs::around(conn, &ids, day)?,
            _ => Vec::new(),
        };
        sessions.sort_by_key(|one| (one.end(), one.occurrence));
        Ok(Some(Day { site, date, facilities, sessions }))
    })
    .await
}

/// What is done to a job.
#[derive(Debug, Clone)]
pub enum Deed {
    Tick(Ticks),
    Untick(i32, JobKind),
}

pub async fn act(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Actor,
    (reference, deed): (Reference, Deed),
) -> Result<Ticked, StoreError> {
    db.write(move |conn| {
        let circumstances = Circumstances { now, chance: crate::chance::Chance, mailer: &mailer };
        match &deed {
            Deed::Tick(ticks) => allocation::tick(conn, circumstances, &actor, (&reference, ticks)),
            Deed::Untick(ordinal, kind) => {
                allocation::untick(conn, circumstances, &actor, (&reference, *ordinal), *kind)
            }
        }
    })
    .await
}
