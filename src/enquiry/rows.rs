//! Rows of a timetable: what takes a facility or its units, as one viewer may see it. Not the cells, which are pure.

use crate::domain::availability::{TakenBy, free_stretches};
use crate::domain::grid::{Line, Look, Piece};
use crate::domain::ids::{FacilityId, Reference, UnitId};
use crate::domain::occurrence::Stage;
use crate::domain::places::{Facility, Site, UnitChoice};
use crate::domain::policy::{Actor, audience};
use crate::domain::redaction::{Shown, redact};
use crate::domain::span::{Instant, Span, joined, without};
use crate::store::occupancies::Cell as TakenCell;

/// A facility with more units than this is drawn as one row that says when it is full.
const MOST_UNIT_ROWS: usize = 6;

/// Who looks at which site, and when.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub site: &'a Site,
    pub actor: Option<&'a Actor>,
    pub now: Instant,
}

/// A row of a facility: the whole of it, or one unit by name.
#[derive(Debug, Clone)]
pub struct UnitLine {
    pub unit: Option<String>,
    pub line: Line,
}

/// The rows of a facility over a range. `open` and `cells` may reach beyond it.
pub fn lines(view: View<'_>, facility: &Facility, open: &[Span], cells: &[TakenCell], range: Span) -> Vec<UnitLine> {
    let line = |pieces: Vec<Piece>| Line { open: open.to_vec(), pieces, range };
    let whole = facility.choice == UnitChoice::Whole || facility.units.len() == 1;
    if whole {
        let pieces = pieces(view, facility, cells, &facility.unit_ids(), range);
        return vec![UnitLine { unit: None, line: line(merged(pieces)) }];
    }
    if MOST_UNIT_ROWS < facility.units.len() {
        return vec![UnitLine { unit: None, line: line(full(view, facility, open, cells, range)) }];
    }
    facility
        .units
        .iter()
        .map(|unit| UnitLine {
            unit: Some(unit.name.clone()),
            line: line(pieces(view, facility, cells, &[unit.id], range)),
        })
        .collect()
}

/// The sessions that stand, with the facility that each was booked in: they are shown wherever the hours have moved since.
pub fn standing(cells: &[TakenCell], now: Instant) -> impl Iterator<Item = (FacilityId, Span)> {
    cells.iter().filter(move |cell| !cell.taken.is_void(now)).filter_map(|cell| match (&cell.taken.by, &cell.booking) {
        (TakenBy::Occurrence { session, .. }, Some(booking)) => Some((booking.facility, *session)),
        _ => None,
    })
}

fn pieces(view: View<'_>, facility: &Facility, cells: &[TakenCell], units: &[UnitId], range: Span) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = cells
        .iter()
        .filter(|cell| units.contains(&cell.taken.unit) && cell.taken.span.overlaps(range))
        .filter(|cell| !cell.taken.is_void(view.now))
        .map(|cell| piece(view, facility, cell))
        .collect();
    pieces.sort_by_key(|piece| piece.occupied);
    // A booking of several units comes once for each of them.
    pieces.dedup();
    pieces
}

fn piece(view: View<'_>, facility: &Facility, cell: &TakenCell) -> Piece {
    let (session, look) = match (&cell.taken.by, &cell.booking) {
        (TakenBy::Occurrence { organisation, session, privacy, .. }, Some(booking)) => {
            let mine = view.actor.is_some_and(|actor| organisation.is_some_and(|one| actor.sees_bookings_of(one)));
            let audience = audience(view.actor, view.site.id, (*organisation, booking.shared_with));
            let shared = booking.facility != facility.id;
            let shown = redact(audience, *privacy, shared, &booking.holder, &booking.purpose);
            let inside =
                matches!(&shown, Shown::Everything { .. }) && audience == crate::domain::redaction::Audience::Insider;
            let leads_to = inside.then(|| booking.reference.clone());
            // A session that was cut short is drawn no further than it still takes.
            let run = Some(facility.rules.run_in_words(session.minutes())).filter(|_| inside && !shared);
            let session = session.intersection(cell.taken.span).unwrap_or(cell.taken.span);
            let look = look(&shown, booking.stage, mine, leads_to);
            let title = format!("{}{}", look.title, run.unwrap_or_default());
            (session, Look { title, ..look })
        }
        (TakenBy::Closure { reason }, _) => (cell.taken.span, closed(reason)),
        (TakenBy::Held { .. }, _) => (cell.taken.span, held()),
        (TakenBy::Occurrence { session, .. }, None) => (*session, look(&Shown::Busy, Stage::Confirmed, false, None)),
    };
    Piece { occupied: cell.taken.span, session, look }
}

fn look(shown: &Shown, stage: Stage, mine: bool, booking: Option<Reference>) -> Look {
    let (state, word) = match (shown, stage, mine) {
        (Shown::Busy, ..) => ("private", "Busy"),
        (_, Stage::Requested | Stage::Conditional, true) => ("requested", "Requested, yours"),
        (_, Stage::Requested | Stage::Conditional, false) => ("requested", "Requested"),
        (_, _, true) => ("confirmed", "Confirmed, yours"),
        (_, _, false) => ("confirmed", "Confirmed"),
    };
    Look { state, title: shown.title(), word, booking, mine: mine && state == "confirmed" }
}

fn closed(reason: &str) -> Look {
    Look { state: "closed", title: reason.to_owned(), word: "Closed", booking: None, mine: false }
}

/// A place kept for somebody; nobody is told for whom.
fn held() -> Look {
    Look { state: "requested", title: "Held".to_owned(), word: "Held", booking: None, mine: false }
}

/// Two bookings of parts of a hall may overlap in time; in the hall's own row they are one stretch without names.
fn merged(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match out.last_mut().filter(|last| last.occupied.overlaps(piece.occupied)) {
            Some(last) => {
                let end = last.occupied.end().max(piece.occupied.end());
                if let Some(both) = Span::new(last.occupied.start(), end) {
                    *last = Piece {
                        occupied: both,
                        session: both,
                        look: look(&Shown::Busy, Stage::Confirmed, false, None),
                    };
                }
            }
            None => out.push(piece),
        }
    }
    out
}

/// The stretches in which no unit at all is free.
fn full(view: View<'_>, facility: &Facility, open: &[Span], cells: &[TakenCell], range: Span) -> Vec<Piece> {
    let taken: Vec<_> = cells.iter().map(|cell| cell.taken.clone()).collect();
    let free = free_stretches(facility, open, &taken, view.now);
    without(&joined(open.to_vec()), &free)
        .into_iter()
        .filter_map(|span| span.intersection(range))
        .map(|span| {
            let look = Look { state: "private", title: "Full".to_owned(), word: "Full", booking: None, mine: false };
            Piece { occupied: span, session: span, look }
        })
        .collect()
}
