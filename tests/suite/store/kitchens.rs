//! What places ask beyond times, in the store and in the one writer: kept as written, judged on every path, held by the lock. On both engines.

use crate::support::engines::{TestDatabase, engines};
use crate::support::world::{self, World, circumstances, mailer, now, slug, span};
use alcove::allocation::{
    self, Answer, Change, ChangeAnswer, Dated, Dates, Decision, Draft, JoinAnswer, NewPlace, RequestAnswer, TakeAnswer,
};
use alcove::domain::availability::Wanted;
use alcove::domain::booking::Scope;
use alcove::domain::care::{Care, Particulars};
use alcove::domain::ids::{FacilityId, Reference};
use alcove::domain::refusal::Refusal;
use alcove::domain::span::Span;
use alcove::store::{Conn, Db, bookings, care, facilities, particulars};

const DAY: &str = "2026-11-24";

struct Scene {
    db: Db,
    world: World,
    _database: TestDatabase,
}

fn apart() -> Care {
    Care {
        labels: vec!["Nuts".to_owned(), "Gluten-free".to_owned()],
        pairs: vec![("Nuts".to_owned(), "Gluten-free".to_owned())],
        ..Care::default()
    }
}

fn scenes() -> impl Iterator<Item = Scene> {
    engines().into_iter().map(|database| {
        let db = database.open();
        let world = world::build(&db, None);
        let scene = Scene { db, world, _database: database };
        scene.set(&apart());
        scene
    })
}

fn brings(label: &str) -> Particulars {
    Particulars { labels: vec![label.to_owned()], ..Particulars::default() }
}

impl Scene {
    fn kitchen(&self) -> FacilityId {
        let found = self.db.read_now(|conn| facilities::by_slug(conn, &slug("hunter-street"), &slug("kitchen")));
        found.unwrap().unwrap().1.id
    }

    fn set(&self, new: &Care) {
        let id = self.kitchen();
        self.db.write_now(|conn| care::set(conn, id, new)).unwrap();
    }

    fn robin(&self, session: Span, label: &str) -> Draft {
        let draft = self.world.trusted_draft("kitchen", session);
        Draft { wanted: Wanted::Any(1), particulars: brings(label), ..draft }
    }

    fn wren(&self, session: Span, label: &str) -> Draft {
        let draft = self.world.draft("kitchen", session);
        Draft { wanted: Wanted::Any(1), particulars: brings(label), ..draft }
    }

    fn ask(&self, draft: &Draft) -> Result<Reference, Vec<Refusal>> {
        let mailer = mailer();
        match self.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), draft)).unwrap() {
            RequestAnswer::Done { reference, .. } => Ok(reference),
            RequestAnswer::Refused(dates) => Err(dates.into_iter().flat_map(|(_, verdict)| verdict.refusals).collect()),
            other => panic!("{other:?}"),
        }
    }

    fn must_ask(&self, draft: &Draft) -> Reference {
        self.ask(draft).unwrap()
    }

    fn version(&self, reference: &Reference) -> i32 {
        self.db.read_now(|conn| bookings::by_reference(conn, reference)).unwrap().unwrap().version
    }
}

fn is_apart(refusals: &[Refusal]) -> bool {
    matches!(refusals, [Refusal::KeptApart { .. }])
}

#[test]
fn what_a_place_asks_and_a_booking_says_is_kept_as_written() {
    for scene in scenes() {
        let all = Care {
            allergens: true,
            checklist: vec!["Bins emptied".to_owned(), "Floor, mopped".to_owned()],
            lengths: vec![30, 60],
            induction: true,
            risk_date: true,
            turnaround_jobs: true,
            ..apart()
        };
        for care in [all, Care::default()] {
            scene.set(&care);
            let found = |conn: &mut Conn| facilities::by_slug(conn, &slug("hunter-street"), &slug("kitchen"));
            assert_eq!(*scene.db.read_now(found).unwrap().unwrap().1.care, care);
        }
        scene.set(&apart());
        let said = Particulars {
            allergens: vec!["milk".to_owned(), "nuts".to_owned()],
            allergen_note: "Flour – until noon".to_owned(),
            labels: vec!["Nuts".to_owned()],
            risk_assessed: Some("2026-11-02".parse().unwrap()),
            ..Particulars::default()
        };
        let draft = Draft { particulars: said.clone(), ..scene.robin(span(DAY, "10:00", "12:00"), "Nuts") };
        let reference = scene.must_ask(&draft);
        let booking = scene.db.read_now(|conn| bookings::by_reference(conn, &reference)).unwrap().unwrap();
        assert_eq!(booking.particulars, said);
        scene.db.write_now(|conn| particulars::set(conn, booking.id, &Particulars::default())).unwrap();
        let booking = scene.db.read_now(|conn| bookings::by_id(conn, booking.id)).unwrap().unwrap();
        assert!(booking.particulars.is_empty());
    }
}

#[test]
fn each_date_of_a_series_is_judged_beside_what_is_there() {
    for scene in scenes() {
        scene.must_ask(&scene.robin(span("2026-12-01", "10:00", "12:00"), "Nuts"));
        let dates = ["2026-11-24", "2026-12-01", "2026-12-08"].map(|day| Dated::at(span(day, "11:00", "13:00")));
        let draft = Draft { dates: dates.to_vec(), ..scene.wren(span(DAY, "11:00", "13:00"), "Gluten-free") };
        let mailer = mailer();
        let answer =
            scene.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap();
        let RequestAnswer::Refused(refused) = answer else { panic!("{answer:?}") };
        assert_eq!(refused.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [1]);
        // What holds its place as a request is there, too.
        scene.must_ask(&Draft { dates: vec![dates[0].clone()], ..draft.clone() });
        assert!(is_apart(&scene.ask(&scene.robin(span(DAY, "12:00", "14:00"), "Nuts")).unwrap_err()));
    }
}

#[test]
fn moves_changes_and_waiting_changes_are_judged_alike() {
    for scene in scenes() {
        scene.must_ask(&scene.robin(span(DAY, "10:00", "12:00"), "Nuts"));
        let mine = scene.must_ask(&scene.wren(span(DAY, "14:00", "16:00"), "Gluten-free"));
        let (mailer, manager) = (mailer(), scene.world.actor(&scene.db, scene.world.manager));
        let yes = Decision::Approve { dates: Dates::All };
        let approve =
            |conn: &mut Conn| allocation::decide(conn, circumstances(&mailer, now()), &manager, (&mine, 1), &yes);
        assert!(matches!(scene.db.write_now(approve).unwrap(), Answer::Done(_)));
        let wendy = scene.world.actor(&scene.db, scene.world.wren_booker);
        let move_to = |actor: &alcove::domain::policy::Actor, from: i32, to: i32| {
            let place = NewPlace { minutes: Some((from, to)), ..NewPlace::default() };
            let change = Change { from: 1, scope: Scope::This, place, words: None };
            let at = (&mine, scene.version(&mine));
            scene
                .db
                .write_now(|conn| allocation::change(conn, circumstances(&mailer, now()), actor, at, &change))
                .unwrap()
        };
        for actor in [&wendy, &manager] {
            let answer = move_to(actor, 660, 780);
            let ChangeAnswer::Not(Answer::Refused(refused, _)) = answer else { panic!("{answer:?}") };
            assert!(is_apart(&refused[0].refusals), "nobody sets it aside");
        }
        // A change that waits keeps what it brings to the new place apart from what others ask for.
        assert!(matches!(move_to(&wendy, 1020, 1140), ChangeAnswer::Done { waiting: 1, .. }));
        assert!(is_apart(&scene.ask(&scene.robin(span(DAY, "17:00", "19:00"), "Nuts")).unwrap_err()));
        assert!(is_apart(&scene.ask(&scene.robin(span(DAY, "15:00", "16:00"), "Nuts")).unwrap_err()));
        scene.must_ask(&scene.robin(span(DAY, "19:00", "20:00"), "Nuts"));
    }
}

#[test]
fn who_waits_keeps_what_they_said_and_gets_no_offer_beside_what_is_kept_apart() {
    for scene in scenes() {
        let all = Draft { wanted: Wanted::Any(4), ..scene.robin(span(DAY, "10:00", "12:00"), "Other") };
        let whole = scene.must_ask(&all);
        let waits = scene.wren(span(DAY, "10:00", "12:00"), "Gluten-free");
        let mailer = mailer();
        let how = circumstances(&mailer, now());
        let joined = match scene.db.write_now(|conn| allocation::join(conn, how, &waits)).unwrap() {
            JoinAnswer::Joined(reference) => reference,
            other => panic!("{other:?}"),
        };
        let rob = scene.world.actor(&scene.db, scene.world.robin_booker);
        let cancel = |conn: &mut Conn| {
            let version = bookings::by_reference(conn, &whole)?.unwrap().version;
            allocation::cancel(conn, how, &rob, (&whole, version), &allocation::GiveUp::all(""))
        };
        assert!(matches!(scene.db.write_now(cancel).unwrap(), Answer::Done(_)));
        // The offer keeps its place, and what it will bring is there already.
        assert!(is_apart(&scene.ask(&scene.robin(span(DAY, "10:00", "12:00"), "Nuts")).unwrap_err()));
        let wendy = scene.world.actor(&scene.db, scene.world.wren_booker);
        let taken = scene.db.write_now(|conn| allocation::take(conn, how, &wendy, &joined)).unwrap();
        let TakeAnswer::Done { booking, .. } = taken else { panic!("{taken:?}") };
        let booking = scene.db.read_now(|conn| bookings::by_reference(conn, &booking)).unwrap().unwrap();
        assert_eq!(booking.particulars, brings("Gluten-free"));
    }
}

#[test]
fn of_two_who_may_not_be_there_together_one_wins_the_race() {
    for scene in scenes() {
        let ask = |draft: Draft| {
            let db = scene.db.clone();
            std::thread::spawn(move || {
                let mailer = mailer();
                db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap()
            })
        };
        for hour in [8, 10, 12, 14, 16] {
            let session = span(DAY, &format!("{hour:02}:00"), &format!("{:02}:00", hour + 1));
            let both = [ask(scene.robin(session, "Nuts")), ask(scene.wren(session, "Gluten-free"))];
            let won = both.map(|one| matches!(one.join().unwrap(), RequestAnswer::Done { .. }));
            assert_eq!(won.iter().filter(|won| **won).count(), 1, "{hour}");
        }
    }
}

#[test]
fn a_series_of_a_year_in_a_kitchen_takes_few_statements() {
    for scene in scenes() {
        scene.must_ask(&scene.robin(span("2026-12-01", "10:00", "12:00"), "Nuts"));
        let first: chrono::NaiveDate = DAY.parse().unwrap();
        let dates =
            first.iter_days().step_by(7).take(52).map(|date| Dated::at(span(&date.to_string(), "14:00", "16:00")));
        let draft = Draft { dates: dates.collect(), ..scene.wren(span(DAY, "14:00", "16:00"), "Gluten-free") };
        let before = scene.db.queries();
        scene.must_ask(&draft);
        let taken = scene.db.queries() - before;
        // The locks of site and organisation are counted with the statements, though they are none; what others bring is
        // read with what is taken.
        let most = if scene.db.url().shown().starts_with("postgres") { 15 + 2 } else { 200 };
        assert!(taken <= most, "{taken} statements on {}", scene.db.url().shown());
    }
}
