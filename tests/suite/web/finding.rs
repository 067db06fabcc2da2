//! Finding a space: what fits says why, and where nothing does there is the nearest yes.

use crate::store::slots::add_bank;
use crate::support::server::{Server, servers};
use crate::support::world::{circumstances, mailer, now, span};
use alcove::allocation;

fn take(server: &Server, from: &str, to: &str) {
    let mailer = mailer();
    let draft = server.world.trusted_draft("cedar", span("2026-11-24", from, to));
    server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap();
}

#[test]
fn what_fits_says_why_and_leads_to_the_form() {
    for server in servers() {
        let page = server
            .visitor()
            .get("/find?kind=counselling&date=2026-11-24&from=10:00&to=11:00&people=2&need=step_free")
            .must_be(200);
        assert_eq!(page.h1(), "1 space is free");
        let why = page.all_text(".checks li");
        assert!(why.contains(&"Takes 12, you need 2".to_owned()) && why.contains(&"Step-free".to_owned()), "{why:?}");
        assert!(page.has("a[href='/sites/hunter-street/cedar/book?date=2026-11-24&from=10:00&to=11:00']"));
    }
}

#[test]
fn where_nothing_fits_there_is_the_nearest_yes() {
    for server in servers() {
        take(&server, "10:00", "11:00");
        let page = server.visitor().get("/find?kind=counselling&date=2026-11-24&from=10:00&to=11:00").must_be(200);
        assert_eq!(page.h1(), "Nothing is free then");
        let links = page.all_text("tbody td a");
        assert!(
            links.contains(&"9am to 10am".to_owned()) && links.contains(&"11am to 12 noon".to_owned()),
            "{links:?}"
        );
        assert!(links.contains(&"Wednesday 25 November".to_owned()), "{links:?}");
        assert!(page.text("tbody th").unwrap().contains("Cedar is not free then"));
    }
}

#[test]
fn without_times_the_free_stretches_of_the_day_are_shown() {
    for server in servers() {
        take(&server, "10:00", "11:00");
        let page = server.visitor().get("/find?kind=counselling&date=2026-11-24").must_be(200);
        assert_eq!(page.text(".state").as_deref(), Some("Free 8am to 10am and 11am to 9pm"));
    }
}

#[test]
fn too_many_people_or_needs_nobody_meets_find_nothing() {
    for server in servers() {
        let page = server.visitor().get("/find?kind=counselling&date=2026-11-24&people=40").must_be(200);
        assert_eq!(page.h1(), "No space is large enough");
        assert!(page.text(".lead").unwrap().contains("The largest takes "));
        let page = server.visitor().get("/find?kind=sensory&date=2026-11-24").must_be(200);
        assert_eq!(page.h1(), "There is no such space");
        server.visitor().get("/find?kind=counselling&need=projector").must_be(200);
    }
}

#[test]
fn a_search_that_makes_no_sense_says_how_to_put_it_right() {
    for server in servers() {
        for (query, words) in [
            ("date=2026-11-24&from=12:00&to=11:00", "The end must be after 12 noon"),
            ("date=soon", "Enter a date, like 24 11 2026"),
            ("date=2020-01-01", "That date has passed. Choose today or later"),
            ("date=9999-12-31", "That is too far ahead. Choose a date within the next two years"),
            ("people=many", "Enter how many people, from 1 to 500"),
            ("people=-1", "Enter how many people, from 1 to 500"),
        ] {
            let page = server.visitor().get(&format!("/find?{query}")).must_be(422);
            assert_eq!(page.all_text(".error-summary a"), [words], "{query}");
        }
    }
}

#[test]
fn a_session_shorter_than_the_hour_asked_for_is_a_fit() {
    for server in servers() {
        let page = server.visitor().get("/find?kind=group&date=2026-11-24&from=10:00&to=11:20").must_be(200);
        assert!(page.all_text(".state").contains(&"Free 10am to 11:15am".to_owned()), "{:?}", page.all_text(".state"));
    }
}

#[test]
fn a_baby_bank_is_no_space_to_book_but_the_search_says_how_it_is_used_and_leads_there() {
    for server in servers() {
        let none = server.visitor().get("/find?kind=babybank").must_be(200);
        assert_eq!(none.h1(), "There is no baby bank");
        server.db.write_now(|conn| Ok(add_bank(conn, &server.world))).unwrap();
        let page = server.visitor().get("/find?kind=babybank&date=2026-11-24&from=10:00&to=11:00").must_be(200);
        assert_eq!(page.h1(), "1 baby bank");
        assert!(page.text(".lead").unwrap().contains("bring things"));
        assert_eq!(page.attr("select[name=kind] option[selected]", "value").as_deref(), Some("babybank"));
        let link = page.attr("main .with-arch a.button", "href").unwrap();
        assert_eq!(link, "/sites/hunter-street/bank/baby-bank");
        assert!(server.visitor().get(&link).must_be(303).location().unwrap().ends_with("/donate"));
    }
}
