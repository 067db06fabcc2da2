//! Noting that nobody came to a session, or that they did after all. Whether that is charged, the site says.

use super::Answer;
use super::case::{Case, Circumstances};
use crate::domain::history::EventKind;
use crate::domain::ids::Reference;
use crate::domain::occurrence::{NotPossible, Stage};
use crate::domain::policy::Actor;
use crate::store::{Conn, StoreError, engine, statement};

/// For so many days after a session it can be noted and corrected.
pub const DAYS: i64 = 30;

/// Notes for a date that is over whether anybody came. Twice the same is done once.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn note_absent(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    (reference, ordinal): (&Reference, i32),
    absent: bool,
) -> Result<Answer, StoreError> {
    let now = circumstances.now;
    let Some(case) = Case::by_reference(conn, reference)?.filter(|case| actor.manages(case.site.id)) else {
        return Ok(Answer::NotFound);
    };
    engine::lock(conn, case.site.id, case.booking.organisation_id())?;
    let Some(case) = Case::by_reference(conn, reference)? else {
        return Ok(Answer::NotFound);
    };
    let Some(one) = case.booking.occurrences.iter().find(|one| one.ordinal == ordinal).cloned() else {
        return Ok(Answer::NotFound);
    };
    if one.state.stage() != Stage::Confirmed {
        return Ok(Answer::NotPossible(NotPossible::Already(one.state.stage()), Box::new(case)));
    }
    let over = one.session.end() <= now && now < one.session.end().plus_days(DAYS);
    if !over {
        return Ok(Answer::NotPossible(NotPossible::HasBegun, Box::new(case)));
    }
    if statement::is_absent(conn, case.booking.id, ordinal)? != absent {
        statement::set_absent(conn, case.booking.id, ordinal, absent.then_some(now))?;
        let kind = if absent { EventKind::NobodyCame } else { EventKind::SomebodyCame };
        case.note(conn, (kind, Some(actor.person)), &one, None, now)?;
    }
    Ok(Answer::Done(Box::new(case)))
}
