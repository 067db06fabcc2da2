//! Giving dates up: withdrawing what waits, cancelling what is confirmed. What has begun stays as it was.

use super::Answer;
use super::case::{Case, Circumstances};
use super::decide::as_seen;
use super::offer::offer_freed;
use super::{ground, join};
use crate::domain::booking::{Occurrence, Scope};
use crate::domain::history::EventKind;
use crate::domain::ids::{MessageId, Reference};
use crate::domain::occurrence::{Act, NotPossible, Stage};
use crate::domain::policy::Actor;
use crate::domain::rendered::MailKind;
use crate::mail::accounts::Recipient;
use crate::store::engine::NewOccupancy;
use crate::store::{Conn, StoreError, bookings, events, outbox};

/// Which dates to give up, and why; the reason may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiveUp {
    /// Seen from this date, or from the first where none is given.
    pub from: Option<i32>,
    pub scope: Scope,
    pub reason: String,
}

impl GiveUp {
    /// Everything that is still to come.
    pub fn all(reason: &str) -> Self {
        Self { from: None, scope: Scope::All, reason: reason.to_owned() }
    }
}

/// Cancels or withdraws dates of a booking that are still to come.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn cancel(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, version): (&Reference, i32),
    what: &GiveUp,
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let case = match as_seen(conn, (reference, version), |case| may_give_up(actor, case))? {
        Ok(case) => case,
        Err(answer) => return Ok(answer),
    };
    let Some(ordinal) = what.from.or_else(|| case.booking.occurrences.first().map(|one| one.ordinal)) else {
        return Ok(Answer::NotFound);
    };
    let live: Vec<Occurrence> = case
        .booking
        .in_scope(ordinal, what.scope, now)
        .into_iter()
        .filter(|one| one.state.stage().is_active() && !one.state.is_void(now))
        .cloned()
        .collect();
    if live.is_empty() {
        return Ok(Answer::NotPossible(nothing_to_give_up(&case, ordinal, what.scope), Box::new(case)));
    }
    let by = Some(actor.person);
    let message = match what.reason.as_str() {
        "" => None,
        text => Some(events::write_message(conn, Some(case.booking.id), text, by, now)?),
    };
    let gone: Vec<i32> =
        live.iter().filter(|one| one.state.stage() == Stage::Confirmed).map(|one| one.ordinal).collect();
    let was_confirmed = live.iter().any(|one| one.state.stage() == Stage::Confirmed);
    let mut freed = give_up(conn, circumstances, actor, &case, &live, message)?;
    let given_up: Vec<i32> = case.booking.in_scope(ordinal, what.scope, now).iter().map(|one| one.ordinal).collect();
    freed.extend(join::leave_dates(conn, circumstances, case.booking.id, &given_up)?);
    let case = case.changed(conn)?;
    let mut overtaken = vec![MailKind::RequestReceived, MailKind::Conditional];
    if case.booking.waiting(now).next().is_none() {
        overtaken.extend([MailKind::DecisionNeeded, MailKind::DecisionReminder]);
    }
    let untold = outbox::drop_queued(conn, case.booking.id, &overtaken, now)?;
    if was_confirmed {
        let reason = Some(what.reason.as_str()).filter(|text| !text.is_empty());
        case.tell_all(conn, circumstances, |mailer, case| mailer.cancelled(case, &gone, reason, now))?;
    } else if untold == 0 && case.booking.waiting(now).next().is_none() {
        tell_managers(conn, circumstances, &case)?;
        if !case.booking.organisation_id().is_some_and(|organisation| actor.may_book_for(organisation)) {
            case.tell(conn, circumstances, |mailer, case| mailer.withdrawn_for(case))?;
        }
    }
    offer_freed(conn, circumstances, case.site.id, &freed)?;
    Ok(Answer::Done(Box::new(case)))
}

/// Those who speak for its holder and the site's managers may give it up, and who booked it on behalf of an organisation may too.
pub fn may_give_up(actor: &Actor, case: &Case) -> bool {
    let booking = &case.booking;
    let booked = booking.on_behalf && booking.booked_by.as_ref().is_some_and(|booker| booker.id == actor.person);
    actor.speaks_for(case.site.id, &booking.holder)
        || actor.manages(case.site.id)
        || (booked && actor.is_staff(case.site.id))
}

fn nothing_to_give_up(case: &Case, ordinal: i32, scope: Scope) -> NotPossible {
    let stands = |one: &&Occurrence| one.state.stage().is_active();
    let own = case.booking.occurrences.iter().filter(|one| scope != Scope::This || one.ordinal == ordinal);
    match own.clone().find(stands) {
        Some(_) => NotPossible::HasBegun,
        None => NotPossible::Already(own.map(|one| one.state.stage()).next().unwrap_or(case.booking.stage())),
    }
}

fn give_up(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    case: &Case,
    live: &[Occurrence],
    reason: Option<MessageId>,
) -> Result<Vec<NewOccupancy>, StoreError> {
    let (now, by) = (circumstances.now, Some(actor.person));
    let (mut cancelled, mut withdrawn) = (Vec::new(), Vec::new());
    // What the site gives up by itself is nobody else’s late cancellation.
    let by_site = actor.manages(case.site.id) && !actor.speaks_for(case.site.id, &case.booking.holder);
    for one in live {
        let window = case.facility_of(one).map_or(0, |facility| facility.rules.late_cancel_minutes);
        let late = !by_site && one.session.start() < now.plus_minutes(window.into());
        let (act, list) = match one.state.stage() {
            Stage::Confirmed => (Act::Cancel { by, late, reason }, &mut cancelled),
            _ => (Act::Withdraw { by }, &mut withdrawn),
        };
        let Ok(state) = one.state.apply(act, one.session, now) else {
            continue;
        };
        bookings::set_state(conn, one.id, one.state.stage(), &state)?;
        list.push(one);
    }
    let released: Vec<&Occurrence> = cancelled.iter().chain(&withdrawn).copied().collect();
    let freed = ground::release(conn, &released, case.booking.organisation_id(), now)?;
    case.note_all(conn, (EventKind::Cancelled, by), cancelled, reason, now)?;
    case.note_all(conn, (EventKind::Withdrawn, by), withdrawn, reason, now)?;
    Ok(freed)
}

/// Managers who were told that a request waits are told that it no longer does.
fn tell_managers(conn: &mut Conn, circumstances: Circumstances<'_>, case: &Case) -> Result<(), StoreError> {
    for manager in case.managers(conn)? {
        let to = Recipient { name: &manager.name, email: &manager.email };
        circumstances.post(conn, Some(circumstances.mailer.withdrawn(case.for_mail(), &to)))?;
    }
    Ok(())
}
