//! The use cases of weekly hours: how they stand with the bookings that lie outside them, and setting them.

use crate::domain::history::EventKind;
use crate::domain::hours::{WeeklyHours, facility_open, local_date};
use crate::domain::ids::{FacilityId, Slug};
use crate::domain::named::NamedSession;
use crate::domain::occurrence::Stage;
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::store::events::{self, NewEvent};
use crate::store::facilities::{self, Filter};
use crate::store::occurrences::{self, ListFilter};
use crate::store::{Conn, Db, StoreError, engine, named, sites};

pub use crate::store::occurrences::Line;

/// Whose hours: a site's, or those of one of its facilities.
#[derive(Debug, Clone)]
pub struct Whose {
    pub site: Slug,
    pub facility: Option<Slug>,
}

/// The hours as they stand.
#[derive(Debug)]
pub struct HoursView {
    pub site: Site,
    pub facility: Option<Facility>,
    pub of_site: Vec<WeeklyHours>,
    /// The facility's own; none when it is open as the site is.
    pub own: Vec<WeeklyHours>,
    /// Bookings to come that lie outside the hours and stand all the same.
    pub outside: Vec<Line>,
}

/// The hours; `None` when there is no such place or it is not for this manager.
pub async fn hours(db: &Db, actor: Actor, whose: Whose, now: Instant) -> Result<Option<HoursView>, StoreError> {
    db.read(move |conn| {
        let Some((site, facility)) = find(conn, &actor, &whose)? else {
            return Ok(None);
        };
        let all: Vec<WeeklyHours> = sites::hours(conn, &[site.id])?.into_iter().map(|(_, hours)| hours).collect();
        let id = facility.as_ref().map(|facility| facility.id);
        let of = |whose: Option<FacilityId>| all.iter().filter(|one| one.facility == whose).copied().collect();
        Ok(Some(HoursView {
            of_site: of(None),
            own: id.map_or_else(Vec::new, |id| of(Some(id))),
            outside: outside(conn, &site, id, &all, now)?,
            site,
            facility,
        }))
    })
    .await
}

fn find(conn: &mut Conn, actor: &Actor, whose: &Whose) -> Result<Option<(Site, Option<Facility>)>, StoreError> {
    let found = match &whose.facility {
        Some(facility) => facilities::by_slug(conn, &whose.site, facility)?.map(|(site, one)| (site, Some(one))),
        None => sites::by_slug(conn, &whose.site)?.map(|site| (site, None)),
    };
    Ok(found.filter(|(site, _)| actor.manages(site.id)))
}

fn outside(
    conn: &mut Conn,
    site: &Site,
    facility: Option<FacilityId>,
    hours: &[WeeklyHours],
    now: Instant,
) -> Result<Vec<Line>, StoreError> {
    let active: Vec<Stage> = Stage::ALL.into_iter().filter(|stage| stage.is_active()).collect();
    let only: Vec<FacilityId> = facility.into_iter().collect();
    let filter = ListFilter {
        sites: Some(&[site.id]),
        facilities: Some(only.as_slice()).filter(|only| !only.is_empty()),
        stages: Some(&active),
        ends_after: Some(now),
        most: 5_000,
        ..ListFilter::default()
    };
    let mut lines = occurrences::list(conn, &filter)?;
    lines.retain(|line| {
        let to_come = now < line.session.start() && line.until.is_none_or(|until| now < until);
        let dates = (local_date(site.zone, line.session.start()), local_date(site.zone, line.session.end()));
        let open = facility_open(hours, line.facility, site.zone, dates.0, dates.1);
        to_come && !open.iter().any(|open| open.contains(line.session))
    });
    Ok(lines)
}

/// Sets the hours; none for a facility means that it is open as the site is. False when there is no such place.
/// Bookings stay where they are.
pub async fn set(
    db: &Db,
    actor: Actor,
    whose: Whose,
    hours: Vec<WeeklyHours>,
    now: Instant,
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some((site, facility)) = find(conn, &actor, &whose)? else {
            return Ok(false);
        };
        engine::lock(conn, site.id, None)?;
        let facility = facility.map(|facility| facility.id);
        sites::set_hours(conn, site.id, facility, &hours)?;
        let event =
            NewEvent { site: Some(site.id), facility, ..NewEvent::new(EventKind::HoursChanged, Some(actor.person)) };
        events::insert(conn, &event, now)?;
        sites::mark_changed(conn, site.id)?;
        Ok(true)
    })
    .await
}

/// The sessions of a site as they stand, with the names of the spaces that are booked in them.
#[derive(Debug)]
pub struct SessionsView {
    pub site: Site,
    pub booked_so: Vec<String>,
}

/// The named sessions; `None` when there is no such site or it is not for this manager.
pub async fn sessions(db: &Db, actor: Actor, slug: Slug) -> Result<Option<SessionsView>, StoreError> {
    db.read(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)?.filter(|site| actor.manages(site.id)) else {
            return Ok(None);
        };
        let all = facilities::with_sites(conn, &Filter { site: Some(&slug), ..Filter::default() })?;
        let by_session = all.into_iter().map(|(_, one)| one).filter(|one| one.rules.by_session);
        Ok(Some(SessionsView { site, booked_so: by_session.map(|one| one.name).collect() }))
    })
    .await
}

/// Sets the sessions of a site. False when there is no such site. Bookings stay where they are.
pub async fn set_sessions(
    db: &Db,
    actor: Actor,
    slug: Slug,
    sessions: Vec<NamedSession>,
    now: Instant,
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(site) = sites::by_slug(conn, &slug)?.filter(|site| actor.manages(site.id)) else {
            return Ok(false);
        };
        engine::lock(conn, site.id, None)?;
        named::set(conn, site.id, &sessions)?;
        let event = NewEvent { site: Some(site.id), ..NewEvent::new(EventKind::HoursChanged, Some(actor.person)) };
        events::insert(conn, &event, now)?;
        Ok(true)
    })
    .await
}
