//! The timetables: cells add up, links lead to the form, clock changes draw right, and each page keeps to its queries.

use crate::support::server::{Server, servers};
use crate::support::world::{at, circumstances, mailer, span};
use alcove::allocation;
use scraper::{Html, Selector};

fn book(server: &Server, facility: &str, date: &str, from: &str, to: &str) {
    let mailer = mailer();
    let draft = server.world.trusted_draft(facility, span(date, from, to));
    let answer = server
        .db
        .write_now(|conn| allocation::request(conn, circumstances(&mailer, server.clock.now()), &draft))
        .unwrap();
    assert!(matches!(answer, allocation::RequestAnswer::Done { .. }), "{answer:?}");
}

/// The sum of the columns of each row of the table.
fn widths(body: &str) -> Vec<u32> {
    let html = Html::parse_document(body);
    let (rows, cells) = (Selector::parse("tbody tr").unwrap(), Selector::parse("td").unwrap());
    html.select(&rows)
        .map(|row| row.select(&cells).map(|cell| cell.attr("colspan").unwrap().parse::<u32>().unwrap()).sum())
        .filter(|sum| *sum != 0)
        .collect()
}

#[test]
fn every_row_of_a_day_has_the_same_width_and_free_cells_lead_to_the_form() {
    for server in servers() {
        book(&server, "cedar", "2026-11-24", "10:00", "11:30");
        book(&server, "tidy-room", "2026-11-24", "09:15", "10:30");
        let page = server.visitor().get("/sites/hunter-street/schedule?date=2026-11-24").must_be(200);
        let widths = widths(&page.body);
        assert_eq!(widths.len(), 9, "a row a room and a row a bench");
        assert!(widths.iter().all(|width| *width == widths[0]), "{widths:?}");
        assert!(page.has("a[href='/sites/hunter-street/cedar/book?date=2026-11-24&from=08:00']"));
        assert!(page.body.len() < 60_000);
    }
}

#[test]
fn days_on_which_the_clocks_change_draw_right() {
    for server in servers() {
        server.clock.set(at("2026-10-01 09:00"));
        book(&server, "cedar", "2026-10-25", "10:00", "11:00");
        book(&server, "cedar", "2027-03-28", "10:00", "11:00");
        for date in ["2026-10-25", "2027-03-28"] {
            let page = server
                .signed_in(server.world.robin_booker)
                .get(&format!("/sites/hunter-street/schedule?date={date}"))
                .must_be(200);
            let widths = widths(&page.body);
            assert!(widths.iter().all(|width| *width == widths[0]), "{widths:?}");
            assert!(page.all_text("td[data-mine] .when").contains(&"10:00–11:00".to_owned()), "{date}");
            server.visitor().get(&format!("/sites/hunter-street/cedar?week={date}")).must_be(200);
        }
        // A time that the clocks skip is refused with the reason.
        let page = server.visitor().get("/find?date=2027-03-28&from=01:30&to=02:30").must_be(200);
        assert!(page.text(".lead").unwrap().contains("The clocks go forward then"));
    }
}

#[test]
fn a_week_has_seven_days_and_leads_on() {
    for server in servers() {
        let page = server.visitor().get("/sites/hunter-street/cedar?week=2026-11-24").must_be(200);
        assert_eq!(widths(&page.body).len(), 7);
        assert!(page.has("a[href='/sites/hunter-street/cedar?week=2026-11-30']"));
        let kitchen = server.visitor().get("/sites/hunter-street/kitchen?week=2026-11-24").must_be(200);
        assert_eq!(widths(&kitchen.body).len(), 28);
    }
}

#[test]
fn wrong_dates_and_unknown_places_are_answered_clearly() {
    for server in servers() {
        let visitor = server.visitor();
        for (path, status) in [
            ("/sites/hunter-street/schedule?date=yesterday", 400),
            ("/sites/hunter-street/schedule?date=9999-12-31", 400),
            ("/sites/hunter-street/schedule?date=2026-02-30", 400),
            ("/sites/nowhere/schedule", 404),
            ("/sites/hunter-street/nowhere", 404),
            ("/sites/Hunter%20Street", 404),
            ("/sites/%00", 404),
        ] {
            visitor.get(path).must_be(status);
        }
    }
}

#[test]
fn a_public_page_that_has_not_changed_is_not_drawn_again() {
    for server in servers() {
        let visitor = server.visitor();
        let path = "/sites/hunter-street/schedule?date=2026-11-24";
        let page = visitor.get(path).must_be(200);
        visitor.header("If-None-Match", page.header("etag").unwrap());
        visitor.get(path).must_be(304);
        book(&server, "cedar", "2026-11-24", "10:00", "11:00");
        visitor.get(path).must_be(200);
    }
}

#[test]
fn no_page_asks_more_than_eight_queries() {
    for server in servers() {
        book(&server, "cedar", "2026-11-24", "10:00", "11:00");
        let (manager, booker, visitor) =
            (server.signed_in(server.world.manager), server.signed_in(server.world.robin_booker), server.visitor());
        let list = booker.get("/bookings").must_be(200);
        let booking = list.attr("main li a", "href").unwrap();
        let public = [
            "/",
            "/sites",
            "/sites/hunter-street",
            "/sites/hunter-street/schedule?date=2026-11-24",
            "/sites/hunter-street/cedar?week=2026-11-24",
            "/find?kind=counselling&date=2026-11-24&from=10:00&to=11:00",
            "/find?date=2026-11-24",
        ];
        let own = ["/bookings", &booking, "/sites/hunter-street/cedar/book?date=2026-11-24"];
        let decision = booking.replace("/bookings/", "/requests/");
        let managing = [
            "/requests",
            decision.as_str(),
            "/manage/sites/hunter-street",
            "/manage/sites/hunter-street/closures",
            "/manage/sites/hunter-street/notices",
        ];
        let paths = public.iter().map(|path| (&visitor, *path));
        let paths = paths.chain(public.iter().chain(&own).map(|path| (&booker, *path)));
        for (browser, path) in paths.chain(managing.iter().map(|path| (&manager, *path))) {
            let queries = server.queries(|| {
                browser.get(path).must_be(200);
            });
            assert!(queries <= 8, "{path} took {queries} on {}", server.engine);
        }
    }
}
