//! Rooms for private sessions: arrivals kept apart under the lock, who is alone in the building, and the statements that takes. On both engines.

use std::sync::{Arc, Barrier};

use crate::support::engines::{TestDatabase, engines};
use crate::support::world::{self, World, add_facility, at, circumstances, mailer, now, slug, span};
use alcove::allocation::{self, Dated, Draft, RequestAnswer};
use alcove::domain::availability::Wanted;
use alcove::domain::kinds::Kind;
use alcove::domain::leeway::Leeway;
use alcove::domain::papers::Required;
use alcove::domain::places::UnitChoice;
use alcove::domain::refusal::Refusal;
use alcove::domain::rendered::MailKind;
use alcove::domain::rules::{Privacy, Rules};
use alcove::domain::safety::Safety;
use alcove::domain::span::Span;
use alcove::enquiry::series::{SeriesWish, preview};
use alcove::store::{Conn, Db, facilities, outbox, safety, sites};

struct Scene {
    db: Db,
    world: World,
    _database: TestDatabase,
}

/// Beside Cedar another counselling room, Aspen; both start every quarter of an hour and keep arrivals fifteen minutes apart.
fn scenes() -> impl Iterator<Item = Scene> {
    engines().into_iter().map(|database| {
        let db = database.open();
        let world = world::build(&db, None);
        let rules = Rules {
            notice_minutes: 0,
            step_minutes: 15,
            arrival_gap_minutes: 15,
            papers: Required::NOTHING,
            ..Kind::Counselling.entry().default_rules()
        };
        let furnish = |conn: &mut Conn| {
            add_facility(conn, world.site, "Aspen", Kind::Counselling, &["Aspen"], UnitChoice::Whole, &rules);
            let (_, cedar) = facilities::by_slug(conn, &slug("hunter-street"), &slug("cedar"))?.unwrap();
            facilities::set_rules(conn, cedar.id, &rules)
        };
        db.write_now(furnish).unwrap();
        Scene { db, world, _database: database }
    })
}

impl Scene {
    fn draft(&self, room: &str, session: Span, ours: bool) -> Draft {
        let draft = if ours { self.world.trusted_draft(room, session) } else { self.world.draft(room, session) };
        Draft { privacy: Privacy::Confidential, ..draft }
    }

    fn ask(&self, draft: &Draft) -> RequestAnswer {
        let mailer = mailer();
        self.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), draft)).unwrap()
    }

    /// The refusals of what cannot be had; none where it was booked.
    fn refusals(&self, draft: &Draft) -> Vec<Refusal> {
        match self.ask(draft) {
            RequestAnswer::Done { .. } => Vec::new(),
            RequestAnswer::Refused(dates) => dates.into_iter().flat_map(|(_, verdict)| verdict.refusals).collect(),
            other => panic!("{other:?}"),
        }
    }
}

const DAY: &str = "2026-11-24";

#[test]
fn arrivals_for_different_holders_are_kept_apart_in_like_rooms_of_a_site() {
    for scene in scenes() {
        assert_eq!(scene.refusals(&scene.draft("cedar", span(DAY, "10:00", "10:50"), true)), []);
        let beside = |from: &str, to: &str, ours| scene.refusals(&scene.draft("aspen", span(DAY, from, to), ours));
        assert_eq!(beside("10:00", "10:50", false), [Refusal::Arrival]);
        assert_eq!(beside("10:15", "11:05", false), []);
        // Their own may arrive together; other kinds of room, and what is not confidential, are nobody's neighbours.
        assert_eq!(scene.refusals(&scene.draft("cedar", span(DAY, "14:00", "14:50"), true)), []);
        assert_eq!(beside("14:00", "14:50", true), []);
        assert_eq!(scene.refusals(&scene.draft("hall", span(DAY, "16:00", "17:00"), true)), []);
        assert_eq!(beside("16:00", "16:50", false), []);
        let open = Draft { privacy: Privacy::Open, ..scene.draft("cedar", span(DAY, "18:00", "18:50"), true) };
        assert_eq!(scene.refusals(&open), []);
        assert_eq!(beside("18:00", "18:50", false), []);
    }
}

#[test]
fn a_series_cannot_evade_it_and_is_refused_on_the_date_that_meets_somebody() {
    for scene in scenes() {
        assert_eq!(scene.refusals(&scene.draft("cedar", span("2026-12-01", "10:00", "10:50"), true)), []);
        let dates = [DAY, "2026-12-01", "2026-12-08"].map(|date| Dated::at(span(date, "10:00", "10:50")));
        let series = Draft { dates: dates.to_vec(), ..scene.draft("aspen", span(DAY, "10:00", "10:50"), false) };
        let RequestAnswer::Refused(refused) = scene.ask(&series) else { panic!("it was booked") };
        assert_eq!(refused.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [1]);
    }
}

#[test]
fn of_many_who_would_arrive_together_in_two_rooms_one_holder_wins() {
    for scene in scenes() {
        let barrier = Arc::new(Barrier::new(8));
        let won: Vec<bool> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|number| {
                    let (barrier, scene) = (Arc::clone(&barrier), &scene);
                    scope.spawn(move || {
                        let room = if number % 2 == 0 { "cedar" } else { "aspen" };
                        let draft = scene.draft(room, span(DAY, "10:00", "10:50"), number % 2 == 0);
                        barrier.wait();
                        matches!(scene.ask(&draft), RequestAnswer::Done { .. })
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?} on {}", scene.db.url().shown());
    }
}

#[test]
fn a_series_keeps_to_its_statements_with_arrivals_kept_apart_and_the_preview_to_twelve() {
    for scene in scenes() {
        let first = span(DAY, "10:00", "10:50");
        let spans: Vec<Span> = (0..52)
            .map(|week| Span::new(first.start().plus_days(7 * week), first.end().plus_days(7 * week)).unwrap())
            .collect();
        // By the wall the clocks change once in that year; by the hour all of them are inside opening hours.
        assert_eq!(scene.refusals(&scene.draft("aspen", spans[3], true)), []);
        let wish = SeriesWish {
            site: slug("hunter-street"),
            facility: slug("cedar"),
            organisation: Some(scene.world.wren),
            leeway: Leeway::Nothing,
            wanted: Wanted::Whole,
            people: 2,
            dates: spans
                .iter()
                .take(40)
                .map(|span| (alcove::domain::hours::local_date(chrono_tz::Europe::London, span.start()), Ok(*span)))
                .collect(),
            brings: Default::default(),
        };
        let before = scene.db.queries();
        let found = scene.db.read_now(|conn| preview(conn, &wish, now())).unwrap().unwrap();
        let taken = scene.db.queries() - before;
        assert!(taken <= 12, "{taken} queries");
        let clashes: Vec<usize> = (0..40).filter(|place| !found.results[*place].is_free()).collect();
        assert_eq!(clashes, [3]);
        // Only on the date of the other room is somebody else there.
        let alone: Vec<usize> = (0..40).filter(|place| !found.results[*place].alone).collect();
        assert_eq!(alone, [3]);
        let dates = spans.iter().map(|span| Dated::at(*span)).enumerate();
        let dates = dates.map(|(week, date)| Dated { left_out: week == 3, ..date }).collect();
        let series = Draft { dates, ..scene.draft("cedar", first, false) };
        let before = scene.db.queries();
        let RequestAnswer::Done { .. } = scene.ask(&series) else { panic!("it was refused") };
        let taken = scene.db.queries() - before;
        // The locks of site and organisation are counted with the statements, though they are none.
        let most = if scene.db.url().shown().starts_with("postgres") { 15 + 2 } else { 200 };
        assert!(taken <= most, "{taken} statements on {}", scene.db.url().shown());
    }
}

#[test]
fn the_reminder_says_whom_to_ring_and_that_nobody_else_is_there_as_it_stands_then() {
    for scene in scenes() {
        let (mailer, own) = (mailer(), Safety { alarm: "By the window".to_owned(), ..Safety::default() });
        let site =
            Safety { contact: "Duty manager".to_owned(), phone: "020 7946 0009".to_owned(), alarm: String::new() };
        let furnish = |conn: &mut Conn| {
            let (place, cedar) = facilities::by_slug(conn, &slug("hunter-street"), &slug("cedar"))?.unwrap();
            safety::set_of_facility(conn, cedar.id, &own)?;
            safety::set_of_site(conn, place.id, &site)?;
            assert_eq!(sites::by_id(conn, place.id)?.unwrap().safety, site);
            Ok(())
        };
        scene.db.write_now(furnish).unwrap();
        assert_eq!(scene.refusals(&scene.draft("cedar", span(DAY, "10:00", "10:50"), true)), []);
        assert_eq!(scene.refusals(&scene.draft("cedar", span(DAY, "14:00", "14:50"), true)), []);
        assert_eq!(scene.refusals(&scene.draft("half-hall", span(DAY, "14:00", "15:00"), true)), []);
        let mails = || scene.db.read_now(|conn| outbox::whole(conn, None, 500)).unwrap();
        for mail in mails().iter().filter(|mail| mail.kind == MailKind::Confirmed) {
            let is_cedar = mail.text.contains("Cedar");
            assert_eq!(mail.text.contains("Panic alarm: By the window"), is_cedar, "{}", mail.text);
            assert_eq!(mail.text.contains("Duty contact: Duty manager, 020 7946 0009"), is_cedar, "{}", mail.text);
        }
        let chore = |conn: &mut Conn, now| allocation::remind_of_tomorrow(conn, circumstances(&mailer, now), 50);
        for hour in ["2026-11-23 09:30", "2026-11-23 10:00", "2026-11-23 14:30"] {
            scene.db.write_now(|conn| chore(conn, at(hour))).unwrap();
        }
        let reminders: Vec<_> = mails().into_iter().filter(|mail| mail.kind == MailKind::Tomorrow).collect();
        assert_eq!(reminders.len(), 3);
        for mail in reminders {
            let alone = mail.text.contains("only occupied room in the building");
            assert_eq!(alone, mail.text.contains("10am to 10:50am"), "{}", mail.text);
            assert_eq!(mail.text.contains("By the window"), mail.text.contains("Cedar"), "{}", mail.text);
        }
    }
}
