//! Calendar feeds as conversations: made, read by a calendar without a session, ended; what stands in them for whom. Not other programs that read them.

use crate::support::browser::{Browser, Page};
use crate::support::server::{Server, servers};
use crate::support::world::{at, circumstances, mailer, now, span};
use alcove::allocation::{self, Draft, GiveUp, RequestAnswer};
use alcove::domain::ids::Reference;
use alcove::domain::policy::MemberRole;
use alcove::domain::rules::Privacy;
use alcove::store::organisations;

const PAGE: &str = "/account/calendars";

fn book(server: &Server, facility: &str, date: &str, purpose: &str, privacy: Privacy) -> Reference {
    let draft = server.world.trusted_draft(facility, span(date, "10:00", "11:00"));
    let draft = Draft { purpose: purpose.to_owned(), nonce: purpose.to_owned(), privacy, ..draft };
    let mailer = mailer();
    let answer = server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap();
    match answer {
        RequestAnswer::Done { reference, .. } => reference,
        other => panic!("{other:?}"),
    }
}

/// Makes a feed and gives its path.
fn make(browser: &Browser, page: &str, of: &str) -> String {
    let made = browser.submit(browser.get(page).must_be(200).form("#make").set("of", of)).must_be(200);
    let address = made.text("pre").unwrap();
    address[address.find("/feeds/").unwrap()..].to_owned()
}

/// A feed as a calendar reads it, with its lines unfolded.
fn read(server: &Server, path: &str) -> (Page, String) {
    let page = server.visitor().get(path).must_be(200);
    let text = page.body.replace("\r\n ", "");
    (page, text)
}

fn events(text: &str) -> Vec<String> {
    text.split("BEGIN:VEVENT").skip(1).map(str::to_owned).collect()
}

#[test]
fn a_feed_shows_what_its_person_may_see_now() {
    for server in servers() {
        book(&server, "cedar", "2026-11-24", "Choir practice", Privacy::Open);
        let hidden = book(&server, "cedar", "2026-11-25", "Quiet hour", Privacy::Confidential);
        let rob = server.signed_in(server.world.robin_booker);
        let wendy = server.signed_in(server.world.wren_booker);
        let own = make(&rob, PAGE, "own");
        let (page, text) = read(&server, &own);
        assert_eq!(page.header("content-type"), Some("text/calendar; charset=utf-8"));
        assert_eq!(events(&text).len(), 2);
        assert!(text.contains("SUMMARY:Choir practice: Cedar\\, Hunter Street Medical Centre"), "{text}");
        assert!(text.contains("DTSTART:20261124T100000Z") && text.contains("DTEND:20261124T110000Z"), "{text}");
        assert!(text.contains("STATUS:CONFIRMED") && !text.contains("RRULE") && !text.contains("TZID"));
        assert!(!text.contains("Quiet hour") && text.contains("CLASS:CONFIDENTIAL"), "{text}");
        // Somebody else follows the room: a private session is busy, and nothing tells whose it is.
        let room = make(&wendy, "/account/calendars?site=hunter-street&facility=cedar", "facility/hunter-street/cedar");
        let (_, text) = read(&server, &room);
        let private = events(&text).into_iter().find(|event| event.contains("20261125")).unwrap();
        assert!(private.contains("SUMMARY:Busy: Cedar"), "{private}");
        for secret in ["Robin", "Quiet", &hidden.to_string(), &hidden.stored().to_lowercase()] {
            assert!(!private.contains(secret), "{secret}: {private}");
        }
        // A site's feed is for its staff, an organisation's for those who book for it.
        for (of, who) in
            [("site/hunter-street", &wendy), ("organisation/robin-trust", &wendy), ("facility/x/y", &wendy)]
        {
            let form = who.get(PAGE).must_be(200).form("#make").set("of", of);
            who.submit(form).must_be(404);
        }
        let site = make(&server.signed_in(server.world.manager), PAGE, "site/hunter-street");
        assert!(read(&server, &site).1.contains("Choir practice"));
        // Whoever no longer books for the organisation no longer reads of it.
        let lower = |conn: &mut alcove::store::Conn| {
            let world = &server.world;
            organisations::set_member(conn, world.robin, world.robin_booker, MemberRole::Volunteer, now())
        };
        server.db.write_now(lower).unwrap();
        assert!(events(&read(&server, &own).1).is_empty());
    }
}

#[test]
fn what_is_cancelled_stays_for_thirty_days_with_a_higher_sequence() {
    for server in servers() {
        let reference = book(&server, "cedar", "2026-12-21", "Choir", Privacy::Open);
        let path = make(&server.signed_in(server.world.robin_booker), PAGE, "organisation/robin-trust");
        let before = read(&server, &path).1;
        let line = |text: &str, name: &str| {
            text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned()
        };
        let actor = server.world.actor(&server.db, server.world.robin_booker);
        let mailer = mailer();
        let cancel = |conn: &mut alcove::store::Conn| {
            allocation::cancel(conn, circumstances(&mailer, now()), &actor, (&reference, 1), &GiveUp::all(""))
        };
        server.db.write_now(cancel).unwrap();
        let after = read(&server, &path).1;
        assert_eq!(line(&before, "UID:"), line(&after, "UID:"));
        let number = |text: &str| line(text, "SEQUENCE:").parse::<i32>().unwrap();
        assert!(number(&before) < number(&after), "{before} {after}");
        assert!(after.contains("STATUS:CANCELLED"));
        server.clock.set(at("2026-12-21 12:00"));
        assert!(events(&read(&server, &path).1).is_empty());
    }
}

#[test]
fn a_calendar_that_has_it_is_told_so_until_something_changes() {
    for server in servers() {
        book(&server, "cedar", "2026-11-24", "Choir", Privacy::Open);
        let rob = server.signed_in(server.world.robin_booker);
        let path = make(&rob, PAGE, "own");
        assert!(rob.get(PAGE).text("li.row").unwrap().contains("not read by any calendar yet"));
        let calendar = server.visitor();
        let tag = calendar.get(&path).must_be(200).header("etag").unwrap().to_owned();
        calendar.header("If-None-Match", &tag);
        let same = calendar.get(&path).must_be(304);
        assert!(same.body.is_empty());
        let queries = server.queries(|| {
            calendar.get(&path).must_be(304);
        });
        assert!(queries <= 5, "{queries}");
        book(&server, "cedar", "2026-11-26", "Chess", Privacy::Open);
        let mut changed = String::new();
        let queries = server.queries(|| changed = calendar.get(&path).must_be(200).body);
        assert!(changed.contains("Chess") && queries <= 8, "{queries}");
        assert!(rob.get(PAGE).text("li.row").unwrap().contains("last read"));
    }
}

#[test]
fn an_ended_feed_is_gone_and_another_persons_cannot_be_ended() {
    for server in servers() {
        let rob = server.signed_in(server.world.robin_booker);
        let path = make(&rob, PAGE, "own");
        let end = rob.get(PAGE).must_be(200).form("li form");
        let wendy = server.signed_in(server.world.wren_booker);
        let csrf = wendy.get(PAGE).attr("input[name=csrf]", "value").unwrap();
        let key = end.value("key").unwrap().to_owned();
        wendy.post("/account/calendars/end", &[("csrf", &csrf), ("key", &key)]).must_be(409);
        server.visitor().get(&path).must_be(200);
        rob.submit(end.clone()).must_be(303);
        server.visitor().get(&path).must_be(404);
        rob.submit(end).must_be(409);
        server.visitor().get("/feeds/x.ics").must_be(404);
        // Nothing chosen, and too many.
        let form = rob.get(PAGE).form("#make");
        rob.submit(form.clone().unset("of")).must_be(422);
        for _ in 0..20 {
            rob.submit(form.clone().set("of", "own")).must_be(200);
        }
        let page = rob.submit(form.set("of", "own")).must_be(422);
        assert!(page.text(".error-summary").unwrap().contains("20 feeds"));
    }
}
