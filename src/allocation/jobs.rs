//! Ticking what is done at the end of a session: the checklist line by line, the turnaround with one tick. Not who comes next.

use super::case::{Case, Circumstances};
use super::decide::locked;
use crate::domain::booking::Occurrence;
use crate::domain::history::EventKind;
use crate::domain::ids::Reference;
use crate::domain::job::{self, Job, JobKind};
use crate::domain::occurrence::Stage;
use crate::domain::policy::{Actor, audience};
use crate::domain::redaction::Audience;
use crate::domain::span::Instant;
use crate::store::{Conn, StoreError, jobs, sites};

/// The people of a booking may tick for so long after its end; the site's staff always.
const DAYS: i64 = 7;

/// What is ticked, by whom.
#[derive(Debug, Clone)]
pub struct Ticks {
    pub ordinal: i32,
    /// Places in the checklist of the facility.
    pub lines: Vec<usize>,
    /// That it is ready for whoever comes next.
    pub turnaround: bool,
    /// The name of whoever did it, as typed.
    pub name: String,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ticked {
    Done,
    /// There is no such session, or not for this person, or nothing to tick there.
    NotFound,
    /// It has not begun, or, for a turnaround, is not over.
    NotYet,
    /// It is over for too long.
    TooLate,
}

/// The session, locked, for whoever may tick at its end.
fn session(
    conn: &mut Conn,
    actor: &Actor,
    reference: &Reference,
    ordinal: i32,
) -> Result<Option<(Case, Occurrence)>, StoreError> {
    let Some(case) = locked(conn, reference)? else {
        return Ok(None);
    };
    let shared = case.booking.shared_with.as_ref().map(|second| second.id);
    let insider = audience(Some(actor), case.site.id, (case.booking.organisation_id(), shared)) == Audience::Insider;
    let date = case.booking.occurrences.iter().find(|one| one.ordinal == ordinal);
    let date = date.filter(|one| insider && one.state.stage() == Stage::Confirmed).cloned();
    Ok(date.map(|date| (case, date)))
}

fn end(one: &Occurrence) -> Instant {
    one.ended_at.map_or(one.session.end(), |at| at.min(one.session.end()))
}

/// Ticks lines of the checklist, the turnaround, or both. Ticking the same twice does no harm: the first tick of a turnaround
/// stands, and lines that were ticked stay so.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn tick(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, ticks): (&Reference, &Ticks),
) -> Result<Ticked, StoreError> {
    let now = circumstances.now;
    let Some((case, one)) = session(conn, actor, reference, ticks.ordinal)? else {
        return Ok(Ticked::NotFound);
    };
    let Some(care) = case.facility_of(&one).map(|facility| facility.care.clone()).filter(|care| care.has_jobs()) else {
        return Ok(Ticked::NotFound);
    };
    let by_staff = actor.is_staff(case.site.id);
    let turns = ticks.turnaround && care.turnaround_jobs;
    if now < one.session.start() || (turns && now < end(&one)) {
        return Ok(Ticked::NotYet);
    }
    if end(&one).plus_days(DAYS) < now && !by_staff {
        return Ok(Ticked::TooLate);
    }
    let known = jobs::of(conn, &[one.id])?;
    let new = |kind, lines: Vec<String>, ticked: Vec<usize>| Job {
        occurrence: one.id,
        kind,
        lines,
        ticked,
        done_at: now,
        done_name: ticks.name.clone(),
        by_staff,
    };
    let mut changed = false;
    if turns && job::of(&known, one.id, JobKind::Turnaround).is_none() {
        jobs::set(conn, &new(JobKind::Turnaround, Vec::new(), Vec::new()), Some(actor.person))?;
        changed = true;
    }
    let before = job::of(&known, one.id, JobKind::Checklist);
    // A list that somebody has begun stays as they found it, whatever it says by now.
    let lines = before.map_or_else(|| care.checklist.clone(), |job| job.lines.clone());
    let had = before.map_or(&[][..], |job| &job.ticked);
    let all: Vec<usize> = (0..lines.len()).filter(|place| had.contains(place) || ticks.lines.contains(place)).collect();
    if had.len() < all.len() {
        jobs::set(conn, &new(JobKind::Checklist, lines, all), Some(actor.person))?;
        changed = true;
    }
    if changed {
        case.note(conn, (EventKind::JobTicked, Some(actor.person)), &one, None, now)?;
        sites::mark_changed(conn, case.site.id)?;
    }
    Ok(Ticked::Done)
}

/// Takes the ticks of a kind back, for the site's staff: it is not ready after all.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn untick(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, ordinal): (&Reference, i32),
    kind: JobKind,
) -> Result<Ticked, StoreError> {
    let found = session(conn, actor, reference, ordinal)?;
    let Some((case, one)) = found.filter(|(case, _)| actor.is_staff(case.site.id)) else {
        return Ok(Ticked::NotFound);
    };
    if jobs::remove(conn, one.id, kind)? {
        case.note(conn, (EventKind::JobUnticked, Some(actor.person)), &one, None, circumstances.now)?;
        sites::mark_changed(conn, case.site.id)?;
    }
    Ok(Ticked::Done)
}
