//! What the people of a booking must know of the day: the allergens of others, who was there before, what is to be ticked. And ticking it.

use super::{Case, Means, sees};
use crate::allocation::{self, Ticked, Ticks};
use crate::domain::booking::Occurrence;
use crate::domain::hours::{day, local_date};
use crate::domain::ids::{FacilityId, Reference};
use crate::domain::occurrence::Stage;
use crate::domain::places::Facility;
use crate::domain::policy::{Actor, audience};
use crate::domain::redaction::{Shown, redact};
use crate::domain::span::{Instant, Span};
use crate::store::jobs::{self, Around};
use crate::store::{Conn, Db, StoreError};

/// So far ahead the allergens of others are shown, and so far back what is to be ticked.
const AHEAD: i64 = 21;
const BACK: i64 = 7;

/// Allergens that others handle on a day on which this booking is there.
#[derive(Debug, Clone)]
pub struct Others {
    pub session: Span,
    pub facility: String,
    /// None where the viewer may not know.
    pub who: Option<String>,
    pub words: String,
}

/// What is known of the day.
#[derive(Debug, Default)]
pub struct CareSeen {
    pub others: Vec<Others>,
    /// The session before the next one of today, and that one itself.
    pub before: Option<(Around, Occurrence)>,
    /// Own sessions that have begun and have something to tick.
    pub own: Vec<Around>,
}

/// Loads it in one query, and in none where no place of the booking asks for anything or no date is near.
pub fn seen(conn: &mut Conn, case: &Case, actor: &Actor, now: Instant) -> Result<CareSeen, StoreError> {
    let asks = |facility: &&Facility| facility.care.allergens || facility.care.has_jobs();
    let places: Vec<FacilityId> = case.facilities.iter().filter(asks).map(|facility| facility.id).collect();
    let near = |one: &&Occurrence| {
        let stands = one.state.stage().is_active() && places.contains(&one.facility);
        stands && now.plus_days(-BACK) < one.session.end() && one.session.start() < now.plus_days(AHEAD)
    };
    let dates: Vec<&Occurrence> = case.booking.occurrences.iter().filter(near).collect();
    let zone = case.site.zone;
    let edge = |at: Option<Instant>| at.and_then(|at| day(zone, local_date(zone, at)).ok());
    let (first, last) = (
        edge(dates.iter().map(|one| one.session.start()).min()),
        edge(dates.iter().map(|one| one.session.start()).max()),
    );
    let Some(within) = first.zip(last).and_then(|(first, last)| Span::new(first.start(), last.end())) else {
        return Ok(CareSeen::default());
    };
    let around = jobs::around(conn, &places, within)?;
    let on = |at: Instant| local_date(zone, at);
    let shares = |other: &Around, one: &Occurrence| {
        other.booking != case.booking.id
            && other.facility == one.facility
            && on(other.session.start()) == on(one.session.start())
    };
    let coming = |one: &&&Occurrence| now < one.session.end();
    let told = around.iter().filter(|other| {
        other.particulars.tells_allergens() && dates.iter().filter(coming).any(|one| shares(other, one))
    });
    let others = told.map(|other| allergens(case, actor, other)).collect();
    let next =
        dates.iter().filter(coming).filter(|one| on(one.session.start()) == on(now)).min_by_key(|one| one.session);
    let before = next.and_then(|one| {
        let earlier = |other: &&Around| other.facility == one.facility && other.session.end() <= one.session.start();
        let same_day = |other: &&Around| on(other.session.start()) == on(one.session.start());
        let last = around.iter().filter(earlier).filter(same_day).max_by_key(|other| other.session.end())?;
        let jobs = case.facility_of(one).is_some_and(|facility| facility.care.has_jobs());
        jobs.then(|| (last.clone(), (*one).clone()))
    });
    let jobs = |other: &&Around| {
        let place = case.facilities.iter().find(|facility| facility.id == other.facility);
        other.booking == case.booking.id
            && other.session.start() <= now
            && place.is_some_and(|facility| facility.care.has_jobs())
    };
    let own = around.iter().filter(jobs).cloned().collect();
    Ok(CareSeen { others, before, own })
}

fn allergens(case: &Case, actor: &Actor, other: &Around) -> Others {
    let audience = audience(Some(actor), case.site.id, (other.organisation, other.shared_with));
    let who = match redact(audience, other.privacy, false, &other.holder, &other.purpose) {
        Shown::Busy | Shown::Booked => None,
        Shown::Holder(holder) | Shown::Everything { holder, .. } => Some(holder),
    };
    let place = case.facilities.iter().find(|facility| facility.id == other.facility);
    Others {
        session: other.session,
        facility: place.map_or_else(String::new, |facility| facility.name.clone()),
        who,
        words: other.particulars.allergens_in_words(),
    }
}

/// A date with what is to be ticked at its end.
#[derive(Debug)]
pub struct Checklist {
    pub case: Case,
    pub date: Occurrence,
    pub facility: Facility,
    pub jobs: Vec<crate::domain::job::Job>,
}

/// What is to be ticked at the end of a date; `None` where there is nothing, or not for this person.
pub async fn checklist(
    db: &Db,
    reference: Reference,
    ordinal: i32,
    actor: Actor,
) -> Result<Option<Checklist>, StoreError> {
    db.read(move |conn| {
        let Some(case) = Case::by_reference(conn, &reference)?.filter(|case| sees(&actor, case)) else {
            return Ok(None);
        };
        let date = case.booking.occurrences.iter().find(|one| one.ordinal == ordinal);
        let Some(date) = date.filter(|one| one.state.stage() == Stage::Confirmed).cloned() else {
            return Ok(None);
        };
        let Some(facility) = case.facility_of(&date).filter(|facility| facility.care.has_jobs()).cloned() else {
            return Ok(None);
        };
        let jobs = jobs::of(conn, &[date.id])?;
        Ok(Some(Checklist { case, date, facility, jobs }))
    })
    .await
}

/// Ticks.
pub async fn tick(
    db: &Db,
    means: Means,
    actor: Actor,
    (reference, ticks): (Reference, Ticks),
) -> Result<Ticked, StoreError> {
    db.write(move |conn| allocation::tick(conn, means.circumstances(), &actor, (&reference, &ticks))).await
}
