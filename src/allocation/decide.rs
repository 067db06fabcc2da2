//! A manager's decision on what waits: yes to all or some dates, yes on a condition, or no with a reason. A yes takes the place if it is not held yet.

use super::care::lacking_induction;
use super::case::{Case, Circumstances};
use super::expire::clear_void;
use super::extras::note_without;
use super::ground::{self, Claim};
use super::offer::offer_freed;
use super::outrun::decline_outrun;
use super::{Answer, DateRefused, papers};
use crate::domain::availability::Taken;
use crate::domain::booking::Occurrence;
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::ids::{MessageId, OccurrenceId, Reference, UnitId};
use crate::domain::judge::{Proposal, Verdict};
use crate::domain::occurrence::{Act, NotPossible, State, hold_deadline};
use crate::domain::places::Facility;
use crate::domain::policy::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::rendered::MailKind;
use crate::domain::span::Span;
use crate::enquiry;
use crate::store::{Conn, StoreError, bookings, engine, events, occupancies, outbox};

/// What a manager says to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Approve {
        dates: Dates,
    },
    /// Yes, if the booker accepts this; void if they do not in time.
    Offer {
        dates: Dates,
        condition: String,
    },
    Decline {
        dates: Dates,
        reason: String,
    },
}

/// Which of the dates that wait a decision is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dates {
    All,
    /// By their ordinals; what else waits goes on waiting.
    These(Vec<i32>),
}

impl Dates {
    fn has(&self, ordinal: i32) -> bool {
        match self {
            Self::All => true,
            Self::These(ordinals) => ordinals.contains(&ordinal),
        }
    }
}

impl Decision {
    fn dates(&self) -> &Dates {
        match self {
            Self::Approve { dates } | Self::Offer { dates, .. } | Self::Decline { dates, .. } => dates,
        }
    }
}

/// Decides dates of a booking that wait: all of those named or none.
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
    let case = match as_seen(conn, (reference, version), |case| actor.manages(case.site.id))? {
        Ok(case) => case,
        Err(answer) => return Ok(answer),
    };
    let waiting: Vec<Occurrence> = case
        .booking
        .waiting(now)
        .filter(|one| now < one.session.start() && decision.dates().has(one.ordinal))
        .cloned()
        .collect();
    if waiting.is_empty() {
        return Ok(Answer::NotPossible(nothing_waits(&case, circumstances), Box::new(case)));
    }
    match decision {
        Decision::Approve { .. } => approve(conn, circumstances, actor, case, &waiting),
        Decision::Offer { condition, .. } => offer(conn, circumstances, actor, case, &waiting, condition),
        Decision::Decline { reason, .. } => decline(conn, circumstances, actor, case, &waiting, reason),
    }
}

fn nothing_waits(case: &Case, circumstances: Circumstances<'_>) -> NotPossible {
    let now = circumstances.now;
    let waits: Vec<&Occurrence> = case.booking.waiting(now).collect();
    if !waits.is_empty() && waits.iter().all(|one| one.session.start() <= now) {
        NotPossible::HasBegun
    } else if case.booking.occurrences.iter().any(|one| one.state.is_void(now)) {
        NotPossible::DeadlinePassed
    } else {
        NotPossible::Already(case.booking.stage())
    }
}

/// The booking, locked, for whoever may do this to it, if it still is as they saw it; or what they are answered.
pub(super) fn as_seen(
    conn: &mut Conn,
    (reference, version): (&Reference, i32),
    may: impl FnOnce(&Case) -> bool,
) -> Result<Result<Case, Answer>, StoreError> {
    Ok(match locked(conn, reference)?.filter(may) {
        None => Err(Answer::NotFound),
        Some(case) if case.booking.version != version => Err(Answer::Stale(Box::new(case))),
        Some(case) => Ok(case),
    })
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
    let lacking = lacking_induction(conn, &case, waiting)?;
    if !lacking.is_empty() {
        return Ok(Answer::Refused(lacking, Box::new(case)));
    }
    let approved = |one: &Occurrence| one.state.apply(Act::Approve { by: actor.person }, one.session, now);
    let approved = papers::as_papers_allow(conn, &case, changes(waiting, approved), now)?;
    let took = match settle(conn, circumstances, &case, &approved)? {
        Ok(took) => took,
        Err(refused) => return Ok(Answer::Refused(refused, Box::new(case))),
    };
    case.note_all(conn, (EventKind::Approved, Some(actor.person)), waiting, None, now)?;
    let case = decided(conn, circumstances, case)?;
    papers::tell_confirmed(conn, circumstances, &case)?;
    decline_outrun(conn, circumstances, Some(case.booking.id), &took)?;
    Ok(Answer::Done(Box::new(case)))
}

/// Occurrences with the states that an act leads to; those that it cannot be done to are left out.
pub(super) fn changes(
    occurrences: &[Occurrence],
    act: impl Fn(&Occurrence) -> Result<State, NotPossible>,
) -> Vec<(Occurrence, State)> {
    occurrences.iter().filter_map(|one| Some((one.clone(), act(one).ok()?))).collect()
}

/// A yes on a condition: the place is taken or kept, and void if the booker does not accept in time.
fn offer(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    case: Case,
    waiting: &[Occurrence],
    condition: &str,
) -> Result<Answer, StoreError> {
    let (now, by) = (circumstances.now, actor.person);
    let message = events::write_message(conn, Some(case.booking.id), condition, Some(by), now)?;
    let until = |one: &Occurrence| {
        let hold = case.facility_of(one).map_or(0, |facility| facility.rules.hold_minutes);
        hold_deadline(now, hold, one.session.start()).ok_or(NotPossible::DeadlinePassed)
    };
    let offered =
        |one: &Occurrence| one.state.apply(Act::Offer { by, until: until(one)?, condition: message }, one.session, now);
    let changed = changes(waiting, offered);
    if changed.is_empty() {
        return Ok(Answer::NotPossible(NotPossible::DeadlinePassed, Box::new(case)));
    }
    let took = match settle(conn, circumstances, &case, &changed)? {
        Ok(took) => took,
        Err(refused) => return Ok(Answer::Refused(refused, Box::new(case))),
    };
    case.note_all(conn, (EventKind::ConditionOffered, Some(by)), waiting, Some(message), now)?;
    let case = decided(conn, circumstances, case)?;
    case.tell(conn, circumstances, |mailer, case| mailer.conditional(case, condition))?;
    decline_outrun(conn, circumstances, Some(case.booking.id), &took)?;
    Ok(Answer::Done(Box::new(case)))
}

/// The booker accepts the condition on everything of the booking that waits for that.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn accept(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, version): (&Reference, i32),
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let own = |case: &Case| actor.speaks_for(case.site.id, &case.booking.holder);
    let case = match as_seen(conn, (reference, version), own)? {
        Ok(case) => case,
        Err(answer) => return Ok(answer),
    };
    let offered: Vec<Occurrence> =
        case.booking.occurrences.iter().filter(|one| matches!(one.state, State::Conditional { .. })).cloned().collect();
    let changed = changes(&offered, |one| one.state.apply(Act::Accept, one.session, now));
    let changed = papers::as_papers_allow(conn, &case, changed, now)?;
    if changed.is_empty() {
        let why =
            if offered.is_empty() { NotPossible::Already(case.booking.stage()) } else { NotPossible::DeadlinePassed };
        return Ok(Answer::NotPossible(why, Box::new(case)));
    }
    let lacking = lacking_induction(conn, &case, &offered)?;
    if !lacking.is_empty() {
        return Ok(Answer::Refused(lacking, Box::new(case)));
    }
    if let Err(refused) = settle(conn, circumstances, &case, &changed)? {
        return Ok(Answer::Refused(refused, Box::new(case)));
    }
    let accepted = changed.iter().map(|(one, _)| one);
    case.note_all(conn, (EventKind::ConditionAccepted, Some(actor.person)), accepted, None, now)?;
    outbox::drop_queued(conn, case.booking.id, &[MailKind::Conditional], now)?;
    let case = case.changed(conn)?;
    papers::tell_confirmed(conn, circumstances, &case)?;
    Ok(Answer::Done(Box::new(case)))
}

/// After a decision: mail that asked for it is withdrawn, and the version rises.
fn decided(conn: &mut Conn, circumstances: Circumstances<'_>, case: Case) -> Result<Case, StoreError> {
    let case = case.changed(conn)?;
    let mut overtaken = vec![MailKind::RequestReceived];
    if case.booking.waiting(circumstances.now).next().is_none() {
        overtaken.extend([MailKind::DecisionNeeded, MailKind::DecisionReminder]);
    }
    outbox::drop_queued(conn, case.booking.id, &overtaken, circumstances.now)?;
    Ok(case)
}

/// What was taken: units and the span with set-up and turnaround.
pub(super) type Took = Vec<(Vec<UnitId>, Span)>;

/// Writes states that need their places, and takes the places that are not held. Refusals come back without anything written.
pub(super) fn settle(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    case: &Case,
    changes: &[(Occurrence, State)],
) -> Result<Result<Took, Vec<DateRefused>>, StoreError> {
    let ids: Vec<OccurrenceId> = changes.iter().map(|(one, _)| one.id).collect();
    let held = occupancies::of_occurrences(conn, &ids)?;
    let unheld: Vec<&Occurrence> =
        changes.iter().map(|(one, _)| one).filter(|one| held.iter().all(|(id, _)| *id != one.id)).collect();
    let (verdicts, taken) = judge_places(conn, circumstances, case, &unheld)?;
    let refused: Vec<DateRefused> = unheld
        .iter()
        .zip(&verdicts)
        .map(|(one, verdict)| DateRefused { ordinal: one.ordinal, refusals: in_the_way(verdict) })
        .filter(|one| !one.refusals.is_empty())
        .collect();
    if !refused.is_empty() {
        return Ok(Err(refused));
    }
    note_without(conn, case, unheld.iter().copied().zip(&verdicts))?;
    for (one, state) in changes {
        bookings::set_state(conn, one.id, one.state.stage(), state)?;
    }
    let claims: Vec<Claim<'_>> = unheld
        .iter()
        .zip(&verdicts)
        .map(|(one, verdict)| Claim {
            occurrence: one.id,
            organisation: edges_shared_by(case, one),
            session: one.session,
            occupied: one.occupied,
            units: &verdict.units,
        })
        .collect();
    ground::take(conn, &claims, &taken, circumstances.now)?;
    let mut took: Took = claims.iter().map(|claim| (claim.units.to_vec(), claim.occupied)).collect();
    for (one, _) in changes {
        let units: Vec<UnitId> = held.iter().filter(|(id, _)| *id == one.id).map(|(_, held)| held.unit).collect();
        if !units.is_empty() {
            took.push((units, one.occupied));
        }
    }
    Ok(Ok(took))
}

/// The organisation whose sessions may share the edges of an occurrence.
pub(super) fn edges_shared_by(case: &Case, one: &Occurrence) -> Option<crate::domain::ids::OrganisationId> {
    let shares = case.facility_of(one).is_some_and(|facility| facility.rules.own_may_touch);
    case.booking.organisation_id().filter(|_| shares)
}

/// Judges the places of occurrences that hold none, one beside the other, and gives what is taken around them.
fn judge_places(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    case: &Case,
    unheld: &[&Occurrence],
) -> Result<(Vec<Verdict>, Vec<Taken>), StoreError> {
    let dates = unheld.iter().map(|one| local_date(case.site.zone, one.session.start()));
    let (Some(from), Some(to)) = (dates.clone().min(), dates.max()) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let facilities: Vec<&Facility> =
        case.facilities.iter().filter(|facility| unheld.iter().any(|one| one.facility == facility.id)).collect();
    let organisation = case.booking.organisation_id();
    let mut loaded = enquiry::load_all(conn, &case.site, &facilities, organisation, (from, to))?;
    clear_void(conn, circumstances, &mut loaded.taken)?;
    let taken = loaded.taken.clone();
    let besides: Vec<OccurrenceId> = unheld.iter().map(|one| one.id).collect();
    let proposals: Vec<(&Facility, Proposal)> = unheld
        .iter()
        .filter_map(|one| {
            let proposal = Proposal {
                session: one.session,
                wanted: one.wanted.clone(),
                people: case.booking.people,
                organisation,
                besides: besides.clone(),
                asked: case.booking.created_at,
                brings: case.brings_on(one),
            };
            Some((case.facility_of(one)?, proposal))
        })
        .collect();
    Ok((loaded.judge_in_turn(&proposals, circumstances.now), taken))
}

/// Rules about who may ask were judged when it was asked for, and a manager may set them aside. Space is never set aside.
pub(super) fn in_the_way(verdict: &Verdict) -> Vec<Refusal> {
    let about_space = |refusal: &&Refusal| {
        matches!(
            refusal,
            Refusal::NotFree { .. }
                | Refusal::TooFewUnits { .. }
                | Refusal::NoSuchUnits
                | Refusal::Blocked { .. }
                | Refusal::InThePast
                | Refusal::KeptApart { .. }
        ) || refusal.is_about_extras()
    };
    verdict.refusals.iter().filter(about_space).cloned().collect()
}

pub(super) fn decline(
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
    let act = Act::Decline { by, reason: Some(message) };
    let changed = changes(waiting, |one| one.state.apply(act, one.session, now));
    for (one, state) in &changed {
        bookings::set_state(conn, one.id, one.state.stage(), state)?;
    }
    let declined: Vec<&Occurrence> = changed.iter().map(|(one, _)| one).collect();
    let freed = ground::release(conn, &declined, case.booking.organisation_id(), now)?;
    case.note_all(conn, (EventKind::Declined, by), declined, Some(message), now)?;
    let case = decided(conn, circumstances, case)?;
    case.tell(conn, circumstances, |mailer, case| mailer.declined(case, Some(reason), now))?;
    offer_freed(conn, circumstances, case.site.id, &freed)?;
    Ok(Answer::Done(Box::new(case)))
}
