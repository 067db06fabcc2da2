//! The reminder to a booking's own people the day before one of its dates, with what they must know of that time. Not the reminder to managers.

use chrono::NaiveDate;

use super::case::{Case, Circumstances};
use super::slots_told;
use crate::domain::booking::Occurrence;
use crate::domain::hours::{day, local_date};
use crate::domain::ids::OccurrenceId;
use crate::domain::occurrence::State;
use crate::domain::rendered::Rendered;
use crate::domain::span::Instant;
use crate::enquiry::{self, alone};
use crate::mail::tomorrow::OfTheDay;
use crate::store::occurrences::starting;
use crate::store::settings::{self, REMINDED_UNTIL};
use crate::store::{Conn, StoreError, closing, jobs, notices};

/// So many hours before the start.
const HOURS_BEFORE: i64 = 24;

/// Mails what starts in a day and was not looked at before, for so many dates at the most. What was booked or changed within that
/// day has had its mail. The once-key of each keeps a second run, and a second copy of the program, from mailing again.
pub fn remind_of_tomorrow(conn: &mut Conn, circumstances: Circumstances<'_>, most: i64) -> Result<usize, StoreError> {
    let now = circumstances.now;
    let (from, until) = (reminded_until(conn)?.unwrap_or(now), now.plus_hours(HOURS_BEFORE));
    if until <= from {
        return Ok(0);
    }
    let due = starting(conn, (from.max(now), until), most)?;
    let whole = i64::try_from(due.len()).is_ok_and(|number| number < most);
    // Where there are more than can be done at once, the rest begins after the last of these.
    let done_until = if whole { Some(until) } else { due.last().map(|(_, _, start)| *start) };
    let mut bookings: Vec<_> = due.iter().map(|(booking, ..)| *booking).collect();
    bookings.sort_unstable();
    bookings.dedup();
    let cases = Case::by_ids(conn, &bookings)?;
    let mut told = 0;
    for (booking, occurrence, _) in &due {
        let found = cases.iter().find(|case| case.booking.id == *booking && !case.is_tenancy());
        if let Some((case, one)) = found.and_then(|case| Some((case, date_of(case, *occurrence)?))) {
            told += usize::from(remind_one(conn, circumstances, case, one)?);
        }
    }
    if let Some(until) = done_until {
        settings::set(conn, REMINDED_UNTIL, &until.seconds().to_string())?;
    }
    Ok(told)
}

fn reminded_until(conn: &mut Conn) -> Result<Option<Instant>, StoreError> {
    let stored = settings::get(conn, REMINDED_UNTIL)?;
    Ok(stored.and_then(|seconds| seconds.parse().ok()).map(Instant::from_seconds))
}

fn date_of(case: &Case, id: OccurrenceId) -> Option<&Occurrence> {
    case.booking.occurrences.iter().find(|one| one.id == id)
}

/// The date whose closing list they tick, where theirs is the last session of the day and the site has such a list.
fn last_out(conn: &mut Conn, case: &Case, one: &Occurrence) -> Result<Option<NaiveDate>, StoreError> {
    if closing::list(conn, case.site.id)?.is_empty() {
        return Ok(None);
    }
    let date = local_date(case.site.zone, one.session.start());
    let last = enquiry::last_out::last_out(conn, &case.site, date)?;
    Ok(last.filter(|last| last.occurrence == one.id).map(|_| date))
}

/// What others of the same place and day handle, and what is to be ticked at the end; looked up only where the place asks.
fn of_the_day(conn: &mut Conn, case: &Case, one: &Occurrence) -> Result<OfTheDay, StoreError> {
    let Some(facility) = case.facility_of(one) else {
        return Ok(OfTheDay::default());
    };
    let last_out = last_out(conn, case, one)?;
    let mut words = OfTheDay { checklist: facility.care.has_jobs(), others: Vec::new(), last_out };
    if facility.care.allergens
        && let Ok(day) = day(case.site.zone, local_date(case.site.zone, one.session.start()))
    {
        let others = jobs::around(conn, &[facility.id], day)?.into_iter();
        let others = others.filter(|other| other.booking != case.booking.id && other.particulars.tells_allergens());
        words.others = others.map(|other| (other.session, other.particulars.allergens_in_words())).collect();
    }
    Ok(words)
}

fn remind_one(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    case: &Case,
    one: &Occurrence,
) -> Result<bool, StoreError> {
    let heard = one.session.start().plus_hours(-HOURS_BEFORE);
    let State::Confirmed { at, .. } = one.state else {
        return Ok(false);
    };
    if heard < at {
        return Ok(false);
    }
    if case.is_slot() {
        return slots_told::remind(conn, circumstances, (case, one));
    }
    let mut notices = notices::within(conn, case.site.id, one.session)?;
    notices.retain(|notice| notice.touches(one.facility, one.session));
    let day = of_the_day(conn, case, one)?;
    let sessions = [(one.facility, one.session)];
    let alone = !alone::dates(conn, &case.site, &case.facilities, &sessions, circumstances.now)?.is_empty();
    let known = (notices.as_slice(), &day, alone);
    let letters = case.letters_to_all(conn, circumstances, |mailer, case| mailer.tomorrow(case, one, known))?;
    for (number, mail) in letters.into_iter().enumerate() {
        let once = format!("reminder/{}/{}/{number}", one.id.row(), one.session.start().seconds());
        circumstances.post(conn, Some(Rendered { once: Some(once), ..mail }))?;
    }
    Ok(true)
}
