//! What may be done in a random run, and the drawing of it. Things are named by their numbers in the order in which they were made, so that a run reads the same on both engines.

use super::dice::Dice;
use alcove::domain::booking::Scope;
use alcove::domain::occurrence::Stage;

use super::model::{By, DAY, Model, Span, Want, overlap};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Manager,
    /// Who books for its organisation.
    Own,
    /// Who books for the other one.
    Stranger,
}

/// Whose act it is, on which booking.
#[derive(Debug, Clone, Copy)]
pub struct Head {
    pub booking: usize,
    pub who: Who,
    /// With the version before.
    pub stale: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Approve,
    Offer,
    Decline,
}

/// One date that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    pub session: Span,
    pub left_out: bool,
    pub wait: bool,
}

/// Where a change leads to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shift {
    pub place: Option<usize>,
    pub days: Option<i64>,
    /// Start after midnight and length, in seconds.
    pub times: Option<(i64, i64)>,
}

#[derive(Debug, Clone)]
pub enum Act {
    Request { trusted: bool, place: usize, want: Want, every: i64, wishes: Vec<Wish> },
    Decide { head: Head, verb: Verb, dates: Option<Vec<i32>> },
    Accept { head: Head },
    Change { head: Head, from: i32, scope: Scope, shift: Shift },
    Cancel { head: Head, from: i32, scope: Scope },
    PutBack { head: Head, ordinal: i32 },
    Undo { head: Head },
    Add { head: Head, wishes: Vec<Wish> },
    TakeBackChange { head: Head },
    DecideChange { head: Head, yes: bool },
    Exchange { one: (usize, i32), other: (usize, i32) },
    Block { places: Vec<usize>, span: Span, seen: bool },
    Lift { number: usize },
    Join { trusted: bool, place: usize, want: Want, session: Span },
    Take { number: usize },
    Leave { number: usize },
    Longer { head: Head, ordinal: i32, minutes: i64 },
    Finish { head: Head, ordinal: i32 },
    Pass { minutes: i64 },
    Chore,
}

/// Starts that are drawn, in half hours after midnight: few, so that they meet.
const STARTS: [i64; 8] = [16, 18, 19, 20, 22, 23, 26, 34];
const LENGTHS: [i64; 4] = [2, 2, 3, 4];
const HALF_HOUR: i64 = 1_800;

pub struct Drawer<'a> {
    pub dice: &'a mut Dice,
    pub model: &'a Model,
}

impl Drawer<'_> {
    fn below(&mut self, number: usize) -> usize {
        usize::try_from(self.dice.between(0, i64::try_from(number.max(1)).unwrap() - 1)).unwrap()
    }

    fn times(&mut self) -> (i64, i64) {
        (self.dice.pick(&STARTS).unwrap() * HALF_HOUR, self.dice.pick(&LENGTHS).unwrap() * HALF_HOUR)
    }

    fn session(&mut self) -> Span {
        let (start, length) = self.times();
        let day = self.model.now.div_euclid(DAY) + self.dice.between(0, 5);
        (day * DAY + start, day * DAY + start + length)
    }

    /// Benches and the room with set-up come more often: there is most to go wrong.
    fn place(&mut self) -> usize {
        self.dice.pick(&[0, 1, 1, 2, 3, 4, 5, 5]).unwrap()
    }

    fn want(&mut self, place: usize) -> Want {
        if self.model.places[place].any { Want::Any(1 + self.below(3)) } else { Want::Whole }
    }

    /// A booking with something to come, more often than one that is over.
    fn booking(&mut self) -> Option<usize> {
        let model = self.model;
        let all: Vec<i64> = model.bookings.keys().copied().collect();
        if all.is_empty() {
            return None;
        }
        let coming = |row: &i64| model.dates.values().any(|one| one.booking == *row && model.now < one.session.1);
        for _ in 0..8 {
            let number = self.below(all.len());
            if coming(&all[number]) {
                return Some(number);
            }
        }
        Some(self.below(all.len()))
    }

    /// A booking of which some date stands like this, if there is one.
    fn booking_with(&mut self, like: impl Fn(&super::model::Date) -> bool) -> Option<usize> {
        let model = self.model;
        let mut rows: Vec<i64> = model.dates.values().filter(|one| like(one)).map(|one| one.booking).collect();
        rows.dedup();
        if rows.is_empty() || self.dice.percent(10) {
            return self.booking();
        }
        let row = rows[self.below(rows.len())];
        model.bookings.keys().position(|one| *one == row)
    }

    fn head(&mut self, booking: usize, who: Who) -> Head {
        let who = if self.dice.percent(3) { Who::Stranger } else { who };
        Head { booking, who, stale: self.dice.percent(3) }
    }

    fn own_or_manager(&mut self) -> Who {
        if self.dice.percent(35) { Who::Manager } else { Who::Own }
    }

    fn ordinal(&mut self, booking: usize) -> i32 {
        let row = self.model.booking(booking);
        let all: Vec<i32> = self.model.of_booking(row).map(|one| one.ordinal).collect();
        all[self.below(all.len())]
    }

    fn scope(&mut self) -> Scope {
        self.dice.pick(&Scope::ALL).unwrap()
    }

    pub fn draw(&mut self) -> Act {
        // What has run out is written down now and then, otherwise whoever writes next finds it.
        let drawn = match self.dice.between(0, 99) {
            0..=21 => Some(self.request()),
            22..=31 => self.decide(),
            32..=34 => self.accept(),
            35..=47 => self.change(),
            48..=53 => self.cancel(),
            54..=58 => self.put_back(),
            59..=62 => self.undo(),
            63..=65 => self.add(),
            66..=69 => self.about_change(),
            70..=72 => self.exchange(),
            73..=75 => Some(self.block()),
            76..=82 => self.waiting(),
            83..=90 => self.running(),
            91..=92 => Some(Act::Chore),
            _ => Some(self.pass()),
        };
        drawn.unwrap_or(Act::Pass { minutes: 30 })
    }

    fn pass(&mut self) -> Act {
        let minutes = match self.dice.between(0, 9) {
            0..=4 => 30 * self.dice.between(1, 4),
            5..=8 => 60 * self.dice.between(3, 12),
            _ => 60 * self.dice.between(20, 70),
        };
        // Into a session that runs, so that it can be made longer or ended.
        let now = self.model.now;
        let next = self.model.dates.values().filter(|one| one.stage == Stage::Confirmed && now < one.session.0);
        let next = next.map(|one| one.session.0 + HALF_HOUR).min();
        match next.filter(|_| self.dice.percent(35)) {
            Some(at) => Act::Pass { minutes: (at - now) / 60 },
            None => Act::Pass { minutes },
        }
    }

    fn wishes(&mut self, every: i64, from: Span, number: usize) -> Vec<Wish> {
        let mut wishes = Vec::new();
        for nth in 0..number {
            let by = i64::try_from(nth).unwrap() * every * DAY;
            let (left_out, wait) = (nth != 0 && self.dice.percent(15), nth != 0 && self.dice.percent(20));
            wishes.push(Wish { session: (from.0 + by, from.1 + by), left_out, wait: wait && !left_out });
        }
        wishes
    }

    fn request(&mut self) -> Act {
        let (trusted, place) = (self.dice.percent(40), self.place());
        let number = if self.dice.percent(55) { 1 } else { 2 + self.below(5) };
        let (every, want, first) = (self.dice.pick(&[1, 1, 2, 7]).unwrap(), self.want(place), self.session());
        let mut wishes = self.wishes(every, first, number);
        let sessions: Vec<Span> = wishes.iter().map(|one| one.session).collect();
        if self.model.unsettled(&sessions) {
            // Which of the dates go on the waiting list cannot be foretold then.
            wishes.iter_mut().for_each(|one| one.wait = false);
        }
        Act::Request { trusted, place, want, every, wishes }
    }

    fn decide(&mut self) -> Option<Act> {
        let now = self.model.now;
        let wrong = self.dice.percent(15);
        let booking = self.booking_with(|one| {
            (if wrong { one.stage == Stage::Conditional } else { one.stage == Stage::Requested })
                && !one.is_void(now)
                && !one.begun(now)
        })?;
        let verb = self.dice.pick(&[Verb::Approve, Verb::Approve, Verb::Offer, Verb::Decline]).unwrap();
        let dates = match self.dice.between(0, 2) {
            0 => None,
            1 => Some(vec![self.ordinal(booking)]),
            _ => {
                let (one, other) = (self.ordinal(booking), self.ordinal(booking));
                Some(vec![one, other])
            }
        };
        Some(Act::Decide { head: self.head(booking, Who::Manager), verb, dates })
    }

    fn accept(&mut self) -> Option<Act> {
        let booking = self.booking_with(|one| one.stage == Stage::Conditional)?;
        Some(Act::Accept { head: self.head(booking, Who::Own) })
    }

    fn change(&mut self) -> Option<Act> {
        let now = self.model.now;
        let booking = self.booking_with(|one| one.stage == Stage::Confirmed && !one.begun(now))?;
        let from = self.ordinal(booking);
        let mut shift = Shift::default();
        match self.dice.between(0, 9) {
            0..=3 => shift.times = Some(self.times()),
            4..=5 => shift.days = Some(self.dice.between(-2, 3)),
            6..=7 => shift.place = Some(self.place()),
            _ => (shift.place, shift.times) = (Some(self.place()), Some(self.times())),
        }
        let who = self.own_or_manager();
        Some(Act::Change { head: self.head(booking, who), from, scope: self.scope(), shift })
    }

    fn cancel(&mut self) -> Option<Act> {
        let booking = self.booking()?;
        let (from, who) = (self.ordinal(booking), self.own_or_manager());
        let scope = self.dice.pick(&[Scope::This, Scope::This, Scope::Following, Scope::All]).unwrap();
        Some(Act::Cancel { head: self.head(booking, who), from, scope })
    }

    fn put_back(&mut self) -> Option<Act> {
        let (now, active) = (self.model.now, self.dice.percent(15));
        let booking = self.booking_with(|one| one.stage.is_active() == active && !one.begun(now))?;
        let (ordinal, who) = (self.ordinal(booking), self.own_or_manager());
        Some(Act::PutBack { head: self.head(booking, who), ordinal })
    }

    fn undo(&mut self) -> Option<Act> {
        let booking = self.booking()?;
        let who = if self.dice.percent(70) { Who::Manager } else { Who::Own };
        Some(Act::Undo { head: self.head(booking, who) })
    }

    fn add(&mut self) -> Option<Act> {
        let (booking, who, first) = (self.booking()?, self.own_or_manager(), self.session());
        let number = 1 + self.below(3);
        let mut wishes = self.wishes(1, first, number);
        wishes.iter_mut().for_each(|one| one.wait = false);
        Some(Act::Add { head: self.head(booking, who), wishes })
    }

    fn about_change(&mut self) -> Option<Act> {
        let model = self.model;
        let booking = self.booking_with(|one| model.changes.values().any(|change| change.date == one.row))?;
        match self.dice.between(0, 5) {
            0..=1 => Some(Act::TakeBackChange { head: self.head(booking, Who::Own) }),
            more => Some(Act::DecideChange { head: self.head(booking, Who::Manager), yes: more < 5 }),
        }
    }

    fn exchange(&mut self) -> Option<Act> {
        let now = self.model.now;
        let stands = |one: &super::model::Date| one.stage == Stage::Confirmed && !one.begun(now);
        let (one, other) = (self.booking_with(stands)?, self.booking_with(stands)?);
        let (one, other) = ((one, self.ordinal(one)), (other, self.ordinal(other)));
        (one.0 != other.0).then_some(Act::Exchange { one, other })
    }

    fn block(&mut self) -> Act {
        if !self.model.blocks.is_empty() && self.dice.percent(60) {
            return Act::Lift { number: self.below(self.model.blocks.len()) };
        }
        let now = self.model.now;
        let kind = self.dice.between(0, 9);
        let live: Vec<(usize, Span)> = self
            .model
            .dates
            .values()
            .filter(|one| !one.begun(now))
            .filter(|one| match kind {
                0 => !one.stage.is_active(),
                1..=3 => one.stage == Stage::Conditional,
                _ => one.stage.is_active(),
            })
            .map(|one| (one.place, one.session))
            .collect();
        // Over something that somebody has, mostly.
        let (place, from) = if live.is_empty() || self.dice.percent(30) {
            (self.place(), self.session())
        } else {
            live[self.below(live.len())]
        };
        let places = if self.dice.percent(60) { vec![place] } else { vec![place, self.place()] };
        let span = (from.0, from.1 + HALF_HOUR * self.dice.between(0, 10));
        // What has begun is cut short, and changes that wait lapse: both are shown where blocks are tested by themselves.
        let units: Vec<i64> = places.iter().flat_map(|place| self.model.places[*place].units.iter().copied()).collect();
        let mut inside =
            self.model.pieces.iter().filter(|piece| units.contains(&piece.unit) && overlap(piece.span, span));
        let apart = inside.any(|piece| match piece.by {
            By::Change(_) => true,
            By::Date(row) => self.model.dates.get(&row).is_none_or(|date| date.begun(now)),
            By::Offer(_) | By::Block(_) => false,
        });
        if apart { Act::Chore } else { Act::Block { places, span, seen: self.dice.percent(75) } }
    }

    fn waiting(&mut self) -> Option<Act> {
        let open: Vec<usize> =
            self.model.entries.values().enumerate().filter(|(_, one)| one.is_open()).map(|(at, _)| at).collect();
        let offered: Vec<usize> =
            self.model.entries.values().enumerate().filter(|(_, one)| one.offer.is_some()).map(|(at, _)| at).collect();
        let all: Vec<usize> = (0..self.model.entries.len()).collect();
        let some = match self.dice.between(0, 9) {
            0..=4 => offered,
            5..=8 => open,
            _ => all,
        };
        if some.is_empty() || self.dice.percent(45) {
            return self.join();
        }
        let number = some[self.below(some.len())];
        Some(if self.dice.percent(75) { Act::Take { number } } else { Act::Leave { number } })
    }

    /// For a time that somebody has, mostly.
    fn join(&mut self) -> Option<Act> {
        let now = self.model.now;
        let taken: Vec<(usize, Span)> = self
            .model
            .pieces
            .iter()
            .filter_map(|piece| match piece.by {
                By::Date(row) => self.model.dates.get(&row),
                _ => None,
            })
            .filter(|one| now < one.session.0)
            .map(|one| (one.place, one.session))
            .collect();
        let trusted = self.dice.percent(50);
        if taken.is_empty() || self.dice.percent(10) {
            let place = self.place();
            return Some(Act::Join { trusted, place, want: self.want(place), session: self.session() });
        }
        let (place, session) = taken[self.below(taken.len())];
        Some(Act::Join { trusted, place, want: self.want(place), session })
    }

    fn running(&mut self) -> Option<Act> {
        let now = self.model.now;
        let running: Vec<(i64, i32)> =
            self.model.dates.values().filter(|one| one.runs(now)).map(|one| (one.booking, one.ordinal)).collect();
        let (booking, ordinal) = if running.is_empty() || self.dice.percent(15) {
            let booking = self.booking()?;
            (booking, self.ordinal(booking))
        } else {
            // Several sessions run at once mostly where there are benches, and there an end is hardest to move.
            let (row, ordinal) = running[self.below(running.len())];
            (self.model.bookings.keys().position(|one| *one == row)?, ordinal)
        };
        let who = self.own_or_manager();
        let head = self.head(booking, who);
        if self.dice.percent(60) {
            let minutes = self.dice.pick(&[30, 60]).unwrap();
            return Some(Act::Longer { head, ordinal, minutes });
        }
        Some(Act::Finish { head, ordinal })
    }
}
