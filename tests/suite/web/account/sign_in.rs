//! Signing in by password, and out.

use super::{is_signed_in, sign_in, sign_in_form, signed_in};
use crate::support::browser::Form;
use crate::support::server::servers;
use crate::support::world::PASSWORD;

#[test]
fn wrong_passwords_and_unknown_accounts_look_the_same() {
    for server in servers() {
        let wrong = sign_in(&server.visitor(), "wendy@alcove.test", "not her password");
        let unknown = sign_in(&server.visitor(), "nobody@alcove.test", "not her password");
        assert_eq!((wrong.status, unknown.status), (422, 422));
        let words = |page: &crate::support::browser::Page, email: &str| page.text("body").unwrap().replace(email, "…");
        assert_eq!(words(&wrong, "wendy@alcove.test"), words(&unknown, "nobody@alcove.test"));
        assert!(wrong.title().starts_with("Error: "));
        assert_eq!(wrong.attr("#email", "value").as_deref(), Some("wendy@alcove.test"));
        assert_eq!(wrong.attr("#password", "value").as_deref(), Some(""));
    }
}

#[test]
fn after_ten_wrong_passwords_there_is_a_pause() {
    for server in servers() {
        let browser = server.visitor();
        for _ in 0..10 {
            sign_in(&browser, "wendy@alcove.test", "not her password").must_be(422);
        }
        let page = sign_in(&browser, "wendy@alcove.test", PASSWORD).must_be(429);
        assert_eq!(page.header("retry-after"), Some("900"));
        assert!(page.title().starts_with("Error: "));
        assert!(!is_signed_in(&browser));
        // The pause is the account's own.
        assert!(is_signed_in(&signed_in(&server, "rob@alcove.test")));
        server.clock.set(server.clock.now().plus_minutes(15));
        sign_in(&browser, "wendy@alcove.test", PASSWORD).must_be(303);
    }
}

#[test]
fn a_right_password_wipes_the_slate() {
    for server in servers() {
        for _ in 0..2 {
            for _ in 0..9 {
                sign_in(&server.visitor(), "wendy@alcove.test", "not her password").must_be(422);
            }
            sign_in(&server.visitor(), "wendy@alcove.test", PASSWORD).must_be(303);
        }
    }
}

#[test]
fn one_address_cannot_try_the_door_for_ever() {
    for server in servers().into_iter().take(1) {
        let browser = server.visitor();
        let form = Form::from(browser.get("/forgotten-password")).set("email", "nobody@alcove.test");
        // Each account has a limit of its own, so these are sixty.
        let other = |number: usize| form.clone().set("email", &format!("nobody{number}@alcove.test"));
        let statuses: Vec<u16> = (0..60).map(|number| browser.submit(other(number)).status).collect();
        assert_eq!(statuses[..30], [200; 30]);
        assert!(statuses[30..].contains(&429));
        let page = browser.submit(form.clone());
        assert!(page.status == 200 || page.header("retry-after").is_some());
    }
}

#[test]
fn signing_in_leads_back_to_pages_of_ours_only() {
    for server in servers() {
        let browser = server.visitor();
        let page = browser.get("/account").must_be(303);
        assert_eq!(page.location(), Some("/sign-in?next=%2Faccount"));
        let form = Form::from(browser.follow(page));
        let form = form.set("email", "wendy@alcove.test").set("password", PASSWORD);
        let form = form.choose("with", "Sign in with a password");
        assert_eq!(browser.submit(form).must_be(303).location(), Some("/account"));
        assert_eq!(browser.get("/sign-in?next=/organisations").must_be(303).location(), Some("/organisations"));
        for foreign in ["https://example.org/", "//example.org", "/\\example.org", "/a\r\nb: c", "/é"] {
            let browser = server.visitor();
            let form = sign_in_form(&browser, "wendy@alcove.test", PASSWORD).set("next", foreign);
            assert_eq!(browser.submit(form).must_be(303).location(), Some("/"), "{foreign}");
        }
    }
}

#[test]
fn each_sign_in_has_a_token_of_its_own_and_ends_the_one_before() {
    for server in servers() {
        let browser = signed_in(&server, "wendy@alcove.test");
        let first = browser.cookie("alcove").unwrap();
        assert_eq!(first.len(), 43);
        // The sign-in page is passed over by those who are signed in, but its form may still be open in another window.
        let other = server.visitor();
        let form = sign_in_form(&other, "rob@alcove.test", PASSWORD);
        other.submit(form).must_be(303);
        assert_ne!(other.cookie("alcove").unwrap(), first);
        let thief = server.visitor();
        thief.set_cookie("alcove", &first);
        assert!(is_signed_in(&thief));
        let csrf = browser.get("/account").attr("input[name=csrf]", "value").unwrap();
        let fields =
            [("csrf", csrf.as_str()), ("email", "rob@alcove.test"), ("password", PASSWORD), ("with", "password")];
        browser.post("/sign-in", &fields).must_be(303);
        assert_ne!(browser.cookie("alcove").unwrap(), first);
        assert!(!is_signed_in(&thief));
    }
}

#[test]
fn the_cookie_lasts_only_where_it_was_asked_to() {
    for server in servers() {
        let browser = server.visitor();
        let page = sign_in(&browser, "wendy@alcove.test", PASSWORD).must_be(303);
        let cookie = page.header("set-cookie").unwrap();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Max-Age"),
            "{cookie}"
        );
        let lasting = server.visitor();
        let form = sign_in_form(&lasting, "wendy@alcove.test", PASSWORD).set("remember", "yes");
        let page = lasting.submit(form).must_be(303);
        assert!(page.header("set-cookie").unwrap().contains("Max-Age=2592000"));
        server.clock.set(server.clock.now().plus_hours(13));
        assert!(!is_signed_in(&browser));
        assert!(is_signed_in(&lasting));
        server.clock.set(server.clock.now().plus_days(8));
        assert!(!is_signed_in(&lasting), "a session that is not used for a week ends");
    }
}

#[test]
fn enter_in_the_address_field_asks_for_a_link() {
    for server in servers() {
        let browser = server.visitor();
        let form = Form::from(browser.get("/sign-in")).set("email", "wendy@alcove.test");
        assert_eq!(browser.submit(form.clone()).must_be(200).h1(), "Check your email");
        assert_eq!(server.mails_to("wendy@alcove.test").len(), 1);
        // The button says password, so an empty one is a slip.
        browser.submit(form.choose("with", "Sign in with a password")).must_be(422);
        // And with a password typed, Enter signs in.
        let form = Form::from(browser.get("/sign-in")).set("email", "wendy@alcove.test").set("password", PASSWORD);
        browser.submit(form).must_be(303);
        assert!(is_signed_in(&browser));
    }
}

#[test]
fn signing_out_ends_the_session_itself() {
    for server in servers() {
        let browser = signed_in(&server, "wendy@alcove.test");
        let token = browser.cookie("alcove").unwrap();
        let page = browser.submit(browser.get("/account").form("form[action='/sign-out']")).must_be(303);
        assert!(browser.follow(page).text(".notice").unwrap().contains("You are signed out."));
        assert_eq!(browser.cookie("alcove"), None);
        browser.set_cookie("alcove", &token);
        assert!(!is_signed_in(&browser));
    }
}
