//! The way back: undo of the last decision or cancellation, and putting back one date that was lost, while the place is free. Mail still queued is withdrawn.

use super::case::{Case, Circumstances, move_in_words};
use super::decide::{as_seen, settle};
use super::offer::{decide_from, offer_freed};
use super::outrun::decline_outrun;
use super::{Answer, DateRefused, papers};
use crate::domain::booking::Occurrence;
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::ids::Reference;
use crate::domain::judge::{Needs, Proposal, judge};
use crate::domain::occurrence::{Act, NotPossible, Stage, State, hold_deadline};
use crate::domain::policy::Actor;
use crate::domain::rendered::MailKind;
use crate::domain::span::Instant;
use crate::enquiry::{self, Question};
use crate::mail::accounts::Recipient;
use crate::store::{Conn, StoreError, bookings, changes, outbox};

/// Whether this person may take back how an occurrence ended: managers everything, its own people a cancellation of theirs.
fn may_undo_one(actor: &Actor, case: &Case, one: &Occurrence) -> bool {
    let manages = actor.manages(case.site.id);
    let own = super::may_give_up(actor, case);
    match one.state {
        State::Declined { .. } | State::Expired { .. } | State::Displaced { .. } => manages,
        State::Cancelled { by, .. } => manages || (own && by == Some(actor.person)),
        State::Confirmed { by, .. } => manages && by == Some(actor.person),
        _ => false,
    }
}

/// When an occurrence came to stand as it does.
fn since(state: &State) -> Instant {
    match *state {
        State::Requested { at, .. }
        | State::Conditional { at, .. }
        | State::AwaitsPapers { at, .. }
        | State::Confirmed { at, .. }
        | State::Declined { at, .. }
        | State::Withdrawn { at, .. }
        | State::Expired { at }
        | State::Cancelled { at, .. }
        | State::Displaced { at, .. }
        | State::Skipped { at } => at,
    }
}

/// What the last act on the booking changed, as far as this person may take it back and it has not begun.
fn last_act<'a>(actor: &Actor, case: &'a Case, now: Instant) -> Vec<&'a Occurrence> {
    let of_last = |stage: Option<Stage>| {
        let coming: Vec<&Occurrence> = case
            .booking
            .occurrences
            .iter()
            .filter(|one| now < one.session.start() && may_undo_one(actor, case, one))
            .filter(|one| stage.is_none_or(|stage| one.state.stage() == stage))
            .collect();
        let last = coming.iter().map(|one| since(&one.state)).max();
        coming.into_iter().filter(|one| Some(since(&one.state)) == last).collect::<Vec<_>>()
    };
    // One act leads to one stage, so that what it did to others at the same moment is not taken back with it.
    let stage = of_last(None).first().map(|one| one.state.stage());
    of_last(stage)
}

/// Whether there is an act that this person may take back.
pub fn may_undo(actor: &Actor, case: &Case, now: Instant) -> bool {
    !last_act(actor, case, now).is_empty()
}

/// Takes back the last decline, expiry, cancellation or displacement, or one's own approval, on all the dates that it was about.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn undo(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, version): (&Reference, i32),
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let insider = |case: &Case| case.booking.occurrences.iter().any(|one| may_undo_one(actor, case, one));
    let case = match as_seen(conn, (reference, version), insider)? {
        Ok(case) => case,
        Err(answer) => return Ok(answer),
    };
    let last: Vec<Occurrence> = last_act(actor, &case, now).into_iter().cloned().collect();
    let Some(first) = last.first() else {
        return Ok(Answer::NotPossible(NotPossible::HasBegun, Box::new(case)));
    };
    let first_mail = match first.state.stage() {
        Stage::Declined => MailKind::Declined,
        Stage::Expired => MailKind::Expired,
        Stage::Displaced => MailKind::Displaced,
        Stage::Confirmed => MailKind::Confirmed,
        _ => MailKind::Cancelled,
    };
    let mut changed = Vec::with_capacity(last.len());
    for one in &last {
        match back(actor, &case, one, now) {
            Ok(state) => changed.push((one.clone(), state)),
            Err(why) => return Ok(Answer::NotPossible(why, Box::new(case))),
        }
    }
    put_back(conn, circumstances, actor, case, &changed, Tell::UnlessQueued(first_mail))
}

/// Puts back one date that was left out or lost. Left-out dates are judged like new ones; of the rest, what this person may undo.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn reinstate(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, version): (&Reference, i32),
    ordinal: i32,
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let case = match as_seen(conn, (reference, version), |case| super::may_give_up(actor, case))? {
        Ok(case) => case,
        Err(answer) => return Ok(answer),
    };
    let Some(one) =
        case.booking.occurrences.iter().find(|one| one.ordinal == ordinal && may_put_back(actor, &case, one))
    else {
        return Ok(Answer::NotFound);
    };
    let state = match one.state {
        State::Skipped { .. } => match judged_anew(conn, circumstances, actor, &case, (one, now))? {
            Ok(state) => state,
            Err(answer) => return Ok(answer),
        },
        _ => match back(actor, &case, one, now) {
            Ok(state) => state,
            Err(why) => return Ok(Answer::NotPossible(why, Box::new(case))),
        },
    };
    let changed = [(one.clone(), state)];
    put_back(conn, circumstances, actor, case, &changed, Tell::UnlessQueued(MailKind::Cancelled))
}

/// Whether this person may put this date back, if its place is free.
pub fn may_put_back(actor: &Actor, case: &Case, one: &Occurrence) -> bool {
    let lost = !matches!(one.state.stage(), Stage::Confirmed | Stage::Withdrawn);
    let left_out = matches!(one.state, State::Skipped { .. }) && super::may_give_up(actor, case);
    left_out || (lost && may_undo_one(actor, case, one))
}

/// Puts back a left-out date for which somebody waited since `asked`, through the same judging.
pub(super) fn put_back_waited(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    case: Case,
    one: &Occurrence,
    asked: Instant,
) -> Result<Answer, StoreError> {
    match judged_anew(conn, circumstances, actor, &case, (one, asked))? {
        Ok(state) => {
            let told = Tell::UnlessQueued(MailKind::Cancelled);
            put_back(conn, circumstances, actor, case, &[(one.clone(), state)], told)
        }
        Err(answer) => Ok(answer),
    }
}

pub(super) fn judged_anew(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    case: &Case,
    (one, asked): (&Occurrence, Instant),
) -> Result<Result<State, Answer>, StoreError> {
    let now = circumstances.now;
    let Some(facility) = case.facility_of(one) else {
        return Ok(Err(Answer::NotFound));
    };
    let organisation = case.booking.organisation_id();
    let date = local_date(case.site.zone, one.session.start());
    let question = Question { site: &case.site, facility, organisation, from: date, to: date };
    let loaded = enquiry::load(conn, question)?;
    let proposal = Proposal {
        session: one.session,
        wanted: one.wanted.clone(),
        people: case.booking.people,
        organisation,
        besides: vec![one.id],
        asked,
        brings: case.brings_on(one),
    };
    let mut verdict = judge(&loaded.facts(facility), &proposal, now);
    decide_from(&mut verdict, facility, one.session, now);
    if !verdict.is_yes() {
        let refused = DateRefused { ordinal: one.ordinal, refusals: verdict.refusals };
        return Ok(Err(Answer::Refused(vec![refused], Box::new(case.clone()))));
    }
    // What was left out had no price yet; what had one keeps it.
    if let (None, Some(price)) = (one.price, verdict.price) {
        changes::set_price(conn, one.id, price)?;
    }
    let decides = verdict.needs == Needs::Approval && !actor.manages(case.site.id);
    let until = verdict.until.filter(|_| decides);
    let act = Act::Reinstate { by: actor.person, until };
    Ok(one.state.apply(act, one.session, now).map_err(|why| Answer::NotPossible(why, Box::new(case.clone()))))
}

/// What a booker hears of a date that is back.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tell<'a> {
    /// That it is back, unless the mail that said it was gone has not even left, which then never does.
    UnlessQueued(MailKind),
    /// That it is somewhere else than it was.
    Moved(&'a Occurrence),
}

pub(super) fn put_back(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    case: Case,
    changed: &[(Occurrence, State)],
    tell: Tell<'_>,
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let changed = &papers::as_papers_allow(conn, &case, changed.to_vec(), now)?;
    let (mut placed, mut plain) = (Vec::new(), Vec::new());
    for (one, state) in changed {
        let holds = case.facility_of(one).is_some_and(|facility| facility.rules.holds_place);
        let list = if state.stage() == Stage::Requested && !holds { &mut plain } else { &mut placed };
        list.push((one.clone(), *state));
    }
    let took = match settle(conn, circumstances, &case, &placed)? {
        Ok(took) => took,
        Err(refused) => return Ok(Answer::Refused(refused, Box::new(case))),
    };
    let mut freed = Vec::new();
    for (one, state) in &plain {
        bookings::set_state(conn, one.id, one.state.stage(), state)?;
        if one.state.stage() == Stage::Confirmed {
            freed.extend(super::ground::release(conn, &[one], case.booking.organisation_id(), now)?);
        }
    }
    let all = changed.iter().map(|(one, _)| one);
    case.note_all(conn, (EventKind::Reinstated, Some(actor.person)), all, None, now)?;
    let untold = match tell {
        Tell::UnlessQueued(first) => outbox::drop_queued_to(conn, case.booking.id, &[first], now)?,
        Tell::Moved(_) => Vec::new(),
    };
    let case = case.changed(conn)?;
    match tell {
        Tell::UnlessQueued(_) => {
            case.tell_but(conn, circumstances, &untold, |mailer, case| mailer.reinstated(case, now))?;
        }
        Tell::Moved(old) => {
            let words = move_in_words(conn, &case, old)?;
            case.tell_all(conn, circumstances, |mailer, case| mailer.changed(case, &words, now))?;
        }
    }
    let waits = changed.iter().any(|(_, state)| state.stage() == Stage::Requested);
    if waits && !actor.manages(case.site.id) {
        for manager in case.managers(conn)? {
            let to = Recipient { name: &manager.name, email: &manager.email };
            circumstances.post(conn, Some(circumstances.mailer.decision_needed(case.for_mail(), &to, false)))?;
        }
    }
    super::duties::follow(conn, circumstances, &[case.booking.id])?;
    decline_outrun(conn, circumstances, Some(case.booking.id), &took)?;
    offer_freed(conn, circumstances, case.site.id, &freed)?;
    Ok(Answer::Done(Box::new(case)))
}

/// The state that an occurrence goes back to: what was confirmed is confirmed again, the rest waits for a decision.
fn back(actor: &Actor, case: &Case, one: &Occurrence, now: Instant) -> Result<State, NotPossible> {
    let hold = case.facility_of(one).map_or(0, |facility| facility.rules.hold_minutes);
    let until = hold_deadline(now, hold, one.session.start());
    match one.state {
        State::Declined { .. } | State::Expired { .. } => {
            let until = until.ok_or(NotPossible::DeadlinePassed)?;
            one.state.apply(Act::Reinstate { by: actor.person, until: Some(until) }, one.session, now)
        }
        State::Confirmed { .. } => {
            let until = until.ok_or(NotPossible::DeadlinePassed)?;
            one.state.apply(Act::TakeBack { until }, one.session, now)
        }
        _ => one.state.apply(Act::Reinstate { by: actor.person, until: None }, one.session, now),
    }
}
