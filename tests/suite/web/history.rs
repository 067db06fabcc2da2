//! The history pages, as conversations: who reads what, narrowed down, as a file, and that an organisation's names nobody else's people.

use super::matrix::cast::{Cast, Role};
use crate::support::server::{Server, servers};
use crate::support::world::{circumstances, mailer, now, span};
use alcove::allocation::{self, Answer, Dates, Decision, RequestAnswer};
use alcove::domain::history::EventKind;
use alcove::domain::ids::Reference;
use alcove::store::events::{self, NewEvent};
use alcove::store::organisations;

const LINES: &str = "main table tbody tr";

/// Wren Support asks for Cedar, and the manager says no, with a reason.
fn declined(server: &Server) -> Reference {
    let (world, mailer) = (&server.world, mailer());
    let draft = world.draft("cedar", span("2027-02-10", "10:00", "11:00"));
    let how = circumstances(&mailer, now());
    let asked = server.db.write_now(|conn| allocation::request(conn, how, &draft)).unwrap();
    let RequestAnswer::Done { reference, .. } = asked else { panic!("{asked:?}") };
    let manager = world.actor(&server.db, world.manager);
    let no = Decision::Decline { dates: Dates::All, reason: "The ceiling =leaks".to_owned() };
    let answer = server.db.write_now(|conn| allocation::decide(conn, how, &manager, (&reference, 1), &no)).unwrap();
    assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
    reference
}

#[test]
fn managers_read_their_own_sites_and_narrow_it_down() {
    for server in servers() {
        let reference = declined(&server);
        let mary = server.signed_in(server.world.manager);
        let page = mary.get("/manage/history").must_be(200);
        let text = page.text("main").unwrap();
        for words in ["Mary Manager", "Wendy Wren", "The ceiling =leaks", "Cedar", "Wren Support: Support group"] {
            assert!(text.contains(words), "{words}");
        }
        assert!(page.has(&format!("a[href='/bookings/{reference}']")));
        let count = |query: &str| mary.get(&format!("/manage/history?{query}")).must_be(200).all_text(LINES).len();
        let all = page.all_text(LINES).len();
        assert!(2 <= all && count("kind=declined") == 1 && count("kind=exchanged") == 0);
        assert_eq!(count("who=mary"), 1);
        assert_eq!(count("who=nobody+of+that+name"), 0);
        assert_eq!(count(&format!("reference={reference}")), all);
        assert_eq!(count("reference=ZZZZ-ZZZZ"), 0);
        assert_eq!((count("from=2026-11-20&to=2026-11-20"), count("to=2026-11-19")), (all, 0));
        assert_eq!(count("from=2026-11-21"), 0);
        let wrong = mary.get("/manage/history?from=yesterday&reference=x").must_be(422);
        assert!(wrong.has("#from-error") && wrong.has("#reference-error") && wrong.title().starts_with("Error:"));
        for path in ["/manage/sites/hunter-street/history", "/manage/sites/hunter-street/cedar/history"] {
            assert_eq!(mary.get(path).must_be(200).all_text(LINES).len(), all, "{path}");
        }
        assert!(mary.get("/manage/sites/hunter-street/kitchen/history").must_be(200).all_text(LINES).is_empty());
        let queries = server.queries(|| drop(mary.get("/manage/history")));
        assert!(queries <= 8, "{queries} queries");
    }
}

#[test]
fn the_file_has_the_same_lines_and_no_formula() {
    for server in servers() {
        declined(&server);
        let mary = server.signed_in(server.world.manager);
        let file = mary.get("/manage/history?kind=declined&as=csv").must_be(200);
        assert!(file.header("content-disposition").unwrap().contains("history.csv"));
        let lines: Vec<&str> = file.body.lines().collect();
        assert_eq!(lines.len(), 2, "{}", file.body);
        assert!(
            lines[0].starts_with("When,What,Site") && lines[1].starts_with("2026-11-20 09:00,Declined,Hunter Street")
        );
        assert!(lines[1].contains("The ceiling =leaks") && !lines[1].contains(",="));
        let by_formula = mary.get("/manage/history?who=%3D1%2B1&as=csv").must_be(200);
        assert_eq!(by_formula.body.lines().count(), 1);
    }
}

#[test]
fn long_histories_come_in_pages() {
    for server in servers() {
        let world = &server.world;
        let fill = |conn: &mut alcove::store::Conn| {
            (0..120).try_for_each(|number| {
                let line =
                    NewEvent { site: Some(world.site), ..NewEvent::new(EventKind::SiteChanged, Some(world.manager)) };
                events::insert(conn, &line, now().plus_minutes(number))
            })
        };
        server.db.write_now(fill).unwrap();
        let mary = server.signed_in(world.manager);
        let mut path = "/manage/history?kind=site_changed".to_owned();
        let mut sizes = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        loop {
            let page = mary.get(&path).must_be(200);
            sizes.push(page.all_text(LINES).len());
            seen.extend(page.all_text("main table tbody th"));
            let older = page.attr("main a[href*='page=']:last-of-type", "href").filter(|_| page.body.contains("Older"));
            match older {
                Some(next) => path = next,
                None => break,
            }
        }
        assert_eq!(sizes, [50, 50, 20]);
        assert_eq!(seen.len(), 120, "every minute once");
    }
}

#[test]
fn an_organisation_reads_its_own_and_names_nobody_of_another() {
    for server in servers() {
        let cast = Cast::new(&server);
        let reference = declined(&server);
        // Rob of Robin Trust did something about Wren Support, and Robin Trust has a history of its own.
        let (rob, wren, robin) = (server.world.robin_booker, server.world.wren, server.world.robin);
        let lines = |conn: &mut alcove::store::Conn| {
            for organisation in [wren, robin] {
                let of = Some(organisation);
                let line = NewEvent {
                    organisation: of,
                    person: Some(rob),
                    ..NewEvent::new(EventKind::MemberInvited, Some(rob))
                };
                events::insert(conn, &line, now())?;
            }
            Ok(())
        };
        server.db.write_now(lines).unwrap();
        let cora = cast.session(Role::Coordinator).browser;
        let page = cora.get("/organisations/wren-support/history").must_be(200);
        let text = page.text("main").unwrap();
        assert!(text.contains(&reference.to_string()) && text.contains("The ceiling") && text.contains("Mary Manager"));
        assert!(text.contains("Somebody of another organisation"));
        assert!(!page.body.contains("Rob Robin") && !page.body.contains("Robin Trust"));
        let file = cora.get("/organisations/wren-support/history?as=csv").must_be(200);
        assert!(file.body.contains("Somebody of another organisation") && !file.body.contains("Robin"));
        assert!(cora.get("/organisations/wren-support/history?who=rob").must_be(200).all_text(LINES).is_empty());
        cora.get("/organisations/robin-trust/history").must_be(404);
        // Somebody who belongs to it now is named, and an administrator reads all names.
        let admin = cast.session(Role::Administrator).browser;
        assert!(admin.get("/organisations/wren-support/history").must_be(200).body.contains("Rob Robin"));
        let join = |conn: &mut alcove::store::Conn| {
            organisations::set_member(conn, wren, rob, alcove::domain::policy::MemberRole::Volunteer, now())
        };
        server.db.write_now(join).unwrap();
        assert!(cora.get("/organisations/wren-support/history").must_be(200).body.contains("Rob Robin"));
    }
}

#[test]
fn ones_own_history_says_no_more_of_a_booking_than_one_may_know() {
    for server in servers() {
        let reference = declined(&server);
        let own = server.signed_in(server.world.wren_booker);
        let page = own.get("/account/history").must_be(200);
        assert!(page.text("main").unwrap().contains("Wren Support: Support group"));
        let leave = |conn: &mut alcove::store::Conn| {
            organisations::remove_member(conn, server.world.wren, server.world.wren_booker)
        };
        server.db.write_now(leave).unwrap();
        let page = own.get("/account/history").must_be(200);
        let text = page.text("main").unwrap();
        assert!(text.contains(&reference.to_string()) && text.contains("Booked"), "{text}");
        assert!(!text.contains("Support group") && !page.has(&format!("a[href='/bookings/{reference}']")));
        let admin = server.signed_in(server.person("admin@alcove.test"));
        let found = admin.get("/manage/people?who=wendy").must_be(200).attr("main ul.card li a", "href").unwrap();
        let page = admin.get(&format!("{found}/history")).must_be(200);
        assert!(page.h1().contains("Wendy Wren") && page.body.contains("Support group"));
    }
}
