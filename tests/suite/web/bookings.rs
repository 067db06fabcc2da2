//! Asking for a place: the form, check answers, double sending, refusals, the booking page, cancelling and undoing.

use crate::support::browser::{Browser, Page};
use crate::support::server::{Server, servers};
use crate::support::world::{add_facility, at, slug};
use alcove::domain::kinds::Kind;
use alcove::domain::places::UnitChoice;
use alcove::domain::rules::Rules;
use alcove::store::facilities::{self, FacilityFacts};

/// Fills the form for Cedar on the day that most tests book, and goes on to the check page.
fn fill(browser: &Browser, from: &str, to: &str) -> Page {
    let page = browser.get("/sites/hunter-street/cedar/book?date=2026-11-24").must_be(200);
    let form = page
        .form("form[method=post]")
        .choose("from", from)
        .choose("to", to)
        .set("purpose", "Support group")
        .set("people", "2");
    browser.submit(form.set("step", "check"))
}

fn book(server: &Server, from: &str, to: &str) -> String {
    let browser = server.signed_in(server.world.robin_booker);
    let check = fill(&browser, from, to).must_be(200);
    let done = browser.submit(check.form("form[method=post]").set("step", "yes")).must_be(303);
    done.location().unwrap().split('?').next().unwrap().to_owned()
}

#[test]
fn a_visitor_is_led_to_sign_in_and_back() {
    for server in servers() {
        let page = server.visitor().get("/sites/hunter-street/cedar/book?date=2026-11-24").must_be(303);
        assert_eq!(page.location(), Some("/sign-in?next=%2Fsites%2Fhunter-street%2Fcedar%2Fbook%3Fdate%3D2026-11-24"));
    }
}

#[test]
fn reception_has_no_bookings_of_its_own_and_is_led_to_the_schedule() {
    for server in servers() {
        let browser = server.signed_in(server.person("reception@alcove.test"));
        let list = browser.get("/bookings").must_be(200);
        assert!(
            list.has("main a[href='/sites/hunter-street/schedule']") && !list.has("a[href='/organisations/apply']")
        );
    }
}

#[test]
fn a_link_to_a_time_that_is_too_late_to_ask_for_says_that_the_day_is_over() {
    for server in servers() {
        server.clock.set(at("2026-11-24 20:30"));
        let browser = server.signed_in(server.world.robin_booker);
        let page = browser.get("/sites/hunter-street/cedar/book?date=2026-11-24&from=20:00").must_be(200);
        assert!(page.text("main").unwrap().contains("Cedar has no time left to book on this date"));
    }
}

#[test]
fn a_trusted_booker_books_and_sees_it() {
    for server in servers() {
        let path = book(&server, "10am", "11am");
        let browser = server.signed_in(server.world.robin_booker);
        let page = browser.get(&path).must_be(200);
        assert!(page.h1().starts_with("Support group"), "{}", page.h1());
        assert!(page.text("h1 small").unwrap().contains("Tuesday 24 November 2026, 10am to 11am"));
        assert_eq!(page.all_text(".timeline .state"), ["Confirmed straight away"]);
        let list = browser.get("/bookings").must_be(200);
        assert!(list.all_text("main li").iter().any(|line| line.contains("10am to 11am Support group")));
        let file = browser.get(&format!("{path}.ics")).must_be(200);
        assert!(file.body.contains("DTSTART:20261124T100000Z"), "{}", file.body);
    }
}

#[test]
fn the_check_page_says_what_happens_next_and_leads_back_with_everything_kept() {
    for server in servers() {
        let browser = server.signed_in(server.world.wren_booker);
        let check = fill(&browser, "10am", "11am").must_be(200);
        assert!(check.h1().starts_with("Check your booking"));
        assert!(check.text("main").unwrap().contains("Hunter Street Medical Centre decides. They answer by"));
        let back = browser.submit(check.form("form[method=post]").set("step", "change")).must_be(200);
        let form = back.form("form[method=post]");
        assert_eq!(form.value("purpose"), Some("Support group"));
        assert_eq!(form.value("people"), Some("2"));
    }
}

#[test]
fn the_same_form_sent_twice_leads_to_the_same_booking() {
    for server in servers() {
        let browser = server.signed_in(server.world.robin_booker);
        let form = fill(&browser, "10am", "11am").must_be(200).form("form[method=post]").set("step", "yes");
        let first = browser.submit(&form).must_be(303);
        let second = browser.submit(&form).must_be(303);
        let path = |page: &Page| page.location().unwrap().split('?').next().unwrap().to_owned();
        assert_eq!(path(&first), path(&second));
        assert!(second.location().unwrap().ends_with("done=sent-before"));
    }
}

#[test]
fn what_is_wrong_stands_beside_each_field_and_nothing_typed_is_lost() {
    for server in servers() {
        let browser = server.signed_in(server.world.robin_booker);
        let page = browser.get("/sites/hunter-street/cedar/book?date=2026-11-24").must_be(200);
        let form = page
            .form("form[method=post]")
            .set("purpose", "<script>alert(1)</script>")
            .set("people", "99")
            .set("step", "check");
        let page = browser.submit(form.choose("from", "3pm").choose("to", "2pm")).must_be(422);
        assert!(page.title().starts_with("Error: "));
        assert_eq!(page.all_text(".error-summary a"), ["The end must be after the start"]);
        assert!(page.has("#to[aria-invalid=true]"));
        assert_eq!(page.form("form[method=post]").value("purpose"), Some("<script>alert(1)</script>"));
        assert!(!page.body.contains("<script>alert"));
        let form = page.form("form[method=post]").choose("to", "4pm").set("step", "check");
        let page = browser.submit(form).must_be(422);
        assert_eq!(
            page.all_text(".error-summary a"),
            ["Cedar takes 12. Enter 12 people or fewer, or choose a larger space"]
        );
    }
}

#[test]
fn who_comes_second_gets_409_with_what_is_near_and_what_was_typed() {
    for server in servers() {
        let slow = server.signed_in(server.world.wren_booker);
        let check = fill(&slow, "10am", "11am").must_be(200);
        book(&server, "10am", "11am");
        let page = slow.submit(check.form("form[method=post]").set("step", "yes")).must_be(409);
        assert_eq!(page.text("[role=alert] h2").as_deref(), Some("Just taken"));
        assert_eq!(page.form("form[method=post]").value("purpose"), Some("Support group"));
        let nearest = page.all_text("button[name=choose]");
        assert!(nearest.contains(&"9am to 10am".to_owned()), "{nearest:?}");
        assert!(!page.text("main").unwrap().contains("Robin"), "it is not said who won");
        // One press takes the suggestion on to the check page.
        let value = page.attr("button[name=choose]", "value").unwrap();
        let next = slow.submit(page.form("form[method=post]").set("step", "check").add("choose", &value)).must_be(200);
        assert!(next.h1().starts_with("Check your booking"));
    }
}

#[test]
fn cancelling_says_when_it_is_late_and_can_be_undone() {
    for server in servers() {
        let path = book(&server, "10am", "11am");
        let browser = server.signed_in(server.world.robin_booker);
        let page = browser.get(&format!("{path}/cancel")).must_be(200);
        assert!(!page.text("main").unwrap().contains("late cancellation"));
        server.clock.set(at("2026-11-24 08:00"));
        let page = browser.get(&format!("{path}/cancel")).must_be(200);
        assert!(page.text("main").unwrap().contains("late cancellation"));
        let done = browser.submit(page.form("form[method=post]").set("reason", "Nobody can come")).must_be(303);
        let page = browser.follow(done).must_be(200);
        assert_eq!(page.text(".state").as_deref(), Some("Cancelled"));
        assert!(page.text(".timeline").unwrap().contains("Nobody can come"));
        let done = browser.submit(page.form("form[action$=undo]")).must_be(303);
        assert_eq!(browser.follow(done).text(".state").as_deref(), Some("Confirmed"));
    }
}

#[test]
fn a_stale_form_changes_nothing() {
    for server in servers() {
        let path = book(&server, "10am", "11am");
        let browser = server.signed_in(server.world.robin_booker);
        let old = browser.get(&format!("{path}/cancel")).must_be(200).form("form[method=post]");
        browser.submit(&old).must_be(303);
        let again = browser.submit(&old).must_be(409);
        assert!(again.text("[role=alert]").unwrap().contains("changed since you looked"));
    }
}

#[test]
fn other_peoples_bookings_do_not_exist() {
    for server in servers() {
        let path = book(&server, "10am", "11am");
        let other = server.signed_in(server.world.wren_booker);
        for path in [
            path.clone(),
            format!("{path}/cancel"),
            format!("{path}.ics"),
            "/bookings/7K2M-94QT".to_owned(),
            "/bookings/nonsense".to_owned(),
        ] {
            other.get(&path).must_be(404);
        }
        server.visitor().get(&path).must_be(303);
        server.signed_in(server.world.manager).get(&path).must_be(200);
    }
}

#[test]
fn a_kitchen_is_had_by_the_bench() {
    for server in servers() {
        let browser = server.signed_in(server.world.robin_booker);
        let page = browser.get("/sites/hunter-street/kitchen/book?date=2026-11-24").must_be(200);
        let form = page
            .form("form[method=post]")
            .choose("from", "10am")
            .choose("to", "12 noon")
            .set("purpose", "Soup")
            .set("people", "4");
        let check = browser.submit(form.set("count", "3").set("step", "check")).must_be(200);
        assert!(check.text("dl").unwrap().contains("Bench 1, Bench 2 and Bench 3"));
        browser.submit(check.form("form[method=post]").set("step", "yes")).must_be(303);
        let page = browser.get("/sites/hunter-street/kitchen/book?date=2026-11-24").must_be(200);
        let form = page
            .form("form[method=post]")
            .choose("from", "10am")
            .choose("to", "12 noon")
            .set("purpose", "Bread")
            .set("people", "4");
        let named = browser.submit(form.add("unit", "0").set("step", "check")).must_be(422);
        assert!(named.text(".error-summary").unwrap().contains("not free then"));
    }
}

/// The fields of a booking that would be sent, for any place.
fn whole_form(browser: &Browser) -> Vec<(String, String)> {
    fill(browser, "10am", "11am").must_be(200).form("form[method=post]").set("step", "yes").fields
}

fn send(browser: &Browser, path: &str, fields: &[(String, String)]) -> Page {
    browser.post(path, &fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>())
}

#[test]
fn what_is_not_booked_by_the_hour_has_no_form_and_takes_none() {
    for server in servers() {
        let (site, rules) = (server.world.site, Rules::ordinary());
        let add = |conn: &mut _| Ok(add_facility(conn, site, "Cafe", Kind::Cafe, &["Cafe"], UnitChoice::Whole, &rules));
        server.db.write_now(add).unwrap();
        let browser = server.signed_in(server.world.robin_booker);
        browser.follow(browser.get("/sites/hunter-street/cafe").must_be(303)).must_be(200);
        browser.get("/sites/hunter-street/cafe/book").must_be(404);
        send(&browser, "/sites/hunter-street/cafe/book", &whole_form(&browser)).must_be(404);
    }
}

#[test]
fn what_is_not_listed_is_there_only_for_those_who_book_or_work_there() {
    for server in servers() {
        let facts = FacilityFacts {
            site: server.world.site,
            slug: &slug("attic"),
            name: "Attic",
            kind: Kind::Counselling,
            room: "",
            floor: "",
            about: "",
            needs: &[],
            arrival: "",
            choice: UnitChoice::Whole,
            listed: false,
            position: 9,
        };
        server.db.write_now(|conn| facilities::insert(conn, &facts, &Rules::ordinary())).unwrap();
        let stranger = server.visitor();
        let form = crate::support::browser::Form::from(stranger.get("/register"));
        let form =
            form.set("name", "Nell New").set("email", "nell@alcove.test").set("password", "quiet otter umbrella");
        stranger.submit(form).must_be(200);
        let nell = server.signed_in(server.person("nell@alcove.test"));
        let csrf = nell.get("/account").attr("input[name=csrf]", "value").unwrap();
        nell.get("/sites/hunter-street/cedar/book").must_be(200);
        for path in ["/sites/hunter-street/attic", "/sites/hunter-street/attic/book"] {
            nell.get(path).must_be(404);
            server.signed_in(server.world.wren_booker).get(path).must_be(200);
            server.signed_in(server.person("reception@alcove.test")).get(path).must_be(200);
        }
        let sent = [("csrf".to_owned(), csrf), ("step".to_owned(), "change".to_owned())];
        send(&nell, "/sites/hunter-street/attic/book", &sent).must_be(404);
    }
}

#[test]
fn a_nonce_of_another_person_or_form_is_a_new_one() {
    for server in servers() {
        let (robin, wren) = (server.signed_in(server.world.robin_booker), server.signed_in(server.world.wren_booker));
        let fields = whole_form(&robin);
        send(&robin, "/sites/hunter-street/cedar/book", &fields).must_be(303);
        let nonce = fields.iter().find(|(name, _)| name == "nonce").unwrap().1.clone();
        let page = wren.get("/sites/hunter-street/cedar/book?date=2026-11-24").must_be(200);
        let form = page.form("form[method=post]").choose("from", "2pm").choose("to", "3pm").set("purpose", "Choir");
        wren.submit(form.set("people", "2").set("step", "yes").set("nonce", &nonce)).must_be(303);
        let form = wren.get("/organisations/apply").must_be(200).form("main form").set("name", "Finch Club");
        let form = form.set("about", "We sing.").set("register", "none").set("reason", "We are few");
        wren.submit(form.set("class", "community").set("nonce", &nonce)).must_be(303);
    }
}
