//! Sharing a booking with a second organisation, ending that from either side, and the copies of mail that it gets. It holds no place.

use super::case::{Case, Circumstances};
use super::decide::locked;
use super::tell::{copies, readers};
use super::{Answer, may_give_up};
use crate::domain::history::EventKind;
use crate::domain::holder::Reader;
use crate::domain::ids::{OrganisationId, Reference};
use crate::domain::occurrence::NotPossible;
use crate::domain::organisation::{Organisation, Standing};
use crate::domain::policy::Actor;
use crate::domain::rendered::MailKind;
use crate::domain::span::Instant;
use crate::mail::bookings::BookingCase;
use crate::store::events::{self, NewEvent};
use crate::store::{Conn, StoreError, organisations, outbox, share as store};

/// What became of sharing a booking.
#[derive(Debug)]
pub enum ShareAnswer {
    Done(Box<Case>),
    /// There is no such booking, or not for this person.
    NotFound,
    /// It has changed since the form was made, or is shared already, or over.
    Not(Box<Answer>),
    /// No approved organisation goes by what was typed.
    Unknown(Box<Case>),
    /// Several go by that name; their numbers tell them apart.
    Several(Box<Case>),
    /// It is theirs already.
    Own(Box<Case>),
}

/// Shares a booking with the approved organisation of this name or charity number. One at a time.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn share(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, version): (&Reference, i32),
    typed: &str,
) -> Result<ShareAnswer, StoreError> {
    let now = circumstances.now;
    let Some(case) = locked(conn, reference)?.filter(|case| may_give_up(actor, case)) else {
        return Ok(ShareAnswer::NotFound);
    };
    if case.booking.version != version || case.booking.shared_with.is_some() {
        return Ok(ShareAnswer::Not(Box::new(Answer::Stale(Box::new(case)))));
    }
    if !may_share(actor, &case, now) {
        let why = Answer::NotPossible(NotPossible::Already(case.booking.stage()), Box::new(case));
        return Ok(ShareAnswer::Not(Box::new(why)));
    }
    // Whether one that is not approved is there is nobody's business.
    let known = organisations::all(conn)?.into_iter();
    let mut known = known.filter(|one| one.standing == Standing::Approved && one.goes_by(typed));
    let second: Organisation = match (known.next(), known.next()) {
        (None, _) => return Ok(ShareAnswer::Unknown(Box::new(case))),
        (Some(_), Some(_)) => return Ok(ShareAnswer::Several(Box::new(case))),
        (Some(one), None) => one,
    };
    if case.booking.organisation_id() == Some(second.id) {
        return Ok(ShareAnswer::Own(Box::new(case)));
    }
    store::set(conn, case.booking.id, Some(second.id))?;
    note(conn, &case, (EventKind::Shared, actor), second.id, now)?;
    let case = case.changed(conn)?;
    for reader in copies_of(conn, &case)? {
        let to = BookingCase { to: Some(&reader), ..case.for_mail() };
        circumstances.post(conn, circumstances.mailer.now_shared(to, now))?;
    }
    Ok(ShareAnswer::Done(Box::new(case)))
}

/// Whether this person may share it now: who may change it, while it is not shared and something of it is to come.
pub fn may_share(actor: &Actor, case: &Case, now: Instant) -> bool {
    let stands = case
        .booking
        .occurrences
        .iter()
        .any(|one| one.state.stage().is_active() && !one.state.is_void(now) && now < one.session.end());
    // The name of a private person is for the site's staff.
    let is_person = case.booking.holder.is_person();
    stands && !is_person && case.booking.shared_with.is_none() && may_give_up(actor, case)
}

/// Whether this person may take the second organisation off because it is theirs.
pub fn may_leave(actor: &Actor, case: &Case) -> bool {
    case.booking.shared_with.as_ref().is_some_and(|second| actor.sees_shared_with(second.id))
}

/// Ends the sharing: by who may change the booking, or by the second organisation's own people.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn end_share(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, version): (&Reference, i32),
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let may = |case: &Case| may_give_up(actor, case) || may_leave(actor, case);
    let Some(case) = locked(conn, reference)?.filter(may) else {
        return Ok(Answer::NotFound);
    };
    let second = case.booking.shared_with.clone().filter(|_| case.booking.version == version);
    let Some(second) = second else {
        return Ok(Answer::Stale(Box::new(case)));
    };
    let readers = copies_of(conn, &case)?;
    store::set(conn, case.booking.id, None)?;
    note(conn, &case, (EventKind::ShareEnded, actor), second.id, now)?;
    // Who never heard that it began need not hear that it ended.
    let untold = outbox::drop_queued_to(conn, case.booking.id, &[MailKind::Shared], now)?;
    let left = !may_give_up(actor, &case);
    let case = case.changed(conn)?;
    if left {
        case.tell(conn, circumstances, |mailer, case| mailer.share_left(case, &second.name))?;
    }
    for reader in readers.iter().filter(|reader| untold.iter().all(|to| to != reader.email.as_str())) {
        let to = BookingCase { to: Some(reader), ..case.for_mail() };
        circumstances.post(conn, circumstances.mailer.no_longer_shared(to, now))?;
    }
    Ok(Answer::Done(Box::new(case)))
}

/// A line about the booking as a whole and the second organisation.
fn note(
    conn: &mut Conn,
    case: &Case,
    (kind, actor): (EventKind, &Actor),
    second: OrganisationId,
    now: Instant,
) -> Result<(), StoreError> {
    let line = NewEvent {
        site: Some(case.site.id),
        booking: Some(case.booking.id),
        organisation: Some(second),
        ..NewEvent::new(kind, Some(actor.person))
    };
    events::insert(conn, &line, now)
}

fn copies_of(conn: &mut Conn, case: &Case) -> Result<Vec<Reader>, StoreError> {
    let own = readers(conn, &case.booking)?;
    copies(conn, &case.booking, &own)
}
