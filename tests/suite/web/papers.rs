//! Papers and terms as conversations: what is uploaded and what is refused, who sees it, what a manager answers. Not the judging of dates.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::support::browser::{Browser, Page};
use crate::support::server::{Server, servers};
use crate::support::tables::contents;
use crate::support::world::slug;
use alcove::domain::papers::{PaperKind, Required};
use alcove::domain::rules::Rules;
use alcove::store::facilities;

const PATH: &str = "/organisations/robin-trust/documents";
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n";
const BOUNDARY: &str = "----alcove";

fn part(name: &str, value: &str) -> Vec<u8> {
    format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes()
}

/// The body of the form, with the token first as the page has it.
fn body(csrf: &str, kind: &str, (name, file): (&str, &[u8])) -> Vec<u8> {
    let mut body = part("csrf", csrf);
    for (field, value) in [
        ("kind", kind),
        ("pounds", "5,000,000"),
        ("issuer", "Example Mutual"),
        ("from", "2026-04-01"),
        ("until", "2027-03-31"),
    ] {
        body.extend(part(field, value));
    }
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/pdf\r\n\r\n"
    );
    body.extend(head.into_bytes());
    body.extend(file);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    body
}

fn token(browser: &Browser) -> String {
    browser.get(PATH).must_be(200).attr("input[name=csrf]", "value").unwrap()
}

fn send(browser: &Browser, (name, file): (&str, &[u8])) -> Page {
    let body = body(&token(browser), "liability", (name, file));
    browser.post_raw(PATH, &[("Content-Type", &format!("multipart/form-data; boundary={BOUNDARY}"))], body)
}

/// A JPEG with the place where it was taken.
fn photo() -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe1, 0x00, 0x11];
    bytes.extend(b"Exif\0\0GPS 51.52");
    bytes.extend([0xff, 0xdb, 0x00, 0x04, 1, 2, 0xff, 0xda, 0x00, 0x03, 1, 0x55, 0x55, 0xff, 0xd9]);
    bytes
}

fn asks_for_insurance(server: &Server) {
    let set = |conn: &mut alcove::store::Conn| {
        let (_, cedar) = facilities::by_slug(conn, &slug("hunter-street"), &slug("cedar"))?.unwrap();
        let rules = Rules { papers: Required::of([PaperKind::Liability]), ..cedar.rules };
        facilities::set_rules(conn, cedar.id, &rules)
    };
    server.db.write_now(set).unwrap();
}

/// Robin Trust's booking of Cedar on Tuesday 24 November 2026; gives its path.
fn book(server: &Server) -> String {
    let browser = server.signed_in(server.world.robin_booker);
    let page = browser.get("/sites/hunter-street/cedar/book?date=2026-11-24").must_be(200);
    let form = page.form("form[method=post]").choose("from", "10am").choose("to", "11am");
    let form = form.set("purpose", "Drop-in").set("people", "2").set("privacy", "confidential").set("step", "check");
    let check = browser.submit(form).must_be(200);
    assert!(check.body.contains("needs: public liability insurance"), "the check says what is missing");
    let done = browser.submit(check.form("main form").set("step", "yes")).must_be(303);
    done.location().unwrap().split('?').next().unwrap().to_owned()
}

#[test]
fn a_paper_is_added_looked_at_and_accepted_and_the_booking_is_confirmed() {
    for server in servers() {
        asks_for_insurance(&server);
        let rob = server.signed_in(server.world.robin_booker);
        let booking = book(&server);
        let page = rob.get(&booking).must_be(200);
        assert!(page.text("main .notice").unwrap().contains("Waiting for papers"), "{}", page.body);
        let page = rob.get("/sites/hunter-street/cedar/book?date=2026-11-24").must_be(200);
        assert!(page.text("aside .checks").unwrap().contains("Not on file"));
        let empty = rob.get(PATH).must_be(200);
        assert!(empty.body.contains("Never add a DBS certificate"));
        send(&rob, ("../../Insurance 2026.exe", PDF)).must_be(303);
        let mary = server.signed_in(server.world.manager);
        assert!(mary.get("/requests").must_be(200).text("main").unwrap().contains("1 paper to look at"));
        assert!(mary.get("/manage/papers").must_be(200).has(&format!("a[href='{PATH}']")));
        let page = mary.get(PATH).must_be(200);
        let file = page.attr("main a[download]", "href").unwrap();
        let got = mary.get(&file).must_be(200);
        assert_eq!(got.header("content-type"), Some("application/pdf"));
        assert_eq!(got.header("content-disposition"), Some("attachment; filename=\"Insurance-2026.pdf\""));
        assert_eq!(
            (got.header("x-content-type-options"), got.header("cache-control")),
            (Some("nosniff"), Some("no-store"))
        );
        // Nobody else gets anything.
        server.visitor().get(&file).must_be(303);
        let wendy = server.signed_in(server.world.wren_booker);
        for path in [PATH, file.as_str()] {
            wendy.get(path).must_be(404);
        }
        let form = page.form("main form[action$=decide]");
        let refused = mary.submit(form.clone().set("decision", "return")).must_be(422);
        assert!(refused.title().starts_with("Error:") && refused.has("#reason[aria-invalid]"));
        mary.submit(form.clone().set("decision", "accept")).must_be(303);
        mary.submit(form.set("decision", "accept")).must_be(409);
        assert!(rob.get(&booking).must_be(200).text("main .state").unwrap().contains("Confirmed"));
    }
}

#[test]
fn a_paper_sent_back_says_why_and_one_taken_back_is_gone_from_the_queue() {
    for server in servers() {
        asks_for_insurance(&server);
        book(&server);
        let (rob, mary) = (server.signed_in(server.world.robin_booker), server.signed_in(server.world.manager));
        send(&rob, ("a.pdf", PDF)).must_be(303);
        let form = mary.get(PATH).must_be(200).form("main form[action$=decide]");
        mary.submit(form.set("decision", "return").set("reason", "The year is missing")).must_be(303);
        assert!(rob.get(PATH).must_be(200).body.contains("The year is missing"));
        assert!(server.mails_to("rob@alcove.test").iter().any(|mail| mail.subject == "Your paper was sent back"));
        send(&rob, ("b.pdf", PDF)).must_be(303);
        let form = rob.get(PATH).must_be(200).form("main form[action$=withdraw]");
        rob.submit(form).must_be(303);
        assert!(mary.get("/manage/papers").must_be(200).h1().contains("No paper"));
    }
}

#[test]
fn dangerous_files_are_refused_and_nothing_is_written() {
    for server in servers() {
        let rob = server.signed_in(server.world.robin_booker);
        token(&rob);
        let before = contents(&server.db);
        for (name, file) in [
            ("polyglot.pdf", &b"%PDF-1.7\n<html><script>alert(1)</script></html>\n%%EOF"[..]),
            ("script.pdf", b"%PDF-1.7\n<< /S /JavaScript /JS (app.alert(1)) >>"),
            ("page.pdf", b"<!doctype html><title>x</title>"),
            ("late.pdf", b"<html>\n%PDF-1.7"),
            ("program.pdf", b"MZ\x90\x00\x03"),
            ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>"),
            ("broken.jpg", b"\xff\xd8\xff\xe1\xff\xff"),
            ("empty.pdf", b""),
        ] {
            let page = send(&rob, (name, file)).must_be(422);
            assert!(page.has("#file-error") && page.title().starts_with("Error:"), "{name}");
            assert_eq!(page.attr("#issuer", "value").as_deref(), Some("Example Mutual"), "what was typed is kept");
        }
        let large = vec![b' '; 11 * 1024 * 1024];
        let page = send(&rob, ("large.pdf", &[PDF, &large].concat())).must_be(413);
        assert!(page.text("#file-error").unwrap().contains("larger than 10 MB"));
        // The token comes first; without it nothing of the file is looked at.
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        for csrf in ["", "wrong"] {
            let body = body(csrf, "liability", ("a.pdf", PDF));
            rob.post_raw(PATH, &[("Content-Type", &kind)], body).must_be(403);
        }
        rob.post_raw(PATH, &[("Content-Type", &kind)], "no form at all").must_be(400);
        rob.post_raw(PATH, &[("Content-Type", "application/json")], "{}").must_be(400);
        assert_eq!(contents(&server.db), before);
    }
}

#[test]
fn a_photograph_is_kept_without_the_place_where_it_was_taken() {
    for server in servers() {
        let rob = server.signed_in(server.world.robin_booker);
        send(&rob, ("photo.html", &photo())).must_be(303);
        let href = rob.get(PATH).must_be(200).attr("main a[download]", "href").unwrap();
        let page = rob.get(&href).must_be(200);
        assert_eq!(page.header("content-type"), Some("image/jpeg"));
        assert_eq!(page.header("content-disposition"), Some("attachment; filename=\"photo.jpg\""));
        assert!(!page.body.contains("Exif") && !page.body.contains("GPS"));
    }
}

/// How much memory this process has in use, in bytes.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or_default() * 4096
}

/// Sends a gigabyte as it is made, by its length or in chunks, and gives what came back and how much was taken.
fn gigabyte(server: &Server, cookie: &str, csrf: &str, chunked: bool) -> (String, u64) {
    const ALL: u64 = 1024 * 1024 * 1024;
    let base = server.visitor();
    let address = base.base().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
    let length = if chunked { "Transfer-Encoding: chunked".to_owned() } else { format!("Content-Length: {ALL}") };
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\n{length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut start = body(csrf, "liability", ("huge.pdf", PDF));
    start.truncate(start.len() - format!("\r\n--{BOUNDARY}--\r\n").len());
    let piece = vec![b'x'; 64 * 1024];
    let (mut sent, mut rounds) = (0_u64, 0);
    let mut next = start.as_slice();
    while sent < ALL {
        let framed =
            if chunked { [format!("{:x}\r\n", next.len()).as_bytes(), next, b"\r\n"].concat() } else { next.to_vec() };
        if stream.write_all(&framed).is_err() {
            break;
        }
        sent += next.len() as u64;
        next = &piece;
        rounds += 1;
        // As a browser does, it listens while it sends.
        if rounds % 32 == 0 {
            stream.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
            if stream.peek(&mut [0]).is_ok_and(|read| 0 < read) {
                break;
            }
        }
    }
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut answer = Vec::new();
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let _ = stream.take(100_000).read_to_end(&mut answer);
    (String::from_utf8_lossy(&answer).into_owned(), sent)
}

#[test]
fn a_gigabyte_is_cut_off_early_and_never_held() {
    for server in servers() {
        let rob = server.signed_in(server.world.robin_booker);
        let (csrf, before) = (token(&rob), contents(&server.db));
        let cookie = rob.cookies();
        let held = resident();
        for chunked in [false, true] {
            let (answer, sent) = gigabyte(&server, &cookie, &csrf, chunked);
            assert!(sent < 128 * 1024 * 1024, "{sent} bytes were sent before the answer");
            assert!(answer.starts_with("HTTP/1.1 413"), "{}", answer.lines().next().unwrap_or(""));
            assert!(answer.contains("<h1"), "a page that says so");
        }
        // Other tests run beside this one, so the bound is wide; a gigabyte would still show.
        assert!(resident() < held + 300 * 1024 * 1024, "{held} grew to {}", resident());
        assert_eq!(contents(&server.db), before);
        rob.get(PATH).must_be(200);
    }
}

#[test]
fn a_manager_ticks_what_must_be_on_file_and_it_is_said_in_plain_words() {
    for server in servers() {
        let mary = server.signed_in(server.world.manager);
        let form = mary.get("/manage/sites/hunter-street/kitchen/rules").must_be(200).form("main form");
        let form = form.add("papers", "hygiene").add("papers", "liability").set("least_pounds", "£2,000,000");
        mary.submit(form.set("step", "save")).must_be(303);
        let said = "Public liability insurance of £2,000,000 or more and food hygiene evidence";
        assert!(server.visitor().get("/sites/hunter-street/kitchen").must_be(200).body.contains(said));
    }
}

#[test]
fn terms_are_accepted_pinned_and_shown_with_what_changed() {
    for server in servers() {
        let (mary, rob) = (server.signed_in(server.world.manager), server.signed_in(server.world.robin_booker));
        let path = "/manage/sites/hunter-street/terms";
        let write = |body: &str| {
            let form = mary.get(path).must_be(200).form("main > form").set("body", body);
            mary.submit(form)
        };
        server.visitor().get("/sites/hunter-street/terms").must_be(404);
        write("Leave by 9pm.\nNo smoking.").must_be(303);
        write("Leave by 9pm.\nNo smoking.").must_be(422);
        let book = |date: &str, tick: Option<&str>| {
            let page = rob.get(&format!("/sites/hunter-street/cedar/book?date={date}")).must_be(200);
            let form = page.form("form[method=post]").choose("from", "10am").choose("to", "11am");
            let form = form.set("purpose", "Drop-in").set("people", "2").set("privacy", "open").set("step", "yes");
            rob.submit(match tick {
                Some(version) => form.add("terms", version),
                None => form,
            })
        };
        let page = book("2026-11-24", None).must_be(422);
        assert!(page.text("#terms-error").unwrap().contains("tick that you accept them"));
        let done = book("2026-11-24", Some("1")).must_be(303);
        let booking = done.location().unwrap().split('?').next().unwrap().to_owned();
        assert!(rob.get(&booking).must_be(200).body.contains("Version 1 of"));
        write("Leave by 8pm.\nNo smoking.").must_be(303);
        let page = rob.get("/sites/hunter-street/cedar/book?date=2026-11-25").must_be(200);
        assert!(page.text("del").unwrap().contains("Leave by 9pm."));
        assert!(page.text("ins").unwrap().contains("Leave by 8pm."));
        let page = book("2026-11-25", Some("1")).must_be(422);
        assert!(page.text("#terms-error").unwrap().contains("have changed"));
        book("2026-11-25", Some("2")).must_be(303);
        let public = server.visitor().get("/sites/hunter-street/terms").must_be(200);
        assert!(public.body.contains("Version 2") && public.text("details").unwrap().contains("Leave by 9pm."));
        assert!(rob.get(&booking).must_be(200).body.contains("Version 1 of"), "the booking keeps its own");
        let page = rob.get("/sites/hunter-street/cedar/book?date=2026-11-26").must_be(200);
        assert!(!page.has("del"), "what was accepted last is no news");
    }
}
