//! On the day: a session that runs is made longer where the place is really free, or ended early so that others can have the rest.

use super::case::{Case, Circumstances};
use super::decide::{as_seen, edges_shared_by};
use super::expire::clear_void;
use super::ground::{self, Claim};
use super::offer::offer_freed;
use super::outrun::decline_outrun;
use super::{Answer, DateRefused, may_give_up};
use crate::domain::availability::Wanted;
use crate::domain::booking::Occurrence;
use crate::domain::history::EventKind;
use crate::domain::hours::{local_date, local_time};
use crate::domain::ids::{Reference, UnitId};
use crate::domain::judge::{Needs, Proposal, Verdict, judge};
use crate::domain::occurrence::{NotPossible, Stage};
use crate::domain::policy::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::span::{Instant, Span};
use crate::enquiry::{self, Known, Loaded};
use crate::store::changes::{self, NewPlace};
use crate::store::engine::{NewOccupancy, OccupancyHolder, insert_occupancies};
use crate::store::{Conn, StoreError, occupancies, sites};

/// Whether a confirmed session runs now and has not been ended.
pub fn runs(one: &Occurrence, now: Instant) -> bool {
    let open = one.session.start() <= now && now < one.session.end() && one.ended_at.is_none();
    open && one.state.stage() == Stage::Confirmed
}

/// By how many minutes a running session could be made longer at once, shortest first; as far as the place is free.
///
/// # Errors
/// Surprises of the store.
pub fn minutes_longer(conn: &mut Conn, case: &Case, one: &Occurrence, now: Instant) -> Result<Vec<i64>, StoreError> {
    let Some(facility) = case.facility_of(one).filter(|_| runs(one, now)) else {
        return Ok(Vec::new());
    };
    // Whether the site decides is said when it is asked for; here it is about what is free.
    let loaded = facts(conn, case, one, Some(true))?;
    let units: Vec<UnitId> = loaded.taken.iter().filter(|held| held.is_of(one.id)).map(|held| held.unit).collect();
    let step = i64::from(facility.rules.step_minutes.max(5));
    let fits = |minutes: &i64| {
        let verdict = judged(&loaded, case, (one, &units), *minutes, now);
        verdict.is_some_and(|verdict| refusals(&verdict).is_empty())
    };
    Ok((1..=8).map(|steps| steps * step).take_while(fits).collect())
}

fn facts(conn: &mut Conn, case: &Case, one: &Occurrence, trust: Option<bool>) -> Result<Loaded, StoreError> {
    let date = local_date(case.site.zone, one.session.start());
    let organisation = case.booking.organisation_id();
    match case.facility_of(one) {
        Some(facility) => {
            let known = Known { trusted: trust, ..Known::default() };
            enquiry::load_known(conn, &case.site, &[facility], (organisation, known), (date, date))
        }
        None => enquiry::load_all(conn, &case.site, &[], organisation, (date, date)),
    }
}

/// The units that a session is in.
fn units_of(conn: &mut Conn, one: &Occurrence) -> Result<Vec<UnitId>, StoreError> {
    Ok(occupancies::of_occurrence(conn, one.id)?.iter().map(|held| held.unit).collect())
}

/// The whole session as it would be, judged in its own place: on the units that it is in, whatever others are free.
fn judged(
    loaded: &Loaded,
    case: &Case,
    (one, units): (&Occurrence, &[UnitId]),
    minutes: i64,
    now: Instant,
) -> Option<Verdict> {
    let mut facility = case.facility_of(one)?.clone();
    let own: Vec<UnitId> =
        units.iter().copied().filter(|unit| facility.extra_units().all(|item| item != *unit)).collect();
    // Its extras stay with it, the very items that it has.
    for extra in &mut facility.extras {
        extra.items.retain(|item| units.contains(&item.unit));
    }
    let proposal = Proposal {
        session: Span::new(one.session.start(), one.session.end().plus_minutes(minutes))?,
        wanted: Wanted::These(own),
        people: case.booking.people,
        organisation: case.booking.organisation_id(),
        besides: vec![one.id],
        asked: now,
        brings: case.brings_on(one),
    };
    Some(judge(&loaded.facts(&facility), &proposal, now))
}

/// That it has begun is no reason against more of it.
fn refusals(verdict: &Verdict) -> Vec<Refusal> {
    let begun = |one: &&Refusal| {
        matches!(
            one,
            Refusal::InThePast
                | Refusal::TooSoon { .. }
                | Refusal::NoTimeToDecide
                | Refusal::WrongStart { .. }
                | Refusal::Arrival
                | Refusal::NoTimeForPapers { .. }
        )
    };
    verdict.refusals.iter().filter(|one| !begun(one)).cloned().collect()
}

/// Why it cannot be made longer at once; nobody decides about a session that runs but who is there.
fn against(verdict: &Verdict, manages: bool) -> Vec<Refusal> {
    let refused = refusals(verdict);
    let decides = verdict.needs == Needs::Approval && !manages;
    if refused.is_empty() && decides { vec![Refusal::NoTimeToDecide] } else { refused }
}

/// Makes a running session longer by so many minutes.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn longer(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, version): (&Reference, i32),
    (ordinal, minutes): (i32, i64),
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let (case, one) = match running(conn, actor, (reference, version), ordinal, now)? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    let mut loaded = facts(conn, &case, &one, None)?;
    clear_void(conn, circumstances, &mut loaded.taken)?;
    let units = units_of(conn, &one)?;
    let verdict = judged(&loaded, &case, (&one, &units), minutes, now).filter(|_| 0 < minutes && minutes <= 24 * 60);
    let Some(verdict) = verdict else {
        return Ok(Answer::NotFound);
    };
    let refusals = against(&verdict, actor.manages(case.site.id));
    if !refusals.is_empty() {
        return Ok(Answer::Refused(vec![DateRefused { ordinal, refusals }], Box::new(case)));
    }
    // The units that it is in stay its own; only the end moves.
    ground::release(conn, &[&one], case.booking.organisation_id(), now)?;
    let end = one.session.end().plus_minutes(minutes);
    let Some(session) = Span::new(one.session.start(), end) else {
        return Ok(Answer::NotFound);
    };
    let zone = case.site.zone;
    let place = NewPlace {
        facility: one.facility,
        session,
        occupied: verdict.occupied,
        local: (local_time(zone, session.start()), local_time(zone, session.end())),
        wanted: &one.wanted,
        until: None,
        price: verdict.price,
    };
    changes::set_place(conn, one.id, &place)?;
    let taken = occupancies::taken(conn, &units, verdict.occupied.widened(1440, 1440))?;
    let organisation = edges_shared_by(&case, &one);
    let claim = Claim { occurrence: one.id, organisation, session, occupied: verdict.occupied, units: &units };
    ground::take(conn, &[claim], &taken, now)?;
    case.note(conn, (EventKind::MadeLonger, Some(actor.person)), &one, None, now)?;
    let case = case.changed(conn)?;
    decline_outrun(conn, circumstances, Some(case.booking.id), &[(units, verdict.occupied)])?;
    Ok(Answer::Done(Box::new(case)))
}

/// Ends a running session now; what is left of its time is free for others, after the turnaround.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn finish(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, version): (&Reference, i32),
    ordinal: i32,
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let (case, one) = match running(conn, actor, (reference, version), ordinal, now)? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    let turnaround = case.facility_of(&one).map_or(0, |facility| facility.rules.turnaround_minutes);
    // Occupancies are kept in whole minutes.
    let minute = Instant::from_seconds(now.seconds() + (60 - now.seconds().rem_euclid(60)) % 60);
    let until = minute.plus_minutes(turnaround.into());
    let held = occupancies::of_occurrence(conn, one.id)?;
    occupancies::delete_of_occurrence(conn, one.id)?;
    let kept: Vec<NewOccupancy> = held
        .iter()
        .filter_map(|place| {
            let span = Span::new(place.span.start(), place.span.end().min(until))?;
            Some(NewOccupancy { span, holder: OccupancyHolder::Occurrence(one.id), ..*place })
        })
        .collect();
    insert_occupancies(conn, &kept)?;
    changes::set_ended(conn, one.id, now)?;
    case.note(conn, (EventKind::EndedEarly, Some(actor.person)), &one, None, now)?;
    sites::mark_changed(conn, case.site.id)?;
    let case = case.changed(conn)?;
    offer_freed(conn, circumstances, case.site.id, &held)?;
    Ok(Answer::Done(Box::new(case)))
}

/// The date, if it runs and this person may say so.
fn running(
    conn: &mut Conn,
    actor: &Actor,
    (reference, version): (&Reference, i32),
    ordinal: i32,
    now: Instant,
) -> Result<Result<(Case, Occurrence), Answer>, StoreError> {
    let case = match as_seen(conn, (reference, version), |case| may_give_up(actor, case))? {
        Ok(case) => case,
        Err(answer) => return Ok(Err(answer)),
    };
    let Some(one) = case.booking.occurrences.iter().find(|one| one.ordinal == ordinal).cloned() else {
        return Ok(Err(Answer::NotFound));
    };
    if !runs(&one, now) {
        return Ok(Err(Answer::NotPossible(NotPossible::NotRunning, Box::new(case))));
    }
    Ok(Ok((case, one)))
}
