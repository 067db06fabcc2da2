//! Rooms for private sessions in the browser: a run of sessions from the search to its end, a rule refused and satisfied, warnings, and the way out.

use crate::support::browser::{Browser, Page};
use crate::support::server::{Server, servers};
use crate::support::world::{add_facility, at, circumstances, mailer, now, slug, span};
use alcove::allocation::{self, Draft};
use alcove::domain::kinds::Kind;
use alcove::domain::papers::Required;
use alcove::domain::places::UnitChoice;
use alcove::domain::rendered::MailKind;
use alcove::domain::rules::{Privacy, Rules};
use alcove::store::{Conn, facilities};

const BOOK: &str = "/sites/hunter-street/cedar/book";
const EXIT: &str = "a[data-exit][href='https://www.bbc.co.uk/weather']";
const ALONE: &str = "the only occupied room in the building";

/// Cedar by sessions of fifty minutes and ten, on the hour or a quarter past, with arrivals fifteen minutes apart; beside it Aspen.
fn furnish(server: &Server) {
    let usual = Rules { notice_minutes: 0, papers: Required::NOTHING, ..Kind::Counselling.entry().default_rules() };
    let quarters = (9 * 60..20 * 60).step_by(60).flat_map(|hour| [hour, hour + 15]);
    let apart = Rules { start_minutes: quarters.collect(), arrival_gap_minutes: 15, ..usual.clone() };
    let set = |conn: &mut Conn| {
        add_facility(conn, server.world.site, "Aspen", Kind::Counselling, &["Aspen"], UnitChoice::Whole, &usual);
        let (_, cedar) = facilities::by_slug(conn, &slug("hunter-street"), &slug("cedar"))?.unwrap();
        facilities::set_rules(conn, cedar.id, &apart)
    };
    server.db.write_now(set).unwrap();
}

fn fill(browser: &Browser, date: &str, (from, to): (&str, &str)) -> Page {
    let page = browser.get(&format!("{BOOK}?date={date}&from={from}&to={to}")).must_be(200);
    browser.submit(
        page.form("form[method=post]").set("purpose", "Support sessions").set("people", "2").set("step", "check"),
    )
}

#[test]
fn three_sessions_from_the_search_to_their_end_with_a_rule_refused_and_satisfied() {
    for server in servers() {
        furnish(&server);
        let mailer = mailer();
        let theirs = Draft {
            privacy: Privacy::Confidential,
            ..server.world.draft("aspen", span("2026-11-24", "10:00", "10:50"))
        };
        server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &theirs)).unwrap();
        let manager = server.signed_in(server.world.manager);
        let words = manager.get("/manage/sites/hunter-street").must_be(200).form("main form");
        let words = words.set("duty_contact", "Duty manager").set("duty_phone", "020 7946 0009");
        manager.submit(words).must_be(303);
        let room = manager.get("/manage/sites/hunter-street/cedar").must_be(200).form("form#words");
        manager.submit(room.set("alarm_place", "By the window").set("step", "save")).must_be(303);

        let booker = server.signed_in(server.world.robin_booker);
        let found = booker.get("/find?kind=counselling&date=2026-11-24&from=10:15&to=13:05&people=2").must_be(200);
        assert!(found.has(EXIT) && !found.title().to_lowercase().contains("counsel"), "{}", found.title());
        let link = found.attr("a.button[href*='/cedar/book']", "href").unwrap();
        let page = booker.get(&link).must_be(200);
        assert!(page.has(EXIT) && page.title().starts_with("Book a space"), "{}", page.title());
        assert!(page.text("select[name=to]").unwrap().contains("1:05pm, 3 sessions of 50 minutes"));

        let refused = fill(&booker, "2026-11-24", ("10:00", "12:50")).must_be(422);
        let said = refused.text("main").unwrap();
        assert!(said.contains("Cedar is not free then. Choose another start"), "{said}");
        assert!(!said.contains("Aspen at 10") && !said.contains("Wren") && !said.contains("arriv"), "{said}");
        let nearest = refused.all_text("button[name=choose]");
        assert!(nearest.iter().any(|label| label.contains("10:15am to 1:05pm")), "{nearest:?}");

        let check = fill(&booker, "2026-11-24", ("10:15", "13:05")).must_be(200);
        let when = "10:15am to 1:05pm, 3 sessions of 50 minutes";
        assert!(check.text("main").unwrap().contains(when));
        assert!(!check.body.contains(ALONE) && check.title().starts_with("Check your booking –"), "{}", check.title());
        let done = booker.submit(check.form("form[method=post]").set("step", "yes")).must_be(303);
        let path = done.location().unwrap().split('?').next().unwrap().to_owned();
        let shown = booker.get(&path).must_be(200);
        let text = shown.text("main").unwrap();
        for words in [when, "Duty manager, 020 7946 0009", "By the window"] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(shown.has(EXIT) && shown.title().starts_with("Booking "), "{}", shown.title());
        let mail =
            server.mails_to("rob@alcove.test").into_iter().find(|mail| mail.kind == MailKind::Confirmed).unwrap();
        assert!(mail.text.contains(when) && mail.text.contains("Panic alarm: By the window"), "{}", mail.text);
        for public in ["/sites/hunter-street", "/sites/hunter-street/cedar", &found_path()] {
            let page = server.visitor().get(public).must_be(200);
            assert!(!page.body.contains("By the window") && !page.body.contains("Duty manager"), "{public}");
        }
        let day = manager.get("/sites/hunter-street/schedule?date=2026-11-24").must_be(200);
        assert!(day.body.contains("3 sessions of 50 minutes"));

        server.clock.set(at("2026-11-24 12:40"));
        let running = booker.get(&path).must_be(200);
        booker.submit(running.form("form[action$='/finish']")).must_be(303);
        assert!(booker.get(&path).must_be(200).text("main").unwrap().contains("ended at 12:40pm"));
    }
}

fn found_path() -> String {
    "/find?kind=counselling&date=2026-11-24".to_owned()
}

#[test]
fn who_would_be_alone_in_the_building_is_told_before_and_after_and_so_is_the_manager() {
    for server in servers() {
        furnish(&server);
        let (booker, manager) = (server.signed_in(server.world.wren_booker), server.signed_in(server.world.manager));
        let check = fill(&booker, "2026-11-24", ("19:00", "19:50")).must_be(200);
        assert!(check.text("main").unwrap().contains(ALONE));
        let done = booker.submit(check.form("form[method=post]").set("step", "yes")).must_be(303);
        let path = done.location().unwrap().split('?').next().unwrap().to_owned();
        let mut shown = None;
        let queries = server.queries(|| shown = Some(booker.get(&path).must_be(200)));
        assert!(queries <= 8, "{queries} queries");
        assert!(shown.unwrap().text("main").unwrap().contains(ALONE));
        let request = path.replace("/bookings/", "/requests/");
        let mut facts = None;
        let queries = server.queries(|| facts = Some(manager.get(&request).must_be(200)));
        assert!(queries <= 8, "{queries} queries");
        assert!(facts.unwrap().text(".checks").unwrap().to_lowercase().contains(ALONE));
        // Somebody else comes, and nobody is alone any more.
        let (mailer, hall) = (mailer(), server.world.trusted_draft("hall", span("2026-11-24", "19:30", "20:30")));
        server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &hall)).unwrap();
        for (browser, path) in [(&booker, &path), (&manager, &request)] {
            assert!(!browser.get(path).must_be(200).body.to_lowercase().contains(ALONE), "{path}");
        }
        // A manager switches it off for the room.
        let rules = manager.get("/manage/sites/hunter-street/cedar/rules").must_be(200).form("main form");
        manager.submit(rules.unset("warns_alone").set("step", "save")).must_be(303);
        assert!(!fill(&booker, "2026-11-25", ("19:00", "19:50")).must_be(200).body.contains(ALONE));
    }
}

#[test]
fn a_text_that_looks_like_a_client_is_warned_of_once_and_may_stay() {
    for server in servers() {
        furnish(&server);
        let browser = server.signed_in(server.world.robin_booker);
        let page = browser.get(&format!("{BOOK}?date=2026-11-24&from=09:00&to=09:50")).must_be(200);
        assert!(page.text("#note-hint").unwrap().contains("Do not name a client"));
        let form = page.form("form[method=post]").set("purpose", "Support").set("people", "2");
        let form = form.set("note", "Client: J\r\nNHS 943 476 5919").set("step", "check");
        let warned = browser.submit(form).must_be(422);
        assert!(warned.text("#note-error").unwrap().contains("looks like an NHS number"), "{}", warned.body);
        assert!(warned.text("textarea[name=note]").unwrap().contains("943 476 5919"), "what was typed stays");
        let again = warned.form("form[method=post]").set("purpose", "Client: K").set("step", "check");
        let other = browser.submit(again).must_be(422);
        assert!(other.text("#purpose-error").is_some(), "another text is warned of anew");
        let kept = browser.submit(other.form("form[method=post]").set("step", "check")).must_be(200);
        let done = browser.submit(kept.form("form[method=post]").set("step", "yes")).must_be(303);
        let path = done.location().unwrap().split('?').next().unwrap().to_owned();
        let cancel = browser.get(&format!("{path}/cancel")).must_be(200);
        assert!(cancel.has(EXIT));
        let cancel = cancel.form("form[action$=cancel]").set("reason", "Mrs Quill is ill");
        let warned = browser.submit(cancel).must_be(422);
        assert!(warned.text("#reason-error").unwrap().contains("names somebody"));
        browser.submit(warned.form("form[action$=cancel]")).must_be(303);
    }
}

#[test]
fn the_way_out_stands_where_it_may_be_needed_and_not_elsewhere() {
    for server in servers() {
        let visitor = server.visitor();
        for (path, stands) in [
            ("/", false),
            ("/sites/hunter-street", false),
            ("/sites/hunter-street/hall", false),
            ("/sites/hunter-street/cedar", true),
            ("/find?kind=counselling&date=2026-11-24", true),
            ("/find?kind=kitchen&date=2026-11-24", false),
            ("/sign-in", false),
            ("/sign-in?next=%2Fsites%2Fhunter-street%2Fcedar%2Fbook%3Fdate%3D2026-11-24", true),
        ] {
            let page = visitor.get(path).must_be(200);
            assert_eq!(page.has(EXIT), stands, "{path}");
            assert!(!stands || !page.title().contains("Cedar"), "{path}: {}", page.title());
            assert!(!page.has("meta[property^='og:']"), "{path}");
        }
    }
}
