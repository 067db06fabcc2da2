//! The use cases of telling that something is wrong: the place, the report, the concern. Not how they look.

use crate::allocation::{self, Case, Circumstances};
use crate::chance::Chance;
use crate::domain::booking::Booking;
use crate::domain::concern::{ConcernText, MOST_AN_HOUR, Readers};
use crate::domain::ids::{BookingId, Reference, Slug};
use crate::domain::places::{Facility, Site};
use crate::domain::policy::{Actor, audience};
use crate::domain::redaction::Audience;
use crate::domain::rendered::Rendered;
use crate::domain::span::Instant;
use crate::mail::Mailer;
use crate::mail::accounts::Recipient;
use crate::store::{Conn, Db, StoreError, concerns, engine, facilities, people, sites};

pub use crate::allocation::Report;

type Slugs = (Slug, Slug);

/// The space that is told of, and the booking from which.
#[derive(Debug)]
pub struct Place {
    pub site: Site,
    pub facility: Facility,
    pub booking: Option<(BookingId, Reference)>,
}

/// The space of a page; `None` when it is not there, or not for this person, or the booking is not.
pub async fn place(
    db: &Db,
    actor: Option<Actor>,
    slugs: Slugs,
    booking: Option<Reference>,
) -> Result<Option<Place>, StoreError> {
    db.read(move |conn| {
        let Some((site, facility)) = seen(conn, actor.as_ref(), &slugs)? else {
            return Ok(None);
        };
        let booking = match &booking {
            None => None,
            Some(reference) => {
                let case = case(conn, actor.as_ref(), reference)?;
                let case = case.filter(|case| case.facilities.iter().any(|one| one.id == facility.id));
                let Some(case) = case else {
                    return Ok(None);
                };
                Some((case.booking.id, case.booking.reference))
            }
        };
        Ok(Some(Place { site, facility, booking }))
    })
    .await
}

fn seen(conn: &mut Conn, actor: Option<&Actor>, slugs: &Slugs) -> Result<Option<(Site, Facility)>, StoreError> {
    let found = facilities::by_slug(conn, &slugs.0, &slugs.1)?;
    let opens = |site: &Site| actor.is_some_and(|actor| actor.sees_unlisted(site.id));
    Ok(found.filter(|(site, facility)| facility.listed || opens(site)))
}

fn case(conn: &mut Conn, actor: Option<&Actor>, reference: &Reference) -> Result<Option<Case>, StoreError> {
    let of = |booking: &Booking| (booking.organisation_id(), booking.shared_with.as_ref().map(|one| one.id));
    let found = Case::by_reference(conn, reference)?;
    Ok(found.filter(|case| audience(actor, case.site.id, of(&case.booking)) == Audience::Insider))
}

/// The space of a booking where its people are now, or were last, or will be first.
pub async fn place_of_booking(
    db: &Db,
    actor: Actor,
    reference: Reference,
    now: Instant,
) -> Result<Option<Slugs>, StoreError> {
    db.read(move |conn| {
        let Some(case) = case(conn, Some(&actor), &reference)? else {
            return Ok(None);
        };
        let mut dates: Vec<_> = case.booking.occurrences.iter().collect();
        dates.sort_by_key(|one| one.session.start());
        let begun = dates.iter().rev().find(|one| one.session.start() <= now);
        let date = begun.or(dates.first());
        let facility = date.and_then(|one| case.facility_of(one)).map(|facility| facility.slug.clone());
        Ok(facility.map(|facility| (case.site.slug.clone(), facility)))
    })
    .await
}

/// What became of telling.
#[derive(Debug)]
pub enum Told {
    Done(Reference),
    NotFound,
    /// So many came within the hour that no more are taken.
    TooMany,
}

pub async fn report(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Option<Actor>,
    slugs: Slugs,
    report: Report,
) -> Result<Told, StoreError> {
    db.write(move |conn| {
        let Some((site, facility)) = seen(conn, actor.as_ref(), &slugs)? else {
            return Ok(Told::NotFound);
        };
        let circumstances = Circumstances { now, chance: Chance, mailer: &mailer };
        let done = allocation::report_fault(conn, circumstances, (&site, &facility), &report)?;
        Ok(done.map_or(Told::TooMany, Told::Done))
    })
    .await
}

/// Keeps a concern and tells those who read it that there is something to read.
pub async fn tell(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    actor: Option<Actor>,
    slugs: Slugs,
    told: ConcernText,
) -> Result<Told, StoreError> {
    db.write(move |conn| {
        let Some((site, facility)) = seen(conn, actor.as_ref(), &slugs)? else {
            return Ok(Told::NotFound);
        };
        engine::lock(conn, site.id, None)?;
        if MOST_AN_HOUR <= concerns::told_since(conn, site.id, now.plus_hours(-1))? {
            return Ok(Told::TooMany);
        }
        let reference = Chance.reference();
        concerns::insert(conn, &reference, (site.id, facility.id), &told, now)?;
        let circumstances = Circumstances { now, chance: Chance, mailer: &mailer };
        tell_readers(conn, circumstances, &site, &reference)?;
        Ok(Told::Done(reference))
    })
    .await
}

fn tell_readers(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    site: &Site,
    reference: &Reference,
) -> Result<(), StoreError> {
    let readers = concerns::readers(conn, site.id)?;
    let staff = sites::staff(conn, site.id)?.into_iter();
    let mut to: Vec<_> = match &readers {
        Readers::Leads(leads) => {
            staff.filter(|one| leads.contains(&one.person)).map(|one| (one.name, one.email)).collect()
        }
        Readers::Managers => staff
            .filter(|one| one.role == crate::domain::policy::StaffRole::Manager)
            .map(|one| (one.name, one.email))
            .collect(),
    };
    // Where nobody manages the site, those who do everything read it.
    if to.is_empty() {
        let all = people::administrators(conn)?.into_iter().filter(|one| !one.closed);
        to = all.map(|one| (one.name, one.email)).collect();
    }
    for (number, (name, email)) in to.iter().enumerate() {
        let mail = circumstances.mailer.something_to_read(site, &Recipient { name, email });
        let once = Some(format!("to-read/{}/{number}", reference.stored()));
        circumstances.post(conn, Some(Rendered { once, ..mail }))?;
    }
    Ok(())
}
