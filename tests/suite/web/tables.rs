//! Files in and out as conversations: looked at, put right, imported once, and downloaded; each by whom it is for.

use std::time::{Duration, Instant};

use crate::support::browser::{Browser, Page};
use crate::support::server::servers;
use crate::support::tables::contents;
use crate::support::world::span;
use alcove::domain::ids::BookingId;
use alcove::store::exports;

const PATH: &str = "/manage/import";
const BOUNDARY: &str = "----alcove";
const HEAD: &str = "site,facility,date,from,to,organisation,purpose\n";

fn send(browser: &Browser, kind: &str, file: &[u8]) -> Page {
    let csrf = browser.get(PATH).must_be(200).attr("input[name=csrf]", "value").unwrap();
    let mut body = Vec::new();
    for (name, value) in [("csrf", csrf.as_str()), ("kind", kind)] {
        let field = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(field.into_bytes());
    }
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"../../x.csv\"\r\nContent-Type: text/csv";
    body.extend(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").into_bytes());
    body.extend(file);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    browser.post_raw(PATH, &[("Content-Type", &format!("multipart/form-data; boundary={BOUNDARY}"))], body)
}

#[test]
fn a_file_is_looked_at_put_right_and_imported_once() {
    for server in servers() {
        let browser = server.signed_in(server.world.manager);
        let wrong = format!(
            "{HEAD}hunter-street,cedar,2026-12-01,10:00,11:00,wren-support,\nhunter-street,oak,2026-12-01,10:00,11:00,wren-support,Group\n"
        );
        let before = contents(&server.db);
        let page = send(&browser, "bookings", wrong.as_bytes()).must_be(422);
        assert!(page.title().starts_with("Error:"));
        assert_eq!(
            page.text(".error-summary a").unwrap(),
            "Put 2 things in the file right and choose it again. Nothing was imported"
        );
        assert_eq!(page.attr(".error-summary a", "href").unwrap(), "#problems");
        let rows = page.all_text("#problems tbody tr");
        assert!(
            rows[0].contains("2") && rows[0].contains("purpose") && rows[0].contains("Enter what it is for"),
            "{rows:?}"
        );
        assert!(rows[1].contains("3") && rows[1].contains("facility") && rows[1].contains("“oak”"), "{rows:?}");
        assert_eq!(contents(&server.db), before);
        let right = format!("{HEAD}hunter-street,cedar,2026-12-01,10:00,11:00,wren-support,Group\n");
        let page = send(&browser, "bookings", right.as_bytes()).must_be(200);
        assert_eq!(page.text("#problems h2").unwrap(), "This file would make 1 booking with 1 date");
        let form = page.form("#problems form");
        assert!(server.mails().is_empty());
        let done = browser.submit(form.clone()).must_be(303);
        assert!(browser.follow(done).must_be(200).text("main").unwrap().contains("Import"));
        // The button again makes nothing more, and neither does the file: the place is taken.
        browser.submit(form.clone()).must_be(303);
        let count =
            || server.db.read_now(|conn| exports::bookings_after(conn, None, BookingId::new(0), 9)).unwrap().len();
        assert_eq!(count(), 1);
        assert!(server.mails().is_empty(), "nobody is written to unless it is ticked");
        let again = send(&browser, "bookings", right.as_bytes()).must_be(422);
        assert!(again.text("#problems tbody").unwrap().contains("Cedar is not free then"));
        // A file that was looked at goes when another is.
        let one =
            send(&browser, "bookings", right.replace("12-01", "12-02").as_bytes()).must_be(200).form("#problems form");
        let two =
            send(&browser, "bookings", right.replace("12-01", "12-03").as_bytes()).must_be(200).form("#problems form");
        let gone = browser.submit(one).must_be(422);
        assert!(gone.text("#file-error").unwrap().contains("Choose the file again"));
        // Somebody else’s button is nobody’s.
        let admin = server.signed_in(server.person("admin@alcove.test"));
        let csrf = admin.get(PATH).attr("input[name=csrf]", "value").unwrap();
        admin.submit(two.clone().set("csrf", &csrf)).must_be(422);
        // What changed since it was looked at is judged anew.
        let draft = server.world.trusted_draft("cedar", span("2026-12-03", "10:00", "11:00"));
        let mailer = crate::support::world::mailer();
        let ask = |conn: &mut _| {
            alcove::allocation::request(conn, crate::support::world::circumstances(&mailer, server.clock.now()), &draft)
        };
        server.db.write_now(ask).unwrap();
        let late = browser.submit(two.set("tell", "yes")).must_be(422);
        assert!(late.text("#problems tbody").unwrap().contains("Cedar is not free then"));
        assert_eq!(count(), 2);
    }
}

#[test]
fn each_gets_the_files_that_are_for_them() {
    for server in servers() {
        let draft = server.world.trusted_draft("cedar", span("2026-12-03", "10:00", "11:00"));
        let mailer = crate::support::world::mailer();
        let ask = |conn: &mut _| {
            alcove::allocation::request(conn, crate::support::world::circumstances(&mailer, server.clock.now()), &draft)
        };
        server.db.write_now(ask).unwrap();
        let (manager, admin) =
            (server.signed_in(server.world.manager), server.signed_in(server.person("admin@alcove.test")));
        let page = manager.get("/manage/export").must_be(200);
        assert_eq!(page.all_text("main h2"), ["Spaces", "Bookings"]);
        let file = manager.submit(page.form("main li:nth-child(2) form")).must_be(200);
        assert_eq!(file.header("content-disposition").unwrap(), "attachment; filename=\"bookings.csv\"");
        assert!(file.header("content-type").unwrap().starts_with("text/csv"));
        assert!(file.body.starts_with('\u{feff}') && file.body.lines().count() == 2, "{}", file.body);
        assert!(file.body.contains(",hunter-street,cedar,2026-12-03,10:00,11:00,,robin-trust,"), "{}", file.body);
        let form = page.form("main li:nth-child(2) form");
        manager.submit(form.set("kind", "people")).must_be(404);
        let page = admin.get("/manage/export").must_be(200);
        assert_eq!(page.all_text("main h2").len(), 5);
        let people = admin.submit(page.form("main li form").set("kind", "people")).must_be(200);
        assert!(people.body.contains("rob@alcove.test,Rob Robin,no,robin-trust: coordinator,"), "{}", people.body);
        let exports = contents(&server.db)
            .iter()
            .filter(|line| line.starts_with("event ") && line.contains("|exported|"))
            .count();
        assert_eq!(exports, 2);
        // Empty files are the same for everybody who may have the kind.
        let empty = admin.get("/manage/import/people/empty.csv").must_be(200);
        assert!(empty.body.starts_with("\u{feff}email,name,administrator"), "{}", empty.body);
        manager.get("/manage/import/people/empty.csv").must_be(404);
        let import = manager.get(PATH).must_be(200);
        assert_eq!(import.all_text("#kind option"), ["Spaces", "Bookings"]);
        assert_eq!(import.all_text("details summary"), ["Spaces", "Bookings"]);
    }
}

#[test]
fn what_is_no_such_file_or_too_much_of_one_is_refused_at_once() {
    for server in servers() {
        let admin = server.signed_in(server.person("admin@alcove.test"));
        let long = format!("email,name\n{}", "a@example.org,Ada\n".repeat(100_000));
        let wide: Vec<u8> = "email,name\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let before = contents(&server.db);
        for (file, status, words) in [
            (Vec::new(), 422, "Choose a CSV file"),
            (vec![b'x'; 6 * 1024 * 1024], 413, "larger than 5 MB"),
            (long.into_bytes(), 422, "more than 20000 lines"),
            (wide, 422, "UTF-16"),
            (b"email,name\nZo\xeb,x\n".to_vec(), 422, "Windows-1252"),
            (b"mail,name\na,b\n".to_vec(), 422, "If you mean “email”"),
        ] {
            let started = Instant::now();
            let page = send(&admin, "people", &file);
            assert_eq!(page.status, status, "{words}");
            assert!(page.text("main").unwrap().contains(words), "{words}: {}", page.text("main").unwrap());
            // Generous, because others use the machine.
            assert!(started.elapsed() < Duration::from_secs(5), "{words}");
        }
        assert_eq!(contents(&server.db), before);
        let unknown = send(&admin, "passwords", b"email,name\na@example.org,Ada\n").must_be(422);
        assert!(unknown.text("#kind-error").unwrap().contains("Choose what the file holds"));
    }
}
