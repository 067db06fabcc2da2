//! Each kind of space from finding it to the end of the session, its special rule refused and satisfied. Counselling rooms and
//! allotments have theirs in `counselling` and `plots`; what else is special of a kind stands in a file of its own.

use crate::store::slots::add_bank;
use crate::support::browser::{Browser, Form, Page};
use crate::support::server::{Server, servers};
use crate::support::world::{add_facility, at};
use alcove::domain::kinds::Kind;
use alcove::domain::named::usual;
use alcove::domain::places::UnitChoice;
use alcove::domain::rules::{Approval, Rules};
use alcove::store::named;

const DAY: &str = "2026-11-24";

/// A space of a kind with its usual rules, had without a decision.
fn add(server: &Server, name: &str, kind: Kind) {
    let site = server.world.site;
    let rules = Rules { approval: Approval::NotNeeded, notice_minutes: 0, ..kind.entry().default_rules() };
    let add = |conn: &mut _| {
        add_facility(conn, site, name, kind, &[name], UnitChoice::Whole, &rules);
        Ok(())
    };
    server.db.write_now(add).unwrap();
}

/// Looks for a space and opens the form that its result leads to, in at most eight queries.
fn found((server, browser): (&Server, &Browser), wish: &str, space: &str) -> Form {
    let results = browser.get(&format!("/find?{wish}&date={DAY}")).must_be(200);
    let link = results.attr(&format!("a.button[href*='/{space}/book']"), "href").unwrap();
    let mut page = None;
    let queries = server.queries(|| page = Some(browser.get(&link).must_be(200)));
    assert!(queries <= 8, "{queries} queries for {link}");
    page.unwrap().form("form[method=post]").set("people", "2").set("step", "check")
}

/// Sends a form that was found to be right, and gives the path of the booking.
fn send(browser: &Browser, check: &Page) -> String {
    let done = browser.submit(check.form("main form[method=post]").set("step", "yes")).must_be(303);
    done.location().unwrap().split('?').next().unwrap().to_owned()
}

/// The session is over: its people say how it went, and the booking says so.
fn ended(server: &Server, browser: &Browser, booking: &str, when: &str) {
    server.clock.set(at(when));
    let page = browser.get(booking).must_be(200);
    assert!(page.text("main").unwrap().contains("Confirmed"), "{}", page.text("main").unwrap());
    let form = browser.get(&format!("{booking}/attendance?date=1")).must_be(200).form("#attendance");
    let form = form.set("outcome", "came").set("people", "5").set("gp", "3").set("found", "yes");
    browser.submit(form).must_be(303);
    let figures = browser.get("/organisations/robin-trust/attendance?month=2026-11").must_be(200);
    assert!(figures.text("table").unwrap().contains('5'), "{}", figures.text("table").unwrap());
}

#[test]
fn a_consulting_room_is_had_by_the_session() {
    for server in servers() {
        add(&server, "Oak", Kind::Consulting);
        server.db.write_now(|conn| named::set(conn, server.world.site, &usual())).unwrap();
        let robin = server.signed_in(server.world.robin_booker);
        let form = found((&server, &robin), "kind=consulting&from=14:00&to=15:00", "oak").set("purpose", "Clinic");
        let (noon, two) = (at("2026-11-24 12:00").seconds(), at("2026-11-24 14:00").seconds());
        let odd = robin.submit(form.clone().set("named", &format!("{noon}-{two}"))).must_be(422);
        let said = odd.text(".error-summary").unwrap();
        assert!(said.contains("Morning") && said.contains("Afternoon"), "{said}");
        let check = robin.submit(form.choose("named", "Afternoon, 1pm to 5pm")).must_be(200);
        let booking = send(&robin, &check);
        ended(&server, &robin, &booking, "2026-11-24 17:05");
    }
}

#[test]
fn a_kitchen_is_had_for_two_hours_at_least_and_left_with_its_list_ticked() {
    for server in servers() {
        let robin = server.signed_in(server.world.robin_booker);
        let form = found((&server, &robin), "kind=kitchen&from=10:00&to=12:00", "kitchen").set("purpose", "Lunch club");
        let at_ten = at("2026-11-24 10:00");
        let minutes = |minutes: i64| at_ten.plus_minutes(minutes).seconds().to_string();
        let short = robin.submit(form.clone().set("from", &minutes(0)).set("to", &minutes(30))).must_be(422);
        assert!(short.text(".error-summary").unwrap().contains("hour"), "{}", short.text(".error-summary").unwrap());
        let check = robin.submit(form.set("from", &minutes(0)).set("to", &minutes(120))).must_be(200);
        let booking = send(&robin, &check);
        server.clock.set(at("2026-11-24 11:50"));
        let list = robin.get(&format!("{booking}/checklist?date=1")).must_be(200).form("main form");
        let ticked = (0..6).fold(list, |form, line| form.add("line", &line.to_string()));
        robin.submit(ticked).must_be(303);
        let jobs = server.signed_in(server.world.manager).get(&format!("/manage/sites/hunter-street/jobs?date={DAY}"));
        assert!(jobs.must_be(200).text("tbody").unwrap().contains("Left as found"));
        ended(&server, &robin, &booking, "2026-11-24 12:05");
    }
}

#[test]
fn a_sensory_room_is_had_once_somebody_has_been_shown_it() {
    for server in servers() {
        add(&server, "Sensory room", Kind::Sensory);
        let robin = server.signed_in(server.world.robin_booker);
        let form =
            found((&server, &robin), "kind=sensory&from=10:00&to=10:45", "sensory-room").set("purpose", "Quiet hour");
        let form = form.choose("from", "10am").choose("to", "10:45am");
        let page = robin.submit(form.clone()).must_be(422);
        assert!(page.has(".error-summary a[href='#risk_date']"));
        let check = robin.submit(form.set("risk_date", "2026-11-02")).must_be(200);
        assert!(check.text("main").unwrap().contains("needs an induction before the first use"));
        let booking = send(&robin, &check);
        let manager = server.signed_in(server.world.manager);
        let request = manager.get(&booking.replace("/bookings/", "/requests/")).must_be(200);
        manager.submit(request.form("form[action$=induction]").set("valid_until", "2027-11-24")).must_be(303);
        server.clock.set(at("2026-11-24 10:50"));
        let ready = robin.get(&format!("{booking}/checklist?date=1")).must_be(200).form("main form");
        robin.submit(ready.add("ready", "yes")).must_be(303);
        ended(&server, &robin, &booking, "2026-11-24 11:00");
    }
}

#[test]
fn a_garden_is_had_while_it_is_light() {
    for server in servers() {
        add(&server, "Garden", Kind::Outdoor);
        let robin = server.signed_in(server.world.robin_booker);
        let form =
            found((&server, &robin), "kind=outdoor&from=14:00&to=15:00", "garden").set("purpose", "Walking group");
        let at = |hour: i64| (at("2026-11-24 00:00").seconds() + hour * 3_600).to_string();
        let dark = robin.submit(form.clone().set("from", &at(16)).set("to", &at(17))).must_be(422);
        assert!(
            dark.text(".error-summary").unwrap().contains("open by daylight only"),
            "{}",
            dark.text(".error-summary").unwrap()
        );
        let check = robin.submit(form.set("from", &at(14)).set("to", &at(15))).must_be(200);
        let booking = send(&robin, &check);
        ended(&server, &robin, &booking, "2026-11-24 15:05");
    }
}

#[test]
fn a_group_room_is_had_for_as_many_as_it_holds() {
    for server in servers() {
        let robin = server.signed_in(server.world.robin_booker);
        let form = found((&server, &robin), "kind=group&from=10:00&to=12:00", "hall").set("purpose", "Craft group");
        let form = form.choose("from", "10am").choose("to", "12 noon");
        let full = robin.submit(form.clone().set("people", "5000")).must_be(422);
        assert!(full.has(".error-summary a[href='#people']"), "{}", full.text(".error-summary").unwrap());
        let booking = send(&robin, &robin.submit(form).must_be(200));
        ended(&server, &robin, &booking, "2026-11-24 12:05");
    }
}

#[test]
fn a_bundle_is_collected_by_its_reference_and_by_no_name() {
    for server in servers() {
        server.db.write_now(|conn| Ok(add_bank(conn, &server.world))).unwrap();
        let wren = server.signed_in(server.world.wren_booker);
        let results = wren.get(&format!("/find?kind=babybank&date={DAY}")).must_be(200);
        let bank = results.attr("main a[href*='/bank']", "href").unwrap();
        let collect = wren.follow(wren.get(&bank).must_be(303)).must_be(200);
        let form = collect.form("#collect").set("size", "two");
        let form = form.set("slot", &at("2026-11-24 10:00").seconds().to_string());
        let named = wren.submit(form.clone().set("bundle", "Anna Smith")).must_be(422);
        assert!(named.text("#bundle-error").is_some());
        let done = wren.follow(wren.submit(form.set("bundle", "BB-2041")).must_be(303)).must_be(200);
        let here = done.path.split('?').next().unwrap().to_owned();
        let manager = server.signed_in(server.world.manager);
        assert!(manager.get("/sites/hunter-street/bank/collections").must_be(200).body.contains("BB-2041"));
        server.clock.set(at("2026-11-24 10:20"));
        let over = wren.get(&here).must_be(200);
        assert!(!over.has("#change") && !over.has("#cancel"), "what is over is not changed");
    }
}
