//! The baby bank as conversations: donors without an account, referrers with a bundle's reference, and neither sees the other. Not the guard.

use crate::store::slots::add_bank;
use crate::support::browser::Page;
use crate::support::server::{Server, servers};
use crate::support::world::{at, now};
use alcove::store::slots;

const DONATE: &str = "/sites/hunter-street/bank/donate";
const COLLECT: &str = "/sites/hunter-street/bank/collect";
const COLLECTIONS: &str = "/sites/hunter-street/bank/collections";
const DONATIONS: &str = "/sites/hunter-street/bank/donations";
const STREAMS: &str = "/manage/sites/hunter-street/bank/streams";

fn server_with_bank(server: &Server) {
    server.db.write_now(|conn| Ok(add_bank(conn, &server.world))).unwrap();
}

fn slot(text: &str) -> String {
    at(text).seconds().to_string()
}

fn donate(server: &Server, email: &str, when: &str) -> Page {
    let visitor = server.visitor();
    let form = visitor.get(DONATE).must_be(200).form("#donate");
    let form = form.set("name", "Canary Donor").set("email", email).add("brings", "toys").set("slot", &slot(when));
    visitor.submit(form)
}

#[test]
fn a_donor_books_without_an_account_and_confirms_and_cancels_by_mail() {
    for server in servers() {
        server_with_bank(&server);
        let visitor = server.visitor();
        let empty = visitor.submit(visitor.get(DONATE).must_be(200).form("#donate")).must_be(422);
        assert!(empty.title().starts_with("Error:"));
        let faults = empty.text(".error-summary").unwrap();
        assert!(faults.contains("Tick what you bring") && faults.contains("Choose when you come"), "{faults}");
        donate(&server, "canary@donor.example", "2026-11-24 10:00").must_be(303);
        // Somebody else no longer finds that time.
        let value = format!("input[value='{}']", slot("2026-11-24 10:00"));
        assert!(!visitor.get(DONATE).has(&value));
        donate(&server, "other@donor.example", "2026-11-24 10:00").must_be(409);
        let link = server.mailed_link("canary@donor.example");
        let page = visitor.get(&link).must_be(200);
        assert!(page.text("dl").unwrap().contains("10am to 10:15am"));
        visitor.submit(page.form("main form")).must_be(200);
        visitor.get(&link).must_be(410);
        let booked = server.mails_to("canary@donor.example");
        let mail = booked.iter().find(|mail| mail.subject.contains("is booked")).unwrap();
        assert!(mail.text.contains("/donate/cancel/"));
        let cancel = mail.text.split_whitespace().find(|word| word.contains("/donate/cancel/")).unwrap();
        let cancel = cancel.split_once("/donate/").map(|(_, rest)| format!("/donate/{rest}")).unwrap();
        let page = visitor.get(&cancel).must_be(200);
        visitor.submit(page.form("main form")).must_be(200);
        visitor.get(&cancel).must_be(410);
        assert!(visitor.get(DONATE).has(&value));
    }
}

#[test]
fn a_referrer_collects_by_a_bundles_reference_and_changes_and_cancels_it() {
    for server in servers() {
        server_with_bank(&server);
        let wren = server.signed_in(server.world.wren_booker);
        let robin = server.signed_in(server.world.robin_booker);
        robin.get(COLLECT).must_be(404);
        robin.get(COLLECTIONS).must_be(404);
        let form =
            wren.get(COLLECT).must_be(200).form("#collect").set("size", "two").set("slot", &slot("2026-11-24 10:00"));
        for wrong in ["Anna Smith", "12-03-1985", "943-476-5919", ""] {
            let page = wren.submit(form.clone().set("bundle", wrong)).must_be(422);
            assert!(page.text("#bundle-error").is_some(), "{wrong}");
        }
        let page = wren.follow(wren.submit(form.set("bundle", "bb-2041")).must_be(303)).must_be(200);
        assert!(page.text("dl").unwrap().contains("BB-2041"));
        let here = page.path.split('?').next().unwrap().to_owned();
        robin.get(&here).must_be(404);
        let mail = server.mails_to("wendy@alcove.test").into_iter().find(|mail| mail.subject.contains("Collection"));
        assert!(mail.unwrap().text.contains("BB-2041"));
        let stale = page.form("#change").set("bundle", "BB-1");
        let form = page.form("#change").set("slot", &slot("2026-11-24 10:30")).set("act", "change");
        let page = wren.follow(wren.submit(form).must_be(303)).must_be(200);
        assert!(page.text("dl").unwrap().contains("10:30am to 10:45am"));
        wren.submit(stale.set("act", "change")).must_be(409);
        wren.submit(page.form("#cancel").set("act", "cancel")).must_be(303);
        assert!(wren.get(&here).must_be(200).text("main").unwrap().contains("Cancelled"));
        // The manager takes the right away, and gives it back.
        let manager = server.signed_in(server.world.manager);
        let streams = manager.get(STREAMS).must_be(200);
        manager.submit(streams.form("section li form").set("act", "unrefer")).must_be(303);
        wren.get(COLLECT).must_be(404);
        let form = manager.get(STREAMS).form("#refer").set("organisation", "wren-support").set("act", "refer");
        manager.submit(form).must_be(303);
        wren.get(COLLECT).must_be(200);
    }
}

#[test]
fn neither_stream_shows_anything_of_the_other() {
    for server in servers() {
        server_with_bank(&server);
        donate(&server, "canary@donor.example", "2026-11-24 10:00").must_be(303);
        let wren = server.signed_in(server.world.wren_booker);
        let form = wren.get(COLLECT).must_be(200).form("#collect").set("size", "two").set("bundle", "CAN-4RY7");
        let page = wren.follow(wren.submit(form.set("slot", &slot("2026-11-24 10:00"))).must_be(303));
        let here = page.path.split('?').next().unwrap().to_owned();
        let visitor = server.visitor();
        let link = server.mailed_link("canary@donor.example");
        let donors =
            [visitor.get(DONATE), visitor.get(&link), visitor.get("/sites/hunter-street/schedule?date=2026-11-24")];
        for page in donors {
            let page = page.must_be(200);
            assert!(
                !page.body.contains("CAN-4RY7") && !page.body.to_lowercase().contains("collection"),
                "{}",
                page.path
            );
        }
        let manager = server.signed_in(server.world.manager);
        let page = manager.get(DONATIONS).must_be(200);
        assert!(page.body.contains("canary@donor.example") && !page.body.contains("CAN-4RY7"));
        assert!(manager.get(COLLECTIONS).must_be(200).body.contains("CAN-4RY7"));
        for page in [
            wren.get(COLLECT),
            wren.get(COLLECTIONS),
            wren.get(&here),
            wren.get("/bookings"),
            manager.get(COLLECTIONS),
            manager.get("/requests"),
            manager.get("/sites/hunter-street/reception?date=2026-11-24"),
        ] {
            let page = page.must_be(200);
            assert!(!page.body.contains("Canary") && !page.body.contains("donor.example"), "{}", page.path);
        }
        for mail in server.mails() {
            let (donor, text) = (mail.to.contains("donor.example"), format!("{} {}", mail.subject, mail.text));
            let foreign = if donor { "CAN-4RY7" } else { "Canary" };
            assert!(!text.contains(foreign), "{}", mail.subject);
        }
        for path in [DONATIONS, STREAMS] {
            wren.get(path).must_be(404);
        }
        // No other path opens a slot.
        let reference = here.rsplit('/').next().unwrap();
        for browser in [&wren, &manager] {
            browser.get(&format!("/bookings/{reference}")).must_be(404);
            browser.get(&format!("/bookings/{reference}/change")).must_be(404);
        }
        for (browser, path) in
            [(&wren, COLLECT), (&wren, COLLECTIONS), (&wren, here.as_str()), (&manager, DONATIONS), (&manager, STREAMS)]
        {
            let queries = server.queries(|| {
                browser.get(path).must_be(200);
            });
            assert!(queries <= 8, "{path} took {queries}");
        }
    }
}

#[test]
fn a_pause_stands_on_the_public_page_and_tells_those_who_have_a_time() {
    for server in servers() {
        server_with_bank(&server);
        donate(&server, "dora@donor.example", "2026-11-24 10:00").must_be(303);
        let visitor = server.visitor();
        let page = visitor.get(&server.mailed_link("dora@donor.example")).must_be(200);
        visitor.submit(page.form("main form")).must_be(200);
        let manager = server.signed_in(server.world.manager);
        let form = manager.get(DONATIONS).must_be(200).form("#pause").set("act", "pause");
        manager.submit(form.clone()).must_be(422);
        manager.submit(form.clone().set("words", "Our shelves are full").set("until", "2026-11-20")).must_be(422);
        manager.submit(form.set("words", "Our shelves are full").set("cancel", "yes")).must_be(303);
        let page = visitor.get(DONATE).must_be(200);
        assert!(page.text(".notice").unwrap().contains("Our shelves are full") && !page.has("#donate"));
        let mails = server.mails_to("dora@donor.example");
        assert!(
            mails
                .iter()
                .any(|mail| mail.subject.contains("is cancelled") && mail.text.contains("Our shelves are full"))
        );
        let resume = manager.get(DONATIONS).form(".notice form").set("act", "resume");
        manager.submit(resume).must_be(303);
        assert!(visitor.get(DONATE).has("#donate"));
        let forgotten = server.db.write_now(|conn| slots::forget_donors(conn, now().plus_days(60))).unwrap();
        assert_eq!(forgotten, 1);
    }
}
