//! The use cases of what a space asks: reading and changing it, and who has had an induction.

use crate::allocation::{self, Circumstances};
use crate::chance;
use crate::domain::care::Care;
use crate::domain::history::EventKind;
use crate::domain::holder::OrganisationName;
use crate::domain::ids::Slug;
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::mail::Mailer;
use crate::store::events::{self, NewEvent};
use crate::store::{Conn, Db, StoreError, care, engine, facilities, inductions, organisations, sites};

pub use crate::allocation::NewInduction;
pub use crate::store::inductions::Line;

/// A space with its site, for those who manage there.
#[derive(Debug)]
pub struct View {
    pub site: Site,
    pub facility: Facility,
}

/// `None` when it is not there or not for this manager.
pub async fn one(db: &Db, actor: Actor, at: (Slug, Slug)) -> Result<Option<View>, StoreError> {
    db.read(move |conn| managed(conn, &actor, &at)).await
}

fn managed(conn: &mut Conn, actor: &Actor, (site, facility): &(Slug, Slug)) -> Result<Option<View>, StoreError> {
    let found = facilities::by_slug(conn, site, facility)?.filter(|(site, _)| actor.manages(site.id));
    Ok(found.map(|(site, facility)| View { site, facility }))
}

/// Writes what a space asks from now on; false when it is not there or not for this manager. Bookings stay as they are.
pub async fn change(db: &Db, actor: Actor, at: (Slug, Slug), new: Care, now: Instant) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(View { site, facility }) = managed(conn, &actor, &at)? else {
            return Ok(false);
        };
        engine::lock(conn, site.id, None)?;
        care::set(conn, facility.id, &new)?;
        let event = NewEvent {
            site: Some(site.id),
            facility: Some(facility.id),
            ..NewEvent::new(EventKind::RulesChanged, Some(actor.person))
        };
        events::insert(conn, &event, now)?;
        sites::mark_changed(conn, site.id)?;
        Ok(true)
    })
    .await
}

/// A space with the inductions for it, and the organisations that may book.
#[derive(Debug)]
pub struct Inductions {
    pub view: View,
    pub lines: Vec<Line>,
    pub organisations: Vec<OrganisationName>,
}

/// `None` when it is not there or not for this manager.
pub async fn inductions(db: &Db, actor: Actor, at: (Slug, Slug)) -> Result<Option<Inductions>, StoreError> {
    db.read(move |conn| {
        let Some(view) = managed(conn, &actor, &at)? else {
            return Ok(None);
        };
        let lines = inductions::of_facility(conn, view.facility.id)?;
        let organisations = organisations::approved_names(conn)?;
        Ok(Some(Inductions { view, lines, organisations }))
    })
    .await
}

/// What names an induction in a form.
pub fn key(line: &Line) -> String {
    chance::hash(&format!("induction {}", line.row)).chars().take(16).collect()
}

/// Records an induction; false when the space is not there or not for this manager.
pub async fn record(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Actor,
    at: (Slug, Slug),
    new: NewInduction,
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(View { site, facility }) = managed(conn, &actor, &at)? else {
            return Ok(false);
        };
        let circumstances = Circumstances { now, chance: chance::Chance, mailer: &mailer };
        allocation::record_induction(conn, circumstances, &actor, (&site, &facility), &new)
    })
    .await
}

/// Takes the induction of a key back; false when there is none for this manager.
pub async fn remove(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Actor,
    at: (Slug, Slug),
    wanted: String,
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(View { site, facility }) = managed(conn, &actor, &at)? else {
            return Ok(false);
        };
        let lines = inductions::of_facility(conn, facility.id)?;
        let Some(line) = lines.iter().find(|line| key(line) == wanted) else {
            return Ok(false);
        };
        let circumstances = Circumstances { now, chance: chance::Chance, mailer: &mailer };
        allocation::remove_induction(conn, circumstances, &actor, (&site, &facility), line.row)
    })
    .await
}
