//! Reports against plain rows: every figure reckoned again from the rows themselves, session by session, with nothing of the program's own
//! arithmetic. On both engines.

use std::collections::BTreeMap;

use crate::support::engines::{TestDatabase, engines};
use crate::support::world::{at, now, slug, span};
use alcove::demo;
use alcove::domain::kinds::Kind;
use alcove::domain::report::period::Period;
use alcove::domain::report::{Place, Who};
use alcove::enquiry::reports;
use alcove::store::engine::{self, NewOccupancy, OccupancyHolder};
use alcove::store::reports::{Asked, Spaces, places};
use alcove::store::{Conn, Db, StoreError, blocks, organisations, people};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};

/// One session with everything that is known of it.
#[derive(Debug, Clone, QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    booking: i64,
    #[diesel(sql_type = BigInt)]
    facility: i64,
    #[diesel(sql_type = Text)]
    organisation: String,
    #[diesel(sql_type = Text)]
    privacy: String,
    #[diesel(sql_type = Text)]
    date: String,
    #[diesel(sql_type = Integer)]
    weekday: i32,
    #[diesel(sql_type = Integer)]
    from_minute: i32,
    #[diesel(sql_type = Integer)]
    to_minute: i32,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Bool)]
    late: bool,
    #[diesel(sql_type = BigInt)]
    ends_at: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    price: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    value: Option<i64>,
    #[diesel(sql_type = Bool)]
    absent: bool,
    #[diesel(sql_type = Nullable<Integer>)]
    people: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    new_people: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    from_gp: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    from_other: Option<i32>,
}

const ROWS: &str = "SELECT o.id, o.booking_id AS booking, o.facility_id AS facility, g.slug AS organisation, b.privacy, \
    o.local_date AS date, o.weekday, o.from_minute, o.to_minute, o.state, o.state_late AS late, o.ends_at, \
    o.price_pence AS price, o.value_pence AS value, (n.id IS NOT NULL) AS absent, a.people, a.new_people, a.from_gp, a.from_other \
    FROM occurrence o JOIN booking b ON b.id = o.booking_id JOIN organisation g ON g.id = b.organisation_id \
    LEFT JOIN no_show n ON n.booking_id = o.booking_id AND n.ordinal = o.ordinal \
    LEFT JOIN attendance a ON a.booking_id = o.booking_id AND a.ordinal = o.ordinal ORDER BY o.id";

/// What has become of the sessions: dates in two rooms, late and other cancellations, nobody came, figures, and prices.
const STORY: [&str; 6] = [
    "INSERT INTO occurrence (booking_id, ordinal, site_id, facility_id, starts_at, ends_at, occupied_from, occupied_to, local_date, \
     weekday, from_minute, to_minute, units_wanted, state, state_at, state_late, sequence) \
     SELECT booking_id, ordinal, site_id, facility_id + 1, starts_at, ends_at, occupied_from, occupied_to, local_date, weekday, \
     from_minute, to_minute, 'whole', state, state_at, state_late, sequence FROM occurrence \
     WHERE state = 'confirmed' AND id % 13 = 0 AND facility_id % 10 BETWEEN 1 AND 4",
    "UPDATE occurrence SET state = 'cancelled', state_late = TRUE WHERE state = 'confirmed' AND id % 11 = 0",
    "UPDATE occurrence SET state = 'cancelled' WHERE state = 'confirmed' AND id % 17 = 0",
    "INSERT INTO no_show (booking_id, ordinal, by_site, noted_at) \
     SELECT DISTINCT booking_id, ordinal, TRUE, 0 FROM occurrence WHERE state = 'confirmed' AND booking_id % 19 = 0",
    "INSERT INTO attendance (booking_id, ordinal, outcome, people, new_people, from_gp, from_link_worker, from_self, from_other, \
     left_as_found, note, recorded_at) SELECT DISTINCT booking_id, ordinal, 'came', 3 + booking_id % 9, booking_id % 3, \
     booking_id % 2, 1, 0, booking_id % 2, TRUE, '', 0 FROM occurrence WHERE state = 'confirmed' AND booking_id % 3 <> 0",
    "UPDATE occurrence SET rate = 'charity hour 0 1200', price_pence = (id % 3) * 400, value_pence = 1200 WHERE id % 4 <> 0",
];

struct Scene {
    db: Db,
    rows: Vec<Row>,
    places: Vec<Place>,
    _database: TestDatabase,
}

fn scenes() -> impl Iterator<Item = Scene> {
    engines().into_iter().map(|database| {
        let db = database.open();
        demo::bench::fill_with(&db, "", now(), 20_000).unwrap();
        let tell = |conn: &mut Conn| -> Result<(), StoreError> {
            for text in STORY {
                conn.batch_execute(text)?;
            }
            Ok(())
        };
        db.write_now(tell).unwrap();
        let rows = db.read_now(|conn| Ok(diesel::sql_query(ROWS).load::<Row>(conn)?)).unwrap();
        let places = db.read_now(|conn| places(conn, Spaces::Of(&slug("bench-1")))).unwrap();
        assert_eq!(places.len(), 10);
        Scene { db, rows, places, _database: database }
    })
}

fn period(from: &str, to: &str) -> Period {
    Period { from: from.parse().unwrap(), to: to.parse().unwrap() }
}

/// Today is in it, so that some of it is over and some is to come.
fn autumn() -> Period {
    period("2026-09-01", "2026-12-10")
}

impl Row {
    fn minutes(&self) -> i64 {
        i64::from(self.to_minute - self.from_minute)
    }

    fn is_over(&self) -> bool {
        self.ends_at <= now().seconds()
    }

    fn is_in(&self, period: Period) -> bool {
        (period.from.to_string()..=period.to.to_string()).contains(&self.date)
    }
}

impl Scene {
    fn of(&self, period: Period) -> impl Iterator<Item = &Row> {
        let here = |row: &&Row| self.places.iter().any(|place| place.id.row() == row.facility);
        self.rows.iter().filter(here).filter(move |row| row.is_in(period))
    }

    fn asked(&self) -> Asked<'_> {
        Asked { places: &self.places, organisation: None }
    }
}

fn organisation(who: &Who) -> String {
    let Who::Organisation(slug, _) = who else { panic!("{who:?}") };
    slug.to_string()
}

/// Sessions and minutes booked, used, not used and cancelled late.
type Went = [(i64, i64); 4];

#[test]
fn what_was_booked_and_used_is_what_the_rows_say() {
    for scene in scenes() {
        let mut expected: BTreeMap<(i64, String), Went> = BTreeMap::new();
        for row in scene.of(autumn()) {
            let confirmed = row.state == "confirmed";
            let counts = [
                confirmed,
                confirmed && !row.absent && row.is_over(),
                confirmed && row.absent,
                row.state == "cancelled" && row.late,
            ];
            if counts.contains(&true) {
                let one = expected.entry((row.facility, row.organisation.clone())).or_default();
                for (sum, counts) in one.iter_mut().zip(counts) {
                    *sum = (sum.0 + i64::from(counts), sum.1 + i64::from(counts) * row.minutes());
                }
            }
        }
        let before = scene.db.queries();
        let ask = |conn: &mut Conn| reports::usage(conn, scene.asked(), autumn(), now());
        let usage = scene.db.read_now(ask).unwrap();
        assert_eq!(scene.db.queries() - before, 4);
        let mut found: BTreeMap<(i64, String), Went> = BTreeMap::new();
        for line in &usage.uses {
            let one = found.entry((line.facility.row(), organisation(&line.who))).or_default();
            let more = [line.used.booked, line.used.used, line.used.absent, line.used.late];
            for (sum, more) in one.iter_mut().zip(more) {
                *sum = (sum.0 + more.sessions, sum.1 + more.minutes);
            }
        }
        assert_eq!(found, expected);
        let all = found.values().fold([0; 4], |sum, one| [0, 1, 2, 3].map(|place| sum[place] + one[place].0));
        assert!(all.iter().all(|sessions| 3 < *sessions), "the rows tell of everything: {all:?}");
        the_hours_of_the_week_are_those_of_the_minutes(&scene, &usage);
    }
}

/// Minute by minute: in which hour of which weekday it lies.
fn the_hours_of_the_week_are_those_of_the_minutes(scene: &Scene, usage: &reports::Usage) {
    for one in &usage.hours {
        let mut minutes = vec![0_i64; 168];
        let own = scene.of(autumn()).filter(|row| row.facility == one.place.id.row() && row.state == "confirmed");
        for row in own {
            for minute in row.from_minute..row.to_minute {
                minutes[usize::try_from((row.weekday * 24 + minute / 60) % 168).unwrap()] += 1;
            }
        }
        let found: Vec<i64> =
            (0..7).flat_map(|day| (0..24).map(move |hour| (day, hour))).map(|(d, h)| one.booked.at(d, h)).collect();
        assert_eq!(found, minutes, "{}", one.place.name);
        assert!(0 < one.booked.sum());
    }
}

#[test]
fn what_is_open_is_the_hours_less_what_is_closed() {
    for scene in scenes() {
        // Open from 7am to 10pm each day; closed from 8pm of one day to 9am of the day after next: 2, 15 and 2 hours.
        let (kitchen, room) = (&scene.places[6], &scene.places[0]);
        let closed = span("2026-09-10", "20:00", "21:00").start();
        let closed = alcove::domain::span::Span::new(closed, at("2026-09-12 09:00")).unwrap();
        let close = |conn: &mut Conn| -> Result<(), StoreError> {
            let by = people::by_email(conn, &alcove::domain::person::Email::parse("manager@example.org").unwrap())?;
            let by = by.unwrap().id;
            let new = blocks::NewBlock {
                site: room.home.id,
                reason: "Floor",
                is_closure: true,
                span: closed,
                by,
                group: None,
            };
            let block = blocks::insert(conn, &new, now())?;
            // Nothing of the bench data is in the way of what is measured here.
            let unit = |place: &Place| place.parts[0].unit;
            for unit in [unit(room), unit(kitchen)] {
                let (from, to) = (closed.start().seconds(), closed.end().seconds());
                conn.batch_execute(&format!(
                    "DELETE FROM occupancy WHERE unit_id = {} AND starts_at < {to} AND {from} < ends_at",
                    unit.row()
                ))?;
                let new = NewOccupancy { unit, span: closed, holder: OccupancyHolder::Block(block) };
                engine::insert_occupancies(conn, &[new])?;
            }
            Ok(())
        };
        scene.db.write_now(close).unwrap();
        let september = period("2026-09-01", "2026-09-30");
        let usage = scene.db.read_now(|conn| reports::usage(conn, scene.asked(), september, now())).unwrap();
        let offered = |place: &Place| usage.hours.iter().find(|one| one.place.id == place.id).unwrap().offered.sum();
        let hours = |hours: i64| hours * 60;
        assert_eq!((kitchen.kind, kitchen.parts.len()), (Kind::Kitchen, 4));
        assert_eq!(offered(room), hours(30 * 15 - 19));
        assert_eq!(offered(kitchen), hours(4 * 30 * 15 - 19), "each bench counts, and one of them was closed");
        assert_eq!(offered(&scene.places[1]), hours(30 * 15));
        // In the dark the garden offers less, but something.
        let garden = scene.places.iter().find(|place| place.kind == Kind::Outdoor).unwrap();
        assert!((hours(2 * 30 * 9)..hours(2 * 30 * 14)).contains(&offered(garden)), "{}", offered(garden));
        // A room that came on the 16th and went on the 21st was there for five days.
        let some = Place {
            in_use_from: Some("2026-09-16".parse().unwrap()),
            retired_from: Some("2026-09-21".parse().unwrap()),
            ..scene.places[1].clone()
        };
        let asked = Asked { places: std::slice::from_ref(&some), organisation: None };
        let usage = scene.db.read_now(|conn| reports::usage(conn, asked, september, now())).unwrap();
        assert_eq!(usage.hours[0].offered.sum(), hours(5 * 15));
    }
}

#[test]
fn how_many_came_is_what_the_rows_say_and_a_date_in_two_rooms_counts_once() {
    for scene in scenes() {
        // Whole months only: the days of December are left out.
        let months = period("2026-09-01", "2026-11-30");
        let mut first: BTreeMap<i64, i64> = BTreeMap::new();
        for row in scene.rows.iter().filter(|row| row.state == "confirmed") {
            first.entry(row.booking).or_insert(row.id);
        }
        let mut expected: BTreeMap<(i64, String), [i64; 6]> = BTreeMap::new();
        let (mut twice, mut private) = (0, 0);
        for row in scene.of(months).filter(|row| row.state == "confirmed" && row.people.is_some()) {
            if first[&row.booking] != row.id {
                twice += 1;
                continue;
            }
            let number = |one: Option<i32>| i64::from(one.unwrap());
            let is_private = i64::from(row.privacy == "confidential");
            private += is_private;
            let all = [
                1,
                is_private,
                number(row.people),
                number(row.new_people),
                number(row.from_gp),
                number(row.from_other),
            ];
            let one = expected.entry((row.facility, row.organisation.clone())).or_default();
            for (sum, more) in one.iter_mut().zip(all) {
                *sum += more;
            }
        }
        assert!(0 < twice && 0 < private, "{twice} {private}");
        let before = scene.db.queries();
        let lines = scene.db.read_now(|conn| reports::people(conn, scene.asked(), autumn())).unwrap();
        assert_eq!(scene.db.queries() - before, 1);
        let found: BTreeMap<_, _> = lines
            .iter()
            .map(|line| {
                let one = line.people;
                let all = [one.dates, one.confidential, one.people, one.new_people, one.gp, one.other];
                ((line.facility.row(), organisation(&line.who)), all)
            })
            .collect();
        assert_eq!(found, expected);
        let day = period("2026-11-02", "2026-11-29");
        assert!(scene.db.read_now(|conn| reports::people(conn, scene.asked(), day)).unwrap().is_empty());
    }
}

#[test]
fn what_was_given_is_what_the_rows_say_in_each_quarter() {
    for scene in scenes() {
        let two_years = period("2025-11-15", "2027-11-14");
        let quarter = |date: &str| {
            let (year, month): (i64, i64) = (date[..4].parse().unwrap(), date[5..7].parse().unwrap());
            (year - 2025) * 4 + (month - 1) / 3 - 3
        };
        // Sessions and pence given by quarter; sessions that nobody came to and those cancelled late.
        let mut expected: BTreeMap<String, (Vec<(i64, i64)>, i64, i64)> = BTreeMap::new();
        for row in scene.of(two_years).filter(|row| row.value.is_some()) {
            let one = expected.entry(row.organisation.clone()).or_insert_with(|| (vec![(0, 0); 9], 0, 0));
            match (row.state.as_str(), row.absent, row.late) {
                ("confirmed", true, _) => one.1 += 1,
                ("confirmed", false, _) => {
                    let sum = &mut one.0[usize::try_from(quarter(&row.date)).unwrap()];
                    *sum = (sum.0 + 1, sum.1 + row.value.unwrap() - row.price.unwrap());
                }
                ("cancelled", _, true) => one.2 += 1,
                _ => {}
            }
        }
        expected.retain(|_, one| one.1 + one.2 + one.0.iter().map(|sum| sum.0).sum::<i64>() != 0);
        let before = scene.db.queries();
        let lines = scene.db.read_now(|conn| reports::values(conn, scene.asked(), two_years)).unwrap();
        assert_eq!(scene.db.queries() - before, 1);
        let mut found: BTreeMap<String, (Vec<(i64, i64)>, i64, i64)> = BTreeMap::new();
        for line in &lines {
            let one = found.entry(organisation(&line.who)).or_insert_with(|| (vec![(0, 0); 9], 0, 0));
            for (sum, had) in one.0.iter_mut().zip(&line.had) {
                *sum = (sum.0 + had, sum.1 + had * (line.value.whole() - line.price.whole()));
            }
            (one.1, one.2) = (one.1 + line.absent, one.2 + line.late);
        }
        assert_eq!(found, expected);
        assert!(found.values().all(|one| one.0.len() == 9) && 1 < found.len());
    }
}

#[test]
fn an_organisation_sees_its_own_and_two_periods_stand_side_by_side() {
    for scene in scenes() {
        let own = "bench-organisation-3";
        let everywhere = scene.db.read_now(|conn| places(conn, Spaces::All)).unwrap();
        assert_eq!(everywhere.len(), 210);
        let id = scene.db.read_now(|conn| organisations::by_slug(conn, &slug(own))).unwrap().unwrap().id;
        let asked = Asked { places: &everywhere, organisation: Some(id) };
        let sum = |period: Period| {
            let rows = scene.rows.iter().filter(|row| row.organisation == own && row.state == "confirmed");
            let rows: Vec<&Row> = rows.filter(|row| row.is_in(period)).collect();
            (i64::try_from(rows.len()).unwrap(), rows.iter().map(|row| row.minutes()).sum::<i64>())
        };
        let (spring, summer) = (period("2026-03-01", "2026-05-31"), period("2026-06-01", "2026-08-31"));
        let before = scene.db.queries();
        let sides = scene.db.read_now(|conn| reports::compared(conn, asked, (spring, summer), now())).unwrap();
        assert_eq!(scene.db.queries() - before, 4);
        for (side, period) in [(&sides.0, spring), (&sides.1, summer)] {
            let booked = side
                .uses
                .iter()
                .fold((0, 0), |all, one| (all.0 + one.used.booked.sessions, all.1 + one.used.booked.minutes));
            assert_eq!(booked, sum(period));
            assert!(side.uses.iter().all(|one| organisation(&one.who) == own) && 0 < booked.0);
            assert!(side.offered.iter().all(|(_, minutes)| *minutes == 0), "it says nothing of what others could have");
        }
        let usage = scene.db.read_now(|conn| reports::usage(conn, asked, spring, now())).unwrap();
        let hours: i64 = usage.hours.iter().map(|one| one.booked.sum()).sum();
        assert_eq!(hours, sum(spring).1);
        let ask = |conn: &mut Conn| reports::compared(conn, scene.asked(), (spring, summer), now());
        let before = scene.db.queries();
        scene.db.read_now(ask).unwrap();
        assert_eq!(scene.db.queries() - before, 6);
    }
}
