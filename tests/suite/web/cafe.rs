//! Cafés and shops as conversations: open now, sessions without booking, who opens up, what is on. Not the rules of hours.

use crate::support::server::{Server, servers};
use crate::support::world::{add_facility, at, circumstances, mailer, now, span};
use alcove::allocation::{self, BlockAnswer, BlockDraft, Draft, RequestAnswer};
use alcove::domain::hours::WeeklyHours;
use alcove::domain::kinds::Kind;
use alcove::domain::places::UnitChoice;
use alcove::domain::rules::{Privacy, Rules};
use alcove::store::sites;

const CAFE: &str = "/sites/hunter-street/cafe/open";
const MANAGE: &str = "/manage/sites/hunter-street/cafe/drop-ins";
const SET: &str = "/manage/sites/hunter-street/cafe/openers";
const OPENERS: &str = "/sites/hunter-street/cafe/openers";

/// Open from 9am to 4pm, Monday to Friday.
fn with_cafe(server: &Server) {
    let world = &server.world;
    server
        .db
        .write_now(|conn| {
            let rules = Rules::ordinary();
            let id = add_facility(conn, world.site, "Cafe", Kind::Cafe, &["Cafe"], UnitChoice::Whole, &rules);
            let own = |weekday| WeeklyHours { facility: Some(id), weekday, from_minute: 540, to_minute: 960 };
            let hours: Vec<_> = (0..5).map(own).collect();
            sites::set_hours(conn, world.site, Some(id), &hours)
        })
        .unwrap();
}

/// Adds a session on Tuesdays and Thursdays.
fn knit(server: &Server) {
    let manager = server.signed_in(server.world.manager);
    let form = manager.get(MANAGE).must_be(200).form("#set").set("name", "Knit and natter").set("whom", "All levels");
    let form = form.set("begins", "10am").set("ends", "12 noon").set("first", "2026-11-20").set("act", "set");
    manager.submit(form.add("weekday", "1").add("weekday", "3")).must_be(303);
}

#[test]
fn the_door_says_until_when_and_when_it_opens_next() {
    for server in servers() {
        with_cafe(&server);
        let visitor = server.visitor();
        let says = |when: &str, words: &str| {
            server.clock.set(at(when));
            let page = visitor.get(CAFE).must_be(200);
            assert!(page.text("main").unwrap().contains(words), "{when}: {:?}", page.text(".lead"));
        };
        says("2026-11-24 10:00", "Open now, until 4pm");
        says("2026-11-24 17:00", "Closed now. Next open tomorrow, Wednesday at 9am");
        says("2026-11-27 17:00", "Closed now. Next open on Monday at 9am");
        // Christmas Day and the bank holidays after it.
        says("2026-12-24 17:00", "Next open on Tuesday at 9am");
        let manager = server.signed_in(server.world.manager);
        manager.submit(manager.get(MANAGE).form("#holidays").set("date", "yes").set("act", "holidays")).must_be(303);
        says("2026-12-24 17:00", "Next open tomorrow, Friday at 9am");
        // A closure.
        server.clock.set(now());
        let (mailer, actor) = (mailer(), server.world.actor(&server.db, server.world.manager));
        let draft = BlockDraft {
            site: crate::support::world::slug("hunter-street"),
            facilities: vec![crate::support::world::slug("cafe")],
            spans: vec![span("2026-11-24", "08:00", "13:00")],
            reason: "Boiler".to_owned(),
            seen: Vec::new(),
            instead: Vec::new(),
        };
        let close =
            |conn: &mut alcove::store::Conn| allocation::block(conn, circumstances(&mailer, now()), &actor, &draft);
        assert!(matches!(server.db.write_now(close).unwrap(), BlockAnswer::Done { .. }));
        says("2026-11-24 10:00", "Closed now. Next open today at 1pm");
        // The old address leads here, and the way is short.
        assert!(visitor.get("/sites/hunter-street/cafe").must_be(303).location().unwrap().ends_with("/cafe/open"));
        for (browser, path) in [
            (&visitor, CAFE),
            (&manager, CAFE),
            (&manager, MANAGE),
            (&visitor, "/whats-on"),
            (&visitor, "/sites/hunter-street"),
        ] {
            let queries = server.queries(|| {
                browser.get(path).must_be(200);
            });
            assert!(queries <= 8, "{path} took {queries}");
        }
    }
}

#[test]
fn a_session_stands_everywhere_until_its_date_is_cancelled() {
    for server in servers() {
        with_cafe(&server);
        let manager = server.signed_in(server.world.manager);
        let empty = manager.get(MANAGE).must_be(200).form("#set").set("act", "set");
        let page = manager.submit(empty.set("begins", "noon").set("ends", "10am")).must_be(422);
        let faults = page.text(".error-summary").unwrap();
        assert!(faults.contains("Tick the days") && faults.contains("after its beginning"), "{faults}");
        knit(&server);
        let visitor = server.visitor();
        let everywhere = [
            CAFE,
            "/sites/hunter-street",
            "/find?kind=cafe&date=2026-11-24",
            "/whats-on?date=2026-11-24",
            "/whats-on?date=2026-11-26&kind=cafe&site=hunter-street",
        ];
        for path in everywhere {
            assert!(visitor.get(path).must_be(200).body.contains("Knit and natter"), "{path}");
        }
        assert!(!visitor.get("/whats-on?date=2026-11-25").must_be(200).body.contains("Knit"));
        visitor.get("/whats-on?date=never").must_be(400);
        let off = manager.get(MANAGE).must_be(200).form("main li details form").set("act", "off");
        manager.submit(off.clone()).must_be(303);
        assert!(!visitor.get("/whats-on?date=2026-11-24").must_be(200).body.contains("Knit"));
        assert!(visitor.get(CAFE).must_be(200).text("main").unwrap().contains("Cancelled"));
        manager.submit(off.set("act", "on")).must_be(303);
        assert!(visitor.get("/whats-on?date=2026-11-24").must_be(200).body.contains("Knit"));
        // It moves to Wednesdays, and goes.
        let change = manager.get(MANAGE).attr("main li .row a.button", "href").unwrap();
        let form = manager.get(change.split('#').next().unwrap()).must_be(200).form("#set").unset("weekday");
        manager.submit(form.add("weekday", "2").set("act", "set")).must_be(303);
        assert!(visitor.get("/whats-on?date=2026-11-25").must_be(200).body.contains("Knit"));
        let remove = manager.get(MANAGE).form("main li > .row form").set("act", "remove");
        manager.submit(remove.clone()).must_be(303);
        manager.submit(remove).must_be(409);
        assert!(!visitor.get(CAFE).must_be(200).body.contains("Knit"));
        server.signed_in(server.world.robin_booker).get(MANAGE).must_be(404);
    }
}

#[test]
fn who_opens_up_is_told_shown_and_reminded_and_nobody_stands_out() {
    for server in servers() {
        with_cafe(&server);
        let manager = server.signed_in(server.world.manager);
        let page = manager.get(OPENERS).must_be(200);
        assert!(page.text("table").unwrap().contains("Nobody yet") && page.has(".notice"));
        let put = |day: &str, date: &str, task: &str, who: &str| {
            let form = manager.get(SET).must_be(200).form("#set").set("day", day).set("date", date);
            manager.submit(form.set("task", task).set("who", who))
        };
        put("1", "", "both", "").must_be(422);
        put("date", "2026-11-01", "both", "nobody").must_be(422);
        put("1", "", "both", "o:robin-trust").must_be(303);
        let mail = server.mails_to("rob@alcove.test");
        assert!(mail.first().unwrap().subject.contains("open up and lock up Cafe every Tuesday"), "{:?}", mail.first());
        let robin = server.signed_in(server.world.robin_booker);
        let list = robin.get("/bookings").must_be(200).text("main").unwrap();
        assert!(list.contains("Tuesday 24 November") && list.contains("open up and lock up"), "{list}");
        assert!(!server.signed_in(server.world.wren_booker).get("/bookings").body.contains("lock up"));
        // On one date somebody else does it, by name.
        let form = manager.get(SET).form("#set").set("day", "date").set("date", "2026-12-01").set("task", "opens");
        let form = form.set("who", "named");
        manager.submit(form.clone()).must_be(422);
        manager.submit(form.set("name", "Dot Paling").set("reach", "dot@example.org")).must_be(303);
        assert!(manager.get(OPENERS).text("table").unwrap().contains("Dot Paling, dot@example.org"));
        // The day before, once.
        server.clock.set(at("2026-11-23 10:00"));
        for _ in 0..2 {
            let mailer = mailer();
            let remind = |conn: &mut alcove::store::Conn| {
                allocation::remind_openers(conn, circumstances(&mailer, at("2026-11-23 10:00")))
            };
            server.db.write_now(remind).unwrap();
        }
        let reminders = server.mails_to("rob@alcove.test");
        let reminders: Vec<_> = reminders.iter().filter(|mail| mail.subject.contains("24 November")).collect();
        assert_eq!(reminders.len(), 1);
        assert!(reminders[0].text.contains("open up at 9am and lock up at 4pm"), "{}", reminders[0].text);
        // Taken off, and told so.
        let remove = manager.get(OPENERS).form("main ul.lined li form");
        manager.submit(remove.clone()).must_be(303);
        manager.submit(remove).must_be(409);
        assert!(server.mails_to("rob@alcove.test").iter().any(|mail| mail.subject.contains("no longer")));
        server.visitor().get(OPENERS).must_be(303);
        robin.get(OPENERS).must_be(404);
        let queries = server.queries(|| {
            manager.get(OPENERS).must_be(200);
        });
        assert!(queries <= 8, "{OPENERS} took {queries}");
    }
}

#[test]
fn a_booking_stands_in_whats_on_only_if_it_is_open_and_ticked() {
    for server in servers() {
        let mailer = mailer();
        let book = |privacy: Privacy, purpose: &str, from: &str, to: &str| {
            let draft = server.world.trusted_draft("hall", span("2026-11-24", from, to));
            let draft = Draft { privacy, purpose: purpose.to_owned(), nonce: purpose.to_owned(), ..draft };
            let ask = |conn: &mut alcove::store::Conn| allocation::request(conn, circumstances(&mailer, now()), &draft);
            match server.db.write_now(ask).unwrap() {
                RequestAnswer::Done { reference, .. } => format!("/bookings/{reference}/open"),
                other => panic!("{other:?}"),
            }
        };
        let open = book(Privacy::Open, "Carers drop by", "10:00", "12:00");
        let hidden = book(Privacy::Confidential, "Quiet matters", "13:00", "14:00");
        let robin = server.signed_in(server.world.robin_booker);
        let visitor = server.visitor();
        assert!(!visitor.get("/whats-on?date=2026-11-24").must_be(200).body.contains("Carers"));
        let form = robin.get(&open).must_be(200).form("#open").set("anyone", "yes").set("words", "Carers of any age");
        robin.submit(form).must_be(303);
        let page = visitor.get("/whats-on?date=2026-11-24").must_be(200).text("main").unwrap();
        for words in ["Carers drop by", "Carers of any age", "Robin Trust", "8 Hunter Street", "Anyone can be referred"]
        {
            assert!(page.contains(words), "{words}: {page}");
        }
        // A confidential one has no form, and what is sent all the same changes nothing.
        let page = robin.get(&hidden).must_be(200);
        assert!(!page.has("#open"));
        let csrf = robin.get("/account").attr("input[name=csrf]", "value").unwrap();
        robin.post(&hidden, &[("csrf", csrf.as_str()), ("anyone", "yes")]).must_be(422);
        assert!(!visitor.get("/whats-on?date=2026-11-24").body.contains("Quiet matters"));
        server.signed_in(server.world.wren_booker).get(&open).must_be(404);
        let form = robin.get(&open).form("#open").unset("anyone");
        robin.submit(form).must_be(303);
        assert!(!visitor.get("/whats-on?date=2026-11-24").body.contains("Carers"));
    }
}
