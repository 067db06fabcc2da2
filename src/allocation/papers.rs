//! What papers do to dates: conditional while one is missing, confirmed or asked for again once it is there. Never cancelled by itself.

use super::case::{Case, Circumstances};
use super::decide::{changes, settle};
use super::outrun::decline_outrun;
use crate::domain::booking::{Booking, Occurrence};
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::ids::{OccurrenceId, OrganisationId, PersonId};
use crate::domain::judge::Verdict;
use crate::domain::occurrence::{Act, Stage, State, hold_deadline};
use crate::domain::papers::{Paper, PaperSet, missing};
use crate::domain::rules::Approval;
use crate::domain::span::Instant;
use crate::mail::accounts::Recipient;
use crate::store::{Conn, StoreError, bookings, organisations, papers};

mod answer;
mod aside;
mod look;

pub use answer::{PaperAnswer, PaperDecision, decide_paper, may_decide as may_decide_on_papers};
pub use aside::{AwaitedDecision, decide_awaited};
pub use look::look_at_papers;

/// The state of a date that needs no decision: confirmed, or conditional where papers are missing.
pub(super) fn confirmed_or_awaiting(verdict: &Verdict, (at, by): (Instant, Option<PersonId>)) -> State {
    let missing = verdict.papers.kinds;
    if missing.is_empty() {
        return State::Confirmed { at, by };
    }
    State::AwaitsPapers { at, by, until: verdict.until.filter(|_| !verdict.papers.only_runs_out), missing }
}

/// Whether some of its dates wait for papers.
pub(super) fn awaits_any(booking: &Booking) -> bool {
    booking.occurrences.iter().any(|one| one.state.awaited().is_some())
}

/// What the dates of a booking lack, by the papers that have been accepted; empty for what lacks nothing.
fn lacking(held: &[Paper], case: &Case, one: &Occurrence, now: Instant) -> PaperSet {
    let Some(facility) = case.facility_of(one).filter(|_| case.booking.organisation_id().is_some()) else {
        return PaperSet::NONE;
    };
    let on = |at: Instant| local_date(case.site.zone, at);
    missing(facility.rules.papers, held, on(one.session.start()), on(now)).kinds
}

/// The accepted papers of whoever holds a booking; not asked for where no place of it wants any.
fn held_by(conn: &mut Conn, case: &Case) -> Result<Vec<Paper>, StoreError> {
    let wanted = case.facilities.iter().any(|facility| !facility.rules.papers.kinds.is_empty());
    match case.booking.organisation_id().filter(|_| wanted) {
        Some(organisation) => papers::accepted(conn, organisation),
        None => Ok(Vec::new()),
    }
}

/// States that dates are about to get, conditional instead of confirmed where papers are missing.
pub(super) fn as_papers_allow(
    conn: &mut Conn,
    case: &Case,
    changed: Vec<(Occurrence, State)>,
    now: Instant,
) -> Result<Vec<(Occurrence, State)>, StoreError> {
    let held = held_by(conn, case)?;
    let allowed = |(one, state): (Occurrence, State)| {
        let missing = lacking(&held, case, &one, now);
        let awaiting = Some(missing).filter(|missing| !missing.is_empty());
        let state = awaiting
            .and_then(|missing| state.apply(Act::AwaitPapers { missing }, one.session, now).ok())
            .unwrap_or(state);
        (one, state)
    };
    Ok(changed.into_iter().map(allowed).collect())
}

/// Dates that have moved are conditional where they lack papers now, and no longer where they have them.
pub(super) fn after_moves(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    case: Case,
    moved: &[Occurrence],
) -> Result<Case, StoreError> {
    let case = Case::by_id(conn, case.booking.id)?.unwrap_or(case);
    let ids: Vec<OccurrenceId> = moved.iter().map(|one| one.id).collect();
    let held = held_by(conn, &case)?;
    let aside = papers::set_aside(conn, &ids)?;
    let mut any = false;
    for one in case.booking.occurrences.iter().filter(|one| ids.contains(&one.id)) {
        if let Some((state, kind)) = reviewed(&held, &case, one, (&aside, None), circumstances.now) {
            bookings::set_state(conn, one.id, one.state.stage(), &state)?;
            case.note(conn, (kind, None), one, None, circumstances.now)?;
            any = true;
        }
    }
    if any { Ok(Case::by_id(conn, case.booking.id)?.unwrap_or(case)) } else { Ok(case) }
}

/// What a date becomes by the papers as they are now, and the line of history for it; `None` where it stays as it is.
/// `until` is when it would have to be decided, where somebody has to.
fn reviewed(
    held: &[Paper],
    case: &Case,
    one: &Occurrence,
    (aside, until): (&[(OccurrenceId, PaperSet)], Option<Instant>),
    now: Instant,
) -> Option<(State, EventKind)> {
    let mut missing = lacking(held, case, one, now);
    if let Some((_, without)) = aside.iter().find(|(id, _)| *id == one.id) {
        missing = missing.without(*without);
    }
    let (act, kind) = match one.state.awaited() {
        Some(known) if known == missing => return None,
        Some(_) if missing.is_empty() => (Act::PapersIn { until }, EventKind::PapersIn),
        None if missing.is_empty() || one.state.stage() != Stage::Confirmed => return None,
        _ => (Act::AwaitPapers { missing }, EventKind::PapersAwaited),
    };
    one.state.apply(act, one.session, now).ok().map(|state| (state, kind))
}

/// Mail after a yes: confirmed, or what is waited for.
pub(super) fn tell_confirmed(conn: &mut Conn, circumstances: Circumstances<'_>, case: &Case) -> Result<(), StoreError> {
    let now = circumstances.now;
    if awaits_any(&case.booking) {
        return tell_awaited(conn, circumstances, case);
    }
    case.tell_all(conn, circumstances, |mailer, case| mailer.confirmed(case, now))
}

/// Which dates wait for which papers, and until when.
pub(super) fn tell_awaited(conn: &mut Conn, circumstances: Circumstances<'_>, case: &Case) -> Result<(), StoreError> {
    let now = circumstances.now;
    case.tell_all(conn, circumstances, |mailer, case| mailer.papers_awaited(case, now))
}

/// Looks at all bookings of an organisation with dates to come, after its papers have changed. Sites and organisation are locked.
fn review(conn: &mut Conn, circumstances: Circumstances<'_>, id: OrganisationId) -> Result<usize, StoreError> {
    let ids = papers::bookings_to_review(conn, id, circumstances.now)?;
    let mut done = 0;
    for case in Case::by_ids(conn, &ids)? {
        done += usize::from(review_one(conn, circumstances, id, case)?);
    }
    Ok(done)
}

/// Whether anything about the booking has changed.
fn review_one(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    organisation: OrganisationId,
    case: Case,
) -> Result<bool, StoreError> {
    let now = circumstances.now;
    let held = held_by(conn, &case)?;
    let ids: Vec<OccurrenceId> = case.booking.occurrences.iter().map(|one| one.id).collect();
    let aside = papers::set_aside(conn, &ids)?;
    let trusted = organisations::is_trusted(conn, organisation, case.site.id)?;
    let mut changed = Vec::new();
    for one in case.booking.occurrences.iter().filter(|one| now < one.session.start()) {
        let until = decided_by(&case, one, trusted, now);
        changed
            .extend(reviewed(&held, &case, one, (&aside, until), now).map(|(state, kind)| (one.clone(), state, kind)));
    }
    if changed.is_empty() {
        return Ok(false);
    }
    let (settled, lost) = take_or_lose(conn, circumstances, &case, &changed)?;
    for (one, _, kind) in &changed {
        let kind = if lost.contains(&one.id) { EventKind::Outrun } else { *kind };
        case.note(conn, (kind, None), one, None, now)?;
    }
    let case = case.changed(conn)?;
    tell_reviewed(conn, circumstances, &case)?;
    decline_outrun(conn, circumstances, Some(case.booking.id), &settled)?;
    Ok(true)
}

/// Until when a date must be decided that nobody has said yes to and the rules do not confirm by themselves.
fn decided_by(case: &Case, one: &Occurrence, trusted: bool, now: Instant) -> Option<Instant> {
    let State::AwaitsPapers { by: None, until: Some(_), .. } = one.state else {
        return None;
    };
    let rules = &case.facility_of(one)?.rules;
    let decides = match rules.approval {
        Approval::NotNeeded => false,
        Approval::UnlessTrusted => !trusted,
        Approval::Always => true,
    };
    if decides { hold_deadline(now, rules.hold_minutes, one.session.start()) } else { None }
}

/// Writes the new states. A date that held no place and whose place is gone is declined, like any request that was outrun.
fn take_or_lose(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    case: &Case,
    changed: &[(Occurrence, State, EventKind)],
) -> Result<(super::decide::Took, Vec<OccurrenceId>), StoreError> {
    let now = circumstances.now;
    let (mut took, mut lost) = (Vec::new(), Vec::new());
    for (one, state, _) in changed {
        if state.stage() != Stage::Confirmed {
            bookings::set_state(conn, one.id, one.state.stage(), state)?;
            continue;
        }
        match settle(conn, circumstances, case, &[(one.clone(), *state)])? {
            Ok(places) => took.extend(places),
            Err(_) => {
                let declined = changes(std::slice::from_ref(one), |one| {
                    one.state.apply(Act::Decline { by: None, reason: None }, one.session, now)
                });
                for (one, state) in &declined {
                    bookings::set_state(conn, one.id, one.state.stage(), state)?;
                    lost.push(one.id);
                }
            }
        }
    }
    Ok((took, lost))
}

/// Mail to its people about how it stands, and to the managers where something waits for them now.
fn tell_reviewed(conn: &mut Conn, circumstances: Circumstances<'_>, case: &Case) -> Result<(), StoreError> {
    let now = circumstances.now;
    if case.booking.waiting(now).next().is_none() {
        return tell_confirmed(conn, circumstances, case);
    }
    case.tell(conn, circumstances, |mailer, case| mailer.request_received(case, now))?;
    for manager in case.managers(conn)? {
        let to = Recipient { name: &manager.name, email: &manager.email };
        circumstances.post(conn, Some(circumstances.mailer.decision_needed(case.for_mail(), &to, false)))?;
    }
    Ok(())
}
