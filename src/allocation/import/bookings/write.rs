//! Writing the bookings of a file that was judged: rows, places, history, and mail where it is wanted. It judges each month once more, so
//! that a place is taken only as it is now.

use std::collections::HashMap;

use super::{Dated, Draft, Months, Plan, deadline, judged, load, waits};
use crate::allocation::case::{Case, Circumstances};
use crate::allocation::expire::clear_void;
use crate::allocation::ground::{self, Claim};
use crate::allocation::import::{Importer, imported};
use crate::allocation::outrun::decline_outrun;
use crate::domain::holder::{Holder, HolderId};
use crate::domain::hours::local_time;
use crate::domain::ids::{BookingId, OccurrenceId, SiteId};
use crate::domain::judge::Verdict;
use crate::domain::occurrence::{Stage, State};
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};
use crate::domain::tables::bookings::Whose;
use crate::store::bookings::{NewBooking, NewOccurrence};
use crate::store::events::NewEvent;
use crate::store::{Conn, StoreError, bookings, bulk, sites};

/// So many bookings are told of at once.
const TOLD_AT_ONCE: usize = 100;

pub(super) fn write(
    conn: &mut Conn,
    (circumstances, importer): (Circumstances<'_>, &Importer),
    plan: &Plan<'_>,
    months: &Months,
) -> Result<(), StoreError> {
    let ids = write_bookings(conn, (circumstances, importer), plan)?;
    let ordinals = ordinals(plan);
    for month in months.values() {
        write_month(conn, (circumstances, importer), (plan, month), (&ids, &ordinals))?;
    }
    let mut touched: Vec<SiteId> = plan.dates.iter().map(|one| one.site.id).collect();
    touched.sort_unstable();
    touched.dedup();
    for site in touched {
        sites::mark_changed(conn, site)?;
    }
    if importer.tells { tell(conn, circumstances, (plan, &ids)) } else { Ok(()) }
}

fn write_bookings(
    conn: &mut Conn,
    (circumstances, importer): (Circumstances<'_>, &Importer),
    plan: &Plan<'_>,
) -> Result<Vec<BookingId>, StoreError> {
    let mut ids = Vec::with_capacity(plan.drafts.len());
    let mut firsts: HashMap<usize, &Dated<'_>> = HashMap::new();
    for one in &plan.dates {
        firsts.entry(one.booking).or_insert(one);
    }
    for (place, draft) in plan.drafts.iter().enumerate() {
        let first = firsts.get(&place);
        let holder = holder(draft, plan);
        let (Some(first), Some(holder)) = (first, holder) else {
            return Err(StoreError::TryAgain);
        };
        let words = draft.words;
        let reference = draft.reference.clone().unwrap_or_else(|| circumstances.chance.reference());
        let by = words.booked_by.as_ref().and_then(|email| plan.people.get(email.as_str()).copied());
        let new = NewBooking {
            reference: &reference,
            site: first.site.id,
            holder: &holder,
            booked_by: by.or(importer.person.filter(|_| !matches!(holder, Holder::Organisation(_)))),
            purpose: &words.purpose,
            note: &words.note,
            people: words.people,
            privacy: match holder {
                Holder::Person(_) => Privacy::Confidential,
                _ => words.privacy.unwrap_or(first.facility.rules.privacy),
            },
            repeat: None,
            sibling_of: None,
            split_from: None,
            terms: None,
        };
        ids.push(bookings::insert(conn, &new, circumstances.now)?);
    }
    Ok(ids)
}

fn holder(draft: &Draft<'_>, plan: &Plan<'_>) -> Option<HolderId> {
    Some(match &draft.words.whose {
        Whose::Organisation(slug) => Holder::Organisation(*plan.organisations.get(slug)?),
        Whose::Person(contact) => Holder::Person(contact.clone()),
        Whose::Site => Holder::Site,
    })
}

/// Which date of its booking each line is, by its place in the plan; two spaces at one time are one date.
fn ordinals(plan: &Plan<'_>) -> Vec<i32> {
    let mut times: HashMap<usize, Vec<Span>> = HashMap::new();
    for one in &plan.dates {
        times.entry(one.booking).or_default().push(one.session);
    }
    for own in times.values_mut() {
        own.sort_unstable();
        own.dedup();
    }
    let ordinal = |one: &Dated<'_>| {
        let place = times.get(&one.booking).and_then(|own| own.iter().position(|time| *time == one.session));
        i32::try_from(place.unwrap_or_default() + 1).unwrap_or(i32::MAX)
    };
    plan.dates.iter().map(ordinal).collect()
}

fn write_month(
    conn: &mut Conn,
    (circumstances, importer): (Circumstances<'_>, &Importer),
    (plan, month): (&Plan<'_>, &[usize]),
    (ids, ordinals): (&[BookingId], &[i32]),
) -> Result<(), StoreError> {
    let now = circumstances.now;
    let mut verdicts: HashMap<usize, Verdict> = HashMap::new();
    let mut taken = Vec::new();
    if let Some((mut loaded, dates)) = load(conn, plan, month)? {
        clear_void(conn, circumstances, &mut loaded.taken)?;
        taken.clone_from(&loaded.taken);
        let mut problems = Vec::new();
        verdicts.extend(judged(&mut loaded, &dates, now, &mut problems));
        if !problems.is_empty() {
            // It was judged a moment ago under the same lock; what changed since was a hold that ran out.
            return Err(StoreError::TryAgain);
        }
    }
    let dates: Vec<(usize, &Dated<'_>)> =
        month.iter().filter_map(|place| Some((*place, plan.dates.get(*place)?))).collect();
    let new: Vec<NewOccurrence<'_>> = dates
        .iter()
        .filter_map(|(place, one)| {
            Some(occurrence((*ids.get(one.booking)?, *ordinals.get(*place)?), one, (importer, now)))
        })
        .collect();
    let written = bulk::insert_occurrences(conn, &new)?;
    let claims: Vec<Claim<'_>> = dates
        .iter()
        .zip(&written)
        .filter(|((_, one), _)| !waits(one) || one.facility.rules.holds_place)
        .filter_map(|((place, one), id)| {
            let verdict = verdicts.get(place)?;
            Some(Claim {
                occurrence: *id,
                organisation: one.organisation.filter(|_| one.facility.rules.own_may_touch),
                session: one.session,
                occupied: verdict.occupied,
                units: &verdict.units,
            })
        })
        .collect();
    ground::take(conn, &claims, &taken, now)?;
    let took: Vec<_> = claims.iter().map(|claim| (claim.units.to_vec(), claim.occupied)).collect();
    note(conn, importer, (&dates, &written, ids), now)?;
    let coming: Vec<_> = took.into_iter().filter(|(_, span)| now < span.end()).collect();
    decline_outrun(conn, circumstances, None, &coming)
}

fn occurrence<'a>(
    (booking, ordinal): (BookingId, i32),
    one: &'a Dated<'_>,
    (importer, now): (&Importer, Instant),
) -> NewOccurrence<'a> {
    let rules = &one.facility.rules;
    NewOccurrence {
        booking,
        site: one.site.id,
        ordinal,
        facility: one.facility.id,
        session: one.session,
        occupied: one.session.widened(rules.set_up_minutes.into(), rules.turnaround_minutes.into()),
        local: (local_time(one.site.zone, one.session.start()), local_time(one.site.zone, one.session.end())),
        wanted: &one.wanted,
        state: state(one, importer, now),
        price: None,
    }
}

fn state(one: &Dated<'_>, importer: &Importer, now: Instant) -> State {
    let by = importer.person;
    match one.is.stage {
        Stage::Requested | Stage::Conditional => match deadline(one, now) {
            Some(until) => State::Requested { at: now, until },
            None => State::Expired { at: now },
        },
        Stage::Confirmed => State::Confirmed { at: now, by },
        Stage::Declined => State::Declined { at: now, by, reason: None },
        Stage::Withdrawn => State::Withdrawn { at: now, by },
        Stage::Expired => State::Expired { at: now },
        Stage::Cancelled => State::Cancelled { at: now, by, late: false, reason: None },
        Stage::Displaced => State::Displaced { at: now, by, reason: None },
        Stage::Skipped => State::Skipped { at: now },
    }
}

/// Each date says in its history that it came from a file.
fn note(
    conn: &mut Conn,
    importer: &Importer,
    (dates, written, ids): (&[(usize, &Dated<'_>)], &[OccurrenceId], &[BookingId]),
    now: Instant,
) -> Result<(), StoreError> {
    let line = |((_, one), id): (&(usize, &Dated<'_>), &OccurrenceId)| NewEvent {
        site: Some(one.site.id),
        facility: Some(one.facility.id),
        booking: ids.get(one.booking).copied(),
        occurrence: Some(*id),
        organisation: one.organisation,
        ..imported(importer)
    };
    let lines: Vec<NewEvent> = dates.iter().zip(written).map(line).collect();
    for some in lines.chunks(1_000) {
        bulk::insert_events(conn, some, now)?;
    }
    Ok(())
}

/// A confirmation of each booking that has something confirmed to come.
fn tell(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (plan, ids): (&Plan<'_>, &[BookingId]),
) -> Result<(), StoreError> {
    let now = circumstances.now;
    let coming = |one: &&Dated<'_>| one.is.stage == Stage::Confirmed && now < one.session.end();
    let mut told: Vec<BookingId> =
        plan.dates.iter().filter(coming).filter_map(|one| ids.get(one.booking).copied()).collect();
    told.sort_unstable();
    told.dedup();
    for some in told.chunks(TOLD_AT_ONCE) {
        for case in Case::by_ids(conn, some)? {
            let mails = case.letters(conn, circumstances, |mailer, case| mailer.confirmed(case, now))?;
            circumstances.post_all(conn, mails)?;
        }
    }
    Ok(())
}
