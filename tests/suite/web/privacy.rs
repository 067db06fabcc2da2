//! What people see of what is kept: their data as a file, who looked, how long things are kept, the statements, and that no cookie is set but two.

use crate::support::browser::{Browser, Page};
use crate::support::server::{Server, servers};
use crate::support::tables::contents;
use crate::support::world::{PASSWORD, add_person, circumstances, mailer, now, span};
use alcove::allocation::{self, Draft, RequestAnswer};
use alcove::domain::ids::Reference;
use alcove::domain::rules::Privacy;
use alcove::store::people;

fn post(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let csrf = browser.get("/account").must_be(200).attr("input[name=csrf]", "value").unwrap();
    browser.post(path, &[&[("csrf", csrf.as_str())], fields].concat())
}

fn book(server: &Server, privacy: Privacy, hour: i64) -> Reference {
    let (mailer, start) = (mailer(), span("2026-11-24", "08:00", "09:00").start());
    let session = alcove::domain::span::Span::new(start.plus_hours(hour), start.plus_hours(hour + 1)).unwrap();
    let draft = Draft { privacy, ..server.world.trusted_draft("hall", session) };
    let done = server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap();
    let RequestAnswer::Done { reference, .. } = done else { panic!("{done:?}") };
    reference
}

#[test]
fn everything_held_about_a_person_is_one_file_for_whoever_knows_the_password() {
    for server in servers() {
        let reference = book(&server, Privacy::Open, 2);
        let rob = server.signed_in(server.world.robin_booker);
        rob.get("/account/data").must_be(200);
        let wrong = post(&rob, "/account/data", &[("current", "not it at all")]).must_be(422);
        assert!(wrong.has("#current-error") && wrong.title().starts_with("Error:"));
        let file = post(&rob, "/account/data", &[("current", PASSWORD)]).must_be(200);
        assert!(file.header("content-disposition").unwrap().contains("my-data.json"));
        assert_eq!(file.header("cache-control"), Some("no-store"));
        for words in ["rob@alcove.test", "Rob Robin", "Robin Trust", &reference.to_string(), "Support group", "A test"]
        {
            assert!(file.body.contains(words), "{words}");
        }
        for words in ["Wendy", "manager@alcove.test", "argon2", "Mary Manager"] {
            assert!(!file.body.contains(words), "{words}");
        }
        assert_eq!(file.body.matches('{').count(), file.body.matches('}').count());
        assert!(rob.get("/account/history").must_be(200).body.contains("Own data downloaded"));
        for _ in 0..12 {
            post(&rob, "/account/data", &[("current", "not it at all")]);
        }
        post(&rob, "/account/data", &[("current", PASSWORD)]).must_be(429);
    }
}

#[test]
fn without_a_password_one_has_to_have_signed_in_lately() {
    for server in servers() {
        server.db.write_now(|conn| people::clear_password(conn, server.world.wren_booker)).unwrap();
        let wendy = server.signed_in(server.world.wren_booker);
        post(&wendy, "/account/data", &[]).must_be(200);
        server.clock.set(now().plus_minutes(15));
        let page = post(&wendy, "/account/data", &[]).must_be(422);
        assert!(page.text("#current-error").unwrap().contains("Sign out and sign in again"));
    }
}

#[test]
fn its_organisation_reads_who_of_the_staff_opened_a_confidential_booking() {
    for server in servers() {
        let (secret, open) = (book(&server, Privacy::Confidential, 2), book(&server, Privacy::Open, 4));
        let rita = server.signed_in(server.person("reception@alcove.test"));
        let (rob, wendy) = (server.signed_in(server.world.robin_booker), server.signed_in(server.world.wren_booker));
        let path = format!("/bookings/{secret}");
        let before = contents(&server.db);
        for page in [&path, &format!("{path}.ics"), &path, &format!("/bookings/{open}")] {
            rita.get(page).must_be(200);
        }
        rob.get(&path).must_be(200);
        wendy.get(&path).must_be(404);
        assert_eq!(contents(&server.db), before, "looking writes nothing by itself");
        assert_eq!(server.chores.views().unwrap(), 1, "several pages within the hour are one look");
        let looks = |count: usize| {
            let page = rob.get(&format!("{path}/views")).must_be(200);
            assert_eq!(page.all_text(".timeline li").len(), count);
            page.text("main").unwrap()
        };
        let text = looks(1);
        assert!(text.contains("Rita Reception") && text.contains("Receptionist of the site"));
        assert!(text.contains("Friday 20 November 2026, 9am"));
        assert!(rob.get(&path).must_be(200).has(&format!("a[href='{path}/views']")));
        wendy.get(&format!("{path}/views")).must_be(404);
        // Another copy of the program may write the same look; it is one all the same.
        server.clock.set(now().plus_minutes(59));
        rita.get(&path).must_be(200);
        assert_eq!(server.chores.views().unwrap(), 0);
        server.clock.set(now().plus_minutes(60));
        rita.get(&path).must_be(200);
        server.signed_in(server.world.manager).get(&format!("/requests/{secret}")).must_be(200);
        assert_eq!(server.chores.views().unwrap(), 2);
        assert!(looks(3).contains("Manager of the site"));
        assert!(!rob.get(&format!("/bookings/{open}/views")).must_be(200).has(".timeline"));
    }
}

#[test]
fn looks_that_wait_are_written_down_at_a_graceful_stop() {
    for mut server in servers() {
        let secret = book(&server, Privacy::Confidential, 2);
        server.signed_in(server.world.manager).get(&format!("/bookings/{secret}")).must_be(200);
        assert!(!contents(&server.db).iter().any(|line| line.starts_with("view_record ")));
        server.stop();
        assert!(contents(&server.db).iter().any(|line| line.starts_with("view_record ")), "{}", server.engine);
    }
}

#[test]
fn an_administrator_sets_times_within_limits_tries_and_removes() {
    for server in servers() {
        let ada = server.signed_in(server.person("admin@alcove.test"));
        let page = ada.get("/manage/retention").must_be(200);
        let wrong = ada.submit(page.form("main form.card").set("mail_texts", "99").set("views", "x")).must_be(422);
        assert!(wrong.has("#mail_texts-error") && wrong.has("#views-error") && wrong.title().starts_with("Error:"));
        assert_eq!(wrong.attr("#mail_texts", "value").as_deref(), Some("99"));
        ada.submit(page.form("main form.card").set("mail_texts", "14")).must_be(303);
        assert_eq!(ada.get("/manage/retention").attr("#mail_texts", "value").as_deref(), Some("14"));
        let privacy = server.visitor().get("/privacy").must_be(200).text("main table").unwrap();
        assert!(privacy.contains("14 days") && privacy.contains("3 years") && privacy.contains("Not by itself"));
        post(&ada, "/manage/retention", &[("act", "save"), ("foreign", "1")]).must_be(400);
        // Somebody came ten years ago.
        server.db.write_now(|conn| Ok(add_person(conn, "Old Timer", "old@alcove.test", None))).unwrap();
        server.clock.set(now().plus_days(3 * 365));
        let ada = server.signed_in(server.person("admin@alcove.test"));
        let before = contents(&server.db);
        let tried = post(&ada, "/manage/retention", &[("act", "try")]).must_be(200);
        assert!(tried.text("main .notice").unwrap().contains("Accounts that nobody has used"), "{}", tried.body);
        assert_eq!(contents(&server.db), before);
        let done = post(&ada, "/manage/retention", &[("act", "run")]).must_be(303);
        assert!(ada.follow(done).must_be(200).text("main").unwrap().contains("Last run"));
        assert!(!contents(&server.db).iter().any(|line| line.contains("old@alcove.test")));
        let text = ada.get("/manage/history?kind=retention_run").must_be(200).text("main table").unwrap();
        assert!(text.contains("Ada Admin"));
    }
}

#[test]
fn the_statements_say_what_was_filled_in_and_sensible_words_until_then() {
    for server in servers() {
        let (ada, visitor) = (server.signed_in(server.person("admin@alcove.test")), server.visitor());
        for path in ["/privacy", "/accessibility"] {
            assert!(ada.get(path).must_be(200).has("a[href='/manage/statements']"), "an administrator is told to");
            let page = visitor.get(path).must_be(200);
            assert!(!page.has("a[href='/manage/statements']") && !page.body.contains("{{"));
        }
        assert!(visitor.get("/privacy").text("main").unwrap().contains("Legitimate interests"));
        let form = ada.get("/manage/statements").must_be(200).form("main form");
        let form =
            form.set("controller", "Wren Rooms <Ltd>").set("address", "1 High Street").set("contact", "data@wren.test");
        let form = form.set("ico", "ZA123456").set("accessibility_contact", "Ring 020 7946 0001");
        let wrong = ada.submit(form.clone().set("ico", &"x".repeat(300))).must_be(422);
        assert!(wrong.has("#ico-error"));
        ada.submit(form.set("accessibility_tested", "3 November 2026, by hand")).must_be(303);
        let privacy = visitor.get("/privacy").must_be(200);
        for words in ["Wren Rooms <Ltd>, 1 High Street", "ZA123456", "data@wren.test"] {
            assert!(privacy.text("main").unwrap().contains(words), "{words}");
        }
        let page = visitor.get("/accessibility").must_be(200).text("main").unwrap();
        assert!(page.contains("3 November 2026, by hand") && page.contains("Ring 020 7946 0001"));
        assert!(!ada.get("/privacy").has("a[href='/manage/statements']"));
    }
}

#[test]
fn no_cookie_is_set_but_the_session_and_the_mark_of_a_visitor_with_a_form() {
    for server in servers() {
        let visitor = server.visitor();
        for path in ["/", "/sites", "/find?kind=group", "/privacy", "/accessibility", "/help", "/whats-on"] {
            let page = visitor.get(path).must_be(200);
            assert_eq!(page.header("set-cookie"), None, "{path}");
        }
        assert_eq!(visitor.cookies(), "");
        for path in ["/register", "/sign-in"] {
            let page = visitor.get(path).must_be(200);
            assert!(!page.has("main form [type=checkbox]:not([name=remember])"), "{path} asks for consent");
            assert!(!page.body.to_lowercase().contains("i agree") && !page.body.to_lowercase().contains("newsletter"));
        }
        assert!(
            visitor.cookies().starts_with("alcove-visit=") && !visitor.cookies().contains(';'),
            "{}",
            visitor.cookies()
        );
        let csrf = visitor.get("/sign-in").attr("input[name=csrf]", "value").unwrap();
        let fields = [("csrf", csrf.as_str()), ("email", "rob@alcove.test"), ("password", PASSWORD)];
        visitor.post("/sign-in", &fields).must_be(303);
        for path in ["/account", "/bookings", "/organisations/apply", "/account/data"] {
            visitor.get(path).must_be(200);
        }
        let cookies = visitor.cookies();
        let names: Vec<&str> = cookies.split("; ").filter_map(|one| one.split('=').next()).collect();
        assert!(names.iter().all(|name| ["alcove", "alcove-visit"].contains(name)), "{names:?}");
        assert!(names.contains(&"alcove"));
    }
}
