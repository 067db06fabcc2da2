//! Instants and half-open spans, drawn on the number line with `<` and `<=` only. Not local time: that is `hours`.

use std::fmt;

/// Whole seconds since 1970-01-01T00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant(i64);

impl Instant {
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    pub const fn seconds(self) -> i64 {
        self.0
    }

    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0 + minutes * 60)
    }

    #[must_use]
    pub const fn plus_hours(self, hours: i64) -> Self {
        self.plus_minutes(hours * 60)
    }

    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_minutes(days * 1440)
    }

    /// Whole minutes from `earlier` to this, negative when it is later.
    pub const fn minutes_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(60)
    }

    /// Whether the database takes it as an edge of a span: a whole minute between 2000 and 2200.
    pub const fn is_bookable(self) -> bool {
        self.0 % 60 == 0 && 946_684_800 <= self.0 && self.0 <= 7_258_118_400
    }
}

/// A stretch of time `[start, end)` that is never empty.
///
/// ```text
/// touch, do not overlap   |--a--)[--b--|
/// overlap                 |--a--[==)--b--|
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    start: Instant,
    end: Instant,
}

impl Span {
    /// `None` unless `start < end`.
    pub fn new(start: Instant, end: Instant) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    pub const fn start(self) -> Instant {
        self.start
    }

    pub const fn end(self) -> Instant {
        self.end
    }

    /// Real elapsed minutes, whatever the clocks did.
    pub const fn minutes(self) -> i64 {
        self.end.minutes_since(self.start)
    }

    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// From the start of the earlier to the end of the later, with what is between.
    pub fn with(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    pub fn contains_instant(self, instant: Instant) -> bool {
        self.start <= instant && instant < self.end
    }

    pub fn intersection(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end))
    }

    /// The span with `before` minutes added in front and `after` behind.
    #[must_use]
    pub const fn widened(self, before: i64, after: i64) -> Self {
        Self { start: self.start.plus_minutes(-before), end: self.end.plus_minutes(after) }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}, {})", self.start.0, self.end.0)
    }
}

/// Sorted, disjoint spans in which what overlaps or touches is joined.
pub fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut out: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match out.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => out.push(span),
        }
    }
    out
}

/// What is left of `open` without `busy`; both sorted and disjoint, as `joined` gives them.
pub fn without(open: &[Span], busy: &[Span]) -> Vec<Span> {
    let mut left = Vec::new();
    for span in open {
        let mut start = span.start;
        for taken in busy.iter().filter(|taken| taken.overlaps(*span)) {
            left.extend(Span::new(start, taken.start));
            start = start.max(taken.end);
        }
        left.extend(Span::new(start, span.end));
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn span(start: i64, end: i64) -> Span {
        Span::new(Instant(start * 60), Instant(end * 60)).unwrap()
    }

    fn spans() -> impl Strategy<Value = Vec<Span>> {
        prop::collection::vec((0i64..200, 1i64..40), 0..12)
            .prop_map(|pairs| pairs.into_iter().map(|(a, l)| span(a, a + l)).collect())
    }

    proptest! {
        #[test]
        fn overlap_is_symmetric(a in 0i64..50, b in 1i64..50, c in 0i64..50, d in 1i64..50) {
            let (left, right) = (span(a, a + b), span(c, c + d));
            prop_assert_eq!(left.overlaps(right), right.overlaps(left));
            prop_assert_eq!(left.overlaps(right), left.intersection(right).is_some());
        }

        #[test]
        fn joined_is_sorted_and_disjoint_with_gaps(spans in spans()) {
            for pair in joined(spans).windows(2) {
                prop_assert!(pair[0].end() < pair[1].start());
            }
        }

        #[test]
        fn free_and_busy_make_open(open in spans(), busy in spans()) {
            let (open, busy) = (joined(open), joined(busy));
            let free = without(&open, &busy);
            for minute in 0..260 {
                let at = Instant(minute * 60);
                let within = |spans: &[Span]| spans.iter().any(|s| s.contains_instant(at));
                prop_assert_eq!(within(&free), within(&open) && !within(&busy));
            }
        }
    }

    #[test]
    fn an_empty_or_reversed_span_does_not_exist() {
        assert_eq!(Span::new(Instant(60), Instant(60)), None);
        assert_eq!(Span::new(Instant(120), Instant(60)), None);
    }

    #[test]
    fn what_touches_does_not_overlap() {
        assert!(!span(0, 10).overlaps(span(10, 20)));
        assert!(span(0, 11).overlaps(span(10, 20)));
    }
}
