//! Waiting lists as people meet them: joining from the form, the place in the queue, an offer by mail, taking it, and the site's own page.

use std::sync::{Arc, Barrier};

use crate::support::browser::{Browser, Page};
use crate::support::server::{Server, servers};
use crate::support::world::{add_organisation, add_person, at, now, span};
use alcove::allocation::{self, GiveUp, JoinAnswer, RequestAnswer};
use alcove::chance::Chance;
use alcove::domain::ids::Reference;
use alcove::domain::occurrence::Stage;
use alcove::domain::organisation::Class;
use alcove::domain::policy::MemberRole;
use alcove::domain::rendered::MailKind;
use alcove::domain::span::Span;
use alcove::store::occurrences::{self, ListFilter};
use alcove::store::{bookings, organisations};

const CEDAR: &str = "/sites/hunter-street/cedar/book";

/// Robin Trust has this time in Cedar.
fn had(server: &Server, session: Span) -> Reference {
    let draft = server.world.trusted_draft("cedar", session);
    let mailer = crate::support::world::mailer();
    let how = crate::support::world::circumstances(&mailer, now());
    match server.db.write_now(|conn| allocation::request(conn, how, &draft)).unwrap() {
        RequestAnswer::Done { reference, .. } => reference,
        other => panic!("{other:?}"),
    }
}

fn give_up(server: &Server, reference: &Reference) {
    let actor = server.world.actor(&server.db, server.world.robin_booker);
    let mailer = crate::support::world::mailer();
    let how = crate::support::world::circumstances(&mailer, server.clock.now());
    let cancel = |conn: &mut _| {
        let version = bookings::by_reference(conn, reference)?.unwrap().version;
        allocation::cancel(conn, how, &actor, (reference, version), &GiveUp::all(""))
    };
    assert!(matches!(server.db.write_now(cancel).unwrap(), allocation::Answer::Done(_)));
}

/// Finch Club, a community group, with somebody who books for it.
fn finch(server: &Server) -> Browser {
    let add = |conn: &mut _| {
        let finch = add_organisation(conn, "Finch Club", Class::Community);
        let fay = add_person(conn, "Fay Finch", "fay@alcove.test", None);
        organisations::set_member(conn, finch, fay, MemberRole::Booker, now())?;
        Ok(fay)
    };
    server.signed_in(server.db.write_now(add).unwrap())
}

/// Asks for Cedar from 10 to 11 on the day, although others have it.
fn refused(browser: &Browser, organisation: &str, purpose: &str) -> Page {
    let session = span("2026-11-24", "10:00", "11:00");
    let csrf = browser.get(CEDAR).must_be(200).attr("input[name=csrf]", "value").unwrap();
    let (from, to) = (session.start().seconds().to_string(), session.end().seconds().to_string());
    let nonce = Chance.token();
    browser.post(
        CEDAR,
        &[
            ("csrf", &csrf),
            ("nonce", nonce.reveal()),
            ("from", &from),
            ("to", &to),
            ("organisation", organisation),
            ("purpose", purpose),
            ("people", "3"),
            ("privacy", "confidential"),
            ("note", "We bring our own chairs"),
            ("step", "check"),
        ],
    )
}

fn join(browser: &Browser, organisation: &str, purpose: &str) -> String {
    let page = refused(browser, organisation, purpose).must_be(422);
    let done = browser.submit(page.form("form[method=post]").set("step", "wait")).must_be(303);
    let (path, code) = done.location().unwrap().split_once('?').unwrap();
    assert_eq!(code, "done=waiting");
    path.to_owned()
}

#[test]
fn who_finds_a_time_taken_joins_with_what_was_typed_and_is_told_their_place() {
    for server in servers() {
        had(&server, span("2026-11-24", "10:00", "11:00"));
        let (wendy, fay) = (server.signed_in(server.world.wren_booker), finch(&server));
        let form = refused(&wendy, "wren-support", "Quiet hour").must_be(422);
        let pressed = form.attr("form:has([name=nonce]) button", "value");
        assert_eq!(pressed.as_deref(), Some("check"), "the Enter key neither waits nor takes another time");
        let form = form.form("form[method=post]").set("step", "wait");
        let first = wendy.submit(&form).must_be(303);
        let again = wendy.submit(&form).must_be(303);
        let path = first.location().unwrap().split('?').next().unwrap().to_owned();
        assert_eq!(again.location().unwrap(), format!("{path}?done=waiting-before"), "sent twice, waits once");
        let page = wendy.get(&path).must_be(200);
        assert!(page.text(".lead").unwrap().starts_with("You are first. Who asked first comes first."));
        assert!(!page.has("form[action$=take]") && page.has("form[action$=leave]"));
        let other = join(&fay, "finch-club", "Choir");
        let page = fay.get(&other).must_be(200);
        assert!(page.text(".lead").unwrap().starts_with("You are second."));
        assert!(!page.text("main").unwrap().contains("Wren"), "nobody learns who else waits");
        assert!(fay.get(&path).must_be(404).text("main").is_some_and(|words| !words.contains("Quiet hour")));
        // The site says that community groups come first, and both are told where they are now.
        let mary = server.signed_in(server.world.manager);
        let page = mary.get("/manage/sites/hunter-street/waiting").must_be(200);
        let names = page.text("main").unwrap();
        assert!(names.contains("1. Wren Support") && names.contains("2. Finch Club"), "{names}");
        let twice = page.form("main form").set("first", "community").set("second", "community");
        let wrong = mary.submit(twice).must_be(422);
        assert_eq!(wrong.all_text(".error-summary a"), ["Community groups come first already. Choose another or none"]);
        mary.submit(page.form("main form").set("first", "community")).must_be(303);
        let list = wendy.get("/waiting").must_be(200).text("main").unwrap();
        let rule = "You are second. Community groups come first, then who asked first.";
        assert!(list.contains(rule), "{list}");
        assert!(fay.get(&other).text(".lead").unwrap().starts_with("You are first."));
        let page = mary.get("/manage/sites/hunter-street/waiting").must_be(200);
        assert!(page.text("main").unwrap().contains("1. Finch Club"));
    }
}

#[test]
fn what_the_rules_would_never_allow_is_refused_with_the_reason() {
    for server in servers() {
        had(&server, span("2026-11-24", "10:00", "11:00"));
        let wendy = server.signed_in(server.world.wren_booker);
        let page = refused(&wendy, "wren-support", "Quiet hour").must_be(422);
        let form = page.form("form[method=post]").set("people", "99").set("step", "wait");
        let page = wendy.submit(form).must_be(422);
        assert!(page.text(".error-summary").unwrap().contains("Cedar takes 12"));
        assert_eq!(page.form("form[method=post]").value("purpose"), Some("Quiet hour"));
        assert!(wendy.get("/waiting").text("main").unwrap().contains("You are not waiting for anything"));
        // A time that is free needs no waiting: it goes on to the check page.
        let page = refused(&wendy, "wren-support", "Quiet hour").must_be(422);
        let free = page.form("form[method=post]").choose("from", "2pm").choose("to", "3pm").set("step", "wait");
        assert!(wendy.submit(free).must_be(200).h1().starts_with("Check your booking"));
    }
}

#[test]
fn an_offer_comes_by_mail_is_shown_by_get_and_taken_by_a_button() {
    for server in servers() {
        let had = had(&server, span("2026-11-24", "10:00", "11:00"));
        let (wendy, fay) = (server.signed_in(server.world.wren_booker), finch(&server));
        let path = join(&wendy, "wren-support", "Quiet hour");
        give_up(&server, &had);
        let mail = server.mails_to("wendy@alcove.test").remove(0);
        assert_eq!(mail.kind, MailKind::Offer);
        assert!(!mail.subject.contains("Quiet") && !mail.subject.contains("Cedar"), "{}", mail.subject);
        let link = format!("http://alcove.test{path}");
        assert!(mail.text.contains(&link), "{} has not {link}", mail.text);
        for _ in 0..2 {
            let page = wendy.get(&path).must_be(200);
            assert!(page.text(".lead").unwrap().starts_with("It is free and kept for you until"), "{}", page.body);
        }
        // It is kept: whoever asks for it is refused, and may wait.
        assert!(refused(&fay, "finch-club", "Choir").must_be(422).has("button[value=wait]"));
        let page = wendy.get(&path);
        fay.post(&format!("{path}/take"), &[("csrf", &fay.get("/account").attr("input[name=csrf]", "value").unwrap())])
            .must_be(404);
        let take = page.form("form[action$=take]");
        let done = wendy.submit(&take).must_be(303);
        let booking = done.location().unwrap().split('?').next().unwrap().to_owned();
        let shown = wendy.get(&booking).must_be(200);
        let words = shown.text("main").unwrap();
        assert!(words.contains("Quiet hour") && words.contains("We bring our own chairs"), "{words}");
        let twice = wendy.submit(&take).must_be(303);
        assert_eq!(twice.location().unwrap(), format!("{booking}?done=sent-before"));
        let late = wendy.submit(page.form("form[action$=leave]")).must_be(409);
        assert_eq!(late.text("[role=alert] p").as_deref(), Some("This was taken already. Nothing was changed."));
        let all = server.db.read_now(|conn| occurrences::list(conn, &ListFilter::default())).unwrap();
        assert_eq!(all.iter().filter(|line| line.stage == Stage::Requested).count(), 1);
    }
}

#[test]
fn a_lapsed_offer_says_so_and_no_thank_you_hands_it_on() {
    for server in servers() {
        let had = had(&server, span("2026-11-27", "10:00", "11:00"));
        let session = span("2026-11-27", "10:00", "11:00");
        let wendy = server.signed_in(server.world.wren_booker);
        let entry = {
            let mailer = crate::support::world::mailer();
            let how = crate::support::world::circumstances(&mailer, now());
            let draft = server.world.draft("cedar", session);
            match server.db.write_now(|conn| allocation::join(conn, how, &draft)).unwrap() {
                JoinAnswer::Joined(reference) => format!("/waiting/{reference}"),
                other => panic!("{other:?}"),
            }
        };
        give_up(&server, &had);
        let take = wendy.get(&entry).must_be(200).form("form[action$=take]");
        server.clock.set(now().plus_hours(73));
        let page = wendy.get(&entry).must_be(200);
        assert!(page.text(".lead").unwrap().starts_with("It ran out"), "void at once, no chore has run");
        let late = wendy.submit(&take).must_be(409);
        assert!(late.text("[role=alert] p").unwrap().starts_with("This offer has run out"));
        assert_eq!(server.mails_to("wendy@alcove.test").remove(0).kind, MailKind::OfferLapsed);
        let list = wendy.get("/waiting").must_be(200);
        assert!(list.text("main").unwrap().contains("Ran out"));
    }
}

#[test]
fn leaving_takes_one_click() {
    for server in servers() {
        had(&server, span("2026-11-24", "10:00", "11:00"));
        let wendy = server.signed_in(server.world.wren_booker);
        join(&wendy, "wren-support", "Quiet hour");
        let list = wendy.get("/waiting").must_be(200);
        let leave = list.form("form[action$=leave]");
        for _ in 0..2 {
            let done = wendy.submit(&leave).must_be(303);
            assert_eq!(done.location(), Some("/waiting?done=waiting-left"));
        }
        assert!(!wendy.get("/waiting").has("form[action$=leave]"));
    }
}

#[test]
fn a_date_of_a_series_is_put_on_the_waiting_list_from_its_check_page() {
    for server in servers() {
        let had = had(&server, span("2026-12-01", "10:00", "11:00"));
        let wendy = server.signed_in(server.world.wren_booker);
        let page = wendy.get("/sites/hunter-street/cedar/book?date=2026-11-24").must_be(200);
        let form = page.form("form[method=post]").choose("from", "10am").choose("to", "11am").set("people", "2");
        let form = form.set("purpose", "Quiet hour").set("repeat", "weekly").set("times", "3").set("step", "check");
        let check = wendy.submit(form).must_be(200);
        let form = check.form("form.beside");
        let form = form.choose("pick", "Put this date on the waiting list").set("step", "yes");
        let booking = wendy.submit(form).must_be(303).location().unwrap().split('?').next().unwrap().to_owned();
        let history = wendy.get(&booking).must_be(200).all_text(".timeline .state");
        assert!(history.contains(&"Joined the waiting list: Tuesday 1 December 2026".to_owned()), "{history:?}");
        give_up(&server, &had);
        let offer = wendy.get("/waiting").must_be(200);
        let done = wendy.submit(offer.form("form[action$=take]")).must_be(303);
        assert_eq!(done.location().unwrap().split('?').next(), Some(booking.as_str()));
        let history = wendy.get(&booking).must_be(200).all_text(".timeline .state");
        assert!(history.iter().any(|line| line.starts_with("Offer taken")), "{history:?}");
    }
}

#[test]
fn pages_about_waiting_take_few_queries() {
    for server in servers() {
        let had = had(&server, span("2026-11-24", "10:00", "11:00"));
        let (wendy, fay) = (server.signed_in(server.world.wren_booker), finch(&server));
        let path = join(&wendy, "wren-support", "Quiet hour");
        let other = join(&fay, "finch-club", "Choir");
        let mary = server.signed_in(server.world.manager);
        let check = |when: &str| {
            for (browser, path) in [
                (&wendy, "/waiting"),
                (&wendy, path.as_str()),
                (&fay, other.as_str()),
                (&mary, "/manage/sites/hunter-street/waiting"),
            ] {
                let queries = server.queries(|| {
                    browser.get(path).must_be(200);
                });
                assert!(queries <= 8, "{path} takes {queries} queries {when} on {}", server.engine);
            }
        };
        check("while all wait");
        give_up(&server, &had);
        check("with an offer");
        server.clock.set(at("2026-11-24 07:00"));
        check("at short notice");
    }
}

/// Half of the clients take the offer, half ask for the same place: exactly one booking comes of it, and nobody sees a fault.
#[test]
fn of_those_who_take_an_offer_and_those_who_ask_one_has_it() {
    const ROUNDS: usize = 10;
    const EACH: usize = 6;
    for server in servers() {
        let csrf = |browser: &Browser| browser.get("/account").attr("input[name=csrf]", "value").unwrap();
        for round in 0..ROUNDS {
            let day = format!("2026-12-{:02}", 1 + round);
            let session = span(&day, "10:00", "11:00");
            let had = had(&server, session);
            let mailer = crate::support::world::mailer();
            let how = crate::support::world::circumstances(&mailer, now());
            let draft = server.world.draft("cedar", session);
            let joined = server.db.write_now(|conn| allocation::join(conn, how, &draft)).unwrap();
            let JoinAnswer::Joined(entry) = joined else { panic!("{joined:?}") };
            // In every other round nothing is kept, so that the first of all of them has it.
            let short_notice = round % 2 == 1;
            server.clock.set(if short_notice { session.start().plus_minutes(-200) } else { now() });
            give_up(&server, &had);
            let barrier = Arc::new(Barrier::new(2 * EACH));
            let clients: Vec<_> = (0..2 * EACH)
                .map(|place| {
                    let takes = place < EACH;
                    let person = if takes { server.world.wren_booker } else { server.world.robin_booker };
                    let browser = server.signed_in(person);
                    let (token, barrier) = (csrf(&browser), Arc::clone(&barrier));
                    let path = if takes { format!("/waiting/{entry}/take") } else { CEDAR.to_owned() };
                    std::thread::spawn(move || {
                        let nonce = Chance.token();
                        let (from, to) = (session.start().seconds().to_string(), session.end().seconds().to_string());
                        let mut fields = vec![("csrf", token.as_str())];
                        if !takes {
                            fields.extend([
                                ("nonce", nonce.reveal()),
                                ("from", &from),
                                ("to", &to),
                                ("organisation", "robin-trust"),
                                ("purpose", "Group"),
                                ("people", "2"),
                                ("privacy", "organisation"),
                                ("step", "yes"),
                            ]);
                        }
                        barrier.wait();
                        (takes, browser.post(&path, &fields).status)
                    })
                })
                .collect();
            let answers: Vec<(bool, u16)> = clients.into_iter().map(|client| client.join().unwrap()).collect();
            assert!(answers.iter().all(|(_, status)| [303, 409].contains(status)), "round {round}: {answers:?}");
            let active = server.db.read_now(|conn| occurrences::list(conn, &ListFilter::default())).unwrap();
            let active: Vec<_> =
                active.iter().filter(|line| line.session == session && line.stage.is_active()).collect();
            assert_eq!(active.len(), 1, "round {round} on {}: {answers:?}", server.engine);
            let taker_has_it = active[0].organisation == Some(server.world.wren);
            assert!(short_notice || taker_has_it, "what is kept is nobody else's");
            // All clicks of the taker lead to the one booking; of those who ask, at most one is done.
            let done =
                |taking: bool| answers.iter().filter(|(takes, status)| *takes == taking && *status == 303).count();
            let expected = if taker_has_it { (EACH, 0) } else { (0, 1) };
            assert_eq!((done(true), done(false)), expected, "round {round} on {}", server.engine);
        }
    }
}
