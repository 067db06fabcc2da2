//! The one invariant, held by the database itself: by plain SQL, by random inserts and under races.

use std::sync::{Arc, Barrier};

use crate::support::engines::engines;
use crate::support::world::{self, circumstances, mailer, now, span};
use alcove::allocation::{self, RequestAnswer};
use alcove::domain::ids::{OccurrenceId, UnitId};
use alcove::domain::span::{Instant, Span};
use alcove::store::engine::{NewOccupancy, OccupancyHolder, insert_occupancies};
use alcove::store::{Db, StoreError};
use diesel::connection::SimpleConnection;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

fn block(db: &Db) -> OccupancyHolder {
    let block = db
        .write_now(|conn| {
            conn.batch_execute(
                "INSERT INTO block (site_id, reason, is_closure, starts_at, ends_at, created_at) \
                 SELECT id, 'test', true, 1800000000, 1800003600, 0 FROM site LIMIT 1",
            )?;
            Ok(1)
        })
        .unwrap();
    OccupancyHolder::Block(alcove::domain::ids::BlockId::new(block))
}

#[test]
fn plain_sql_cannot_overlap_or_move_an_occupancy() {
    for database in engines() {
        let db = database.open();
        world::build(&db, None);
        block(&db);
        let run = |statement: &str| db.write_now(|conn| Ok(conn.batch_execute(statement)?));
        let insert = |from: i64, to: i64| {
            let long = 86_400 < to - from;
            run(&format!(
                "INSERT INTO occupancy (unit_id, starts_at, ends_at, is_long, block_id) \
                 SELECT 1, {from}, {to}, {long}, id FROM block LIMIT 1"
            ))
        };
        let (noon, hour) = (1_800_000_000, 3_600);
        insert(noon, noon + hour).unwrap();
        insert(noon + hour, noon + 2 * hour).unwrap();
        insert(noon - hour, noon).unwrap();
        for (from, to) in
            [(noon, noon + hour), (noon + 60, noon + 120), (noon - 60, noon + 60), (noon - 2 * hour, noon + 100 * hour)]
        {
            assert!(matches!(insert(from, to), Err(StoreError::Overlap)), "{from} {to} on {}", database.url);
        }
        assert!(run("UPDATE occupancy SET ends_at = ends_at + 60").is_err());
        assert!(insert(noon + 10 * hour, noon + 10 * hour).is_err(), "an empty span");
        assert!(insert(noon + 10 * hour + 1, noon + 11 * hour).is_err(), "not a whole minute");
    }
}

#[test]
fn random_occupancies_are_kept_exactly_when_a_plain_model_keeps_them() {
    for database in engines() {
        let db = database.open();
        world::build(&db, None);
        let holder = block(&db);
        let mut model: Vec<(i64, Span)> = Vec::new();
        let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
        let model = std::cell::RefCell::new(&mut model);
        runner
            .run(&(1i64..4, 0i64..3_000, 1i64..2_000), |(unit, start, length)| {
                let start = Instant::from_seconds(1_800_000_000 + start * 3_600);
                let span = Span::new(start, start.plus_minutes(length)).unwrap();
                let new = NewOccupancy { unit: UnitId::new(unit), span, holder };
                let kept = db.write_now(|conn| insert_occupancies(conn, &[new]));
                let mut model = model.borrow_mut();
                let free = model.iter().all(|(other, taken)| *other != unit || !taken.overlaps(span));
                match kept {
                    Ok(()) => prop_assert!(free, "kept an overlap"),
                    Err(StoreError::Overlap) => prop_assert!(!free, "refused a free place"),
                    Err(other) => prop_assert!(false, "{other}"),
                }
                if free {
                    model.push((unit, span));
                }
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn of_32_who_race_for_one_slot_one_wins_and_the_rest_are_refused() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        for round in 0..6 {
            let session = span("2026-11-24", &format!("{:02}:00", 9 + round), &format!("{:02}:00", 10 + round));
            let barrier = Arc::new(Barrier::new(32));
            let threads: Vec<_> = (0..32)
                .map(|_| {
                    let (db, barrier, draft) =
                        (db.clone(), Arc::clone(&barrier), world.trusted_draft("cedar", session));
                    std::thread::spawn(move || {
                        let mailer = mailer();
                        barrier.wait();
                        db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft))
                    })
                })
                .collect();
            let answers: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect();
            let won = answers.iter().filter(|answer| matches!(answer, RequestAnswer::Done { .. })).count();
            let refused = answers.iter().filter(|answer| matches!(answer, RequestAnswer::Refused(_))).count();
            assert_eq!((won, refused), (1, 31), "round {round} on {}", database.url);
        }
    }
}

#[test]
fn what_an_occurrence_holds_goes_with_it_or_not_at_all() {
    for database in engines() {
        let db = database.open();
        world::build(&db, None);
        let orphan = NewOccupancy {
            unit: UnitId::new(1),
            span: span("2026-11-24", "09:00", "10:00"),
            holder: OccupancyHolder::Occurrence(OccurrenceId::new(4_711)),
        };
        assert!(db.write_now(|conn| insert_occupancies(conn, &[orphan])).is_err());
    }
}
