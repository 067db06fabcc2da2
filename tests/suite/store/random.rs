//! Random sequences of acts beside a plain model, on both engines: the same answers, nothing had twice, nothing left over, a full history. Not single acts: those have tests of their own.
//!
//! A failure names its seed and step. `ALCOVE_TEST_SEED` runs that seed alone.

mod acts;
mod check;
mod dice;
mod forecast;
mod holdings;
mod lists;
mod model;
mod perform;
mod snapshot;
mod table;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use alcove::store::Db;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use self::acts::{Act, Drawer};
use self::check::{Step, check};
use self::dice::Dice;
use self::model::Model;
use self::perform::Stage;
use self::snapshot::{Snapshot, places};
use self::table::Reached;
use crate::support::engines::engines;
use crate::support::world::now;

const SEEDS: u64 = 12;
const STEPS: usize = 430;

/// What was done and answered in one step, and a number for all that stood there afterwards.
type Line = (String, u64);

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[test]
fn random_sequences_end_as_a_plain_model_says_on_both_engines() {
    let seeds: Vec<u64> = match std::env::var("ALCOVE_TEST_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (1..=SEEDS).collect(),
    };
    let threads: Vec<_> = engines()
        .into_iter()
        .enumerate()
        .map(|(engine, first)| {
            let seeds = seeds.clone();
            std::thread::spawn(move || {
                let mut reached = Reached::default();
                let mut fresh = Some(first);
                let mut runs = Vec::new();
                for seed in seeds {
                    let database = fresh.take().unwrap_or_else(|| engines().swap_remove(engine));
                    runs.push(run(database.open(), seed, &mut reached));
                }
                (runs, reached)
            })
        })
        .collect();
    let ended: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    let mut all = Reached::default();
    let mut traces = Vec::new();
    for (runs, reached) in ended {
        all.merge(reached);
        traces.push(runs);
    }
    for pair in traces.windows(2) {
        for (seed, (one, other)) in seeds.iter().zip(pair[0].iter().zip(&pair[1])) {
            let apart = one.iter().zip(other).position(|(a, b)| a != b);
            let step = apart.map(|at| (at, &one[at], &other[at]));
            assert!(step.is_none(), "the engines part at seed {seed}: {step:?}");
        }
    }
    if 1 < seeds.len() {
        assert_eq!(all.missing(), Vec::<String>::new(), "cells of the table that no step reached");
    }
}

/// One sequence on one engine, checked at every step.
fn run(db: Db, seed: u64, reached: &mut Reached) -> Vec<Line> {
    let engine = db.url().shown();
    let stage = Stage::new(db);
    let mut model = empty(&stage);
    let (mut dice, mut last_event) = (Dice::new(seed), 0);
    let mut trace = Vec::with_capacity(STEPS);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for number in 0..STEPS {
        let act = Drawer { dice: &mut dice, model: &model }.draw();
        let from = model.now;
        let place = || format!("seed {seed}, step {number} on {engine}: {act:?} at {from}");
        reached.tries(&model, &act);
        let forecast = model.forecast(&act);
        let answer = stage.perform(&model, &act).unwrap_or_else(|error| panic!("{}: {error:?}", place()));
        if let Act::Pass { minutes } = act {
            model.now += minutes * 60;
        }
        let after = Snapshot::read(&stage.db, &model.places, last_event);
        last_event = after.events.last().map_or(last_event, |(row, ..)| *row);
        let step = Step { before: &model, act: &act, forecast: &forecast, answer, after: &after };
        let next = check(&step, reached).unwrap_or_else(|fault| panic!("{}: {fault}", place()));
        if number % 25 == 24 || number + 1 == STEPS {
            assert_eq!(overlaps(&stage.db), 0, "{}", place());
        }
        let name: String = format!("{act:?}").chars().take_while(|letter| letter.is_alphanumeric()).collect();
        *counts.entry(format!("{name} {answer:?}")).or_default() += 1;
        trace.push((format!("{act:?} → {answer:?}"), fingerprint(&next)));
        model = next;
    }
    println!("seed {seed} on {engine}: {counts:?}");
    trace
}

fn empty(stage: &Stage) -> Model {
    Model {
        now: now().seconds(),
        places: places(&stage.db),
        manager: stage.world.manager.row(),
        bookers: [stage.world.wren_booker.row(), stage.world.robin_booker.row()],
        dates: BTreeMap::new(),
        pieces: Vec::new(),
        changes: BTreeMap::new(),
        entries: BTreeMap::new(),
        blocks: Vec::new(),
        bookings: BTreeMap::new(),
        trusted: BTreeMap::new(),
    }
}

/// Pairs of occupancies of one unit that overlap, as the database itself counts them.
fn overlaps(db: &Db) -> i64 {
    let question = "SELECT COUNT(*) AS number FROM occupancy a JOIN occupancy b ON a.unit_id = b.unit_id \
                    AND a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at";
    db.read_now(|conn| Ok(diesel::sql_query(question).get_result::<Counted>(conn)?)).unwrap().number
}

/// A number for everything that stands there, whatever its rows are called.
fn fingerprint(model: &Model) -> u64 {
    let mut hasher = DefaultHasher::new();
    for one in model.dates.values() {
        let booking = model.bookings.keys().position(|row| *row == one.booking);
        (booking, one.ordinal, one.place, one.session, one.stage, one.at, one.until).hash(&mut hasher);
    }
    let mut pieces: Vec<_> = model.pieces.iter().map(|one| (one.unit, one.span, one.void_at)).collect();
    pieces.sort_unstable();
    let entries: Vec<_> = model.entries.values().map(|one| (one.place, one.session, &one.standing)).collect();
    (pieces, entries, model.blocks.len(), model.changes.len()).hash(&mut hasher);
    hasher.finish()
}
