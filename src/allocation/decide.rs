//! A manager's decision on what waits: yes, or no with a reason. A yes takes the place if it is not held yet.

use super::Answer;
use super::case::{Case, Circumstances};
use super::expire::clear_void;
use super::ground::{self, Claim};
use super::outrun::decline_outrun;
use crate::domain::booking::Occurrence;
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::ids::{MessageId, Reference, UnitId};
use crate::domain::judge::{Proposal, judge};
use crate::domain::occurrence::{Act, NotPossible, State};
use crate::domain::policy::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::rendered::MailKind;
use crate::enquiry::{self, Question};
use crate::store::{Conn, StoreError, bookings, engine, events, occupancies, outbox};

/// What a manager says to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Approve,
    Decline { reason: String },
}

/// Decides everything that waits of a booking.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn decide(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, version): (&Reference, i32),
    decision: &Decision,
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let Some(case) = locked(conn, reference)?.filter(|case| actor.manages(case.site.id)) else {
        return Ok(Answer::NotFound);
    };
    if case.booking.version != version {
        return Ok(Answer::Stale(Box::new(case)));
    }
    let waiting: Vec<Occurrence> = case.booking.waiting(now).cloned().collect();
    let Some(first) = waiting.first() else {
        let not_possible = if case.booking.occurrences.iter().any(|one| one.state.is_void(now)) {
            NotPossible::DeadlinePassed
        } else {
            NotPossible::Already(case.booking.stage())
        };
        return Ok(Answer::NotPossible(not_possible, Box::new(case)));
    };
    if first.session.start() <= now {
        return Ok(Answer::NotPossible(NotPossible::HasBegun, Box::new(case)));
    }
    match decision {
        Decision::Approve => approve(conn, circumstances, actor, case, &waiting),
        Decision::Decline { reason } => decline(conn, circumstances, actor, case, &waiting, reason),
    }
}

/// Loads a booking, locks its site and holder, and loads it again: nothing read before the lock is believed.
pub(super) fn locked(conn: &mut Conn, reference: &Reference) -> Result<Option<Case>, StoreError> {
    let Some(case) = Case::by_reference(conn, reference)? else {
        return Ok(None);
    };
    engine::lock(conn, case.site.id, case.booking.organisation_id())?;
    Case::by_id(conn, case.booking.id)
}

fn approve(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    case: Case,
    waiting: &[Occurrence],
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let mut took = Vec::new();
    for one in waiting {
        let Ok(state) = one.state.apply(Act::Approve { by: actor.person }, one.session, now) else {
            continue;
        };
        match settle(conn, circumstances, &case, one, &state)? {
            Ok(units) => took.push((units, one.occupied)),
            // The first refusal comes before anything is written, or a single place is all there is.
            Err(refusals) => return Ok(Answer::Refused(refusals, Box::new(case))),
        }
        case.note(conn, (EventKind::Approved, Some(actor.person)), one, None, now)?;
    }
    outbox::drop_queued(
        conn,
        case.booking.id,
        &[MailKind::DecisionNeeded, MailKind::DecisionReminder, MailKind::RequestReceived],
        now,
    )?;
    let case = case.changed(conn)?;
    circumstances.post(conn, circumstances.mailer.confirmed(case.for_mail(), now))?;
    for (units, occupied) in took {
        decline_outrun(conn, circumstances, Some(case.booking.id), &units, occupied)?;
    }
    Ok(Answer::Done(Box::new(case)))
}

/// Writes a state that needs its place, and takes the place if it is not held. Refusals come back without anything written.
pub(super) fn settle(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    case: &Case,
    one: &Occurrence,
    state: &State,
) -> Result<Result<Vec<UnitId>, Vec<Refusal>>, StoreError> {
    let held: Vec<UnitId> = occupancies::of_occurrence(conn, one.id)?.iter().map(|held| held.unit).collect();
    if !held.is_empty() {
        bookings::set_state(conn, one.id, one.state.stage(), state)?;
        return Ok(Ok(held));
    }
    let Some(facility) = case.facility_of(one) else {
        return Ok(Err(vec![Refusal::NoSuchUnits]));
    };
    let organisation = case.booking.organisation_id();
    let date = local_date(case.site.zone, one.session.start());
    let question = Question { site: &case.site, facility, organisation, from: date, to: date };
    let mut loaded = enquiry::load(conn, question)?;
    clear_void(conn, circumstances, &mut loaded.taken)?;
    let proposal = Proposal {
        session: one.session,
        wanted: one.wanted.clone(),
        people: case.booking.people,
        organisation,
        besides: Some(one.id),
        asked: case.booking.created_at,
    };
    let verdict = judge(&loaded.facts(&case.site, facility), &proposal, circumstances.now);
    // Rules about who may ask were judged when it was asked for; a manager may set them aside. Space is never set aside.
    let in_the_way: Vec<Refusal> = verdict
        .refusals
        .into_iter()
        .filter(|refusal| {
            matches!(
                refusal,
                Refusal::NotFree { .. }
                    | Refusal::TooFewUnits { .. }
                    | Refusal::NoSuchUnits
                    | Refusal::Blocked { .. }
                    | Refusal::InThePast
            )
        })
        .collect();
    if !in_the_way.is_empty() {
        return Ok(Err(in_the_way));
    }
    bookings::set_state(conn, one.id, one.state.stage(), state)?;
    let claim = Claim {
        occurrence: one.id,
        organisation: organisation.filter(|_| facility.rules.own_may_touch),
        session: one.session,
        occupied: one.occupied,
        units: &verdict.units,
        taken: &loaded.taken,
        now: circumstances.now,
    };
    ground::take(conn, claim)?;
    Ok(Ok(verdict.units))
}

fn decline(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    case: Case,
    waiting: &[Occurrence],
    reason: &str,
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let by = Some(actor.person);
    let message: MessageId = events::write_message(conn, Some(case.booking.id), reason, by, now)?;
    for one in waiting {
        let act = Act::Decline { by, reason: Some(message) };
        let Ok(state) = one.state.apply(act, one.session, now) else {
            continue;
        };
        bookings::set_state(conn, one.id, one.state.stage(), &state)?;
        ground::release(conn, one, case.booking.organisation_id())?;
        case.note(conn, (EventKind::Declined, by), one, Some(message), now)?;
    }
    outbox::drop_queued(conn, case.booking.id, &[MailKind::DecisionNeeded, MailKind::DecisionReminder], now)?;
    let case = case.changed(conn)?;
    circumstances.post(conn, circumstances.mailer.declined(case.for_mail(), Some(reason)))?;
    Ok(Answer::Done(Box::new(case)))
}
