//! Deciding about organisations, and trust.

use crate::support::browser::{Browser, Form};
use crate::support::server::{Server, servers};
use alcove::domain::organisation::Standing;
use alcove::domain::rendered::MailKind;
use alcove::store::organisations;
use alcove::store::people::make_administrator;

const HERON: &str = "/manage/organisations/heron-friends";

fn administrator(server: &Server) -> Browser {
    server.signed_in(server.person("admin@alcove.test"))
}

/// Wendy applies for Heron Friends.
fn apply(server: &Server) -> Browser {
    let browser = server.signed_in(server.world.wren_booker);
    let form = Form::from(browser.get("/organisations/apply"));
    let form = form.set("name", "Heron Friends").set("about", "Company.").choose("class", "Charity");
    let form = form.choose("register", "Scotland").set("charity_number", "SC012345");
    browser.submit(form).must_be(303);
    browser
}

fn standing(server: &Server) -> Standing {
    let slug = crate::support::world::slug("heron-friends");
    server.db.read_now(|conn| organisations::by_slug(conn, &slug)).unwrap().unwrap().standing
}

#[test]
fn an_application_is_approved_and_the_coordinator_hears_of_it() {
    for server in servers() {
        let wendy = apply(&server);
        let browser = administrator(&server);
        let page = browser.get("/manage/organisations").must_be(200);
        assert_eq!(page.all_text("h2")[0], "Waiting for a decision");
        let page = browser.get(HERON).must_be(200);
        assert!(page.text("dl").unwrap().contains("Wendy Wren, wendy@alcove.test"));
        assert!(page.text("dl").unwrap().contains("Friday 20 November 2026"));
        let approve = page.form("#approve").choose("decision", "Approve Heron Friends");
        let page = browser.follow(browser.submit(approve.clone()).must_be(303));
        assert!(page.text(".notice").unwrap().contains("Approved."));
        assert_eq!(standing(&server), Standing::Approved);
        let kinds: Vec<_> = server.mails_to("wendy@alcove.test").iter().map(|mail| mail.kind).collect();
        assert_eq!(kinds, [MailKind::OrganisationApproved]);
        assert!(wendy.get("/organisations/heron-friends").text("main").unwrap().contains("Approved"));
        // Sent twice, it changes nothing and mails nobody.
        browser.submit(approve).must_be(409);
        assert_eq!(server.mails_to("wendy@alcove.test").len(), 1);
    }
}

#[test]
fn an_application_is_declined_with_a_reason() {
    for server in servers() {
        let wendy = apply(&server);
        let browser = administrator(&server);
        let form = browser.get(HERON).form("#decline").choose("decision", "Decline Heron Friends");
        let page = browser.submit(form.clone()).must_be(422);
        assert!(page.title().starts_with("Error: "));
        for hostile in ["a\0b", "a\u{202E}b", &"x".repeat(10_000)] {
            browser.submit(form.clone().set("reason", hostile)).must_be(422);
        }
        assert_eq!(standing(&server), Standing::Applied);
        let reason = "The number is <b>another</b> charity's.";
        browser.submit(form.set("reason", reason)).must_be(303);
        assert_eq!(standing(&server), Standing::Declined);
        let mails = server.mails_to("wendy@alcove.test");
        assert_eq!(mails[0].kind, MailKind::OrganisationDeclined);
        assert!(mails[0].text.contains(reason));
        let page = wendy.get("/organisations/heron-friends");
        assert!(page.text(".notice").unwrap().contains(reason) && !page.body.contains("<b>another"));
    }
}

#[test]
fn of_two_administrators_the_slower_is_told_and_changes_nothing() {
    for server in servers() {
        apply(&server);
        let manager = server.world.manager;
        server.db.write_now(|conn| make_administrator(conn, manager)).unwrap();
        let (first, second) = (administrator(&server), server.signed_in(manager));
        let approve = first.get(HERON).form("#approve").choose("decision", "Approve Heron Friends");
        let decline = second.get(HERON).form("#decline").choose("decision", "Decline Heron Friends");
        first.submit(approve).must_be(303);
        let page = second.submit(decline.set("reason", "Too late")).must_be(409);
        assert!(page.title().starts_with("Error: "));
        assert!(
            page.text(".error-summary").unwrap().contains("This has changed since you opened the page: it is approved")
        );
        assert_eq!(standing(&server), Standing::Approved);
        assert_eq!(server.mails_to("wendy@alcove.test").len(), 1);
    }
}

#[test]
fn an_organisation_is_suspended_and_reinstated() {
    for server in servers() {
        let browser = administrator(&server);
        let path = "/manage/organisations/robin-trust";
        let form = browser.get(path).form("#suspend").choose("decision", "Suspend Robin Trust");
        browser.submit(form.clone()).must_be(422);
        browser.submit(form.set("reason", "Insurance has run out")).must_be(303);
        let robin = server.signed_in(server.world.robin_booker);
        let page = robin.get("/organisations/robin-trust").must_be(200);
        assert!(page.text(".notice").unwrap().contains("Insurance has run out"));
        // While it is suspended it invites nobody, and managers do not see it.
        assert!(!robin.get("/organisations/robin-trust/people").must_be(200).has("#invite"));
        server.signed_in(server.world.manager).get(path).must_be(404);
        browser.submit(browser.get(path).form("#reinstate").choose("decision", "Reinstate Robin Trust")).must_be(303);
        assert!(robin.get("/organisations/robin-trust/people").must_be(200).has("#invite"));
        assert!(server.mails().is_empty());
    }
}

#[test]
fn managers_say_whom_their_own_sites_trust_and_decide_nothing() {
    for server in servers() {
        apply(&server);
        let browser = server.signed_in(server.world.manager);
        let page = browser.get("/manage/organisations").must_be(200);
        assert_eq!(page.all_text("h2"), ["Approved"]);
        browser.get(HERON).must_be(404);
        let path = "/manage/organisations/wren-support";
        let page = browser.get(path).must_be(200);
        assert!(!page.has("#suspend") && !page.has("#approve"));
        let form = page.form("#trust");
        let trusted = || server.db.read_now(|conn| organisations::trusted_by(conn, server.world.wren)).unwrap().len();
        browser.submit(form.clone().choose("site", "Hunter Street Medical Centre")).must_be(303);
        assert_eq!(trusted(), 1);
        assert_eq!(browser.get(path).form("#trust").value("site"), Some("hunter-street"));
        browser.submit(form.clone().add("site", "elsewhere")).must_be(404);
        assert_eq!(trusted(), 1);
        browser.submit(form.clone().unset("csrf")).must_be(403);
        browser.submit(form.clone()).must_be(303);
        assert_eq!(trusted(), 0);
        let csrf = form.value("csrf").unwrap();
        let fields = [("csrf", csrf), ("decision", "suspend"), ("seen", "approved"), ("reason", "No")];
        browser.post(path, &fields).must_be(404);
        browser.post(&format!("{HERON}/trust"), &[("csrf", csrf), ("site", "hunter-street")]).must_be(404);
    }
}

#[test]
fn others_find_no_such_page() {
    for server in servers() {
        let paths = ["/manage/organisations", "/manage/organisations/robin-trust"];
        for person in [server.world.robin_booker, server.person("reception@alcove.test")] {
            let browser = server.signed_in(person);
            for path in paths {
                browser.get(path).must_be(404);
            }
            let csrf = browser.get("/account").attr("input[name=csrf]", "value").unwrap();
            let fields = [("csrf", csrf.as_str()), ("decision", "suspend"), ("seen", "approved"), ("reason", "No")];
            browser.post(paths[1], &fields).must_be(404);
            browser.post("/manage/organisations/robin-trust/trust", &fields[..1]).must_be(404);
        }
        for path in paths {
            server.visitor().get(path).must_be(303);
        }
    }
}

#[test]
fn decisions_that_make_no_sense_are_refused() {
    for server in servers() {
        apply(&server);
        let browser = administrator(&server);
        let csrf = browser.get(HERON).attr("input[name=csrf]", "value").unwrap();
        for (decision, seen, status) in [
            ("suspend", "applied", 409),
            ("approve", "approved", 409),
            ("reinstate", "suspended", 409),
            ("crown", "applied", 400),
            ("approve", "<script>", 400),
        ] {
            let fields = [("csrf", csrf.as_str()), ("decision", decision), ("seen", seen), ("reason", "Because")];
            browser.post(HERON, &fields).must_be(status);
        }
        browser.post(HERON, &[("decision", "approve"), ("seen", "applied")]).must_be(403);
        browser.post(HERON, &[("csrf", "x"), ("decision", "approve"), ("seen", "applied")]).must_be(403);
        assert_eq!(standing(&server), Standing::Applied);
        browser.get("/manage/organisations/nobody").must_be(404);
    }
}

#[test]
fn pages_about_organisations_take_few_queries() {
    for server in servers() {
        apply(&server);
        let (wendy, browser) = (server.signed_in(server.world.wren_booker), administrator(&server));
        for (browser, path) in [
            (&wendy, "/account"),
            (&wendy, "/organisations"),
            (&wendy, "/organisations/apply"),
            (&wendy, "/organisations/heron-friends"),
            (&wendy, "/organisations/heron-friends/people"),
            (&browser, "/manage/organisations"),
            (&browser, HERON),
        ] {
            let queries = server.queries(|| {
                browser.get(path).must_be(200);
            });
            assert!(queries <= 8, "{path} takes {queries} queries");
        }
    }
}
