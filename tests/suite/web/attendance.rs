//! How sessions went, as conversations: asked once and reminded once, told by account or by a mailed link, corrected, closed; and nobody having come.

use crate::support::browser::Page;
use crate::support::server::{Server, servers};
use crate::support::world::{at, circumstances, mailer, now, span};
use alcove::allocation::{self, BlockAnswer, BlockDraft, Dated, Draft, RequestAnswer};
use alcove::domain::ids::Reference;
use alcove::domain::rendered::MailKind;
use alcove::store::{Conn, bookings, outbox::WholeMail};

const DESK: &str = "/sites/hunter-street/reception?date=2026-11-24";
const FIGURES: &str = "/sites/hunter-street/attendance?month=2026-11";

fn book(server: &Server, facility: &str, dates: &[&str]) -> String {
    let first = span(dates[0], "10:00", "11:00");
    let dates = dates.iter().map(|date| Dated::at(span(date, "10:00", "11:00"))).collect();
    let draft = Draft { dates, purpose: "Listening hour".to_owned(), ..server.world.trusted_draft(facility, first) };
    let mailer = mailer();
    let answer = server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap();
    match answer {
        RequestAnswer::Done { reference, confirmed: true } => reference.to_string(),
        other => panic!("{other:?}"),
    }
}

fn asked(server: &Server, kind: MailKind) -> Vec<WholeMail> {
    server.mails_to("rob@alcove.test").into_iter().filter(|mail| mail.kind == kind).collect()
}

fn chore(server: &Server, at: alcove::domain::span::Instant) -> usize {
    server.clock.set(at);
    server.chores.attendance().unwrap()
}

fn link(mail: &WholeMail, base: &str) -> String {
    let (_, rest) = mail.text.split_once(&format!("{base}/attendance/")).unwrap();
    format!("/attendance/{}", rest.split_whitespace().next().unwrap())
}

fn row(page: &Page, words: &str) -> String {
    page.all_text("table tbody tr").into_iter().find(|row| row.contains(words)).unwrap_or_default()
}

#[test]
fn a_session_is_asked_about_once_and_its_link_tells_nothing_but_place_and_time() {
    for server in servers() {
        let reference = book(&server, "cedar", &["2026-11-24"]);
        assert_eq!(chore(&server, now()), 0);
        assert_eq!(chore(&server, at("2026-11-24 10:59")), 0);
        assert_eq!(chore(&server, at("2026-11-24 11:05")), 1);
        assert_eq!(chore(&server, at("2026-11-24 11:10")), 0);
        let mails = asked(&server, MailKind::AttendanceWanted);
        assert_eq!(mails.len(), 1);
        assert!(!mails[0].text.contains("Listening hour"), "{}", mails[0].text);
        let path = link(&mails[0], &server.base);
        let volunteer = server.visitor();
        let page = volunteer.get(&path).must_be(200);
        let text = page.text("main").unwrap();
        assert!(text.contains("Cedar, Hunter Street Medical Centre") && text.contains("10am to 11am"), "{text}");
        for secret in ["Listening hour", "Robin", &reference] {
            assert!(!page.body.contains(secret), "{secret}");
        }
        // What does not add up is said, and what was typed is kept.
        let form = page.form("#attendance").set("outcome", "came").set("people", "6").set("new_people", "9");
        let wrong = volunteer.submit(form.clone()).must_be(422);
        let summary = wrong.text(".error-summary").unwrap();
        assert!(summary.contains("6 people came") && summary.contains("as you found it"), "{summary}");
        assert_eq!(wrong.form("#attendance").value("people"), Some("6"));
        let form = form.set("new_people", "2").set("gp", "4").set("own", "2").set("found", "no");
        let named = volunteer.submit(form.set("note", "Client: Jo spilt tea")).must_be(422);
        assert!(named.text(".error-summary").unwrap().contains("Do not name a client"));
        let form = named.form("#attendance").set("note", "Tea on the carpet");
        let page = volunteer.follow(volunteer.submit(form).must_be(303)).must_be(200);
        assert!(page.text("[role=status]").unwrap().contains("It is noted"));
        // The link shows nobody what was said.
        assert_eq!(page.form("#attendance").value("people"), Some(""));
        assert!(!page.body.contains("Tea on the carpet"));
        // Nobody is reminded of what is known.
        assert_eq!(chore(&server, at("2026-11-27 12:00")), 0);
        for astray in
            ["/attendance/x", &path[..path.len() - 1], "/attendance/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
        {
            volunteer.get(astray).must_be(410);
        }
        server.clock.set(at("2026-12-08 11:10"));
        volunteer.get(&path).must_be(410);
    }
}

#[test]
fn who_has_not_answered_is_reminded_once_and_never_again() {
    for server in servers() {
        book(&server, "cedar", &["2026-11-24"]);
        for (when, number) in
            [(now(), 0), (at("2026-11-24 11:05"), 1), (at("2026-11-27 11:05"), 1), (at("2026-12-05 09:00"), 0)]
        {
            assert_eq!(chore(&server, when), number);
        }
        let reminders = asked(&server, MailKind::AttendanceReminder);
        assert_eq!((asked(&server, MailKind::AttendanceWanted).len(), reminders.len()), (1, 1));
        assert!(reminders[0].subject.starts_with("Reminder: how did it go on Tuesday 24 November?"));
        assert!(reminders[0].text.contains("We do not ask again"));
        server.visitor().get(&link(&reminders[0], &server.base)).must_be(200);
    }
}

#[test]
fn figures_are_corrected_for_thirty_days_and_seen_by_their_own_people_and_the_site() {
    for server in servers() {
        let reference = book(&server, "cedar", &["2026-11-24", "2026-11-25"]);
        let path = format!("/bookings/{reference}/attendance");
        let rob = server.signed_in(server.world.robin_booker);
        let early = rob.get(&path).must_be(200);
        assert!(early.text(".notice").unwrap().contains("It begins on Tuesday 24 November 2026, 10am"));
        server.clock.set(at("2026-11-25 12:00"));
        let rob = server.signed_in(server.world.robin_booker);
        let mut page = None;
        let queries = server.queries(|| page = Some(rob.get(&format!("/bookings/{reference}")).must_be(200)));
        assert!(queries <= 8, "{queries}");
        let asks = page.unwrap();
        for date in ["How did it go on Wednesday 25 November?", "How did it go on Tuesday 24 November?"] {
            assert!(asks.all_text(".notice h2").iter().any(|words| words == date), "{date}");
        }
        let form = rob.get(&format!("{path}?date=1")).must_be(200).form("#attendance");
        let form = form.set("outcome", "came").set("people", "5").set("new_people", "1").set("found", "yes");
        rob.submit(form.clone()).must_be(303);
        rob.submit(form.set("people", "7")).must_be(303);
        let page = rob.get(&format!("{path}?date=1")).must_be(200);
        assert_eq!(page.form("#attendance").value("people"), Some("7"));
        let shown = rob.get(&format!("/bookings/{reference}")).must_be(200);
        assert!(shown.text("main").unwrap().contains("How it went on Tuesday 24 November is noted"));
        // The site's staff have it in counts, the organisation by date, and nobody else at all.
        let desk = server.signed_in(server.world.manager);
        let mut page = None;
        let queries = server.queries(|| page = Some(desk.get(FIGURES).must_be(200)));
        let line = row(&page.unwrap(), "Robin Trust");
        assert!(line.contains("1 of 2 dates noted") && line.contains('7') && queries <= 8, "{line} {queries}");
        let own = rob.get("/organisations/robin-trust/attendance?month=2026-11").must_be(200);
        assert!(row(&own, "Wednesday 25 November").contains("Still to be noted"));
        assert!(own.text(".lead").unwrap().starts_with("7 people came, 1 of them new."));
        let wendy = server.signed_in(server.world.wren_booker);
        for hidden in [FIGURES, "/organisations/robin-trust/attendance", &path] {
            wendy.get(hidden).must_be(404);
        }
        desk.get("/sites/hunter-street/attendance?month=never").must_be(400);
        // Thirty days later it is closed, and says so.
        server.clock.set(at("2026-12-24 11:00"));
        let rob = server.signed_in(server.world.robin_booker);
        let closed = rob.get(&format!("{path}?date=1")).must_be(200);
        let words = closed.text("main").unwrap();
        assert!(words.contains("closed on Thursday 24 December 2026") && words.contains("7, 1 of them new"), "{words}");
        let csrf = rob.get("/account").attr("input[name=csrf]", "value").unwrap();
        rob.post(&path, &[("csrf", &csrf), ("date", "1"), ("outcome", "unused")]).must_be(409);
    }
}

#[test]
fn reception_notes_that_nobody_came_and_whoever_decides_sees_it() {
    for server in servers() {
        let reference = book(&server, "cedar", &["2026-11-24"]);
        let desk = server.signed_in(server.world.manager);
        assert!(!desk.get(DESK).must_be(200).has("button[value=nobody]"), "it has not begun");
        server.clock.set(at("2026-11-24 10:30"));
        let desk = server.signed_in(server.world.manager);
        let form = desk.get(DESK).must_be(200).form("form[action$=no-show]").set("act", "nobody");
        let page = desk.follow(desk.submit(form.clone()).must_be(303)).must_be(200);
        assert!(row(&page, "Listening hour").contains("Nobody came"), "{}", row(&page, "Listening hour"));
        assert!(page.text(".lead").unwrap().ends_with("in the building."), "nobody looks for them");
        let mails = asked(&server, MailKind::NoShow);
        assert_eq!(mails.len(), 1);
        assert!(mails[0].text.contains("We hope that all is well") && !mails[0].text.contains("Listening hour"));
        // Twice is once; taking it back drops a mail that has not left.
        assert!(desk.submit(form.clone()).must_be(303).location().unwrap().contains("done=not-noted"));
        let back = desk.get(DESK).form("form[action$=no-show]").set("act", "came");
        desk.submit(back).must_be(303);
        assert!(row(&desk.get(DESK), "Listening hour").contains("Not noted yet"), "taken back");
        desk.submit(form.clone()).must_be(303);
        // Whose booking it is says that it was not used; that is not another.
        let rob = server.signed_in(server.world.robin_booker);
        let shown = rob.get(&format!("/bookings/{reference}")).must_be(200);
        assert!(!shown.text("main").unwrap().contains("How did it go"), "it is not over");
        let own = rob.get(&format!("/bookings/{reference}/attendance?date=1")).form("#attendance");
        rob.submit(own.set("outcome", "unused")).must_be(303);
        // The decision on their next request has it in one line.
        let ask = server.world.trusted_draft("open-room", span("2026-11-27", "10:00", "11:00"));
        let mailer = mailer();
        let answer = server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &ask));
        let RequestAnswer::Done { reference: next, .. } = answer.unwrap() else { panic!("refused") };
        let mut page = None;
        let queries = server.queries(|| page = Some(desk.get(&format!("/requests/{next}")).must_be(200)));
        let facts = page.unwrap().text(".checks").unwrap();
        assert!(facts.contains("1 confirmed, 0 cancelled; 1 not used") && queries <= 8, "{facts} {queries}");
        // It is for the site's staff.
        let csrf = rob.get("/account").attr("input[name=csrf]", "value").unwrap();
        let fields = [("csrf", csrf.as_str()), ("reference", &reference), ("date", "1"), ("act", "nobody")];
        rob.post("/sites/hunter-street/no-show", &fields).must_be(404);
    }
}

#[test]
fn who_arrived_and_who_was_closed_out_is_no_no_show() {
    for server in servers() {
        book(&server, "cedar", &["2026-11-24"]);
        let cut = book(&server, "half-hall", &["2026-11-24"]);
        server.clock.set(at("2026-11-24 10:15"));
        let manager = server.world.actor(&server.db, server.world.manager);
        let mailer = mailer();
        let cut = Reference::parse(&cut).unwrap();
        let id = |conn: &mut Conn| Ok(bookings::by_reference(conn, &cut)?.unwrap().occurrences[0].id);
        let seen = server.db.read_now(id).unwrap();
        let draft = BlockDraft {
            site: crate::support::world::slug("hunter-street"),
            facilities: vec![crate::support::world::slug("half-hall")],
            spans: vec![span("2026-11-24", "10:20", "18:00")],
            reason: "Ice".to_owned(),
            seen: vec![seen],
            instead: Vec::new(),
        };
        let how = circumstances(&mailer, at("2026-11-24 10:15"));
        let answer = server.db.write_now(|conn| allocation::block(conn, how, &manager, &draft)).unwrap();
        assert!(matches!(answer, BlockAnswer::Done { cut_short: 1, .. }), "{answer:?}");
        let desk = server.signed_in(server.world.manager);
        let forms = desk.get(DESK).must_be(200);
        let arrived = forms.form("form[action$=reception]:has(button[value=arrived])").set("act", "arrived");
        let forms: Vec<_> = ["#session-0", "#session-1"]
            .into_iter()
            .map(|row| forms.form(&format!("{row} form[action$=no-show]")).set("act", "nobody"))
            .collect();
        desk.submit(arrived).must_be(303);
        for form in forms {
            assert!(desk.submit(form).must_be(303).location().unwrap().contains("done=not-noted"));
        }
        assert!(asked(&server, MailKind::NoShow).is_empty());
    }
}
