//! The state of an occurrence as its columns: read, written, and changed from one to the next. Not what may follow what.

use diesel::prelude::*;

use super::error::read;
use super::schema::occurrence;
use super::{Conn, StoreError};
use crate::domain::ids::{MessageId, OccurrenceId, PersonId};
use crate::domain::occurrence::{Stage, State};
use crate::domain::papers::PaperSet;
use crate::domain::span::Instant;

/// The deadline of what waits and never lapses by itself: the end of all time that the tables know.
const NEVER: Instant = Instant::from_seconds(7_258_118_400);

/// A state as its columns.
pub(super) struct StateColumns {
    pub at: Instant,
    pub by: Option<PersonId>,
    pub until: Option<Instant>,
    pub late: bool,
    pub reason: Option<MessageId>,
    /// The papers that it waits for, by their codes.
    pub papers: Option<String>,
}

pub(super) fn columns_of(state: &State) -> StateColumns {
    let plain = |at, by| StateColumns { at, by, until: None, late: false, reason: None, papers: None };
    match *state {
        State::Requested { at, until } => StateColumns { until: Some(until), ..plain(at, None) },
        State::Conditional { at, by, until, condition } => {
            StateColumns { until: Some(until), reason: Some(condition), ..plain(at, Some(by)) }
        }
        State::AwaitsPapers { at, by, until, missing } => {
            StateColumns { until: Some(until.unwrap_or(NEVER)), papers: Some(missing.stored()), ..plain(at, by) }
        }
        State::Confirmed { at, by } | State::Withdrawn { at, by } => plain(at, by),
        State::Declined { at, by, reason } | State::Displaced { at, by, reason } => {
            StateColumns { reason, ..plain(at, by) }
        }
        State::Expired { at } | State::Skipped { at } => plain(at, None),
        State::Cancelled { at, by, late, reason } => StateColumns { late, reason, ..plain(at, by) },
    }
}

pub(super) fn state_of(id: i64, stage: &str, columns: StateColumns) -> Result<State, StoreError> {
    let table = "occurrence";
    let StateColumns { at, by, until, late, reason, papers } = columns;
    Ok(match read(Stage::parse(stage), table, id, "state")? {
        Stage::Requested => State::Requested { at, until: read(until, table, id, "state_until")? },
        Stage::Conditional if reason.is_none() => State::AwaitsPapers {
            at,
            by,
            until: until.filter(|until| *until != NEVER),
            missing: read(papers.as_deref().and_then(PaperSet::parse), table, id, "papers")?,
        },
        Stage::Conditional => State::Conditional {
            at,
            by: read(by, table, id, "state_by")?,
            until: read(until, table, id, "state_until")?,
            condition: read(reason, table, id, "state_reason")?,
        },
        Stage::Confirmed => State::Confirmed { at, by },
        Stage::Declined => State::Declined { at, by, reason },
        Stage::Withdrawn => State::Withdrawn { at, by },
        Stage::Expired => State::Expired { at },
        Stage::Cancelled => State::Cancelled { at, by, late, reason },
        Stage::Displaced => State::Displaced { at, by, reason },
        Stage::Skipped => State::Skipped { at },
    })
}

/// Writes a new state over an old one; false when the row no longer stands at `from`.
pub fn set_state(conn: &mut Conn, id: OccurrenceId, from: Stage, to: &State) -> Result<bool, StoreError> {
    let columns = columns_of(to);
    let changed = diesel::update(occurrence::table.find(id.row()).filter(occurrence::state.eq(from.code())))
        .set((
            occurrence::state.eq(to.stage().code()),
            occurrence::state_at.eq(columns.at.seconds()),
            occurrence::state_by.eq(columns.by.map(|id| id.row())),
            occurrence::state_until.eq(columns.until.map(Instant::seconds)),
            occurrence::state_late.eq(columns.late),
            occurrence::state_reason.eq(columns.reason.map(|id| id.row())),
            occurrence::papers.eq(&columns.papers),
            occurrence::sequence.eq(occurrence::sequence + 1),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// As [`set_state`] for several that all stand at `from`; says how many were changed.
pub fn set_states(conn: &mut Conn, ids: &[OccurrenceId], from: Stage, to: &State) -> Result<usize, StoreError> {
    let columns = columns_of(to);
    let ids: Vec<i64> = ids.iter().map(|id| id.row()).collect();
    let stands = occurrence::table.filter(occurrence::id.eq_any(ids).and(occurrence::state.eq(from.code())));
    let changed = diesel::update(stands)
        .set((
            occurrence::state.eq(to.stage().code()),
            occurrence::state_at.eq(columns.at.seconds()),
            occurrence::state_by.eq(columns.by.map(|id| id.row())),
            occurrence::state_until.eq(columns.until.map(Instant::seconds)),
            occurrence::state_late.eq(columns.late),
            occurrence::state_reason.eq(columns.reason.map(|id| id.row())),
            occurrence::papers.eq(&columns.papers),
            occurrence::sequence.eq(occurrence::sequence + 1),
        ))
        .execute(conn)?;
    Ok(changed)
}
