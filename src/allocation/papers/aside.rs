//! A manager's decision on dates that wait for papers: confirmed without them, for a reason that is kept, or declined.

use super::super::Answer;
use super::super::case::Circumstances;
use super::super::decide::{as_seen, changes, decline, settle};
use super::super::outrun::decline_outrun;
use super::tell_confirmed;
use crate::domain::booking::Occurrence;
use crate::domain::history::EventKind;
use crate::domain::ids::Reference;
use crate::domain::occurrence::{Act, NotPossible};
use crate::domain::policy::Actor;
use crate::store::{Conn, StoreError, events, papers};

/// What a manager says to dates that wait for papers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AwaitedDecision {
    /// Confirmed all the same.
    SetAside {
        reason: String,
    },
    Decline {
        reason: String,
    },
}

/// Decides all dates of a booking that wait for papers.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn decide_awaited(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, version): (&Reference, i32),
    decision: &AwaitedDecision,
) -> Result<Answer, StoreError> {
    let (now, by) = (circumstances.now, Some(actor.person));
    let case = match as_seen(conn, (reference, version), |case| actor.manages(case.site.id))? {
        Ok(case) => case,
        Err(answer) => return Ok(answer),
    };
    let all = case.booking.occurrences.iter();
    let awaiting = all.filter(|one| one.state.awaited().is_some() && !one.state.is_void(now));
    let awaiting: Vec<Occurrence> = awaiting.filter(|one| now < one.session.start()).cloned().collect();
    if awaiting.is_empty() {
        return Ok(Answer::NotPossible(NotPossible::Already(case.booking.stage()), Box::new(case)));
    }
    let reason = match decision {
        AwaitedDecision::Decline { reason } => {
            return decline(conn, circumstances, actor, case, &awaiting, reason);
        }
        AwaitedDecision::SetAside { reason } => reason,
    };
    let confirmed = changes(&awaiting, |one| one.state.apply(Act::Approve { by: actor.person }, one.session, now));
    let took = match settle(conn, circumstances, &case, &confirmed)? {
        Ok(took) => took,
        Err(refused) => return Ok(Answer::Refused(refused, Box::new(case))),
    };
    for one in &awaiting {
        papers::note_set_aside(conn, one.id, one.state.awaited().unwrap_or_default())?;
    }
    let message = events::write_message(conn, Some(case.booking.id), reason, by, now)?;
    case.note_all(conn, (EventKind::PapersSetAside, by), &awaiting, Some(message), now)?;
    let case = case.changed(conn)?;
    tell_confirmed(conn, circumstances, &case)?;
    decline_outrun(conn, circumstances, Some(case.booking.id), &took)?;
    Ok(Answer::Done(Box::new(case)))
}
