//! The plain model: dates, what is held, and what is free. It knows the rules of this small world only, and nothing of how they are stored.

use std::collections::BTreeMap;

use alcove::domain::occurrence::Stage;

pub type Span = (i64, i64);

const HOUR: i64 = 3_600;
pub const DAY: i64 = 24 * HOUR;
/// Requests and changes wait so long for an answer.
const HOLD: i64 = 72 * HOUR;
/// Stands for a booking that an act makes, until its row is known.
pub const NEW: i64 = -1;

#[derive(Debug, Clone)]
pub struct Place {
    pub slug: &'static str,
    pub row: i64,
    pub units: Vec<i64>,
    /// Set-up and turnaround, each so many seconds.
    pub around: i64,
    /// Whether one asks for any so many of its units.
    pub any: bool,
    pub holds: bool,
    pub always_asks: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    Whole,
    Any(usize),
}

impl Want {
    pub fn read(text: &str) -> Self {
        text.strip_prefix("any:").map_or(Self::Whole, |number| Self::Any(number.parse().unwrap()))
    }
}

/// An occurrence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Date {
    pub row: i64,
    pub booking: i64,
    pub ordinal: i32,
    pub place: usize,
    pub session: Span,
    pub occupied: Span,
    pub want: Want,
    pub stage: Stage,
    pub at: i64,
    pub by: Option<i64>,
    pub until: Option<i64>,
    pub ended: Option<i64>,
}

impl Date {
    pub fn is_void(&self, now: i64) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    pub fn begun(&self, now: i64) -> bool {
        self.session.0 <= now
    }

    /// Whether it runs and has not been ended.
    pub fn runs(&self, now: i64) -> bool {
        self.stage == Stage::Confirmed && self.begun(now) && now < self.session.1 && self.ended.is_none()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    Date(i64),
    Change(i64),
    Offer(i64),
    Block(i64),
}

/// An occupancy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub unit: i64,
    pub span: Span,
    pub by: By,
    pub void_at: Option<i64>,
}

/// A change that waits for a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub date: i64,
    pub place: usize,
    pub session: Span,
    pub want: Want,
    pub until: i64,
}

/// An entry of a waiting list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub reference: String,
    pub trusted: bool,
    pub place: usize,
    pub session: Span,
    pub want: Want,
    pub standing: String,
    pub joined: i64,
    /// Booking and ordinal of the left-out date that it stands for.
    pub series: Option<(i64, i32)>,
    /// Row and deadline of what is kept for it.
    pub offer: Option<(i64, i64)>,
}

impl Entry {
    pub fn is_open(&self) -> bool {
        matches!(self.standing.as_str(), "waiting" | "offered")
    }

    pub fn is_over(&self, now: i64) -> bool {
        self.session.0 <= now || self.offer.is_some_and(|(_, until)| until <= now)
    }
}

pub fn overlap(a: Span, b: Span) -> bool {
    a.0 < b.1 && b.0 < a.1
}

pub fn contains(outer: Span, inner: Span) -> bool {
    outer.0 <= inner.0 && inner.1 <= outer.1
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Space {
    Free,
    Taken,
    Blocked,
}

/// A place that somebody wants.
#[derive(Debug, Clone)]
pub struct Ask {
    pub place: usize,
    pub session: Span,
    pub want: Want,
    pub trusted: bool,
}

/// What counts as taken besides what is: a date of the same act that was judged before.
#[derive(Debug, Clone)]
pub struct Counted {
    unit: i64,
    occupied: Span,
    session: Span,
}

#[derive(Debug, Clone)]
pub struct Model {
    pub now: i64,
    pub places: Vec<Place>,
    pub manager: i64,
    /// Who books for the untrusted and for the trusted organisation.
    pub bookers: [i64; 2],
    pub dates: BTreeMap<i64, Date>,
    pub pieces: Vec<Piece>,
    pub changes: BTreeMap<i64, Change>,
    pub entries: BTreeMap<i64, Entry>,
    pub blocks: Vec<i64>,
    pub bookings: BTreeMap<i64, (String, i32)>,
    /// Whether the booking is the trusted organisation's.
    pub trusted: BTreeMap<i64, bool>,
}

/// The deadline of what was asked for at a moment; none when it would be over at once.
pub fn deadline(asked: i64, start: i64) -> Option<i64> {
    let until = (asked + HOLD).min(start - HOUR);
    (asked < until).then_some(until)
}

impl Model {
    pub fn occupied(&self, place: usize, session: Span) -> Span {
        let around = self.places[place].around;
        (session.0 - around, session.1 + around)
    }

    /// Whether the site has to say yes to this organisation.
    pub fn asks(&self, place: usize, trusted: bool) -> bool {
        self.places[place].always_asks || !trusted
    }

    pub fn of_booking(&self, booking: i64) -> impl Iterator<Item = &Date> {
        let mut found: Vec<&Date> = self.dates.values().filter(|one| one.booking == booking).collect();
        found.sort_by_key(|one| (one.ordinal, one.session));
        found.into_iter()
    }

    pub fn date(&self, booking: i64, ordinal: i32) -> Option<&Date> {
        self.of_booking(booking).find(|one| one.ordinal == ordinal)
    }

    pub fn is_void(&self, piece: &Piece) -> bool {
        match piece.by {
            By::Date(row) => self.dates[&row].is_void(self.now),
            _ => piece.void_at.is_some_and(|until| until <= self.now),
        }
    }

    pub fn holds(&self, date: i64) -> bool {
        self.pieces.iter().any(|piece| piece.by == By::Date(date))
    }

    /// What is in the way of a place on a unit.
    pub fn in_the_way<'a>(&'a self, ask: &'a Ask, besides: &'a [By], unit: i64) -> impl Iterator<Item = &'a Piece> {
        let occupied = self.occupied(ask.place, ask.session);
        self.pieces
            .iter()
            .filter(move |one| one.unit == unit && overlap(one.span, occupied) && !besides.contains(&one.by))
            .filter(|one| !self.is_void(one))
            .filter(|one| match one.by {
                By::Date(row) => {
                    let date = &self.dates[&row];
                    self.trusted[&date.booking] != ask.trusted || overlap(date.session, ask.session)
                }
                _ => true,
            })
    }

    /// The units of a place that are free for it.
    pub fn free(&self, ask: &Ask, besides: &[By], counted: &[Counted]) -> Vec<i64> {
        let occupied = self.occupied(ask.place, ask.session);
        let counted_out = |unit: i64| {
            let mine = |one: &Counted| overlap(one.occupied, occupied) && overlap(one.session, ask.session);
            counted.iter().any(|one| one.unit == unit && mine(one))
        };
        let units = self.places[ask.place].units.iter().copied();
        units.filter(|unit| self.in_the_way(ask, besides, *unit).next().is_none() && !counted_out(*unit)).collect()
    }

    pub fn count(&self, place: usize, want: Want) -> usize {
        match want {
            Want::Whole => self.places[place].units.len(),
            Want::Any(number) => number,
        }
    }

    /// Whether a place can be had beside what was counted in before; it is counted in then.
    pub fn space(&self, ask: &Ask, besides: &[By], counted: &mut Vec<Counted>) -> Space {
        let free = self.free(ask, besides, counted);
        let count = self.count(ask.place, ask.want);
        if let Some(units) = free.get(..count) {
            let (occupied, session) = (self.occupied(ask.place, ask.session), ask.session);
            counted.extend(units.iter().map(|unit| Counted { unit: *unit, occupied, session }));
            return Space::Free;
        }
        let blocked = |unit: &i64| self.in_the_way(ask, besides, *unit).any(|one| matches!(one.by, By::Block(_)));
        if self.places[ask.place].units.iter().any(blocked) { Space::Blocked } else { Space::Taken }
    }

    /// Whether something near these times has run out without that being written down, and somebody waits near by: whoever writes
    /// next offers it on first, so that what looks free may be kept for another.
    pub fn unsettled(&self, spans: &[Span]) -> bool {
        let near = |one: Span| spans.iter().any(|span| overlap((span.0 - 4 * DAY, span.1 + 4 * DAY), one));
        self.entries.values().any(|one| one.is_open() && near(one.session))
            && self.pieces.iter().any(|one| self.is_void(one) && near(one.span))
    }

    /// The target of an act on an entry of a waiting list.
    pub fn entry(&self, number: usize) -> (i64, &Entry) {
        self.entries.iter().nth(number).map(|(row, entry)| (*row, entry)).unwrap()
    }

    /// The booking with this number, counted in the order in which they were made.
    pub fn booking(&self, number: usize) -> i64 {
        *self.bookings.keys().nth(number).unwrap()
    }
}
