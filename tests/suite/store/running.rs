//! Sessions that run: made longer where the place is free, ended early so that others can have the rest. On both engines.

use crate::support::engines::engines;
use crate::support::world::{self, at, circumstances, mailer, now, span};
use alcove::allocation::{self, Answer, Case, Draft, RequestAnswer};
use alcove::domain::availability::Wanted;
use alcove::domain::ids::Reference;
use alcove::domain::refusal::Refusal;
use alcove::store::{Db, occupancies};

fn booked(db: &Db, draft: &Draft) -> Reference {
    let mailer = mailer();
    let answer = db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), draft)).unwrap();
    let RequestAnswer::Done { reference, .. } = answer else { panic!("{answer:?}") };
    reference
}

fn case(db: &Db, reference: &Reference) -> Case {
    db.read_now(|conn| Case::by_reference(conn, reference)).unwrap().unwrap()
}

#[test]
fn a_session_gets_longer_only_while_it_runs_and_only_where_it_is_free() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        let reference = booked(&db, &world.trusted_draft("hall", span("2026-11-24", "10:00", "11:00")));
        booked(&db, &world.trusted_draft("half-hall", span("2026-11-24", "12:00", "13:00")));
        let (mailer, actor) = (mailer(), world.actor(&db, world.robin_booker));
        let longer = |clock: &str, minutes: i64| {
            let version = case(&db, &reference).booking.version;
            db.write_now(|conn| {
                let how = circumstances(&mailer, at(clock));
                allocation::longer(conn, how, &actor, (&reference, version), (1, minutes))
            })
            .unwrap()
        };
        assert!(matches!(longer("2026-11-24 09:00", 30), Answer::NotPossible(..)), "it has not begun");
        let offered = db
            .read_now(|conn| {
                let case = Case::by_reference(conn, &reference)?.unwrap();
                allocation::minutes_longer(conn, &case, &case.booking.occurrences[0], at("2026-11-24 10:40"))
            })
            .unwrap();
        assert_eq!(offered, [30, 60], "until the half of the hall is somebody else's");
        let Answer::Refused(refused, _) = longer("2026-11-24 10:40", 90) else { panic!() };
        assert!(refused[0].refusals.iter().any(|one| matches!(one, Refusal::NotFree { .. })));
        assert!(matches!(longer("2026-11-24 10:40", 60), Answer::Done(_)));
        let one = case(&db, &reference).booking.occurrences[0].clone();
        assert_eq!(one.session, span("2026-11-24", "10:00", "12:00"));
        let held = db.read_now(|conn| occupancies::of_occurrence(conn, one.id)).unwrap();
        assert!(held.len() == 2 && held.iter().all(|held| held.span == span("2026-11-24", "10:00", "12:00")));
        assert!(matches!(longer("2026-11-24 12:30", 30), Answer::NotPossible(..)), "it is over");
    }
}

#[test]
fn what_is_left_of_a_finished_session_is_free() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        let reference = booked(&db, &world.trusted_draft("tidy-room", span("2026-11-24", "10:00", "12:00")));
        let (mailer, actor) = (mailer(), world.actor(&db, world.robin_booker));
        let finish = |version: i32| {
            db.write_now(|conn| {
                let how = circumstances(&mailer, at("2026-11-24 10:40"));
                allocation::finish(conn, how, &actor, (&reference, version), 1)
            })
            .unwrap()
        };
        assert!(matches!(finish(1), Answer::Done(_)));
        assert!(matches!(finish(1), Answer::Stale(_)) && matches!(finish(2), Answer::NotPossible(..)));
        let one = case(&db, &reference).booking.occurrences[0].clone();
        assert_eq!((one.session, one.ended_at), (span("2026-11-24", "10:00", "12:00"), Some(at("2026-11-24 10:40"))));
        let held = db.read_now(|conn| occupancies::of_occurrence(conn, one.id)).unwrap();
        // A quarter of an hour to tidy up before and after.
        assert_eq!(held[0].span, span("2026-11-24", "09:45", "10:55"));
        let next = world.trusted_draft("tidy-room", span("2026-11-24", "11:15", "12:15"));
        let how = circumstances(&mailer, at("2026-11-24 10:45"));
        let answer = db.write_now(|conn| allocation::request(conn, how, &next)).unwrap();
        assert!(matches!(answer, RequestAnswer::Done { .. } | RequestAnswer::Refused(_)), "{answer:?}");
        assert!(matches!(answer, RequestAnswer::Done { confirmed: true, .. }), "{answer:?}");
    }
}

#[test]
fn a_bench_that_somebody_else_has_next_is_not_kept_longer_though_others_are_free() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        let bench = |from: &str, to: &str| Draft {
            wanted: Wanted::Any(1),
            ..world.trusted_draft("kitchen", span("2026-11-24", from, to))
        };
        let reference = booked(&db, &bench("10:00", "11:00"));
        booked(&db, &bench("11:00", "12:00"));
        let (mailer, actor) = (mailer(), world.actor(&db, world.robin_booker));
        let how = circumstances(&mailer, at("2026-11-24 10:30"));
        let answer = db.write_now(|conn| allocation::longer(conn, how, &actor, (&reference, 1), (1, 30)));
        assert!(matches!(answer, Ok(Answer::Refused(..))), "{answer:?}");
    }
}
