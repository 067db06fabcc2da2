//! Giving dates back with one click, "still needed?", and the end of a series, as conversations. Not when anybody is asked.

use crate::support::browser::{Browser, Page};
use crate::support::server::{Server, servers};
use crate::support::world::{PASSWORD, at};
use alcove::domain::rendered::MailKind;

/// Books a weekly series in Cedar from Tuesday 24 November 2026 at 10, and gives the path of the booking.
fn book(browser: &Browser, times: &str) -> String {
    let page = browser.get("/sites/hunter-street/cedar/book?date=2026-11-24").must_be(200);
    let form = page.form("form[method=post]").choose("from", "10am").choose("to", "11am");
    let form = form.set("purpose", "Support group").set("people", "2").set("repeat", "weekly").set("times", times);
    let check = browser.submit(form.set("step", "check")).must_be(200);
    let done = browser.submit(check.form("form[method=post]").set("step", "yes")).must_be(303);
    done.location().unwrap().split('?').next().unwrap().to_owned()
}

/// A series whose booker was asked eight weeks after its first date; the clock stands there.
fn asked(server: &Server) -> (Browser, String) {
    let booking = book(&server.signed_in(server.world.robin_booker), "20");
    server.clock.set(at("2027-01-19 10:00"));
    assert_eq!(server.chores.needed().unwrap(), 1);
    (server.signed_in(server.world.robin_booker), booking)
}

fn line_of<'a>(lines: &'a [String], words: &str) -> &'a str {
    lines.iter().find(|line| line.contains(words)).unwrap_or_else(|| panic!("no {words} in {lines:?}"))
}

#[test]
fn one_click_on_the_list_releases_a_date_and_another_takes_it_back() {
    for server in servers() {
        let browser = server.signed_in(server.world.robin_booker);
        let booking = book(&browser, "4");
        let list = browser.get("/bookings").must_be(200);
        let form = list.form("form[action$=release]");
        assert_eq!(form.value("date"), Some("1"));
        let page = browser.follow(browser.submit(&form).must_be(303)).must_be(200);
        assert!(page.text("[role=status]").unwrap().contains("Released. The place is free for others."));
        assert!(page.all_text("main li").iter().any(|line| line.contains("Cancelled")));
        // The same button once more: it has changed since, and nothing else is released.
        let again = browser.submit(&form).must_be(409);
        assert!(again.text("[role=alert]").unwrap().contains("changed since you looked"));
        let undo = page.form("[role=status] form");
        let undone = browser.follow(browser.submit(&undo).must_be(303)).must_be(200);
        assert!(undone.text("main").unwrap().contains("4 confirmed"));
        let lines = undone.all_text(".timeline li");
        assert!(lines[0].contains("Put back: Tuesday ") && lines[1].contains("Cancelled: Tuesday "), "{lines:?}");
        // Who puts it back twice is not asked to give dates up.
        let again = browser.submit(&undo).must_be(409);
        assert!(!again.has("main form") && !again.text("main").unwrap().contains("Cancel"), "{:?}", again.text("main"));
        // The dates of the booking have the same button.
        let page = browser.get(&booking).must_be(200);
        let released = browser.follow(browser.submit(page.form(".dates form[action$=release]")).must_be(303));
        assert!(released.text("main").unwrap().contains("3 confirmed, 1 cancelled"));
    }
}

#[test]
fn a_late_date_says_so_and_a_button_that_did_not_leads_to_the_page_that_does() {
    for server in servers() {
        let browser = server.signed_in(server.world.robin_booker);
        book(&browser, "3");
        let early = browser.get("/bookings").must_be(200);
        assert!(!early.text("main").unwrap().contains("late cancellation"));
        let form = early.form("form[action$=release]");
        server.clock.set(at("2026-11-23 12:00"));
        let led = browser.submit(&form).must_be(303);
        assert!(led.location().unwrap().ends_with("/cancel?date=1"), "{:?}", led.location());
        assert!(browser.follow(led).must_be(200).text("main").unwrap().contains("late cancellation"));
        let list = browser.get("/bookings").must_be(200);
        let lines = list.all_text("main li");
        let said = "With less than 24 hours to go, releasing it counts as a late cancellation.";
        assert_eq!(lines.iter().filter(|line| line.contains(said)).count(), 1, "{lines:?}");
        browser.submit(list.form("form[action$=release]")).must_be(303);
        let list = browser.get("/bookings").must_be(200);
        assert!(list.all_text("main li")[0].contains("Cancelled"));
    }
}

#[test]
fn what_is_not_ones_own_cannot_be_released() {
    for server in servers() {
        let booking = book(&server.signed_in(server.world.robin_booker), "3");
        let form = server.signed_in(server.world.robin_booker).get("/bookings").form("form[action$=release]");
        let fields = [("version", form.value("version").unwrap()), ("date", "1")];
        for person in [server.world.wren_booker, server.person("reception@alcove.test")] {
            let browser = server.signed_in(person);
            let csrf = browser.get("/account").must_be(200).attr("input[name=csrf]", "value").unwrap();
            let fields = [&fields[..], &[("csrf", csrf.as_str())]].concat();
            browser.post(&format!("{booking}/release"), &fields).must_be(404);
            browser.post(&format!("{booking}/needed"), &[("csrf", &csrf)]).must_be(404);
        }
        let own = server.signed_in(server.world.robin_booker);
        let csrf = own.get("/account").must_be(200).attr("input[name=csrf]", "value").unwrap();
        // A date that it does not have, and what is no number.
        let version = form.value("version").unwrap();
        let refused = own.post(&format!("{booking}/release"), &[("csrf", &csrf), ("version", version), ("date", "77")]);
        assert!([404, 409].contains(&refused.status), "{}", refused.status);
        own.post(&format!("{booking}/release"), &[("csrf", &csrf), ("version", version), ("date", "x")]).must_be(400);
        assert!(own.get(&booking).must_be(200).text("main").unwrap().contains("3 confirmed"));
    }
}

#[test]
fn the_question_is_answered_from_its_mail_after_signing_in() {
    for server in servers() {
        let (browser, booking) = asked(&server);
        let mails = server.mails_to("rob@alcove.test");
        assert_eq!(mails[0].kind, MailKind::StillNeeded);
        let link = server.mailed_link("rob@alcove.test");
        assert_eq!(link, format!("{booking}/needed"));
        let visitor = server.visitor();
        let page = visitor.follow(visitor.get(&link).must_be(303)).must_be(200);
        let form =
            page.form("form:has(input[type=password])").set("email", "rob@alcove.test").set("password", PASSWORD);
        let page = visitor.follow(visitor.submit(form).must_be(303)).must_be(200);
        assert!(page.h1().starts_with("Do you still need this?"), "{}", page.h1());
        assert_eq!(page.all_text("main .lines li").len(), 11);
        // Opening it answers nothing.
        assert!(browser.get(&link).must_be(200).has("form[action$=needed]"));
        let form = page.form("form[action$=needed]");
        let done = visitor.follow(visitor.submit(&form).must_be(303)).must_be(200);
        assert!(done.text("[role=status]").unwrap().contains("It stays as it is"));
        assert_eq!(done.all_text(".timeline li").iter().filter(|line| line.contains("Still needed")).count(), 1);
        // A second click, and the page once more.
        let done = visitor.follow(visitor.submit(&form).must_be(303)).must_be(200);
        assert_eq!(done.all_text(".timeline li").iter().filter(|line| line.contains("Still needed")).count(), 1);
        assert!(visitor.get(&link).must_be(200).h1().starts_with("Nothing to answer"));
    }
}

#[test]
fn the_question_stands_on_the_list_and_on_the_booking_too() {
    for server in servers() {
        let (browser, booking) = asked(&server);
        let page = browser.get(&booking).must_be(200);
        assert!(page.text("main .notice").unwrap().contains("We asked on Tuesday 19 January 2027."));
        assert!(page.has("a[href='#dates']") && page.has("#dates"));
        // Others who see the booking are not asked.
        let reception = server.signed_in(server.person("reception@alcove.test")).get(&booking).must_be(200);
        assert!(!reception.has("form[action$=needed]"));
        let list = browser.get("/bookings").must_be(200);
        assert_eq!(list.all_text("main .notice h2"), ["Do you still need Support group?"]);
        let page = browser.follow(browser.submit(list.form("form[action$=needed]")).must_be(303)).must_be(200);
        assert_eq!(page.path, "/bookings?done=needed");
        assert!(!page.has("form[action$=needed]"));
        assert!(!browser.get(&booking).must_be(200).has("form[action$=needed]"));
    }
}

fn queue(server: &Server, person: &str) -> Page {
    server.signed_in(server.person(person)).get("/requests").must_be(200)
}

#[test]
fn two_weeks_of_silence_are_shown_to_the_sites_manager() {
    for server in servers() {
        let (_, booking) = asked(&server);
        server.clock.set(at("2027-02-02 09:00"));
        assert!(!queue(&server, "manager@alcove.test").has("#still-needed"));
        server.clock.set(at("2027-02-02 10:00"));
        let page = queue(&server, "manager@alcove.test");
        let card = page.text("#still-needed li").unwrap();
        for words in [
            "Cedar, Support group",
            "Robin Trust",
            "Rob Robin",
            "rob@alcove.test",
            "9 dates to come",
            "Asked 14 days ago",
        ] {
            assert!(card.contains(words), "{words}: {card}");
        }
        assert!(card.contains("last Tuesday 6 April 2027"), "{card}");
        assert!(page.has(&format!("#still-needed a[href='{booking}']")));
        assert!(page.h1().starts_with("Nothing to decide"));
        let manager = server.signed_in(server.world.manager);
        let queries = server.queries(|| drop(manager.get("/requests").must_be(200)));
        assert!(queries <= 8, "{queries}");
        // A form from another session is refused.
        manager.submit(page.form("#still-needed form")).must_be(403);
        let form = manager.get("/requests").must_be(200).form("#still-needed form");
        let page = manager.follow(manager.submit(form).must_be(303)).must_be(200);
        assert!(page.path.starts_with("/requests") && !page.has("#still-needed"));
    }
}

#[test]
fn the_end_of_a_series_leads_to_more_dates_filled_in() {
    for server in servers() {
        let booking = book(&server.signed_in(server.world.robin_booker), "6");
        server.clock.set(at("2026-12-02 12:00"));
        assert_eq!(server.chores.needed().unwrap(), 1);
        let link = server.mailed_link("rob@alcove.test");
        assert_eq!(link, format!("{booking}/more?times=6"));
        let browser = server.signed_in(server.world.robin_booker);
        let page = browser.get(&booking).must_be(200);
        let notice = page.all_text("main .notice");
        assert!(line_of(&notice, "This series ends soon").contains("Tuesday 29 December 2026"));
        assert!(page.has(&format!("a[href='{link}']")));
        let form = browser.get(&link).must_be(200).form("form[method=post]");
        assert_eq!((form.value("how"), form.value("times")), (Some("rule"), Some("6")));
        let check = browser.submit(form.set("step", "check")).must_be(200);
        let dates = check.all_text(".dates > li");
        assert_eq!(dates.len(), 6);
        assert!(dates[0].contains("Tuesday 5 January 2027"), "{dates:?}");
        assert!(browser.get(&booking).text("main").unwrap().contains("6 confirmed"), "nothing is booked by itself");
        browser.submit(check.form("form[method=post]").set("step", "yes")).must_be(303);
        let page = browser.get(&booking).must_be(200);
        assert!(page.text("main").unwrap().contains("12 confirmed"));
        assert!(!page.text("main").unwrap().contains("This series ends soon"));
        for hostile in ["more?times=-1", "more?times=x", "more?times=99999999999"] {
            let page = browser.get(&format!("{booking}/{hostile}"));
            assert!([200, 400, 404].contains(&page.status), "{hostile}: {}", page.status);
        }
    }
}

#[test]
fn a_manager_sets_how_often_it_is_asked() {
    for server in servers() {
        let manager = server.signed_in(server.world.manager);
        let path = "/manage/sites/hunter-street/cedar/rules";
        let form = manager.get(path).must_be(200).form("main form");
        assert_eq!(form.value("still_needed_weeks"), Some("8"));
        let wrong = manager.submit(form.clone().set("still_needed_weeks", "-1").set("step", "save")).must_be(422);
        assert!(wrong.has("#still_needed_weeks-error"));
        manager.submit(form.set("still_needed_weeks", "0").set("step", "save")).must_be(303);
        let page = manager.get(path).must_be(200);
        assert_eq!(page.form("main form").value("still_needed_weeks"), Some("0"));
        book(&server.signed_in(server.world.robin_booker), "20");
        server.clock.set(at("2027-01-19 10:00"));
        assert_eq!(server.chores.needed().unwrap(), 0);
    }
}
