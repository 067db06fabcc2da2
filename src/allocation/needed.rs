//! Asking whether a series is still needed, telling that it ends soon, and the answer. Nothing is ever cancelled or booked by itself.

use super::case::{Case, Circumstances};
use super::decide::locked;
use super::{Answer, may_give_up};
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::ids::{BookingId, PersonId, Reference};
use crate::domain::needed::{horizon, more_dates};
use crate::domain::policy::Actor;
use crate::domain::rendered::{MailKind, Rendered};
use crate::domain::span::Instant;
use crate::store::{Conn, StoreError, engine, events, needed, outbox};

/// Looks at the series that are due, at most so many, and says how many questions and notes went out. Running it twice, or in two
/// copies, does no harm: each is looked at again under the lock.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn ask_needed(conn: &mut Conn, circumstances: Circumstances<'_>, most: i64) -> Result<usize, StoreError> {
    let now = circumstances.now;
    let due = needed::due(conn, now, most)?;
    let cases = Case::by_ids(conn, &due)?;
    let mut done = 0;
    for id in due {
        let Some(case) = cases.iter().find(|case| case.booking.id == id) else {
            needed::set_look(conn, id, None)?;
            continue;
        };
        let weeks = weeks_of(case, now);
        if is_due(case, now) {
            done += ask_one(conn, circumstances, case)?;
        }
        needed::set_look(conn, id, case.booking.look_again(weeks, now))?;
    }
    Ok(done)
}

/// How often the place of its next date asks; 0 for never, where there is none, and for a person.
fn weeks_of(case: &Case, now: Instant) -> i32 {
    // Whoever has no account could not answer; the site's staff booked for them and know them.
    if case.booking.holder.is_person() {
        return 0;
    }
    let next = case.booking.confirmed_ahead(now).first().and_then(|one| case.facility_of(one));
    next.map_or(0, |facility| facility.rules.still_needed_weeks)
}

/// An open question that has lost its point: nothing is left, or nobody asks any more.
fn is_pointless(case: &Case, now: Instant) -> bool {
    case.booking.needed.since.is_some() && (case.booking.repeat.is_none() || weeks_of(case, now) == 0)
}

fn is_due(case: &Case, now: Instant) -> bool {
    let booking = &case.booking;
    booking.question_due(weeks_of(case, now), now) || booking.ending_due(now).is_some() || is_pointless(case, now)
}

/// Asks or tells about one series, as it stands under the lock.
fn ask_one(conn: &mut Conn, circumstances: Circumstances<'_>, before: &Case) -> Result<usize, StoreError> {
    let now = circumstances.now;
    engine::lock(conn, before.site.id, before.booking.organisation_id())?;
    let Some(case) = Case::by_id(conn, before.booking.id)? else {
        return Ok(0);
    };
    let (booking, mut done) = (&case.booking, 0);
    let ahead = booking.confirmed_ahead(now);
    if is_pointless(&case, now) {
        needed::close(conn, booking.id)?;
    }
    if booking.question_due(weeks_of(&case, now), now) {
        needed::set_asked(conn, booking.id, now, booking.needed.since.unwrap_or(now))?;
        note(conn, &case, (EventKind::NeededAsked, None), now)?;
        let once = format!("still-needed/{}/{}", booking.reference, now.seconds());
        let mails = case.letters(conn, circumstances, |mailer, case| mailer.still_needed(case, &ahead))?;
        post_once(conn, circumstances, mails, &once)?;
        done += 1;
    }
    if let Some(last) = booking.ending_due(now).filter(|_| !booking.holder.is_person()) {
        needed::set_end_told(conn, booking.id, last)?;
        let once = format!("series-ending/{}/{}", booking.reference, last.seconds());
        let more = dates_to_offer(&case, now);
        let mails = case.letters(conn, circumstances, |mailer, case| mailer.series_ending(case, &ahead, more))?;
        post_once(conn, circumstances, mails, &once)?;
        done += 1;
    }
    Ok(done)
}

/// Each of the mails once, however often this is done.
fn post_once(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    mails: Vec<Rendered>,
    once: &str,
) -> Result<(), StoreError> {
    for (number, mail) in mails.into_iter().enumerate() {
        circumstances.post(conn, Some(Rendered { once: Some(format!("{once}/{number}")), ..mail }))?;
    }
    Ok(())
}

/// A line about the booking as a whole.
fn note(conn: &mut Conn, case: &Case, what: (EventKind, Option<PersonId>), now: Instant) -> Result<(), StoreError> {
    let Some(one) = case.booking.next(now) else {
        return Ok(());
    };
    let line = events::NewEvent { occurrence: None, facility: None, ..case.event(what, one, None) };
    events::insert(conn, &line, now)
}

/// How many more dates the end of a series is answered with: the same number again, or what the rules of its place allow.
pub fn dates_to_offer(case: &Case, now: Instant) -> u32 {
    let booking = &case.booking;
    let last = booking.occurrences.iter().max_by_key(|one| one.ordinal).and_then(|one| case.facility_of(one));
    let (Some(pattern), Some(facility)) = (&booking.repeat, last) else {
        return 0;
    };
    let today = local_date(case.site.zone, now);
    more_dates(pattern, horizon(today, facility.rules.horizon_days))
}

/// Says that a series is still needed; a question that was answered before, or is pointless, is left as it is.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn answer_needed(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    reference: &Reference,
) -> Result<Answer, StoreError> {
    let Some(case) = locked(conn, reference)?.filter(|case| may_give_up(actor, case)) else {
        return Ok(Answer::NotFound);
    };
    note_answer(conn, circumstances, actor, &case)?;
    Ok(Answer::Done(Box::new(case)))
}

/// Answers an open question, as somebody does who says so or asks for more dates.
pub(super) fn note_answer(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    case: &Case,
) -> Result<(), StoreError> {
    let now = circumstances.now;
    if case.booking.needed.since.is_none() {
        return Ok(());
    }
    needed::set_answered(conn, case.booking.id, now)?;
    outbox::drop_queued(conn, case.booking.id, &[MailKind::StillNeeded], now)?;
    note(conn, case, (EventKind::NeededAnswered, Some(actor.person)), now)
}

/// Lets the chore look at a booking again, whose dates are others now.
pub(super) fn look_soon(conn: &mut Conn, id: BookingId, now: Instant) -> Result<(), StoreError> {
    needed::set_look(conn, id, Some(now))
}
