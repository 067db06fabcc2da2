//! What the pages of duties load and do: each in one hop. Not how anything looks.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::allocation;
pub use crate::allocation::{Case, Copied, CopyAnswer, CoverAnswer, DutyAnswer, Giving, NotGiven, date_of};
use crate::domain::booking::Scope;
use crate::domain::duty::gap;
use crate::domain::helping::{Availability, Part};
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::ids::{OrganisationId, PersonId, Reference, SessionId};
use crate::domain::policy::{Actor, Membership};
use crate::domain::span::Instant;
pub use crate::enquiry::rota::monday_of;
use crate::enquiry::rota::{OfDate, Week};
pub use crate::enquiry::today::{Today, days_from_today};
use crate::error::Error;
use crate::store::events::{self, NewEvent};
pub use crate::store::news::News;
pub use crate::store::occurrences::Line;
use crate::store::organisations::Member;
use crate::store::{availability, duties, organisations, sessions};
use crate::web::state::State;

pub async fn today(state: &State, actor: Actor) -> Result<Today, Error> {
    let now = state.clock.now();
    Ok(state.db.read(move |conn| Today::load(conn, &actor, now)).await?)
}

/// Hands a duty back.
pub async fn hand_back(state: &State, actor: Actor, handle: Reference) -> Result<DutyAnswer, Error> {
    let shared = state.clone();
    let done = state.db.write(move |conn| allocation::hand_back(conn, shared.circumstances(), &actor, &handle));
    Ok(done.await?)
}

/// Takes up a date on which somebody is missing.
pub async fn take_up(state: &State, actor: Actor, date: (Reference, i32)) -> Result<DutyAnswer, Error> {
    let shared = state.clone();
    let done = state.db.write(move |conn| allocation::take_up(conn, shared.circumstances(), &actor, (&date.0, date.1)));
    Ok(done.await?)
}

pub async fn end_session(state: &State, session: SessionId) -> Result<(), Error> {
    Ok(state.db.write(move |conn| sessions::end(conn, session)).await?)
}

/// A week of one organisation's rota.
#[derive(Debug)]
pub struct RotaView {
    pub week: Week,
    pub members: Vec<Member>,
    pub said: HashMap<PersonId, Availability>,
}

pub async fn rota(state: &State, organisation: OrganisationId, monday: NaiveDate) -> Result<RotaView, Error> {
    let found = state.db.read(move |conn| {
        let week = Week::load(conn, organisation, monday)?;
        let members = organisations::members(conn, organisation)?;
        let people: Vec<PersonId> = members.iter().map(|one| one.person).collect();
        let said = availability::of(conn, &people, monday)?;
        Ok(RotaView { week, members, said })
    });
    Ok(found.await?)
}

pub async fn copy(state: &State, actor: Actor, what: (OrganisationId, NaiveDate)) -> Result<CopyAnswer, Error> {
    let shared = state.clone();
    Ok(state.db.write(move |conn| allocation::copy_week(conn, shared.circumstances(), &actor, what)).await?)
}

/// Who is on one date of a booking, and who could be.
#[derive(Debug)]
pub struct DateView {
    pub case: Case,
    pub ordinal: i32,
    pub organisation: Membership,
    pub of: OfDate,
}

/// One date of a booking for whoever keeps its organisation's rota; the next of all where none is named.
pub async fn date(
    state: &State,
    actor: Actor,
    (reference, ordinal): (Reference, Option<i32>),
) -> Result<Option<DateView>, Error> {
    let now = state.clock.now();
    let found = state.db.read(move |conn| {
        let Some(case) = Case::by_reference(conn, &reference)? else {
            return Ok(None);
        };
        let organisation = case.booking.organisation_id();
        let Some(organisation) = actor.rotas().find(|one| Some(one.organisation) == organisation).cloned() else {
            return Ok(None);
        };
        let Some(ordinal) = ordinal.or_else(|| case.booking.next(now).map(|one| one.ordinal)) else {
            return Ok(None);
        };
        let Some(at) = date_of(&case, ordinal, now).map(|date| date.session) else {
            return Ok(None);
        };
        let of = OfDate::load(conn, organisation.organisation, (case.booking.id, ordinal), (case.site.zone, at))?;
        Ok(Some(DateView { ordinal, organisation, of, case }))
    });
    Ok(found.await?)
}

/// One date on which help may be needed, as a volunteer sees it.
#[derive(Debug)]
pub struct HelpView {
    pub case: Case,
    pub ordinal: i32,
    /// They are on it themselves.
    pub mine: bool,
    pub missing: usize,
}

/// A date of their organisation's for somebody who helps there.
pub async fn help(
    state: &State,
    actor: Actor,
    (reference, ordinal): (Reference, Option<i32>),
) -> Result<Option<HelpView>, Error> {
    let now = state.clock.now();
    let found = state.db.read(move |conn| {
        let Some(case) = Case::by_reference(conn, &reference)? else {
            return Ok(None);
        };
        let Some(organisation) = case.booking.organisation_id().filter(|id| actor.helps(*id)) else {
            return Ok(None);
        };
        let Some(ordinal) = ordinal.or_else(|| case.booking.next(now).map(|one| one.ordinal)) else {
            return Ok(None);
        };
        let Some(at) = date_of(&case, ordinal, now).map(|date| date.session) else {
            return Ok(None);
        };
        let (needs, duties) = duties::with_needs(conn, &[case.booking.id], at.widened(1440, 1440))?;
        let on = duties.iter().filter(|one| one.is_on(case.booking.id, ordinal));
        let mine = on.clone().any(|one| one.person == actor.person);
        let missing = gap(needs.get(&case.booking.id).copied().unwrap_or_default(), on.count());
        // What nobody is needed for is no business of a volunteer who is not on it.
        let known = mine
            || actor.sees_sessions_of(organisation)
            || needs.get(&case.booking.id).is_some_and(|needed| 0 < *needed);
        Ok(known.then_some(HelpView { case, ordinal, mine, missing }))
    });
    Ok(found.await?)
}

pub async fn give(state: &State, actor: Actor, reference: Reference, what: Giving) -> Result<DutyAnswer, Error> {
    let shared = state.clone();
    let done = state.db.write(move |conn| allocation::give(conn, shared.circumstances(), &actor, &reference, &what));
    Ok(done.await?)
}

pub async fn take_off(state: &State, actor: Actor, what: (Reference, Scope)) -> Result<DutyAnswer, Error> {
    let shared = state.clone();
    let done =
        state.db.write(move |conn| allocation::take_off(conn, shared.circumstances(), &actor, (&what.0, what.1)));
    Ok(done.await?)
}

/// Asks everybody who could come to help on a date.
pub async fn ask_cover(state: &State, actor: Actor, date: (Reference, i32)) -> Result<CoverAnswer, Error> {
    let shared = state.clone();
    let done =
        state.db.write(move |conn| allocation::ask_cover(conn, shared.circumstances(), &actor, (&date.0, date.1)));
    Ok(done.await?)
}

/// Says what the volunteers of an organisation see: all its sessions, or those that they are on.
pub async fn widen(state: &State, actor: Actor, organisation: OrganisationId, widened: bool) -> Result<(), Error> {
    let now = state.clock.now();
    let done = state.db.write(move |conn| {
        organisations::set_widened(conn, organisation, widened)?;
        let event = NewEvent {
            organisation: Some(organisation),
            number: Some(widened.into()),
            ..NewEvent::new(EventKind::VolunteersSee, Some(actor.person))
        };
        events::insert(conn, &event, now)
    });
    Ok(done.await?)
}

/// Sets how many are needed; false when the booking is none of theirs.
pub async fn set_need(state: &State, actor: Actor, (reference, needed): (Reference, i32)) -> Result<bool, Error> {
    let shared = state.clone();
    let done =
        state.db.write(move |conn| allocation::set_need(conn, shared.circumstances(), &actor, (&reference, needed)));
    Ok(done.await?)
}

/// What a person said of when they can, absences only from today on.
pub async fn availability(state: &State, person: PersonId, now: Instant) -> Result<Availability, Error> {
    let today = local_date(chrono_tz::Tz::UTC, now.plus_days(-1));
    let found = state.db.read(move |conn| Ok(availability::of(conn, &[person], today)?.remove(&person)));
    Ok(found.await?.unwrap_or_default())
}

pub async fn set_times(state: &State, person: PersonId, times: Vec<(i32, Part)>) -> Result<(), Error> {
    Ok(state.db.write(move |conn| availability::set_times(conn, person, &times)).await?)
}

/// Adds an absence or takes it away again.
pub async fn set_away(
    state: &State,
    person: PersonId,
    (dates, away): ((NaiveDate, NaiveDate), bool),
) -> Result<(), Error> {
    let done = state.db.write(move |conn| {
        if away {
            availability::add_away(conn, person, dates)
        } else {
            availability::remove_away(conn, person, dates).map(drop)
        }
    });
    Ok(done.await?)
}
