//! Benchmarks on the set that the program makes: the day grid, the search, a request judged and written. Prints machine and row count.
//!
//! `cargo bench` makes the set once in the target folder; `ALCOVE_BENCH_URL` names another database that `alcove bench-data` has filled.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a benchmark that surprises should stop")]

use std::sync::LazyLock;

use alcove::allocation::{self, Circumstances, Dated, Draft, RequestAnswer};
use alcove::chance::Chance;
use alcove::clock::Clock;
use alcove::demo;
use alcove::domain::availability::Wanted;
use alcove::domain::holder::Holder;
use alcove::domain::hours::{instant_at, local_date, weekday};
use alcove::domain::ids::Slug;
use alcove::domain::kinds::Kind;
use alcove::domain::leeway::Leeway;
use alcove::domain::policy::MemberRole;
use alcove::domain::recurrence::{End, Every, Pattern, Repeat};
use alcove::domain::report::period::Period;
use alcove::domain::rules::Privacy;
use alcove::domain::span::{Instant, Span};
use alcove::enquiry::day::day;
use alcove::enquiry::find::{Wish, find};
use alcove::enquiry::reports;
use alcove::enquiry::series::{SeriesWish, preview};
use alcove::enquiry::week::week;
use alcove::mail::Mailer;
use alcove::store::facilities::{self, Filter};
use alcove::store::organisations;
use alcove::store::reports::{self as reports_store, Asked, Spaces};
use alcove::store::{Conn, DatabaseUrl, Db, StoreError, engine, people, sessions, sites};
use chrono::{Days, NaiveDate};
use chrono_tz::Europe::London;
use divan::Bencher;

struct Set {
    db: Db,
    now: Instant,
    date: NaiveDate,
}

static SET: LazyLock<Set> = LazyLock::new(|| {
    let usual = format!("sqlite://{}/bench.db", env!("CARGO_TARGET_TMPDIR"));
    let url = std::env::var("ALCOVE_BENCH_URL").unwrap_or(usual);
    let db = Db::open(&DatabaseUrl::parse(&url).unwrap()).unwrap();
    let now = Clock::real().now();
    if db.read_now(people::is_empty).unwrap() {
        demo::bench::fill(&db, "", now, 1).unwrap();
        db.write_now(engine::gather_statistics).unwrap();
    }
    let date = local_date(London, now).checked_add_days(Days::new(7)).unwrap();
    Set { db, now, date }
});

fn main() {
    let set = &*SET;
    let places = set.db.read_now(|conn| facilities::with_sites(conn, &Filter::default())).unwrap();
    let cores = std::thread::available_parallelism().unwrap();
    println!("{} facilities, {cores} cores, {}", places.len(), set.db.url().shown());
    divan::main();
}

/// The site's day as anybody sees it: six queries, laid out.
#[divan::bench]
fn day_of_ten_rooms(bencher: Bencher) {
    let set = &*SET;
    let site = first_site(set);
    bencher.bench(|| set.db.read_now(|conn| day(conn, &site, Some(set.date), None, set.now)).unwrap());
}

#[divan::bench]
fn week_of_a_room(bencher: Bencher) {
    let set = &*SET;
    let place = set.db.read_now(|conn| facilities::with_sites(conn, &Filter::default())).unwrap().remove(0);
    bencher.bench(|| {
        set.db.read_now(|conn| week(conn, (&place.0.slug, &place.1.slug), Some(set.date), None, set.now)).unwrap()
    });
}

/// Across the whole estate: every facility is judged.
#[divan::bench]
fn find_across_the_estate(bencher: Bencher) {
    let set = &*SET;
    let (wish, sites) = (wish(set, 2), set.db.read_now(sites::all).unwrap());
    bencher.bench(|| set.db.read_now(|conn| find(conn, &wish, &sites, set.now)).unwrap());
}

/// As above where nearly nothing fits, so that other times and days are looked for as well.
#[divan::bench]
fn find_the_nearest_yes(bencher: Bencher) {
    let set = &*SET;
    let wish = Wish { times: Some((180, 240)), ..wish(set, 2) };
    let sites = set.db.read_now(sites::all).unwrap();
    bencher.bench(|| set.db.read_now(|conn| find(conn, &wish, &sites, set.now)).unwrap());
}

fn wish(set: &Set, people: i32) -> Wish {
    Wish {
        kind: None,
        site: None,
        date: set.date,
        times: Some((600, 660)),
        people,
        needs: Vec::new(),
        organisation: None,
    }
}

/// A request judged, written with history and mail, and committed to disk.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn request_judged_and_written(bencher: Bencher) {
    let set = &*SET;
    let mailer = Mailer::new("http://bench.test");
    let (draft, now) = (any_draft(set), set.now);
    let mut minute = 0;
    bencher
        .with_inputs(|| {
            minute += 1;
            Draft {
                nonce: Chance.token().reveal().to_owned(),
                dates: vec![Dated::at(free_slot(set, minute))],
                ..draft.clone()
            }
        })
        .bench_local_values(|draft| {
            let circumstances = Circumstances { now, chance: Chance, mailer: &mailer };
            let answer = set.db.write_now(|conn| allocation::request(conn, circumstances, &draft)).unwrap();
            matches!(answer, RequestAnswer::Done { .. })
        });
}

/// A year of weeks asked for in one request, at least five of them left out: judged, written, mailed and committed.
#[divan::bench(sample_count = 40, sample_size = 1)]
fn series_of_a_year_judged_and_written(bencher: Bencher) {
    let set = &*SET;
    let mailer = Mailer::new("http://bench.test");
    let (draft, now) = (any_draft(set), set.now);
    let rooms = Filter { kind: Some(Kind::Counselling), ..Filter::default() };
    let places = set.db.read_now(|conn| facilities::with_sites(conn, &rooms)).unwrap();
    let mut rooms = places.iter().enumerate().cycle();
    bencher
        .with_inputs(|| {
            let (number, (site, facility)) = rooms.next().unwrap();
            let (wish, pattern) = year(set, &draft, (&site.slug, &facility.slug), number);
            let preview = set.db.read_now(|conn| preview(conn, &wish, now)).unwrap().unwrap();
            let dates = wish.dates.iter().zip(&preview.results).enumerate().map(|(place, ((_, session), result))| {
                let left_out = !result.is_free() || place % 11 == 3;
                Dated { left_out, ..Dated::at(session.unwrap()) }
            });
            Draft {
                site: site.slug.clone(),
                facility: facility.slug.clone(),
                dates: dates.collect(),
                repeat: Some(pattern),
                nonce: Chance.token().reveal().to_owned(),
                ..draft.clone()
            }
        })
        .bench_local_values(|draft| {
            let circumstances = Circumstances { now, chance: Chance, mailer: &mailer };
            let answer = set.db.write_now(|conn| allocation::request(conn, circumstances, &draft)).unwrap();
            assert!(matches!(answer, RequestAnswer::Done { .. }), "{answer:?}");
        });
}

/// Weekly from the day of the set, early in the morning, where half of a year is free.
fn year(set: &Set, draft: &Draft, (site, facility): (&Slug, &Slug), number: usize) -> (SeriesWish, Pattern) {
    let first = set.date.checked_add_days(Days::new(u64::try_from(number % 5).unwrap())).unwrap();
    let repeat = Repeat { every: Every::Week(vec![weekday(first)]), interval: 1, end: End::After(50) };
    let pattern = Pattern { first, repeat };
    let session = |date| {
        let start = instant_at(London, date, 480).unwrap();
        Span::new(start, start.plus_minutes(50)).unwrap()
    };
    let wish = SeriesWish {
        site: site.clone(),
        facility: facility.clone(),
        organisation: draft.organisation(),
        leeway: Leeway::Nothing,
        wanted: Wanted::Whole,
        people: 2,
        brings: Default::default(),
        dates: pattern.dates().into_iter().map(|date| (date, Ok(session(date)))).collect(),
    };
    (wish, pattern)
}

/// Use, people, value and a comparison of one site, three whole months: what each page of its report asks.
#[divan::bench(args = ["use", "people", "value", "compare"])]
fn report_of_a_site(bencher: Bencher, view: &str) {
    let set = &*SET;
    let site = first_site(set);
    bencher.bench(|| report(set, Spaces::Of(&site), view));
}

/// The same of all sites.
#[divan::bench(args = ["use", "people", "value", "compare"])]
fn report_of_all_sites(bencher: Bencher, view: &str) {
    let set = &*SET;
    bencher.bench(|| report(set, Spaces::All, view));
}

fn report(set: &Set, spaces: Spaces<'_>, view: &str) -> usize {
    let period = Period::usual(local_date(London, set.now));
    let ask = |conn: &mut Conn| -> Result<usize, StoreError> {
        let places = reports_store::places(conn, spaces)?;
        let asked = Asked { places: &places, organisation: None };
        Ok(match view {
            "use" => reports::usage(conn, asked, period, set.now)?.uses.len(),
            "people" => reports::people(conn, asked, period)?.len(),
            "value" => reports::values(conn, asked, period)?.len(),
            _ => reports::compared(conn, asked, (period.before(), period), set.now)?.0.uses.len(),
        })
    };
    set.db.read_now(ask).unwrap()
}

/// Who is asking: the session and all rights, in two queries.
#[divan::bench]
fn rights_of_a_person(bencher: Bencher) {
    let set = &*SET;
    let draft = any_draft(set);
    bencher.bench(|| set.db.read_now(|conn| sessions::actor(conn, draft.booked_by, set.now)).unwrap());
}

fn first_site(set: &Set) -> Slug {
    set.db.read_now(|conn| facilities::with_sites(conn, &Filter::default())).unwrap().remove(0).0.slug
}

fn any_draft(set: &Set) -> Draft {
    set.db
        .read_now(|conn| {
            let (site, facility) = facilities::with_sites(conn, &Filter::default())?.remove(0);
            let organisation = organisations::all(conn)?.remove(0).id;
            let mut members = organisations::members(conn, organisation)?;
            members.retain(|member| MemberRole::Booker <= member.role);
            let member = members.remove(0).person;
            Ok(Draft {
                site: site.slug,
                facility: facility.slug,
                holder: Holder::Organisation(organisation),
                booked_by: member,
                dates: Vec::new(),
                repeat: None,
                wanted: Wanted::Whole,
                purpose: "Group".to_owned(),
                note: String::new(),
                people: 2,
                privacy: Privacy::Organisation,
                set_aside: None,
                terms: None,
                particulars: Default::default(),
                nonce: String::new(),
            })
        })
        .unwrap()
}

/// Another slot each time, some free and some taken, as people find them.
fn free_slot(set: &Set, number: u64) -> Span {
    let date = set.date.checked_add_days(Days::new(number / 8)).unwrap();
    let start = instant_at(London, date, 540 + i32::try_from(number % 8).unwrap() * 60).unwrap();
    Span::new(start, start.plus_minutes(50)).unwrap()
}
