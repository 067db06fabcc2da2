//! The reminder of the day before: once a date, to its own people and those who share it, with what they must know. On both engines.

use crate::support::engines::{TestDatabase, engines};
use crate::support::world::{self, World, at, circumstances, mailer, now, span};
use alcove::allocation::{self, Draft, RequestAnswer};
use alcove::domain::ids::Reference;
use alcove::domain::rendered::MailKind;
use alcove::domain::span::{Instant, Span};
use alcove::store::notices::{self, NewNotice};
use alcove::store::outbox::{self, WholeMail};
use alcove::store::{Conn, Db};

struct Scene {
    db: Db,
    world: World,
    _database: TestDatabase,
}

fn scenes() -> impl Iterator<Item = Scene> {
    engines().into_iter().map(|database| {
        let db = database.open();
        let world = world::build(&db, None);
        Scene { db, world, _database: database }
    })
}

impl Scene {
    /// Asks for a place in Cedar at an instant, trusted or not.
    fn book(&self, session: Span, at: Instant, trusted: bool) -> Reference {
        let mailer = mailer();
        let draft: Draft =
            if trusted { self.world.trusted_draft("cedar", session) } else { self.world.draft("cedar", session) };
        let ask = |conn: &mut Conn| allocation::request(conn, circumstances(&mailer, at), &draft);
        match self.db.write_now(ask).unwrap() {
            RequestAnswer::Done { reference, .. } => reference,
            other => panic!("{other:?}"),
        }
    }

    fn run(&self, now: Instant, most: i64) -> usize {
        let mailer = mailer();
        let chore = |conn: &mut Conn| allocation::remind_of_tomorrow(conn, circumstances(&mailer, now), most);
        self.db.write_now(chore).unwrap()
    }

    fn reminders(&self) -> Vec<WholeMail> {
        let mails = self.db.read_now(|conn| outbox::whole(conn, None, 500)).unwrap();
        mails.into_iter().filter(|mail| mail.kind == MailKind::Tomorrow).collect()
    }
}

#[test]
fn people_are_reminded_once_the_day_before_of_what_stands() {
    for scene in scenes() {
        let stands = scene.book(span("2026-11-24", "10:00", "11:00"), now(), true);
        scene.book(span("2026-11-24", "12:00", "13:00"), now(), false);
        let gone = scene.book(span("2026-11-24", "15:00", "16:00"), now(), true);
        let (mailer, rob) = (mailer(), scene.world.actor(&scene.db, scene.world.robin_booker));
        let cancel = |conn: &mut Conn| {
            allocation::cancel(conn, circumstances(&mailer, now()), &rob, (&gone, 1), &allocation::GiveUp::all(""))
        };
        scene.db.write_now(cancel).unwrap();
        let notice = NewNotice {
            site: scene.world.site,
            facility: None,
            span: span("2026-11-24", "10:30", "11:00"),
            words: "Fire alarm test",
            by: scene.world.manager,
            group: None,
        };
        scene.db.write_now(|conn| notices::insert(conn, &notice, now())).unwrap();

        assert_eq!(scene.run(at("2026-11-23 09:00"), 100), 0, "more than a day is left");
        assert_eq!(scene.run(at("2026-11-23 10:01"), 100), 1);
        assert_eq!(scene.run(at("2026-11-23 10:01"), 100), 0);
        assert_eq!(scene.run(at("2026-11-23 18:00"), 100), 0, "what only waits, or is given up, is no appointment");
        let mails = scene.reminders();
        assert_eq!(mails.len(), 1);
        let mail = &mails[0];
        assert_eq!(mail.to, "rob@alcove.test");
        assert!(mail.subject.contains(&stands.to_string()) && mail.subject.contains("Tuesday 24 November 2026"));
        for words in ["10am to 11am", "Cedar", "8 Hunter Street", "Main door, then the lift", "Fire alarm test"] {
            assert!(mail.text.contains(words), "{words}: {}", mail.text);
        }
    }
}

#[test]
fn what_was_booked_within_the_day_has_had_its_mail() {
    for scene in scenes() {
        scene.book(span("2026-11-24", "10:00", "11:00"), at("2026-11-23 12:00"), true);
        assert_eq!(scene.run(at("2026-11-23 12:01"), 100), 0);
        assert_eq!(scene.run(at("2026-11-24 09:30"), 100), 0);
    }
}

#[test]
fn many_at_once_are_done_in_several_runs_and_a_long_pause_leaves_nobody_out() {
    for scene in scenes() {
        for hour in 9..14 {
            let session = span("2026-11-24", &format!("{hour:02}:00"), &format!("{:02}:00", hour + 1));
            scene.book(session, now(), true);
        }
        // The program stood still from before the window until the middle of the morning.
        assert_eq!(scene.run(at("2026-11-22 08:00"), 2), 0);
        let late = at("2026-11-24 10:30");
        (0..4).for_each(|_| assert!(scene.run(late, 2) <= 2));
        let mut to_come: Vec<String> = scene.reminders().iter().map(|mail| mail.subject.clone()).collect();
        to_come.sort();
        to_come.dedup();
        assert_eq!((to_come.len(), scene.reminders().len()), (3, 3), "11, 12 and 1 o'clock, each once: {to_come:?}");
    }
}
