//! Faults as conversations: reported at a door without an account or from a booking, looked after, told of, closed for, mended. Not the concerns for people.

use crate::support::browser::{Browser, Page};
use crate::support::server::{Server, servers};
use crate::support::tables::contents;
use crate::support::world::{circumstances, mailer, now, span};
use alcove::allocation::{self, Draft, RequestAnswer};
use alcove::domain::availability::Wanted;
use alcove::domain::rendered::MailKind;

const DOOR: &str = "/sites/hunter-street/cedar/fault";
const LIST: &str = "/manage/sites/hunter-street/faults";
const BOUNDARY: &str = "----alcove";
const KIND: (&str, &str) = ("kind", "power");

/// Sends fields to a page with the token that the page has.
fn post(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let csrf = browser.get(path).must_be(200).attr("input[name=csrf]", "value").unwrap();
    browser.post(path, &[&[("csrf", csrf.as_str())], fields].concat())
}

/// Reports that the light flickers; gives the reference.
fn report(browser: &Browser, path: &str, email: &str) -> String {
    let words = ("words", "The light flickers by the window");
    let sent = post(browser, path, &[KIND, words, ("usable", "partly"), ("email", email)]).must_be(303);
    let thanks = browser.follow(sent).must_be(200);
    thanks.text("main .lead b").unwrap()
}

fn book(server: &Server, facility: &str, (from, to): (&str, &str), wanted: Wanted) -> String {
    let mailer = mailer();
    let draft = Draft { wanted, ..server.world.trusted_draft(facility, span("2026-11-20", from, to)) };
    let answer = server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap();
    match answer {
        RequestAnswer::Done { reference, .. } => reference.to_string(),
        other => panic!("{other:?}"),
    }
}

/// The body of the form, with the token first as the page has it.
fn body(csrf: &str, (name, file): (&str, &[u8])) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, value) in [("csrf", csrf), KIND, ("words", "It is dark"), ("usable", "no")] {
        let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"{name}\"\r\nContent-Type: image/jpeg\r\n\r\n"
    );
    body.extend(head.into_bytes());
    body.extend(file);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    body
}

fn send(browser: &Browser, csrf: &str, photo: (&str, &[u8])) -> Page {
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    browser.post_raw(DOOR, &[("Content-Type", &kind)], body(csrf, photo))
}

fn mails(server: &Server, address: &str, kind: MailKind) -> usize {
    server.mails_to(address).iter().filter(|mail| mail.kind == kind).count()
}

#[test]
fn a_visitor_reports_and_the_manager_looks_after_it_until_it_is_mended() {
    for server in servers() {
        let (visitor, mary) = (server.visitor(), server.signed_in(server.world.manager));
        let empty = post(&visitor, DOOR, &[]).must_be(422);
        assert!(empty.title().starts_with("Error:"), "{}", empty.title());
        assert!(empty.has("#kind-error") && empty.has("#words-error") && empty.has("#usable-error"));
        let wrong = post(&visitor, DOOR, &[KIND, ("words", "Dark"), ("usable", "no"), ("email", "x")]).must_be(422);
        assert!(wrong.has("#email-error") && wrong.text("#words").unwrap() == "Dark", "what was typed is kept");
        let reference = report(&visitor, DOOR, "fay@reporter.example");
        let told = server.mails_to("manager@alcove.test");
        assert_eq!(told[0].subject, "A fault is reported in Cedar");
        assert!(!told[0].text.contains("flickers"), "no mail holds a reporter's words");
        let queries = server.queries(|| drop(mary.get(LIST).must_be(200)));
        assert!(queries <= 8, "{queries} queries");
        let list = mary.get(LIST).must_be(200);
        assert!(list.body.contains(&reference) && list.body.contains("Can be used in part"));
        let path = format!("{LIST}/{reference}");
        let queries = server.queries(|| drop(mary.get(&path).must_be(200)));
        assert!(queries <= 8, "{queries} queries");
        let act = |fields: &[(&str, &str)]| post(&mary, &path, fields);
        act(&[("act", "take"), ("who", "rob@alcove.test")]).must_be(422);
        act(&[("act", "take"), ("who", "reception@alcove.test")]).must_be(303);
        act(&[("act", "note"), ("note", "")]).must_be(422);
        act(&[("act", "note"), ("note", "New bulb ordered")]).must_be(303);
        act(&[("act", "reopen")]).must_be(409);
        act(&[("act", "open")]).must_be(409);
        act(&[("act", "end-notice")]).must_be(409);
        act(&[("act", "x")]).must_be(422);
        let page = mary.get(&path).must_be(200);
        assert!(page.text("main .state").unwrap().contains("In hand"));
        let happened = page.text(".timeline").unwrap();
        for words in ["Reported", "Taken in hand", "Rita Reception", "New bulb ordered", "Mary Manager"] {
            assert!(happened.contains(words), "{words} in {happened}");
        }
        act(&[("act", "mend")]).must_be(303);
        act(&[("act", "mend")]).must_be(409);
        act(&[("act", "reopen")]).must_be(303);
        act(&[("act", "mend")]).must_be(303);
        assert_eq!(mails(&server, "fay@reporter.example", MailKind::FaultMended), 1, "told once");
        assert!(!mary.get(LIST).must_be(200).body.contains(&reference));
        assert!(mary.get(&format!("{LIST}?show=mended")).must_be(200).body.contains(&reference));
    }
}

#[test]
fn a_text_that_names_somebody_is_warned_of_once_and_kept_as_it_was() {
    for server in servers() {
        let visitor = server.visitor();
        let words = ("words", "Client: Jane broke the lamp");
        let page = post(&visitor, DOOR, &[KIND, words, ("usable", "yes")]).must_be(422);
        assert!(page.text("#words-error").unwrap().contains("names somebody"));
        let kept = page.attr("input[name=kept]", "value").unwrap();
        post(&visitor, DOOR, &[KIND, words, ("usable", "yes"), ("kept", &kept)]).must_be(303);
    }
}

#[test]
fn a_photo_loses_what_is_not_picture_and_dangerous_files_are_refused() {
    for server in servers() {
        let (visitor, mary) = (server.visitor(), server.signed_in(server.world.manager));
        let csrf = visitor.get(DOOR).must_be(200).attr("input[name=csrf]", "value").unwrap();
        let before = contents(&server.db);
        for (name, file) in [
            ("photo.jpg", &b"%PDF-1.7\n<html><script>alert(1)</script></html>\n%%EOF"[..]),
            ("paper.jpg", b"%PDF-1.7\ntrailer\n<<>>\n%%EOF\n"),
            ("page.png", b"<!doctype html><title>x</title>"),
            ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>"),
            ("program.jpg", b"MZ\x90\x00\x03"),
            ("broken.jpg", b"\xff\xd8\xff\xe1\xff\xff"),
        ] {
            let page = send(&visitor, &csrf, (name, file)).must_be(422);
            assert!(page.has("#photo-error") && page.text("#words").unwrap() == "It is dark", "{name}");
        }
        let large = [&[0xff, 0xd8, 0xff][..], &vec![b' '; 11 * 1024 * 1024]].concat();
        let page = send(&visitor, &csrf, ("large.jpg", &large)).must_be(413);
        assert!(page.text("#photo-error").unwrap().contains("larger than 10 MB"));
        for csrf in ["", "wrong"] {
            send(&visitor, csrf, ("photo.jpg", b"")).must_be(403);
        }
        assert_eq!(contents(&server.db), before);
        let mut photo = vec![0xff, 0xd8, 0xff, 0xe1, 0x00, 0x11];
        photo.extend(b"Exif\0\0GPS 51.52");
        photo.extend([0xff, 0xdb, 0x00, 0x04, 1, 2, 0xff, 0xda, 0x00, 0x03, 1, 0x55, 0x55, 0xff, 0xd9]);
        send(&visitor, &csrf, ("../my photo.html", &photo)).must_be(303);
        let fault = mary.get(LIST).must_be(200).attr("main h3 a", "href").unwrap();
        let photo = mary.get(&fault).must_be(200).attr("main a[download]", "href").unwrap();
        let page = mary.get(&photo).must_be(200);
        assert_eq!(page.header("content-type"), Some("image/jpeg"));
        assert_eq!(page.header("content-disposition"), Some("attachment; filename=\"my-photo.jpg\""));
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert!(!page.body.contains("Exif") && !page.body.contains("GPS"));
    }
}

#[test]
fn a_flood_of_reports_stops_by_the_hour_and_by_the_address_and_what_is_no_person_changes_nothing() {
    for server in servers() {
        let visitor = server.visitor();
        let csrf = visitor.get(DOOR).must_be(200).attr("input[name=csrf]", "value").unwrap();
        let fields = [("csrf", csrf.as_str()), KIND, ("words", "Dark"), ("usable", "yes")];
        let before = contents(&server.db);
        visitor.post(DOOR, &[&fields[..], &[("website", "http://buy.example")]].concat()).must_be(303);
        assert_eq!(contents(&server.db), before);
        for _ in 0..10 {
            visitor.post(DOOR, &fields).must_be(303);
        }
        let page = visitor.post(DOOR, &fields).must_be(429);
        assert!(page.text("#words-error").unwrap().contains("Ring the site"));
        // One mail an hour for what is the same.
        assert_eq!(mails(&server, "manager@alcove.test", MailKind::FaultReported), 1);
        let tries = (0..40).map(|_| visitor.post("/sites/hunter-street/hall/fault", &fields).status);
        assert!(tries.collect::<Vec<_>>().contains(&429), "an address is slowed down");
        let faults = contents(&server.db).iter().filter(|line| line.starts_with("fault ")).count();
        assert!(faults <= 20, "{faults}");
    }
}

#[test]
fn from_a_booking_its_space_and_reference_are_known_and_others_cannot_name_it() {
    for server in servers() {
        let reference = book(&server, "cedar", ("10:00", "11:00"), Wanted::Whole);
        let (rob, mary) = (server.signed_in(server.world.robin_booker), server.signed_in(server.world.manager));
        let link = format!("/bookings/{reference}/fault");
        assert!(rob.get(&format!("/bookings/{reference}")).must_be(200).has(&format!("a[href='{link}']")));
        let page = rob.follow(rob.get(&link).must_be(303)).must_be(200);
        assert!(page.text("main form").unwrap().contains(&reference));
        assert_eq!(page.attr("#email", "value").as_deref(), Some("rob@alcove.test"));
        post(&rob, DOOR, &[KIND, ("words", "Dark"), ("usable", "yes"), ("booking", &reference)]).must_be(303);
        let fault = mary.get(LIST).must_be(200).attr("main h3 a", "href").unwrap();
        let page = mary.get(&fault).must_be(200).text("main dl").unwrap();
        assert!(page.contains(&reference) && page.contains("Rob Robin"), "{page}");
        let wendy = server.signed_in(server.world.wren_booker);
        let before = contents(&server.db);
        for browser in [server.visitor(), wendy] {
            browser.get(&format!("{DOOR}?booking={reference}")).must_be(404);
            let fields = [KIND, ("words", "Dark"), ("usable", "yes"), ("booking", reference.as_str())];
            post(&browser, DOOR, &fields).must_be(404);
        }
        rob.get(&format!("/sites/hunter-street/hall/fault?booking={reference}")).must_be(404);
        assert_eq!(contents(&server.db), before);
    }
}

/// What the close button of a fault leads to, sent as it is filled in.
fn close(browser: &Browser, fault: &str, part: Option<&str>) -> Page {
    let link = browser.get(fault).must_be(200).attr("main a.danger", "href").unwrap();
    let form = browser.get(&link).must_be(200).form("#close");
    assert_eq!(form.value("from_date"), Some("2026-11-20"));
    assert_eq!(form.value("from_time"), Some("09:00"));
    browser.submit(match part {
        Some(name) => form.add("unit", name),
        None => form,
    })
}

#[test]
fn one_click_closes_the_space_shows_first_whom_it_affects_and_opens_again_when_it_is_mended() {
    for server in servers() {
        let (visitor, mary) = (server.visitor(), server.signed_in(server.world.manager));
        let booking = book(&server, "cedar", ("14:00", "15:00"), Wanted::Whole);
        let fault = format!("{LIST}/{}", report(&visitor, DOOR, ""));
        let check = close(&mary, &fault, None).must_be(200);
        assert!(check.h1().starts_with("1 booking loses its place") && check.body.contains(&booking), "{}", check.h1());
        assert!(server.mails_to("rob@alcove.test").iter().all(|mail| mail.kind != MailKind::Displaced));
        let done = mary.submit(check.form("main form").set("step", "close")).must_be(303);
        assert!(done.location().unwrap().starts_with(&fault), "{:?}", done.location());
        assert_eq!(mails(&server, "rob@alcove.test", MailKind::Displaced), 1);
        let page = mary.get(&fault).must_be(200);
        assert!(page.text("main .state").unwrap().contains("In hand"));
        assert!(page.text(".timeline").unwrap().contains("Closed because of it"));
        assert!(!page.has("main a.danger"), "it is closed already");
        // The form that somebody had open says that it is in the way.
        mary.submit(check.form("main form").set("step", "close")).must_be(409);
        post(&mary, &fault, &[("act", "mend"), ("open", "yes")]).must_be(303);
        assert!(mary.get("/manage/sites/hunter-street/closures").must_be(200).body.contains("Nothing is closed"));
        mary.get(&format!("/manage/sites/hunter-street/closures?fault={}", &fault[LIST.len() + 1..])).must_be(404);
        let lines = mary.get(&fault).must_be(200).text(".timeline").unwrap();
        assert!(lines.contains("Opened again") && lines.contains("Mended"), "{lines}");
    }
}

#[test]
fn a_single_bench_is_closed_and_the_others_stay() {
    for server in servers() {
        let (visitor, mary) = (server.visitor(), server.signed_in(server.world.manager));
        let page = mary.get("/manage/sites/hunter-street/closures").must_be(200);
        assert!(!page.body.contains("Bench 1"), "parts are for faults");
        book(&server, "kitchen", ("14:00", "16:00"), Wanted::Any(1));
        let fault = format!("{LIST}/{}", report(&visitor, "/sites/hunter-street/kitchen/fault", ""));
        close(&mary, &fault, Some("Cedar")).must_be(422);
        // The first bench is booked; the third is in nobody's way.
        close(&mary, &fault, Some("Bench 3")).must_be(303);
        assert_eq!(mails(&server, "rob@alcove.test", MailKind::Displaced), 0);
        let closed = contents(&server.db).iter().filter(|line| line.starts_with("block ")).count();
        assert_eq!(closed, 1);
        post(&mary, &fault, &[("act", "open")]).must_be(303);
        let check = close(&mary, &fault, Some("Bench 1")).must_be(200);
        mary.submit(check.form("main form").set("step", "close")).must_be(303);
        assert_eq!(mails(&server, "rob@alcove.test", MailKind::Displaced), 1);
    }
}

#[test]
fn those_who_come_in_the_next_days_are_told_once_and_see_it_until_it_ends() {
    for server in servers() {
        let (visitor, mary) = (server.visitor(), server.signed_in(server.world.manager));
        let rob = server.signed_in(server.world.robin_booker);
        let booking = format!("/bookings/{}", book(&server, "half-hall", ("14:00", "15:00"), Wanted::Whole));
        book(&server, "cedar", ("14:00", "15:00"), Wanted::Whole);
        let fault = format!("{LIST}/{}", report(&visitor, "/sites/hunter-street/hall/fault", ""));
        let tell = |words: &str, days: &str| post(&mary, &fault, &[("act", "tell"), ("words", words), ("days", days)]);
        tell("", "3").must_be(422);
        tell("It is cold", "15").must_be(422);
        assert!(tell("Client: Jane is cold", "3").must_be(422).has("#words-error"));
        tell("It is cold.", "3").must_be(303);
        // Half the hall is cold when the hall is; Cedar is not.
        assert_eq!(mails(&server, "rob@alcove.test", MailKind::FaultNear), 1);
        let mail = server.mails_to("rob@alcove.test").remove(0);
        assert!(mail.text.contains("It is cold.") && !mail.subject.contains("cold"), "{}", mail.subject);
        assert!(rob.get(&booking).must_be(200).body.contains("It is cold"));
        tell("It is cold.", "4").must_be(303);
        assert_eq!(mails(&server, "rob@alcove.test", MailKind::FaultNear), 1, "the same words once");
        tell("It is very cold", "3").must_be(303);
        assert_eq!(mails(&server, "rob@alcove.test", MailKind::FaultNear), 2);
        let page = rob.get(&booking).must_be(200);
        assert!(page.body.contains("It is very cold") && !page.body.contains("It is cold"));
        post(&mary, &fault, &[("act", "mend")]).must_be(303);
        assert!(!rob.get(&booking).must_be(200).body.contains("very cold"));
    }
}
