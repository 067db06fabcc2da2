//! Applying for an organisation, and who sees it.

use super::administrator;
use crate::support::browser::{Browser, Form};
use crate::support::server::servers;
use alcove::domain::rendered::MailKind;

fn form(browser: &Browser) -> Form {
    let form = Form::from(browser.get("/organisations/apply").must_be(200));
    form.set("name", "Heron Friends")
        .set("about", "Company for people who live alone.")
        .choose("class", "Charity")
        .choose("register", "England and Wales")
        .set("charity_number", "1134567")
}

#[test]
fn an_application_waits_and_the_administrators_hear_of_it() {
    for server in servers() {
        let browser = server.signed_in(server.person("reception@alcove.test"));
        let page = browser.submit(form(&browser)).must_be(303);
        assert_eq!(page.location(), Some("/organisations/heron-friends?done=applied"));
        let page = browser.follow(page).must_be(200);
        assert_eq!(page.h1(), "Heron Friends");
        assert!(page.text("main").unwrap().contains("Waiting for approval"));
        assert!(page.all_text("dd").iter().any(|words| words == "1134567"));
        let mails = server.mails();
        assert_eq!(mails.len(), 1);
        assert_eq!((mails[0].to.as_str(), mails[0].kind), ("admin@alcove.test", MailKind::OrganisationApplied));
        assert_eq!(server.mailed_link("admin@alcove.test"), "/manage/organisations/heron-friends");
        assert!(browser.get("/organisations").all_text("h2").contains(&"Heron Friends".to_owned()));
    }
}

#[test]
fn a_form_sent_twice_applies_once_and_a_name_used_twice_has_two_addresses() {
    for server in servers() {
        let browser = server.signed_in(server.world.wren_booker);
        let first = form(&browser);
        for _ in 0..2 {
            let page = browser.submit(first.clone()).must_be(303);
            assert_eq!(page.location(), Some("/organisations/heron-friends?done=applied"));
        }
        assert_eq!(server.mails().len(), 1);
        let page = browser.submit(form(&browser)).must_be(303);
        assert_eq!(page.location(), Some("/organisations/heron-friends-2?done=applied"));
        // A name that would hide a page of ours, and one of which nothing is left.
        let page = browser.submit(form(&browser).set("name", "Apply")).must_be(303);
        assert_eq!(page.location(), Some("/organisations/apply-2?done=applied"));
        let page = browser.submit(form(&browser).set("name", "Другой")).must_be(422);
        assert!(page.text(".error-summary").unwrap().contains("3 applications waiting"));
        let other = server.signed_in(server.world.robin_booker);
        let page = other.submit(form(&other).set("name", "Другой")).must_be(303);
        assert_eq!(page.location(), Some("/organisations/organisation?done=applied"));
    }
}

#[test]
fn charity_numbers_have_the_shape_of_their_register() {
    for server in servers() {
        let browser = server.signed_in(server.world.wren_booker);
        for (register, number, words) in [
            ("England and Wales", "12345", "Enter 6 or 7 digits, like 1134567"),
            ("Scotland", "1134567", "Enter SC and 6 digits, like SC012345"),
            ("Northern Ireland", "NIC1", "Enter NIC and 6 digits, like NIC101234"),
            ("England and Wales", "", "Enter 6 or 7 digits, like 1134567"),
        ] {
            let form = form(&browser).choose("register", register).set("charity_number", number);
            let page = browser.submit(form).must_be(422);
            assert_eq!(page.all_text(".error-summary li"), [words]);
            assert_eq!(page.attr(".error-summary a", "href").as_deref(), Some("#charity_number"));
            // What was typed is kept, choices included.
            assert_eq!(Form::from(&page).value("charity_number"), Some(number));
            assert_eq!(Form::from(&page).value("name"), Some("Heron Friends"));
            assert!(Form::from(&page).value("register").is_some());
        }
        let form = form(&browser).choose("register", "Not a registered charity").set("charity_number", "");
        let page = browser.submit(form.clone()).must_be(422);
        assert_eq!(page.all_text(".error-summary li"), ["Enter why you are not registered"]);
        browser.submit(form.set("reason", "A small group of neighbours")).must_be(303);
    }
}

#[test]
fn an_empty_form_is_told_everything_at_once() {
    for server in servers() {
        let browser = server.signed_in(server.world.wren_booker);
        let form = Form::from(browser.get("/organisations/apply"));
        let page = browser.submit(form).must_be(422);
        assert!(page.title().starts_with("Error: "));
        assert_eq!(page.all_text(".error-summary li").len(), 4);
        for link in ["name", "about", "class", "register"] {
            assert!(page.has(&format!("#{link}")), "the summary leads to {link}");
        }
        assert!(server.mails().is_empty());
    }
}

#[test]
fn hostile_text_is_escaped_or_refused() {
    let long = "x".repeat(10_000);
    for server in servers() {
        let browser = server.signed_in(server.world.wren_booker);
        let unregistered = |form: Form| form.choose("register", "Not a registered charity").set("reason", "Small");
        for field in ["name", "about", "reason"] {
            for text in ["a\0b", "a\u{202E}b", &long] {
                let page = browser.submit(unregistered(form(&browser)).set(field, text)).must_be(422);
                assert_eq!(page.all_text(".error-summary li").len(), 1, "{field}");
            }
        }
        for field in ["class", "register", "charity_number"] {
            for text in ["a\0b", "a\u{202E}b", &long, "<script>"] {
                browser.submit(form(&browser).set(field, text)).must_be(422);
            }
        }
        assert!(server.mails().is_empty());
        let script = "<script>alert(1)</script>";
        let form = unregistered(form(&browser)).set("name", script).set("about", script).set("reason", script);
        let page = browser.follow(browser.submit(form).must_be(303)).must_be(200);
        assert_eq!(page.h1(), script);
        assert!(!page.body.contains(script));
        assert!(!administrator(&server).get("/manage/organisations").body.contains(script));
    }
}

#[test]
fn a_form_without_its_token_writes_nothing() {
    for server in servers() {
        let browser = server.signed_in(server.world.wren_booker);
        let form = form(&browser);
        browser.submit(form.clone().unset("csrf")).must_be(403);
        browser.submit(form.set("csrf", "0")).must_be(403);
        assert!(server.mails().is_empty());
        assert_eq!(browser.get("/organisations/heron-friends").status, 404);
    }
}

#[test]
fn members_and_managers_see_an_organisation_and_others_do_not() {
    for server in servers() {
        let path = "/organisations/robin-trust";
        assert!(server.visitor().get(path).must_be(303).location().unwrap().starts_with("/sign-in"));
        for outsider in [server.world.wren_booker, server.person("reception@alcove.test")] {
            server.signed_in(outsider).get(path).must_be(404);
            server.signed_in(outsider).get("/organisations/robin-trust/people").must_be(404);
        }
        let page = super::coordinator(&server).get(path).must_be(200);
        assert!(page.has("a[href='/organisations/robin-trust/people']"));
        assert!(page.has("main a[href='/bookings']"));
        assert!(page.text("main").unwrap().contains("Hunter Street Medical Centre"));
        let page = server.signed_in(server.world.manager).get(path).must_be(200);
        assert!(!page.has("a[href='/organisations/robin-trust/people']"));
        administrator(&server).get(path).must_be(200);
        for nonsense in ["/organisations/nobody", "/organisations/..%2f", "/organisations/A", "/organisations/%00"] {
            administrator(&server).get(nonsense).must_be(404);
        }
    }
}
