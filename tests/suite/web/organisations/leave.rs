//! Leaving an organisation: what somebody looks after goes to another member, and it is shown before.

use super::administrator;
use crate::support::browser::{Browser, Page};
use crate::support::server::{Server, servers};
use crate::support::world::{add_person, circumstances, mailer, now, span};
use alcove::allocation::{self, RequestAnswer};
use alcove::domain::history::EventKind;
use alcove::domain::ids::{PersonId, Reference};
use alcove::domain::policy::MemberRole;
use alcove::store::{bookings, events, organisations};

const LEAVE: &str = "/organisations/robin-trust/leave";
const PEOPLE: &str = "/organisations/robin-trust/people";

fn join(server: &Server, name: &str, email: &str, role: MemberRole) -> PersonId {
    let joined = server.db.write_now(|conn| {
        let person = add_person(conn, name, email, None);
        organisations::set_member(conn, server.world.robin, person, role, now())?;
        Ok(person)
    });
    joined.unwrap()
}

/// A booking of Rob's at ten on a day.
fn book(server: &Server, date: &str) -> Reference {
    let mailer = mailer();
    let draft = server.world.trusted_draft("hall", span(date, "10:00", "11:00"));
    let answer = server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft));
    match answer.unwrap() {
        RequestAnswer::Done { reference, .. } => reference,
        other => panic!("{other:?}"),
    }
}

fn booked_by(server: &Server, reference: &Reference) -> Option<PersonId> {
    let booking = server.db.read_now(|conn| bookings::by_reference(conn, reference)).unwrap().unwrap();
    booking.booked_by.map(|one| one.id)
}

fn roles(server: &Server) -> Vec<(String, MemberRole)> {
    let members = server.db.read_now(|conn| organisations::members(conn, server.world.robin)).unwrap();
    members.into_iter().map(|one| (one.email.to_string(), one.role)).collect()
}

fn send(browser: &Browser, what: &str, fields: &[(&str, &str)]) -> Page {
    let csrf = browser.get(PEOPLE).must_be(200).attr("input[name=csrf]", "value").unwrap();
    browser.post(&format!("{PEOPLE}/{what}"), &[&[("csrf", csrf.as_str())], fields].concat())
}

#[test]
fn the_only_coordinator_leaves_by_naming_another_who_gets_the_bookings() {
    for server in servers() {
        let reference = book(&server, "2026-11-24");
        let rob = server.signed_in(server.world.robin_booker);
        // With nobody else there is nobody to name.
        let page = rob.submit(rob.get(LEAVE).must_be(200).form("main form")).must_be(422);
        assert!(page.text(".error-summary").unwrap().contains("only member"));
        let bess = join(&server, "Bess Booker", "bess@alcove.test", MemberRole::Booker);
        join(&server, "Vic Volunteer", "vic@alcove.test", MemberRole::Volunteer);
        let page = rob.get(LEAVE).must_be(200);
        let said = page.text("main").unwrap();
        assert!(said.contains(&reference.to_string()) && said.contains("the next on Tuesday 24 November 2026"));
        assert!(said.contains("You are the only coordinator"), "{said}");
        assert_eq!(booked_by(&server, &reference), Some(server.world.robin_booker), "nothing has happened yet");
        let form = page.form("main form");
        assert_eq!(form.value("heir"), Some("bess@alcove.test"), "whoever books already comes first");
        let stranger = form.clone().set("heir", "vic@alcove.test");
        assert_eq!(stranger.value("heir"), Some("vic@alcove.test"));
        rob.submit(form).must_be(303);
        assert_eq!(booked_by(&server, &reference), Some(bess));
        assert_eq!(
            roles(&server),
            [
                ("bess@alcove.test".to_owned(), MemberRole::Coordinator),
                ("vic@alcove.test".to_owned(), MemberRole::Volunteer)
            ]
        );
        let mails = server.mails_to("bess@alcove.test");
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].subject, "1 booking is for you to look after");
        assert!(mails[0].text.contains(&reference.to_string()), "{}", mails[0].text);
        rob.get(&format!("/bookings/{reference}")).must_be(404);
        server.signed_in(bess).get(&format!("/bookings/{reference}")).must_be(200);
        let id = server.db.read_now(|conn| bookings::by_reference(conn, &reference)).unwrap().unwrap().id;
        let lines = server.db.read_now(|conn| events::of_booking(conn, id)).unwrap();
        assert!(lines.iter().any(|line| line.kind == EventKind::HandedOver));
    }
}

#[test]
fn removing_somebody_who_looks_after_bookings_is_shown_first() {
    for server in servers() {
        let reference = book(&server, "2026-11-24");
        let cora = join(&server, "Cora Second", "cora@alcove.test", MemberRole::Coordinator);
        let bess = join(&server, "Bess Booker", "bess@alcove.test", MemberRole::Booker);
        let browser = server.signed_in(cora);
        for (what, role) in [("remove", ""), ("role", "volunteer")] {
            let fields = [("person", "rob@alcove.test"), ("role", role)];
            let fields = if role.is_empty() { &fields[..1] } else { &fields[..] };
            let page = send(&browser, what, fields).must_be(200);
            assert!(page.text("main").unwrap().contains(&reference.to_string()));
            assert_eq!(booked_by(&server, &reference), Some(server.world.robin_booker));
        }
        // Somebody who still books keeps what they have.
        send(&browser, "role", &[("person", "rob@alcove.test"), ("role", "booker")]).must_be(303);
        assert_eq!(booked_by(&server, &reference), Some(server.world.robin_booker));
        let page = send(&browser, "remove", &[("person", "rob@alcove.test")]).must_be(200);
        let form = page.form("main form");
        let csrf = form.value("csrf").unwrap().to_owned();
        let nobody =
            [("csrf", csrf.as_str()), ("person", "rob@alcove.test"), ("sure", "yes"), ("heir", "x@alcove.test")];
        browser.post(&format!("{PEOPLE}/remove"), &nobody).must_be(422);
        browser.submit(form.set("heir", "bess@alcove.test")).must_be(303);
        assert_eq!(booked_by(&server, &reference), Some(bess));
        assert!(roles(&server).iter().all(|(email, _)| email != "rob@alcove.test"));
    }
}

#[test]
fn whoever_has_nothing_in_hand_leaves_with_one_click() {
    for server in servers() {
        let vic = join(&server, "Vic Volunteer", "vic@alcove.test", MemberRole::Volunteer);
        let browser = server.signed_in(vic);
        let page = browser.get("/account").must_be(200);
        assert!(page.has(&format!("a[href='{LEAVE}']")));
        let page = browser.get(LEAVE).must_be(200);
        assert!(!page.has("select"), "a volunteer sees no names of others");
        browser.submit(page.form("main form")).must_be(303);
        browser.get(LEAVE).must_be(404);
        administrator(&server).get(LEAVE).must_be(404);
    }
}

#[test]
fn invitations_are_slowed_down_with_a_time() {
    for server in servers() {
        let browser = server.signed_in(server.world.robin_booker);
        for role in ["volunteer", "booker", "volunteer", "booker", "volunteer"] {
            super::invite(&browser, "ivy@alcove.test", role).must_be(303);
        }
        let page = super::invite(&browser, "ivy@alcove.test", "booker").must_be(429);
        assert_eq!(page.header("retry-after"), Some("3600"));
        assert!(page.title().starts_with("Error: "));
        server.clock.set(server.clock.now().plus_minutes(60));
        let again = browser.get(PEOPLE).form("form:has(input[name=email][value='ivy@alcove.test'])");
        browser.submit(again).must_be(303);
        assert_eq!(server.mails_to("ivy@alcove.test").len(), 6);
        let link = server.mailed_link("ivy@alcove.test");
        server.clock.set(server.clock.now().plus_days(7));
        server.visitor().get(&link).must_be(410);
    }
}
