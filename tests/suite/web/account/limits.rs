//! Limits per address and per account, and who is believed about the address.

use super::{is_signed_in, sign_in};
use crate::support::browser::Form;
use crate::support::engines::engines;
use crate::support::server::{Server, servers};
use crate::support::world::PASSWORD;
use alcove::domain::history::EventKind;
use alcove::store::events;

const WENDY: &str = "wendy@alcove.test";

/// So many tries of a door, each said to come from another address or all from one.
fn tries(server: &Server, forwarded: impl Fn(usize) -> String) -> Vec<u16> {
    let browser = server.visitor();
    let form = Form::from(browser.get("/sign-in")).set("email", "no address").set("password", "x");
    let form = form.choose("with", "Sign in with a password");
    (0..60)
        .map(|number| {
            browser.header("X-Forwarded-For", &forwarded(number));
            browser.submit(form.clone()).status
        })
        .collect()
}

#[test]
fn a_stranger_who_says_that_they_come_from_elsewhere_is_not_believed() {
    for server in servers().into_iter().take(1) {
        let statuses = tries(&server, |number| format!("198.51.100.{number}"));
        assert!(statuses.contains(&429), "{statuses:?}");
    }
}

#[test]
fn a_trusted_proxy_says_who_asks() {
    for database in engines().into_iter().take(1) {
        let server = Server::start_behind(database, "127.0.0.1".parse().unwrap());
        let statuses = tries(&server, |number| format!("203.0.113.1, 198.51.100.{number}"));
        assert!(statuses.iter().all(|status| *status == 422), "each address has its own: {statuses:?}");
        // What the client itself claims stands on the left and counts for nothing.
        let statuses = tries(&server, |number| format!("198.51.100.{number}, 192.0.2.1"));
        assert!(statuses.contains(&429), "{statuses:?}");
    }
}

#[test]
fn a_strangers_guesses_keep_nobody_out_who_has_a_mailed_link() {
    for server in servers() {
        let thief = server.visitor();
        for _ in 0..10 {
            sign_in(&thief, WENDY, "not her password").must_be(422);
        }
        server.clock.set(server.clock.now().plus_minutes(5));
        let page = sign_in(&thief, WENDY, PASSWORD).must_be(429);
        assert_eq!(page.header("retry-after"), Some("600"));
        assert!(page.text(".error-summary").unwrap().contains("Wait 10 minutes, or ask for a link by email"));
        let owner = server.visitor();
        let form = Form::from(owner.get("/sign-in")).set("email", WENDY);
        owner.submit(form.choose("", "Email me a sign-in link")).must_be(200);
        owner.submit(owner.get(&server.mailed_link(WENDY))).must_be(303);
        assert!(is_signed_in(&owner));
        let person = server.person(WENDY);
        let lines = server.db.read_now(|conn| events::of_account(conn, person, &EventKind::OF_ACCOUNT, 9)).unwrap();
        assert_eq!(lines.iter().map(|line| line.1).collect::<Vec<_>>(), [EventKind::SignInPaused]);
    }
}
