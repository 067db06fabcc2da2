//! Which cells of the table of states and acts a run has reached: what was tried on which state, and what led where. The table itself stands in `domain::occurrence`.

use std::collections::BTreeSet;

use alcove::domain::occurrence::Stage;

use super::acts::{Act, Head, Verb, Who};
use super::model::{Model, overlap};

/// The acts, in the order of the table.
const ACTS: [&str; 10] =
    ["approve", "offer", "accept", "decline", "withdraw", "expire", "cancel", "displace", "reinstate", "take back"];

/// Every transition that the program offers. The table also lets a condition be declined, which no act of the program does.
const POSSIBLE: [(Stage, Stage); 21] = [
    (Stage::Requested, Stage::Confirmed),
    (Stage::Requested, Stage::Conditional),
    (Stage::Requested, Stage::Declined),
    (Stage::Requested, Stage::Withdrawn),
    (Stage::Requested, Stage::Expired),
    (Stage::Requested, Stage::Displaced),
    (Stage::Conditional, Stage::Confirmed),
    (Stage::Conditional, Stage::Withdrawn),
    (Stage::Conditional, Stage::Expired),
    (Stage::Conditional, Stage::Displaced),
    (Stage::Confirmed, Stage::Cancelled),
    (Stage::Confirmed, Stage::Displaced),
    (Stage::Confirmed, Stage::Requested),
    (Stage::Declined, Stage::Requested),
    (Stage::Expired, Stage::Requested),
    (Stage::Cancelled, Stage::Confirmed),
    (Stage::Displaced, Stage::Confirmed),
    (Stage::Skipped, Stage::Requested),
    (Stage::Skipped, Stage::Confirmed),
    // What was displaced or cancelled on the way to a decision comes back confirmed, so these two stand for all the rest.
    (Stage::Requested, Stage::Confirmed),
    (Stage::Confirmed, Stage::Requested),
];

#[derive(Debug, Default)]
pub struct Reached {
    tried: BTreeSet<(Stage, &'static str)>,
    went: BTreeSet<(Stage, Stage)>,
}

impl Reached {
    pub fn went(&mut self, from: Stage, to: Stage) {
        self.went.insert((from, to));
    }

    /// Notes which acts of the table are tried on which states.
    pub fn tries(&mut self, model: &Model, act: &Act) {
        let acts: &[&'static str] = match act {
            Act::Decide { verb: Verb::Approve, .. } => &["approve"],
            Act::Decide { verb: Verb::Offer, .. } => &["offer"],
            Act::Decide { verb: Verb::Decline, .. } => &["decline"],
            Act::Accept { .. } => &["accept"],
            // Which of the two it is follows from the state.
            Act::Cancel { .. } => &["withdraw", "cancel"],
            Act::PutBack { .. } => &["reinstate"],
            Act::Undo { .. } => &["reinstate", "take back"],
            Act::Chore => &["expire"],
            Act::Block { .. } => &["displace"],
            _ => &[],
        };
        for one in targets(model, act) {
            self.tried.extend(acts.iter().map(|name| (one, *name)));
        }
    }

    pub fn merge(&mut self, other: Self) {
        self.tried.extend(other.tried);
        self.went.extend(other.went);
    }

    /// What was not reached, in words.
    pub fn missing(&self) -> Vec<String> {
        let cells = Stage::ALL.into_iter().flat_map(|stage| ACTS.map(|act| (stage, act)));
        let untried = cells.filter(|cell| !self.tried.contains(cell)).map(|(stage, act)| format!("{stage:?} × {act}"));
        let unreached = POSSIBLE.iter().filter(|one| !self.went.contains(one));
        untried.chain(unreached.map(|(from, to)| format!("{from:?} → {to:?}"))).collect()
    }
}

/// The states of the dates that an act is about.
fn targets(model: &Model, act: &Act) -> Vec<Stage> {
    let of = |head: &Head, ordinals: Option<&[i32]>| -> Vec<Stage> {
        if head.stale || head.who == Who::Stranger {
            return Vec::new();
        }
        let booking = model.booking(head.booking);
        let chosen = model.of_booking(booking).filter(|one| ordinals.is_none_or(|some| some.contains(&one.ordinal)));
        chosen.map(|one| one.stage).collect()
    };
    match act {
        Act::Decide { head, dates, .. } => of(head, dates.as_deref()),
        Act::Accept { head } | Act::Undo { head } => of(head, None),
        Act::Cancel { head, from, .. } => of(head, Some(&[*from])),
        Act::PutBack { head, ordinal } => of(head, Some(&[*ordinal])),
        Act::Chore => model.dates.values().map(|one| one.stage).collect(),
        Act::Block { places, span, .. } => {
            let units = |place: usize| &model.places[place].units;
            let hit =
                |place: usize| places.iter().any(|other| units(*other).iter().any(|unit| units(place).contains(unit)));
            model
                .dates
                .values()
                .filter(|one| hit(one.place) && overlap(one.session, *span))
                .map(|one| one.stage)
                .collect()
        }
        _ => Vec::new(),
    }
}
