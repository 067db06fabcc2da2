//! How sessions went: asking for it, recording it, and noting that nobody came. It takes and frees no place.

use super::case::{Case, Circumstances};
use super::decide::locked;
use crate::domain::attendance::{Figures, HeldDate, LINK_DAYS, Outcome, REMINDED_DAYS, Recorded, Standing};
use crate::domain::history::EventKind;
use crate::domain::holder::Holder;
use crate::domain::ids::{BookingId, PersonId, Reference};
use crate::domain::policy::{Actor, audience};
use crate::domain::redaction::Audience;
use crate::domain::rendered::{MailKind, Rendered};
use crate::domain::span::Instant;
use crate::store::events::{self, NewEvent};
use crate::store::settings::{self, ATTENDANCE_ASKED, ATTENDANCE_REMINDED};
use crate::store::{Conn, StoreError, attendance, outbox};

/// Who says how a date went.
#[derive(Debug, Clone, Copy)]
pub enum Teller<'a> {
    /// Somebody signed in, of a date of a booking.
    Person(&'a Actor, &'a Reference, i32),
    /// Whoever has a mailed link, by the hash of its token.
    Link(&'a str),
}

/// What became of recording it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttendanceAnswer {
    Done,
    /// There is no such date, or not for whoever asks.
    NotFound,
    /// It has not begun, or it is over for too long.
    NotNow(Standing),
}

/// Records how a date went, or corrects what was recorded.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn record_attendance(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    teller: Teller<'_>,
    figures: &Figures,
) -> Result<AttendanceAnswer, StoreError> {
    let now = circumstances.now;
    let Some((case, date, by)) = told(conn, teller, now)? else {
        return Ok(AttendanceAnswer::NotFound);
    };
    let standing = date.standing(now);
    if !matches!(standing, Standing::Open(_)) {
        return Ok(AttendanceAnswer::NotNow(standing));
    }
    let of = (case.booking.id, date.ordinal);
    attendance::set(conn, of, figures, (by, now))?;
    // What its own people say of themselves they can correct; what the site noted stays the site's.
    if figures.outcome == Outcome::Unused && date.may_be_no_show(now) {
        attendance::note_no_show(conn, of, false, (by, now))?;
    } else {
        attendance::take_no_show_back(conn, of, false)?;
    }
    note(conn, &case, (EventKind::AttendanceRecorded, by), &date, (Some(figures.people), now))?;
    Ok(AttendanceAnswer::Done)
}

/// The date that somebody tells of, under the lock.
fn told(
    conn: &mut Conn,
    teller: Teller<'_>,
    now: Instant,
) -> Result<Option<(Case, HeldDate, Option<PersonId>)>, StoreError> {
    let (case, ordinal, by) = match teller {
        Teller::Person(actor, reference, ordinal) => {
            let case = locked(conn, reference)?.filter(|case| sees(actor, case));
            (case, ordinal, Some(actor.person))
        }
        Teller::Link(hash) => {
            let Some((booking, ordinal)) = attendance::by_link(conn, hash, now)? else {
                return Ok(None);
            };
            let reference = Case::by_id(conn, booking)?.map(|case| case.booking.reference);
            let case = reference.map_or(Ok(None), |reference| locked(conn, &reference))?;
            (case, ordinal, None)
        }
    };
    Ok(case.and_then(|case| {
        let date = HeldDate::of(&case.booking, ordinal)?;
        Some((case, date, by))
    }))
}

fn sees(actor: &Actor, case: &Case) -> bool {
    let shared_with = case.booking.shared_with.as_ref().map(|second| second.id);
    audience(Some(actor), case.site.id, (case.booking.organisation_id(), shared_with)) == Audience::Insider
}

fn note(
    conn: &mut Conn,
    case: &Case,
    what: (EventKind, Option<PersonId>),
    date: &HeldDate,
    (people, now): (Option<i32>, Instant),
) -> Result<(), StoreError> {
    let Some(one) = case.booking.occurrences.iter().find(|one| one.ordinal == date.ordinal) else {
        return Ok(());
    };
    events::insert(conn, &NewEvent { number: people.map(i64::from), ..case.event(what, one, None) }, now)
}

/// What became of noting that nobody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoShowAnswer {
    Done,
    NotFound,
    /// Not as things stand: it has not begun, ended early, is over for too long, is noted so already, or its people said who came.
    NotPossible,
}

/// Notes that nobody came to a date, or with `came` false to true takes that back. For the site's staff.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn note_no_show(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, ordinal): (&Reference, i32),
    came: bool,
) -> Result<NoShowAnswer, StoreError> {
    let now = circumstances.now;
    let Some(case) = locked(conn, reference)?.filter(|case| actor.is_staff(case.site.id)) else {
        return Ok(NoShowAnswer::NotFound);
    };
    let Some(date) = HeldDate::of(&case.booking, ordinal) else {
        return Ok(NoShowAnswer::NotPossible);
    };
    let of = (case.booking.id, ordinal);
    if came {
        if !attendance::take_no_show_back(conn, of, true)? {
            return Ok(NoShowAnswer::NotPossible);
        }
        outbox::drop_queued(conn, case.booking.id, &[MailKind::NoShow], now)?;
        note(conn, &case, (EventKind::NoShowTakenBack, Some(actor.person)), &date, (None, now))?;
        return Ok(NoShowAnswer::Done);
    }
    let arrived = crate::store::arrivals::of_date(conn, of.0, ordinal)?.is_some();
    let own = matches!(case.booking.holder, Holder::Site);
    let recorded = attendance::of_bookings(conn, &[of.0])?;
    let came = |one: &Recorded| one.of == of && one.figures.outcome != Outcome::Unused;
    let may = date.may_be_no_show(now) && !arrived && !own && !recorded.iter().any(came);
    if !may || !attendance::note_no_show(conn, of, true, (Some(actor.person), now))? {
        return Ok(NoShowAnswer::NotPossible);
    }
    note(conn, &case, (EventKind::NoShow, Some(actor.person)), &date, (None, now))?;
    case.tell(conn, circumstances, |mailer, case| mailer.nobody_came(case, &date))?;
    Ok(NoShowAnswer::Done)
}

/// Asks the people of sessions that have ended how they went, and some days later once more where nobody has said so; for so many
/// dates at the most. Says how many were asked. The once-key of each mail keeps a second run, and a second copy of the program, from
/// asking again.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn ask_attendance(conn: &mut Conn, circumstances: Circumstances<'_>, most: i64) -> Result<usize, StoreError> {
    let asked = ask_until(conn, circumstances, (ATTENDANCE_ASKED, circumstances.now, false), most)?;
    let earlier = circumstances.now.plus_days(-REMINDED_DAYS);
    Ok(asked + ask_until(conn, circumstances, (ATTENDANCE_REMINDED, earlier, true), most)?)
}

/// Looks at what ended since it was last looked, up to an instant.
fn ask_until(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (mark, until, again): (&str, Instant, bool),
    most: i64,
) -> Result<usize, StoreError> {
    let known = settings::get(conn, mark)?.and_then(|seconds| seconds.parse().ok()).map(Instant::from_seconds);
    // Where nobody was ever asked, nobody is asked of what is past.
    let from = known.unwrap_or(until);
    if until <= from && known.is_some() {
        return Ok(0);
    }
    let ended = attendance::ended(conn, (from, until), most)?;
    let whole = i64::try_from(ended.len()).is_ok_and(|number| number < most);
    // Others may have ended in the same minute; being looked at twice does no harm.
    let ends = ended.first().map(|(_, _, end)| *end).zip(ended.last().map(|(_, _, end)| *end));
    let done_until = match ends {
        Some((first, last)) if !whole && first != last => last.plus_minutes(-1),
        // More than are looked at in one run ended in one minute; the rest are not asked, for it goes on.
        Some((_, last)) if !whole => last,
        _ => until,
    };
    let mut asked = 0;
    if !ended.is_empty() {
        let mut bookings: Vec<BookingId> = ended.iter().map(|(booking, ..)| *booking).collect();
        bookings.sort_unstable();
        bookings.dedup();
        let cases = Case::by_ids(conn, &bookings)?;
        let recorded = attendance::of_bookings(conn, &bookings)?;
        let unused = attendance::no_shows(conn, &bookings)?;
        for (booking, ordinal, _) in &ended {
            let of = (*booking, *ordinal);
            let known = recorded.iter().any(|one| one.of == of) || unused.iter().any(|one| one.of == of);
            let case = cases.iter().find(|case| case.booking.id == *booking).filter(|_| !known);
            if let Some(case) = case {
                asked += usize::from(ask_one(conn, circumstances, (case, *ordinal), again)?);
            }
        }
    }
    settings::set(conn, mark, &done_until.seconds().to_string())?;
    Ok(asked)
}

/// Mails the people of an organisation about one date, once all its places are over.
fn ask_one(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (case, ordinal): (&Case, i32),
    again: bool,
) -> Result<bool, StoreError> {
    let now = circumstances.now;
    let asks = matches!(case.booking.holder, Holder::Organisation(_)) && !case.is_tenancy() && !case.is_slot();
    let Some(date) = HeldDate::of(&case.booking, ordinal).filter(|date| asks && date.session.end() <= now) else {
        return Ok(false);
    };
    let (end, token) = (date.session.end(), circumstances.chance.token());
    let letters = case
        .letters(conn, circumstances, |mailer, case| mailer.attendance_wanted(case, &date, (token.reveal(), again)))?;
    if letters.is_empty() {
        return Ok(false);
    }
    attendance::add_link(conn, &token.hash(), (case.booking.id, ordinal), (now, now.plus_days(LINK_DAYS)))?;
    // Late or no longer true, it is dropped: the question when the reminder comes, the reminder when nobody remembers.
    let not_after = Some(end.plus_days(if again { LINK_DAYS } else { REMINDED_DAYS }));
    for (number, mail) in letters.into_iter().enumerate() {
        let word = if again { "again" } else { "first" };
        let once = format!("attendance/{}/{ordinal}/{word}/{number}", case.booking.id.row());
        circumstances.post(conn, Some(Rendered { once: Some(once), not_after, ..mail }))?;
    }
    Ok(true)
}
