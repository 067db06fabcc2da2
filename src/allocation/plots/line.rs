//! The line for a plot: joining, leaving, answering "still interested?", being put back. Not the offers.

use super::{AllotmentAt, Circumstances, event, offers, opened, opened_by_id, turn};
use crate::domain::history::EventKind;
use crate::domain::holder::HolderId;
use crate::domain::ids::{PersonId, Reference};
use crate::domain::plot_line::Wish;
use crate::domain::plots::PlotNumber;
use crate::domain::span::Instant;
use crate::domain::tenancy::key_of;
use crate::domain::waiting::Standing;
use crate::store::events;
use crate::store::plot_line::{self, NewPlotEntry};
use crate::store::{Conn, StoreError, sites};

/// Somebody who wants to join.
#[derive(Debug, Clone)]
pub struct Joining {
    pub at: AllotmentAt,
    pub holder: HolderId,
    pub wish: Wish,
    pub note: String,
    /// Since when they wait; a manager may say that it is longer than today.
    pub since: Option<Instant>,
    /// Who typed it.
    pub person: PersonId,
}

/// What became of it.
#[derive(Debug)]
pub enum JoinLineAnswer {
    Joined(Reference),
    /// They are in this line already.
    Before(Reference),
    /// They have this plot here already.
    HasPlot(PlotNumber),
    Closed,
    NotFound,
}

/// Puts somebody at the end of the line. Who may, is for the caller to know.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn join_line(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    joining: &Joining,
) -> Result<JoinLineAnswer, StoreError> {
    let now = circumstances.now;
    let Some(allotment) = opened(conn, circumstances, &joining.at)? else {
        return Ok(JoinLineAnswer::NotFound);
    };
    let key = key_of(&joining.holder);
    if let Some(entry) = allotment.line.iter().find(|one| one.key == key) {
        return Ok(JoinLineAnswer::Before(entry.reference.clone()));
    }
    // Whoever has given notice may wait for another.
    let kept = allotment.tenancies.iter().find(|one| one.key == key && one.is_open(now) && one.goes_on());
    if let Some(plot) = kept.and_then(|one| allotment.plot_of(one.unit)) {
        return Ok(JoinLineAnswer::HasPlot(plot.number.clone()));
    }
    if allotment.facility.retired_from.is_some_and(|closed| closed <= allotment.today(now)) {
        return Ok(JoinLineAnswer::Closed);
    }
    let reference = circumstances.chance.reference();
    let new = NewPlotEntry {
        reference: &reference,
        site: allotment.site.id,
        facility: allotment.facility.id,
        holder: &joining.holder,
        wish: joining.wish,
        note: &joining.note,
        joined_at: joining.since.map_or(now, |since| since.min(now)),
    };
    let id = plot_line::insert(conn, &new)?;
    plot_line::set_asked(conn, id, now, None)?;
    events::insert(conn, &event(&allotment, EventKind::WaitingJoined, Some(joining.person)), now)?;
    sites::mark_changed(conn, allotment.site.id)?;
    turn::settle(conn, circumstances, allotment.facility.id)?;
    Ok(JoinLineAnswer::Joined(reference))
}

/// What somebody in the line does, or a manager for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineAct {
    StillInterested,
    Wish(Wish),
    Leave,
    /// A manager puts them back where they were.
    PutBack,
}

/// What became of it.
#[derive(Debug)]
pub enum LineAnswer {
    Done,
    /// It is not possible as they stand.
    Over(Standing),
    NotFound,
}

/// Does it. Who may, is for the caller to know.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn act_in_line(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    reference: &Reference,
    act: LineAct,
    person: Option<PersonId>,
) -> Result<LineAnswer, StoreError> {
    let now = circumstances.now;
    let Some(before) = plot_line::by_reference(conn, reference)? else {
        return Ok(LineAnswer::NotFound);
    };
    let Some(allotment) = opened_by_id(conn, circumstances, before.facility)? else {
        return Ok(LineAnswer::NotFound);
    };
    let Some(entry) = plot_line::by_id(conn, before.id)? else {
        return Ok(LineAnswer::NotFound);
    };
    let again = allotment.line.iter().any(|one| one.key == entry.key);
    let kind = match act {
        LineAct::PutBack if entry.standing.is_open() || entry.standing == Standing::Taken || again => {
            return Ok(LineAnswer::Over(entry.standing));
        }
        LineAct::PutBack => {
            plot_line::set_standing(conn, entry.id, (entry.standing, Standing::Waiting), now)?;
            plot_line::set_asked(conn, entry.id, now, None)?;
            EventKind::WaitingJoined
        }
        _ if !entry.standing.is_open() => return Ok(LineAnswer::Over(entry.standing)),
        LineAct::StillInterested => {
            plot_line::set_asked(conn, entry.id, now, None)?;
            EventKind::NeededAnswered
        }
        LineAct::Wish(wish) => {
            plot_line::set_wish(conn, entry.id, wish)?;
            EventKind::Changed
        }
        LineAct::Leave => {
            offers::give_up(conn, circumstances, &allotment, &entry)?;
            plot_line::set_standing(conn, entry.id, (entry.standing, Standing::Left), now)?;
            EventKind::WaitingLeft
        }
    };
    events::insert(conn, &event(&allotment, kind, person), now)?;
    sites::mark_changed(conn, allotment.site.id)?;
    turn::settle(conn, circumstances, allotment.facility.id)?;
    Ok(LineAnswer::Done)
}
