//! Inviting, changing roles and removing.

use super::{administrator, coordinator, invite};
use crate::support::browser::{Browser, Page};
use crate::support::server::servers;
use alcove::domain::policy::MemberRole;
use alcove::domain::rendered::MailKind;
use alcove::store::organisations;

const PEOPLE: &str = "/organisations/robin-trust/people";

/// Sends the form of one member, `what` being "role" or "remove".
fn act(browser: &Browser, what: &str, person: &str, role: Option<&str>) -> Page {
    let csrf = browser.get(PEOPLE).must_be(200).attr("input[name=csrf]", "value").unwrap();
    let mut fields = vec![("csrf", csrf.as_str()), ("person", person)];
    fields.extend(role.map(|role| ("role", role)));
    browser.post(&format!("{PEOPLE}/{what}"), &fields)
}

#[test]
fn an_invitation_is_mailed_once_listed_and_withdrawn() {
    for server in servers() {
        let browser = coordinator(&server);
        for _ in 0..2 {
            let page = invite(&browser, "ivy@alcove.test", "volunteer").must_be(303);
            assert_eq!(page.location(), Some("/organisations/robin-trust/people?done=invited"));
        }
        let mails = server.mails_to("ivy@alcove.test");
        assert_eq!(mails.iter().map(|mail| mail.kind).collect::<Vec<_>>(), [MailKind::Invitation]);
        let page = browser.get(PEOPLE);
        assert!(page.all_text("li").iter().any(|line| line.contains("ivy@alcove.test") && line.contains("Volunteer")));
        // Another role is another invitation, and the first no longer works.
        let first = server.mailed_link("ivy@alcove.test");
        invite(&browser, "ivy@alcove.test", "booker").must_be(303);
        server.visitor().get(&first).must_be(410);
        let second = server.mailed_link("ivy@alcove.test");
        server.visitor().get(&second).must_be(200);
        let form = browser.get(PEOPLE).form("form[action$='/withdraw']");
        let page = browser.follow(browser.submit(form).must_be(303));
        assert!(page.text(".notice").unwrap().contains("withdrawn"));
        server.visitor().get(&second).must_be(410);
    }
}

#[test]
fn what_cannot_be_invited_is_said() {
    let long = "x".repeat(10_000);
    for server in servers() {
        let browser = coordinator(&server);
        for text in ["", "ivy", "a\0@b.c", "a\u{202E}@b.c", &long, "<script>@b.c"] {
            let page = invite(&browser, text, "booker").must_be(422);
            assert!(page.title().starts_with("Error: "));
            assert!(!page.body.contains("<script>@"));
        }
        let page = invite(&browser, "rob@alcove.test", "booker").must_be(422);
        assert!(page.text(".error-summary").unwrap().contains("a member already"));
        let page = invite(&browser, "ivy@alcove.test", "emperor").must_be(422);
        assert_eq!(page.attr(".error-summary a", "href").as_deref(), Some("#role"));
        let form = browser.get(PEOPLE).form("#invite").set("email", "ivy@alcove.test");
        browser.submit(form.clone().unset("csrf")).must_be(403);
        browser.submit(form.set("csrf", "x")).must_be(403);
        assert!(server.mails().is_empty());
    }
}

#[test]
fn the_last_coordinator_is_kept() {
    for server in servers() {
        let browser = coordinator(&server);
        for page in [
            act(&browser, "remove", "rob@alcove.test", None),
            act(&browser, "role", "rob@alcove.test", Some("booker")),
            // Nor can an administrator leave it without one.
            act(&administrator(&server), "remove", "rob@alcove.test", None),
        ] {
            let page = page.must_be(422);
            assert!(page.title().starts_with("Error: "));
            assert_eq!(
                page.all_text(".error-summary li"),
                ["Rob Robin is the only coordinator. Make somebody else a coordinator first"]
            );
        }
        let (robin, wendy) = (server.world.robin, server.world.wren_booker);
        let now = server.clock.now();
        let join = |conn: &mut _| organisations::set_member(conn, robin, wendy, MemberRole::Booker, now);
        server.db.write_now(join).unwrap();
        act(&browser, "role", "wendy@alcove.test", Some("coordinator")).must_be(303);
        // Now there are two, so one may go; whoever leaves sees it no more.
        let page = act(&browser, "remove", "rob@alcove.test", None).must_be(303);
        assert_eq!(page.location(), Some("/organisations?done=left"));
        browser.get("/organisations/robin-trust").must_be(404);
        let wendy = server.signed_in(wendy);
        act(&wendy, "remove", "wendy@alcove.test", None).must_be(422);
    }
}

#[test]
fn roles_are_changed_and_members_removed_by_coordinators_only() {
    for server in servers() {
        let (robin, wendy) = (server.world.robin, server.world.wren_booker);
        let now = server.clock.now();
        let join = |conn: &mut _| organisations::set_member(conn, robin, wendy, MemberRole::Booker, now);
        server.db.write_now(join).unwrap();
        let role = || {
            let members = server.db.read_now(|conn| organisations::members(conn, robin)).unwrap();
            members.into_iter().find(|one| one.person == wendy).map(|one| one.role)
        };
        let booker = server.signed_in(wendy);
        booker.get("/organisations/robin-trust").must_be(200);
        booker.get(PEOPLE).must_be(404);
        let csrf = booker.get("/account").attr("input[name=csrf]", "value").unwrap();
        let fields = [("csrf", csrf.as_str()), ("person", "wendy@alcove.test"), ("role", "coordinator")];
        booker.post(&format!("{PEOPLE}/role"), &fields).must_be(404);
        booker.post(&format!("{PEOPLE}/remove"), &fields[..2]).must_be(404);
        booker.post(&format!("{PEOPLE}/withdraw"), &fields[..2]).must_be(404);
        let invited = [("csrf", csrf.as_str()), ("email", "ivy@alcove.test"), ("role", "booker")];
        booker.post(PEOPLE, &invited).must_be(404);
        // A manager of a site is no coordinator either.
        server.signed_in(server.world.manager).get(PEOPLE).must_be(404);
        assert_eq!(role(), Some(MemberRole::Booker));

        let browser = coordinator(&server);
        act(&browser, "role", "wendy@alcove.test", Some("volunteer")).must_be(303);
        assert_eq!(role(), Some(MemberRole::Volunteer));
        act(&browser, "role", "wendy@alcove.test", Some("emperor")).must_be(400);
        act(&browser, "remove", "wendy@alcove.test", None).must_be(303);
        assert_eq!(role(), None);
        // Sent again, it is as it is.
        act(&browser, "remove", "wendy@alcove.test", None).must_be(303);
        assert!(server.mails().is_empty());
    }
}

#[test]
fn names_of_volunteers_are_for_those_who_coordinate_them() {
    for server in servers() {
        let (robin, wendy) = (server.world.robin, server.world.wren_booker);
        let (now, reception) = (server.clock.now(), server.person("reception@alcove.test"));
        server
            .db
            .write_now(|conn| {
                organisations::set_member(conn, robin, wendy, MemberRole::Booker, now)?;
                organisations::set_member(conn, robin, reception, MemberRole::Volunteer, now)
            })
            .unwrap();
        let sees = |person, name: &str| {
            let page = server.signed_in(person).get("/organisations/robin-trust").must_be(200);
            page.text("main").unwrap().contains(name)
        };
        assert!(sees(server.world.robin_booker, "Rita Reception"));
        assert!(!sees(wendy, "Rita Reception") && sees(wendy, "Rob Robin"));
        assert!(sees(reception, "Rita Reception"));
        assert!(!sees(server.world.manager, "Wendy Wren") && sees(server.world.manager, "Rob Robin"));
    }
}
