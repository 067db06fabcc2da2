//! Giving a booking up: withdrawing what waits, cancelling what is confirmed. What has begun stays as it was.

use super::Answer;
use super::case::{Case, Circumstances};
use super::decide::locked;
use super::ground;
use crate::domain::booking::Occurrence;
use crate::domain::history::EventKind;
use crate::domain::ids::{MessageId, Reference};
use crate::domain::occurrence::{Act, NotPossible, Stage};
use crate::domain::policy::{Actor, StaffRole};
use crate::domain::rendered::MailKind;
use crate::mail::accounts::Recipient;
use crate::store::{Conn, StoreError, bookings, events, outbox, sites};

/// Cancels or withdraws everything of a booking that is still to come. `reason` may be empty.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn cancel(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, version): (&Reference, i32),
    reason: &str,
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let may = |case: &Case| {
        let own = case.booking.organisation_id().is_some_and(|organisation| actor.may_book_for(organisation));
        own || actor.manages(case.site.id)
    };
    let Some(case) = locked(conn, reference)?.filter(may) else {
        return Ok(Answer::NotFound);
    };
    if case.booking.version != version {
        return Ok(Answer::Stale(Box::new(case)));
    }
    let live: Vec<Occurrence> = case
        .booking
        .occurrences
        .iter()
        .filter(|one| one.state.stage().is_active() && !one.state.is_void(now) && now < one.session.start())
        .cloned()
        .collect();
    if live.is_empty() {
        let begun = case.booking.occurrences.iter().any(|one| one.state.stage().is_active());
        let why = if begun { NotPossible::HasBegun } else { NotPossible::Already(case.booking.stage()) };
        return Ok(Answer::NotPossible(why, Box::new(case)));
    }
    let by = Some(actor.person);
    let message = match reason {
        "" => None,
        text => Some(events::write_message(conn, Some(case.booking.id), text, by, now)?),
    };
    let was_confirmed = live.iter().any(|one| one.state.stage() == Stage::Confirmed);
    for one in &live {
        give_up(conn, circumstances, actor, &case, one, message)?;
    }
    let overtaken = [MailKind::DecisionNeeded, MailKind::DecisionReminder, MailKind::RequestReceived];
    let untold = outbox::drop_queued(conn, case.booking.id, &overtaken, now)?;
    let case = case.changed(conn)?;
    if was_confirmed {
        let reason = Some(reason).filter(|text| !text.is_empty());
        circumstances.post(conn, circumstances.mailer.cancelled(case.for_mail(), reason, now))?;
    } else if untold == 0 {
        tell_managers(conn, circumstances, &case)?;
    }
    Ok(Answer::Done(Box::new(case)))
}

fn give_up(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    case: &Case,
    one: &Occurrence,
    reason: Option<MessageId>,
) -> Result<(), StoreError> {
    let (now, by) = (circumstances.now, Some(actor.person));
    let window = case.facility_of(one).map_or(0, |facility| facility.rules.late_cancel_minutes);
    let late = one.session.start() < now.plus_minutes(window.into());
    let (act, kind) = match one.state.stage() {
        Stage::Confirmed => (Act::Cancel { by, late, reason }, EventKind::Cancelled),
        _ => (Act::Withdraw { by }, EventKind::Withdrawn),
    };
    let Ok(state) = one.state.apply(act, one.session, now) else {
        return Ok(());
    };
    bookings::set_state(conn, one.id, one.state.stage(), &state)?;
    ground::release(conn, one, case.booking.organisation_id())?;
    case.note(conn, (kind, by), one, reason, now)
}

/// Managers who were told that a request waits are told that it no longer does.
fn tell_managers(conn: &mut Conn, circumstances: Circumstances<'_>, case: &Case) -> Result<(), StoreError> {
    for manager in sites::staff(conn, case.site.id)?.iter().filter(|one| one.role == StaffRole::Manager) {
        let to = Recipient { name: &manager.name, email: &manager.email };
        circumstances.post(conn, Some(circumstances.mailer.withdrawn(case.for_mail(), &to)))?;
    }
    Ok(())
}
