//! The rota as conversations: a week with its gaps, putting people on and taking them off, copying a week, and when people can. Not the rules.

use crate::support::server::{Server, servers};
use crate::support::world::{add_person, circumstances, mailer, now, span};
use alcove::allocation::{self, RequestAnswer};
use alcove::domain::ids::{PersonId, Reference};
use alcove::domain::policy::MemberRole;
use alcove::store::organisations;

const WEEK: &str = "/rota?organisation=robin-trust&week=2026-11-25";

fn volunteer(server: &Server, name: &str, email: &str) -> PersonId {
    let robin = server.world.robin;
    server
        .db
        .write_now(|conn| {
            let person = add_person(conn, name, email, None);
            organisations::set_member(conn, robin, person, MemberRole::Volunteer, now())?;
            Ok(person)
        })
        .unwrap()
}

fn book(server: &Server, facility: &str, date: &str) -> Reference {
    let mailer = mailer();
    let draft = server.world.trusted_draft(facility, span(date, "10:00", "11:00"));
    let ask = |conn: &mut alcove::store::Conn| allocation::request(conn, circumstances(&mailer, now()), &draft);
    match server.db.write_now(ask).unwrap() {
        RequestAnswer::Done { reference, .. } => reference,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_week_shows_who_is_on_and_where_somebody_is_missing() {
    for server in servers() {
        volunteer(&server, "Vera Volunteer", "vera@alcove.test");
        volunteer(&server, "Victor Volunteer", "victor@alcove.test");
        let (first, second) = (book(&server, "cedar", "2026-11-24"), book(&server, "hall", "2026-11-24"));
        let rob = server.signed_in(server.world.robin_booker);
        let page = rob.get(WEEK).must_be(200);
        assert!(page.h1().contains("Robin Trust") && page.h1().contains("23 to 29 November 2026"), "{}", page.h1());
        assert!(!page.has("#gaps") && page.text(".rota").unwrap().contains("Nobody needed"));
        let date = format!("/rota/{first}?date=1");
        let form = rob.get(&date).must_be(200).form("form:has(#needed)").set("needed", "2");
        rob.follow(rob.submit(form).must_be(303)).must_be(200);
        let gap = rob.get(WEEK);
        assert!(gap.text("#gaps").unwrap().contains("1 of 2 sessions still needs somebody"), "{:?}", gap.text("#gaps"));
        assert!(gap.text(".rota .state").unwrap().contains("Gap: 2"), "{:?}", gap.text(".rota"));
        let put = |reference: &Reference, who: &str| {
            let form = rob.get(&format!("/rota/{reference}?date=1")).must_be(200).form("form:has(#person)");
            rob.submit(form.set("person", who))
        };
        let done = rob.follow(put(&first, "vera@alcove.test").must_be(303)).must_be(200);
        assert!(done.text("section ul").unwrap().contains("Vera Volunteer"));
        // She is elsewhere then, and the page says so before and after.
        let before = rob.get(&format!("/rota/{second}?date=1")).text("#person").unwrap();
        assert!(before.contains("Vera Volunteer on another duty then"), "{before}");
        let refused = put(&second, "vera@alcove.test").must_be(422);
        assert!(refused.title().starts_with("Error:"));
        let words = refused.text(".error-summary").unwrap();
        assert!(words.contains("Vera Volunteer is on another duty then"), "{words}");
        assert!(server.mails_to("vera@alcove.test").iter().all(|mail| mail.calendar.is_some()));
        put(&first, "victor@alcove.test").must_be(303);
        let full = rob.get(WEEK).must_be(200);
        assert!(!full.has("#gaps"));
        assert!(full.text(".rota").unwrap().contains("Vera Volunteer, Victor Volunteer"));
        assert!(full.all_text("table").join(" ").contains("Hours"));
        let off = rob.get(&date).form("form:has([name=duty])");
        rob.follow(rob.submit(off).must_be(303)).must_be(200);
        assert!(rob.get(&date).text("main").unwrap().contains("Vera Volunteer: taken off"));
        // Others find no rota: its volunteers, another organisation's coordinators, and the site's staff.
        for person in [server.person("vera@alcove.test"), server.world.wren_booker, server.world.manager] {
            server.signed_in(person).get(WEEK).must_be(404);
            server.signed_in(person).get(&date).must_be(404);
        }
        rob.get("/rota?week=9999-99-99").must_be(404);
        rob.get("/rota?organisation=wren-support").must_be(404);
        assert!(server.queries(|| drop(rob.get(WEEK))) <= 8);
        assert!(server.queries(|| drop(rob.get(&date))) <= 8 + 2);
    }
}

#[test]
fn the_week_before_is_copied_and_the_rest_is_listed() {
    for server in servers() {
        volunteer(&server, "Vera Volunteer", "vera@alcove.test");
        let last = ["2026-11-24", "2026-11-26"].map(|date| book(&server, "cedar", date));
        book(&server, "cedar", "2026-12-01");
        let rob = server.signed_in(server.world.robin_booker);
        for reference in last {
            let form = rob
                .get(&format!("/rota/{reference}?date=1"))
                .must_be(200)
                .form("form:has(#person)")
                .set("person", "vera@alcove.test");
            rob.submit(form).must_be(303);
        }
        let next = rob.get("/rota?organisation=robin-trust&week=2026-11-30").must_be(200);
        let copied = rob.submit(next.form("form[action='/rota/copy']")).must_be(200);
        let words = copied.text(".notice").unwrap();
        assert!(words.contains("1 duty copied"), "{words}");
        assert!(words.contains("Thursday 3 December") && words.contains("no session like it"), "{words}");
        assert!(copied.text(".rota").unwrap().contains("Vera Volunteer"));
    }
}

#[test]
fn people_say_when_they_can_and_the_coordinator_sees_whether_it_fits() {
    for server in servers() {
        let vera = volunteer(&server, "Vera Volunteer", "vera@alcove.test");
        let tuesday = book(&server, "cedar", "2026-11-24");
        let browser = server.signed_in(vera);
        let page = browser.get("/account/availability").must_be(200);
        let form = page.form("form:has([name=time])").add("time", "1-morning");
        browser.follow(browser.submit(form).must_be(303)).must_be(200);
        let rob = server.signed_in(server.world.robin_booker);
        let who = || rob.get(&format!("/rota/{tuesday}?date=1")).must_be(200).text("#person").unwrap();
        assert!(
            who().contains("Vera Volunteer can then") && who().contains("Rob Robin has not said when"),
            "{}",
            who()
        );
        let page = browser.get("/account/availability");
        let form = page.form("form:has(#first)").set("first", "2026-11-24").set("last", "2026-11-20");
        let wrong = browser.submit(form).must_be(422);
        assert!(wrong.text(".error-summary").unwrap().contains("before the first"));
        assert_eq!(wrong.form("form:has(#first)").value("first"), Some("2026-11-24"));
        let form = wrong.form("form:has(#first)").set("last", "");
        let page = browser.follow(browser.submit(form).must_be(303)).must_be(200);
        assert!(page.text("main").unwrap().contains("Tuesday 24 November 2026"));
        assert!(who().contains("Vera Volunteer away that day"), "{}", who());
        browser.submit(page.form("li form")).must_be(303);
        assert!(who().contains("Vera Volunteer can then"));
        browser.post("/account/availability", &[("act", "times"), ("time", "9-noon")]).must_be(403);
    }
}

#[test]
fn whoever_could_come_is_asked_once_a_day_and_takes_it_from_the_mail() {
    for server in servers() {
        volunteer(&server, "Vera Volunteer", "vera@alcove.test");
        volunteer(&server, "Victor Volunteer", "victor@alcove.test");
        let away = volunteer(&server, "Wanda Volunteer", "wanda@alcove.test");
        let day = "2026-12-15".parse().unwrap();
        server.db.write_now(|conn| alcove::store::availability::add_away(conn, away, (day, day))).unwrap();
        let first = book(&server, "cedar", "2026-12-15");
        let rob = server.signed_in(server.world.robin_booker);
        let page = || rob.get(&format!("/rota/{first}?date=1")).must_be(200);
        assert!(!page().has("form:has([value=ask])"), "nobody is missing yet");
        rob.submit(page().form("form:has(#needed)").set("needed", "2")).must_be(303);
        let put = page().form("form:has(#person)").set("person", "victor@alcove.test");
        rob.submit(put).must_be(303);
        let ask = || page().form("form:has([value=ask])");
        rob.follow(rob.submit(ask()).must_be(303)).must_be(200);
        let asked = |who: &str| -> Vec<String> {
            let mails = server.mails_to(who);
            mails.into_iter().filter(|mail| mail.subject.starts_with("Can you help")).map(|mail| mail.text).collect()
        };
        assert_eq!((asked("vera@alcove.test").len(), asked("rob@alcove.test").len()), (1, 1));
        assert!(asked("victor@alcove.test").is_empty() && asked("wanda@alcove.test").is_empty());
        let again = rob.submit(ask()).must_be(409);
        assert!(again.text("[role=alert]").unwrap().contains("asked today"));
        server.clock.set(now().plus_days(1));
        rob.submit(ask()).must_be(303);
        assert_eq!(asked("vera@alcove.test").len(), 2);
        // The link of the mail opens the date, which is weeks away, and one press takes it.
        let link = format!("/today/help/{first}?date=1");
        assert!(asked("vera@alcove.test").iter().all(|text| text.contains(&link)));
        let vera = server.signed_in(server.person("vera@alcove.test"));
        let help = vera.get(&link).must_be(200);
        assert!(help.text("main").unwrap().contains("Tuesday 15 December 2026"), "{:?}", help.text("main"));
        vera.submit(help.form("main form")).must_be(303);
        assert!(vera.get(&link).text(".lead").unwrap().contains("You are on it already"));
        let late = server.signed_in(server.person("wanda@alcove.test")).get(&link).must_be(200);
        assert!(late.text(".lead").unwrap().contains("Somebody has taken it") && !late.has("main form"));
        assert!(!page().has("form:has([value=ask])"));
        rob.submit(ask_with(&rob, &first)).must_be(409);
        server.signed_in(server.world.wren_booker).get(&link).must_be(404);
        vera.get(&format!("/today/help/{first}?date=9")).must_be(404);
    }
}

/// What the button to ask sends, also where it is not shown.
fn ask_with(browser: &crate::support::browser::Browser, booking: &Reference) -> crate::support::browser::Form {
    let form = browser.get(&format!("/rota/{booking}?date=1")).must_be(200).form("form:has(#needed)");
    form.set("act", "ask").unset("needed")
}

#[test]
fn volunteers_see_all_sessions_where_their_coordinator_says_so() {
    for server in servers() {
        let vera = volunteer(&server, "Vera Volunteer", "vera@alcove.test");
        book(&server, "cedar", "2026-11-24");
        let browser = server.signed_in(vera);
        assert!(!browser.get("/today").must_be(200).body.contains("Cedar"));
        let rob = server.signed_in(server.world.robin_booker);
        let see = |what: &str| {
            let form = rob.get(WEEK).must_be(200).form("form:has([name=see])").set("see", what);
            rob.follow(rob.submit(form).must_be(303)).must_be(200)
        };
        assert!(see("all").has("[name=see][value=all][checked]"));
        let page = browser.get("/today").must_be(200);
        let words = page.text("main").unwrap();
        assert!(words.contains("10am to 11am, Cedar"), "{words}");
        // It is a private session, and she is not on it.
        assert!(!words.contains("Counselling") && !page.has("a[href^='/bookings/']"), "{words}");
        assert!(see("own").has("[name=see][value=own][checked]"));
        assert!(!browser.get("/today").must_be(200).body.contains("Cedar"));
    }
}
