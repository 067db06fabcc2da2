//! Forged forms and hostile text.

use super::{is_signed_in, register, signed_in};
use crate::support::browser::Form;
use crate::support::server::servers;
use crate::support::world::PASSWORD;

#[test]
fn a_form_without_its_token_writes_nothing() {
    for server in servers() {
        let browser = server.visitor();
        browser.get("/register").must_be(200);
        let fields = [("name", "Nora New"), ("email", "nora@alcove.test"), ("password", "quiet otter umbrella")];
        browser.post("/register", &fields).must_be(403);
        let nought = "0".repeat(64);
        let wrong = [&fields[..], &[("csrf", nought.as_str())]].concat();
        browser.post("/register", &wrong).must_be(403);
        // The right token of another visit.
        let csrf = server.visitor().get("/register").attr("input[name=csrf]", "value").unwrap();
        browser.post("/register", &[&fields[..], &[("csrf", &csrf)]].concat()).must_be(403);
        // The right token from another site's page.
        let own = browser.get("/register").attr("input[name=csrf]", "value").unwrap();
        let whole = [&fields[..], &[("csrf", own.as_str())]].concat();
        browser.header("Origin", "https://example.org");
        browser.post("/register", &whole).must_be(403);
        assert!(server.mails().is_empty());

        let browser = server.visitor();
        browser.get("/sign-in");
        browser.post("/sign-in", &[("email", "wendy@alcove.test"), ("password", PASSWORD)]).must_be(403);
        assert!(!is_signed_in(&browser));
        let wendy = signed_in(&server, "wendy@alcove.test");
        for path in ["/account/name", "/account/sessions/end-others", "/sign-out"] {
            wendy.post(path, &[("name", "Mallory"), ("csrf", "x")]).must_be(403);
        }
        assert_eq!(wendy.get("/account").attr("#name", "value").as_deref(), Some("Wendy Wren"));
    }
}

#[test]
fn fields_that_the_form_does_not_have_are_refused() {
    for server in servers() {
        let browser = server.visitor();
        let form = Form::from(browser.get("/register")).set("name", "Nora").set("email", "nora@alcove.test");
        let form = form.set("password", "quiet otter umbrella").add("administrator", "true");
        browser.submit(form).must_be(400);
        assert!(server.mails().is_empty());
    }
}

#[test]
fn hostile_text_is_escaped_or_refused() {
    let long = "x".repeat(10_000);
    for server in servers() {
        for (text, what) in [("a\0b", "NUL"), ("a\u{202E}b", "bidi"), (long.as_str(), "long")] {
            let page = register(&server.visitor(), text, "nora@alcove.test", "quiet otter umbrella").must_be(422);
            assert_eq!(page.all_text(".error-summary li").len(), 1, "name {what}");
            let page = register(&server.visitor(), "Nora", &format!("{text}@alcove.test"), "quiet otter umbrella");
            assert_eq!(page.must_be(422).all_text(".error-summary li").len(), 1, "email {what}");
        }
        register(&server.visitor(), "Nora", "nora@alcove.test", &long).must_be(422);
        assert!(server.mails().is_empty());
        let script = "<script>alert(1)</script>";
        let page = register(&server.visitor(), script, script, script).must_be(422);
        assert!(!page.body.contains(script));
        assert_eq!(page.attr("#name", "value").as_deref(), Some(script));
        register(&server.visitor(), script, "nora@alcove.test", "quiet otter umbrella").must_be(200);
        let browser = server.visitor();
        let page = browser.follow(browser.submit(browser.get(&server.mailed_link("nora@alcove.test"))));
        assert!(!page.body.contains(script));
        assert!(page.text(".who").unwrap().contains(script));
    }
}

#[test]
fn hostile_text_at_the_sign_in_is_only_wrong() {
    let long = "x".repeat(10_000);
    for server in servers() {
        let script = "<script>alert(1)</script>";
        for text in [script, "a\0b", "a\u{202E}b", long.as_str()] {
            let browser = server.visitor();
            let form = Form::from(browser.get("/sign-in")).choose("with", "Sign in with a password");
            let page = browser.submit(form.clone().set("email", text).set("password", text)).must_be(422);
            assert!(!page.body.contains(script));
            browser.submit(form.clone().set("email", "wendy@alcove.test").set("password", text)).must_be(422);
            let form = Form::from(browser.get("/forgotten-password")).set("email", text);
            browser.submit(form).must_be(422);
        }
        assert!(server.mails().is_empty());
        let query =
            form_urlencoded::Serializer::new(String::new()).extend_pairs([("next", script), ("done", script)]).finish();
        let page = server.visitor().get(&format!("/sign-in?{query}")).must_be(200);
        assert!(!page.body.contains(script));
    }
}
