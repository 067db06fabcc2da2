//! What is held, held against who holds it: nothing twice, nothing without a live holder, nobody without a place. Not how it came about.

use std::collections::BTreeMap;

use super::model::{By, Date, Model, Piece, Span, contains, overlap};

type Found = Result<(), String>;

pub fn check(model: &Model) -> Found {
    let mut units: BTreeMap<i64, Vec<&Piece>> = BTreeMap::new();
    for piece in &model.pieces {
        units.entry(piece.unit).or_default().push(piece);
    }
    for pieces in units.values_mut() {
        pieces.sort_by_key(|piece| piece.span);
        if let Some(two) = pieces.windows(2).find(|two| overlap(two[0].span, two[1].span)) {
            return Err(format!("one unit is had twice: {two:?}"));
        }
    }
    model.pieces.iter().try_for_each(|piece| has_a_live_holder(model, piece))?;
    dates(model)?;
    offers(model)
}

fn has_a_live_holder(model: &Model, piece: &Piece) -> Found {
    let live = match piece.by {
        By::Date(row) => {
            model.dates.get(&row).is_some_and(|one| model.takes(one) && contains(one.occupied, piece.span))
        }
        By::Change(row) => model.changes.contains_key(&row),
        By::Offer(row) => model.entries.values().any(|one| one.offer.is_some_and(|(offer, _)| offer == row)),
        By::Block(row) => model.blocks.contains(&row),
    };
    if live { Ok(()) } else { Err(format!("nobody holds {piece:?}")) }
}

fn of(model: &Model, by: By) -> Vec<&Piece> {
    model.pieces.iter().filter(|piece| piece.by == by).collect()
}

/// Who is to have a place has it, on as many units as were asked for, for the whole session unless it was ended.
fn dates(model: &Model) -> Found {
    // What was ended at its very start, with nothing to tidy up, has had no time at all.
    let had_time = |one: &&Date| one.ended.is_none_or(|ended| one.occupied.0 < ended + model.places[one.place].around);
    for one in model.dates.values().filter(|one| model.takes(one)).filter(had_time) {
        let held = of(model, By::Date(one.row));
        let session = one.ended.map_or(one.session, |ended| (one.session.0, one.session.1.min(ended)));
        let mut units: Vec<i64> = held.iter().map(|piece| piece.unit).collect();
        units.sort_unstable();
        units.dedup();
        let enough = held.len() == model.count(one.place, one.want) && units.len() == held.len();
        let known = units.iter().all(|unit| model.places[one.place].units.contains(unit));
        let whole = held.iter().all(|piece| contains(piece.span, session));
        if !enough || !known || !whole {
            return Err(format!("{one:?} holds {held:?}"));
        }
    }
    Ok(())
}

/// Whether so many units of a place are covered for a session by these pieces together. What a neighbour of the same holder has
/// as its set-up or turnaround is not kept a second time, so as much may be missing at either end.
fn covered(model: &Model, (place, count): (usize, usize), session: Span, pieces: &[&Piece]) -> bool {
    let units = model.places[place].units.iter().filter(|unit| {
        let mut own: Vec<Span> = pieces.iter().filter(|one| one.unit == **unit).map(|one| one.span).collect();
        own.sort_unstable();
        let reached = own.iter().fold(session.0 + model.places[place].around, |reached, one| {
            if one.0 <= reached { reached.max(one.1) } else { reached }
        });
        session.1 - model.places[place].around <= reached
    });
    count <= units.count()
}

/// A change that was just asked for keeps what it needs beyond the places that its booking has.
pub fn new_changes(before: &Model, model: &Model) -> Found {
    let new = model
        .changes
        .iter()
        .filter(|(row, change)| !before.changes.contains_key(row) && model.places[change.place].holds);
    for (row, change) in new {
        let booking = model.dates[&change.date].booking;
        let own = model.of_booking(booking).flat_map(|one| of(model, By::Date(one.row)));
        let held: Vec<&Piece> = of(model, By::Change(*row)).into_iter().chain(own).collect();
        let count = model.count(change.place, change.want);
        if !covered(model, (change.place, count), change.session, &held) {
            return Err(format!("{change:?} keeps {held:?}"));
        }
    }
    Ok(())
}

/// An offer keeps the whole session.
fn offers(model: &Model) -> Found {
    for entry in model.entries.values() {
        let Some((offer, _)) = entry.offer else {
            continue;
        };
        let held = of(model, By::Offer(offer));
        let count = model.count(entry.place, entry.want);
        if entry.standing != "offered" || !covered(model, (entry.place, count), entry.session, &held) {
            return Err(format!("{entry:?} keeps {held:?}"));
        }
    }
    Ok(())
}
