//! Waiting lists after a step: each entry moved on as it may, and nobody was passed over. Not what offers keep.

use alcove::domain::occurrence::Stage;

use super::acts::Act;
use super::check::{Step, is_done};
use super::model::Entry;

const HOUR: i64 = 3_600;

pub fn check(step: &Step<'_>) -> Result<(), String> {
    for (row, old) in &step.before.entries {
        let Some(new) = step.after.entries.get(row) else {
            return Err(format!("{old:?} is gone"));
        };
        if !may_become(step, *row, old, new) {
            return Err(format!("an entry\n was {old:?}\n is  {new:?}"));
        }
        if old.standing != new.standing && new.standing == "offered" {
            in_order(step, *row, new)?;
        }
    }
    let new: Vec<&Entry> = step
        .after
        .entries
        .iter()
        .filter(|(row, _)| !step.before.entries.contains_key(row))
        .map(|(_, new)| new)
        .collect();
    let most = match step.act {
        Act::Join { .. } if is_done(step) => 1..=1,
        Act::Request { wishes, .. } if is_done(step) => 0..=wishes.iter().filter(|one| one.wait).count(),
        _ => 0..=0,
    };
    if most.contains(&new.len()) { Ok(()) } else { Err(format!("new entries {new:?}")) }
}

fn may_become(step: &Step<'_>, row: i64, old: &Entry, new: &Entry) -> bool {
    let now = step.before.now;
    let same = |entry: &Entry| (entry.place, entry.session, entry.trusted, entry.joined);
    if same(old) != same(new) {
        return false;
    }
    let target = match step.act {
        Act::Take { number } | Act::Leave { number } => step.before.entry(*number).0 == row,
        _ => false,
    };
    // A left-out date that was put back in another way, or given up with the others, waits no more.
    let given_up = old.series.is_some_and(|(booking, ordinal)| {
        let date = step.before.date(booking, ordinal);
        matches!(step.act, Act::Cancel { .. })
            || date.is_none_or(|one| one.stage != Stage::Skipped)
            || matches!(step.act, Act::Take { .. })
    });
    match (old.standing.as_str(), new.standing.as_str()) {
        ("offered", "offered") => {
            old.offer == new.offer || new.offer.is_some_and(|(_, until)| right_deadline(now, new, until))
        }
        (one, other) if one == other => new.offer.is_none(),
        ("waiting", "offered") => new.offer.is_some_and(|(_, until)| right_deadline(now, new, until)),
        ("waiting" | "offered", "taken") => target && matches!(step.act, Act::Take { .. }) && is_done(step),
        ("waiting" | "offered", "left") => (target && matches!(step.act, Act::Leave { .. })) || given_up,
        ("waiting" | "offered", "lapsed") => old.is_over(now),
        ("offered", "waiting") => matches!(step.act, Act::Block { .. }),
        _ => false,
    }
}

/// Three days, but no later than two hours before the start, and nothing is kept with under four hours to go.
fn right_deadline(now: i64, entry: &Entry, until: i64) -> bool {
    now + 4 * HOUR <= entry.session.0 && until == (now + 72 * HOUR).min(entry.session.0 - 2 * HOUR)
}

/// Nobody who asked earlier for the very same goes on waiting.
fn in_order(step: &Step<'_>, row: i64, offered: &Entry) -> Result<(), String> {
    let wish = |entry: &Entry| (entry.place, entry.session, entry.want);
    let passed_over = step.after.entries.iter().find(|(other, entry)| {
        entry.standing == "waiting"
            && wish(entry) == wish(offered)
            && entry.trusted == offered.trusted
            && (entry.joined, **other) < (offered.joined, row)
    });
    passed_over.map_or(Ok(()), |(_, entry)| Err(format!("{entry:?} was passed over for {offered:?}")))
}
