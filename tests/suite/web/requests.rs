//! The manager's side: the queue, the facts, approve, decline with a reason, undo, and what others may not do.

use crate::support::server::{Server, servers};
use crate::support::world::{circumstances, mailer, now, span};
use alcove::allocation::{self, Draft, RequestAnswer};
use alcove::domain::rendered::MailKind;

fn ask(server: &Server) -> String {
    let mailer = mailer();
    let draft = server.world.draft("cedar", span("2026-11-24", "10:00", "11:00"));
    let answer = server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap();
    match answer {
        RequestAnswer::Done { reference, .. } => reference.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_request_waits_in_the_queue_and_is_approved_from_there() {
    for server in servers() {
        let manager = server.signed_in(server.world.manager);
        assert_eq!(manager.get("/requests").must_be(200).h1(), "Nothing to decide");
        let reference = ask(&server);
        let queue = manager.get("/requests").must_be(200);
        assert!(queue.h1().starts_with("1 request to decide"));
        assert_eq!(queue.text(".count").as_deref(), Some("1 waiting"));
        let done = manager.submit(queue.form("form[method=post]").set("decision", "approve")).must_be(303);
        assert_eq!(manager.follow(done).text(".state").as_deref(), Some("Confirmed"));
        manager.get(&format!("/requests/{reference}")).must_be(200);
    }
}

#[test]
fn declining_wants_a_reason_and_can_be_undone() {
    for server in servers() {
        let (reference, manager) = (ask(&server), server.signed_in(server.world.manager));
        let path = format!("/requests/{reference}");
        let page = manager.get(&path).must_be(200);
        assert!(page.all_text(".checks b").contains(&"First booking here".to_owned()));
        let page = manager.submit(page.form("form[method=post]").set("decision", "decline")).must_be(422);
        assert_eq!(page.all_text(".error-summary a"), ["Enter a reason. The booker gets it by email"]);
        let form = page.form("form[method=post]").set("decision", "decline").set("reason", "The room is being painted");
        let page = manager.follow(manager.submit(form).must_be(303)).must_be(200);
        assert_eq!(page.text(".state").as_deref(), Some("Declined"));
        let page = manager.follow(manager.submit(page.form("form[action$=undo]")).must_be(303));
        assert_eq!(page.text(".state").as_deref(), Some("Requested"));
    }
}

#[test]
fn the_second_of_two_managers_is_told() {
    for server in servers() {
        let (reference, manager) = (ask(&server), server.signed_in(server.world.manager));
        let form = manager.get(&format!("/requests/{reference}")).must_be(200).form("form[method=post]");
        let form = form.set("decision", "approve");
        manager.submit(&form).must_be(303);
        let page = manager.submit(&form).must_be(409);
        assert!(page.text("[role=alert]").unwrap().contains("changed since you looked"));
    }
}

#[test]
fn for_everybody_else_the_queue_does_not_exist() {
    for server in servers() {
        let reference = ask(&server);
        for person in [server.world.wren_booker, server.world.robin_booker] {
            let browser = server.signed_in(person);
            browser.get("/requests").must_be(404);
            browser.get(&format!("/requests/{reference}")).must_be(404);
        }
        server.visitor().get("/requests").must_be(303);
    }
}

#[test]
fn requests_for_the_same_time_stand_side_by_side_and_approving_one_thanks_the_rest() {
    for server in servers() {
        let (mailer, world) = (mailer(), &server.world);
        let ask = |draft: Draft| {
            let asked = |conn: &mut _| allocation::request(conn, circumstances(&mailer, now()), &draft);
            match server.db.write_now(asked).unwrap() {
                RequestAnswer::Done { reference, .. } => reference.to_string(),
                other => panic!("{other:?}"),
            }
        };
        let session = span("2026-11-24", "10:00", "12:00");
        let wren = ask(Draft { purpose: "Knitting".to_owned(), people: 4, ..world.draft("open-room", session) });
        let later = span("2026-11-24", "11:00", "13:00");
        let robin = ask(Draft { purpose: "Choir".to_owned(), people: 9, ..world.trusted_draft("open-room", later) });
        ask(world.draft("open-room", span("2026-11-25", "10:00", "12:00")));
        let browser = server.signed_in(world.manager);
        let before = server.db.queries();
        let page = browser.get(&format!("/requests/{wren}")).must_be(200);
        assert!(server.db.queries() - before <= 8);
        let rows = page.all_text("[aria-labelledby=rivals] tbody tr");
        assert_eq!(rows.len(), 2, "{rows:?}");
        assert!(rows[0].contains("this request") && rows[0].contains("Knitting") && rows[0].contains("4"));
        assert!(rows[1].contains("Choir") && rows[1].contains("9") && rows[1].contains("11am to 1pm"));
        assert!(page.has(&format!("[aria-labelledby=rivals] a[href='/requests/{robin}']")));
        browser.submit(page.form("main form.card").set("decision", "approve")).must_be(303);
        let lost = browser.get(&format!("/bookings/{robin}")).must_be(200);
        assert_eq!(lost.text(".state").unwrap(), "Declined");
        let decided = browser.get(&format!("/requests/{robin}")).must_be(200).text("main").unwrap();
        assert!(!decided.contains("No conflicts") && !decided.contains("Nothing else"), "{decided}");
        let mails = server.mails_to("rob@alcove.test");
        let told = mails.iter().find(|mail| mail.kind == MailKind::Declined).unwrap();
        assert!(!told.text.contains("Wren"), "who has it instead is nobody's business: {}", told.text);
        assert!(!browser.get(&format!("/requests/{wren}")).must_be(200).has("#rivals"));
    }
}
