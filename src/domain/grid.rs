//! The timetable: places by hours as rows of cells whose widths add up, whatever the clocks do. Pure; how it looks is a template.

use chrono_tz::Tz;

use super::hours::local_time;
use super::ids::Reference;
use super::span::{Instant, Span, joined, without};
use super::words::clock24;

/// Something that takes a row for a span, as the viewer may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// With set-up and turnaround.
    pub occupied: Span,
    /// What people see as the time of it.
    pub session: Span,
    pub look: Look,
}

/// How a cell looks and what it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The value of `data-state`.
    pub state: &'static str,
    pub title: String,
    /// The state in a word, heard and seen beside the colour.
    pub word: &'static str,
    /// The booking it leads to, for those who may see it.
    pub booking: Option<Reference>,
    pub mine: bool,
}

/// One row: a place on a day.
#[derive(Debug, Clone)]
pub struct Line {
    /// When it is open, sorted and joined.
    pub open: Vec<Span>,
    /// What takes it, in order of time.
    pub pieces: Vec<Piece>,
    /// The hours that the row shows.
    pub range: Span,
}

/// A cell of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub columns: i64,
    pub span: Span,
    pub kind: CellKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellKind {
    Taken {
        look: Look,
        session: Span,
    },
    /// Set-up or turnaround.
    Tidying,
    Closed,
    Past,
    /// `whole` is the stretch that this piece begins; the pieces that follow have none.
    Free {
        whole: Option<Span>,
    },
}

const WIDTHS: [i64; 4] = [30, 15, 10, 5];
/// A shorter turnaround is part of its booking's cell.
const TIDYING_SHOWN: i64 = 15;
/// A shorter piece of free time joins its neighbour, so that it can be hit with a finger.
const SHORTEST_FREE: i64 = 30;

/// The hours to show: whole hours around all opening times and pieces. `None` when there is nothing to show.
pub fn range_of<'a>(spans: impl IntoIterator<Item = &'a Span>) -> Option<Span> {
    let hour = 3600;
    let (start, end) = spans.into_iter().fold((i64::MAX, i64::MIN), |(start, end), span| {
        (start.min(span.start().seconds()), end.max(span.end().seconds()))
    });
    if end < start {
        return None;
    }
    let floor = start.div_euclid(hour) * hour;
    let ceil = (end + hour - 1).div_euclid(hour) * hour;
    Span::new(Instant::from_seconds(floor), Instant::from_seconds(ceil))
}

/// The greatest of 5, 10, 15, 30 minutes into which every edge fits.
pub fn column_minutes(lines: &[Line]) -> i64 {
    let fits = |width: i64| {
        lines.iter().all(|line| {
            let edges = line
                .pieces
                .iter()
                .flat_map(parts)
                .map(|(span, _)| span)
                .chain(line.open.iter().copied())
                .flat_map(|span| [span.start(), span.end()]);
            edges
                .filter(|edge| line.range.start() <= *edge && *edge <= line.range.end())
                .all(|edge| edge.minutes_since(line.range.start()) % width == 0)
        })
    };
    WIDTHS.into_iter().find(|width| fits(*width)).unwrap_or(5)
}

/// The cells of a row. Their columns add up to the range exactly.
pub fn cells(line: &Line, width: i64, now: Instant) -> Vec<Cell> {
    let mut cells = Vec::new();
    let mut at = line.range.start();
    for piece in &line.pieces {
        for (span, kind) in parts(piece) {
            let Some(span) =
                snapped(span, line.range, width).and_then(|span| Span::new(span.start().max(at), span.end()))
            else {
                continue;
            };
            fill(&mut cells, line, Span::new(at, span.start()), width, now);
            cells.push(Cell { columns: span.minutes() / width, span, kind });
            at = span.end();
        }
    }
    fill(&mut cells, line, Span::new(at, line.range.end()), width, now);
    cells
}

/// A booking with the set-up and turnaround that are long enough to show.
fn parts(piece: &Piece) -> Vec<(Span, CellKind)> {
    let (session, occupied) = (piece.session, piece.occupied);
    let mut start = occupied.start();
    let mut parts = Vec::new();
    if TIDYING_SHOWN <= session.start().minutes_since(start) {
        parts.extend(Span::new(start, session.start()).map(|span| (span, CellKind::Tidying)));
        start = session.start();
    }
    let shown_after = TIDYING_SHOWN <= occupied.end().minutes_since(session.end());
    let end = if shown_after { session.end() } else { occupied.end() };
    let look = piece.look.clone();
    parts.extend(Span::new(start, end).map(|span| (span, CellKind::Taken { look, session })));
    if shown_after {
        parts.extend(Span::new(end, occupied.end()).map(|span| (span, CellKind::Tidying)));
    }
    parts
}

/// Cut to the range, edges moved outwards to whole columns.
fn snapped(span: Span, range: Span, width: i64) -> Option<Span> {
    let cut = span.intersection(range)?;
    let from = cut.start().minutes_since(range.start()) / width * width;
    let to = (cut.end().minutes_since(range.start()) + width - 1) / width * width;
    Span::new(range.start().plus_minutes(from), range.start().plus_minutes(to).min(range.end()))
}

/// Fills what nobody takes: closed, past, or free and cut on the hour.
fn fill(cells: &mut Vec<Cell>, line: &Line, gap: Option<Span>, width: i64, now: Instant) {
    let Some(gap) = gap else {
        return;
    };
    let open: Vec<Span> = joined(line.open.iter().filter_map(|span| snapped(*span, line.range, width)).collect());
    let closed: Vec<Span> = without(&[gap], &open);
    let mut stretches: Vec<(Span, bool)> = closed.into_iter().map(|span| (span, false)).collect();
    stretches.extend(open.iter().filter_map(|span| span.intersection(gap)).map(|span| (span, true)));
    stretches.sort_unstable();
    let passed = now.minutes_since(line.range.start());
    let bookable_from = line.range.start().plus_minutes((passed + width - 1).div_euclid(width) * width);
    for (span, is_open) in stretches {
        let mut push = |span: Option<Span>, kind: CellKind| {
            cells.extend(span.map(|span| Cell { columns: span.minutes() / width, span, kind }));
        };
        if !is_open {
            push(Some(span), CellKind::Closed);
            continue;
        }
        push(Span::new(span.start(), bookable_from.min(span.end())), CellKind::Past);
        let Some(free) = Span::new(bookable_from.max(span.start()), span.end()) else {
            continue;
        };
        for (number, piece) in cut_on_the_hour(free, line.range.start()).into_iter().enumerate() {
            push(Some(piece), CellKind::Free { whole: (number == 0).then_some(free) });
        }
    }
}

fn cut_on_the_hour(free: Span, origin: Instant) -> Vec<Span> {
    let first = free.start().minutes_since(origin).div_euclid(60) + 1;
    let mut pieces = Vec::new();
    let mut start = free.start();
    for hour in first.. {
        let cut = origin.plus_minutes(hour * 60);
        if free.end() <= cut {
            break;
        }
        let short = cut.minutes_since(start) < SHORTEST_FREE || free.end().minutes_since(cut) < SHORTEST_FREE;
        if !short {
            pieces.extend(Span::new(start, cut));
            start = cut;
        }
    }
    pieces.extend(Span::new(start, free.end()));
    pieces
}

/// The hours of the head of the table: what the wall shows at each elapsed hour.
pub fn hour_labels(zone: Tz, range: Span) -> Vec<String> {
    (0..range.minutes() / 60).map(|hour| clock24(local_time(zone, range.start().plus_hours(hour)).minute)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn span(from: i64, to: i64) -> Span {
        Span::new(Instant::from_seconds(from * 60), Instant::from_seconds(to * 60)).unwrap()
    }

    fn piece(from: i64, to: i64, before: i64, after: i64) -> Piece {
        let look = Look { state: "confirmed", title: "Wren".to_owned(), word: "Confirmed", booking: None, mine: false };
        Piece { occupied: span(from - before, to + after), session: span(from, to), look }
    }

    fn kinds(cells: &[Cell]) -> Vec<(&'static str, i64)> {
        cells
            .iter()
            .map(|cell| {
                let name = match &cell.kind {
                    CellKind::Taken { .. } => "taken",
                    CellKind::Tidying => "tidying",
                    CellKind::Closed => "closed",
                    CellKind::Past => "past",
                    CellKind::Free { whole: Some(_) } => "free",
                    CellKind::Free { whole: None } => "more",
                };
                (name, cell.columns)
            })
            .collect()
    }

    #[test]
    fn a_day_is_cut_as_people_read_it() {
        let line = Line {
            open: vec![span(480, 720)],
            pieces: vec![piece(540, 590, 0, 10), piece(630, 660, 0, 15)],
            range: span(480, 780),
        };
        let width = column_minutes(std::slice::from_ref(&line));
        assert_eq!(width, 15, "ten minutes of turnaround are part of the cell and make no edge");
        let cells = cells(&line, width, Instant::from_seconds(500 * 60));
        assert_eq!(
            kinds(&cells),
            [
                ("past", 2),
                ("free", 2),
                ("taken", 4),
                ("free", 2),
                ("taken", 2),
                ("tidying", 1),
                ("free", 3),
                ("closed", 4)
            ]
        );
    }

    #[test]
    fn short_pieces_join_their_neighbours() {
        assert_eq!(cut_on_the_hour(span(590, 720), Instant::from_seconds(0)), [span(590, 660), span(660, 720)]);
        assert_eq!(cut_on_the_hour(span(600, 670), Instant::from_seconds(0)), [span(600, 670)]);
        assert_eq!(cut_on_the_hour(span(600, 620), Instant::from_seconds(0)), [span(600, 620)]);
    }

    proptest! {
        #[test]
        fn columns_add_up_to_the_range(
            starts in prop::collection::vec((0i64..130, 1i64..20, 0i64..4, 0i64..4), 0..6),
            open in prop::collection::vec((0i64..140, 1i64..60), 0..3),
            now in 0i64..900,
        ) {
            let mut at = 0;
            let mut pieces = Vec::new();
            for (start, length, before, after) in starts {
                let from = at + start * 5 + before * 5;
                pieces.push(piece(from, from + length * 5, before * 5, after * 5));
                at = from + length * 5 + after * 5;
            }
            let open = joined(open.into_iter().map(|(from, length)| span(from * 5, from * 5 + length * 5)).collect());
            let line = Line { open, pieces, range: span(60, 840) };
            let width = column_minutes(std::slice::from_ref(&line));
            let cells = cells(&line, width, Instant::from_seconds(now * 60));
            prop_assert_eq!(cells.iter().map(|cell| cell.columns).sum::<i64>(), 780 / width);
            prop_assert!(cells.iter().all(|cell| 0 < cell.columns));
            for pair in cells.windows(2) {
                prop_assert_eq!(pair[0].span.end(), pair[1].span.start());
            }
        }
    }
}
