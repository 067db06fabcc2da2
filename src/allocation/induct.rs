//! Inductions: recorded by a manager, taken back, and recorded together with the yes to a request that waits for one.

use chrono::NaiveDate;

use super::Answer;
use super::care::lacking_induction;
use super::case::Circumstances;
use super::decide::{Dates, Decision, as_seen, decide};
use crate::domain::booking::Occurrence;
use crate::domain::care::{Inducted, Induction};
use crate::domain::history::EventKind;
use crate::domain::holder::Holder;
use crate::domain::hours::local_date;
use crate::domain::ids::{FacilityId, Reference};
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::store::events::{self, NewEvent};
use crate::store::{Conn, StoreError, engine, inductions};

/// An induction to be recorded.
#[derive(Debug, Clone)]
pub struct NewInduction {
    pub whose: Inducted,
    /// Of a person.
    pub name: String,
    pub given_on: NaiveDate,
    pub valid_until: NaiveDate,
}

/// Records an induction for a facility; false when this person does not manage there.
///
/// # Errors
/// Surprises of the store.
pub fn record_induction(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (site, facility): (&Site, &Facility),
    new: &NewInduction,
) -> Result<bool, StoreError> {
    if !actor.manages(site.id) {
        return Ok(false);
    }
    engine::lock(conn, site.id, None)?;
    let induction = Induction {
        facility: facility.id,
        whose: new.whose.clone(),
        given_on: new.given_on,
        valid_until: new.valid_until,
    };
    let row = inductions::NewInduction { induction: &induction, name: &new.name, by: actor.person };
    inductions::insert(conn, &row, circumstances.now)?;
    note(conn, circumstances, actor, (EventKind::InductionRecorded, &induction), (site, facility.id))?;
    Ok(true)
}

fn note(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (kind, induction): (EventKind, &Induction),
    (site, facility): (&Site, FacilityId),
) -> Result<(), StoreError> {
    let organisation = match induction.whose {
        Inducted::Organisation(id) => Some(id),
        Inducted::Person(_) => None,
    };
    let line = NewEvent {
        site: Some(site.id),
        facility: Some(facility),
        organisation,
        ..NewEvent::new(kind, Some(actor.person))
    };
    events::insert(conn, &line, circumstances.now)
}

/// Takes an induction back, by its row; bookings that were confirmed on it stay. False when there is none for this manager.
///
/// # Errors
/// Surprises of the store.
pub fn remove_induction(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (site, facility): (&Site, &Facility),
    row: i64,
) -> Result<bool, StoreError> {
    if !actor.manages(site.id) {
        return Ok(false);
    }
    engine::lock(conn, site.id, None)?;
    let all = inductions::of_facility(conn, facility.id)?;
    let Some(line) = all.iter().find(|line| line.row == row) else {
        return Ok(false);
    };
    let removed = inductions::remove(conn, facility.id, row, circumstances.now)?;
    if removed {
        note(conn, circumstances, actor, (EventKind::InductionRemoved, &line.induction), (site, facility.id))?;
    }
    Ok(removed)
}

/// Records the induction that a request waits for, for each of its places that asks for one, and approves all that waits.
/// `alone` records it for whoever asked, and not for their whole organisation. Nothing is written where a date that waits is
/// not among the dates on which the induction counts.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn induct_and_approve(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, version): (&Reference, i32),
    (given_on, valid_until, alone): (NaiveDate, NaiveDate, bool),
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let case = match as_seen(conn, (reference, version), |case| actor.manages(case.site.id))? {
        Ok(case) => case,
        Err(answer) => return Ok(answer),
    };
    let waiting: Vec<Occurrence> = case.booking.waiting(now).cloned().collect();
    let lacking = lacking_induction(conn, &case, &waiting)?;
    let date = |one: &Occurrence| local_date(case.site.zone, one.session.start());
    let of = |ordinal: i32| waiting.iter().filter(move |one| one.ordinal == ordinal);
    let outside = |one: &Occurrence| date(one) < given_on || valid_until < date(one);
    let never: Vec<_> = lacking.iter().filter(|refused| of(refused.ordinal).any(outside)).cloned().collect();
    if !never.is_empty() {
        return Ok(Answer::Refused(never, Box::new(case)));
    }
    let contact = case.brings().contact;
    let (whose, name) = match (&case.booking.holder, contact) {
        (Holder::Organisation(own), None) => (Inducted::Organisation(own.id), String::new()),
        (Holder::Organisation(own), Some(_)) if !alone => (Inducted::Organisation(own.id), String::new()),
        (Holder::Person(person), Some(contact)) => (Inducted::Person(contact), person.name.clone()),
        (_, Some(contact)) => (
            Inducted::Person(contact),
            case.booking.booked_by.as_ref().map_or_else(String::new, |one| one.name.clone()),
        ),
        (_, None) => return Ok(Answer::NotFound),
    };
    let places = case.facilities.iter().filter(|facility| {
        facility.care.induction && lacking.iter().any(|one| of(one.ordinal).any(|date| date.facility == facility.id))
    });
    for facility in places {
        let new = NewInduction { whose: whose.clone(), name: name.clone(), given_on, valid_until };
        record_induction(conn, circumstances, actor, (&case.site, facility), &new)?;
    }
    decide(conn, circumstances, actor, (reference, version), &Decision::Approve { dates: Dates::All })
}
