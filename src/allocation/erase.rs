//! Erasing a person: what stands in the way, handing their bookings over, and the act itself, which leaves every list and duty first.

use super::case::Circumstances;
use super::duties::hand_back;
use super::take::leave;
use crate::domain::erasure::{address_after, name_after};
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::ids::PersonId;
use crate::domain::leaving::{ContactOf, Obstacle};
use crate::domain::person::Email;
use crate::domain::rendered::Rendered;
use crate::domain::span::Instant;
use crate::mail::accounts::Recipient;
use crate::store::erasure::Erased;
use crate::store::events::NewEvent;
use crate::store::people::Account;
use crate::store::{Conn, StoreError, duties, engine, erasure, events, handover, leaving, people, sessions};

/// What became of erasing somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EraseAnswer {
    /// What they are called from now on.
    Done(String),
    InTheWay(Vec<Obstacle>),
    NotFound,
}

/// Everything that has to be settled before somebody can be erased.
///
/// # Errors
/// Surprises of the store.
pub fn in_the_way(conn: &mut Conn, account: &Account, now: Instant) -> Result<Vec<Obstacle>, StoreError> {
    let mut all = leaving::last_coordinator(conn, account.id)?;
    if account.administrator && leaving::is_last_administrator(conn, account.id)? {
        all.push(Obstacle::LastAdministrator);
    }
    all.extend(leaving::contacts(conn, account.id, now)?);
    all.extend(leaving::as_private_person(conn, account.email.as_str(), now)?);
    Ok(all)
}

/// Makes somebody else the contact of all bookings to come of one organisation or site; says how many those were. `None` when
/// the other cannot be that.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn make_contact(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (person, by): (PersonId, PersonId),
    of: &ContactOf,
    to: &str,
) -> Result<Option<usize>, StoreError> {
    engine::lock_people(conn, &[person], &[], None)?;
    let others = leaving::others(conn, of, person)?;
    let Some((other, name, email)) = others.into_iter().find(|(_, _, email)| email == to) else {
        return Ok(None);
    };
    let bookings = leaving::coming(conn, person, circumstances.now)?;
    let own: Vec<_> = bookings.into_iter().filter(|one| one.of == *of).collect();
    handover::give(conn, &own.iter().map(|one| one.id).collect::<Vec<_>>(), other)?;
    for one in &own {
        let event = NewEvent {
            site: Some(one.site),
            booking: Some(one.id),
            organisation: one.organisation,
            person: Some(other),
            ..NewEvent::new(EventKind::HandedOver, Some(by))
        };
        events::insert(conn, &event, circumstances.now)?;
    }
    let references: Vec<_> = own.iter().map(|one| one.reference.clone()).collect();
    if let (Ok(email), Some(first), true) = (Email::parse(&email), own.first(), other != by) {
        let to = Recipient { name: &name, email: &email };
        let mail = circumstances.mailer.contact_of(&to, &first.name, &references);
        circumstances.post(conn, Some(Rendered { person: Some(other), ..mail }))?;
    }
    Ok(Some(own.len()))
}

/// Erases somebody: their name, address and number are nowhere afterwards. `by` is nobody where their time was over.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn erase(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    person: PersonId,
    by: Option<PersonId>,
) -> Result<EraseAnswer, StoreError> {
    let now = circumstances.now;
    engine::lock_people(conn, &[person], &[], None)?;
    let Some(account) = people::by_id(conn, person)?.filter(|account| !account.closed) else {
        return Ok(EraseAnswer::NotFound);
    };
    let obstacles = in_the_way(conn, &account, now)?;
    if !obstacles.is_empty() {
        return Ok(EraseAnswer::InTheWay(obstacles));
    }
    let Some(actor) = sessions::actor(conn, person, now)? else {
        return Ok(EraseAnswer::NotFound);
    };
    for duty in duties::of_person(conn, person, now)?.iter().filter(|duty| duty.ended.is_none()) {
        hand_back(conn, circumstances, &actor, &duty.handle)?;
    }
    for reference in leaving::waits(conn, person)? {
        leave(conn, circumstances, &actor, &reference)?;
    }
    let name = name_after(local_date(chrono_tz::Europe::London, now));
    let address = address_after(circumstances.chance.token().reveal());
    let who = Erased {
        id: person,
        name: &account.name,
        email: account.email.as_str(),
        name_after: &name,
        address_after: &address,
    };
    erasure::erase(conn, &who, now)?;
    events::insert(conn, &NewEvent { person: Some(person), ..NewEvent::new(EventKind::PersonErased, by) }, now)?;
    Ok(EraseAnswer::Done(name))
}
