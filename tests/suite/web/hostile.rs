//! Bad input at every door: a clear page with 4xx, and nothing written.

use crate::support::server::{Server, servers};
use alcove::store::occurrences::{self, ListFilter};

const PATH: &str = "/sites/hunter-street/cedar/book";

fn bookings(server: &Server) -> usize {
    server.db.read_now(|conn| occurrences::list(conn, &ListFilter::default())).unwrap().len()
}

#[test]
fn forms_without_the_right_token_or_from_elsewhere_are_refused() {
    for server in servers() {
        let browser = server.signed_in(server.world.robin_booker);
        let form = browser.get(&format!("{PATH}?date=2026-11-24")).must_be(200).form("form[method=post]");
        browser.submit(form.clone().set("csrf", "wrong")).must_be(403);
        browser.submit(form.unset("csrf")).must_be(403);
        let body = "csrf=x&step=yes";
        let kind = ("Content-Type", "application/x-www-form-urlencoded");
        browser.post_raw(PATH, &[kind, ("Origin", "http://evil.example")], body).must_be(403);
        browser.post_raw(PATH, &[kind, ("Sec-Fetch-Site", "cross-site")], body).must_be(403);
        browser.post_raw(PATH, &[("Content-Type", "application/json")], "{}").must_be(400);
        assert_eq!(bookings(&server), 0);
    }
}

#[test]
fn hidden_characters_long_text_and_odd_numbers_are_refused_field_by_field() {
    for server in servers() {
        let browser = server.signed_in(server.world.robin_booker);
        let page = browser.get(&format!("{PATH}?date=2026-11-24")).must_be(200);
        let good = page
            .form("form[method=post]")
            .choose("from", "10am")
            .choose("to", "11am")
            .set("purpose", "Group")
            .set("people", "2")
            .set("step", "yes");
        let long = "x".repeat(20_000);
        for (field, value) in [
            ("purpose", "a\0b"),
            ("purpose", "\u{202E}evil"),
            ("purpose", ""),
            ("purpose", long.as_str()),
            ("note", "a\u{2066}b"),
            ("note", long.as_str()),
            ("people", "-3"),
            ("people", "1e9"),
            ("people", "99999999999999999999"),
            ("from", "0"),
            ("from", "-5"),
            ("from", "9223372036854775807"),
            ("from", "253402300740"),
            ("to", "1"),
            ("organisation", "wren-support"),
            ("organisation", "../admin"),
            ("privacy", "secret"),
        ] {
            let page = browser.submit(good.clone().set(field, value)).must_be(422);
            assert!(page.has(".error-summary a"), "{field}");
        }
        browser.submit(good.clone().add("admin", "1")).must_be(400);
        assert_eq!(bookings(&server), 0);
        browser.submit(good).must_be(303);
    }
}

#[test]
fn bodies_of_ten_megabytes_are_not_read() {
    for server in servers() {
        let browser = server.signed_in(server.world.robin_booker);
        let body = vec![b'x'; 10_000_000];
        let page = browser.post_raw(PATH, &[("Content-Type", "application/x-www-form-urlencoded")], body).must_be(413);
        assert_eq!(page.h1(), "That is too large");
    }
}

#[test]
fn what_does_not_exist_or_takes_another_method_is_said_calmly() {
    for server in servers() {
        let browser = server.signed_in(server.world.robin_booker);
        for path in
            ["/bookings/%00", "/bookings/12345678901234567890", "/sites/x/y/book", "/sites/..%2f..", "/requests/x"]
        {
            browser.get(path).must_be(404);
        }
        assert!([404, 405].contains(&browser.post("/bookings", &[]).status));
    }
}
