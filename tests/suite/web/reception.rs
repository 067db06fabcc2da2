//! Reception as conversations: the day on one sheet, arriving and leaving, the list for an evacuation, keys on loan. Not the rules of who is where.

use crate::support::browser::{Browser, Page};
use crate::support::server::{Server, servers};
use crate::support::world::{at, circumstances, mailer, now, span};
use alcove::allocation::{self, Dated, Draft, RequestAnswer};
use alcove::store::{arrivals, bookings, share};
use diesel::prelude::*;

const DESK: &str = "/sites/hunter-street/reception";
const LIST: &str = "/sites/hunter-street/evacuation";
const KEYS: &str = "/sites/hunter-street/keys";

fn book(server: &Server, facility: &str, from: &str, to: &str, purpose: &str) -> String {
    let draft = server.world.trusted_draft(facility, span("2026-11-24", from, to));
    let draft = Draft { purpose: purpose.to_owned(), nonce: format!("{purpose} {from}"), ..draft };
    let mailer = mailer();
    let answer = server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap();
    match answer {
        RequestAnswer::Done { reference, confirmed: true } => reference.to_string(),
        other => panic!("{other:?}"),
    }
}

fn share_with_wren(server: &Server, reference: &str) {
    let reference = alcove::domain::ids::Reference::parse(reference).unwrap();
    let set = |conn: &mut alcove::store::Conn| {
        let id = bookings::by_reference(conn, &reference)?.unwrap().id;
        share::set(conn, id, Some(server.world.wren))
    };
    server.db.write_now(set).unwrap();
}

/// The row of a purpose.
fn row(page: &Page, purpose: &str) -> String {
    page.all_text("table tbody tr").into_iter().find(|row| row.contains(purpose)).unwrap_or_default()
}

/// Sends the form in the row of a purpose with an act.
fn act(browser: &Browser, place: usize, act: &str, people: Option<&str>) -> Page {
    let page = browser.get(DESK).must_be(200);
    let mut form = page.form(&format!("#session-{place} form")).set("act", act);
    if let Some(people) = people {
        form = form.set("people", people);
    }
    browser.submit(form)
}

#[test]
fn who_comes_is_on_the_list_until_they_leave_with_the_second_organisation() {
    for server in servers() {
        let joint = book(&server, "cedar", "10:00", "11:00", "Joint clinic");
        book(&server, "half-hall", "10:00", "12:00", "Choir");
        share_with_wren(&server, &joint);
        server.clock.set(at("2026-11-24 10:05"));
        let desk = server.signed_in(server.world.manager);
        let page = desk.get(DESK).must_be(200);
        assert!(page.text(".lead").unwrap().starts_with("Nobody is noted as being in the building. Up to "));
        for words in
            ["10am to 11am", "Third floor", "Robin Trust with Wren Support", "Not noted yet", "rob@alcove.test"]
        {
            assert!(row(&page, "Joint clinic").contains(words), "{words}: {}", row(&page, "Joint clinic"));
        }
        // Whoever is booked now may be there; nobody has noted it.
        let list = desk.get(LIST).must_be(200);
        assert!(list.text("main").unwrap().contains("May be in the building"));
        desk.follow(act(&desk, 0, "arrived", Some("5")).must_be(303)).must_be(200);
        let list = desk.get(LIST).must_be(200);
        let known = list.all_text("section").remove(0);
        assert!(known.starts_with("In the building") && known.contains("5 people"), "{known}");
        assert!(known.contains("Robin Trust with Wren Support") && known.contains("Since 10:05am"), "{known}");
        assert!(list.text(".lead").unwrap().contains("5 people are in the building."));
        // A second click corrects nothing else and adds nobody.
        let noted =
            server.db.read_now(|conn| arrivals::within(conn, server.world.site, span("2026-11-24", "10:00", "11:00")));
        assert_eq!(noted.unwrap().len(), 1);
        server.clock.set(at("2026-11-24 11:20"));
        assert!(row(&desk.get(DESK), "Joint clinic").contains("Should have left"));
        act(&desk, 0, "left", None).must_be(303);
        assert!(row(&desk.get(DESK), "Joint clinic").contains("10:05am to 11:20am, 5 people"));
        assert!(
            !desk.get(LIST).text("main").unwrap().contains("Joint") && !desk.get(LIST).body.contains("Wren Support")
        );
        // The way back, twice: still here, and not here after all.
        act(&desk, 0, "back", None).must_be(303);
        assert!(desk.get(LIST).body.contains("Wren Support"));
        act(&desk, 0, "back", None).must_be(303);
        assert!(row(&desk.get(DESK), "Joint clinic").contains("Over, nothing noted"));
    }
}

#[test]
fn what_cannot_be_noted_says_so_and_writes_nothing() {
    for server in servers() {
        let reference = book(&server, "cedar", "10:00", "11:00", "Clinic");
        server.clock.set(at("2026-11-24 09:50"));
        let desk = server.signed_in(server.world.manager);
        act(&desk, 0, "arrived", Some("none")).must_be(422);
        let page = act(&desk, 0, "arrived", Some("0")).must_be(422);
        assert!(page.title().starts_with("Error:"));
        // Leaving before arriving, and a form of a booking that has been cancelled meanwhile.
        let form = desk.get(DESK).must_be(200).form("#session-0 form").set("act", "left");
        desk.submit(form.clone()).must_be(409);
        let other = form.clone().set("reference", "7K2M94QT").set("act", "arrived");
        desk.submit(other).must_be(409);
        desk.submit(form.clone().set("date", "99").set("act", "arrived")).must_be(409);
        desk.submit(form.clone().set("act", "dance")).must_be(400);
        let count = |server: &Server| {
            use alcove::store::schema_reception::arrival::dsl::arrival;
            server.db.read_now(|conn| Ok(arrival.count().get_result::<i64>(conn)?)).unwrap()
        };
        assert_eq!(count(&server), 0);
        // On another day nothing can be noted.
        server.clock.set(at("2026-11-22 09:00"));
        let page = desk.get(&format!("{DESK}?date=2026-11-24")).must_be(200);
        assert!(row(&page, "Clinic").contains("Expected") && !page.has("#session-0 form"));
        desk.submit(form.set("act", "arrived")).must_be(409);
        assert_eq!(count(&server), 0);
        // It is for the site's staff, and for nobody else.
        for path in [DESK, LIST, KEYS] {
            server.signed_in(server.world.robin_booker).get(path).must_be(404);
            server.visitor().get(path).must_be(303);
            let queries = server.queries(|| {
                desk.get(path).must_be(200);
            });
            assert!(queries <= 8, "{path} took {queries}");
        }
        assert!(!reference.is_empty());
    }
}

#[test]
fn two_rooms_on_one_date_are_one_party_and_the_keepers_are_named() {
    for server in servers() {
        let draft = server.world.trusted_draft("cedar", span("2026-11-24", "09:00", "10:00"));
        book(&server, "half-hall", "17:00", "19:00", "Choir");
        let early = Draft { dates: vec![Dated::at(span("2026-11-24", "09:00", "10:00"))], ..draft };
        let mailer = mailer();
        server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &early)).unwrap();
        let desk = server.signed_in(server.world.manager);
        let page = desk.get(&format!("{DESK}?date=2026-11-24")).must_be(200);
        let keepers = page.text("dl").unwrap();
        assert!(
            keepers.contains("9am, Robin Trust, Cedar") && keepers.contains("7pm, Robin Trust, Half hall"),
            "{keepers}"
        );
        assert!(!desk.get(&format!("{DESK}?date=2026-11-28")).must_be(200).has("dl"));
        desk.get(&format!("{DESK}?date=never")).must_be(400);
    }
}

#[test]
fn people_without_a_booking_are_noted_too_and_forgotten_after_a_time() {
    for server in servers() {
        server.clock.set(at("2026-11-24 09:50"));
        let desk = server.signed_in(server.world.manager);
        let form = desk.get(DESK).must_be(200).form("#other").set("act", "arrived");
        let page = desk.submit(form.clone().set("who", "").set("people", "2")).must_be(422);
        assert!(page.text(".error-summary").unwrap().contains("Enter who it is"));
        let form = form.set("who", "Lift engineer").set("people", "1").set("alone", "yes");
        let page = desk.follow(desk.submit(form).must_be(303)).must_be(200);
        assert!(page.text("main").unwrap().contains("Lift engineer"));
        let list = desk.get(LIST).must_be(200);
        assert!(
            list.text("main ul").unwrap().contains("Lift engineer, 1 person (on their own)"),
            "{:?}",
            list.text("main ul")
        );
        let left = desk.get(DESK).form("li form").set("act", "left");
        desk.submit(left.clone()).must_be(303);
        desk.submit(left).must_be(409);
        assert!(!desk.get(LIST).body.contains("Lift engineer"));
        let forgotten = server.db.write_now(|conn| arrivals::forget_names(conn, at("2026-12-24 10:00"))).unwrap();
        assert_eq!(forgotten, 1);
        assert!(!desk.get(DESK).text("main li.row").unwrap().contains("Lift engineer"));
    }
}

#[test]
fn a_key_is_lent_once_and_comes_back() {
    for server in servers() {
        let desk = server.signed_in(server.world.manager);
        let lend = |item: &str, who: &str| {
            let form = desk.get(KEYS).must_be(200).form("#lend").set("item", item).set("borrower", who);
            desk.submit(form.set("reach", "020 7946 0123"))
        };
        lend("", "").must_be(422);
        lend("Fob 14", "Jo Marsh").must_be(303);
        let page = lend("fob 14", "Somebody else").must_be(422);
        assert!(page.text(".error-summary").unwrap().contains("out already"));
        assert!(desk.get(DESK).text("main").unwrap().contains("1 key is out."));
        let list = desk.get(KEYS).must_be(200);
        assert!(
            list.text("main li.row").unwrap().contains("Fob 14, Jo Marsh, 020 7946 0123"),
            "{:?}",
            list.text("main ul")
        );
        let back = list.form("main li.row form");
        desk.follow(desk.submit(back.clone()).must_be(303)).must_be(200);
        desk.submit(back).must_be(409);
        assert!(desk.get(DESK).text("main").unwrap().contains("No key is out."));
        // The way back.
        desk.submit(desk.get(KEYS).form("main li.row form")).must_be(303);
        assert!(desk.get(KEYS).text("main section").unwrap().contains("Fob 14"));
    }
}
