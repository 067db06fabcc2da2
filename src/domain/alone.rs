//! Whether a session would be the only one in its building. Pure: what is occupied comes in. Not who is told.

use super::availability::{Taken, TakenBy};
use super::ids::UnitId;
use super::span::{Instant, Span};

/// Whether nothing of what is occupied overlaps any part of the session. Spans are half-open: who leaves at ten is not there at ten.
pub fn nobody_else(session: Span, occupied: &[Span]) -> bool {
    occupied.iter().all(|one| !one.overlaps(session))
}

/// The same out of what takes the other units of the building. Closures and places that are kept for somebody are no people.
pub fn is_alone(session: Span, taken: &[Taken], others: &[UnitId], now: Instant) -> bool {
    let people =
        |one: &&Taken| matches!(one.by, TakenBy::Occurrence { .. }) && !one.is_void(now) && others.contains(&one.unit);
    let occupied: Vec<Span> = taken.iter().filter(people).map(|one| one.span).collect();
    nobody_else(session, &occupied)
}

/// What a booker is told of one date.
pub const WARNING: &str = "Yours would be the only occupied room in the building at that time";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{BookingId, OccurrenceId};
    use crate::domain::rules::Privacy;

    const HOUR: i64 = 3600;

    fn span(from: i64, to: i64) -> Span {
        let at = |hour: i64| Instant::from_seconds(1_800_000_000 + hour * HOUR);
        Span::new(at(from), at(to)).unwrap()
    }

    #[test]
    fn any_part_of_the_session_counts_and_edges_do_not() {
        for (occupied, alone) in [
            (vec![], true),
            (vec![span(8, 10)], true),
            (vec![span(12, 13)], true),
            (vec![span(8, 11)], false),
            (vec![span(11, 13)], false),
            (vec![span(7, 15)], false),
            (vec![span(1, 2), span(10, 11)], false),
        ] {
            assert_eq!(nobody_else(span(10, 12), &occupied), alone, "{occupied:?}");
        }
    }

    #[test]
    fn closures_what_is_void_and_the_room_itself_are_nobody() {
        let now = Instant::from_seconds(1_800_000_000);
        let booked = |until| TakenBy::Occurrence {
            booking: BookingId::new(1),
            occurrence: OccurrenceId::new(1),
            organisation: None,
            session: span(10, 11),
            until,
            privacy: Privacy::Confidential,
        };
        let taken = |unit: i64, by: TakenBy| [Taken { unit: UnitId::new(unit), span: span(10, 11), by }];
        let others = [UnitId::new(2)];
        for (taken, alone) in [
            (taken(2, booked(None)), false),
            (taken(2, booked(Some(now.plus_hours(1)))), false),
            (taken(2, booked(Some(now))), true),
            (taken(1, booked(None)), true),
            (taken(2, TakenBy::Closure { reason: "Painting".to_owned() }), true),
        ] {
            assert_eq!(is_alone(span(10, 11), &taken, &others, now), alone, "{taken:?}");
        }
    }
}
