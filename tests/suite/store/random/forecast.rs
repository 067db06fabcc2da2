//! What the model says an act will lead to, before any engine is asked: the answer, and the dates as they will be.

use alcove::domain::booking::Scope;
use alcove::domain::occurrence::Stage;

use super::acts::{Act, Head, Shift, Verb, Who, Wish};
use super::model::{Ask, By, Change, DAY, Date, Model, NEW, Space, Span, Want, contains, deadline, overlap};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Done,
    Nothing,
    Refused,
    NotPossible,
    Stale,
    NotFound,
    /// Nobody is in the way, so there is nothing to wait for.
    Free,
    Before,
    Over,
    WouldDisplace,
    InTheWay,
}

/// The answers that are right, and what is different after the first of them.
#[derive(Debug, Clone, Default)]
pub struct Forecast {
    pub answers: Vec<Answer>,
    /// Dates that are there, as they will be.
    pub dates: Vec<Date>,
    pub new: Vec<Date>,
    /// Changes that will wait.
    pub changes: Vec<Change>,
}

impl Forecast {
    pub fn only(answer: Answer) -> Self {
        Self { answers: vec![answer], ..Self::default() }
    }

    fn done(dates: Vec<Date>) -> Self {
        Self { dates, ..Self::only(Answer::Done) }
    }
}

/// What a date would get.
struct Judged {
    past: bool,
    /// It needs a decision, and there is no time for one.
    no_time: bool,
    space: Space,
    /// Until when it would wait for a decision.
    until: Option<i64>,
}

impl Judged {
    fn is_yes(&self) -> bool {
        !self.past && !self.no_time && self.space == Space::Free
    }

    /// Whether only space and time stand in the way, which nobody may set aside.
    fn in_the_way(&self) -> bool {
        self.past || self.space != Space::Free
    }
}

impl Model {
    fn judge(&self, ask: &Ask, besides: &[By], counted: &mut Vec<super::model::Counted>) -> Judged {
        let asks = self.asks(ask.place, ask.trusted);
        let until = deadline(self.now, ask.session.0).filter(|_| asks);
        let past = ask.session.0 <= self.now;
        let no_time = asks && until.is_none() && !past;
        Judged { past, no_time, space: self.space(ask, besides, counted), until }
    }

    fn ask_of(&self, date: &Date) -> Ask {
        let trusted = self.trusted[&date.booking];
        Ask { place: date.place, session: date.session, want: date.want, trusted }
    }

    pub fn forecast(&self, act: &Act) -> Forecast {
        match act {
            Act::Request { trusted, place, want, wishes, .. } => self.request(*trusted, *place, *want, wishes),
            Act::Decide { head, verb, dates } => {
                self.headed(*head, true, |booking| self.decide(booking, *verb, dates.as_deref()))
            }
            Act::Accept { head } => match head.who {
                Who::Manager => Forecast::only(Answer::NotFound),
                _ => self.headed(*head, false, |booking| self.accept(booking)),
            },
            Act::Change { head, from, scope, shift } => {
                let manages = head.who == Who::Manager;
                self.headed(*head, false, |booking| self.change(booking, manages, (*from, *scope), *shift))
            }
            Act::Cancel { head, from, scope } => {
                let by = self.person(*head);
                self.headed(*head, false, |booking| self.cancel(booking, by, (*from, *scope)))
            }
            Act::PutBack { head, ordinal } => {
                self.headed(*head, false, |booking| self.put_back(booking, *head, *ordinal))
            }
            Act::Undo { head } => self.undo(*head),
            Act::Add { head, wishes } => self.headed(*head, false, |booking| self.add(booking, *head, wishes)),
            Act::TakeBackChange { head } => self.headed(*head, false, |booking| {
                if self.open_changes(booking).is_empty() {
                    Forecast::only(Answer::NotPossible)
                } else {
                    Forecast::done(vec![])
                }
            }),
            Act::DecideChange { head, yes } => self.headed(*head, true, |booking| self.decide_change(booking, *yes)),
            Act::Exchange { one, other } => self.exchange(*one, *other),
            Act::Block { places, span, seen } => self.block(places, *span, *seen),
            Act::Join { trusted, place, want, session } => {
                self.join(&Ask { place: *place, session: *session, want: *want, trusted: *trusted })
            }
            Act::Take { number } => self.take(*number),
            Act::Leave { number } => {
                Forecast::only(if self.entry(*number).1.is_open() { Answer::Done } else { Answer::Over })
            }
            Act::Longer { head, ordinal, minutes } => {
                self.headed(*head, false, |booking| self.longer(booking, *head, *ordinal, *minutes))
            }
            Act::Finish { head, ordinal } => self.headed(*head, false, |booking| self.finish(booking, *ordinal)),
            Act::Lift { .. } | Act::Pass { .. } | Act::Chore => Forecast::only(Answer::Done),
        }
    }

    /// The row of who acts: the manager's, or one of the two bookers'.
    pub fn person(&self, head: Head) -> i64 {
        let trusted = self.trusted[&self.booking(head.booking)];
        match head.who {
            Who::Manager => self.manager,
            Who::Own => self.bookers[usize::from(trusted)],
            Who::Stranger => self.bookers[usize::from(!trusted)],
        }
    }

    /// Strangers find nothing, and what was seen before it changed is stale.
    fn headed(&self, head: Head, managers_only: bool, act: impl FnOnce(i64) -> Forecast) -> Forecast {
        match head.who {
            Who::Stranger => Forecast::only(Answer::NotFound),
            Who::Own if managers_only => Forecast::only(Answer::NotFound),
            _ if head.stale => Forecast::only(Answer::Stale),
            _ => act(self.booking(head.booking)),
        }
    }

    /// What is right where something that has run out may be kept for the next in line first.
    fn maybe(&self, forecast: Forecast, otherwise: Answer, spans: &[Span]) -> Forecast {
        let unsettled = forecast.answers == [Answer::Done] && self.unsettled(spans);
        let also = unsettled.then_some(otherwise);
        Forecast { answers: forecast.answers.into_iter().chain(also).collect(), ..forecast }
    }

    fn request(&self, trusted: bool, place: usize, want: Want, wishes: &[Wish]) -> Forecast {
        let (mut counted, mut new, mut asked) = (Vec::new(), Vec::new(), Vec::new());
        for (wish, ordinal) in wishes.iter().zip(1..) {
            let ask = Ask { place, session: wish.session, want, trusted };
            let skipped = self.blank(&ask, ordinal);
            if wish.left_out {
                new.push(skipped);
                continue;
            }
            asked.push(wish.session);
            let judged = self.judge(&ask, &[], &mut counted);
            let waits = wish.wait && judged.space == Space::Taken && !judged.past && !judged.no_time;
            if !judged.is_yes() && !waits {
                return Forecast::only(Answer::Refused);
            }
            new.push(if waits { skipped } else { as_judged(skipped, &judged, None) });
        }
        self.maybe(Forecast { new, ..Forecast::only(Answer::Done) }, Answer::Refused, &asked)
    }

    /// A date that is left out.
    fn blank(&self, ask: &Ask, ordinal: i32) -> Date {
        Date {
            row: NEW,
            booking: NEW,
            ordinal,
            place: ask.place,
            session: ask.session,
            occupied: self.occupied(ask.place, ask.session),
            want: ask.want,
            stage: Stage::Skipped,
            at: self.now,
            by: None,
            until: None,
            ended: None,
        }
    }

    fn became(&self, date: &Date, stage: Stage, by: Option<i64>, until: Option<i64>) -> Date {
        Date { stage, at: self.now, by, until, ..date.clone() }
    }

    /// Whether those that hold no place could have theirs, one beside the other.
    fn all_fit(&self, dates: &[&Date]) -> bool {
        let unheld: Vec<&&Date> = dates.iter().filter(|one| !self.holds(one.row)).collect();
        let besides: Vec<By> = unheld.iter().map(|one| By::Date(one.row)).collect();
        let mut counted = Vec::new();
        unheld.iter().all(|one| !self.judge(&self.ask_of(one), &besides, &mut counted).in_the_way())
    }

    /// As foretold where all fit; refused otherwise.
    fn settled(&self, dates: &[&Date], after: Vec<Date>) -> Forecast {
        if !self.all_fit(dates) {
            return Forecast::only(Answer::Refused);
        }
        let unheld: Vec<Span> = dates.iter().filter(|one| !self.holds(one.row)).map(|one| one.session).collect();
        self.maybe(Forecast::done(after), Answer::Refused, &unheld)
    }

    fn decide(&self, booking: i64, verb: Verb, ordinals: Option<&[i32]>) -> Forecast {
        let waiting: Vec<&Date> = self
            .of_booking(booking)
            .filter(|one| one.stage == Stage::Requested && !one.is_void(self.now) && !one.begun(self.now))
            .filter(|one| ordinals.is_none_or(|some| some.contains(&one.ordinal)))
            .collect();
        if waiting.is_empty() {
            return Forecast::only(Answer::NotPossible);
        }
        let by = Some(self.manager);
        let after = |one: &&Date| match verb {
            Verb::Approve => self.became(one, Stage::Confirmed, by, None),
            Verb::Offer => self.became(one, Stage::Conditional, by, deadline(self.now, one.session.0)),
            Verb::Decline => self.became(one, Stage::Declined, by, None),
        };
        let after: Vec<Date> = waiting.iter().map(after).collect();
        if verb == Verb::Decline { Forecast::done(after) } else { self.settled(&waiting, after) }
    }

    fn accept(&self, booking: i64) -> Forecast {
        let open = |one: &&Date| one.stage == Stage::Conditional && !one.is_void(self.now);
        let after: Vec<Date> =
            self.of_booking(booking).filter(open).map(|one| self.became(one, Stage::Confirmed, one.by, None)).collect();
        if after.is_empty() { Forecast::only(Answer::NotPossible) } else { Forecast::done(after) }
    }

    /// The dates of a scope that have not begun, in order of their start.
    fn in_scope(&self, booking: i64, (from, scope): (i32, Scope)) -> Vec<&Date> {
        let seen_from = self.date(booking, from).map_or(0, |one| one.session.0);
        let mut found: Vec<&Date> = self
            .of_booking(booking)
            .filter(|one| !one.begun(self.now))
            .filter(|one| match scope {
                Scope::This => one.ordinal == from,
                Scope::Following => seen_from <= one.session.0,
                Scope::All => true,
            })
            .collect();
        found.sort_by_key(|one| one.session);
        found
    }

    fn cancel(&self, booking: i64, by: i64, scope: (i32, Scope)) -> Forecast {
        let live = self.in_scope(booking, scope).into_iter();
        let live = live.filter(|one| one.stage.is_active() && !one.is_void(self.now));
        let after: Vec<Date> = live
            .map(|one| {
                let stage = if one.stage == Stage::Confirmed { Stage::Cancelled } else { Stage::Withdrawn };
                self.became(one, stage, Some(by), None)
            })
            .collect();
        if after.is_empty() { Forecast::only(Answer::NotPossible) } else { Forecast::done(after) }
    }

    fn change(&self, booking: i64, manages: bool, scope: (i32, Scope), shift: Shift) -> Forecast {
        let live: Vec<&Date> = self
            .in_scope(booking, scope)
            .into_iter()
            .filter(|one| matches!(one.stage, Stage::Requested | Stage::Confirmed) && !one.is_void(self.now))
            .collect();
        let Some(first) = live.first().map(|one| one.session.0) else {
            return Forecast::only(Answer::NotPossible);
        };
        let wished: Vec<Date> = live.iter().map(|one| self.shifted(one, shift)).collect();
        let moves = |one: &Date, new: &Date| (one.place, one.session, one.want) != (new.place, new.session, new.want);
        let decides = |one: &Date, new: &Date| {
            let shorter = (one.place, one.want) == (new.place, new.want) && contains(one.session, new.session);
            let asks = self.asks(new.place, self.trusted[&booking]);
            moves(one, new) && one.stage == Stage::Confirmed && asks && !manages && !shorter
        };
        let pairs: Vec<(&Date, &Date)> = live.iter().copied().zip(&wished).collect();
        let all: Vec<By> = live.iter().map(|one| By::Date(one.row)).collect();
        // What waits for a decision stays where it is, in the way of what moves at once.
        let at_once = pairs.iter().any(|(one, new)| moves(one, new) && !decides(one, new));
        let goes = |(one, new): &&(&Date, &Date)| !at_once || !decides(one, new);
        let going: Vec<By> = pairs.iter().filter(goes).map(|(one, _)| By::Date(one.row)).collect();
        let (mut counted, mut after, mut waits, mut moved) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut refused = false;
        for (one, new) in pairs {
            let besides = if decides(one, new) { &all } else { &going };
            let judged = self.judge(&self.ask_of(new), besides, &mut counted);
            refused |= moves(one, new) && if manages { judged.in_the_way() } else { !judged.is_yes() };
            if !moves(one, new) {
                after.push(one.clone());
            } else if decides(one, new) {
                waits.push(self.waiting_change(one, new));
                after.push(one.clone());
            } else {
                moved.push(new.session);
                after.push(new.clone());
            }
        }
        if refused {
            return Forecast::only(Answer::Refused);
        }
        if moved.is_empty() && waits.is_empty() {
            return Forecast::only(Answer::Nothing);
        }
        moved.extend(waits.iter().map(|one: &Change| one.session));
        let earlier = |one: &&Date| {
            one.session.0 < first && one.stage != Stage::Skipped && live.iter().all(|live| live.row != one.row)
        };
        if scope.1 == Scope::Following && self.of_booking(booking).any(|one| earlier(&one)) {
            self.split(booking, first, &mut after);
        }
        self.maybe(Forecast { changes: waits, ..Forecast::done(after) }, Answer::Refused, &moved)
    }

    /// Everything that starts at a moment or later goes to a booking of its own, and is counted from one there.
    fn split(&self, booking: i64, first: i64, after: &mut Vec<Date>) {
        let later: Vec<&Date> = self.of_booking(booking).filter(|one| first <= one.session.0).collect();
        let start = later.iter().map(|one| one.ordinal).min().unwrap_or(1);
        for one in later {
            if after.iter().all(|changed| changed.row != one.row) {
                after.push(one.clone());
            }
        }
        for one in after.iter_mut() {
            (one.booking, one.ordinal) = (NEW, one.ordinal - (start - 1));
        }
    }

    /// A date where a change would have it.
    fn shifted(&self, one: &Date, shift: Shift) -> Date {
        let place = shift.place.unwrap_or(one.place);
        let want = match (place == one.place, self.places[place].any, one.want) {
            (true, ..) | (false, true, Want::Any(_)) => one.want,
            (false, true, Want::Whole) => Want::Any(1),
            (false, false, _) => Want::Whole,
        };
        let day = one.session.0.div_euclid(DAY) * DAY + shift.days.unwrap_or(0) * DAY;
        let (start, length) = shift.times.unwrap_or((one.session.0.rem_euclid(DAY), one.session.1 - one.session.0));
        let session = (day + start, day + start + length);
        let until = one.until.map(|until| until.min(session.0 - 3_600));
        self.placed(&Date { until, ..one.clone() }, place, session, want)
    }

    /// In another place, with the set-up and turnaround that go with it.
    fn placed(&self, one: &Date, place: usize, session: Span, want: Want) -> Date {
        let moved = (one.place, one.session, one.want) != (place, session, want);
        let occupied = if moved { self.occupied(place, session) } else { one.occupied };
        let until = if moved { one.until } else { self.dates[&one.row].until };
        Date { place, session, occupied, want, until, ..one.clone() }
    }

    fn waiting_change(&self, one: &Date, new: &Date) -> Change {
        let earliest = one.session.0.min(new.session.0);
        let until = deadline(self.now, earliest).unwrap_or(earliest);
        Change { date: one.row, place: new.place, session: new.session, want: new.want, until }
    }

    fn may_undo(&self, one: &Date, manages: bool, person: i64) -> bool {
        match one.stage {
            Stage::Declined | Stage::Expired | Stage::Displaced => manages,
            Stage::Cancelled => manages || one.by == Some(person),
            Stage::Confirmed => manages && one.by == Some(person),
            _ => false,
        }
    }

    /// The state that a date goes back to; none when there is no time to decide again.
    fn back(&self, one: &Date, person: i64) -> Option<Date> {
        let until = deadline(self.now, one.session.0);
        match one.stage {
            Stage::Declined | Stage::Expired | Stage::Confirmed => {
                until.map(|until| self.became(one, Stage::Requested, None, Some(until)))
            }
            _ => (!one.begun(self.now)).then(|| self.became(one, Stage::Confirmed, Some(person), None)),
        }
    }

    fn undo(&self, head: Head) -> Forecast {
        let (booking, person, manages) = (self.booking(head.booking), self.person(head), head.who == Who::Manager);
        let own = head.who == Who::Own || manages;
        let may: Vec<&Date> =
            self.of_booking(booking).filter(|one| own && self.may_undo(one, manages, person)).collect();
        if may.is_empty() {
            return Forecast::only(Answer::NotFound);
        }
        if head.stale {
            return Forecast::only(Answer::Stale);
        }
        let coming: Vec<&Date> = may.into_iter().filter(|one| !one.begun(self.now)).collect();
        let Some(last) = coming.iter().map(|one| one.at).max() else {
            return Forecast::only(Answer::NotPossible);
        };
        let stage = coming.iter().find(|one| one.at == last).map(|one| one.stage);
        let last: Vec<&Date> = coming.into_iter().filter(|one| one.at == last && Some(one.stage) == stage).collect();
        let after: Vec<Date> = last.iter().filter_map(|one| self.back(one, person)).collect();
        if after.len() < last.len() {
            return Forecast::only(Answer::NotPossible);
        }
        let placed: Vec<&Date> =
            last.iter().zip(&after).filter(|(_, new)| self.takes(new)).map(|(one, _)| *one).collect();
        self.settled(&placed, after)
    }

    /// Whether it holds a place in the state that it is in.
    pub fn takes(&self, date: &Date) -> bool {
        match date.stage {
            Stage::Confirmed | Stage::Conditional => true,
            Stage::Requested => self.places[date.place].holds,
            _ => false,
        }
    }

    fn put_back(&self, booking: i64, head: Head, ordinal: i32) -> Forecast {
        let (person, manages) = (self.person(head), head.who == Who::Manager);
        let Some(one) = self.date(booking, ordinal) else {
            return Forecast::only(Answer::NotFound);
        };
        let after = if one.stage == Stage::Skipped {
            let judged = self.judge(&self.ask_of(one), &[], &mut Vec::new());
            if !judged.is_yes() {
                return Forecast::only(Answer::Refused);
            }
            self.reinstated(one, &judged, manages, person)
        } else {
            if one.stage == Stage::Confirmed || !self.may_undo(one, manages, person) {
                return Forecast::only(Answer::NotFound);
            }
            match self.back(one, person) {
                Some(after) => after,
                None => return Forecast::only(Answer::NotPossible),
            }
        };
        if self.takes(&after) { self.settled(&[one], vec![after]) } else { Forecast::done(vec![after]) }
    }

    fn reinstated(&self, one: &Date, judged: &Judged, manages: bool, person: i64) -> Date {
        match judged.until.filter(|_| !manages) {
            Some(until) => self.became(one, Stage::Requested, None, Some(until)),
            None => self.became(one, Stage::Confirmed, Some(person), None),
        }
    }

    fn add(&self, booking: i64, head: Head, wishes: &[Wish]) -> Forecast {
        let Some(last) = self.of_booking(booking).max_by_key(|one| one.ordinal) else {
            return Forecast::only(Answer::NotFound);
        };
        let (mut counted, mut new) = (Vec::new(), Vec::new());
        for (wish, ordinal) in wishes.iter().zip(last.ordinal + 1..) {
            let ask = Ask { session: wish.session, ..self.ask_of(last) };
            let date = Date { booking, ..self.blank(&ask, ordinal) };
            if wish.left_out {
                new.push(date);
                continue;
            }
            let judged = self.judge(&ask, &[], &mut counted);
            if !judged.is_yes() {
                return Forecast::only(Answer::Refused);
            }
            let manages = head.who == Who::Manager;
            new.push(as_judged(date, &Judged { until: judged.until.filter(|_| !manages), ..judged }, None));
        }
        let asked: Vec<Span> = wishes.iter().filter(|one| !one.left_out).map(|one| one.session).collect();
        self.maybe(Forecast { new, ..Forecast::only(Answer::Done) }, Answer::Refused, &asked)
    }

    /// The changes of a booking that may still be decided, in order of the new start.
    fn open_changes(&self, booking: i64) -> Vec<(i64, &Change)> {
        let own = |change: &Change| self.dates[&change.date].booking == booking && self.now < change.until;
        let mut found: Vec<(i64, &Change)> =
            self.changes.iter().filter(|(_, change)| own(change)).map(|(row, change)| (*row, change)).collect();
        found.sort_by_key(|(row, change)| (change.session, *row));
        found
    }

    fn decide_change(&self, booking: i64, yes: bool) -> Forecast {
        let open = self.open_changes(booking);
        if open.is_empty() {
            return Forecast::only(Answer::NotPossible);
        }
        if !yes {
            return Forecast::done(vec![]);
        }
        let besides: Vec<By> =
            open.iter().flat_map(|(row, change)| [By::Change(*row), By::Date(change.date)]).collect();
        let (mut counted, mut after) = (Vec::new(), Vec::new());
        for (_, change) in &open {
            let one = &self.dates[&change.date];
            let until = one.until.map(|until| until.min(change.session.0 - 3_600));
            let new = self.placed(&Date { until, ..one.clone() }, change.place, change.session, change.want);
            if self.judge(&self.ask_of(&new), &besides, &mut counted).in_the_way() {
                return Forecast::only(Answer::Refused);
            }
            after.push(new);
        }
        let spans: Vec<Span> = after.iter().map(|one| one.session).collect();
        self.maybe(Forecast::done(after), Answer::Refused, &spans)
    }

    fn exchange(&self, one: (usize, i32), other: (usize, i32)) -> Forecast {
        let date = |(booking, ordinal)| self.date(self.booking(booking), ordinal);
        let (Some(one), Some(other)) = (date(one), date(other)) else {
            return Forecast::only(Answer::NotFound);
        };
        let fixed = |date: &Date| date.stage != Stage::Confirmed || date.begun(self.now);
        if fixed(one) || fixed(other) || one.place == other.place {
            return Forecast::only(Answer::NotPossible);
        }
        let besides = [By::Date(one.row), By::Date(other.row)];
        let (mut counted, mut after) = (Vec::new(), Vec::new());
        for (date, place) in [(one, other.place), (other, one.place)] {
            let wish = self.shifted(date, Shift { place: Some(place), ..Shift::default() });
            if self.judge(&self.ask_of(&wish), &besides, &mut counted).in_the_way() {
                return Forecast::only(Answer::Refused);
            }
            after.push(wish);
        }
        self.maybe(Forecast::done(after), Answer::Refused, &[one.session, other.session])
    }

    fn block(&self, places: &[usize], span: Span, seen: bool) -> Forecast {
        let units: Vec<i64> = places.iter().flat_map(|place| self.places[*place].units.iter().copied()).collect();
        let inside = |piece: &&super::model::Piece| units.contains(&piece.unit) && overlap(piece.span, span);
        let mut lost: Vec<i64> = Vec::new();
        for piece in self.pieces.iter().filter(inside).filter(|piece| !self.is_void(piece)) {
            match piece.by {
                By::Offer(_) => {}
                By::Block(_) | By::Change(_) => return Forecast::only(Answer::InTheWay),
                By::Date(row) if self.dates[&row].begun(self.now) => return Forecast::only(Answer::InTheWay),
                By::Date(row) => lost.push(row),
            }
        }
        lost.sort_unstable();
        lost.dedup();
        if !lost.is_empty() && !seen {
            return Forecast::only(Answer::WouldDisplace);
        }
        let by = Some(self.manager);
        Forecast::done(lost.iter().map(|row| self.became(&self.dates[row], Stage::Displaced, by, None)).collect())
    }

    fn join(&self, ask: &Ask) -> Forecast {
        let same = |one: &super::model::Entry| {
            (one.trusted, one.place, one.session) == (ask.trusted, ask.place, ask.session) && one.is_open()
        };
        if self.entries.values().any(same) {
            return Forecast::only(Answer::Before);
        }
        let judged = self.judge(ask, &[], &mut Vec::new());
        let answer = match judged {
            Judged { past: true, .. } | Judged { no_time: true, .. } | Judged { space: Space::Blocked, .. } => {
                Answer::Refused
            }
            Judged { space: Space::Free, .. } => Answer::Free,
            Judged { space: Space::Taken, .. } => Answer::Done,
        };
        let unsettled = answer == Answer::Free && self.unsettled(&[ask.session]);
        let also = unsettled.then_some(Answer::Done);
        Forecast { answers: [answer].into_iter().chain(also).collect(), ..Forecast::default() }
    }

    fn take(&self, number: usize) -> Forecast {
        let (_, entry) = self.entry(number);
        if entry.standing == "taken" {
            return Forecast::only(Answer::Before);
        }
        if !entry.is_open() || entry.is_over(self.now) {
            return Forecast::only(Answer::Over);
        }
        let besides: Vec<By> = entry.offer.map(|(offer, _)| By::Offer(offer)).into_iter().collect();
        let ask = Ask { place: entry.place, session: entry.session, want: entry.want, trusted: entry.trusted };
        let judged = self.judge(&ask, &besides, &mut Vec::new());
        let mut forecast = Forecast::done(Vec::new());
        if let Some((booking, ordinal)) = entry.series {
            let found = self.date(booking, ordinal).filter(|one| one.place == entry.place);
            let Some(one) = found.filter(|one| one.stage == Stage::Skipped) else {
                return Forecast::only(Answer::Over);
            };
            let person = self.bookers[usize::from(entry.trusted)];
            forecast.dates.push(self.reinstated(one, &judged, false, person));
        } else {
            forecast.new.push(as_judged(self.blank(&ask, 1), &judged, None));
        }
        if !judged.is_yes() {
            return Forecast::only(Answer::Refused);
        }
        self.maybe(forecast, Answer::Refused, &[entry.session])
    }

    fn longer(&self, booking: i64, head: Head, ordinal: i32, minutes: i64) -> Forecast {
        let Some(one) = self.date(booking, ordinal).filter(|one| one.runs(self.now)) else {
            return Forecast::only(Answer::NotPossible);
        };
        let session = (one.session.0, one.session.1 + minutes * 60);
        let new = self.placed(one, one.place, session, one.want);
        let closed = 21 * 3_600 < session.1 - session.0.div_euclid(DAY) * DAY;
        let too_long = 8 * 3_600 < new.occupied.1 - new.occupied.0;
        let asks = self.asks(one.place, self.trusted[&booking]) && head.who != Who::Manager;
        // It stays on the units that it is on, so those have to be free.
        let ask = self.ask_of(&new);
        let own = self.pieces.iter().filter(|piece| piece.by == By::Date(one.row));
        let taken = own.clone().any(|piece| self.in_the_way(&ask, &[By::Date(one.row)], piece.unit).next().is_some());
        if closed || too_long || asks || taken {
            return Forecast::only(Answer::Refused);
        }
        self.maybe(Forecast::done(vec![new]), Answer::Refused, &[session])
    }

    fn finish(&self, booking: i64, ordinal: i32) -> Forecast {
        match self.date(booking, ordinal).filter(|one| one.runs(self.now)) {
            Some(one) => Forecast::done(vec![Date { ended: Some(self.now), ..one.clone() }]),
            None => Forecast::only(Answer::NotPossible),
        }
    }
}

/// A left-out date as it is when it is asked for after all.
fn as_judged(date: Date, judged: &Judged, by: Option<i64>) -> Date {
    match judged.until {
        Some(until) => Date { stage: Stage::Requested, until: Some(until), ..date },
        None => Date { stage: Stage::Confirmed, by, ..date },
    }
}
