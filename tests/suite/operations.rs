//! What whoever runs it relies on: backups that are whole, files by command, a clean stop, a full disk that shows, a log without a private
//! word, and two copies on one database. The program as a child process.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::faults::{Program, book, booker, command, signed_in};
use crate::support::browser::Browser;
use crate::support::engines::{TestDatabase, engines, sqlite};
use crate::support::smtp::SmtpSink;
use crate::support::world::{self, World};
use alcove::domain::ids::Reference;
use alcove::store::{DatabaseUrl, Db, bookings, people};

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("alcove_ops_{}_{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn at(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs a command to its end: its exit code, and what it said on both outputs.
fn obey(url: &str, words: &[&str]) -> (i32, String, String) {
    let output = command(url, &[]).args(words).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// Books on and on from several threads until told to stop; the references that were acknowledged so far are in the list.
struct Load {
    stop: Arc<AtomicBool>,
    acknowledged: Arc<Mutex<Vec<Reference>>>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl Load {
    fn start(db: &Db, world: &World, bases: &[&str]) -> Self {
        let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let threads = (0..4_i64).map(|number| {
            let base = bases[usize::try_from(number).unwrap() % bases.len()];
            let browser = booker(db, world, base);
            let (stop, acknowledged) = (Arc::clone(&stop), Arc::clone(&acknowledged));
            std::thread::spawn(move || {
                let mut day = 0;
                while !stop.load(Ordering::Relaxed) {
                    // A copy that is killed breaks the conversation off, as it should.
                    let once = || book(&browser, 3 + number * 30 + day % 30);
                    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(once)) {
                        Ok(reference) => acknowledged.lock().unwrap().extend(reference),
                        Err(_) => break,
                    }
                    day += 1;
                }
            })
        });
        let threads = threads.collect();
        Self { stop, acknowledged, threads }
    }

    fn so_far(&self) -> Vec<Reference> {
        self.acknowledged.lock().unwrap().clone()
    }

    fn wait_for(&self, count: usize) {
        let started = Instant::now();
        while self.so_far().len() < count {
            assert!(started.elapsed() < Duration::from_secs(60), "only {} were acknowledged", self.so_far().len());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn end(mut self) -> Vec<Reference> {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        self.so_far()
    }
}

fn has_all(db: &Db, references: &[Reference]) {
    for reference in references {
        let found = db.read_now(|conn| bookings::by_reference(conn, reference)).unwrap();
        assert!(found.is_some(), "{reference} is missing");
    }
}

#[test]
fn a_backup_under_load_has_everything_that_was_acknowledged_before_it_began() {
    let (database, folder) = (sqlite(), Folder::new("backup"));
    let db = database.open();
    let world = world::build(&db, None);
    let program = Program::start(&database, &[("ALCOVE_CHORES_EVERY", "0")]);
    let load = Load::start(&db, &world, &[&program.base]);
    for round in 1..=3 {
        load.wait_for(round * 8);
        let (before, file) = (load.so_far(), folder.at(&format!("{round}.db")));
        let (code, said, faults) = obey(&database.url, &["backup", &file]);
        assert_eq!(code, 0, "{said}{faults}");
        let (code, said, faults) = obey(&database.url, &["restore-check", &file]);
        assert_eq!(code, 0, "{said}{faults}");
        assert!(said.contains("byte for byte") && said.contains("It can be restored."), "{said}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let (code, _, faults) = obey(&database.url, &["backup", &file]);
        assert!(code == 1 && faults.contains("is there already"), "{faults}");
        let copy = Db::open(&DatabaseUrl::parse(&format!("sqlite://{file}")).unwrap()).unwrap();
        has_all(&copy, &before);
    }
    has_all(&db, &load.end());
}

#[test]
fn a_damaged_backup_is_found_wherever_the_damage_is() {
    let (database, folder) = (sqlite(), Folder::new("damage"));
    let db = database.open();
    world::build(&db, None);
    let file = folder.at("whole.db");
    assert_eq!(obey(&database.url, &["backup", &file]).0, 0);
    let whole = std::fs::read(&file).unwrap();
    let check = |name: &str, bytes: &[u8], sum: bool| {
        let path = folder.at(name);
        std::fs::write(&path, bytes).unwrap();
        if sum {
            std::fs::copy(format!("{file}.sha256"), format!("{path}.sha256")).unwrap();
        }
        obey(&database.url, &["restore-check", &path])
    };
    assert_eq!(check("same.db", &whole, true).0, 0);
    let unsigned = check("unsigned.db", &whole, false);
    assert!(unsigned.0 == 0 && unsigned.1.contains("no checksum beside it"), "{unsigned:?}");
    // One byte anywhere, a letter of a name as much as a page of an index.
    for place in [20, 100, 4096 + 7, whole.len() / 2, whole.len() - 1] {
        let mut flipped = whole.clone();
        flipped[place] ^= 0x20;
        let (code, _, faults) = check("flipped.db", &flipped, true);
        assert!(code == 1 && faults.contains("checksum is another"), "{place}: {faults}");
    }
    for length in [0, 50, 4096, whole.len() - 4096, whole.len() - 1] {
        let (code, _, faults) = check("short.db", &whole[..length], false);
        assert_eq!(code, 1, "{length}: {faults}");
    }
    assert_eq!(check("text.db", b"not a database at all", false).0, 1);
    assert_eq!(obey(&database.url, &["restore-check", &folder.at("nowhere.db")]).0, 1);
    // What a database can hold and must not: no guard, a place twice, a booking of nothing, a newer program's.
    for (statement, words) in [
        ("DROP TRIGGER occupancy_never_overlaps", "trigger occupancy_never_overlaps is missing"),
        (
            "DROP TRIGGER occupancy_never_overlaps; \
             INSERT INTO block (site_id, reason, is_closure, starts_at, ends_at, created_at) SELECT id, 'x', 1, 1800000000, 1800003600, 1 FROM site LIMIT 1; \
             INSERT INTO occupancy (unit_id, starts_at, ends_at, is_long, block_id) SELECT unit.id, 1800000000, 1800003600, 0, block.id FROM unit, block WHERE unit.id = 1; \
             INSERT INTO occupancy (unit_id, starts_at, ends_at, is_long, block_id) SELECT unit.id, 1800001800, 1800005400, 0, block.id FROM unit, block WHERE unit.id = 1",
            "1 places overlap",
        ),
        (
            "INSERT INTO booking (reference, site_id, holder, purpose, note, people, privacy, version, created_at) \
             SELECT 'BBBBBBBB', id, 'site', 'x', '', 1, 'open', 1, 1 FROM site LIMIT 1",
            "1 bookings have no date",
        ),
        ("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')", "newer than this program"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM site", "a row points nowhere"),
    ] {
        let path = folder.at("wrong.db");
        std::fs::write(&path, &whole).unwrap();
        {
            use diesel::Connection;
            use diesel::connection::SimpleConnection;
            diesel::SqliteConnection::establish(&path).unwrap().batch_execute(statement).unwrap();
        }
        let (code, _, faults) = obey(&database.url, &["restore-check", &path]);
        assert!(code == 1 && faults.contains(words), "{words}: {faults}");
    }
}

#[test]
fn everything_goes_out_by_command_and_in_again_into_an_empty_database() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        let program = Program::start(&database, &[("ALCOVE_CHORES_EVERY", "0")]);
        book(&booker(&db, &world, &program.base), 7).unwrap();
        let folder = Folder::new(if database.url.starts_with("sqlite") { "out_s" } else { "out_p" });
        let (code, said, faults) = obey(&database.url, &["export", &folder.at("one")]);
        assert_eq!(code, 0, "{said}{faults}");
        assert_eq!(obey(&database.url, &["export", &folder.at("one")]).0, 2, "what is there is not written over");
        let fresh = sqlite();
        for kind in ["sites", "facilities", "organisations", "people", "bookings"] {
            let file = folder.at(&format!("one/{kind}.csv"));
            let (code, said, faults) = obey(&fresh.url, &["import", kind, &file, "--dry-run"]);
            assert!(code == 0 && said.contains("would be made"), "{said}{faults}");
            let (code, said, faults) = obey(&fresh.url, &["import", kind, &file]);
            assert!(code == 0 && said.contains(" made; 0 there already"), "{said}{faults}");
        }
        assert_eq!(obey(&fresh.url, &["export", &folder.at("two")]).0, 0);
        for kind in ["sites", "facilities", "organisations", "people", "bookings"] {
            let read = |of: &str| std::fs::read_to_string(folder.at(&format!("{of}/{kind}.csv"))).unwrap();
            assert_eq!(read("one"), read("two"), "{kind}");
        }
        std::fs::write(folder.at("wrong.csv"), "email,name\nwrong,\n").unwrap();
        let (code, _, faults) = obey(&fresh.url, &["import", "people", &folder.at("wrong.csv")]);
        assert_eq!((code, faults.lines().count()), (1, 3), "{faults}");
        assert!(faults.contains("Line 2, email: ") && faults.contains("Line 2, name: "), "{faults}");
        assert_eq!(obey(&fresh.url, &["import", "shoes", "x"]).0, 2);
        if !database.url.starts_with("sqlite") {
            let (code, _, faults) = obey(&database.url, &["backup", &folder.at("x.dump")]);
            assert!(code == 1 && faults.contains("pg_dump --format=custom"), "{faults}");
        }
    }
}

#[test]
fn an_operator_lists_accounts_ends_one_and_opens_it_again() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        let program = Program::start(&database, &[("ALCOVE_CHORES_EVERY", "0")]);
        let browser = signed_in(&db, world.robin_booker, &program.base);
        browser.get("/account").must_be(200);
        let (code, said, _) = obey(&database.url, &["user", "list"]);
        assert!(code == 0 && said.contains("admin@alcove.test\tAda Admin\tadministrator"), "{said}");
        assert_eq!(obey(&database.url, &["user", "disable", "rob@alcove.test"]).0, 0);
        browser.get("/account").must_be(303);
        let closed = || {
            let email = alcove::domain::person::Email::parse("rob@alcove.test").unwrap();
            db.read_now(|conn| people::by_email(conn, &email)).unwrap().unwrap().closed
        };
        assert!(closed());
        assert_eq!(obey(&database.url, &["user", "enable", "rob@alcove.test"]).0, 0);
        assert!(!closed());
        assert_eq!(obey(&database.url, &["user", "disable", "nobody@alcove.test"]).0, 1);
    }
}

fn terminate(program: &Program) {
    let done = Command::new("kill").args(["-TERM", &program.child.id().to_string()]).status().unwrap();
    assert!(done.success());
}

#[test]
fn a_clean_stop_finishes_what_is_under_way() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        let mut program = Program::start(&database, &[("ALCOVE_CHORES_EVERY", "1")]);
        let browser = booker(&db, &world, &program.base);
        let csrf = browser.get("/account").must_be(200).attr("input[name=csrf]", "value").unwrap();
        // Half of a form is sent, then the word to stop, then the rest.
        let body = format!("csrf={csrf}&name=Robert+Robin");
        let (first, rest) = body.split_at(body.len() / 2);
        let address = program.base.trim_start_matches("http://").to_owned();
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let head = format!(
            "POST /account/name HTTP/1.1\r\nHost: {address}\r\nCookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{first}",
            browser.cookies(),
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(500));
        let started = Instant::now();
        terminate(&program);
        std::thread::sleep(Duration::from_millis(700));
        assert!(program.child.try_wait().unwrap().is_none(), "it waits for the request");
        stream.write_all(rest.as_bytes()).unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
        while program.child.try_wait().unwrap().is_none() {
            assert!(started.elapsed() < Duration::from_secs(20), "it does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(program.child.wait().unwrap().success());
        let person = db.read_now(|conn| people::by_id(conn, world.robin_booker)).unwrap().unwrap();
        assert_eq!(person.name, "Robert Robin");
    }
}

/// A port that is free now.
fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_takes_nothing_more_shows_and_pages_are_read_on() {
    let database = sqlite();
    let db = database.open();
    let world = world::build(&db, None);
    let ops = free_port();
    // Files must not grow past a few kilobytes, which the database and its journal have long passed: as on a full disk, what is there is
    // read and nothing more is written.
    let mut limited = Command::new("sh");
    limited.arg("-c").arg("trap '' XFSZ; ulimit -f 8; exec \"$0\"").arg(env!("CARGO_BIN_EXE_alcove"));
    limited.env_clear().env("DATABASE_URL", &database.url).env("ALCOVE_LISTEN", "127.0.0.1:0").env("RUST_LOG", "off");
    limited.env("PATH", "/usr/bin:/bin").env("ALCOVE_CHORES_EVERY", "0").env("ALCOVE_OPS_LISTEN", &ops);
    limited.stdout(Stdio::piped()).stderr(Stdio::piped());
    let program = Program::of(limited);
    let browser = booker(&db, &world, &program.base);
    assert_eq!(Browser::new(&program.base).get("/readyz").must_be(503).body, "{\"ready\":false}\n");
    let detail = Browser::new(&format!("http://{ops}")).get("/readyz").must_be(503).body;
    assert!(detail.contains("the database cannot be written"), "{detail}");
    browser.get("/sites/hunter-street/schedule").must_be(200);
    let form = browser.get("/account").must_be(200).form("form[action=\"/account/name\"]");
    let refused = browser.submit(form.set("name", "Robert Robin")).must_be(503);
    assert!(refused.text("main").unwrap().contains("Nothing was lost"), "{:?}", refused.text("main"));
    // The same database without the limit is ready.
    let free = Program::start(&database, &[("ALCOVE_CHORES_EVERY", "0")]);
    Browser::new(&free.base).get("/readyz").must_be(200);
}

const CANARIES: [&str; 6] =
    ["canarypurpose", "canaryname", "canary.address", "canaryquery", "canarypassword", "canarynote"];

#[test]
fn neither_log_says_a_private_word() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        for format in ["text", "json"] {
            let ops = free_port();
            let settings = [("ALCOVE_LOG", format), ("ALCOVE_CHORES_EVERY", "1"), ("ALCOVE_OPS_LISTEN", ops.as_str())];
            let mut loud = command(&database.url, &settings);
            loud.env("RUST_LOG", "debug,hyper=off");
            let mut program = Program::of(loud);
            let mut stderr = program.child.stderr.take().unwrap();
            let reading = std::thread::spawn(move || {
                let mut all = String::new();
                let _ = stderr.read_to_string(&mut all);
                all
            });
            let browser = booker(&db, &world, &program.base);
            let reference = book(&browser, if format == "text" { 7 } else { 8 }).unwrap();
            browser.get(&format!("/bookings/{reference}")).must_be(200);
            browser.get("/find?need=canaryquery&kind=group").status.to_string();
            browser.get("/bookings/canaryquery-1234").must_be(404);
            let form = browser.get("/account").must_be(200).form("form[action=\"/account/name\"]");
            browser.submit(form.set("name", "Canaryname Quill")).must_be(303);
            let visitor = Browser::new(&program.base);
            let form = visitor.get("/sign-in").must_be(200).form("main form");
            visitor.submit(form.set("email", "canary.address@example.org").set("password", "canarypassword now"));
            let manager = signed_in(&db, world.manager, &program.base);
            let csrf = manager.get("/account").attr("input[name=csrf]", "value").unwrap();
            let note = "canarypurpose canarynote";
            manager.post("/sites/hunter-street/keys", &[("csrf", &csrf), ("item", "Fob"), ("borrower", note)]);
            let shown = Browser::new(&format!("http://{ops}")).get("/metrics").must_be(200).body;
            terminate(&program);
            program.child.wait().unwrap();
            let log = reading.join().unwrap();
            assert!(log.contains("/bookings/{reference}"), "the log has the patterns of routes: {log}");
            assert!(
                shown.contains("alcove_requests_total{route=\"/find\",method=\"GET\",status=\"200\"} 1"),
                "{shown}"
            );
            assert!(shown.contains("alcove_chore_last_success_seconds{chore=\"deliver\"}"), "{shown}");
            for text in [log, shown] {
                let low = text.to_lowercase();
                let plain = reference.to_string().to_lowercase();
                for word in CANARIES.iter().copied().chain([plain.as_str(), "rob@alcove.test"]) {
                    assert!(!low.contains(word), "{word} in {format}");
                }
            }
        }
    }
}

/// The PostgreSQL database, where there is one.
fn shared_database() -> Option<TestDatabase> {
    engines().into_iter().find(|database| !database.url.starts_with("sqlite"))
}

#[test]
fn two_copies_on_one_database_are_as_one() {
    let Some(database) = shared_database() else {
        return;
    };
    let db = database.open();
    let world = world::build(&db, None);
    let sink = SmtpSink::start(Vec::new());
    let settings = [("SMTP_URL", sink.url()), ("ALCOVE_CHORES_EVERY", "1".to_owned())];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (mut one, two) = (Program::start(&database, &settings), Program::start(&database, &settings));
    // Who signs in at one is signed in at the other, and who signs out of one is out everywhere.
    let (here, there) = (booker(&db, &world, &one.base), Browser::new(&two.base));
    there.set_cookie("alcove", &here.cookie("alcove").unwrap());
    there.get("/account").must_be(200);
    let reference = book(&here, 7).unwrap();
    there.get(&format!("/bookings/{reference}")).must_be(200);
    let form = there.get("/account").form("form[action=\"/sign-out\"]");
    there.submit(form).must_be(303);
    here.get("/account").must_be(303);
    // Failed sign-ins are counted together: half of the tries at each copy, and both are closed to the account.
    let tried = |base: &str| {
        let visitor = Browser::new(base);
        let form = visitor.get("/sign-in").must_be(200).form("main form");
        visitor.submit(form.set("email", "rob@alcove.test").set("password", "not the right one")).status
    };
    let answers: Vec<u16> = (0..24).map(|turn| tried(if turn % 2 == 0 { &one.base } else { &two.base })).collect();
    assert_eq!(answers[0], 422);
    let closed = |base: &str| tried(base) == 429;
    assert!(closed(&one.base) && closed(&two.base), "{answers:?}");
    // Under load through both, one is killed: what it acknowledged is there, and every mail goes out.
    let load = Load::start(&db, &world, &[&one.base, &two.base]);
    load.wait_for(20);
    one.kill();
    let killed_at = load.so_far().len();
    load.wait_for(killed_at + 5);
    let acknowledged = load.end();
    has_all(&db, &acknowledged);
    let started = Instant::now();
    let sent = || -> Vec<(String, String)> {
        let of = |mail: &crate::support::smtp::Received| {
            (mail.header("Message-ID").unwrap_or_default(), mail.header("Subject").unwrap_or_default())
        };
        sink.messages().iter().map(of).collect()
    };
    let told =
        |reference: &Reference| sent().iter().filter(|(_, words)| words.contains(&reference.to_string())).count();
    while acknowledged.iter().any(|reference| told(reference) == 0) {
        assert!(started.elapsed() < Duration::from_secs(90), "mail is missing");
        std::thread::sleep(Duration::from_millis(200));
    }
    // A mail that the killed copy had handed over and not yet written down may come twice, but then it is the same mail.
    for reference in &acknowledged {
        let mut ids: Vec<String> =
            sent().into_iter().filter(|(_, words)| words.contains(&reference.to_string())).map(|(id, _)| id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 1, "{reference} was told by different mails");
    }
    let all = sent();
    let mut different: Vec<&String> = all.iter().map(|(id, _)| id).collect();
    different.sort();
    different.dedup();
    assert!(all.len() <= different.len() + 2, "{} mails, {} different", all.len(), different.len());
}
