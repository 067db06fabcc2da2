//! Who may book, what it costs and what it came to, as conversations: rules, rates, the form, the mail, the statement. On both engines.

use crate::support::browser::{Browser, Page};
use crate::support::server::{Server, servers};
use crate::support::world::{at, slug};
use alcove::domain::rules::Rules;
use alcove::store::facilities;

const RATES: &str = "/manage/sites/hunter-street/hall/rates";
const BOOK: &str = "/sites/hunter-street/hall/book?date=2026-11-24";
const STATEMENT: &str = "/organisations/robin-trust/statement";

/// The manager sets a free rate with a value for charities.
fn with_rate(server: &Server, price: &str) -> Browser {
    let manager = server.signed_in(server.world.manager);
    let page = manager.get(RATES).must_be(200);
    let form = page.form("form#add").set("payer", "charity").set("per", "hour").set("price", price);
    let done = manager.submit(form.set("value", "12.00").set("from", "2026-01-01")).must_be(303);
    assert_eq!(done.location(), Some("/manage/sites/hunter-street/hall/rates?done=rate-added"));
    manager
}

fn check(browser: &Browser) -> Page {
    let form = browser.get(BOOK).must_be(200).form("form[method=post]");
    let form = form.choose("from", "10am").choose("to", "12 noon").set("purpose", "=SUM(A1)").set("people", "2");
    browser.submit(form.set("step", "check"))
}

fn book(browser: &Browser) -> String {
    let done = browser.submit(check(browser).must_be(200).form("main form").set("step", "yes")).must_be(303);
    done.location().unwrap().split('?').next().unwrap().to_owned()
}

#[test]
fn a_rate_is_shown_where_people_decide_and_is_on_the_mail_and_the_statement() {
    for server in servers() {
        with_rate(&server, "0");
        let rob = server.signed_in(server.world.robin_booker);
        let form = rob.get(BOOK).must_be(200);
        assert!(form.text("aside").unwrap().contains("Free for charities; usual value £12.00 an hour"));
        assert!(check(&rob).text("dl.answers").unwrap().contains("Free for charities; usual value £24.00"));
        let booking = book(&rob);
        assert!(rob.get(&booking).must_be(200).text("main").unwrap().contains("usual value £24.00"));
        let mails = server.mails_to("rob@alcove.test");
        assert!(mails.iter().any(|mail| mail.text.contains("Free for charities; usual value £24.00")));
        let page = rob.get(&format!("{STATEMENT}?month=2026-11")).must_be(200);
        let said = page.text("main").unwrap();
        assert!(said.contains("Worth £24.00") && said.contains("To pay£0.00") || said.contains("£0.00"), "{said}");
        assert!(!said.contains("SUM"), "no purpose stands on a statement");
        let file = rob.get(&format!("{STATEMENT}.csv?month=2026-11")).must_be(200);
        assert!(file.header("content-type").unwrap().starts_with("text/csv"));
        assert!(file.body.contains("Hunter Street Medical Centre,Hall,2026-11-24,10am to 12 noon,"), "{}", file.body);
        assert!(file.body.contains(",120,Free,0.00,24.00,24.00,Robin Trust") && !file.body.contains("SUM"));
        assert_eq!(rob.get(&format!("{STATEMENT}?month=2026-13")).status, 400);
        let empty = rob.get(&format!("{STATEMENT}?month=2027-06")).must_be(200);
        assert!(empty.text("main").unwrap().contains("Nothing was booked that month"));
    }
}

#[test]
fn the_price_of_a_session_nobody_came_to_follows_what_the_site_says() {
    for server in servers() {
        let manager = with_rate(&server, "6");
        let rob = server.signed_in(server.world.robin_booker);
        assert!(rob.get(BOOK).must_be(200).text("aside").unwrap().contains("Cancelled late, or nobody came: charged."));
        book(&rob);
        server.clock.set(at("2026-11-25 09:00"));
        let path = format!("{STATEMENT}?month=2026-11");
        let page = manager.get(&path).must_be(200);
        assert!(page.text("h1").unwrap().contains("The part of the sites that you manage"));
        assert!(!rob.get(&path).must_be(200).has("main table form"), "only the site's managers note who came");
        let form = page.form("main table form").set("act", "absent");
        manager.submit(form).must_be(303);
        let total = |browser: &Browser| browser.get(&path).must_be(200).all_text("dl.answers b");
        assert_eq!(total(&rob), ["£12.00", "£0.00"]);
        let site = "/manage/sites/hunter-street/rates";
        let page = manager.get(&format!("{site}?month=2026-11")).must_be(200);
        assert!(page.text("table").unwrap().contains("Robin Trust"));
        let form = page.form("form#charging").unset("absent");
        manager.submit(form).must_be(303);
        assert_eq!(total(&rob), ["£0.00", "£0.00"]);
        assert!(rob.get(BOOK).must_be(200).text("aside").unwrap().contains("or nobody came: not charged."));
    }
}

#[test]
fn a_rate_that_cannot_be_is_refused_at_its_fields_and_one_to_come_is_taken_back() {
    for server in servers() {
        let manager = server.signed_in(server.world.manager);
        let form = || manager.get(RATES).must_be(200).form("form#add");
        let wrong = form().set("price", "12.5").set("value", "x").set("from", "2050-01-01");
        let page = manager.submit(wrong).must_be(422);
        assert!(page.title().starts_with("Error: "));
        let links: Vec<_> =
            ["payer", "price", "value", "from"].map(|id| format!(".error-summary a[href='#{id}']")).to_vec();
        assert!(links.iter().all(|link| page.has(link)), "{}", page.body);
        assert_eq!(page.form("form#add").value("price"), Some("12.5"));
        let less = form().set("payer", "commercial").set("price", "12").set("value", "10");
        assert!(manager.submit(less).must_be(422).has(".error-summary a[href='#value']"));
        let to_come = form().set("payer", "commercial").set("price", "12").set("from", "2026-12-01");
        manager.submit(to_come).must_be(303);
        let page = manager.get(RATES).must_be(200);
        assert!(page.text("ul.lined").unwrap().contains("£12.00 an hour for businesses"));
        manager.submit(page.form("ul.lined form")).must_be(303);
        let page = manager.get(RATES).must_be(200);
        assert!(!page.has("ul.lined"));
        let begun = [("payer", "commercial"), ("from", "2026-12-01")];
        let token = page.attr("input[name=csrf]", "value").unwrap();
        let fields = [("csrf", token.as_str()), begun[0], begun[1]];
        manager.post(&format!("{RATES}/remove"), &fields).must_be(409);
    }
}

#[test]
fn a_space_for_some_says_so_and_lets_in_who_offers_it() {
    for server in servers() {
        let manager = server.signed_in(server.world.manager);
        let rules = manager.get("/manage/sites/hunter-street/hall/rules").must_be(200);
        let form = rules.form("main form").add("services", "arts").set("step", "save");
        manager.submit(form).must_be(303);
        let rob = server.signed_in(server.world.robin_booker);
        let page = rob.get(BOOK).must_be(200);
        assert!(page.text("aside").unwrap().contains("Organisations that offer arts and music"));
        let page = check(&rob).must_be(422);
        assert!(page.text(".error-summary").unwrap().contains("Hall is for organisations that offer arts and music"));
        let found = rob.get("/find?kind=group&date=2026-11-24&from=10:00&to=11:00").must_be(200);
        let offered = found.all_text("main h3").join(" ") + &found.all_text("main h2").join(" ");
        assert!(found.body.contains("offer arts and music") || !offered.contains("Hall"), "{offered}");
        let page = rob.get("/organisations/robin-trust/services").must_be(200);
        rob.submit(page.form("form#offers").add("services", "arts")).must_be(303);
        assert!(rob.get("/organisations/robin-trust").must_be(200).text("dl").unwrap().contains("Arts and music"));
        check(&rob).must_be(200);
    }
}

#[test]
fn the_week_that_is_used_is_said_on_the_form_the_check_and_the_decision_in_few_queries() {
    for server in servers() {
        let set = |conn: &mut _| {
            let (_, hall) = facilities::by_slug(conn, &slug("hunter-street"), &slug("hall"))?.unwrap();
            let rules = Rules { week_minutes: Some(300), week_bookings: Some(4), ..hall.rules };
            facilities::set_rules(conn, hall.id, &rules)
        };
        server.db.write_now(set).unwrap();
        let rob = server.signed_in(server.world.robin_booker);
        let words = "0 of 5 hours used and 0 of 4 bookings, week of Monday 23 November";
        assert!(rob.get(BOOK).must_be(200).text("aside").unwrap().contains(words));
        let said = check(&rob).must_be(200).text("dl.answers").unwrap();
        assert!(said.contains(&format!("{words}; 2 with this booking")), "{said}");
        let wendy = server.signed_in(server.world.wren_booker);
        let booking = book(&wendy);
        let after = "2 of 5 hours used and 1 of 4 bookings, week of Monday 23 November";
        assert!(wendy.get(BOOK).must_be(200).text("aside").unwrap().contains(after));
        let manager = server.signed_in(server.world.manager);
        let request = booking.replace("/bookings/", "/requests/");
        let page = manager.get(&request).must_be(200);
        assert!(page.text("ul.checks").unwrap().contains(&format!("{after}, this request counted")));
        for (browser, path) in [(&wendy, BOOK), (&manager, BOOK), (&manager, request.as_str())] {
            let queries = server.queries(|| {
                browser.get(path).must_be(200);
            });
            assert!(queries <= 8, "{path} took {queries}");
        }
        let series = wendy.get("/sites/hunter-street/hall/book?date=2026-12-01").must_be(200).form("form[method=post]");
        let series = series.choose("from", "10am").choose("to", "12 noon").set("purpose", "Group").set("people", "2");
        let series = series.set("repeat", "daily").set("every", "1").set("ends", "times").set("times", "2");
        let page = wendy.submit(series.set("step", "check")).must_be(200);
        assert!(page.text("dl.answers").unwrap().contains("4 of 5 hours used"), "{}", page.body);
    }
}
