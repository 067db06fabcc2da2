//! Named sessions as conversations: a manager names them, a booker chooses one, alone or weekly, changes it, and finds it. On both engines.

use crate::support::browser::{Browser, Form, Page};
use crate::support::server::{Server, servers};
use crate::support::world::{add_facility, at};
use alcove::domain::kinds::Kind;
use alcove::domain::named::usual;
use alcove::domain::places::UnitChoice;
use alcove::domain::rules::Rules;
use alcove::store::named;

const SESSIONS: &str = "/manage/sites/hunter-street/sessions";
const BOOK: &str = "/sites/hunter-street/oak/book";
const NAMES: [&str; 4] = ["Morning, 9am to 1pm", "Afternoon, 1pm to 5pm", "Evening, 5pm to 8pm", "All day, 9am to 5pm"];

/// Adds Oak, a consulting room, at a site that has not named its sessions.
fn with_oak() -> Vec<Server> {
    let servers = servers();
    for server in &servers {
        let rules = Rules { notice_minutes: 0, ..Kind::Consulting.entry().default_rules() };
        let add = |conn: &mut _| {
            add_facility(conn, server.world.site, "Oak", Kind::Consulting, &["Oak"], UnitChoice::Whole, &rules);
            Ok(())
        };
        server.db.write_now(add).unwrap();
    }
    servers
}

/// The same, where the site has the usual sessions.
fn with_sessions() -> Vec<Server> {
    let servers = with_oak();
    for server in &servers {
        server.db.write_now(|conn| named::set(conn, server.world.site, &usual())).unwrap();
    }
    servers
}

fn form_on(browser: &Browser, date: &str) -> Form {
    browser.get(&format!("{BOOK}?date={date}")).must_be(200).form("form[method=post]")
}

fn offered(form: &Form) -> Vec<String> {
    form.options("named").into_iter().map(|(_, label)| label).collect()
}

/// Books a session and gives the path of the booking.
fn book(browser: &Browser, date: &str, session: &str) -> String {
    let form = form_on(browser, date).choose("named", session).set("purpose", "Clinic").set("people", "2");
    let check = browser.submit(form.set("step", "check")).must_be(200);
    path(&browser.submit(check.form("form[method=post]").set("step", "yes")).must_be(303))
}

fn path(done: &Page) -> String {
    done.location().unwrap().split('?').next().unwrap().to_owned()
}

#[test]
fn a_manager_names_changes_and_removes_sessions() {
    for server in with_oak() {
        let browser = server.signed_in(server.world.manager);
        assert!(browser.get("/manage/sites/hunter-street").must_be(200).has(&format!("main a[href='{SESSIONS}']")));
        let page = browser.get(SESSIONS).must_be(200);
        assert!(page.text("main").unwrap().contains("Booked by the session here: Oak."));
        let page = browser.submit(page.form("form.card").set("step", "usual")).must_be(303);
        let page = browser.follow(page).must_be(200);
        assert!(!page.has("form.card"), "what is there is not offered again");
        let form = page.form("form.sessions");
        let values = ["name-1", "from-1", "to-1", "name-4"].map(|field| form.value(field).unwrap());
        assert_eq!(values, ["Morning", "09:00", "13:00", "All day"]);

        let wrong = form.clone().set("name-5", "Night").set("from-5", "22:00").set("to-1", "9:00");
        let page = browser.submit(wrong).must_be(422);
        assert!(page.title().starts_with("Error: "));
        let said = page.all_text(".error-summary a");
        assert_eq!(said, ["End the session at another time than it begins", "Enter when the session ends, like 09:00"]);
        assert!(page.has(".error-summary a[href='#to-1']") && page.has(".error-summary a[href='#to-5']"));
        let kept = page.form("form.sessions");
        assert_eq!((kept.value("name-5"), kept.value("from-5")), (Some("Night"), Some("22:00")));

        let right = form.set("name-5", "Night").set("from-5", "22:00").set("to-5", "06:00").set("to-1", "12:30");
        let right = right.add("remove-4", "yes").set("name-3", "").set("from-3", "").set("to-3", "");
        let page = browser.follow(browser.submit(right).must_be(303)).must_be(200);
        let form = page.form("form.sessions");
        let names = ["name-1", "name-2", "name-3", "name-4"].map(|field| form.value(field).unwrap());
        assert_eq!((names, form.value("to-1")), (["Morning", "Afternoon", "Night", ""], Some("12:30")));

        let rules = browser.get("/manage/sites/hunter-street/oak/rules").must_be(200);
        let words = rules.text("aside").unwrap();
        assert!(words.contains("Morning (9am to 12:30pm), Afternoon (1pm to 5pm), Night (10pm to 6am the next day)"));
        assert!(words.contains("640 days (about 21 months) ahead, others up to 457 days"), "{words}");
        let by_the_hour = rules.form("main form").unset("by_session").set("step", "preview");
        let preview = browser.submit(by_the_hour).must_be(200).text("aside").unwrap();
        assert!(preview.contains("Every 30 minutes") && !preview.contains("Morning"), "{preview}");
    }
}

#[test]
fn the_first_session_can_be_typed_and_without_any_the_room_is_booked_by_the_hour() {
    for server in with_oak() {
        let booker = server.signed_in(server.world.robin_booker);
        let form = form_on(&booker, "2026-11-24");
        assert!(form.options("named").is_empty() && form.options("from").iter().any(|(_, label)| label == "10am"));
        let browser = server.signed_in(server.world.manager);
        let form = browser.get(SESSIONS).must_be(200).form("form.sessions");
        let form = form.set("name-1", "Early").set("from-1", "08:00").set("to-1", "10:00");
        browser.submit(form.set("step", "save")).must_be(303);
        assert_eq!(offered(&form_on(&booker, "2026-11-24")), ["Early, 8am to 10am"]);
    }
}

#[test]
fn a_booker_chooses_a_free_session_and_nothing_else() {
    for server in with_sessions() {
        let browser = server.signed_in(server.world.robin_booker);
        let mut page = None;
        let queries = server.queries(|| page = Some(browser.get(&format!("{BOOK}?date=2026-11-24")).must_be(200)));
        assert!(queries <= 8, "{queries} queries");
        let page = page.unwrap();
        assert!(!page.has("select#from") && page.text("aside").unwrap().contains("Morning (9am to 1pm)"));
        assert_eq!(offered(&page.form("form[method=post]")), NAMES);
        let none = page.form("form[method=post]").set("purpose", "Clinic").set("people", "2").set("step", "check");
        let page = browser.submit(none).must_be(422);
        assert_eq!(page.all_text(".error-summary a"), ["Choose one of the sessions"]);
        assert!(page.has("#from[type=radio]"), "the summary leads to the first session");

        let booking = book(&browser, "2026-11-24", NAMES[0]);
        assert!(browser.get(&booking).must_be(200).text("main").unwrap().contains("9am to 1pm"));
        // Morning is taken, and so is all day; what is taken can be waited for.
        let page = browser.get(&format!("{BOOK}?date=2026-11-24")).must_be(200);
        assert_eq!(offered(&page.form("form[method=post]")), [NAMES[1], NAMES[2]]);
        assert_eq!(page.all_text("details li a"), [NAMES[0], NAMES[3]]);
        let wren = server.signed_in(server.world.wren_booker);
        let form = wren.get(&page.attr("details li a", "href").unwrap()).must_be(200).form("form[method=post]");
        let form = form.set("purpose", "Clinic").set("people", "2").set("step", "check");
        let page = wren.submit(form).must_be(422);
        assert!(page.has("button[value=wait]") && page.text("main").unwrap().contains("Oak is not free then"));
    }
}

#[test]
fn a_time_that_is_no_session_is_refused_with_the_sessions_by_name() {
    for server in with_sessions() {
        let browser = server.signed_in(server.world.robin_booker);
        let form = form_on(&browser, "2026-11-24");
        let (from, to) = (at("2026-11-24 10:00").seconds().to_string(), at("2026-11-24 11:00").seconds().to_string());
        let send = |step: &str| {
            let fields = [
                ("csrf", form.value("csrf").unwrap()),
                ("nonce", form.value("nonce").unwrap()),
                ("date", "2026-11-24"),
                ("from", &from),
                ("to", &to),
                ("organisation", "robin-trust"),
                ("purpose", "Clinic"),
                ("people", "2"),
                ("privacy", "organisation"),
                ("step", step),
            ];
            browser.post(BOOK, &fields).must_be(422)
        };
        let words = format!("Oak is booked by the session: {}. Choose one of those", NAMES.join("; "));
        for step in ["check", "yes"] {
            let page = send(step);
            assert_eq!(page.all_text(".error-summary a"), [words.as_str()]);
        }
        let page = send("check");
        let suggested = page.all_text(".notice[data-state=free] button");
        assert!(suggested.contains(&NAMES[0].to_owned()), "{suggested:?}");
        let check = browser.submit(page.form("form[method=post]").choose("choose", NAMES[0]).set("step", "check"));
        assert!(check.must_be(200).text("main").unwrap().contains("9am to 1pm"));
        assert!(browser.get("/bookings").must_be(200).all_text("main li").iter().all(|line| !line.contains("Clinic")));
    }
}

#[test]
fn a_link_to_a_time_leads_to_the_session_that_has_it() {
    for server in with_sessions() {
        let browser = server.signed_in(server.world.robin_booker);
        let chosen = |query: &str| {
            let form = browser.get(&format!("{BOOK}?date=2026-11-24&{query}")).must_be(200).form("form[method=post]");
            let value = form.value("named").unwrap().to_owned();
            form.options("named").into_iter().find(|(one, _)| *one == value).map(|(_, label)| label).unwrap()
        };
        assert_eq!(chosen("from=14:00"), NAMES[1]);
        assert_eq!(chosen("from=10:30&to=11:00"), NAMES[0]);
        assert_eq!(chosen("from=09:00&to=17:00"), NAMES[3]);
        assert_eq!(chosen("from=12:00&to=14:00"), NAMES[3]);
        let schedule = browser.get("/sites/hunter-street/schedule?date=2026-11-24").must_be(200);
        assert!(schedule.has(&format!("a[href='{BOOK}?date=2026-11-24&from=14:00']")));
        // Who manages the site may set the sessions aside, so the very time stands there.
        let manager = server.signed_in(server.world.manager);
        let form = manager.get(&format!("{BOOK}?date=2026-11-24&from=10:00&to=11:00")).must_be(200);
        assert!(offered(&form.form("form[method=post]")).contains(&"10am to 11am".to_owned()));
    }
}

#[test]
fn a_weekly_session_has_a_result_for_each_date_and_other_sessions_as_offers() {
    for server in with_sessions() {
        book(&server.signed_in(server.world.robin_booker), "2026-12-01", NAMES[1]);
        let browser = server.signed_in(server.world.wren_booker);
        let form = form_on(&browser, "2026-11-24").choose("named", NAMES[1]).set("purpose", "Clinic");
        let form = form.set("people", "2").set("repeat", "weekly").set("times", "3").set("step", "check");
        let check = browser.submit(form).must_be(200);
        assert_eq!(check.all_text(".dates > li").len(), 3);
        let options = check.form("form[method=post]").options("pick");
        let labels: Vec<&str> = options.iter().map(|(_, label)| label.as_str()).collect();
        assert!(labels.iter().any(|label| label.contains("5pm to 8pm")), "{labels:?}");
        assert!(labels.iter().all(|label| !label.contains("2pm")), "{labels:?}");
        let done = browser.submit(check.form("form[method=post]").set("step", "yes")).must_be(303);
        let page = browser.get(&path(&done)).must_be(200).text("main").unwrap();
        assert!(page.contains("3 requested"), "{page}");
    }
}

#[test]
fn a_date_is_changed_to_another_session() {
    for server in with_sessions() {
        let browser = server.signed_in(server.world.robin_booker);
        let booking = book(&browser, "2026-11-24", NAMES[0]);
        let form = browser.get(&format!("{booking}/change")).must_be(200).form("main form");
        assert_eq!((offered(&form), form.value("named")), (NAMES.map(str::to_owned).to_vec(), Some("540-780")));
        let check = browser.submit(form.choose("named", NAMES[2]).set("step", "check")).must_be(200);
        assert!(check.text("main").unwrap().contains("5pm to 8pm"));
        browser.submit(check.form("main form").set("step", "yes")).must_be(303);
        assert!(browser.get(&booking).must_be(200).text("main").unwrap().contains("5pm to 8pm"));
    }
}

#[test]
fn a_wish_is_found_in_the_session_that_has_it() {
    for server in with_sessions() {
        let visitor = server.visitor();
        let find = |times: &str| visitor.get(&format!("/find?kind=consulting&date=2026-11-24{times}")).must_be(200);
        let page = find("&from=10:00&to=11:00");
        assert_eq!(
            (page.h1().as_str(), page.text(".state").as_deref()),
            ("1 space is free", Some("Free: Morning, 9am to 1pm"))
        );
        let why = page.all_text(".checks li");
        assert!(
            why.contains(&"Booked by the session: Morning, 9am to 1pm, has 10am to 11am in it".to_owned()),
            "{why:?}"
        );
        assert!(page.has(&format!("a[href='{BOOK}?date=2026-11-24&from=09:00&to=13:00']")));
        let page = find("");
        assert_eq!(page.text(".state").unwrap(), format!("Free: {}", NAMES.join("; ")));

        book(&server.signed_in(server.world.robin_booker), "2026-11-24", NAMES[0]);
        let page = find("&from=10:00&to=11:00");
        assert_eq!(page.h1(), "Nothing is free then");
        assert!(page.text("tbody th").unwrap().contains("Oak is not free then. It is taken until 1pm"));
        let links = page.all_text("tbody td a");
        assert!(
            links.contains(&NAMES[1].to_owned()) && links.contains(&"Wednesday 25 November".to_owned()),
            "{links:?}"
        );
    }
}
