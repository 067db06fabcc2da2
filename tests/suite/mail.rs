//! Mail over a real SMTP conversation: what is sent, what happens when the server refuses, stalls or drops, and what staff see of it.

use std::sync::Arc;
use std::time::Duration;

use crate::support::server::{Server, servers_with_mail};
use crate::support::smtp::{Behaviour, SmtpSink};
use crate::support::world::{add_person, circumstances, mailer, now, span};
use alcove::allocation::{self, Change, DutyAnswer, GiveUp, Giving, NewPlace, RequestAnswer};
use alcove::chores::Chores;
use alcove::chores::deliver::Deliverer;
use alcove::domain::booking::Scope;
use alcove::domain::ids::Reference;
use alcove::domain::person::Email;
use alcove::domain::policy::MemberRole;
use alcove::store::{Conn, bookings, duties, organisations, outbox};

fn book(server: &Server, from: &str, to: &str) -> Reference {
    let mailer = mailer();
    let draft = server.world.trusted_draft("cedar", span("2026-11-24", from, to));
    match server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap() {
        RequestAnswer::Done { reference, .. } => reference,
        other => panic!("{other:?}"),
    }
}

fn states(server: &Server) -> Vec<(String, i32, String)> {
    let all = server.db.read_now(|conn| outbox::envelopes(conn, None, false, 50)).unwrap();
    all.into_iter().rev().map(|one| (one.state, one.attempts, one.last_error)).collect()
}

#[test]
fn a_confirmation_goes_out_whole_with_its_calendar_entry() {
    let sink = SmtpSink::start(Vec::new());
    for (number, server) in servers_with_mail(&sink.url()).into_iter().enumerate() {
        let reference = book(&server, "10:00", "11:00");
        server.chores.run_once();
        let mail = sink.wait_for(number + 1, Duration::from_secs(10)).pop().unwrap();
        assert_eq!(mail.to, ["rob@alcove.test"]);
        assert_eq!(mail.header("Subject").unwrap(), format!("Your booking {reference} is confirmed"));
        assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"));
        assert!(mail.header("Message-ID").unwrap().contains("@alcove.test>"));
        let text = mail.text().unwrap();
        assert!(
            text.contains("Tuesday 24 November 2026, 10am to 11am") && text.contains(&format!("/bookings/{reference}")),
            "{text}"
        );
        assert!(mail.html().unwrap().contains("Cedar is booked for you"));
        let part = mail.parts().into_iter().find(|part| part.content_type == "text/calendar").unwrap();
        assert!(part.header("Content-Type").unwrap().contains("method=REQUEST"));
        let calendar = mail.calendar().unwrap().replace("\r\n ", "");
        for line in
            ["METHOD:REQUEST", "DTSTART:20261124T100000Z", "DTEND:20261124T110000Z", "SEQUENCE:0", "STATUS:CONFIRMED"]
        {
            assert!(calendar.contains(line), "{line} in {calendar}");
        }
        assert_eq!(calendar.matches("ATTENDEE").count(), 1);
        assert_eq!(states(&server), [("delivered".to_owned(), 1, String::new())]);
    }
}

#[test]
fn a_cancellation_takes_the_same_entry_out_of_the_calendar() {
    let sink = SmtpSink::start(Vec::new());
    for (number, server) in servers_with_mail(&sink.url()).into_iter().enumerate() {
        let reference = book(&server, "10:00", "11:00");
        server.chores.run_once();
        let (mailer, actor) = (mailer(), server.world.actor(&server.db, server.world.robin_booker));
        server
            .db
            .write_now(|conn| {
                allocation::cancel(conn, circumstances(&mailer, now()), &actor, (&reference, 1), &GiveUp::all(""))
            })
            .unwrap();
        server.chores.run_once();
        let mails = sink.wait_for(number * 2 + 2, Duration::from_secs(10));
        let calendars: Vec<String> =
            mails.iter().rev().take(2).map(|mail| mail.calendar().unwrap().replace("\r\n ", "")).collect();
        let uid = |text: &str| text.lines().find(|line| line.starts_with("UID")).unwrap().to_owned();
        assert_eq!(uid(&calendars[0]), uid(&calendars[1]));
        assert!(calendars[0].contains("METHOD:CANCEL") && calendars[0].contains("STATUS:CANCELLED"));
        assert!(calendars[0].contains("SEQUENCE:1"), "{}", calendars[0]);
    }
}

/// Rob puts Vera on a session of Robin Trust, moves it, and takes her off; each with its mail out of the house before the next.
#[test]
fn a_volunteers_invitation_is_for_them_alone_and_its_updates_and_end_carry_the_same_entry() {
    let sink = SmtpSink::start(Vec::new());
    for (number, server) in servers_with_mail(&sink.url()).into_iter().enumerate() {
        let world = &server.world;
        let join = |conn: &mut Conn| {
            let vera = add_person(conn, "Vera Volunteer", "vera@alcove.test", None);
            organisations::set_member(conn, world.robin, vera, MemberRole::Volunteer, now())
        };
        server.db.write_now(join).unwrap();
        let reference = book(&server, "10:00", "11:00");
        let (mailer, rob) = (mailer(), world.actor(&server.db, world.robin_booker));
        let how = || circumstances(&mailer, now());
        let what = Giving { person: Email::parse("vera@alcove.test").unwrap(), ordinal: 1, scope: Scope::This };
        let given = server.db.write_now(|conn| allocation::give(conn, how(), &rob, &reference, &what)).unwrap();
        assert!(matches!(given, DutyAnswer::Done { dates: 1, .. }), "{given:?}");
        server.chores.run_once();
        let place = NewPlace { minutes: Some((840, 900)), ..NewPlace::default() };
        let change = Change { from: 1, scope: Scope::This, place, words: None };
        server.db.write_now(|conn| allocation::change(conn, how(), &rob, (&reference, 1), &change)).unwrap();
        server.chores.run_once();
        let off = |conn: &mut Conn| {
            let booking = bookings::by_reference(conn, &reference)?.unwrap().id;
            let handle = duties::of_bookings(conn, &[booking])?.remove(0).handle;
            allocation::take_off(conn, how(), &rob, (&handle, Scope::This))
        };
        server.db.write_now(off).unwrap();
        server.chores.run_once();
        // The booking's own people have mails of theirs, to other addresses.
        let mails = sink.wait_for(number * 5 + 5, Duration::from_secs(10));
        let hers: Vec<_> = mails.iter().filter(|mail| mail.to == ["vera@alcove.test"]).skip(number * 3).collect();
        let mut uids = Vec::new();
        assert_eq!(hers.len(), 3);
        for (sequence, (mail, method)) in hers.iter().zip(["REQUEST", "REQUEST", "CANCEL"]).enumerate() {
            let part = mail.parts().into_iter().find(|part| part.content_type == "text/calendar").unwrap();
            assert!(part.header("Content-Type").unwrap().contains(&format!("method={method}")));
            let calendar = mail.calendar().unwrap().replace("\r\n ", "");
            assert!(calendar.contains(&format!("METHOD:{method}\r\n")), "{calendar}");
            assert!(calendar.contains(&format!("SEQUENCE:{sequence}\r\n")), "{calendar}");
            assert_eq!(calendar.matches("ATTENDEE").count(), 1);
            assert!(calendar.contains("mailto:vera@alcove.test"), "{calendar}");
            uids.extend(calendar.lines().find(|line| line.starts_with("UID:")).map(str::to_owned));
        }
        uids.dedup();
        assert_eq!(uids.len(), 1, "{uids:?}");
    }
}

#[test]
fn a_server_that_puts_off_is_asked_again_later() {
    for first in [Behaviour::TempFail421, Behaviour::Greylist450, Behaviour::DropAfterData] {
        for engine in 0..2 {
            let sink = SmtpSink::start(vec![first]);
            let Some(server) = servers_with_mail(&sink.url()).into_iter().nth(engine) else { continue };
            book(&server, "10:00", "11:00");
            server.chores.run_once();
            let state = states(&server);
            assert_eq!((state[0].0.as_str(), state[0].1), ("queued", 1), "{first:?}");
            server.chores.run_once();
            assert_eq!(states(&server)[0].1, 1, "not before its minute is over");
            server.clock.set(now().plus_minutes(2));
            server.chores.run_once();
            assert_eq!(sink.wait_for(1, Duration::from_secs(10)).len(), 1);
            assert_eq!(states(&server)[0].0, "delivered");
        }
    }
}

#[test]
fn a_server_that_says_no_for_good_ends_in_the_list_of_failures() {
    for engine in 0..2 {
        let sink = SmtpSink::start(vec![Behaviour::Reject550]);
        let Some(server) = servers_with_mail(&sink.url()).into_iter().nth(engine) else { continue };
        let reference = book(&server, "10:00", "11:00");
        server.chores.run_once();
        assert_eq!(states(&server), [("failed".to_owned(), 1, "code 550".to_owned())]);
        let page = server.signed_in(server.world.robin_booker).get(&format!("/bookings/{reference}")).must_be(200);
        assert_eq!(page.text(".state").as_deref(), Some("Confirmed"), "the booking is unaffected");
    }
}

#[test]
fn a_server_that_says_nothing_is_left_after_a_while_and_given_up_after_two_days() {
    for engine in 0..2 {
        let sink = SmtpSink::start(vec![Behaviour::Stall]);
        let Some(server) = servers_with_mail(&sink.url()).into_iter().nth(engine) else { continue };
        book(&server, "10:00", "11:00");
        let deliverer = Deliverer::smtp_within(&sink.url(), "a@alcove.test", Duration::from_millis(300)).unwrap();
        let chores = Chores { deliverer: Some(Arc::new(deliverer)), ..server.chores.clone() };
        chores.run_once();
        assert_eq!((states(&server)[0].0.as_str(), states(&server)[0].2.as_str()), ("queued", "no answer"));
        let gone = Deliverer::smtp_within("smtp://127.0.0.1:9", "a@alcove.test", Duration::from_millis(300)).unwrap();
        server.clock.set(now().plus_hours(49));
        Chores { deliverer: Some(Arc::new(gone)), ..chores }.run_once();
        assert_eq!(states(&server)[0].0, "failed");
    }
}

#[test]
fn mails_of_one_booking_to_one_person_leave_in_order() {
    let sink = SmtpSink::start(vec![Behaviour::TempFail421]);
    let Some(server) = servers_with_mail(&sink.url()).into_iter().next() else { return };
    let reference = book(&server, "10:00", "11:00");
    server.chores.run_once();
    let (mailer, actor) = (mailer(), server.world.actor(&server.db, server.world.robin_booker));
    server
        .db
        .write_now(|conn| {
            allocation::cancel(conn, circumstances(&mailer, now()), &actor, (&reference, 1), &GiveUp::all(""))
        })
        .unwrap();
    server.chores.run_once();
    assert_eq!(sink.messages().len(), 0, "the second waits for the first");
    server.clock.set(now().plus_minutes(2));
    server.chores.run_once();
    let subjects: Vec<_> =
        sink.wait_for(2, Duration::from_secs(10)).iter().map(|mail| mail.header("Subject").unwrap()).collect();
    assert!(subjects[0].ends_with("is confirmed") && subjects[1].ends_with("is cancelled"), "{subjects:?}");
}
