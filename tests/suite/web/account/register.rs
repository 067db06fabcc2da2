//! Registering, confirming, and the first administrator.

use super::{is_signed_in, register, sign_in};
use crate::support::browser::{Browser, Form};
use crate::support::server::{Server, empty_servers, servers};
use alcove::chance::Chance;
use alcove::domain::rendered::MailKind;
use alcove::store::links::{self, LinkPurpose, NewLink};

const NEW: &str = "nora@alcove.test";
const NEW_PASSWORD: &str = "quiet otter umbrella";

#[test]
fn somebody_registers_confirms_and_is_signed_in() {
    for server in servers() {
        let browser = server.visitor();
        let page = register(&browser, "Nora New", NEW, NEW_PASSWORD).must_be(200);
        assert_eq!(page.h1(), "Check your email");
        assert!(!is_signed_in(&browser));
        let mails = server.mails_to(NEW);
        assert_eq!(mails.iter().map(|mail| mail.kind).collect::<Vec<_>>(), [MailKind::ConfirmAddress]);
        assert!(mails[0].text.contains("Nora New"));

        // A mail scanner opens the link, twice; nothing is used up and nobody is signed in.
        let path = server.mailed_link(NEW);
        let scanner = server.visitor();
        scanner.get(&path).must_be(200);
        scanner.get(&path).must_be(200);
        assert!(!is_signed_in(&scanner));

        let page = browser.submit(browser.get(&path).must_be(200)).must_be(303);
        assert_eq!(page.location(), Some("/account?done=confirmed-email"));
        let page = browser.follow(page).must_be(200);
        assert!(page.text(".notice").unwrap().contains("Your email address is confirmed."));
        assert_eq!(page.text(".who span").unwrap(), "Nora NewYour account");

        // The link has done its work.
        assert_eq!(server.visitor().get(&path).must_be(410).h1(), "This link no longer works");
        let other = server.visitor();
        sign_in(&other, NEW, NEW_PASSWORD).must_be(303);
        assert!(is_signed_in(&other));
    }
}

#[test]
fn a_known_address_gets_another_mail_and_the_same_page() {
    for server in servers() {
        let unknown = register(&server.visitor(), "Nora New", NEW, NEW_PASSWORD);
        let known = register(&server.visitor(), "Nora New", "wendy@alcove.test", NEW_PASSWORD);
        assert_eq!(unknown.status, known.status);
        assert_eq!(unknown.body.replace(NEW, "…"), known.body.replace("wendy@alcove.test", "…"));
        let kinds: Vec<_> = server.mails_to("wendy@alcove.test").iter().map(|mail| mail.kind).collect();
        assert_eq!(kinds, [MailKind::AddressTaken]);
        // However often somebody types it, the owner hears of it once an hour, and keeps name and password.
        register(&server.visitor(), "Nora New", "wendy@alcove.test", NEW_PASSWORD).must_be(200);
        assert_eq!(server.mails_to("wendy@alcove.test").len(), 1);
        sign_in(&server.visitor(), "wendy@alcove.test", NEW_PASSWORD).must_be(422);
    }
}

#[test]
fn an_unconfirmed_account_is_let_in_only_by_its_mail() {
    for server in servers() {
        register(&server.visitor(), "Nora New", NEW, NEW_PASSWORD).must_be(200);
        let browser = server.visitor();
        sign_in(&browser, NEW, "something else entirely").must_be(422);
        assert_eq!(server.mails_to(NEW).len(), 1);
        assert_eq!(sign_in(&browser, NEW, NEW_PASSWORD).must_be(200).h1(), "Check your email");
        assert_eq!(server.mails_to(NEW).len(), 2);
        assert!(!is_signed_in(&browser));
        browser.submit(browser.get(&server.mailed_link(NEW))).must_be(303);
        assert!(is_signed_in(&browser));
    }
}

#[test]
fn of_two_who_register_one_address_neither_password_stays() {
    for server in servers() {
        register(&server.visitor(), "Somebody Else", NEW, "first come first served").must_be(200);
        let browser = server.visitor();
        register(&browser, "Nora New", NEW, NEW_PASSWORD).must_be(200);
        let page = browser.follow(browser.submit(browser.get(&server.mailed_link(NEW))));
        assert!(page.all_text("section").iter().any(|words| words.contains("You have no password")), "{page:?}");
        for password in ["first come first served", NEW_PASSWORD] {
            sign_in(&server.visitor(), NEW, password).must_be(422);
        }
    }
}

#[test]
fn the_same_registration_sent_twice_is_harmless() {
    for server in servers() {
        let browser = server.visitor();
        let form = Form::from(browser.get("/register"));
        let form = form.set("name", "Nora New").set("email", NEW).set("password", NEW_PASSWORD);
        browser.submit(form.clone()).must_be(200);
        let first = server.mailed_link(NEW);
        browser.submit(form).must_be(200);
        browser.submit(browser.get(&first).must_be(200)).must_be(303);
        sign_in(&server.visitor(), NEW, NEW_PASSWORD).must_be(303);
    }
}

#[test]
fn a_link_to_confirm_works_for_a_day() {
    for server in servers() {
        register(&server.visitor(), "Nora New", NEW, NEW_PASSWORD).must_be(200);
        let (browser, path) = (server.visitor(), server.mailed_link(NEW));
        let form = Form::from(browser.get(&path).must_be(200));
        server.clock.set(server.clock.now().plus_hours(25));
        browser.get(&path).must_be(410);
        browser.submit(form).must_be(410);
        assert!(!is_signed_in(&browser));
    }
}

#[test]
fn what_is_wrong_is_said_at_the_field_and_what_was_typed_is_kept() {
    for server in servers() {
        let page = register(&server.visitor(), "", "nora", "short").must_be(422);
        assert!(page.title().starts_with("Error: "));
        let summary = page.all_text(".error-summary li");
        assert_eq!(summary.len(), 3);
        assert_eq!(summary[0], "Enter your name");
        assert_eq!(page.attr(".error-summary a", "href").as_deref(), Some("#name"));
        assert_eq!(page.attr("#email", "value").as_deref(), Some("nora"));
        assert_eq!(page.attr("#email", "aria-invalid").as_deref(), Some("true"));
        assert_eq!(page.attr("#password", "value").as_deref(), Some(""));
        assert!(server.mails().is_empty());
    }
}

/// A link for the first administrator, as the program prints it when it starts.
fn start_link(server: &Server) -> String {
    let (token, now) = (Chance.token(), server.clock.now());
    let link = NewLink {
        token_hash: &token.hash(),
        purpose: LinkPurpose::FirstAdministrator,
        person: None,
        organisation: None,
        email: "",
        ends_at: now.plus_hours(1),
    };
    server.db.write_now(|conn| links::insert(conn, &link, now)).unwrap();
    format!("/start/{}", token.reveal())
}

fn start_form(browser: &Browser, path: &str) -> Form {
    let form = Form::from(browser.get(path).must_be(200));
    form.set("name", "Fay First").set("email", "fay@alcove.test").set("password", NEW_PASSWORD)
}

#[test]
fn the_first_administrator_comes_by_a_link() {
    for server in empty_servers() {
        let (browser, path, spare) = (server.visitor(), start_link(&server), start_link(&server));
        let form = start_form(&browser, &path);
        browser.submit(form.clone().set("password", "short")).must_be(422);
        let page = browser.follow(browser.submit(form).must_be(303));
        assert_eq!(page.text(".who small").as_deref(), Some("Administrator"));
        assert!(page.has("main a[href='/manage/sites/new']"), "the next step is there");
        assert!(server.mails().is_empty(), "nobody has to confirm an address that the program asked for");
        sign_in(&server.visitor(), "fay@alcove.test", NEW_PASSWORD).must_be(303);
        // Neither this link nor another makes a second one.
        let other = server.visitor();
        other.get(&path).must_be(410);
        other.submit(start_form(&other, &spare).set("email", "mallory@alcove.test")).must_be(410);
        assert!(!is_signed_in(&other));
    }
}

#[test]
fn a_link_for_the_first_administrator_works_for_an_hour() {
    for server in empty_servers() {
        let (browser, path) = (server.visitor(), start_link(&server));
        let form = start_form(&browser, &path);
        server.clock.set(server.clock.now().plus_hours(1));
        browser.submit(form).must_be(410);
    }
}
