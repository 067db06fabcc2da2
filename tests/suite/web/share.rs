//! A booking shared with a second organisation, as conversations: the form, what its people see and may do, how it ends. Not the mail.

use crate::support::browser::Browser;
use crate::support::server::{Server, servers};
use crate::support::world::{add_organisation, add_person, at, now};
use alcove::domain::organisation::{Class, Standing};
use alcove::domain::policy::MemberRole;
use alcove::store::organisations;

/// Robin Trust's private booking of Cedar on Tuesday 24 November 2026; gives its path.
fn book(server: &Server) -> String {
    let browser = server.signed_in(server.world.robin_booker);
    let page = browser.get("/sites/hunter-street/cedar/book?date=2026-11-24").must_be(200);
    let form = page.form("form[method=post]").choose("from", "10am").choose("to", "11am");
    let form = form.set("purpose", "Joint clinic").set("people", "2").set("privacy", "confidential").set("step", "yes");
    let done = browser.submit(form).must_be(303);
    done.location().unwrap().split('?').next().unwrap().to_owned()
}

/// Shares it with Wren Support.
fn share(server: &Server, booking: &str) {
    let browser = server.signed_in(server.world.robin_booker);
    let form =
        browser.get(&format!("{booking}/share")).must_be(200).form("main form").set("organisation", "Wren Support");
    browser.submit(form).must_be(303);
}

const DAY: &str = "/sites/hunter-street/schedule?date=2026-11-24";

fn sees_in_schedule(browser: &Browser, booking: &str) -> bool {
    let page = browser.get(DAY).must_be(200);
    let named = page.body.contains("Joint clinic");
    assert_eq!(named, page.has(&format!("a[href='{booking}']")), "named and linked go together");
    named
}

#[test]
fn it_is_shared_by_name_and_the_second_organisation_sees_all_of_it() {
    for server in servers() {
        let booking = book(&server);
        let wendy = server.signed_in(server.world.wren_booker);
        wendy.get(&booking).must_be(404);
        assert!(!sees_in_schedule(&wendy, &booking));
        let rob = server.signed_in(server.world.robin_booker);
        let page = rob.get(&booking).must_be(200);
        assert!(page.has(&format!("a[href='{booking}/share']")));
        share(&server, &booking);
        let page = rob.get(&booking).must_be(200);
        assert!(page.text("dl").unwrap().contains("Wren Support"));
        assert!(!page.has(&format!("a[href='{booking}/share']")) && page.has("form[action$='share/end']"));
        assert!(page.all_text(".timeline li").iter().any(|line| line.contains("Shared with a second organisation")));
        // Everything is there for the second organisation, but nothing that changes it.
        let page = wendy.get(&booking).must_be(200);
        assert!(page.text("main .notice").unwrap().contains("Shared by Robin Trust"));
        for act in ["cancel", "change", "more", "release", "undo", "share"] {
            assert!(!page.has(&format!("main [href$='/{act}'], main form[action$='/{act}']")), "{act}");
        }
        wendy.get(&format!("{booking}.ics")).must_be(200);
        assert!(sees_in_schedule(&wendy, &booking));
        let list = wendy.get("/bookings").must_be(200);
        let line = list.all_text("main li").into_iter().find(|line| line.contains("Joint clinic")).unwrap();
        assert!(line.contains("Shared by Robin Trust") && !line.contains("Release"), "{line}");
        // Others see what they saw before.
        let visitor = server.visitor();
        assert!(!sees_in_schedule(&visitor, &booking));
        for path in ["/bookings", &booking, DAY] {
            let queries = server.queries(|| drop(wendy.get(path).must_be(200)));
            assert!(queries <= 8, "{path}: {queries}");
        }
    }
}

#[test]
fn what_cannot_be_shared_says_why_and_keeps_what_was_typed() {
    for server in servers() {
        let booking = book(&server);
        server
            .db
            .write_now(|conn| {
                let other = add_organisation(conn, "Plover House", Class::Charity);
                let to = (Standing::Approved, Standing::Suspended);
                organisations::set_standing(conn, other, to, server.world.manager, "", now())
            })
            .unwrap();
        let browser = server.signed_in(server.world.robin_booker);
        let form = browser.get(&format!("{booking}/share")).must_be(200).form("main form");
        for (typed, words) in [
            ("Nobody <b>knows</b>", "No approved organisation has that name or number"),
            ("Plover House", "No approved organisation has that name or number"),
            ("Robin Trust", "It is their booking already"),
            ("", "Enter the name or charity number of the organisation"),
        ] {
            let page = browser.submit(form.clone().set("organisation", typed)).must_be(422);
            assert!(page.title().starts_with("Error: "));
            let fault = page.text("#organisation-error").unwrap();
            assert!(fault.contains(words), "{typed}: {fault}");
            assert_eq!(page.form("main form").value("organisation"), Some(typed));
            assert!(!page.body.contains("<b>knows"));
        }
        // No list of organisations is given away.
        let page = browser.get(&format!("{booking}/share")).must_be(200);
        assert!(!page.body.contains("Wren Support") && !page.has("main select, main datalist"));
    }
}

#[test]
fn a_stale_form_and_a_second_click_change_nothing() {
    for server in servers() {
        let booking = book(&server);
        let browser = server.signed_in(server.world.robin_booker);
        let form =
            browser.get(&format!("{booking}/share")).must_be(200).form("main form").set("organisation", "Wren Support");
        let done = browser.follow(browser.submit(&form).must_be(303)).must_be(200);
        assert!(done.text("[role=status]").unwrap().contains("Shared."));
        let again = browser.submit(&form).must_be(409);
        assert!(again.text("[role=alert]").unwrap().contains("changed since you looked"));
        assert!(!again.has("main form"), "there is nothing to cancel here");
        let end = browser.get(&booking).must_be(200).form("form[action$='share/end']");
        browser.submit(&end).must_be(303);
        browser.submit(&end).must_be(409);
        assert!(browser.get(&booking).must_be(200).has(&format!("a[href='{booking}/share']")));
    }
}

#[test]
fn the_second_organisation_takes_itself_off_and_sees_nothing_then() {
    for server in servers() {
        let booking = book(&server);
        share(&server, &booking);
        let wendy = server.signed_in(server.world.wren_booker);
        let form = wendy.get(&booking).must_be(200).form("form[action$='share/end']");
        let done = wendy.follow(wendy.submit(&form).must_be(303)).must_be(200);
        assert!(done.path.starts_with("/bookings?") && !done.body.contains("Joint clinic"));
        wendy.get(&booking).must_be(404);
        wendy.submit(&form).must_be(404);
        assert!(!sees_in_schedule(&wendy, &booking));
        let mails = server.mails_to("rob@alcove.test");
        assert!(mails[0].subject.contains("is no longer shared"), "{}", mails[0].subject);
        let page = server.signed_in(server.world.robin_booker).get(&booking).must_be(200);
        assert!(page.text("main").unwrap().contains("Confirmed"));
    }
}

#[test]
fn what_is_shared_cannot_be_changed_by_hand_made_forms() {
    for server in servers() {
        let booking = book(&server);
        share(&server, &booking);
        let wendy = server.signed_in(server.world.wren_booker);
        let csrf = wendy.get("/account").must_be(200).attr("input[name=csrf]", "value").unwrap();
        let end = wendy.get(&booking).must_be(200).form("form[action$='share/end']");
        let version = end.value("version").unwrap();
        for (act, more) in [
            ("cancel", ("reason", "")),
            ("release", ("date", "1")),
            ("change/withdraw", ("", "")),
            ("finish", ("date", "1")),
            ("put-back", ("date", "1")),
            ("share", ("organisation", "Robin Trust")),
        ] {
            let fields = [("csrf", csrf.as_str()), ("version", version), more];
            let fields: Vec<_> = fields.into_iter().filter(|(name, _)| !name.is_empty()).collect();
            wendy.post(&format!("{booking}/{act}"), &fields).must_be(404);
        }
        for page in ["cancel", "change", "more", "share", "needed"] {
            let answer = wendy.get(&format!("{booking}/{page}"));
            assert!([404, 303].contains(&answer.status), "{page}: {}", answer.status);
        }
        let page = server.signed_in(server.world.robin_booker).get(&booking).must_be(200);
        assert_eq!(page.text(".state").as_deref(), Some("Confirmed"));
    }
}

#[test]
fn volunteers_and_a_suspended_organisation_see_nothing_of_it() {
    for server in servers() {
        let booking = book(&server);
        share(&server, &booking);
        let volunteer = server.db.write_now(|conn| {
            let person = add_person(conn, "Vera Volunteer", "vera@alcove.test", None);
            organisations::set_member(conn, server.world.wren, person, MemberRole::Volunteer, now())?;
            Ok(person)
        });
        let vera = server.signed_in(volunteer.unwrap());
        vera.get(&booking).must_be(404);
        assert!(!sees_in_schedule(&vera, &booking));
        let wendy = server.signed_in(server.world.wren_booker);
        wendy.get(&booking).must_be(200);
        let stand = |from, to| {
            let set = |conn: &mut _| {
                organisations::set_standing(conn, server.world.wren, (from, to), server.world.manager, "", now())
            };
            assert!(server.db.write_now(set).unwrap());
        };
        stand(Standing::Approved, Standing::Suspended);
        let form = server.signed_in(server.world.robin_booker).get(&booking).form("form[action$='share/end']");
        let version = form.value("version").unwrap();
        wendy.get(&booking).must_be(404);
        assert!(!wendy.get("/bookings").must_be(200).body.contains("Joint clinic"));
        assert!(!sees_in_schedule(&wendy, &booking));
        let csrf = wendy.get("/account").must_be(200).attr("input[name=csrf]", "value").unwrap();
        wendy.post(&format!("{booking}/share/end"), &[("csrf", &csrf), ("version", version)]).must_be(404);
        stand(Standing::Suspended, Standing::Approved);
        wendy.get(&booking).must_be(200);
        // What has been is in its list, too.
        server.clock.set(at("2026-11-25 09:00"));
        let wendy = server.signed_in(server.world.wren_booker);
        assert!(wendy.get("/bookings?show=past").must_be(200).body.contains("Shared by Robin Trust"));
    }
}
