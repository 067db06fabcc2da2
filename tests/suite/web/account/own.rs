//! One's own account: name, password, sessions.

use super::{is_signed_in, sign_in, signed_in};
use crate::support::server::servers;
use crate::support::world::PASSWORD;

const WENDY: &str = "wendy@alcove.test";
const NEW_PASSWORD: &str = "quiet otter umbrella";

#[test]
fn the_account_page_shows_what_one_belongs_to() {
    for server in servers() {
        let page = signed_in(&server, WENDY).get("/account").must_be(200);
        assert_eq!(page.h1(), "Your account");
        assert_eq!(page.text("main a[href='/organisations/wren-support']").unwrap(), "Wren Support");
        assert_eq!(page.attr("#name", "value").as_deref(), Some("Wendy Wren"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        let page = signed_in(&server, "manager@alcove.test").get("/account").must_be(200);
        assert!(page.has("main a[href='/sites/hunter-street/schedule']"));
    }
}

#[test]
fn a_session_ended_from_another_device_no_longer_works() {
    for server in servers() {
        let phone = server.visitor();
        phone.header("User-Agent", "Mozilla/5.0 (Linux; Android 10; K) Chrome/142.0.0.0 Mobile Safari/537.36");
        sign_in(&phone, WENDY, PASSWORD).must_be(303);
        let browser = signed_in(&server, WENDY);
        let page = browser.get("/account");
        let lines = page.all_text(".lined > li");
        assert!(lines.iter().any(|line| line.contains("Chrome on Android")), "{lines:?}");
        assert!(lines.iter().any(|line| line.contains("This device")), "{lines:?}");
        browser.submit(page.form("form[action='/account/sessions/end']")).must_be(303);
        assert!(!is_signed_in(&phone));
        assert!(is_signed_in(&browser));
    }
}

#[test]
fn all_other_sessions_end_at_once_and_nobody_elses() {
    for server in servers() {
        let others = [signed_in(&server, WENDY), signed_in(&server, WENDY)];
        let stranger = signed_in(&server, "rob@alcove.test");
        let browser = signed_in(&server, WENDY);
        // Somebody else's handle ends nothing.
        let csrf = stranger.get("/account").attr("input[name=csrf]", "value").unwrap();
        let handle = browser.get("/account").attr("input[name=session]", "value").unwrap();
        stranger.post("/account/sessions/end", &[("csrf", &csrf), ("session", &handle)]).must_be(303);
        assert!(others.iter().all(is_signed_in));
        browser.submit(browser.get("/account").form("form[action='/account/sessions/end-others']")).must_be(303);
        assert!(!others.iter().any(is_signed_in));
        assert!(is_signed_in(&browser) && is_signed_in(&stranger));
    }
}

#[test]
fn a_name_is_changed() {
    for server in servers() {
        let browser = signed_in(&server, WENDY);
        let form = browser.get("/account").form("#name-form");
        let page = browser.submit(form.clone().set("name", "")).must_be(422);
        assert!(page.title().starts_with("Error: "));
        let page = browser.follow(browser.submit(form.set("name", "Wendy <b>Wren</b>")).must_be(303));
        assert!(page.text(".who").unwrap().contains("Wendy <b>Wren</b>"));
    }
}

#[test]
fn a_password_is_changed_by_whoever_knows_the_current_one() {
    for server in servers() {
        let (elsewhere, browser) = (signed_in(&server, WENDY), signed_in(&server, WENDY));
        let form = browser.get("/account").form("#password-form").set("password", NEW_PASSWORD);
        let page = browser.submit(form.clone().set("current", "not her password")).must_be(422);
        assert_eq!(page.attr("#current", "aria-invalid").as_deref(), Some("true"));
        browser.submit(form.clone().set("current", PASSWORD).set("password", "short")).must_be(422);
        browser.submit(form.set("current", PASSWORD)).must_be(303);
        assert!(is_signed_in(&browser) && !is_signed_in(&elsewhere));
        sign_in(&server.visitor(), WENDY, PASSWORD).must_be(422);
        sign_in(&server.visitor(), WENDY, NEW_PASSWORD).must_be(303);
    }
}

#[test]
fn guessing_the_current_password_is_paused_too() {
    for server in servers() {
        let browser = signed_in(&server, WENDY);
        let form = browser.get("/account").form("#password-form").set("password", NEW_PASSWORD);
        for _ in 0..10 {
            browser.submit(form.clone().set("current", "not her password")).must_be(422);
        }
        let page = browser.submit(form.set("current", PASSWORD)).must_be(429);
        assert_eq!(page.header("retry-after"), Some("900"));
    }
}
