//! The places that a date which lost its own could have instead. Not the taking.

use crate::allocation::{Case, may_give_up};
use crate::domain::booking::Occurrence;
use crate::domain::ids::Reference;
use crate::domain::nearest::Instead;
use crate::domain::occurrence::Stage;
use crate::domain::places::Facility;
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::enquiry::instead::{Lost, look_among};
use crate::store::facilities::{self, Filter};
use crate::store::{Conn, Db, StoreError, bookings};

/// A date that lost its place, with what is free instead, nearest first.
#[derive(Debug)]
pub struct InsteadView {
    pub case: Case,
    pub date: Occurrence,
    pub places: Vec<Instead>,
}

/// What could be had in place of a date; `None` where it has its place, or this person may not change it.
pub async fn instead(
    db: &Db,
    reference: Reference,
    ordinal: i32,
    actor: Actor,
    now: Instant,
) -> Result<Option<InsteadView>, StoreError> {
    db.read(move |conn| {
        let Some((case, all)) = with_all_places(conn, &reference)?.filter(|(case, _)| may_give_up(&actor, case)) else {
            return Ok(None);
        };
        let lost = |one: &&Occurrence| one.ordinal == ordinal && one.state.stage() == Stage::Displaced;
        let Some(date) = case.booking.occurrences.iter().find(lost).cloned() else {
            return Ok(None);
        };
        let Some(facility) = case.facility_of(&date) else {
            return Ok(None);
        };
        let lost = Lost {
            occurrence: date.id,
            facility: facility.slug.clone(),
            session: date.session,
            wanted: date.wanted.clone(),
            people: case.booking.people,
            organisation: case.booking.organisation_id(),
        };
        let all: Vec<&Facility> = all.iter().collect();
        let found = look_among(conn, (&case.site, &all), (&[], &[]), &[lost], now)?;
        let places = found.into_iter().flat_map(|(_, places)| places).collect();
        Ok(Some(InsteadView { case, date, places }))
    })
    .await
}

/// A booking, and all facilities of its site: those of its own dates are among them, and are read no second time.
fn with_all_places(conn: &mut Conn, reference: &Reference) -> Result<Option<(Case, Vec<Facility>)>, StoreError> {
    let Some(booking) = bookings::by_reference(conn, reference)? else {
        return Ok(None);
    };
    let places = facilities::with_sites(conn, &Filter { sites: Some(&[booking.site]), ..Filter::default() })?;
    let Some((site, _)) = places.first().cloned() else {
        return Ok(None);
    };
    let all: Vec<Facility> = places.into_iter().map(|(_, facility)| facility).collect();
    let own = |facility: &&Facility| booking.occurrences.iter().any(|one| one.facility == facility.id);
    let facilities = all.iter().filter(own).cloned().collect();
    Ok(Some((Case { booking, site, facilities }, all)))
}
