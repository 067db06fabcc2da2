//! Faults in the store, on both engines: two who close at once, and that reporters are forgotten. Not the web.

use std::sync::{Arc, Barrier};

use crate::support::engines::engines;
use crate::support::world::{self, circumstances, mailer, now, slug, span};
use alcove::allocation::{self, BlockAnswer, BlockDraft, FaultAnswer, FaultDeed, Report, RequestAnswer};
use alcove::domain::fault::{FaultKind, FaultState, REPORTER_KEPT_DAYS, Usable};
use alcove::domain::ids::Reference;
use alcove::domain::occurrence::Stage;
use alcove::domain::person::Email;
use alcove::domain::rendered::MailKind;
use alcove::store::occurrences::{self, ListFilter};
use alcove::store::{Conn, Db, blocks, facilities, faults, outbox};

fn report(db: &Db, world: &world::World) -> Reference {
    let mailer = mailer();
    let report = Report {
        kind: FaultKind::Water,
        usable: Usable::No,
        words: "It drips".to_owned(),
        photo: None,
        booking: None,
        reporter: Some(world.wren_booker),
        email: Email::parse("wendy@alcove.test").ok(),
    };
    let tell = |conn: &mut Conn| {
        let (site, cedar) = facilities::by_slug(conn, &slug("hunter-street"), &slug("cedar"))?.unwrap();
        allocation::report_fault(conn, circumstances(&mailer, now()), (&site, &cedar), &report)
    };
    db.write_now(tell).unwrap().unwrap()
}

fn find(db: &Db, reference: &Reference) -> alcove::domain::fault::Fault {
    db.read_now(|conn| faults::by_reference(conn, reference)).unwrap().unwrap()
}

#[test]
fn of_two_who_close_at_once_one_does_and_the_booking_loses_its_place_once() {
    for database in engines() {
        let first = database.open();
        let world = world::build(&first, None);
        let mailer = mailer();
        let draft = world.trusted_draft("cedar", span("2026-11-20", "14:00", "15:00"));
        let answer = first.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap();
        assert!(matches!(answer, RequestAnswer::Done { .. }), "{answer:?}");
        let (reference, actor) = (report(&first, &world), world.actor(&first, world.manager));
        let confirmed = ListFilter { stages: Some(&[Stage::Confirmed]), most: 10, ..ListFilter::default() };
        let seen = first.read_now(|conn| occurrences::list(conn, &confirmed)).unwrap();
        let seen: Vec<_> = seen.iter().map(|line| line.occurrence).collect();
        let copies = if first.url().shown().starts_with("sqlite") {
            vec![first.clone()]
        } else {
            vec![first.clone(), database.open()]
        };
        let barrier = Arc::new(Barrier::new(4));
        let racers: Vec<_> = (0..4)
            .map(|number| {
                let (db, actor, reference, seen) =
                    (copies[number % copies.len()].clone(), actor.clone(), reference.clone(), seen.clone());
                let barrier = Arc::clone(&barrier);
                std::thread::spawn(move || {
                    let mailer = world::mailer();
                    let draft = BlockDraft {
                        site: slug("hunter-street"),
                        facilities: vec![slug("cedar")],
                        spans: vec![span("2026-11-20", "13:00", "18:00")],
                        reason: "Fault with the water".to_owned(),
                        seen,
                        instead: Vec::new(),
                    };
                    barrier.wait();
                    db.write_now(|conn| {
                        let how = circumstances(&mailer, now());
                        allocation::block_for_fault(conn, how, &actor, &draft, (&reference, &[]))
                    })
                })
            })
            .collect();
        let answers: Vec<_> = racers.into_iter().map(|racer| racer.join().unwrap().unwrap()).collect();
        let done = answers.iter().filter(|one| matches!(one, BlockAnswer::Done { displaced: 1, .. })).count();
        let no = answers.iter().filter(|one| matches!(one, BlockAnswer::InTheWay(_))).count();
        assert_eq!((done, no), (1, 3), "{answers:?}");
        let coming = first.read_now(|conn| blocks::coming(conn, world.site, now())).unwrap();
        let fault = find(&first, &reference);
        assert_eq!(fault.block, Some(coming[0].id));
        assert_eq!((coming.len(), fault.state), (1, FaultState::InHand));
        let mails = first.read_now(|conn| outbox::whole(conn, None, 100)).unwrap();
        assert_eq!(mails.iter().filter(|mail| mail.kind == MailKind::Displaced).count(), 1);
    }
}

#[test]
fn who_reported_is_forgotten_a_month_after_it_is_mended_and_not_before() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        let (reference, actor, mailer) = (report(&db, &world), world.actor(&db, world.manager), mailer());
        let forget = |days: i64| {
            let before = now().plus_days(days - REPORTER_KEPT_DAYS);
            db.write_now(|conn| faults::forget_reporters(conn, before)).unwrap()
        };
        assert_eq!(forget(400), 0, "it is not mended");
        let site = slug("hunter-street");
        let mend = |conn: &mut Conn| {
            let deed = FaultDeed::Mend { open: true };
            allocation::act_on_fault(conn, circumstances(&mailer, now()), &actor, (&site, &reference), &deed)
        };
        assert_eq!(db.write_now(mend).unwrap(), FaultAnswer::Done);
        assert_eq!(forget(30), 0);
        assert_eq!(find(&db, &reference).email, "wendy@alcove.test");
        assert_eq!(forget(31), 1);
        let fault = find(&db, &reference);
        assert_eq!((fault.email.as_str(), fault.reporter), ("", None));
        assert_eq!(forget(31), 0);
    }
}
