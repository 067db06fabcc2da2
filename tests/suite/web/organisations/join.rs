//! Joining by invitation.

use super::{coordinator, invite};
use crate::support::browser::Form;
use crate::support::server::{Server, servers};
use alcove::domain::policy::MemberRole;
use alcove::store::organisations;

const PASSWORD: &str = "quiet otter umbrella";

fn role(server: &Server, email: &str) -> Option<MemberRole> {
    let members = server.db.read_now(|conn| organisations::members(conn, server.world.robin)).unwrap();
    members.into_iter().find(|one| one.email.as_str() == email).map(|one| one.role)
}

#[test]
fn somebody_new_joins_with_a_name_and_a_password() {
    for server in servers() {
        invite(&coordinator(&server), "ivy@alcove.test", "booker").must_be(303);
        let (browser, path) = (server.visitor(), server.mailed_link("ivy@alcove.test"));
        // Scanners open the link; it still works.
        server.visitor().get(&path).must_be(200);
        let form = Form::from(browser.get(&path).must_be(200));
        let page = browser.submit(form.clone().set("name", "").set("password", "short")).must_be(422);
        assert!(page.title().starts_with("Error: "));
        assert_eq!(page.all_text(".error-summary li").len(), 2);
        browser.submit(form.clone().unset("csrf")).must_be(403);
        let page = browser.submit(form.clone().set("name", "Ivy New").set("password", PASSWORD)).must_be(303);
        assert_eq!(page.location(), Some("/organisations/robin-trust?done=joined"));
        assert_eq!(browser.follow(page).must_be(200).text(".who span").unwrap(), "Ivy NewRobin Trust");
        assert_eq!(role(&server, "ivy@alcove.test"), Some(MemberRole::Booker));
        // Used up, for this browser and any other.
        server.visitor().get(&path).must_be(410);
        assert_eq!(server.mails_to("ivy@alcove.test").len(), 1, "the link has confirmed the address");
    }
}

#[test]
fn somebody_with_an_account_joins_with_it() {
    for server in servers() {
        invite(&coordinator(&server), "wendy@alcove.test", "coordinator").must_be(303);
        let path = server.mailed_link("wendy@alcove.test");
        let visitor = server.visitor();
        let page = visitor.get(&path).must_be(200);
        let sign_in = page.attr("main a.button", "href").unwrap();
        assert!(sign_in.starts_with("/sign-in?next=%2Fjoin%2F"), "{sign_in}");
        // Nobody makes a second account, or takes this one over, by sending the other form.
        let csrf = visitor.get("/sign-in").attr("input[name=csrf]", "value").unwrap();
        let fields = [("csrf", csrf.as_str()), ("name", "Mallory"), ("password", PASSWORD)];
        assert!(visitor.post(&path, &fields).must_be(303).location().unwrap().starts_with("/sign-in"));
        assert_eq!(role(&server, "wendy@alcove.test"), None);

        let wendy = server.signed_in(server.world.wren_booker);
        wendy.submit(wendy.get(&path).must_be(200)).must_be(303);
        assert_eq!(role(&server, "wendy@alcove.test"), Some(MemberRole::Coordinator));
    }
}

#[test]
fn an_invitation_is_for_one_address() {
    for server in servers() {
        invite(&coordinator(&server), "ivy@alcove.test", "booker").must_be(303);
        let path = server.mailed_link("ivy@alcove.test");
        let wendy = server.signed_in(server.world.wren_booker);
        let page = wendy.get(&path).must_be(200);
        assert!(page.has("main form[action='/sign-out']"));
        assert!(!page.body.contains("ivy@alcove.test"));
        let csrf = page.attr("input[name=csrf]", "value").unwrap();
        wendy.post(&path, &[("csrf", &csrf)]).must_be(409);
        assert_eq!(role(&server, "wendy@alcove.test"), None);
        server.visitor().get(&path).must_be(200);
    }
}

#[test]
fn an_account_that_was_never_confirmed_is_not_trusted() {
    for server in servers() {
        let squatter = server.visitor();
        let form = Form::from(squatter.get("/register"));
        let form =
            form.set("name", "Mallory").set("email", "ivy@alcove.test").set("password", "first come first served");
        squatter.submit(form).must_be(200);
        let confirm = server.mailed_link("ivy@alcove.test");
        invite(&coordinator(&server), "ivy@alcove.test", "booker").must_be(303);
        let (browser, path) = (server.visitor(), server.mailed_link("ivy@alcove.test"));
        let form = Form::from(browser.get(&path).must_be(200));
        let page = browser.submit(form.set("name", "Ivy New").set("password", PASSWORD)).must_be(303);
        assert_eq!(browser.follow(page).text(".who span").unwrap(), "Ivy NewRobin Trust");
        squatter.get(&confirm).must_be(410);
        let form = Form::from(squatter.get("/sign-in")).set("email", "ivy@alcove.test");
        let form = form.set("password", "first come first served").choose("with", "Sign in with a password");
        squatter.submit(form).must_be(422);
    }
}

#[test]
fn an_invitation_never_takes_a_role_away_and_ends_after_a_week() {
    for server in servers() {
        invite(&coordinator(&server), "wendy@alcove.test", "booker").must_be(303);
        let path = server.mailed_link("wendy@alcove.test");
        let (robin, wendy, now) = (server.world.robin, server.world.wren_booker, server.clock.now());
        let join = |conn: &mut _| organisations::set_member(conn, robin, wendy, MemberRole::Coordinator, now);
        server.db.write_now(join).unwrap();
        let browser = server.signed_in(wendy);
        browser.submit(browser.get(&path)).must_be(303);
        assert_eq!(role(&server, "wendy@alcove.test"), Some(MemberRole::Coordinator));
        invite(&coordinator(&server), "ivy@alcove.test", "booker").must_be(303);
        server.clock.set(server.clock.now().plus_days(7));
        server.visitor().get(&server.mailed_link("ivy@alcove.test")).must_be(410);
    }
}

#[test]
fn hostile_names_are_escaped_or_refused() {
    let long = "x".repeat(10_000);
    for server in servers() {
        invite(&coordinator(&server), "ivy@alcove.test", "booker").must_be(303);
        let (browser, path) = (server.visitor(), server.mailed_link("ivy@alcove.test"));
        let form = Form::from(browser.get(&path).must_be(200)).set("password", PASSWORD);
        for text in ["a\0b", "a\u{202E}b", &long] {
            browser.submit(form.clone().set("name", text)).must_be(422);
        }
        let script = "<script>alert(1)</script>";
        let page = browser.follow(browser.submit(form.set("name", script)).must_be(303));
        assert!(!page.body.contains(script));
        for nonsense in ["x", "%00", &"a".repeat(43)] {
            browser.get(&format!("/join/{nonsense}")).must_be(410);
        }
    }
}
