//! What the owner of an account is told, and changing its address.

use super::{is_signed_in, sign_in, signed_in};
use crate::support::browser::{Browser, Form, Page};
use crate::support::server::{Server, servers};
use crate::support::world::PASSWORD;
use alcove::domain::history::EventKind;
use alcove::domain::rendered::MailKind;
use alcove::store::events;

const WENDY: &str = "wendy@alcove.test";
const NEW: &str = "wendy.wren@alcove.test";
const PHONE: &str = "Mozilla/5.0 (Linux; Android 10; K) Chrome/142.0.0.0 Mobile Safari/537.36";

fn subjects(server: &Server, address: &str) -> Vec<String> {
    server.mails_to(address).into_iter().map(|mail| mail.subject).collect()
}

fn history(server: &Server, address: &str) -> Vec<EventKind> {
    let person = server.person(address);
    let lines = server.db.read_now(|conn| events::of_account(conn, person, &EventKind::OF_ACCOUNT, 50)).unwrap();
    lines.into_iter().map(|(_, kind)| kind).collect()
}

/// Asks for another address in a browser that is signed in.
fn ask(browser: &Browser, new: &str, password: &str) -> Page {
    let form = browser.get("/account").must_be(200).form("#email-form");
    browser.submit(form.set("new_email", new).set("email_password", password))
}

/// Presses the button of a mailed page.
fn press(browser: &Browser, path: &str) -> Page {
    browser.submit(browser.get(path).must_be(200).form("main form"))
}

#[test]
fn a_sign_in_from_a_new_device_is_told_once() {
    for server in servers() {
        signed_in(&server, WENDY);
        assert!(server.mails_to(WENDY).is_empty(), "the first device is no news");
        let phones = [server.visitor(), server.visitor()];
        for phone in &phones {
            phone.header("User-Agent", PHONE);
            sign_in(phone, WENDY, PASSWORD).must_be(303);
        }
        signed_in(&server, WENDY);
        let mails = server.mails_to(WENDY);
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].kind, MailKind::AccountAlert);
        assert!(mails[0].text.contains("Chrome on Android") && mails[0].text.contains("20 November 2026"));
        assert!(phones[0].get("/account").text("#account-history").unwrap().contains("new device"));
    }
}

#[test]
fn a_changed_password_is_told() {
    for server in servers() {
        let browser = signed_in(&server, WENDY);
        let form = browser.get("/account").form("#password-form").set("current", PASSWORD);
        browser.submit(form.set("password", "quiet otter umbrella")).must_be(303);
        assert_eq!(subjects(&server, WENDY), ["Your password was changed"]);
        assert!(history(&server, WENDY).contains(&EventKind::PasswordChanged));
    }
}

#[test]
fn an_address_is_changed_by_a_link_to_the_new_one_and_both_are_told() {
    for server in servers() {
        let browser = signed_in(&server, WENDY);
        let page = ask(&browser, NEW, "not her password").must_be(422);
        assert_eq!(page.attr("#new_email", "value").as_deref(), Some(NEW));
        ask(&browser, "no address", PASSWORD).must_be(422);
        ask(&browser, WENDY, PASSWORD).must_be(422);
        ask(&browser, NEW, PASSWORD).must_be(200);
        let link = server.mailed_link(NEW);
        // Nothing has changed yet, and somebody else who is signed in cannot use it.
        assert!(is_signed_in(&signed_in(&server, WENDY)));
        let stranger = signed_in(&server, "rob@alcove.test");
        press(&stranger, &link).must_be(410);
        assert!(history(&server, WENDY).contains(&EventKind::LinkRefused));
        press(&browser, &link).must_be(303);
        assert!(is_signed_in(&browser));
        assert!(browser.get("/account").text("aside").unwrap().contains(NEW));
        assert_eq!(subjects(&server, WENDY), ["Your email address was changed"]);
        assert_eq!(subjects(&server, NEW), ["This is your email address now", "Confirm your new email address"]);
        assert!(!server.mails_to(WENDY)[0].text.contains(NEW), "the old address is not told the new one in full");
        sign_in(&server.visitor(), WENDY, PASSWORD).must_be(422);
        sign_in(&server.visitor(), NEW, PASSWORD).must_be(303);
        // Used twice it opens nothing, and that is noted.
        let csrf = server.visitor();
        csrf.get(&link).must_be(410);
        let token = csrf.get("/sign-in").attr("input[name=csrf]", "value").unwrap();
        csrf.post(&link, &[("csrf", &token)]).must_be(410);
        let refused = history(&server, NEW).into_iter().filter(|kind| *kind == EventKind::LinkRefused).count();
        assert_eq!(refused, 2);
    }
}

#[test]
fn the_old_address_puts_itself_back_and_throws_everybody_out() {
    for server in servers() {
        let thief = signed_in(&server, WENDY);
        ask(&thief, NEW, PASSWORD).must_be(200);
        press(&thief, &server.mailed_link(NEW)).must_be(303);
        let undo = server.mailed_link(WENDY);
        let owner = server.visitor();
        press(&owner, &undo).must_be(303);
        assert!(!is_signed_in(&thief));
        sign_in(&server.visitor(), NEW, PASSWORD).must_be(422);
        sign_in(&server.visitor(), WENDY, PASSWORD).must_be(422);
        assert_eq!(subjects(&server, WENDY)[0], "Your email address was put back");
        let form = Form::from(owner.get("/sign-in")).set("email", WENDY);
        owner.submit(form.choose("", "Email me a sign-in link")).must_be(200);
        press(&owner, &server.mailed_link(WENDY)).must_be(303);
        assert!(is_signed_in(&owner));
        owner.get(&undo).must_be(410);
    }
}

#[test]
fn the_way_back_ends_after_a_week() {
    for server in servers() {
        let browser = signed_in(&server, WENDY);
        ask(&browser, NEW, PASSWORD).must_be(200);
        press(&browser, &server.mailed_link(NEW)).must_be(303);
        let undo = server.mailed_link(WENDY);
        server.clock.set(server.clock.now().plus_days(7));
        server.visitor().get(&undo).must_be(410);
    }
}

#[test]
fn an_address_that_somebody_has_is_told_to_its_owner_only() {
    for server in servers() {
        let browser = signed_in(&server, WENDY);
        let (taken, free) = (ask(&browser, "rob@alcove.test", PASSWORD), ask(&browser, NEW, PASSWORD));
        let words = |page: &Page, email: &str| page.text("main").unwrap().replace(email, "…");
        assert_eq!(words(&taken.must_be(200), "rob@alcove.test"), words(&free.must_be(200), NEW));
        assert_eq!(subjects(&server, "rob@alcove.test"), ["You have an Alcove account already"]);
        // Somebody registers with the new address before the link is used.
        let link = server.mailed_link(NEW);
        server.db.write_now(|conn| Ok(crate::support::world::add_person(conn, "Willa Wren", NEW, None))).unwrap();
        press(&browser, &link).must_be(410);
        assert!(is_signed_in(&signed_in(&server, WENDY)));
    }
}

#[test]
fn a_link_tried_twice_stands_in_the_history() {
    for server in servers() {
        let browser = server.visitor();
        let form = Form::from(browser.get("/sign-in")).set("email", WENDY);
        browser.submit(form.choose("", "Email me a sign-in link")).must_be(200);
        let link = server.mailed_link(WENDY);
        let page = browser.get(&link).must_be(200);
        let (thief, csrf) = (server.visitor(), Form::from(&page));
        browser.submit(csrf).must_be(303);
        let token = thief.get("/sign-in").attr("input[name=csrf]", "value").unwrap();
        thief.post(&link, &[("csrf", &token)]).must_be(410);
        assert!(!is_signed_in(&thief));
        assert_eq!(history(&server, WENDY), [EventKind::LinkRefused]);
    }
}
