//! Mailed links: to sign in, and to choose a new password.

use super::{is_signed_in, sign_in, signed_in};
use crate::support::browser::{Browser, Form, Page};
use crate::support::server::servers;
use crate::support::world::PASSWORD;

const WENDY: &str = "wendy@alcove.test";
const NEW_PASSWORD: &str = "quiet otter umbrella";

fn ask_link(browser: &Browser, email: &str) -> Page {
    let form = Form::from(browser.get("/sign-in")).set("email", email);
    browser.submit(form.choose("", "Email me a sign-in link"))
}

fn ask_reset(browser: &Browser, email: &str) -> Page {
    browser.submit(Form::from(browser.get("/forgotten-password")).set("email", email))
}

#[test]
fn a_sign_in_link_works_once() {
    for server in servers() {
        let browser = server.visitor();
        assert_eq!(ask_link(&browser, WENDY).must_be(200).h1(), "Check your email");
        let path = server.mailed_link(WENDY);
        server.visitor().get(&path).must_be(200);
        let form = Form::from(browser.get(&path).must_be(200));
        browser.submit(form.clone()).must_be(303);
        assert!(is_signed_in(&browser));
        let other = server.visitor();
        other.get(&path).must_be(410);
        let csrf = other.get("/sign-in").attr("input[name=csrf]", "value").unwrap();
        other.post(&path, &[("csrf", &csrf)]).must_be(410);
        assert!(!is_signed_in(&other));
    }
}

#[test]
fn only_the_newest_sign_in_link_works_and_for_half_an_hour() {
    for server in servers() {
        let browser = server.visitor();
        ask_link(&browser, WENDY).must_be(200);
        let old = server.mailed_link(WENDY);
        ask_link(&browser, WENDY).must_be(200);
        let new = server.mailed_link(WENDY);
        browser.get(&old).must_be(410);
        browser.get(&new).must_be(200);
        server.clock.set(server.clock.now().plus_minutes(30));
        browser.get(&new).must_be(410);
    }
}

#[test]
fn a_link_leads_on_to_where_somebody_wanted_to_go() {
    for server in servers() {
        let browser = server.visitor();
        let form = Form::from(browser.get("/sign-in?next=/organisations")).set("email", WENDY);
        browser.submit(form.choose("", "Email me a sign-in link")).must_be(200);
        let page = browser.submit(browser.get(&server.mailed_link(WENDY))).must_be(303);
        assert_eq!(page.location(), Some("/organisations"));
    }
}

#[test]
fn unknown_addresses_get_the_same_answer_and_no_mail() {
    for server in servers() {
        let browser = server.visitor();
        for ask in [ask_link, ask_reset] {
            let (known, unknown) = (ask(&browser, WENDY), ask(&browser, "nobody@alcove.test"));
            assert_eq!(known.status, unknown.status);
            assert_eq!(known.body.replace(WENDY, "…"), unknown.body.replace("nobody@alcove.test", "…"));
        }
        assert_eq!(server.mails().len(), 2);
        let page = ask_link(&browser, "not an address").must_be(422);
        assert!(page.title().starts_with("Error: "));
        assert_eq!(page.attr("#email", "value").as_deref(), Some("not an address"));
    }
}

#[test]
fn an_address_gets_five_links_an_hour_at_most() {
    for server in servers() {
        let browser = server.visitor();
        for address in [WENDY, "nobody@alcove.test"] {
            for _ in 0..5 {
                ask_link(&browser, address).must_be(200);
            }
            // Whether there is an account is not to be learned from it.
            server.clock.set(server.clock.now().plus_minutes(10));
            let page = ask_reset(&browser, address).must_be(429);
            assert_eq!(page.header("retry-after"), Some("3000"));
            assert!(page.text("main").unwrap().contains("Wait 50 minutes"), "{}", page.text("main").unwrap());
        }
        assert_eq!(server.mails_to(WENDY).len(), 5);
        // The last one still works: asking in vain voids nothing.
        browser.get(&server.mailed_link(WENDY)).must_be(200);
        server.clock.set(server.clock.now().plus_minutes(61));
        ask_link(&browser, WENDY).must_be(200);
        assert_eq!(server.mails_to(WENDY).len(), 6);
    }
}

#[test]
fn a_new_password_ends_every_other_session() {
    for server in servers() {
        let elsewhere = signed_in(&server, WENDY);
        let browser = server.visitor();
        ask_reset(&browser, WENDY).must_be(200);
        let path = server.mailed_link(WENDY);
        let form = Form::from(browser.get(&path).must_be(200));
        let page = browser.submit(form.clone().set("password", "short")).must_be(422);
        assert!(page.title().starts_with("Error: "));
        let page = browser.submit(form.set("password", NEW_PASSWORD)).must_be(303);
        let page = browser.follow(page);
        assert!(page.text(".notice").unwrap().contains("Your password is changed"));
        assert!(!is_signed_in(&elsewhere));
        sign_in(&server.visitor(), WENDY, PASSWORD).must_be(422);
        sign_in(&server.visitor(), WENDY, NEW_PASSWORD).must_be(303);
        server.visitor().get(&path).must_be(410);
    }
}

#[test]
fn a_reset_link_works_for_an_hour() {
    for server in servers() {
        let browser = server.visitor();
        ask_reset(&browser, WENDY).must_be(200);
        let path = server.mailed_link(WENDY);
        let form = Form::from(browser.get(&path).must_be(200)).set("password", NEW_PASSWORD);
        server.clock.set(server.clock.now().plus_minutes(60));
        browser.submit(form).must_be(410);
        sign_in(&server.visitor(), WENDY, PASSWORD).must_be(303);
    }
}

#[test]
fn a_link_of_one_kind_opens_no_other_door() {
    for server in servers() {
        let browser = server.visitor();
        ask_link(&browser, WENDY).must_be(200);
        let path = server.mailed_link(WENDY);
        let token = path.rsplit('/').next().unwrap();
        for door in ["/confirm/", "/reset-password/", "/start/"] {
            browser.get(&format!("{door}{token}")).must_be(410);
        }
        for nonsense in ["x", "%00", &"a".repeat(43), "..%2f..%2fetc"] {
            browser.get(&format!("/sign-in/link/{nonsense}")).must_be(410);
        }
    }
}
