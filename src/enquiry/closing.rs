//! What a block over some units would meet on each of its dates. Reads, never writes; not what the displaced could have instead.

use crate::domain::availability::{Hold, Taken, TakenBy};
use crate::domain::ids::{BookingId, OccurrenceId, UnitId};
use crate::domain::span::{Instant, Span};
use crate::store::{Conn, StoreError, occupancies};

/// What stands in one of the spans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    pub span: Span,
    /// The reason of another block that takes part of it already.
    pub closed: Option<String>,
    /// The dates of bookings in the way, each once.
    pub hit: Vec<Hit>,
    /// Places kept for somebody, which are no reason to refuse.
    pub held: Vec<Hold>,
}

/// A date of a booking in the way of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    pub booking: BookingId,
    pub occurrence: OccurrenceId,
    /// It has begun, so it can only be cut short.
    pub begun: bool,
}

/// Looks in one query, however many spans there are.
pub fn look(conn: &mut Conn, units: &[UnitId], spans: &[Span], now: Instant) -> Result<Vec<Met>, StoreError> {
    Ok(sort_out(&taken(conn, units, spans)?, spans, now))
}

/// Everything that takes one of the units from the first span to the last.
pub fn taken(conn: &mut Conn, units: &[UnitId], spans: &[Span]) -> Result<Vec<Taken>, StoreError> {
    let (from, to) = (spans.iter().map(|span| span.start()).min(), spans.iter().map(|span| span.end()).max());
    match from.zip(to).and_then(|(from, to)| Span::new(from, to)) {
        Some(within) => occupancies::taken(conn, units, within),
        None => Ok(Vec::new()),
    }
}

/// What of that stands in each span. A hold whose time is over stands in the way of nothing, but its place has to be given back.
pub fn sort_out(taken: &[Taken], spans: &[Span], now: Instant) -> Vec<Met> {
    spans.iter().map(|span| met(taken, *span, now)).collect()
}

fn met(taken: &[Taken], span: Span, now: Instant) -> Met {
    let mut met = Met { span, closed: None, hit: Vec::new(), held: Vec::new() };
    for one in taken.iter().filter(|one| one.span.overlaps(span)) {
        match &one.by {
            TakenBy::Closure { reason } => met.closed = Some(reason.clone()),
            TakenBy::Held { hold, .. } => met.held.push(*hold),
            TakenBy::Occurrence { .. } if one.is_void(now) => {}
            TakenBy::Occurrence { booking, occurrence, session, .. } => {
                let begun = session.start() <= now;
                met.hit.push(Hit { booking: *booking, occurrence: *occurrence, begun });
            }
        }
    }
    met.hit.sort_unstable();
    met.hit.dedup();
    met.held.sort_unstable();
    met.held.dedup();
    met
}
