//! Notices: given once or on many dates, shown on every page that they touch, changed and taken back.

use crate::support::browser::{Browser, Form, Page};
use crate::support::server::{Server, servers};
use crate::support::world::{circumstances, mailer, now, span};
use alcove::allocation::{self, RequestAnswer};

const PATH: &str = "/manage/sites/hunter-street/notices";

fn done(browser: &Browser, form: Form) -> Page {
    browser.follow(browser.submit(form).must_be(303)).must_be(200)
}

fn given(browser: &Browser, words: &str, place: &str) -> Form {
    let form = browser.get(PATH).must_be(200).form("#give").set("words", words).choose("place", place);
    let form = form.set("from_date", "2026-11-24").set("from_time", "10:00");
    form.set("to_date", "2026-11-24").set("to_time", "10:30")
}

fn book(server: &Server, facility: &str) -> String {
    let (mailer, draft) = (mailer(), server.world.trusted_draft(facility, span("2026-11-24", "10:00", "11:00")));
    let answer = server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap();
    match answer {
        RequestAnswer::Done { reference, .. } => reference.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_notice_is_on_every_page_that_it_touches_and_on_no_other() {
    for server in servers() {
        let (touched, beside) = (book(&server, "cedar"), book(&server, "tidy-room"));
        let manager = server.signed_in(server.world.manager);
        done(&manager, given(&manager, "Alarm test", "All of Hunter Street Medical Centre"));
        done(&manager, given(&manager, "The sink is out", "Cedar"));
        let robin = server.signed_in(server.world.robin_booker);
        let says = |path: &str, words: &str| {
            let page = robin.get(path).must_be(200);
            page.all_text(".notice").iter().any(|notice| notice.contains(words))
        };
        for (path, alarm, sink) in [
            ("/sites/hunter-street", true, true),
            ("/sites/hunter-street/schedule?date=2026-11-24", true, true),
            ("/sites/hunter-street/schedule?date=2026-11-25", false, false),
            ("/sites/hunter-street/cedar?week=2026-11-24", true, true),
            ("/sites/hunter-street/cedar?week=2026-12-01", false, false),
            ("/sites/hunter-street/tidy-room?week=2026-11-24", true, false),
            ("/sites/hunter-street/cedar/book?date=2026-11-24", true, true),
            ("/sites/hunter-street/cedar/book?date=2026-11-25", false, false),
            (&format!("/bookings/{touched}"), true, true),
            (&format!("/bookings/{beside}"), true, false),
        ] {
            assert_eq!((says(path, "Alarm test"), says(path, "The sink is out")), (alarm, sink), "{path}");
            let queries = server.queries(|| {
                robin.get(path).must_be(200);
            });
            assert!(queries <= 8, "{path} took {queries} on {}", server.engine);
        }
        // The check page, of one date and of a series.
        let form = robin.get("/sites/hunter-street/half-hall/book?date=2026-11-24").must_be(200);
        let form = form.form("main form[method=post]").choose("from", "10am").choose("to", "11am");
        let form = form.set("purpose", "Choir").set("people", "2");
        for repeat in ["none", "weekly"] {
            let form = form.clone().set("repeat", repeat).set("times", "3").set("step", "check");
            let check = robin.submit(form).must_be(200);
            assert!(check.h1().starts_with("Check"), "{}", check.h1());
            let notices = check.all_text(".notice");
            assert!(notices.iter().any(|notice| notice.contains("Alarm test")), "{repeat}: {notices:?}");
        }
    }
}

#[test]
fn a_notice_repeats_is_changed_and_is_taken_back_by_its_dates_or_whole() {
    for server in servers() {
        let manager = server.signed_in(server.world.manager);
        let form = given(&manager, "Alarm test", "Cedar").set("repeat", "weekly").set("times", "6");
        let check = manager.submit(form.set("holidays", "leave")).must_be(200);
        assert!(check.h1().starts_with("Give this notice on 6 dates?"), "{}", check.h1());
        let form = check.form("main form").set("step", "give");
        manager.submit(form.clone().unset("date")).must_be(422);
        let list = done(&manager, form.unset("date").add("date", "0").add("date", "2").add("date", "5"));
        assert!(list.text("main li.card").unwrap().contains("3 dates, the next on Tuesday 24 November 2026"));
        let week = |monday: &str| {
            let page = server.visitor().get(&format!("/sites/hunter-street/cedar?week={monday}")).must_be(200);
            page.all_text(".notice").join(" ")
        };
        assert!(week("2026-11-24").contains("Alarm test") && !week("2026-12-01").contains("Alarm test"));
        let words = list.form("main li.card form[action$=change]");
        manager.submit(words.clone().set("words", "")).must_be(422);
        let list = done(&manager, words.set("words", "Long alarm test"));
        assert!(week("2026-12-08").contains("Long alarm test"));
        let second = list.form("main li.card details li:nth-child(2) form");
        let list = done(&manager, second.clone());
        assert!(!week("2026-12-08").contains("alarm test") && week("2026-12-29").contains("alarm test"));
        manager.submit(second).must_be(409);
        let all = list.form("main li.card > form").set("dates", "all");
        let list = done(&manager, all.clone());
        assert!(list.text(".lead").unwrap().starts_with("There is nothing"));
        manager.submit(all).must_be(409);
    }
}

#[test]
fn a_notice_wants_words_a_place_and_a_time_that_can_be() {
    for server in servers() {
        let manager = server.signed_in(server.world.manager);
        for (field, value, fault) in [
            ("words", "", "words"),
            ("words", "a\u{202E}b", "words"),
            ("place", "willow", "place"),
            ("from_date", "2026-11-01", "from_date"),
            ("to_time", "09:00", "to_time"),
            ("to_date", "2028-11-24", "to_date"),
        ] {
            let page = manager.submit(given(&manager, "Alarm test", "Cedar").set(field, value)).must_be(422);
            assert!(page.title().starts_with("Error: "));
            assert!(page.has(&format!(".error-summary a[href='#{fault}']")), "{field} {value}");
        }
        manager.submit(given(&manager, "Alarm test", "Cedar").add("admin", "1")).must_be(400);
    }
}

#[test]
fn a_notice_of_an_unlisted_space_is_not_for_everybody() {
    for server in servers() {
        let manager = server.signed_in(server.world.manager);
        let words = manager.get("/manage/sites/hunter-street/cedar").must_be(200).form("#words");
        done(&manager, words.unset("listed").set("step", "save"));
        done(&manager, given(&manager, "The sink is out", "Cedar"));
        for path in ["/sites/hunter-street", "/sites/hunter-street/schedule?date=2026-11-24"] {
            assert!(!server.visitor().get(path).must_be(200).body.contains("The sink is out"), "{path}");
            assert!(manager.get(path).must_be(200).body.contains("The sink is out"), "{path}");
        }
    }
}

#[test]
fn the_nation_and_the_own_dates_of_a_site_are_set_by_form_and_left_out_of_series() {
    for server in servers() {
        let manager = server.signed_in(server.world.manager);
        let form = manager.get("/manage/sites/hunter-street").must_be(200).form("main form");
        assert_eq!((form.value("nation"), form.value("own_dates")), (Some("england-and-wales"), Some("")));
        let wrong = form.clone().set("own_dates", "2026-12-01 Quiet day\nsoon");
        let page = manager.submit(wrong).must_be(422);
        let words = "Line 2, “soon”: begin with a date, like “24 December 2026”, then say what it is";
        assert_eq!(page.all_text(".error-summary a"), [words]);
        assert!(page.form("main form").value("own_dates").unwrap().contains("soon"), "nothing typed is lost");
        manager.submit(form.clone().set("nation", "wales")).must_be(422);
        let saved = done(&manager, form.choose("nation", "Scotland").set("own_dates", "2026-12-01 Quiet day"));
        let form = saved.form("main form");
        assert_eq!(
            (form.value("nation"), form.value("own_dates")),
            (Some("scotland"), Some("1 December 2026 Quiet day"))
        );
        let robin = server.signed_in(server.world.robin_booker);
        let form = robin.get("/sites/hunter-street/cedar/book?date=2026-11-30").must_be(200);
        let form = form.form("main form[method=post]").choose("from", "10am").choose("to", "11am");
        let form = form.set("purpose", "Choir").set("people", "2");
        let form = form.set("repeat", "daily").set("times", "3").set("holidays", "leave").set("step", "check");
        let check = robin.submit(form).must_be(200);
        let asked = check.all_text(".dates label").join(" ");
        assert!(asked.contains("St Andrew’s Day") && asked.contains("Quiet day"), "{asked}");
    }
}
