//! What somebody tells in confidence, as conversations: who is told that there is something, who reads it and what is kept of that, and that nobody else finds a word of it.

use super::matrix::cast::{Cast, Role};
use super::matrix::table::ROWS;
use super::matrix::told;
use crate::support::browser::{Browser, Page};
use crate::support::server::servers;
use crate::support::tables::contents;
use alcove::domain::rendered::MailKind;

const DOOR: &str = "/sites/hunter-street/cedar/concern";
const LIST: &str = "/manage/sites/hunter-street/to-read";
const STAFF: &str = "/manage/sites/hunter-street/staff";
const WORD: &str = "Canaryfear";

fn post(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let csrf = browser.get(path).must_be(200).attr("input[name=csrf]", "value").unwrap();
    browser.post(path, &[&[("csrf", csrf.as_str())], fields].concat())
}

fn told_of_it(server: &crate::support::server::Server, address: &str) -> usize {
    server.mails_to(address).iter().filter(|mail| mail.kind == MailKind::ToRead).count()
}

#[test]
fn whoever_tells_is_led_to_999_first_and_only_the_lead_reads_it() {
    for server in servers() {
        let (visitor, mary) = (server.visitor(), server.signed_in(server.world.manager));
        let rita = server.signed_in(server.person("reception@alcove.test"));
        let page = visitor.get("/sites/hunter-street/cedar/fault").must_be(200);
        assert!(page.has(&format!("a[href='{DOOR}']")));
        let page = visitor.get(DOOR).must_be(200);
        assert!(page.has("a[href='tel:999']") && page.has("a[href='tel:02079460001']") && page.has("[data-exit]"));
        assert!(!page.title().to_lowercase().contains("risk"), "{}", page.title());
        assert!(post(&visitor, DOOR, &[("words", " ")]).must_be(422).has("#words-error"));
        // While nobody is named, managers and administrators read, and the page says so.
        let thanks = visitor.follow(post(&visitor, DOOR, &[("words", WORD), ("contact", WORD)]).must_be(303));
        assert!(thanks.h1().contains("Thank you") && !thanks.body.contains(WORD));
        assert_eq!(told_of_it(&server, "manager@alcove.test"), 1);
        assert!(mary.get(LIST).must_be(200).body.contains("Nobody is named"));
        rita.get(LIST).must_be(404);
        // The manager names the receptionist, and from then on reads no more.
        let named = post(&mary, STAFF, &[("email", "reception@alcove.test"), ("step", "lead")]).must_be(303);
        assert!(mary.follow(named).must_be(200).body.contains("safeguarding lead"));
        post(&mary, STAFF, &[("email", "rob@alcove.test"), ("step", "lead")]).must_be(404);
        mary.get(LIST).must_be(404);
        server.signed_in(server.person("admin@alcove.test")).get(LIST).must_be(404);
        post(&visitor, DOOR, &[("words", "Another")]).must_be(303);
        assert_eq!(told_of_it(&server, "reception@alcove.test"), 1);
        assert_eq!(told_of_it(&server, "manager@alcove.test"), 1, "no longer");
        let list = rita.get(LIST).must_be(200);
        assert!(!list.body.contains(WORD) && !list.body.contains("Nobody is named"));
        let one = list.all_text("main li").len();
        assert_eq!(one, 2);
        // Whoever leaves the staff reads no more, either.
        post(&mary, STAFF, &[("email", "reception@alcove.test"), ("step", "remove")]).must_be(303);
        rita.get(LIST).must_be(404);
        mary.get(LIST).must_be(200);
    }
}

#[test]
fn each_reading_is_written_down_and_shown() {
    for server in servers() {
        let reference = told::concern(&server, WORD);
        let rita = server.signed_in(server.person("reception@alcove.test"));
        let path = format!("{LIST}/{reference}");
        let cover = rita.get(&path).must_be(200);
        assert!(!cover.body.contains(WORD) && cover.text("main aside").unwrap().contains("Nobody has opened it"));
        let page = post(&rita, &path, &[("act", "read")]).must_be(200);
        assert!(page.text("main dl").unwrap().contains(WORD));
        assert_eq!(page.all_text(".timeline li").len(), 1);
        assert!(page.text(".timeline").unwrap().contains("Rita Reception"));
        let queries = server.queries(|| drop(post(&rita, &path, &[("act", "read")])));
        assert!(queries <= 16, "{queries} queries for two pages");
        let wrong = post(&rita, &path, &[("act", "note"), ("note", "")]).must_be(422);
        assert!(wrong.has("#note-error"));
        post(&rita, &path, &[("act", "note"), ("note", "Rang the council")]).must_be(303);
        post(&rita, &path, &[("act", "close")]).must_be(303);
        post(&rita, &path, &[("act", "close")]).must_be(409);
        let cover = rita.get(&path).must_be(200);
        assert!(!cover.body.contains("Rang the council"), "notes are read like the rest");
        let lines = cover.all_text(".timeline li b");
        assert_eq!(lines, ["Closed", "Note added", "Read", "Read", "Read"]);
        assert!(rita.get(LIST).must_be(200).text("main").unwrap().contains("Closed"));
        post(&rita, &path, &[("act", "reopen")]).must_be(303);
        assert!(post(&rita, &path, &[("act", "read")]).must_be(200).body.contains("Rang the council"));
    }
}

#[test]
fn no_page_mail_or_table_but_its_own_holds_a_word_of_it() {
    for server in servers() {
        let cast = Cast::new(&server);
        let visitor = server.visitor();
        post(&visitor, DOOR, &[("words", WORD), ("contact", WORD)]).must_be(303);
        let (reference, mailer) = (told::concern(&server, WORD), "reception@alcove.test");
        for role in Role::ALL {
            let session = cast.session(role);
            for row in ROWS.iter().filter(|row| row.method == "GET") {
                let path = cast.path(row.pattern);
                assert!(!session.browser.get(&path).body.contains(WORD), "{path} as {role:?}");
            }
            let path = format!("{LIST}/{reference}");
            assert!(!session.browser.get(&path).body.contains(WORD), "{path} as {role:?}");
            let read = session.post(&path, &[("act".to_owned(), "read".to_owned())]);
            assert_eq!(read.body.contains(WORD), role == Role::Receptionist, "{role:?}");
        }
        server.chores.run_once();
        assert!(0 < told_of_it(&server, mailer));
        for mail in server.mails() {
            assert!(!mail.text.contains(WORD) && !mail.subject.contains(WORD), "{:?}", mail.kind);
            let says = mail.text.to_lowercase();
            let silent = mail.kind != MailKind::ToRead
                || !["safeguard", "concern", "risk"].iter().any(|word| says.contains(word));
            assert!(silent, "{says}");
        }
        let lines = contents(&server.db);
        let kept: Vec<_> = lines.iter().filter(|line| line.contains(WORD)).collect();
        assert!(!kept.is_empty() && kept.iter().all(|line| line.starts_with("concern ")), "{kept:?}");
        let history = lines.iter().any(|line| line.starts_with("event ") && line.contains("concern"));
        assert!(!history, "nothing of it stands in the history");
    }
}

#[test]
fn what_is_no_person_and_too_much_an_hour_change_nothing() {
    for server in servers() {
        let visitor = server.visitor();
        let csrf = visitor.get(DOOR).must_be(200).attr("input[name=csrf]", "value").unwrap();
        let before = contents(&server.db);
        visitor.post(DOOR, &[("csrf", &csrf), ("words", "Buy"), ("website", "http://buy.example")]).must_be(303);
        visitor.post(DOOR, &[("words", "No token")]).must_be(403);
        assert_eq!(contents(&server.db), before);
        for _ in 0..20 {
            visitor.post(DOOR, &[("csrf", &csrf), ("words", "Again")]).must_be(303);
        }
        let page = visitor.post(DOOR, &[("csrf", &csrf), ("words", "Once more")]).must_be(429);
        assert!(page.text("#words-error").unwrap().contains("999"));
        assert!(page.text("#words").unwrap().contains("Once more"), "what was typed is kept");
    }
}
