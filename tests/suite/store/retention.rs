//! That nothing changes the history, that trying changes nothing, and what goes when its time is over, on both engines.

use crate::support::engines::engines;
use crate::support::tables::contents;
use crate::support::world::{self, circumstances, mailer, now, span};
use alcove::allocation::{self, RequestAnswer};
use alcove::domain::history::EventKind;
use alcove::domain::retention::Kept;
use alcove::store::events::{self, NewEvent};
use alcove::store::{Conn, people, settings};
use diesel::connection::SimpleConnection;

#[test]
fn the_database_itself_keeps_the_history_as_it_is() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        let line = NewEvent { site: Some(world.site), ..NewEvent::new(EventKind::SiteChanged, Some(world.manager)) };
        db.write_now(|conn| events::insert(conn, &line, now())).unwrap();
        let before = contents(&db);
        let mut wrong = vec!["UPDATE event SET actor_id = NULL", "DELETE FROM event", "UPDATE event SET at = at"];
        if database.url.starts_with("postgres") {
            wrong.push("TRUNCATE event");
        }
        for statement in wrong {
            let done = db.write_now(|conn| Ok(conn.batch_execute(statement)?));
            let said = done.unwrap_err().to_string();
            assert!(said.contains("event_is_added_never_changed"), "{statement}: {said}");
            assert_eq!(contents(&db), before, "{statement}");
        }
        // The one way takes what is older and nothing else, and leaves the door shut.
        assert_eq!(db.write_now(|conn| events::remove_before(conn, now())).unwrap(), 0);
        assert_eq!(contents(&db), before);
        assert_eq!(db.write_now(|conn| events::remove_before(conn, now().plus_minutes(1))).unwrap(), 1);
        db.write_now(|conn| events::insert(conn, &line, now())).unwrap();
        assert!(db.write_now(|conn| Ok(conn.batch_execute("DELETE FROM event")?)).is_err());
    }
}

/// A booking with a reason, long over.
fn old_booking(db: &alcove::store::Db, world: &world::World) {
    let mailer = mailer();
    let draft = allocation::Draft {
        purpose: "Oldpurpose".to_owned(),
        note: "Oldnote".to_owned(),
        ..world.trusted_draft("hall", span("2026-11-24", "10:00", "11:00"))
    };
    let make = |conn: &mut Conn| {
        let done = allocation::request(conn, circumstances(&mailer, now()), &draft)?;
        assert!(matches!(done, RequestAnswer::Done { .. }), "{done:?}");
        events::write_message(conn, None, "Oldmessage", Some(world.manager), now())
    };
    db.write_now(make).unwrap();
}

#[test]
fn trying_tells_what_would_go_and_changes_nothing() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        old_booking(&db, &world);
        let mailer = mailer();
        let later = circumstances(&mailer, now().plus_days(8 * 365));
        let before = contents(&db);
        let tried = db.rehearse_now(|conn| allocation::remove_all(conn, later, None)).unwrap();
        assert_eq!(contents(&db), before, "trying changes nothing");
        let of = |removed: &allocation::Removed, kind| removed.iter().find(|(one, _)| *one == kind).unwrap().1;
        for kind in [Kept::BookingTexts, Kept::Messages, Kept::History] {
            assert!(0 < of(&tried, kind), "{kind:?}");
        }
        let done = db.write_now(|conn| allocation::remove_all(conn, later, None)).unwrap();
        assert_eq!(done, tried, "what was said would go has gone");
        let text = contents(&db).into_iter().collect::<Vec<_>>().join("\n");
        for word in ["Oldpurpose", "Oldnote", "Oldmessage"] {
            assert!(!text.contains(word), "{word}");
        }
        assert!(text.contains("No longer kept"));
        let again = db.write_now(|conn| allocation::remove_all(conn, later, None)).unwrap();
        // The line that says so is the only thing that there is to say.
        assert!(again.iter().all(|(_, rows)| *rows == 0), "{again:?}");
    }
}

#[test]
fn each_kind_goes_when_its_time_is_over_and_not_before() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        old_booking(&db, &world);
        let mailer = mailer();
        let run = |days: i64| {
            let how = circumstances(&mailer, span("2026-11-24", "10:00", "11:00").end().plus_days(days));
            db.rehearse_now(|conn| allocation::remove_all(conn, how, None)).unwrap()
        };
        let texts = |days| run(days).iter().find(|(kind, _)| *kind == Kept::BookingTexts).unwrap().1;
        assert_eq!((texts(3 * 365), texts(3 * 365 + 1)), (0, 1));
        // A shorter time that was set counts, a foolish one does not.
        let set = |days: &str| {
            db.write_now(|conn| settings::set(conn, "retention/booking_texts", days)).unwrap();
        };
        set("400");
        assert_eq!((texts(400), texts(401)), (0, 1));
        set("1");
        assert_eq!((texts(2), texts(3 * 365 + 1)), (0, 1));
    }
}

#[test]
fn unused_accounts_that_belong_nowhere_are_erased() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        let lonely = db.write_now(|conn| Ok(world::add_person(conn, "Lone Ly", "lone@alcove.test", None))).unwrap();
        let mailer = mailer();
        let run = |days: i64| {
            let how = circumstances(&mailer, now().plus_days(days));
            db.write_now(|conn| allocation::remove_all(conn, how, None)).unwrap();
            db.read_now(|conn| people::by_id(conn, lonely)).unwrap().unwrap()
        };
        assert!(!run(2 * 365).closed);
        let gone = run(2 * 365 + 1);
        assert!(gone.closed && gone.name.starts_with("Someone erased on "), "{gone:?}");
        let member = db.read_now(|conn| people::by_id(conn, world.wren_booker)).unwrap().unwrap();
        assert!(!member.closed && member.name == "Wendy Wren");
    }
}
