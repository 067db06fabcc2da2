//! One's own sessions as conversations: what a volunteer sees of all their organisations, handing back and taking up, and the mailed link that
//! opens nothing else. Not the rota.

use crate::support::browser::Browser;
use crate::support::server::{Server, servers};
use crate::support::world::{add_person, at, circumstances, mailer, now, span};
use crate::web::matrix::table::ROWS;
use alcove::allocation::{self, Draft, Giving, RequestAnswer};
use alcove::domain::booking::Scope;
use alcove::domain::ids::{OrganisationId, PersonId, Reference};
use alcove::domain::person::Email;
use alcove::domain::policy::MemberRole;
use alcove::domain::rules::Privacy;
use alcove::store::{Conn, organisations};

/// A volunteer of both organisations, each of which the site trusts and has a coordinator.
fn vera(server: &Server) -> PersonId {
    let world = &server.world;
    server
        .db
        .write_now(|conn| {
            let vera = add_person(conn, "Vera Volunteer", "vera@alcove.test", None);
            organisations::set_member(conn, world.robin, vera, MemberRole::Volunteer, now())?;
            organisations::set_member(conn, world.wren, vera, MemberRole::Volunteer, now())?;
            organisations::set_member(conn, world.wren, world.wren_booker, MemberRole::Coordinator, now())?;
            organisations::set_trust(conn, world.wren, world.site, true, now())?;
            Ok(vera)
        })
        .unwrap()
}

fn book(server: &Server, of: OrganisationId, facility: &str, (date, from, to): (&str, &str, &str)) -> Reference {
    let (mailer, world) = (mailer(), &server.world);
    let session = span(date, from, to);
    let draft = if of == world.robin { world.trusted_draft(facility, session) } else { world.draft(facility, session) };
    let purpose = if of == world.robin { "Choir" } else { "Quiet hour" };
    let privacy = if of == world.robin { Privacy::Organisation } else { Privacy::Confidential };
    let draft = Draft { purpose: purpose.to_owned(), privacy, ..draft };
    let ask = |conn: &mut Conn| allocation::request(conn, circumstances(&mailer, now()), &draft);
    match server.db.write_now(ask).unwrap() {
        RequestAnswer::Done { reference, .. } => reference,
        other => panic!("{other:?}"),
    }
}

fn put_on(server: &Server, by: PersonId, reference: &Reference, who: &str) {
    let (mailer, actor) = (mailer(), server.world.actor(&server.db, by));
    let what = Giving { person: Email::parse(who).unwrap(), ordinal: 1, scope: Scope::This };
    let give = |conn: &mut Conn| allocation::give(conn, circumstances(&mailer, now()), &actor, reference, &what);
    assert!(matches!(server.db.write_now(give).unwrap(), allocation::DutyAnswer::Done { .. }));
}

#[test]
fn a_volunteer_sees_everything_of_all_organisations_on_one_small_page() {
    for server in servers() {
        let (vera, world) = (vera(&server), &server.world);
        let choir = book(&server, world.robin, "hall", ("2026-11-24", "10:00", "11:00"));
        let quiet = book(&server, world.wren, "cedar", ("2026-11-24", "14:00", "15:00"));
        let other = book(&server, world.robin, "tidy-room", ("2026-11-25", "10:00", "11:00"));
        put_on(&server, world.robin_booker, &choir, "vera@alcove.test");
        put_on(&server, world.robin_booker, &choir, "rob@alcove.test");
        put_on(&server, world.wren_booker, &quiet, "vera@alcove.test");
        server.clock.set(at("2026-11-24 09:30"));
        let browser = server.signed_in(vera);
        let page = browser.get("/today").must_be(200);
        assert!(page.h1().contains("Hello Vera") && page.h1().contains("Tuesday 24 November 2026, 9:30am"));
        let next = page.text(".next").unwrap();
        for words in [
            "Your next session starts in 30 minutes",
            "10am to 11am, Hall",
            "Third floor",
            "8 Hunter Street",
            "Main door, then the lift.",
            "Choir, Robin Trust",
            "On with youRob",
        ] {
            assert!(next.contains(words), "{words}: {next}");
        }
        assert!(!next.contains("Rob Robin"), "volunteers know each other by first names");
        // What is confidential to others is theirs to know.
        let main = page.text("main").unwrap();
        assert!(main.contains("2pm to 3pm, Cedar") && main.contains("Quiet hour, Wren Support"), "{main}");
        assert!(main.contains("020 7946 0001"));
        assert!(!main.contains("Tidy room"), "a session that she is not on");
        assert!(page.body.len() < 20_000, "{}", page.body.len());
        assert!(server.queries(|| drop(browser.get("/today"))) <= 6);
        // A gap is offered; taking it is one click, and a second finds that it is gone.
        let set = |conn: &mut Conn| {
            let (mailer, rob) = (mailer(), world.actor(&server.db, world.robin_booker));
            allocation::set_need(conn, circumstances(&mailer, now()), &rob, (&other, 1))
        };
        server.db.write_now(set).unwrap();
        let page = browser.get("/today");
        let take = || page.form("form:has([name=booking])");
        let done = browser.follow(browser.submit(take()).must_be(303)).must_be(200);
        assert!(done.text("main").unwrap().contains("Tidy room") && !done.has("[name=booking]"));
        let again = browser.submit(take()).must_be(409);
        assert!(again.text("[role=alert]").unwrap().contains("You are on it already"));
        // Coordinators see the whole of their organisation, on as small a page.
        let rob = server.signed_in(world.robin_booker);
        let all = rob.get("/today").must_be(200);
        assert!(all.text("main").unwrap().contains("Vera Volunteer") && !all.body.contains("Quiet hour"));
        assert!(server.queries(|| drop(rob.get("/today"))) <= 6);
        assert!(all.body.len() < 20_000);
        // Handing back is two clicks, and the mail goes to the coordinator.
        let page = browser.get("/today");
        browser.follow(browser.submit(page.form("details form")).must_be(303)).must_be(200);
        assert!(server.mails_to("rob@alcove.test").iter().any(|mail| mail.text.contains("handed a duty back")));
        assert!(!browser.get("/today").text(".next").unwrap().contains("Choir"));
        // Somebody of no organisation has an empty page that says so.
        let mary = server.signed_in(world.manager).get("/today").must_be(200);
        assert!(mary.text(".lead").unwrap().contains("You help no organisation yet"));
    }
}

#[test]
fn what_changed_since_yesterday_stands_on_the_page_for_a_day() {
    for server in servers() {
        let (vera, world) = (vera(&server), &server.world);
        let choir = book(&server, world.robin, "hall", ("2026-11-24", "10:00", "11:00"));
        put_on(&server, world.robin_booker, &choir, "vera@alcove.test");
        let browser = server.signed_in(vera);
        assert!(browser.get("/today").text("main").unwrap().contains("New: you are on Tuesday 24 November"));
        server.clock.set(at("2026-11-22 09:00"));
        assert!(!browser.get("/today").text("main").unwrap().contains("Changed since yesterday"));
        let (mailer, rob) = (mailer(), world.actor(&server.db, world.robin_booker));
        let cancel = |conn: &mut Conn| {
            let how = circumstances(&mailer, at("2026-11-22 09:00"));
            allocation::cancel(conn, how, &rob, (&choir, 1), &allocation::GiveUp::all(""))
        };
        server.db.write_now(cancel).unwrap();
        server.clock.set(at("2026-11-23 08:00"));
        let page = browser.get("/today").text("main").unwrap();
        assert!(page.contains("Off: Tuesday 24 November, 10am to 11am, Hall"), "{page}");
        server.clock.set(at("2026-11-24 08:00"));
        assert!(!browser.get("/today").text("main").unwrap().contains("Off:"));
    }
}

/// Asks for a link and uses it, in a browser that has nothing else.
fn by_link(server: &Server, address: &str) -> Browser {
    let browser = server.visitor();
    let form = browser.get("/sign-in").form("main form").set("email", address);
    let fields: Vec<(&str, &str)> = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post("/sign-in/today", &fields).must_be(200);
    let link = server.mailed_link(address);
    assert!(link.starts_with("/sign-in/today/"), "{link}");
    // Looking at it, as mail scanners do, uses nothing up.
    browser.get(&link).must_be(200);
    let page = browser.get(&link).must_be(200);
    let answer = browser.submit(page.form("main form")).must_be(303);
    assert_eq!(answer.location(), Some("/today"));
    assert_eq!(server.visitor().get(&link).status, 410);
    browser
}

#[test]
fn a_mailed_link_opens_ones_own_sessions_for_thirty_days_and_nothing_else() {
    for server in servers() {
        let (vera, world) = (vera(&server), &server.world);
        let choir = book(&server, world.robin, "hall", ("2026-11-24", "10:00", "11:00"));
        put_on(&server, world.robin_booker, &choir, "vera@alcove.test");
        let browser = by_link(&server, "vera@alcove.test");
        let page = browser.get("/today").must_be(200);
        assert!(page.text("main").unwrap().contains("10am to 11am, Hall"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        // Every other page answers as it does to somebody who is not signed in.
        let mut looked_at = 0;
        for row in ROWS.iter().filter(|row| row.method == "GET" && !row.pattern.contains('{')) {
            if row.pattern == "/today" {
                continue;
            }
            let (had, visitor) = (browser.get(row.pattern), server.visitor().get(row.pattern));
            assert_eq!((had.status, had.location()), (visitor.status, visitor.location()), "{}", row.pattern);
            assert!(!had.body.contains("Vera"), "{}", row.pattern);
            looked_at += 1;
        }
        assert!(20 < looked_at);
        let token = page.attr("input[name=csrf]", "value").unwrap();
        for row in ROWS.iter().filter(|row| row.method == "POST" && !row.pattern.contains('{')) {
            if row.pattern.starts_with("/today") {
                continue;
            }
            let had = browser.post(row.pattern, &[("csrf", &token)]);
            let to_sign_in = had.location().is_some_and(|to| to.starts_with("/sign-in?next="));
            assert!(had.status == 403 || to_sign_in, "{}: {}", row.pattern, had.status);
        }
        // The cookie of the one session does not pass for that of the other.
        let thief = server.visitor();
        thief.set_cookie("alcove", &browser.cookie("alcove-today").unwrap());
        assert!(thief.get("/account").must_be(303).location().unwrap().starts_with("/sign-in"));
        assert_eq!(thief.get("/today").status, 303);
        // A duty can be handed back from it.
        browser.follow(browser.submit(browser.get("/today").form("details form")).must_be(303)).must_be(200);
        // It lasts for thirty days, used or not.
        server.clock.set(now().plus_days(29));
        browser.get("/today").must_be(200);
        let account = server.signed_in(vera);
        assert!(account.get("/account").text("main").unwrap().contains("your sessions only"));
        server.clock.set(now().plus_days(30).plus_minutes(1));
        assert_eq!(browser.get("/today").status, 303);
    }
}

#[test]
fn such_a_session_can_be_ended_from_either_side() {
    for server in servers() {
        let vera = vera(&server);
        let browser = by_link(&server, "vera@alcove.test");
        let account = server.signed_in(vera);
        let end = account.get("/account").must_be(200).form("li form");
        account.submit(end).must_be(303);
        assert_eq!(browser.get("/today").status, 303);
        let browser = by_link(&server, "vera@alcove.test");
        let form = browser.get("/today").must_be(200).form("form[action='/today/end']");
        browser.submit(form).must_be(303);
        assert_eq!(browser.get("/today").status, 303);
        // Nobody learns who has an account, and an unknown address gets no mail.
        let visitor = server.visitor();
        let form = visitor.get("/sign-in").form("main form").set("email", "nobody@else.test");
        let fields: Vec<(&str, &str)> =
            form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        visitor.post("/sign-in/today", &fields).must_be(200);
        assert!(server.mails_to("nobody@else.test").is_empty());
    }
}

#[test]
fn a_feed_of_ones_own_holds_ones_duties() {
    for server in servers() {
        let (vera, world) = (vera(&server), &server.world);
        let quiet = book(&server, world.wren, "cedar", ("2026-11-24", "14:00", "15:00"));
        book(&server, world.wren, "cedar", ("2026-11-25", "14:00", "15:00"));
        put_on(&server, world.wren_booker, &quiet, "vera@alcove.test");
        let browser = server.signed_in(vera);
        let made = browser.submit(browser.get("/account/calendars").form("#make").set("of", "own")).must_be(200);
        let address = made.text("pre").unwrap();
        let feed = server.visitor().get(&address[address.find("/feeds/").unwrap()..]).must_be(200);
        let text = feed.body.replace("\r\n ", "");
        assert_eq!(text.matches("BEGIN:VEVENT").count(), 1, "{text}");
        assert!(text.contains("SUMMARY:On duty: Cedar\\, Hunter Street Medical Centre"), "{text}");
        assert!(text.contains("/today") && !text.contains("Quiet hour"), "{text}");
        // Of a coordinator's, which holds every session, the ones that they are on are marked.
        put_on(&server, world.wren_booker, &quiet, "wendy@alcove.test");
        let wendy = server.signed_in(world.wren_booker);
        let made = wendy.submit(wendy.get("/account/calendars").form("#make").set("of", "own")).must_be(200);
        let address = made.text("pre").unwrap();
        let text = server.visitor().get(&address[address.find("/feeds/").unwrap()..]).body;
        assert_eq!((text.matches("BEGIN:VEVENT").count(), text.matches("SUMMARY:On duty").count()), (2, 1), "{text}");
    }
}
