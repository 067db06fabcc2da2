//! More dates for a booking that is there: one more date, more of the same rule, or a series out of a single date. Judged like a request.

use super::case::{Case, Circumstances};
use super::dates::insert;
use super::decide::as_seen;
use super::expire::clear_void;
use super::ground::{self, Claim};
use super::needed::{look_soon, note_answer};
use super::outrun::decline_outrun;
use super::{Answer, DateRefused, may_give_up, papers};
use crate::domain::availability::Taken;
use crate::domain::booking::Occurrence;
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::ids::{OccurrenceId, Reference};
use crate::domain::judge::{Needs, Proposal, Verdict};
use crate::domain::occurrence::{NotPossible, State};
use crate::domain::places::Facility;
use crate::domain::policy::Actor;
use crate::domain::recurrence::Pattern;
use crate::domain::span::Span;
use crate::enquiry;
use crate::mail::accounts::Recipient;
use crate::store::{Conn, StoreError, changes, sites};

/// Dates to be added, in order of their start.
#[derive(Debug, Clone)]
pub struct MoreDates {
    /// Each session, and whether it is kept as left out.
    pub dates: Vec<(Span, bool)>,
    /// How the whole booking repeats from now on; none keeps what it has.
    pub pattern: Option<Pattern>,
}

/// Adds dates to a booking in the place and with the units of its last date: all that are not left out, or none.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn add_dates(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, version): (&Reference, i32),
    more: &MoreDates,
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let case = match as_seen(conn, (reference, version), |case| may_give_up(actor, case))? {
        Ok(case) => case,
        Err(answer) => return Ok(answer),
    };
    let last = case.booking.occurrences.iter().max_by_key(|one| one.ordinal).cloned();
    let Some((last, facility)) = last.and_then(|one| Some((one.clone(), case.facility_of(&one)?.clone()))) else {
        return Ok(Answer::NotFound);
    };
    if more.dates.iter().all(|(_, left_out)| *left_out) {
        return Ok(Answer::NotPossible(NotPossible::Already(case.booking.stage()), Box::new(case)));
    }
    let (verdicts, taken) = judged(conn, circumstances, (&case, &last, &facility), more)?;
    let refused = refused(last.ordinal, more, &verdicts);
    if !refused.is_empty() {
        return Ok(Answer::Refused(refused, Box::new(case)));
    }
    let manages = actor.manages(case.site.id);
    let mut new = new_occurrences(&last, &facility, more, (&verdicts, manages), now);
    insert(conn, (case.booking.id, &case.site), &mut new)?;
    if more.pattern.is_some() {
        changes::set_pattern(conn, case.booking.id, more.pattern.as_ref())?;
    }
    let shares = case.booking.organisation_id().filter(|_| facility.rules.own_may_touch);
    let had: Vec<&Occurrence> = new.iter().filter(|one| !matches!(one.state, State::Skipped { .. })).collect();
    let claims: Vec<Claim<'_>> = had
        .iter()
        .zip(&verdicts)
        .filter(|(one, _)| matches!(one.state, State::Confirmed { .. }) || facility.rules.holds_place)
        .map(|(one, verdict)| Claim {
            occurrence: one.id,
            organisation: shares,
            session: one.session,
            occupied: one.occupied,
            units: &verdict.units,
        })
        .collect();
    ground::take(conn, &claims, &taken, now)?;
    let took: Vec<_> = claims.iter().map(|claim| (claim.units.to_vec(), claim.occupied)).collect();
    case.note_all(conn, (EventKind::DateAdded, Some(actor.person)), &new, None, now)?;
    // Who asks for more needs it.
    note_answer(conn, circumstances, actor, &case)?;
    look_soon(conn, case.booking.id, now)?;
    let case = case.changed(conn)?;
    tell(conn, circumstances, &case)?;
    decline_outrun(conn, circumstances, Some(case.booking.id), &took)?;
    Ok(Answer::Done(Box::new(case)))
}

/// Judges the new dates beside each other, and gives what is taken around them.
fn judged(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (case, last, facility): (&Case, &Occurrence, &Facility),
    more: &MoreDates,
) -> Result<(Vec<Verdict>, Vec<Taken>), StoreError> {
    let zone = case.site.zone;
    let dates = more.dates.iter().map(|(session, _)| local_date(zone, session.start()));
    let range = (dates.clone().min().unwrap_or_default(), dates.max().unwrap_or_default());
    let organisation = case.booking.organisation_id();
    let mut loaded = enquiry::load_all(conn, &case.site, &[facility], organisation, range)?;
    clear_void(conn, circumstances, &mut loaded.taken)?;
    let taken = loaded.taken.clone();
    let wanted = more.dates.iter().filter(|(_, left_out)| !left_out);
    let proposals: Vec<(&Facility, Proposal)> = wanted
        .map(|(session, _)| {
            let proposal = Proposal {
                session: *session,
                wanted: last.wanted.clone(),
                people: case.booking.people,
                organisation,
                besides: Vec::new(),
                asked: circumstances.now,
                brings: case.brings(),
            };
            (facility, proposal)
        })
        .collect();
    Ok((loaded.judge_in_turn(&proposals, circumstances.now), taken))
}

/// The dates that cannot be had, by the ordinals that they would get.
fn refused(last: i32, more: &MoreDates, verdicts: &[Verdict]) -> Vec<DateRefused> {
    let ordinals = (last + 1..).zip(&more.dates).filter(|(_, (_, out))| !out).map(|(ordinal, _)| ordinal);
    let refused = ordinals.zip(verdicts).filter(|(_, verdict)| !verdict.is_yes());
    refused.map(|(ordinal, verdict)| DateRefused { ordinal, refusals: verdict.refusals.clone() }).collect()
}

fn new_occurrences(
    last: &Occurrence,
    facility: &Facility,
    more: &MoreDates,
    (verdicts, manages): (&[Verdict], bool),
    now: crate::domain::span::Instant,
) -> Vec<Occurrence> {
    let mut verdicts = verdicts.iter();
    let rules = &facility.rules;
    more.dates
        .iter()
        .zip(last.ordinal + 1..)
        .map(|((session, left_out), ordinal)| {
            let verdict = if *left_out { None } else { verdicts.next() };
            let until =
                verdict.filter(|verdict| verdict.needs == Needs::Approval && !manages).and_then(|one| one.until);
            Occurrence {
                id: OccurrenceId::new(0),
                ordinal,
                facility: facility.id,
                session: *session,
                occupied: session.widened(rules.set_up_minutes.into(), rules.turnaround_minutes.into()),
                wanted: last.wanted.clone(),
                state: match (verdict, until) {
                    (None, _) => State::Skipped { at: now },
                    (Some(_), Some(until)) => State::Requested { at: now, until },
                    (Some(verdict), None) => papers::confirmed_or_awaiting(verdict, (now, None)),
                },
                sequence: 0,
                ended_at: None,
                price: verdict.and_then(|verdict| verdict.price),
            }
        })
        .collect()
}

fn tell(conn: &mut Conn, circumstances: Circumstances<'_>, case: &Case) -> Result<(), StoreError> {
    let now = circumstances.now;
    case.tell_all(conn, circumstances, |mailer, case| mailer.changed(case, &[], now))?;
    if case.booking.waiting(now).next().is_some() {
        for manager in case.managers(conn)? {
            let to = Recipient { name: &manager.name, email: &manager.email };
            circumstances.post(conn, Some(circumstances.mailer.decision_needed(case.for_mail(), &to, false)))?;
        }
    }
    sites::mark_changed(conn, case.site.id)
}
