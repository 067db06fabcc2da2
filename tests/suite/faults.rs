//! Real kills and wrong settings: the program as a child process. What was acknowledged is there after the restart, and its mail goes out.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::support::browser::{Browser, Form, Page};
use crate::support::engines::{TestDatabase, engines, sqlite};
use crate::support::smtp::SmtpSink;
use crate::support::world::{self, World};
use alcove::allocation::{self, Circumstances, Dated, Draft, RequestAnswer};
use alcove::chance::Chance;
use alcove::clock::Clock;
use alcove::domain::hours::{instant_at, local_date};
use alcove::domain::ids::{PersonId, Reference};
use alcove::domain::occurrence::Stage;
use alcove::domain::rendered::MailKind;
use alcove::domain::span::Span;
use alcove::store::occurrences::{self, ListFilter};
use alcove::store::sessions::NewSession;
use alcove::store::{Db, blocks, bookings, occupancies, outbox, sessions};
use chrono_tz::Europe::London;

pub struct Program {
    pub child: Child,
    pub base: String,
}

impl Program {
    pub fn start(database: &TestDatabase, settings: &[(&str, &str)]) -> Self {
        Self::of(command(&database.url, settings))
    }

    /// Starts it and waits for its address.
    pub fn of(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        Self { child, base: first.trim().to_owned() }
    }

    /// SIGKILL: nothing of the program gets to tidy up.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn command(url: &str, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alcove"));
    command.env_clear().env("DATABASE_URL", url).env("ALCOVE_LISTEN", "127.0.0.1:0").env("RUST_LOG", "off");
    command.envs(settings.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A browser of the trusted booker, signed in for the real time of day.
pub fn booker(db: &Db, world: &World, base: &str) -> Browser {
    signed_in(db, world.robin_booker, base)
}

pub fn signed_in(db: &Db, person: PersonId, base: &str) -> Browser {
    let (token, now) = (Chance.token(), Clock::real().now());
    let hash = token.hash();
    db.write_now(|conn| {
        let new = NewSession { token_hash: &hash, person, scope: "full", device: "A test", ends_at: now.plus_days(1) };
        sessions::open(conn, &new, now)
    })
    .unwrap();
    let browser = Browser::new(base);
    browser.set_cookie("alcove", token.reveal());
    browser
}

/// Books the first free hour of a day so many days ahead; the reference once the answer has come.
pub fn book(browser: &Browser, days: i64) -> Option<Reference> {
    let date = local_date(London, Clock::real().now().plus_days(days));
    let page = browser.get(&format!("/sites/hunter-street/cedar/book?date={date}"));
    let form = page.form("form[method=post]");
    let start = form.options("from").into_iter().map(|(value, _)| value).find(|value| !value.is_empty())?;
    let end = (start.parse::<i64>().ok()? + 3600).to_string();
    let form = form.set("from", &start).set("to", &end).set("purpose", "Group").set("people", "2").set("step", "yes");
    let done = browser.submit(form);
    let path = done.location()?.split('?').next()?.to_owned();
    Reference::parse(path.trim_start_matches("/bookings/"))
}

#[test]
fn killed_between_commit_and_mail_it_sends_the_mail_after_the_restart() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        let mut program = Program::start(&database, &[("ALCOVE_CHORES_EVERY", "0")]);
        let reference = book(&booker(&db, &world, &program.base), 7).unwrap();
        program.kill();
        let sink = SmtpSink::start(Vec::new());
        let _program = Program::start(&database, &[("SMTP_URL", &sink.url()), ("ALCOVE_CHORES_EVERY", "1")]);
        let mail = sink.wait_for(1, Duration::from_secs(20)).pop().unwrap();
        assert!(mail.header("Subject").unwrap().contains(&reference.to_string()));
    }
}

#[test]
fn killed_under_load_it_has_lost_nothing_that_it_acknowledged() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        let mut program = Program::start(&database, &[("ALCOVE_CHORES_EVERY", "0")]);
        let acknowledged = Arc::new(Mutex::new(Vec::new()));
        let threads: Vec<_> = (0..6)
            .map(|number| {
                let (browser, acknowledged) = (booker(&db, &world, &program.base), Arc::clone(&acknowledged));
                std::thread::spawn(move || {
                    for day in 0..200 {
                        // When the program is killed the conversation breaks off in the middle, as it should.
                        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                            book(&browser, 3 + number * 20 + day % 20)
                        }));
                        match done {
                            Ok(reference) => acknowledged.lock().unwrap().extend(reference),
                            Err(_) => break,
                        }
                    }
                })
            })
            .collect();
        let started = Instant::now();
        while acknowledged.lock().unwrap().len() < 25 && started.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(20));
        }
        program.kill();
        for thread in threads {
            let _ = thread.join();
        }
        let sink = SmtpSink::start(Vec::new());
        let _program = Program::start(&database, &[("SMTP_URL", &sink.url()), ("ALCOVE_CHORES_EVERY", "1")]);
        let acknowledged = acknowledged.lock().unwrap().clone();
        assert!(25 <= acknowledged.len(), "only {} were acknowledged", acknowledged.len());
        for reference in &acknowledged {
            let booking = db.read_now(|conn| bookings::by_reference(conn, reference)).unwrap();
            assert_eq!(booking.unwrap().stage(), Stage::Confirmed, "{reference}");
        }
        // A booking that was committed and not acknowledged is mailed too, so each acknowledged one is waited for by name.
        let started = Instant::now();
        let missing = || -> Vec<&Reference> {
            let subjects: Vec<String> = sink.messages().iter().map(|mail| mail.header("Subject").unwrap()).collect();
            let sent = |reference: &&Reference| subjects.iter().any(|subject| subject.contains(&reference.to_string()));
            acknowledged.iter().filter(|reference| !sent(reference)).collect()
        };
        while !missing().is_empty() && started.elapsed() < Duration::from_secs(40) {
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(missing().is_empty(), "no mail for {:?}", missing());
        let (waiting, _) = db.read_now(outbox::waiting).unwrap();
        assert!(waiting <= 6, "what was committed and not acknowledged may still be on its way");
    }
}

const DATES: i64 = 100;
const KILLS: u32 = 7;

/// A session of the trusted booker on each of a hundred days, an hour that is the round's own.
fn series(db: &Db, world: &World, hour: u32) -> Reference {
    let now = Clock::real().now();
    let first = local_date(London, now.plus_days(7));
    let at = |date, hour: u32| instant_at(London, date, hour as i32 * 60);
    let session = |date| Span::new(at(date, hour).unwrap(), at(date, hour + 1).unwrap()).unwrap();
    let dates = first.iter_days().take(DATES as usize).map(|date| Dated::at(session(date))).collect();
    let draft = Draft { dates, ..world.trusted_draft("cedar", session(first)) };
    let mailer = world::mailer();
    let ask = |conn: &mut _| allocation::request(conn, Circumstances { now, chance: Chance, mailer: &mailer }, &draft);
    match db.write_now(ask).unwrap() {
        RequestAnswer::Done { reference, .. } => reference,
        other => panic!("{other:?}"),
    }
}

/// The page that shows all the dates on which a closure of that hour would displace the series.
fn closure(browser: &Browser, hour: u32) -> Form {
    let first = local_date(London, Clock::real().now().plus_days(7));
    let form = browser.get("/manage/sites/hunter-street/closures").must_be(200).form("#close");
    let form = form.choose("scope", "Some spaces").choose("facility", "Cedar").set("reason", &format!("Round {hour}"));
    let form = form.set("from_date", &first.to_string()).set("from_time", &format!("{hour:02}:00"));
    let form = form.set("to_date", &first.to_string()).set("to_time", &format!("{:02}:00", hour + 1));
    let form = form.set("repeat", "daily").set("times", &DATES.to_string());
    browser.submit(form).must_be(200).form("main form").set("step", "close")
}

/// How much of a closure is there: dates displaced, blocks, places that are not the series' any more, mails.
fn done(db: &Db, world: &World, reference: &Reference, hour: u32) -> (usize, usize, usize, usize) {
    let booking = db.read_now(|conn| bookings::by_reference(conn, reference)).unwrap().unwrap();
    let displaced = booking.occurrences.iter().filter(|one| one.state.stage() == Stage::Displaced).count();
    let ids: Vec<_> = booking.occurrences.iter().map(|one| one.id).collect();
    let held = db.read_now(|conn| occupancies::of_occurrences(conn, &ids)).unwrap().len();
    let coming = db.read_now(|conn| blocks::coming(conn, world.site, Clock::real().now())).unwrap();
    let closed = coming.iter().filter(|one| one.reason == format!("Round {hour}")).count();
    let mails = db.read_now(|conn| outbox::whole(conn, None, 1000)).unwrap();
    let told =
        |mail: &&outbox::WholeMail| mail.kind == MailKind::Displaced && mail.subject.contains(&reference.to_string());
    (displaced, closed, ids.len() - held, mails.iter().filter(told).count())
}

#[test]
fn killed_in_the_middle_of_a_block_that_displaces_a_hundred_dates_all_of_it_is_there_or_nothing() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        // The first round runs to its end and says how long that takes. The others are killed later where the one before left
        // nothing, and sooner where it left all, so that the kills stay around the moment of the commit.
        let (mut killed_at, mut step) = (Duration::ZERO, Duration::ZERO);
        for round in 0..=KILLS {
            let hour = 9 + round;
            let reference = series(&db, &world, hour);
            let mut program = Program::start(&database, &[("ALCOVE_CHORES_EVERY", "0")]);
            let browser = signed_in(&db, world.manager, &program.base);
            let form = closure(&browser, hour);
            let started = Instant::now();
            let sent = std::thread::spawn(move || {
                let answer = || browser.submit(form).status;
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(answer)).ok()
            });
            let acknowledged = if round == 0 {
                let status = sent.join().unwrap();
                step = started.elapsed() / 8;
                killed_at = step * 7;
                program.kill();
                status
            } else {
                std::thread::sleep(killed_at);
                program.kill();
                sent.join().unwrap()
            };
            let _program = Program::start(&database, &[("ALCOVE_CHORES_EVERY", "0")]);
            let there = done(&db, &world, &reference, hour);
            println!("round {round} on {}: {there:?}, answered {acknowledged:?}", database.url);
            let (all, nothing) = ((DATES as usize, DATES as usize, DATES as usize, 1), (0, 0, 0, 0));
            assert!(there == all || there == nothing, "killed in round {round}, there is {there:?}");
            if 0 < round {
                killed_at = if there == nothing { killed_at * 4 / 3 } else { killed_at.saturating_sub(step) };
            }
            assert!(acknowledged != Some(303) || there == all, "it was acknowledged in round {round}");
            assert!(0 < round || there == all, "{acknowledged:?}");
        }
    }
}

/// The form that asks for a series of 52 weeks, in a slot of its own.
fn a_year(browser: &Browser, number: i32) -> Form {
    let date = local_date(London, Clock::real().now().plus_days(2));
    let at = |minute: i32| instant_at(London, date, minute).unwrap().seconds().to_string();
    let page = browser.get(&format!("/sites/hunter-street/cedar/book?date={date}"));
    let form = page.form("form[method=post]").set("from", &at(480 + number * 60)).set("to", &at(540 + number * 60));
    let form = form.set("purpose", "Group").set("people", "2");
    form.set("repeat", "weekly").set("times", "52").set("step", "yes")
}

fn booked(page: &Page) -> Option<Reference> {
    let path = page.location()?.split('?').next()?.to_owned();
    Reference::parse(path.trim_start_matches("/bookings/"))
}

#[test]
fn killed_in_the_middle_of_a_series_it_has_all_its_dates_or_none() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        let mut acknowledged = Vec::new();
        // The kill comes a little later each time, so that some fall before the series is written, some into it, and some after.
        for number in 0..12 {
            let mut program = Program::start(&database, &[("ALCOVE_CHORES_EVERY", "0")]);
            let browser = booker(&db, &world, &program.base);
            let form = a_year(&browser, number);
            let asking = std::thread::spawn(move || {
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| booked(&browser.submit(form))))
            });
            std::thread::sleep(Duration::from_millis(5 * u64::try_from(number).unwrap()));
            if number == 11 {
                acknowledged.extend(asking.join().unwrap().unwrap());
                program.kill();
                continue;
            }
            program.kill();
            acknowledged.extend(asking.join().unwrap().ok().flatten());
        }
        let sink = SmtpSink::start(Vec::new());
        let _program = Program::start(&database, &[("SMTP_URL", &sink.url()), ("ALCOVE_CHORES_EVERY", "1")]);
        let lines = db.read_now(|conn| occurrences::list(conn, &ListFilter::default())).unwrap();
        for line in &lines {
            assert_eq!(lines.iter().filter(|one| one.booking == line.booking).count(), 52, "half a series");
        }
        assert!(!acknowledged.is_empty() && acknowledged.len() <= lines.len() / 52);
        for reference in &acknowledged {
            let booking = db.read_now(|conn| bookings::by_reference(conn, reference)).unwrap().unwrap();
            assert!(booking.occurrences.iter().all(|one| one.state.stage() == Stage::Confirmed), "{reference}");
        }
        let mails = sink.wait_for(lines.len() / 52, Duration::from_secs(40));
        let subjects: Vec<String> = mails.iter().map(|mail| mail.header("Subject").unwrap()).collect();
        for reference in &acknowledged {
            assert!(subjects.iter().any(|subject| subject.contains(&reference.to_string())), "no mail for {reference}");
        }
    }
}

/// Runs the program to its end and gives its exit code and what it said.
pub fn run(url: &str, settings: &[(&str, &str)]) -> (i32, String) {
    let mut child = command(url, settings).spawn().unwrap();
    let started = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if Duration::from_secs(20) < started.elapsed() {
            child.kill().unwrap();
            panic!("it started with {url} {settings:?}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (child.wait().unwrap().code().unwrap(), said)
}

#[test]
fn wrong_settings_are_all_named_at_once() {
    let (code, said) =
        run("mysql://x", &[("ALCOVE_LISTEN", "everywhere"), ("ALCOVE_LOG", "loud"), ("SMTP_URL", "mail.example.org")]);
    assert_eq!(code, 2);
    for name in ["DATABASE_URL", "ALCOVE_LISTEN", "ALCOVE_LOG", "SMTP_URL"] {
        assert!(said.contains(name), "{said}");
    }
    assert_eq!(said.lines().count(), 4, "{said}");
}

#[test]
fn a_port_in_use_an_unwritable_file_and_a_newer_database_are_one_clear_line() {
    let database = sqlite();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, said) = run(&database.url, &[("ALCOVE_LISTEN", &address)]);
    assert_eq!((code, said.lines().count()), (1, 1), "{said}");
    assert!(said.contains("ALCOVE_LISTEN: cannot listen on"), "{said}");
    let (code, said) = run("sqlite:///nowhere/at/all/alcove.db", &[]);
    assert_eq!((code, said.lines().count()), (1, 1), "{said}");
    assert!(said.contains("DATABASE_URL: cannot open"), "{said}");
    let db = database.open();
    db.write_now(|conn| {
        use diesel::connection::SimpleConnection;
        Ok(conn.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')")?)
    })
    .unwrap();
    let (code, said) = run(&database.url, &[]);
    assert_eq!(code, 1);
    assert!(said.contains("the database is newer than this program"), "{said}");
}
