//! Sessions from a calendar file as conversations: what is shown of it, how it fills the booking form, and what is refused.

use std::time::{Duration, Instant};

use crate::support::browser::{Browser, Page};
use crate::support::server::servers;

const PATH: &str = "/sites/hunter-street/cedar/import";
const BOUNDARY: &str = "----alcove";

fn calendar(events: &str) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Elsewhere//EN\r\n{events}END:VCALENDAR\r\n")
}

const SERIES: &str = "BEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Carers’ group\r\nDTSTART;TZID=Europe/London:20261201T100000\r\n\
    DTEND;TZID=Europe/London:20261201T110000\r\nRRULE:FREQ=WEEKLY;COUNT=4;BYDAY=TU\r\nEXDATE;TZID=Europe/London:20261208T100000\r\n\
    END:VEVENT\r\n";
const SINGLE: &str = "BEGIN:VEVENT\r\nUID:b\r\nSUMMARY:Open evening\r\nDTSTART:20261203T140000Z\r\nDURATION:PT1H\r\n\
    ATTENDEE:mailto:somebody@example.org\r\nURL:http://127.0.0.1:9/never\r\nEND:VEVENT\r\n";

fn send(browser: &Browser, file: &[u8]) -> Page {
    let csrf = browser.get(PATH).must_be(200).attr("input[name=csrf]", "value").unwrap();
    let mut body = Vec::new();
    for (name, value) in [("csrf", csrf.as_str()), ("people", "2")] {
        body.extend(
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes(),
        );
    }
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"../../x.ics\"\r\nContent-Type: text/calendar";
    body.extend(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").into_bytes());
    body.extend(file);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    browser.post_raw(PATH, &[("Content-Type", &format!("multipart/form-data; boundary={BOUNDARY}"))], body)
}

#[test]
fn each_session_of_a_file_is_shown_and_fills_the_form() {
    for server in servers() {
        let browser = server.signed_in(server.world.wren_booker);
        let csrf = browser.get(PATH).must_be(200);
        assert!(csrf.has("input[type=file]"));
        let file = calendar(&format!("{SERIES}{SINGLE}"));
        let mut shown = None;
        let queries = server.queries(|| shown = Some(send(&browser, file.as_bytes()).must_be(200)));
        let shown = shown.unwrap();
        assert!(queries <= 17, "{queries} queries, of which the form takes five");
        assert_eq!(shown.all_text("li.card h3"), ["Carers’ group", "Open evening"]);
        let first = shown.text("li.card").unwrap();
        assert!(first.contains("every Tuesday, 10am to 11am, 3 dates from Tuesday 1 December 2026"), "{first}");
        assert!(first.contains("All dates are free."), "{first}");
        assert!(!shown.body.contains("somebody@example.org") && !shown.body.contains("never"));
        // The button fills the form; what the file leaves out stays left out to the end.
        let form = browser.submit(shown.form("li.card form").set("step", "change")).must_be(200);
        let form = form.form("form[method=post]");
        assert_eq!(form.value("purpose"), Some("Carers’ group"));
        assert_eq!(form.value("without"), Some("2026-12-08"));
        let check = browser.submit(form.set("step", "check")).must_be(200);
        assert_eq!(check.all_text(".dates > li").len(), 4);
        assert!(check.text(".dates label").unwrap().contains("8 December 2026: your calendar file leaves it out"));
        let done = browser.submit(check.form("form[method=post]").set("step", "yes")).must_be(303);
        let booking = browser.get(done.location().unwrap()).must_be(200);
        assert!(booking.text("main").unwrap().contains("3 requested, 1 left out"));
        // The same file again: the dates are taken now, by oneself.
        let again = send(&browser, file.as_bytes()).must_be(200);
        assert!(again.text("li.card").unwrap().contains("0 of 3 dates are free"), "{}", again.text("li.card").unwrap());
    }
}

#[test]
fn what_is_no_calendar_or_too_much_of_one_is_refused_at_once() {
    for server in servers() {
        let browser = server.signed_in(server.world.wren_booker);
        let many = SINGLE.repeat(100_000);
        let deep = "BEGIN:VEVENT\r\n".repeat(20_000);
        let nothing = "Export only the sessions that you want to book";
        for (file, status, words) in [
            (b"%PDF-1.7".to_vec(), 422, "not a calendar file"),
            (Vec::new(), 422, "Choose a calendar file"),
            (calendar(&many).into_bytes(), 413, "too large"),
            (vec![b'x'; 10 * 1024 * 1024], 422, "too large"),
            (calendar(&SINGLE.repeat(101)).into_bytes(), 422, nothing),
            (format!("BEGIN:VCALENDAR\r\n{deep}").into_bytes(), 422, "no entry"),
        ] {
            let before = Instant::now();
            let page = send(&browser, &file);
            assert_eq!(page.status, status, "{words}");
            assert!(page.text("#file-error").unwrap().contains(words), "{}", page.text("#file-error").unwrap());
            // Generous, because others use the machine; what a hostile file would take without a limit is minutes.
            assert!(before.elapsed() < Duration::from_secs(20), "{words}");
        }
        // What cannot be booked is shown with its reason, and nothing of it can be sent on.
        for (lines, words) in [
            ("DTSTART:20261203T140000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=SECONDLY", "by the clock of another time zone"),
            ("DTSTART:20261203T140000\r\nDURATION:PT1H\r\nRRULE:FREQ=SECONDLY", "(FREQ=SECONDLY)"),
            ("DTSTART;TZID=Mars/Olympus:20261203T140000\r\nDURATION:PT1H", "“Mars/Olympus” is not known"),
            ("DTSTART;VALUE=DATE:20261203", "all day"),
            ("DTSTART:20251203T140000Z\r\nDURATION:PT1H", "it is over"),
        ] {
            let page = send(&browser, calendar(&format!("BEGIN:VEVENT\r\n{lines}\r\nEND:VEVENT\r\n")).as_bytes());
            let page = page.must_be(200);
            assert!(page.text("li.card").unwrap().contains(words), "{}", page.text("li.card").unwrap());
            assert!(!page.has("li.card form") && page.text("h2").unwrap().contains("Nothing in this file"));
        }
        // Somebody without an organisation has no such page.
        server.signed_in(server.world.manager).get(PATH).must_be(404);
    }
}
