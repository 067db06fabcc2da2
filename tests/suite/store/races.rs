//! Races between acts of different kinds for one place, on both engines; on the one with many writers between two copies of the program too. Not the web.

use std::sync::{Arc, Barrier};

use crate::support::engines::engines;
use crate::support::world::{self, World, circumstances, mailer, now, span};
use alcove::allocation::{
    self, Answer, Case, Change, ChangeAnswer, Dated, Dates, Decision, Draft, NewPlace, RequestAnswer,
};
use alcove::domain::booking::Scope;
use alcove::domain::ids::Reference;
use alcove::domain::occurrence::Stage;
use alcove::domain::span::Span;
use alcove::store::occurrences::{self, ListFilter};
use alcove::store::{Db, StoreError, occupancies};

const ROUNDS: i64 = 20;
const RACERS: usize = 8;

/// What one racer got: the place, or a clear no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Got {
    Place,
    No,
}

/// A race between copies of the program: two on an engine that several may write to at once, else one.
fn races(race: impl Fn(&[Db], &World)) {
    for database in engines() {
        let first = database.open();
        let world = world::build(&first, None);
        let alone = first.url().shown().starts_with("sqlite");
        let copies = if alone { vec![first] } else { vec![first, database.open()] };
        race(&copies, &world);
    }
}

/// The hour of a round; no two rounds want the same.
fn slot(round: i64) -> Span {
    let hour = 9 + round % 10;
    let at = span("2026-11-24", &format!("{hour:02}:00"), &format!("{:02}:00", hour + 1));
    later(at, round / 10)
}

fn later(at: Span, days: i64) -> Span {
    Span::new(at.start().plus_days(days), at.end().plus_days(days)).unwrap()
}

/// Starts all at once, each on a copy, and waits for their answers.
fn run(copies: &[Db], racers: Vec<Box<dyn Fn(&Db) -> Result<Got, StoreError> + Send>>) -> Vec<Got> {
    let barrier = Arc::new(Barrier::new(racers.len()));
    let threads: Vec<_> = racers
        .into_iter()
        .enumerate()
        .map(|(number, racer)| {
            let (db, barrier) = (copies[number % copies.len()].clone(), Arc::clone(&barrier));
            std::thread::spawn(move || {
                barrier.wait();
                racer(&db)
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect()
}

fn ask(db: &Db, draft: &Draft) -> Result<Got, StoreError> {
    let mailer = mailer();
    match db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), draft))? {
        RequestAnswer::Done { .. } => Ok(Got::Place),
        RequestAnswer::Refused(_) => Ok(Got::No),
        other => panic!("{other:?}"),
    }
}

fn book(db: &Db, draft: &Draft) -> Reference {
    let mailer = mailer();
    match db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), draft)).unwrap() {
        RequestAnswer::Done { reference, .. } => reference,
        other => panic!("{other:?}"),
    }
}

fn case(db: &Db, reference: &Reference) -> Case {
    db.read_now(|conn| Case::by_reference(conn, reference)).unwrap().unwrap()
}

/// Everything confirmed has its place, and a place has only one.
fn nothing_is_had_twice(db: &Db) {
    let lines = db.read_now(|conn| occurrences::list(conn, &ListFilter::default())).unwrap();
    let mut had = Vec::new();
    for line in lines.iter().filter(|line| line.stage == Stage::Confirmed) {
        let held = db.read_now(|conn| occupancies::of_occurrence(conn, line.occurrence)).unwrap();
        assert_eq!(held.len(), 1, "{line:?}");
        had.push((held[0].unit, held[0].span));
    }
    for (place, one) in had.iter().enumerate() {
        assert!(had[..place].iter().all(|other| other.0 != one.0 || !other.1.overlaps(one.1)), "{one:?}");
    }
}

#[test]
fn of_series_and_single_dates_that_race_for_a_day_one_wins_whole() {
    races(|copies, world| {
        for round in 0..ROUNDS {
            let mut racers: Vec<Box<dyn Fn(&Db) -> Result<Got, StoreError> + Send>> = Vec::new();
            for number in 0..RACERS {
                // The dates are six days apart, so that no round meets another's.
                let days = |week: i64| later(slot(round), week * 6);
                let single = world.trusted_draft("cedar", days(2));
                let series = Draft { dates: (0..4).map(|week| Dated::at(days(week))).collect(), ..single.clone() };
                let draft = if number % 2 == 0 { series } else { single };
                racers.push(Box::new(move |db| ask(db, &draft)));
            }
            let got = run(copies, racers);
            assert_eq!(got.iter().filter(|one| **one == Got::Place).count(), 1, "round {round}: {got:?}");
            let lines = copies[0].read_now(|conn| occurrences::list(conn, &ListFilter::default())).unwrap();
            let mut numbers: Vec<usize> =
                lines.iter().map(|line| lines.iter().filter(|other| other.booking == line.booking).count()).collect();
            numbers.sort_unstable();
            numbers.dedup();
            assert!(numbers.iter().all(|number| [1, 4].contains(number)), "half a series: {numbers:?}");
        }
        nothing_is_had_twice(&copies[0]);
    });
}

#[test]
fn of_requests_for_one_slot_that_are_approved_at_once_one_is_confirmed() {
    races(|copies, world| {
        let manager = world.actor(&copies[0], world.manager);
        for round in 0..ROUNDS {
            let asked: Vec<Reference> =
                (0..RACERS).map(|_| book(&copies[0], &world.draft("open-room", slot(round)))).collect();
            let racers = asked.iter().map(|reference| {
                let (reference, manager) = (reference.clone(), manager.clone());
                let racer = move |db: &Db| {
                    let (mailer, yes) = (mailer(), Decision::Approve { dates: Dates::All });
                    let answer = db.write_now(|conn| {
                        allocation::decide(conn, circumstances(&mailer, now()), &manager, (&reference, 1), &yes)
                    })?;
                    Ok(if matches!(answer, Answer::Done(_)) { Got::Place } else { Got::No })
                };
                Box::new(racer) as Box<dyn Fn(&Db) -> Result<Got, StoreError> + Send>
            });
            let got = run(copies, racers.collect());
            assert_eq!(got.iter().filter(|one| **one == Got::Place).count(), 1, "round {round}: {got:?}");
            let stages: Vec<Stage> = asked.iter().map(|one| case(&copies[0], one).booking.stage()).collect();
            let count = |stage: Stage| stages.iter().filter(|one| **one == stage).count();
            assert_eq!((count(Stage::Confirmed), count(Stage::Declined)), (1, RACERS - 1), "{stages:?}");
        }
        nothing_is_had_twice(&copies[0]);
    });
}

#[test]
fn of_changes_and_requests_that_race_for_a_slot_one_wins_and_the_rest_stay_as_they_were() {
    races(|copies, world| {
        let booker = world.actor(&copies[0], world.robin_booker);
        for round in 0..ROUNDS {
            let (mut racers, mut moving) = (Vec::new(), Vec::new());
            for number in 0..RACERS {
                let racer: Box<dyn Fn(&Db) -> Result<Got, StoreError> + Send> = if number % 2 == 0 {
                    let draft = world.trusted_draft("cedar", slot(round));
                    Box::new(move |db| ask(db, &draft))
                } else {
                    let days = 20 + i64::try_from(number).unwrap() * 3;
                    let reference = book(&copies[0], &world.trusted_draft("cedar", later(slot(round), days)));
                    moving.push((reference.clone(), later(slot(round), days)));
                    let booker = booker.clone();
                    Box::new(move |db| change(db, &booker, &reference, round))
                };
                racers.push(racer);
            }
            let got = run(copies, racers);
            assert_eq!(got.iter().filter(|one| **one == Got::Place).count(), 1, "round {round}: {got:?}");
            let moved = got.iter().skip(1).step_by(2);
            for ((reference, from), got) in moving.iter().zip(moved) {
                let expected = if *got == Got::Place { slot(round) } else { *from };
                assert_eq!(case(&copies[0], reference).booking.occurrences[0].session, expected);
            }
        }
        nothing_is_had_twice(&copies[0]);
    });
}

fn change(
    db: &Db,
    booker: &alcove::domain::policy::Actor,
    reference: &Reference,
    round: i64,
) -> Result<Got, StoreError> {
    let date = alcove::domain::hours::local_date(chrono_tz::Europe::London, slot(round).start());
    let place = NewPlace { date: Some(date), ..NewPlace::default() };
    let (mailer, change) = (mailer(), Change { from: 1, scope: Scope::This, place, words: None });
    let answer =
        db.write_now(|conn| allocation::change(conn, circumstances(&mailer, now()), booker, (reference, 1), &change))?;
    match answer {
        ChangeAnswer::Done { waiting: 0, .. } => Ok(Got::Place),
        ChangeAnswer::Not(Answer::Refused(..)) => Ok(Got::No),
        other => panic!("{other:?}"),
    }
}
