//! Prices as they are frozen, changed and charged: series, changes, statements of a month, and whether anybody came. On both engines.

use crate::support::engines::{TestDatabase, engines};
use crate::support::world::{self, World, at, circumstances, mailer, now, slug, span};
use alcove::allocation::{
    self, Answer, AttendanceAnswer, BlockAnswer, BlockDraft, Case, Change, ChangeAnswer, Dated, Draft, GiveUp,
    NewPlace, NoShowAnswer, RequestAnswer, Teller,
};
use alcove::domain::attendance::{Figures, Outcome};
use alcove::domain::booking::Scope;
use alcove::domain::hours::instant_at;
use alcove::domain::ids::Reference;
use alcove::domain::money::Pence;
use alcove::domain::organisation::Class;
use alcove::domain::rates::{Payer, Per, Rate, Terms, with};
use alcove::domain::recurrence::{Pattern, Repeat};
use alcove::domain::refusal::Refusal;
use alcove::domain::rules::Rules;
use alcove::domain::services::{Access, ClassSet, Service, ServiceSet};
use alcove::domain::span::Span;
use alcove::domain::statement::Month;
use alcove::store::occurrences::{self, ListFilter};
use alcove::store::statement::{self, Of};
use alcove::store::{Conn, Db, facilities, organisations, rates};
use chrono_tz::Europe::London;

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

fn charity(price: i64, value: i64, from: &str) -> Rate {
    let payer = Payer::Class(Class::Charity);
    let terms = Terms { payer, per: Per::Hour, price: Pence::new(price), value: Pence::new(value) };
    Rate { from: from.parse().unwrap(), terms }
}

impl Scene {
    fn rate(&self, facility: &str, rate: Rate) {
        let add = |conn: &mut Conn| {
            let (_, one) = facilities::by_slug(conn, &slug("hunter-street"), &slug(facility))?.unwrap();
            rates::set(conn, one.id, &with(&one.rates, rate))
        };
        self.db.write_now(add).unwrap();
    }

    fn rules(&self, facility: &str, change: impl Fn(Rules) -> Rules) {
        let set = |conn: &mut Conn| {
            let (_, one) = facilities::by_slug(conn, &slug("hunter-street"), &slug(facility))?.unwrap();
            facilities::set_rules(conn, one.id, &change(one.rules.clone()))
        };
        self.db.write_now(set).unwrap();
    }

    fn ask(&self, draft: &Draft) -> RequestAnswer {
        let mailer = mailer();
        self.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), draft)).unwrap()
    }

    fn book(&self, draft: &Draft) -> Reference {
        match self.ask(draft) {
            RequestAnswer::Done { reference, .. } => reference,
            other => panic!("{other:?}"),
        }
    }

    fn case(&self, reference: &Reference) -> Case {
        self.db.read_now(|conn| Case::by_reference(conn, reference)).unwrap().unwrap()
    }

    /// Amount and value of each date in pence.
    fn prices(&self, reference: &Reference) -> Vec<Option<(i64, i64)>> {
        let prices = self.case(reference).booking.occurrences.into_iter().map(|one| one.price);
        prices.map(|one| one.map(|price| (price.amount.whole(), price.value.whole()))).collect()
    }

    fn statement(&self, month: &str) -> Vec<statement::Line> {
        let of = Of::Organisation(self.world.robin, None, Month::parse(month).unwrap());
        self.db.read_now(|conn| statement::lines(conn, of)).unwrap()
    }
}

fn weekly(draft: Draft, number: u32) -> Draft {
    let repeat = Repeat::parse(&format!("FREQ=WEEKLY;BYDAY=TU;COUNT={number}")).unwrap();
    let pattern = Pattern { first: "2026-11-24".parse().unwrap(), repeat };
    let session = |date| {
        let at = |minute| instant_at(London, date, minute).unwrap();
        Span::new(at(600), at(660)).unwrap()
    };
    let dates = pattern.dates().into_iter().map(|date| Dated::at(session(date))).collect();
    Draft { dates, repeat: Some(pattern), ..draft }
}

#[test]
fn a_price_is_frozen_when_booked_and_priced_anew_when_its_people_change_it() {
    for scene in scenes() {
        scene.rate("hall", charity(1000, 1200, "2026-01-01"));
        let reference = scene.book(&scene.world.trusted_draft("hall", span("2026-11-24", "10:00", "12:00")));
        assert_eq!(scene.prices(&reference), [Some((2000, 2400))]);
        scene.rate("hall", charity(1500, 1500, "2026-01-02"));
        assert_eq!(scene.prices(&reference), [Some((2000, 2400))], "a later rate changes nothing");
        let place = NewPlace { minutes: Some((600, 660)), ..NewPlace::default() };
        let change = Change { from: 1, scope: Scope::This, place, words: None };
        let (mailer, actor) = (mailer(), scene.world.actor(&scene.db, scene.world.robin_booker));
        let version = scene.case(&reference).booking.version;
        let at = (&reference, version);
        let answer =
            scene.db.write_now(|conn| allocation::change(conn, circumstances(&mailer, now()), &actor, at, &change));
        assert!(matches!(answer.unwrap(), ChangeAnswer::Done { .. }));
        assert_eq!(scene.prices(&reference), [Some((1500, 1500))], "by the rate that stands at the change");
    }
}

#[test]
fn a_series_is_priced_date_by_date_in_no_more_statements() {
    for scene in scenes() {
        scene.rate("cedar", charity(0, 1200, "2026-01-01"));
        scene.rate("cedar", charity(300, 1200, "2027-01-01"));
        let draft = weekly(scene.world.draft("cedar", span("2026-11-24", "10:00", "11:00")), 52);
        let before = scene.db.queries();
        let reference = scene.book(&draft);
        let statements = scene.db.queries() - before;
        if !scene.db.url().shown().starts_with("sqlite") {
            // The locks of site and organisation are counted with the statements, though they are none.
            assert!(statements <= 15 + 2, "{statements} statements");
        }
        let prices = scene.prices(&reference);
        assert_eq!(prices.len(), 52);
        for (price, date) in prices.iter().zip(&draft.dates) {
            let later = at("2027-01-01 00:00") <= date.session.start();
            assert_eq!(*price, Some((if later { 300 } else { 0 }, 1200)), "{:?}", date.session);
        }
    }
}

#[test]
fn who_may_not_book_is_told_so_and_nothing_is_written() {
    for scene in scenes() {
        let classes = ClassSet::of([Class::Statutory]);
        scene.rules("hall", |rules| Rules { access: Access { classes, ..Access::ALL }, ..rules });
        let draft = scene.world.trusted_draft("hall", span("2026-11-24", "10:00", "12:00"));
        let RequestAnswer::Refused(dates) = scene.ask(&draft) else { panic!() };
        assert_eq!(dates[0].1.refusals, [Refusal::NotForClass { classes }]);
        let services = ServiceSet::of([Service::Arts, Service::Food]);
        scene.rules("hall", |rules| Rules { access: Access { services, ..Access::ALL }, ..rules });
        let RequestAnswer::Refused(dates) = scene.ask(&draft) else { panic!() };
        assert_eq!(dates[0].1.refusals, [Refusal::NotForServices { services }]);
        let own = ServiceSet::of([Service::Food]);
        scene.db.write_now(|conn| organisations::set_services(conn, scene.world.robin, own)).unwrap();
        scene.book(&draft);
    }
}

#[test]
fn a_month_has_what_was_booked_in_it_on_the_wall_of_the_site() {
    for scene in scenes() {
        scene.rate("hall", charity(500, 1200, "2026-01-01"));
        let on = |date: &str| scene.book(&scene.world.trusted_draft("hall", span(date, "10:00", "11:00")));
        let (november, december) = (on("2026-11-30"), on("2026-12-01"));
        let late = on("2026-11-21");
        let early = on("2026-12-15");
        let requested = scene.world.draft("hall", span("2026-11-26", "10:00", "11:00"));
        scene.book(&requested);
        let (mailer, actor) = (mailer(), scene.world.actor(&scene.db, scene.world.robin_booker));
        for (reference, at) in [(&late, at("2026-11-20 18:00")), (&early, now())] {
            let version = scene.case(reference).booking.version;
            let all = GiveUp::all("");
            let cancel = |conn: &mut Conn| {
                allocation::cancel(conn, circumstances(&mailer, at), &actor, (reference, version), &all)
            };
            assert!(matches!(scene.db.write_now(cancel).unwrap(), Answer::Done(_)));
        }
        let lines = scene.statement("2026-11");
        let found: Vec<_> = lines.iter().map(|line| (line.reference.clone(), line.late)).collect();
        assert_eq!(found, [(late, true), (november, false)]);
        assert!(lines.iter().all(|line| line.price.unwrap().amount == Pence::new(500)));
        let december_found: Vec<_> =
            scene.statement("2026-12").into_iter().map(|line| (line.reference, line.late)).collect();
        assert_eq!(december_found, [(december, false), (early, false)]);
        assert!(scene.statement("2027-01").is_empty());
    }
}

#[test]
fn that_nobody_came_stands_on_the_statement_until_it_is_taken_back() {
    for scene in scenes() {
        scene.rate("hall", charity(500, 1200, "2026-01-01"));
        let reference = scene.book(&scene.world.trusted_draft("hall", span("2026-11-24", "10:00", "11:00")));
        let (manager, after) = (scene.world.manager, at("2026-11-25 09:00"));
        let note = |came| {
            let (mailer, actor) = (mailer(), scene.world.actor(&scene.db, manager));
            let one = (&reference, 1);
            let note =
                |conn: &mut Conn| allocation::note_no_show(conn, circumstances(&mailer, after), &actor, one, came);
            scene.db.write_now(note).unwrap()
        };
        let absent = || scene.statement("2026-11").iter().map(|line| line.absent).collect::<Vec<_>>();
        assert_eq!(absent(), [false]);
        assert!(matches!(note(false), NoShowAnswer::Done));
        assert_eq!(absent(), [true]);
        assert!(matches!(note(true), NoShowAnswer::Done));
        assert_eq!(absent(), [false]);
        // What its own people say of themselves changes no price; the site may note it as its own.
        let record = |outcome| {
            let (mailer, actor) = (mailer(), scene.world.actor(&scene.db, scene.world.robin_booker));
            let figures = Figures { outcome, people: 3, ..Figures::default() };
            let tell = |conn: &mut Conn| {
                let teller = Teller::Person(&actor, &reference, 1);
                allocation::record_attendance(conn, circumstances(&mailer, after), teller, &figures)
            };
            assert_eq!(scene.db.write_now(tell).unwrap(), AttendanceAnswer::Done);
        };
        record(Outcome::Unused);
        let line = scene.statement("2026-11").remove(0);
        assert!(line.said_unused && !line.absent);
        assert!(matches!(note(false), NoShowAnswer::Done));
        assert_eq!(absent(), [true]);
        assert!(matches!(note(true), NoShowAnswer::Done));
        // Where they said that people came, nobody notes the opposite.
        record(Outcome::Came);
        assert!(matches!(note(false), NoShowAnswer::NotPossible));
    }
}

#[test]
fn what_the_site_takes_back_is_not_charged() {
    for scene in scenes() {
        scene.rate("hall", charity(600, 1200, "2026-01-01"));
        scene.rules("hall", |rules| Rules { late_cancel_minutes: 2880, ..rules });
        let manager = scene.world.actor(&scene.db, scene.world.manager);
        let mailer = mailer();
        // Closed an hour into a session of three.
        let cut = scene.book(&scene.world.trusted_draft("hall", span("2026-11-24", "10:00", "13:00")));
        assert_eq!(scene.prices(&cut), [Some((1800, 3600))]);
        let closure = BlockDraft {
            site: slug("hunter-street"),
            facilities: vec![slug("hall")],
            spans: vec![span("2026-11-24", "11:00", "18:00")],
            reason: "Water".to_owned(),
            seen: scene
                .db
                .read_now(|conn| {
                    let filter = ListFilter { facilities: None, ..ListFilter::default() };
                    Ok(occurrences::list(conn, &filter)?.iter().map(|line| line.occurrence).collect())
                })
                .unwrap(),
            instead: Vec::new(),
        };
        let at_eleven = at("2026-11-24 11:00");
        let block = |conn: &mut Conn| allocation::block(conn, circumstances(&mailer, at_eleven), &manager, &closure);
        let answer = scene.db.write_now(block).unwrap();
        assert!(matches!(answer, BlockAnswer::Done { .. }), "{answer:?}");
        assert_eq!(scene.prices(&cut), [Some((600, 1200))]);
        assert!(scene.statement("2026-11")[0].ended_early);
        // Cancelled late by its own people, and by the site.
        for (by, late) in [(scene.world.robin_booker, true), (scene.world.manager, false)] {
            let one = scene.book(&scene.world.trusted_draft("hall", span("2026-11-25", "10:00", "11:00")));
            let actor = scene.world.actor(&scene.db, by);
            let give_up = |conn: &mut Conn| {
                let how = circumstances(&mailer, at("2026-11-24 12:00"));
                allocation::cancel(conn, how, &actor, (&one, 1), &GiveUp::all(""))
            };
            assert!(matches!(scene.db.write_now(give_up).unwrap(), Answer::Done(_)));
            let line = scene.statement("2026-11").into_iter().find(|line| line.reference == one).unwrap();
            assert_eq!(line.late, late);
        }
    }
}
