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
        assert!(gap.text("#gaps").unwrap().contains("1 of 2 sessions still need somebody"), "{:?}", gap.text("#gaps"));
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
