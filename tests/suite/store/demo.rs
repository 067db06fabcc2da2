//! The demo world: what is in it on whatever day it starts, that it starts on nothing else, and that it can start afresh.

use std::collections::HashSet;

use crate::support::engines::{TestDatabase, engines, sqlite};
use crate::support::tables::definitions;
use crate::support::world::{at, mailer, slug};
use alcove::demo;
use alcove::domain::kinds::Kind;
use alcove::domain::occurrence::Stage;
use alcove::domain::organisation::Standing;
use alcove::domain::person::Email;
use alcove::domain::span::Instant;
use alcove::store::facilities::{self, Filter};
use alcove::store::occurrences::{self, Line, ListFilter};
use alcove::store::{Db, StoreError, blocks, needed, organisations, outbox, people, sites};
use diesel::prelude::*;

const REACHABLE: [Stage; 7] = [
    Stage::Requested,
    Stage::Confirmed,
    Stage::Declined,
    Stage::Withdrawn,
    Stage::Expired,
    Stage::Cancelled,
    Stage::Displaced,
];

fn filled(database: &TestDatabase, now: Instant) -> (Db, demo::Summary) {
    let db = database.open();
    let started = std::time::Instant::now();
    let summary = demo::fill(&db, &mailer(), "not a hash", now).unwrap();
    println!("{summary:?} in {:?} on {}, {} queries", started.elapsed(), database.url, db.queries());
    (db, summary)
}

fn lines(db: &Db, site: &str, stage: Stage) -> Vec<Line> {
    db.read_now(|conn| {
        let site = sites::by_slug(conn, &slug(site))?.unwrap().id;
        let filter =
            ListFilter { sites: Some(&[site]), stages: Some(&[stage]), most: 100_000, ..ListFilter::default() };
        occurrences::list(conn, &filter)
    })
    .unwrap()
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

fn count(db: &Db, question: &str) -> i64 {
    let question = format!("SELECT count(*) AS number FROM {question}");
    db.read_now(|conn| Ok(diesel::sql_query(question).get_result::<Counted>(conn)?)).unwrap().number
}

#[test]
fn the_demo_world_has_something_for_every_page_and_can_start_afresh() {
    for database in engines() {
        let now = at("2026-11-24 10:30");
        let (db, summary) = filled(&database, now);
        assert_eq!(summary.sites, 21);
        assert!((2_500..=4_000).contains(&summary.bookings), "{summary:?}");
        assert!(summary.refused * 100 < summary.bookings, "{summary:?}");
        every_stage_and_reason_is_there(&db);
        managers_have_something_to_decide(&db, now);
        places_and_people_are_as_the_seeds_say(&db);
        the_allotment_is_lived_in(&db);
        series_ask_and_end(&db, now);
        mail_of_the_past_has_left(&db, now);
        nothing_is_left_hanging(&db);
        hunter_street_is_busy_on_weekdays_and_quiet_at_weekends(&db);
        it_is_filled_once_and_can_be_emptied(&db, now);
    }
}

fn it_is_filled_once_and_can_be_emptied(db: &Db, now: Instant) {
    assert!(demo::is_demo_or_empty(db).unwrap());
    let again = demo::fill(db, &mailer(), "not a hash", now);
    assert!(matches!(again, Err(StoreError::Duplicate)), "{again:?}");
    demo::empty_out(db).unwrap();
    assert!(demo::is_demo_or_empty(db).unwrap());
    for table in tables() {
        assert_eq!(count(db, &table), 0, "{table}");
    }
}

/// The names of the tables that diesel knows.
fn tables() -> Vec<String> {
    let definitions = definitions();
    let names = definitions.split("diesel::table! {").skip(1).filter_map(|one| one.split_whitespace().next());
    let names: Vec<String> = names.map(str::to_owned).collect();
    assert!(20 < names.len());
    names
}

fn every_stage_and_reason_is_there(db: &Db) {
    for stage in REACHABLE {
        let there = count(db, &format!("occurrence WHERE state = '{}'", stage.code()));
        assert!(5 <= there, "{there} {stage:?}");
    }
    for late in ["state_late", "NOT state_late"] {
        assert!(5 <= count(db, &format!("occurrence WHERE state = 'cancelled' AND {late}")), "{late}");
    }
    assert!(1 <= count(db, "event WHERE kind = 'outrun'"));
    assert!(1 <= count(db, "booking WHERE holder = 'site'"));
    let desk = "booked_by = (SELECT id FROM person WHERE email = 'reception@example.org')";
    assert_eq!(1, count(db, &format!("booking WHERE holder = 'person' AND {desk}")));
    assert_eq!(1, count(db, &format!("booking WHERE holder = 'organisation' AND {desk}")));
}

fn managers_have_something_to_decide(db: &Db, now: Instant) {
    let waiting = lines(db, "hunter-street", Stage::Requested);
    assert!(6 <= waiting.len(), "{}", waiting.len());
    assert!(waiting.iter().all(|line| line.until.is_some_and(|until| now < until)));
    let asked: HashSet<Instant> = waiting.iter().map(|line| line.asked_at).collect();
    let until: HashSet<_> = waiting.iter().filter_map(|line| line.until).collect();
    assert!(6 <= asked.len() && 6 <= until.len());
    let people: Vec<i32> = lines(db, "axminster", Stage::Requested)
        .iter()
        .filter(|line| line.facility_slug == slug("kitchen"))
        .map(|line| line.people)
        .collect();
    for wanted in [3, 7, 14] {
        assert!(people.contains(&wanted), "{people:?}");
    }
    for site in ["hunter-street", "tannery-hill"] {
        let coming = db.read_now(|conn| {
            let site = sites::by_slug(conn, &slug(site))?.unwrap().id;
            blocks::coming(conn, site, now)
        });
        assert_eq!(coming.unwrap().len(), 1, "{site}");
    }
}

fn the_allotment_is_lived_in(db: &Db) {
    for (number, question) in [
        (20, "plot"),
        (17, "tenancy"),
        (2, "tenancy WHERE notice_at IS NOT NULL"),
        (8, "plot_entry WHERE state = 'waiting'"),
        (1, "plot_entry WHERE state = 'offered'"),
        (1, "plot_entry WHERE state = 'lapsed'"),
        (1, "occupancy WHERE plot_offer_id IS NOT NULL"),
    ] {
        assert_eq!(count(db, question), number, "{question}");
    }
    assert!(0 < count(db, "plot_key") && 0 < count(db, "plot_inspection"));
}

fn places_and_people_are_as_the_seeds_say(db: &Db) {
    let places = db.read_now(|conn| facilities::with_sites(conn, &Filter::default())).unwrap();
    for (site, facility) in &places {
        let found = db.read_now(|conn| facilities::by_slug(conn, &site.slug, &facility.slug)).unwrap();
        assert_eq!(found.unwrap().1.id, facility.id);
        assert!(facility.rules.faults().is_empty(), "{}", facility.slug);
        assert!(!facility.units.is_empty(), "{}", facility.slug);
        let booked = count(db, &format!("occurrence WHERE facility_id = {}", facility.id.row()));
        let own_way = [Kind::Allotment, Kind::BabyBank].contains(&facility.kind);
        assert_eq!(0 < booked, facility.kind.entry().by_the_hour || own_way, "{}/{}", site.slug, facility.slug);
    }
    let all: HashSet<_> = places.iter().map(|(site, _)| site.id).collect();
    assert_eq!(all.len(), 21);
    assert_eq!(demo::sign_ins().len(), 10);
    for (email, _) in demo::sign_ins() {
        let account = db.read_now(|conn| people::by_email(conn, &Email::parse(email).unwrap())).unwrap().unwrap();
        assert!(account.confirmed && account.password_hash.is_some(), "{email}");
    }
    let standings: Vec<Standing> =
        db.read_now(organisations::all).unwrap().iter().map(|organisation| organisation.standing).collect();
    for standing in [Standing::Applied, Standing::Approved, Standing::Suspended] {
        assert!(standings.contains(&standing), "{standing:?}");
    }
}

/// One series that nobody has said is still needed, and one that ends soon, both at Hunter Street.
fn series_ask_and_end(db: &Db, now: Instant) {
    let site = db.read_now(|conn| sites::by_slug(conn, &slug("hunter-street"))).unwrap().unwrap().id;
    let silent = db.read_now(|conn| needed::unanswered(conn, Some(&[site]), now.plus_days(-14), 50)).unwrap();
    assert_eq!(silent.len(), 1);
    assert_eq!(silent[0].booker.as_ref().unwrap().1.as_str(), "booker@example.org");
    assert_eq!(count(db, &format!("booking WHERE {} < end_told", now.seconds())), 1);
    assert_eq!(count(db, "outbox WHERE kind = 'series_ending'"), 1);
    let ahead = |purpose: &str| {
        let lines = lines(db, "hunter-street", Stage::Confirmed);
        lines.iter().filter(|line| line.purpose == purpose && now < line.session.start()).count()
    };
    assert!(0 < count(db, "proposal WHERE state = 'waiting'"), "nobody wishes for another time");
    assert_eq!(count(db, "booking WHERE second_organisation_id IS NOT NULL"), 1);
    assert!(2 <= ahead("English conversation"));
    assert!(2 <= ahead("Relaxation class") && 1 <= ahead("Listening skills course"));
}

fn mail_of_the_past_has_left(db: &Db, now: Instant) {
    let (queued, oldest) = db.read_now(outbox::waiting).unwrap();
    assert!((1..=40).contains(&queued), "{queued} mails are queued");
    assert!(oldest.is_none_or(|oldest| now.plus_hours(-1) <= oldest));
}

fn nothing_is_left_hanging(db: &Db) {
    let overlaps = "occupancy one JOIN occupancy other ON one.unit_id = other.unit_id AND one.id < other.id \
                    AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at";
    assert_eq!(count(db, overlaps), 0);
    let stray = "occupancy JOIN occurrence ON occurrence.id = occurrence_id WHERE state NOT IN ('requested', 'conditional', 'confirmed')";
    assert_eq!(count(db, stray), 0);
    let homeless = "occurrence WHERE state = 'confirmed' AND NOT EXISTS \
                    (SELECT 1 FROM occupancy WHERE occurrence_id = occurrence.id)";
    assert_eq!(count(db, homeless), 0);
}

/// Occupied hours of the six counselling rooms from 9am to 6pm, in a hundred of what there is.
fn share_booked(db: &Db, weekdays: &str, days: i64) -> i64 {
    let end = "CASE WHEN to_minute < 1070 THEN to_minute + 10 ELSE 1080 END";
    let minutes = format!("SELECT coalesce(sum({end} - CASE WHEN from_minute < 540 THEN 540 ELSE from_minute END), 0)");
    let rooms = "SELECT facility.id FROM facility JOIN site ON site.id = site_id \
                 WHERE site.slug = 'hunter-street' AND kind = 'counselling'";
    let question = format!(
        "{minutes} AS number FROM occurrence WHERE state IN ('confirmed', 'conditional', 'requested') AND from_minute < 1080 \
         AND weekday {weekdays} AND facility_id IN ({rooms})"
    );
    let minutes = db.read_now(|conn| Ok(diesel::sql_query(question).get_result::<Counted>(conn)?)).unwrap().number;
    minutes * 100 / (days * 6 * 9 * 60)
}

/// 45 days on either side of a Tuesday are 65 weekdays and 26 days of weekend.
fn hunter_street_is_busy_on_weekdays_and_quiet_at_weekends(db: &Db) {
    let (weekdays, weekends) = (share_booked(db, "< 5", 65), share_booked(db, "BETWEEN 5 AND 6", 26));
    assert!((60..=70).contains(&weekdays), "{weekdays} in a hundred");
    assert!((10..=40).contains(&weekends), "{weekends} in a hundred");
}

#[test]
fn a_database_that_is_lived_in_is_neither_empty_nor_demo() {
    let database = sqlite();
    let db = database.open();
    assert!(demo::is_demo_or_empty(&db).unwrap());
    crate::support::world::build(&db, None);
    assert!(!demo::is_demo_or_empty(&db).unwrap());
    assert!(demo::fill(&db, &mailer(), "not a hash", at("2026-11-24 10:30")).is_err());
}

#[test]
fn emptying_out_forgets_no_table() {
    let wipe = include_str!("../../../src/store/wipe.rs");
    for name in tables() {
        assert!(wipe.contains(&format!("delete({name}::table)")), "{name} is not emptied");
    }
}

#[test]
fn the_data_set_to_measure_with_is_spread_evenly_and_can_be_booked_in() {
    for database in engines() {
        let (db, now) = (database.open(), at("2026-11-24 10:30"));
        let started = std::time::Instant::now();
        let filled = demo::bench::fill_with(&db, "not a hash", now, 6_000).unwrap();
        println!("{filled:?} in {:?} on {}", started.elapsed(), database.url);
        assert_eq!(filled, (210, 6_000));
        for table in ["booking", "occurrence", "occupancy"] {
            assert_eq!(count(&db, table), 6_000, "{table}");
        }
        assert_eq!((count(&db, "organisation"), count(&db, "unit"), count(&db, "person")), (40, 294, 6));
        let behind = count(&db, &format!("occurrence WHERE starts_at < {}", now.seconds()));
        assert!((2_900..=3_100).contains(&behind), "{behind}");
        let waiting = count(&db, &format!("occurrence WHERE state = 'requested' AND {} < state_until", now.seconds()));
        assert_eq!(waiting, count(&db, "occurrence WHERE state = 'requested'"));
        nothing_is_left_hanging(&db);
        assert!(matches!(demo::bench::fill_with(&db, "not a hash", now, 1), Err(StoreError::Duplicate)));
        assert!(!demo::is_demo_or_empty(&db).unwrap());
    }
}

/// Prints how long the whole set takes: `cargo test --release --test suite -- --ignored the_whole_set --nocapture`.
#[test]
#[ignore = "takes a minute, and is only for looking at"]
fn the_whole_set_to_measure_with() {
    for database in engines() {
        let (db, now) = (database.open(), at("2026-11-24 10:30"));
        let started = std::time::Instant::now();
        let filled = demo::bench::fill(&db, "not a hash", now, 1).unwrap();
        println!("{filled:?} in {:?} on {}", started.elapsed(), database.url);
        assert_eq!(filled, (210, 400_000));
    }
}
