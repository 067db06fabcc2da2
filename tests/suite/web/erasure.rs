//! A person who is erased is nowhere afterwards: words planted in every text there is are looked for in every table, page and file.

use std::collections::BTreeSet;

use super::matrix::cast::{Cast, Role};
use super::matrix::table::ROWS;
use crate::support::browser::Browser;
use crate::support::server::{Server, servers};
use crate::support::tables::contents;
use crate::support::world::{PASSWORD, add_person, circumstances, mailer, now, span};
use alcove::allocation::{self, Draft, GiveUp, RequestAnswer};
use alcove::domain::ids::{PersonId, Reference};
use alcove::domain::policy::MemberRole;
use alcove::domain::rendered::MailKind;
use alcove::store::keys::{self, NewLoan};
use alcove::store::{Conn, links, organisations, people};
use diesel::connection::SimpleConnection;

const NAME: &str = "Canaria O'Birdsong";
const ADDRESS: &str = "canaria_b@alcove.test";
const NUMBER: &str = "07700 900123";

/// Every column in which people write what they like, with the rows that the world of the matrix has in it.
const TEXTS: [(&str, &str); 30] = [
    ("booking", "purpose"),
    ("booking", "note"),
    ("organisation", "about"),
    ("organisation", "decline_reason"),
    ("organisation", "unregistered_reason"),
    ("message", "body"),
    ("block", "reason"),
    ("notice", "words"),
    ("waiting_entry", "note"),
    ("waiting_entry", "purpose"),
    ("outbox", "subject"),
    ("outbox", "body_text"),
    ("outbox", "last_error"),
    ("arrival", "who"),
    ("fault", "words"),
    ("fault_line", "body"),
    ("site", "about"),
    ("site", "arrival"),
    ("facility", "about"),
    ("facility", "arrival"),
    ("terms", "body"),
    ("plot", "notes"),
    ("plot", "resting"),
    ("plot_entry", "note"),
    ("particulars", "allergen_note"),
    ("file", "name"),
    ("attendance", "note"),
    ("document", "issuer"),
    ("slot_visit", "brings"),
    ("plot_inspection", "note"),
];

fn names_them(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["canaria", "birdsong", "900123"].iter().any(|word| lower.contains(word))
}

/// A member of Wren Support with a booking to come and one that was given up, and named in everything.
fn plant(server: &Server) -> (PersonId, Reference) {
    let (world, mailer) = (&server.world, mailer());
    let make = |conn: &mut Conn| {
        let known = people::by_id(conn, world.wren_booker)?.and_then(|account| account.password_hash);
        let id = add_person(conn, NAME, ADDRESS, known.as_deref());
        organisations::set_member(conn, world.wren, id, MemberRole::Booker, now())?;
        Ok(id)
    };
    let id = server.db.write_now(make).unwrap();
    let ask = |from: &str, to: &str, booked_by| {
        let draft = Draft { booked_by, ..world.draft("hall", span("2027-02-09", from, to)) };
        let how = circumstances(&mailer, now());
        match server.db.write_now(|conn| allocation::request(conn, how, &draft)).unwrap() {
            RequestAnswer::Done { reference, .. } => reference,
            other => panic!("{other:?}"),
        }
    };
    let (coming, given_up) = (ask("10:00", "11:00", id), ask("12:00", "13:00", id));
    let (own, sqlite) = (world.actor(&server.db, id), server.engine == "sqlite");
    let more = |conn: &mut Conn| {
        let how = circumstances(&mailer, now());
        allocation::cancel(conn, how, &own, (&given_up, 1), &GiveUp::all("I, Canaria O'Birdsong, am ill"))?;
        let loan = NewLoan { site: world.site, item: "Fob", borrower: NAME, reach: NUMBER, by: world.manager };
        keys::insert(conn, &loan, now())?;
        links::record_failure(conn, ADDRESS, now())?;
        for (table, column) in TEXTS {
            let words = format!("{}, {ADDRESS}. Ring {NUMBER}!", NAME.replace('\'', "''"));
            let statement = format!("UPDATE {table} SET {column} = {column} || ' Ask {words} Thank you.'");
            conn.batch_execute(&statement)?;
        }
        conn.batch_execute("UPDATE outbox SET body_html = body_html || '<b>Canaria O&#39;Birdsong</b>'")?;
        let fold = if sqlite { "char(13, 10)" } else { "chr(13) || chr(10)" };
        conn.batch_execute(&format!(
            "UPDATE outbox SET calendar = calendar || 'COMMENT:Canaria O''Bird' || {fold} || ' song'"
        ))?;
        Ok(())
    };
    server.db.write_now(more).unwrap();
    (id, coming)
}

fn post(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> crate::support::browser::Page {
    let csrf = browser.get("/account").must_be(200).attr("input[name=csrf]", "value").unwrap();
    browser.post(path, &[&[("csrf", csrf.as_str())], fields].concat())
}

#[test]
fn an_erased_person_is_in_no_table_page_or_file() {
    for server in servers() {
        let cast = Cast::new(&server);
        let (id, coming) = plant(&server);
        let planted = contents(&server.db);
        let there: BTreeSet<_> =
            planted.iter().filter(|line| names_them(line)).filter_map(|line| line.split(' ').next()).collect();
        assert!(15 < there.len(), "too little was planted: {there:?}");
        let own = server.signed_in(id);
        let page = own.get("/account/erase").must_be(200);
        assert!(page.text("main").unwrap().contains("contact for 1 booking to come of Wren Support"));
        assert!(!page.has("#sure"), "nothing can be sent before that is settled");
        post(&own, "/account/erase", &[("act", "erase"), ("sure", "yes"), ("current", PASSWORD)]).must_be(409);
        let hand = [("act", "hand"), ("of", "organisation wren-support"), ("to", "rob@alcove.test")];
        post(&own, "/account/erase", &hand).must_be(404);
        let hand = [("act", "hand"), ("of", "organisation wren-support"), ("to", "wendy@alcove.test")];
        post(&own, "/account/erase", &hand).must_be(303);
        let told = server.mails_to("wendy@alcove.test").into_iter().find(|mail| mail.kind == MailKind::HandedOver);
        assert!(told.unwrap().text.contains(&coming.to_string()));
        let page = own.get("/account/erase").must_be(200);
        assert!(page.has("#sure"));
        post(&own, "/account/erase", &[("act", "erase"), ("sure", "yes"), ("current", "wrong")]).must_be(422);
        let done =
            post(&own, "/account/erase", &[("act", "erase"), ("sure", "yes"), ("current", PASSWORD)]).must_be(200);
        assert!(done.body.contains("Someone erased on 20 November 2026"));
        own.get("/account").must_be(303);
        let left: Vec<_> = contents(&server.db).into_iter().filter(|line| names_them(line)).collect();
        assert!(left.is_empty(), "{} on {}:\n{}", left.len(), server.engine, left.join("\n"));
        nowhere_to_be_read(&cast);
        // What was theirs goes on without them.
        let wendy = server.signed_in(server.world.wren_booker);
        let page = wendy.get(&format!("/bookings/{coming}")).must_be(200);
        let text = page.text("main").unwrap();
        assert!(text.contains("Wendy Wren") && text.contains("Someone erased on 20 November 2026"));
        assert!(text.contains("Handed over to somebody else"));
        server.chores.run_once();
        assert!(server.mails().iter().all(|mail| mail.state != "queued" || !mail.to.ends_with(".invalid")));
        let fresh = server.visitor();
        let csrf = fresh.get("/sign-in").attr("input[name=csrf]", "value").unwrap();
        let page = fresh.post("/sign-in", &[("csrf", &csrf), ("email", ADDRESS), ("password", PASSWORD)]);
        assert_ne!(page.status, 303, "the account is closed");
    }
}

/// On every page and in every file that somebody can open.
fn nowhere_to_be_read(cast: &Cast<'_>) {
    for role in [Role::Administrator, Role::Manager, Role::Receptionist, Role::Coordinator] {
        let session = cast.session(role);
        for row in ROWS.iter().filter(|row| row.method == "GET") {
            let path = cast.path(row.pattern);
            assert!(!names_them(&session.browser.get(&path).body), "{path} as {role:?}");
            if row.pattern.ends_with("/history") {
                assert!(!names_them(&session.browser.get(&format!("{path}?as=csv")).body), "{path} as {role:?}");
            }
        }
        let data = post(&session.browser, "/account/data", &[("current", PASSWORD)]).must_be(200);
        assert!(!names_them(&data.body), "the data of {role:?}");
    }
}

#[test]
fn what_stands_in_the_way_is_said_plainly() {
    for server in servers() {
        // Rob is the only coordinator of Robin Trust, and Ada the only administrator.
        let rob = server.signed_in(server.world.robin_booker);
        let page = rob.get("/account/erase").must_be(200);
        assert!(page.text("main").unwrap().contains("the only coordinator of Robin Trust"));
        post(&rob, "/account/erase", &[("act", "erase"), ("sure", "yes"), ("current", PASSWORD)]).must_be(409);
        let ada = server.signed_in(server.person("admin@alcove.test"));
        assert!(ada.get("/account/erase").must_be(200).text("main").unwrap().contains("the only administrator"));
        post(&ada, "/account/erase", &[("act", "erase"), ("sure", "yes"), ("current", PASSWORD)]).must_be(409);
        let found = ada.get("/manage/people?who=rob%40").must_be(200).attr("main ul.card li a", "href").unwrap();
        let page = ada.get(&found).must_be(200);
        assert!(page.text("main").unwrap().contains("They are the only coordinator of Robin Trust"));
        let erase = format!("{found}/erase");
        post(&ada, &erase, &[("act", "erase"), ("email", "rob@alcove.test")]).must_be(409);
        let coordinate = |conn: &mut Conn| {
            organisations::set_member(
                conn,
                server.world.robin,
                server.world.wren_booker,
                MemberRole::Coordinator,
                now(),
            )
        };
        server.db.write_now(coordinate).unwrap();
        post(&ada, &erase, &[("act", "erase"), ("email", "bob@alcove.test")]).must_be(422);
        let done = post(&ada, &erase, &[("act", "erase"), ("email", "rob@alcove.test")]).must_be(303);
        assert!(ada.follow(done).must_be(200).h1().contains("Someone erased on 20 November 2026"));
        post(&ada, &erase, &[("act", "erase"), ("email", "rob@alcove.test")]).must_be(422);
        let history = ada.get("/manage/history?kind=person_erased").must_be(200).text("main table").unwrap();
        assert!(history.contains("Someone erased on 20 November 2026") && history.contains("Ada Admin"));
        assert!(
            !contents(&server.db).iter().any(|line| line.contains("rob@alcove.test") || line.contains("Rob Robin"))
        );
    }
}

#[test]
fn a_namesake_keeps_what_may_be_theirs() {
    for server in servers() {
        let (world, twin) = (&server.world, "rob.two@alcove.test");
        let make = |conn: &mut Conn| {
            let id = add_person(conn, "Rob Robin", twin, None);
            let loan =
                NewLoan { site: world.site, item: "Fob", borrower: "Rob Robin", reach: NUMBER, by: world.manager };
            keys::insert(conn, &loan, now())?;
            Ok(id)
        };
        server.db.write_now(make).unwrap();
        let mailer = mailer();
        let id = server.person(twin);
        let erased =
            server.db.write_now(|conn| allocation::erase(conn, circumstances(&mailer, now()), id, None)).unwrap();
        assert!(matches!(erased, allocation::EraseAnswer::Done(_)), "{erased:?}");
        let lines = contents(&server.db);
        assert!(!lines.iter().any(|line| line.contains(twin)));
        assert!(lines.iter().any(|line| line.starts_with("key_loan ") && line.contains("Rob Robin")));
        assert!(lines.iter().any(|line| line.starts_with("person ") && line.contains("Rob Robin")));
    }
}
