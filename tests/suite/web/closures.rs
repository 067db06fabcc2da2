//! Closures that repeat: every date with its own result before saving, one submit, whom it displaces and what they are told, and the way back.

use crate::support::browser::{Browser, Form, Page};
use crate::support::server::{Server, servers};
use crate::support::world::{at, circumstances, mailer, now, span};
use alcove::allocation::{self, RequestAnswer};
use alcove::domain::rendered::MailKind;

const PATH: &str = "/manage/sites/hunter-street/closures";

fn book(server: &Server, facility: &str, date: &str, from: &str, to: &str) -> String {
    let (mailer, draft) = (mailer(), server.world.trusted_draft(facility, span(date, from, to)));
    let answer = server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap();
    match answer {
        RequestAnswer::Done { reference, .. } => reference.to_string(),
        other => panic!("{other:?}"),
    }
}

/// The form for Tuesdays from 24 November on, 9am to 10am, in Cedar.
fn tuesdays(browser: &Browser, dates: &str) -> Form {
    let form = browser.get(PATH).must_be(200).form("#close");
    let form = form.choose("scope", "Some spaces").choose("facility", "Cedar").set("reason", "Flushing");
    let form = form.set("from_date", "2026-11-24").set("from_time", "09:00");
    let form = form.set("to_date", "2026-11-24").set("to_time", "10:00");
    form.set("repeat", "weekly").set("times", dates)
}

fn done(browser: &Browser, form: Form) -> Page {
    browser.follow(browser.submit(form).must_be(303)).must_be(200)
}

#[test]
fn every_date_is_shown_with_its_own_result_and_only_the_ticked_are_closed() {
    for server in servers() {
        let browser = server.signed_in(server.world.manager);
        let first = book(&server, "cedar", "2026-12-01", "09:00", "10:00");
        let second = book(&server, "cedar", "2026-12-08", "09:00", "10:00");
        done(
            &browser,
            tuesdays(&browser, "1").set("repeat", "none").set("from_date", "2026-12-15").set("to_date", "2026-12-15"),
        );
        let check = browser.submit(tuesdays(&browser, "6").set("holidays", "leave")).must_be(200);
        assert!(check.h1().starts_with("2 bookings lose their place"), "{}", check.h1());
        let results = check.all_text(".dates > li > div > .row .state");
        let free = "Free to close";
        let hit = "1 booking in the way";
        let closed = "Closed already: Flushing. It is left out";
        assert_eq!(results, [free, hit, hit, closed, free, free]);
        let lines = check.all_text(".dates li p");
        assert!(
            lines[0].contains(&first) && lines[1].contains(&second) && lines[0].contains("9am to 10am"),
            "{lines:?}"
        );
        let form = check.form("main form").set("step", "close");
        let none = browser.submit(form.clone().unset("date")).must_be(422);
        assert!(none.text("[role=alert]").unwrap().contains("No date is ticked"));
        assert!(server.mails_to("rob@alcove.test").iter().all(|mail| mail.kind != MailKind::Displaced));

        // The second of the two is spared.
        let list =
            done(&browser, form.unset("date").add("date", "0").add("date", "1").add("date", "4").add("date", "5"));
        let state = |reference: &str| browser.get(&format!("/bookings/{reference}")).text(".state").unwrap();
        assert_eq!((state(&first), state(&second)), ("Place lost".to_owned(), "Confirmed".to_owned()));
        let cards = list.all_text("main li.card");
        assert_eq!(cards.len(), 2);
        assert!(cards[0].contains("4 dates, the next on Tuesday 24 November 2026, 9am to 10am"), "{cards:?}");
        // The public page says it once, with how many follow.
        let site = server.visitor().get("/sites/hunter-street").must_be(200);
        let notes = site.all_text(".notice");
        assert!(notes[0].contains("Cedar closed: Flushing") && notes[0].contains("and 3 more dates"), "{notes:?}");
    }
}

#[test]
fn a_closure_is_undone_from_what_the_page_says_or_opened_by_its_dates() {
    for server in servers() {
        let browser = server.signed_in(server.world.manager);
        let check = browser.submit(tuesdays(&browser, "4")).must_be(200);
        assert!(check.h1().starts_with("Close 4 dates?"), "{}", check.h1());
        let list = done(&browser, check.form("main form").set("step", "close"));
        let undo = list.form("[role=status] form").set("dates", "all");
        assert!(list.text("[role=status]").unwrap().contains("Undo"));
        let one = list.form("main li.card details li:nth-child(2) form");
        let list = done(&browser, one.clone());
        assert!(list.text("main li.card").unwrap().contains("3 dates"));
        assert!(!list.has("[role=status] form"), "there is nothing to undo any more");
        let list = done(&browser, undo.clone());
        assert!(list.text(".lead").unwrap().starts_with("Nothing is closed"));
        browser.submit(undo).must_be(409);
        browser.submit(one).must_be(409);
    }
}

/// Closes the tidy room on 24 November from 9am to noon, over whatever is booked there.
fn close_tidy_room(server: &Server) {
    let browser = server.signed_in(server.world.manager);
    let form = tuesdays(&browser, "1").set("repeat", "none").unset("facility").choose("facility", "Tidy room");
    let check = browser.submit(form.set("to_time", "12:00")).must_be(200);
    done(&browser, check.form("main form").set("step", "close"));
}

#[test]
fn the_displaced_are_mailed_once_and_take_another_place_with_one_click() {
    for server in servers() {
        let reference = book(&server, "tidy-room", "2026-11-24", "10:00", "11:00");
        close_tidy_room(&server);
        let mails = server.mails_to("rob@alcove.test");
        let mails: Vec<_> = mails.iter().filter(|mail| mail.kind == MailKind::Displaced).collect();
        assert_eq!(mails.len(), 1);
        let mut links = mails[0].text.split_whitespace().filter(|word| word.contains("/instead?date="));
        let link = links.next().unwrap().strip_prefix(&server.base).unwrap().to_owned();
        assert!(links.next().is_none() && mails[0].text.contains("They are not held for you"), "{}", mails[0].text);
        // The link opens a page that looks again; one click takes the place, in the same booking.
        let robin = server.signed_in(server.world.robin_booker);
        let lost = robin.get(&format!("/bookings/{reference}")).must_be(200);
        assert!(lost.has(&format!("a[href='{link}']")), "the booking leads there too");
        let before = server.db.queries();
        let page = robin.get(&link).must_be(200);
        assert!(server.db.queries() - before <= 8);
        let places = page.all_text("main li b");
        assert!(3 <= places.len(), "{places:?}");
        let form = page.form("main li form");
        let booking = robin.follow(robin.submit(form.clone()).must_be(303)).must_be(200);
        assert_eq!(booking.text(".state").unwrap(), "Confirmed");
        assert!(booking.text("main").unwrap().contains(&places[0]), "{places:?}");
        assert!(booking.all_text(".timeline li").iter().any(|line| line.contains("Moved to another place")));
        let mails = server.mails_to("rob@alcove.test");
        let changed = mails.iter().find(|mail| mail.kind == MailKind::Changed).unwrap();
        assert!(changed.text.contains("Was: ") && changed.text.contains("Tidy room"), "{}", changed.text);
        let calendar = changed.calendar.as_ref().unwrap();
        assert!(calendar.contains("METHOD:REQUEST"), "{calendar:?}");
        // A second click finds the date in its place, and does nothing.
        robin.submit(form).must_be(409);
        let after = server.mails_to("rob@alcove.test");
        assert_eq!(after.iter().filter(|mail| mail.kind == MailKind::Changed).count(), 1);
        // Now that nothing is lost, the link leads to the booking.
        robin.get(&link).must_be(303);
    }
}

#[test]
fn another_place_goes_to_the_first_and_is_for_the_bookings_own_people() {
    for server in servers() {
        let reference = book(&server, "tidy-room", "2026-11-24", "10:00", "11:00");
        close_tidy_room(&server);
        let robin = server.signed_in(server.world.robin_booker);
        let link = format!("/bookings/{reference}/instead?date=1");
        let page = robin.get(&link).must_be(200);
        let form = page.form("main li form");
        let facility = form.value("facility").unwrap().to_owned();
        let wren = server.signed_in(server.world.wren_booker);
        wren.get(&link).must_be(404);
        // Somebody else books it in between.
        let (from, to) = (form.value("from").unwrap(), form.value("to").unwrap());
        let at = |text: &str| alcove::domain::span::Instant::from_seconds(text.parse().unwrap());
        let session = alcove::domain::span::Span::new(at(from), at(to)).unwrap();
        let (mailer, draft) = (mailer(), server.world.trusted_draft(&facility, session));
        server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap();
        let late = robin.submit(form.clone()).must_be(409);
        assert!(late.text("[role=alert]").unwrap().contains("Somebody was faster"));
        assert_ne!(late.form("main li form").value("facility").map(str::to_owned).as_deref(), Some(facility.as_str()));
        // Another kind of space, and times that are none, are no choice.
        robin.submit(form.clone().set("facility", "cafe")).must_be(404);
        robin.submit(form.clone().set("to", "1")).must_be(400);
        assert_eq!(robin.get(&format!("/bookings/{reference}")).text(".state").unwrap(), "Place lost");
    }
}

#[test]
fn what_has_begun_is_shown_and_ends_when_the_closure_begins() {
    for server in servers() {
        server.clock.set(at("2026-11-23 18:00"));
        let reference = book(&server, "cedar", "2026-11-24", "10:00", "12:00");
        server.clock.set(at("2026-11-24 11:00"));
        let browser = server.signed_in(server.world.manager);
        let form = tuesdays(&browser, "1").set("repeat", "none").set("to_time", "18:00");
        let check = browser.submit(form).must_be(200);
        assert!(check.text(".dates li p").unwrap().contains("It has begun and ends early."));
        done(&browser, check.form("main form").set("step", "close"));
        let page = browser.get(&format!("/bookings/{reference}")).must_be(200);
        assert!(page.text("main").unwrap().contains("10am to 12 noon, ended at 11am"), "{:?}", page.text("main"));
        assert!(page.text(".timeline").unwrap().contains("Cut short by a closure"));
        let day = server.visitor().get("/sites/hunter-street/schedule?date=2026-11-24").must_be(200);
        assert!(day.text("main").unwrap().contains("Flushing"));
    }
}

#[test]
fn rules_that_make_no_closure_are_named() {
    for server in servers() {
        let browser = server.signed_in(server.world.manager);
        for (field, value, fault) in [
            ("times", "201", "times"),
            ("times", "1", "times"),
            ("every", "0", "every"),
            ("to_date", "2026-12-24", "repeat"),
        ] {
            let page = browser.submit(tuesdays(&browser, "4").set(field, value)).must_be(422);
            assert!(page.has(&format!(".error-summary a[href='#{fault}']")), "{field} {value}");
            assert_eq!(page.form("#close").value(field), Some(value));
        }
        let forged = browser.submit(tuesdays(&browser, "4").set("repeat", "secondly")).must_be(422);
        assert!(forged.has(".error-summary a[href='#repeat']"));
        let until = tuesdays(&browser, "").set("ends", "until").set("until", "2026-11-20");
        assert!(browser.submit(until).must_be(422).has(".error-summary a[href='#until']"));
    }
}
