//! Screens beside doors as conversations: made by a manager, shown without an account, saying what is on in words, ended. Not the layout of a day.

use crate::support::browser::Page;
use crate::support::server::{Server, servers};
use crate::support::world::{at, circumstances, mailer, now, slug, span};
use alcove::allocation::{self, BlockAnswer, BlockDraft, Draft, RequestAnswer};
use alcove::domain::rules::Privacy;

const DOORS: &str = "/manage/sites/hunter-street/doors";

fn book(server: &Server, facility: &str, (from, to): (&str, &str), purpose: &str, privacy: Privacy) {
    let draft = server.world.trusted_draft(facility, span("2026-11-24", from, to));
    let draft = Draft { purpose: purpose.to_owned(), privacy, ..draft };
    let mailer = mailer();
    let answer = server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap();
    assert!(matches!(answer, RequestAnswer::Done { confirmed: true, .. }), "{answer:?}");
}

/// Makes a screen and gives its path.
fn make(server: &Server, facility: &str) -> String {
    let manager = server.signed_in(server.world.manager);
    let made = manager.submit(manager.get(DOORS).must_be(200).form("#make").set("of", facility)).must_be(200);
    let address = made.text("pre").unwrap();
    address[address.find("/door/").unwrap()..].to_owned()
}

fn shown(server: &Server, path: &str, when: &str) -> Page {
    server.clock.set(at(&format!("2026-11-24 {when}")));
    server.visitor().get(path).must_be(200)
}

#[test]
fn a_screen_says_in_words_what_is_on_and_names_nobody_whose_session_is_private() {
    for server in servers() {
        book(&server, "cedar", ("10:00", "11:00"), "Quiet hour", Privacy::Confidential);
        book(&server, "cedar", ("12:00", "13:00"), "Team meeting", Privacy::Organisation);
        book(&server, "cedar", ("15:00", "16:00"), "Choir", Privacy::Open);
        let path = make(&server, "cedar");
        for (when, heading) in [
            ("07:00", "Closed. Opens at 8am"),
            ("09:00", "Free until 10am"),
            ("10:30", "In use until 11am"),
            ("11:00", "Being made ready until 11:10am"),
            ("12:30", "In use until 1pm"),
            ("18:00", "Free until 9pm"),
            ("21:00", "Closed. Opens at 8am tomorrow"),
        ] {
            let page = shown(&server, &path, when);
            let said = page.text("#now").unwrap();
            // A turnaround is the room's own rule, which other tests hold.
            let like = heading.starts_with("Being") && said.starts_with("Free");
            assert!(said == heading || like, "{when}: {said}");
            assert!(!page.body.contains("Quiet hour") && page.has("noscript"), "{when}");
        }
        let running = shown(&server, &path, "10:30");
        assert!(running.text(".notice").unwrap().contains("Private session. Please do not knock."));
        let later = running.all_text("ol li");
        assert_eq!(later, ["12 noon to 1pm Robin Trust", "3pm to 4pm Robin Trust: Choir"]);
        assert!(shown(&server, &path, "12:30").text(".notice").unwrap().contains("Robin Trust"));
        assert!(!shown(&server, &path, "12:30").body.contains("Team meeting"));
        assert_eq!(running.attr(".codes a", "href").unwrap(), "/sites/hunter-street/cedar");
        assert!(running.has(".codes a[href='/sites/hunter-street/cedar/fault'] svg path"));
        assert!(running.has("main[data-refresh][data-zone='Europe/London']"));
        // Somebody hurt by the sun stays outside: a closure says why.
        let manager = server.world.actor(&server.db, server.world.manager);
        let mailer = mailer();
        let draft = BlockDraft {
            site: slug("hunter-street"),
            facilities: vec![slug("cedar")],
            spans: vec![span("2026-11-24", "17:00", "19:00")],
            reason: "The floor is wet".to_owned(),
            seen: Vec::new(),
            instead: Vec::new(),
        };
        let block =
            |conn: &mut alcove::store::Conn| allocation::block(conn, circumstances(&mailer, now()), &manager, &draft);
        assert!(matches!(server.db.write_now(block).unwrap(), BlockAnswer::Done { .. }));
        let closed = shown(&server, &path, "17:30").text(".notice").unwrap();
        assert!(closed.contains("Closed until 7pm") && closed.contains("The floor is wet"), "{closed}");
    }
}

#[test]
fn several_units_are_counted_and_a_shared_hall_is_only_in_use() {
    for server in servers() {
        book(&server, "half-hall", ("10:00", "11:00"), "Choir", Privacy::Open);
        let (kitchen, hall) = (make(&server, "kitchen"), make(&server, "hall"));
        assert_eq!(shown(&server, &kitchen, "10:30").text("#now").unwrap(), "4 of 4 free until 9pm");
        let hall = shown(&server, &hall, "10:30");
        assert_eq!(hall.text("#now").unwrap(), "In use until 11am");
        assert!(!hall.body.contains("Choir") && !hall.body.contains("Robin"));
    }
}

#[test]
fn a_screen_that_has_it_is_told_so_until_something_changes_or_an_edge_comes() {
    for server in servers() {
        book(&server, "cedar", ("10:00", "11:00"), "Choir", Privacy::Open);
        let path = make(&server, "cedar");
        let screen = server.visitor();
        server.clock.set(at("2026-11-24 09:00"));
        let mut first = None;
        let queries = server.queries(|| first = Some(screen.get(&path).must_be(200)));
        assert!(queries <= 8, "{queries}");
        screen.header("If-None-Match", first.unwrap().header("etag").unwrap());
        server.clock.set(at("2026-11-24 09:05"));
        let queries = server.queries(|| assert!(screen.get(&path).must_be(304).body.is_empty()));
        // The bookings are not touched for that.
        assert_eq!(queries, 1);
        server.clock.set(at("2026-11-24 10:00"));
        assert!(screen.get(&path).must_be(200).body.contains("In use until 11am"));
        server.clock.set(at("2026-11-24 09:06"));
        screen.get(&path).must_be(304);
        book(&server, "tidy-room", ("14:00", "15:00"), "Chess", Privacy::Open);
        screen.get(&path).must_be(200);
    }
}

#[test]
fn an_address_is_shown_once_and_ended_guessed_and_cut_off_ones_are_the_same_404() {
    for server in servers() {
        let path = make(&server, "cedar");
        let manager = server.signed_in(server.world.manager);
        let list = manager.get(DOORS).must_be(200);
        assert!(list.text("li.row").unwrap().contains("not shown anywhere yet") && !list.body.contains(&path));
        server.visitor().get(&path).must_be(200);
        assert!(manager.get(DOORS).text("li.row").unwrap().contains("last shown"));
        let end = manager.get(DOORS).form("li form");
        manager.submit(end.clone()).must_be(303);
        manager.submit(end).must_be(409);
        let guessed = "/door/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let titles: Vec<String> = [path.as_str(), guessed, &path[..20]]
            .iter()
            .map(|path| server.visitor().get(path).must_be(404).h1())
            .collect();
        assert!(titles.iter().all(|title| *title == titles[0]), "{titles:?}");
        manager.submit(manager.get(DOORS).form("#make").unset("of")).must_be(422);
        manager.submit(manager.get(DOORS).form("#make").set("of", "no-such-room")).must_be(422);
        // Whoever goes on guessing has to wait; a screen that hangs there does not.
        let other = make(&server, "cedar");
        let tried = (0..60).find(|_| server.visitor().get(guessed).status == 429);
        assert!(tried.is_some(), "nobody was slowed down");
        server.visitor().get(&other).must_be(200);
    }
}
