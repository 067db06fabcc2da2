//! Whether what stands in the tables after a step is what was foretold, or followed from it by itself. Not the forecast.

use alcove::domain::occurrence::Stage;

use super::acts::Act;
use super::forecast::{Answer, Forecast};
use super::holdings;
use super::lists;
use super::model::{By, Change, Date, Model, NEW, Space};
use super::snapshot::Snapshot;
use super::table::Reached;

type Found = Result<(), String>;

/// One step: the model before it, what was done, and what stands there now.
pub struct Step<'a> {
    pub before: &'a Model,
    pub act: &'a Act,
    pub forecast: &'a Forecast,
    pub answer: Answer,
    pub after: &'a Snapshot,
}

/// Everything that can be said about one step. Gives the model as it is afterwards.
pub fn check(step: &Step<'_>, reached: &mut Reached) -> Result<Model, String> {
    if !step.forecast.answers.contains(&step.answer) {
        return Err(format!("the answer is {:?}, not {:?}", step.answer, step.forecast.answers));
    }
    let after = adopted(step);
    dates(step, &after, reached)?;
    history(step)?;
    changes(step)?;
    versions(step)?;
    lists::check(step)?;
    outrun(step, &after)?;
    holdings::check(&after)?;
    holdings::new_changes(step.before, &after)?;
    if matches!(step.act, Act::Chore) {
        nothing_is_due(&after)?;
    }
    Ok(after)
}

/// The model with what is read from the tables; whether it is right is checked against the one before.
fn adopted(step: &Step<'_>) -> Model {
    let (before, snapshot) = (step.before, step.after);
    let mut trusted = before.trusted.clone();
    for row in snapshot.bookings.keys().filter(|row| !before.bookings.contains_key(row)) {
        let whose = match step.act {
            Act::Request { trusted, .. } => *trusted,
            Act::Take { number } => before.entry(*number).1.trusted,
            Act::Change { head, .. } => before.trusted[&before.booking(head.booking)],
            _ => false,
        };
        trusted.insert(*row, whose);
    }
    Model {
        dates: snapshot.dates.clone(),
        pieces: snapshot.pieces.clone(),
        changes: snapshot.changes.clone(),
        entries: snapshot.entries.clone(),
        blocks: snapshot.blocks.clone(),
        bookings: snapshot.bookings.clone(),
        trusted,
        ..before.clone()
    }
}

/// Whether what was foretold came about.
pub fn is_done(step: &Step<'_>) -> bool {
    step.answer == Answer::Done
}

/// Every date stands as foretold, or else as it did, unless it ran out or was outrun.
fn dates(step: &Step<'_>, after: &Model, reached: &mut Reached) -> Found {
    let (before, forecast) = (step.before, step.forecast);
    let new_bookings: Vec<i64> =
        step.after.bookings.keys().copied().filter(|row| !before.bookings.contains_key(row)).collect();
    let made = is_done(step) && forecast.dates.iter().chain(&forecast.new).any(|one| one.booking == NEW);
    if new_bookings.len() != usize::from(made) {
        return Err(format!("new bookings {new_bookings:?}, expected {made}"));
    }
    let named =
        |one: &Date| if one.booking == NEW { Date { booking: new_bookings[0], ..one.clone() } } else { one.clone() };
    for (row, old) in &before.dates {
        let Some(new) = after.dates.get(row) else {
            return Err(format!("{old:?} is gone"));
        };
        let foretold = forecast.dates.iter().find(|one| one.row == *row).filter(|_| is_done(step));
        let expected = foretold.map_or_else(|| old.clone(), named);
        if *new != expected && (foretold.is_some() || !by_itself(step, after, old, new)) {
            return Err(format!("a date\n was      {old:?}\n is       {new:?}\n expected {expected:?}"));
        }
        if old.stage != new.stage {
            reached.went(old.stage, new.stage);
        }
    }
    let new: Vec<Date> = after
        .dates
        .values()
        .filter(|one| !before.dates.contains_key(&one.row))
        .map(|one| Date { row: NEW, ..one.clone() })
        .collect();
    let expected: Vec<Date> = if is_done(step) { forecast.new.iter().map(named).collect() } else { Vec::new() };
    if new != expected {
        return Err(format!("new dates\n are      {new:?}\n expected {expected:?}"));
    }
    Ok(())
}

/// What may happen to a date that an act is not about.
fn by_itself(step: &Step<'_>, after: &Model, old: &Date, new: &Date) -> bool {
    let now = step.before.now;
    let became = |stage: Stage| Date { stage, at: now, by: None, until: None, ..old.clone() };
    let ran_out = old.is_void(now) && *new == became(Stage::Expired);
    let pending = old.stage == Stage::Requested && !old.is_void(now) && !step.before.holds(old.row);
    let outrun = pending && *new == became(Stage::Declined) && space_of(after, new, &[]) != Space::Free;
    ran_out || outrun
}

fn space_of(model: &Model, date: &Date, besides: &[By]) -> Space {
    let trusted = model.trusted[&date.booking];
    let ask = super::model::Ask { place: date.place, session: date.session, want: date.want, trusted };
    model.space(&ask, besides, &mut Vec::new())
}

/// A request that holds no place is declined as soon as others have taken what it needs; what is only kept for somebody does
/// not count, and a booking is not outrun by itself.
fn outrun(step: &Step<'_>, after: &Model) -> Found {
    let kept = |model: &Model| -> Vec<By> {
        model.pieces.iter().map(|one| one.by).filter(|by| matches!(by, By::Offer(_) | By::Change(_))).collect()
    };
    let (kept_before, kept_after) = (kept(step.before), kept(after));
    for one in after.dates.values() {
        let pending = one.stage == Stage::Requested && !one.is_void(after.now) && !after.holds(one.row);
        let before = step.before.dates.get(&one.row).filter(|before| **before == *one);
        let Some(before) = before.filter(|_| pending && !one.begun(after.now)) else {
            continue;
        };
        let fitted = space_of(step.before, before, &kept_before) == Space::Free;
        let own: Vec<By> = after.of_booking(one.booking).map(|date| By::Date(date.row)).collect();
        let besides: Vec<By> = own.into_iter().chain(kept_after.iter().copied()).collect();
        if fitted && space_of(after, one, &besides) != Space::Free {
            return Err(format!("{one:?} waits for what others have"));
        }
    }
    Ok(())
}

/// The kinds of lines that stand for a change of state.
const TELLING: [&str; 13] = [
    "requested",
    "booked",
    "left_out",
    "date_added",
    "approved",
    "condition_offered",
    "condition_accepted",
    "declined",
    "outrun",
    "withdrawn",
    "expired",
    "cancelled",
    "displaced",
];

fn lines_for(old: Option<Stage>, new: Stage) -> &'static [&'static str] {
    match (old, new) {
        (None, Stage::Requested) => &["requested", "date_added"],
        (None, Stage::Confirmed) => &["booked", "date_added"],
        (None, _) => &["left_out", "date_added"],
        (Some(Stage::Requested), Stage::Confirmed) => &["approved"],
        (Some(Stage::Conditional), Stage::Confirmed) => &["condition_accepted"],
        (_, Stage::Conditional) => &["condition_offered"],
        (_, Stage::Declined) => &["declined", "outrun"],
        (_, Stage::Withdrawn) => &["withdrawn"],
        (_, Stage::Expired) => &["expired"],
        (_, Stage::Cancelled) => &["cancelled"],
        (_, Stage::Displaced) => &["displaced"],
        _ => &["reinstated"],
    }
}

/// Each change of state has its one line of history, and no other line speaks of one.
fn history(step: &Step<'_>) -> Found {
    for (row, new) in &step.after.dates {
        let old = step.before.dates.get(row).map(|one| one.stage);
        let telling = |kind: &str| TELLING.contains(&kind) || kind == "reinstated";
        let lines: Vec<&str> = step
            .after
            .events
            .iter()
            .filter(|(_, kind, date)| *date == Some(*row) && telling(kind))
            .map(|(_, kind, _)| kind.as_str())
            .collect();
        let right = match old {
            Some(old) if old == new.stage => lines.is_empty(),
            _ => lines.len() == 1 && lines_for(old, new.stage).contains(&lines[0]),
        };
        if !right {
            return Err(format!("from {old:?} to {:?} the history says {lines:?}", new.stage));
        }
    }
    Ok(())
}

/// Changes that wait are those that were asked for; they go when they are answered, run out or have nothing to change any more.
fn changes(step: &Step<'_>) -> Found {
    let (before, forecast) = (step.before, step.forecast);
    let now = before.now;
    let new: Vec<&Change> =
        step.after.changes.iter().filter(|(row, _)| !before.changes.contains_key(row)).map(|(_, one)| one).collect();
    let expected: Vec<&Change> = forecast.changes.iter().filter(|_| is_done(step)).collect();
    if new != expected {
        return Err(format!("new changes\n are      {new:?}\n expected {expected:?}"));
    }
    let answered = |booking: i64| match step.act {
        Act::TakeBackChange { head } | Act::DecideChange { head, .. } => {
            is_done(step) && before.booking(head.booking) == booking
        }
        _ => false,
    };
    for (row, old) in &before.changes {
        let date = &before.dates[&old.date];
        let foretold = forecast.dates.iter().find(|one| one.row == old.date).filter(|_| is_done(step));
        let moved =
            foretold.is_some_and(|new| (new.stage, new.session, new.place) != (date.stage, date.session, date.place));
        let replaced = expected.iter().any(|one| one.date == old.date);
        let answer = answered(date.booking) && now < old.until;
        let ran_out = old.until <= now || date.is_void(now);
        match step.after.changes.get(row) {
            Some(new) if new == old && !answer && !replaced => {}
            None if answer || replaced || moved || ran_out => {}
            new => return Err(format!("a change\n was {old:?}\n is  {new:?}\n of  {date:?}")),
        }
        if !step.after.dates[&old.date].stage.is_active() && step.after.changes.contains_key(row) {
            return Err(format!("{old:?} waits for a date that is over"));
        }
    }
    Ok(())
}

/// Whoever has a form of a booking that was changed since is told so.
fn versions(step: &Step<'_>) -> Found {
    for (row, date) in &step.before.dates {
        let (old, new) = (step.before.bookings[&date.booking].1, step.after.bookings[&date.booking].1);
        let changed = step.after.dates[row] != *date;
        if new < old || (changed && new == old) {
            return Err(format!("{date:?} has changed, and its booking's version stands at {new}"));
        }
    }
    Ok(())
}

/// After the chore everything that has run out is written down.
fn nothing_is_due(after: &Model) -> Found {
    let date = after.dates.values().find(|one| one.is_void(after.now));
    let change = after.changes.values().find(|one| one.until <= after.now);
    let entry = after.entries.values().find(|one| one.is_open() && one.is_over(after.now));
    match (date, change, entry) {
        (None, None, None) => Ok(()),
        due => Err(format!("is still due: {due:?}")),
    }
}
