//! Undo of decisions and cancellations, while the place is free: the one way back that the states know. Mail still queued is withdrawn.

use super::Answer;
use super::case::{Case, Circumstances};
use super::decide::{locked, settle};
use crate::domain::booking::Occurrence;
use crate::domain::history::EventKind;
use crate::domain::ids::Reference;
use crate::domain::occurrence::{Act, NotPossible, Stage, State, hold_deadline};
use crate::domain::policy::Actor;
use crate::domain::rendered::MailKind;
use crate::store::{Conn, StoreError, bookings, outbox};

/// Whether this person may take back how the booking ended: managers everything, its own people a cancellation of theirs.
pub fn may_undo(actor: &Actor, case: &Case) -> bool {
    let manages = actor.manages(case.site.id);
    let own = case.booking.organisation_id().is_some_and(|organisation| actor.may_book_for(organisation));
    case.booking.occurrences.iter().any(|one| match one.state {
        State::Declined { .. } | State::Expired { .. } | State::Displaced { .. } => manages,
        State::Cancelled { by, .. } => manages || (own && by == Some(actor.person)),
        State::Confirmed { by, .. } => manages && by == Some(actor.person),
        _ => false,
    })
}

/// Takes back a decline, an expiry, a cancellation or a displacement, or one's own approval.
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
    let Some(case) = locked(conn, reference)?.filter(|case| may_undo(actor, case)) else {
        return Ok(Answer::NotFound);
    };
    if case.booking.version != version {
        return Ok(Answer::Stale(Box::new(case)));
    }
    let stage = case.booking.stage();
    for one in case.booking.occurrences.iter().filter(|one| one.state.stage() == stage) {
        let state = match back(actor, &case, one, circumstances) {
            Ok(state) => state,
            Err(why) => return Ok(Answer::NotPossible(why, Box::new(case))),
        };
        if state.stage() == Stage::Requested && !holds_place(&case, one) {
            bookings::set_state(conn, one.id, one.state.stage(), &state)?;
        } else if let Err(refusals) = settle(conn, circumstances, &case, one, &state)? {
            return Ok(Answer::Refused(refusals, Box::new(case)));
        }
        case.note(conn, (EventKind::Reinstated, Some(actor.person)), one, None, now)?;
    }
    let first_mail = match stage {
        Stage::Declined => MailKind::Declined,
        Stage::Expired => MailKind::Expired,
        Stage::Displaced => MailKind::Displaced,
        Stage::Confirmed => MailKind::Confirmed,
        _ => MailKind::Cancelled,
    };
    let untold = outbox::drop_queued(conn, case.booking.id, &[first_mail], now)?;
    let case = case.changed(conn)?;
    if untold == 0 {
        circumstances.post(conn, circumstances.mailer.reinstated(case.for_mail(), now))?;
    }
    Ok(Answer::Done(Box::new(case)))
}

fn holds_place(case: &Case, one: &Occurrence) -> bool {
    case.facility_of(one).is_some_and(|facility| facility.rules.holds_place)
}

/// The state that an occurrence goes back to: what was confirmed is confirmed again, the rest waits for a decision.
fn back(actor: &Actor, case: &Case, one: &Occurrence, circumstances: Circumstances<'_>) -> Result<State, NotPossible> {
    let now = circumstances.now;
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
