//! What a screen beside a door says: what is on now and until when, and what comes later today. Pure; its words and its look are a page.

use super::ids::{DoorId, FacilityId};
use super::redaction::Shown;
use super::span::{Instant, Span};

/// When a screen was last shown is written at most every so many minutes.
pub const USED_EVERY_MINUTES: i64 = 10;
/// So many screens a site has at the most.
pub const MOST_DOORS: usize = 200;
/// So much of what comes later is read from three metres.
pub const MOST_LATER: usize = 4;
/// A screen looks at itself again after so many minutes, whatever happens.
const LONGEST_MINUTES: i64 = 12 * 60;

/// A screen by its secret address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Door {
    pub id: DoorId,
    pub facility: FacilityId,
    pub created_at: Instant,
    pub used_at: Option<Instant>,
}

/// What takes a unit, as a screen may say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A confirmed session.
    Session(Shown),
    /// Asked for, or offered to somebody, and nobody's yet.
    Held,
    /// Out of use, with the reason that everybody may read.
    Closed(String),
}

/// One unit taken for a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub unit: usize,
    /// With set-up and turnaround.
    pub occupied: Span,
    pub session: Span,
    pub what: What,
}

/// How it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Now {
    InUse(Shown),
    /// Set-up before a session, or the turnaround after one.
    MadeReady,
    Held,
    Closed(String),
    /// So many of so many units are free.
    Free {
        free: usize,
        of: usize,
    },
    /// Outside its opening hours.
    Shut,
}

/// Everything that a screen shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    pub now: Now,
    /// When that changes; for what is shut when it opens, if that is known.
    pub until: Option<Instant>,
    /// What comes after it, soonest first.
    pub later: Vec<(Span, What)>,
    /// Until when all of this holds, unless something at the site changes.
    pub holds_until: Instant,
}

/// Lays a screen out. `units` is how many units the place has, `together` that they are only had at once; `open` and `pieces` may
/// reach beyond the day, whose end is `midnight`.
pub fn board(
    (units, together): (usize, bool),
    open: &[Span],
    pieces: &[Piece],
    (now, midnight): (Instant, Instant),
) -> Board {
    let units = if together { 1 } else { units.max(1) };
    let unit_of = |piece: &Piece| if together { 0 } else { piece.unit };
    let taking = |unit: usize| {
        let own = pieces.iter().filter(move |piece| unit_of(piece) == unit && piece.occupied.contains_instant(now));
        // Where a hall is taken through both its halves, the session that runs says most.
        own.max_by_key(|piece| (piece.session.contains_instant(now), matches!(piece.what, What::Closed(_))))
    };
    let taken: Vec<&Piece> = (0..units).filter_map(taking).collect();
    let is_open = open.iter().find(|span| span.contains_instant(now));
    let next_start = pieces.iter().map(|piece| piece.occupied.start()).filter(|start| now < *start).min();
    let (stands, until) = match (taken.first(), is_open) {
        (Some(piece), _) if taken.len() == units => {
            let first_end = taken.iter().map(|piece| end_of(piece, now)).min();
            (one(piece, units, now), first_end)
        }
        (_, None) => (Now::Shut, open.iter().map(|span| span.start()).filter(|start| now < *start).min()),
        (_, Some(span)) => {
            let free = units - taken.len();
            // Of several units it counts only when the last of them goes.
            let goes = if units == 1 { next_start } else { all_taken(units, &unit_of, pieces, now) };
            (Now::Free { free, of: units }, Some(goes.map_or(span.end(), |at| at.min(span.end()))))
        }
    };
    Board {
        now: stands,
        until,
        later: later(pieces, now, midnight),
        holds_until: holds_until(open, pieces, now, midnight),
    }
}

/// The end of what a piece is now: its session's, or the set-up or turnaround around that.
fn end_of(piece: &Piece, now: Instant) -> Instant {
    if now < piece.session.start() {
        piece.session.start()
    } else if now < piece.session.end() {
        piece.session.end()
    } else {
        piece.occupied.end()
    }
}

fn one(piece: &Piece, units: usize, now: Instant) -> Now {
    match &piece.what {
        What::Closed(reason) => Now::Closed(reason.clone()),
        What::Held => Now::Held,
        What::Session(_) if !piece.session.contains_instant(now) => Now::MadeReady,
        // Of several units each may be somebody else's.
        What::Session(shown) => Now::InUse(if units == 1 { shown.clone() } else { Shown::Busy }),
    }
}

/// The first instant after now at which none of several units is free.
fn all_taken(units: usize, unit_of: &dyn Fn(&Piece) -> usize, pieces: &[Piece], now: Instant) -> Option<Instant> {
    let mut starts: Vec<Instant> = pieces.iter().map(|piece| piece.occupied.start()).filter(|at| now < *at).collect();
    starts.sort_unstable();
    starts.into_iter().find(|at| {
        let taken = |unit: usize| pieces.iter().any(|p| unit_of(p) == unit && p.occupied.contains_instant(*at));
        (0..units).all(taken)
    })
}

/// What begins later today; a session of several units once.
fn later(pieces: &[Piece], now: Instant, midnight: Instant) -> Vec<(Span, What)> {
    let coming = pieces.iter().filter(|piece| now < piece.session.start() && piece.session.start() < midnight);
    let mut later: Vec<(Span, What)> = coming.map(|piece| (piece.session, piece.what.clone())).collect();
    later.sort_by_key(|(session, _)| *session);
    later.dedup();
    later.truncate(MOST_LATER);
    later
}

/// The next edge of anything.
fn holds_until(open: &[Span], pieces: &[Piece], now: Instant, midnight: Instant) -> Instant {
    let edges = |span: Span| [span.start(), span.end()];
    let all = open.iter().copied().flat_map(edges);
    let all = all.chain(pieces.iter().flat_map(|piece| [piece.occupied, piece.session]).flat_map(edges));
    let next = all.filter(|at| now < *at).min();
    let latest = midnight.min(now.plus_minutes(LONGEST_MINUTES));
    next.map_or(latest, |at| at.min(latest)).max(now.plus_minutes(1))
}

/// The mark of what a screen shows (an HTTP entity tag): the state of the site, and until when it holds by itself. Whoever sends it
/// back has the page of then, so that nothing but the clock and the site's number has to be looked at.
pub fn tag(version: &str, site_number: i64, holds_until: Instant) -> String {
    format!("\"{version}-{site_number}-{}\"", holds_until.seconds())
}

/// Whether a mark still holds.
pub fn holds(tag: &str, (version, site_number): (&str, i64), now: Instant) -> bool {
    let tag = tag.trim().trim_start_matches("W/").trim_matches('"');
    let rest = tag.strip_prefix(&format!("{version}-{site_number}-"));
    rest.and_then(|seconds| seconds.parse().ok()).is_some_and(|until| {
        let until = Instant::from_seconds(until);
        // No page was ever made that holds for longer.
        now < until && until <= now.plus_minutes(LONGEST_MINUTES)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Instant {
        Instant::from_seconds(1_795_478_400).plus_hours(hour)
    }

    fn span(from: i64, to: i64) -> Span {
        Span::new(at(from), at(to)).unwrap()
    }

    fn piece(unit: usize, occupied: (i64, i64), session: (i64, i64), what: What) -> Piece {
        Piece { unit, occupied: span(occupied.0, occupied.1), session: span(session.0, session.1), what }
    }

    fn named(name: &str) -> What {
        What::Session(Shown::Holder(name.to_owned()))
    }

    #[test]
    fn a_room_says_what_it_is_at_each_time_of_a_day() {
        let open = [span(8, 20)];
        let pieces = [
            piece(0, (9, 12), (10, 11), named("Wren")),
            piece(0, (13, 14), (13, 14), What::Closed("Painting".to_owned())),
            piece(0, (15, 16), (15, 16), What::Held),
            piece(0, (18, 21), (18, 21), What::Session(Shown::Busy)),
        ];
        for (hour, now, until) in [
            (7, Now::Shut, Some(8)),
            (8, Now::Free { free: 1, of: 1 }, Some(9)),
            (9, Now::MadeReady, Some(10)),
            (10, Now::InUse(Shown::Holder("Wren".to_owned())), Some(11)),
            (11, Now::MadeReady, Some(12)),
            (12, Now::Free { free: 1, of: 1 }, Some(13)),
            (13, Now::Closed("Painting".to_owned()), Some(14)),
            (15, Now::Held, Some(16)),
            (16, Now::Free { free: 1, of: 1 }, Some(18)),
            // A session that runs past the hours is still there.
            (20, Now::InUse(Shown::Busy), Some(21)),
            (21, Now::Shut, None),
        ] {
            let board = board((2, true), &open, &pieces, (at(hour), at(24)));
            assert_eq!((board.now, board.until), (now, until.map(at)), "{hour}");
        }
        let board = board((1, true), &open, &pieces, (at(9), at(24)));
        let starts: Vec<Instant> = board.later.iter().map(|(session, _)| session.start()).collect();
        assert_eq!((starts, board.holds_until), (vec![at(10), at(13), at(15), at(18)], at(10)));
    }

    #[test]
    fn of_several_units_it_counts_those_that_are_free() {
        let open = [span(8, 20)];
        let pieces = [
            piece(0, (9, 12), (9, 12), named("Wren")),
            piece(1, (10, 11), (10, 11), named("Robin")),
            piece(0, (14, 15), (14, 15), named("Both")),
            piece(1, (14, 15), (14, 15), named("Both")),
        ];
        for (hour, now, until) in [
            (8, Now::Free { free: 2, of: 2 }, 10),
            (9, Now::Free { free: 1, of: 2 }, 10),
            // Whose they are is said of a room only.
            (10, Now::InUse(Shown::Busy), 11),
            (11, Now::Free { free: 1, of: 2 }, 14),
        ] {
            let board = board((2, false), &open, &pieces, (at(hour), at(24)));
            assert_eq!((board.now, board.until), (now, Some(at(until))), "{hour}");
        }
        assert_eq!(board((2, false), &open, &pieces, (at(13), at(24))).later, [(span(14, 15), named("Both"))]);
    }

    #[test]
    fn a_mark_holds_until_the_next_edge_unless_the_site_changes() {
        let mark = tag("1", 7, at(10));
        for (given, number, hour, fine) in [
            (mark.as_str(), 7, 9, true),
            (mark.as_str(), 7, 10, false),
            (mark.as_str(), 8, 9, false),
            (&format!("W/{mark}"), 7, 9, true),
            ("\"1-7-99999999999\"", 7, 9, false),
            ("\"1-7-\"", 7, 9, false),
            ("*", 7, 9, false),
        ] {
            assert_eq!(holds(given, ("1", number), at(hour)), fine, "{given} {number} {hour}");
        }
    }
}
