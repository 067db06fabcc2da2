//! The promise of privacy for every way out: a word in every free text of a confidential booking, its organisation's name among them, is looked for in every route of
//! the matrix as everybody whom it does not concern, in all mail, in the history, the log and the metrics. A new route is walked because the matrix has a row for it.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use super::matrix::cast::{Cast, Role};
use super::matrix::table::ROWS;
use crate::support::browser::{Browser, Page};
use crate::support::engines::engines;
use crate::support::server::{Server, servers};
use crate::support::tables::contents;
use crate::support::world::{self, World, add_organisation, add_person, at, circumstances, mailer, now, span};
use alcove::allocation::{self, Answer, Dated, Dates, Decision, Draft, GiveUp, JoinAnswer, RequestAnswer};
use alcove::chance::Chance;
use alcove::clock::Clock;
use alcove::domain::attendance::Figures;
use alcove::domain::booking::Scope;
use alcove::domain::holder::Holder;
use alcove::domain::ids::{OrganisationId, PersonId, Reference};
use alcove::domain::organisation::Class;
use alcove::domain::policy::MemberRole;
use alcove::domain::rules::Privacy;
use alcove::store::sessions::NewSession;
use alcove::store::{Conn, Db, attendance, bookings, organisations, sessions};

const WORD: &str = "Canarysong";
/// The name of the organisation and of its booker, which those who manage organisations read in their register.
const NAME: &str = "Canaryhouse";
const OWN: &str = "canary@alcove.test";
/// Everybody whom the booking does not concern. Wren Support and Robin Trust are other organisations; the stranger manages another site.
const FOREIGN: [Role; 7] =
    [Role::Visitor, Role::Nobody, Role::Volunteer, Role::Booker, Role::Coordinator, Role::Rival, Role::Stranger];

/// A confidential booking with a word in all that anybody can type about it, and an entry on a waiting list.
struct Secret {
    booker: PersonId,
    booking: Reference,
    declined: Reference,
    waiting: Reference,
}

fn text(what: &str) -> String {
    format!("{WORD} {what}")
}

fn holders(conn: &mut Conn) -> (OrganisationId, PersonId) {
    let organisation = add_organisation(conn, &format!("{NAME} Trust"), Class::Charity);
    let booker = add_person(conn, &format!("{NAME} Booker"), OWN, None);
    organisations::set_member(conn, organisation, booker, MemberRole::Coordinator, now()).unwrap();
    (organisation, booker)
}

fn hide(db: &Db, world: &World) -> Secret {
    let mailer = mailer();
    let (organisation, booker) = db.write_now(|conn| Ok(holders(conn))).unwrap();
    let draft = |dates: &[(&str, &str, &str)]| Draft {
        holder: Holder::Organisation(organisation),
        booked_by: booker,
        dates: dates.iter().map(|(date, from, to)| Dated::at(span(date, from, to))).collect(),
        purpose: text("purpose"),
        note: text("note"),
        privacy: Privacy::Confidential,
        ..world.draft("cedar", span("2026-11-20", "18:00", "19:00"))
    };
    let ask = |draft: &Draft| match db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), draft))
    {
        Ok(RequestAnswer::Done { reference, .. }) => reference,
        other => panic!("{other:?}"),
    };
    let version =
        |conn: &mut Conn, reference: &Reference| bookings::by_reference(conn, reference).unwrap().unwrap().version;
    // Today, tomorrow and on the day that the pages of other tests show.
    let dates = [("2026-11-20", "18:00", "19:00"), ("2026-11-21", "11:00", "12:00"), ("2026-11-24", "16:00", "17:00")];
    let booking = ask(&draft(&dates));
    let declined = ask(&draft(&[("2026-11-24", "18:00", "19:00")]));
    let (manager, own) = (world.actor(db, world.manager), world.actor(db, booker));
    let acts = |conn: &mut Conn| {
        let how = circumstances(&mailer, now());
        let offer = Decision::Offer { dates: Dates::All, condition: text("condition") };
        let done = allocation::decide(conn, how, &manager, (&booking, 1), &offer)?;
        assert!(matches!(done, Answer::Done(_)), "{done:?}");
        let seen = version(conn, &booking);
        assert!(matches!(allocation::accept(conn, how, &own, (&booking, seen))?, Answer::Done(_)));
        let give_up = GiveUp { from: Some(2), scope: Scope::This, reason: text("reason") };
        let seen = version(conn, &booking);
        assert!(matches!(allocation::cancel(conn, how, &own, (&booking, seen), &give_up)?, Answer::Done(_)));
        let no = Decision::Decline { dates: Dates::All, reason: text("reason to decline") };
        assert!(matches!(allocation::decide(conn, how, &manager, (&declined, 1), &no)?, Answer::Done(_)));
        Ok(())
    };
    db.write_now(acts).unwrap();
    let by_staff = Draft {
        booked_by: world.manager,
        set_aside: Some(text("reason to set rules aside")),
        ..draft(&[("2026-11-24", "20:30", "21:30")])
    };
    ask(&by_staff);
    let figures = Figures { left_as_found: false, note: text("attendance note"), ..Figures::default() };
    let record = |conn: &mut Conn| {
        let id = bookings::by_reference(conn, &booking)?.unwrap().id;
        attendance::set(conn, (id, 1), &figures, (None, now()))
    };
    db.write_now(record).unwrap();
    Secret { waiting: wait(db, world, &draft(&[("2026-11-25", "09:00", "10:00")])), booker, booking, declined }
}

/// On the waiting list for what another has, and offered it.
fn wait(db: &Db, world: &World, draft: &Draft) -> Reference {
    let (mailer, rob) = (mailer(), world.actor(db, world.robin_booker));
    let joined = |conn: &mut Conn| {
        let how = circumstances(&mailer, now());
        let taken = world.trusted_draft("cedar", draft.dates[0].session);
        let RequestAnswer::Done { reference: had, .. } = allocation::request(conn, how, &taken)? else {
            panic!("it was not free");
        };
        let JoinAnswer::Joined(reference) = allocation::join(conn, how, draft)? else { panic!("there is no list") };
        allocation::cancel(conn, how, &rob, (&had, 1), &GiveUp::all(""))?;
        Ok(reference)
    };
    db.write_now(joined).unwrap()
}

/// Every path of a pattern: as the matrix has it, and with what belongs to the secret in its place; each also with a query that asks for
/// the day, the week, the hour and the reference of it, as far as the page knows such questions.
fn paths(cast: &Cast<'_>, pattern: &'static str, secret: &Secret) -> Vec<String> {
    let mut paths = vec![cast.path(pattern)];
    for reference in [&secret.booking, &secret.declined, &secret.waiting] {
        if pattern.contains("{reference}") {
            paths.push(pattern.replace("{reference}", &reference.to_string()));
        }
    }
    if pattern.contains("{organisation}") {
        paths.push(pattern.replace("{organisation}", "canaryhouse-trust"));
    }
    let asked = |path: &String| {
        let reference = &secret.booking;
        ["2026-11-20", "2026-11-24"].map(|day| {
            format!(
                "{path}?date={day}&week={day}&kind=counselling&from=16:00&to=17:00&people=2&reference={reference}&again={reference}&show=all"
            )
        })
    };
    let with_questions: Vec<String> = paths.iter().flat_map(asked).collect();
    paths.into_iter().chain(with_questions).collect()
}

#[test]
fn nothing_that_is_typed_about_a_confidential_booking_reaches_anybody_else_by_any_route() {
    for server in servers() {
        let cast = Cast::new(&server);
        let secret = hide(&server.db, &server.world);
        let mut found = Vec::new();
        for role in FOREIGN {
            let session = cast.session(role);
            for row in ROWS.iter().filter(|row| row.method == "GET") {
                for path in paths(&cast, row.pattern, &secret) {
                    look(&session.browser.get(&path), &secret, (role, "GET", &path), &mut found);
                }
            }
            clash(&server, &session.browser, role, &secret, &mut found);
        }
        for role in FOREIGN {
            let admin = cast.session(Role::Administrator);
            for row in ROWS.iter().filter(|row| row.method == "POST") {
                let fields = cast.fields(row, role, &admin);
                for path in paths(&cast, row.pattern, &secret).into_iter().filter(|path| !path.contains('?')) {
                    // Some acts end the session, so that each has its own.
                    let session = cast.session(role);
                    look(&session.post(&path, &fields), &secret, (role, "POST", &path), &mut found);
                }
            }
        }
        assert!(found.is_empty(), "{}:\n{}", found.len(), found.join("\n"));
        its_own_people_and_the_staff_see_it(&server, &cast, &secret);
        mail_and_history(&server);
    }
}

fn look(page: &Page, secret: &Secret, (role, method, path): (Role, &str, &str), found: &mut Vec<String>) {
    let leads_to = page.location().filter(|_| !path.contains("canaryhouse")).unwrap_or_default();
    for part in [page.body.as_str(), leads_to] {
        let lower = part.to_lowercase();
        if lower.contains("canarysong") || (lower.contains("canaryhouse") && !path.contains("/organisations")) {
            found.push(format!("{method} {path} as {role:?}: the word"));
        }
        if part.contains(&secret.booking.to_string()) && !path.contains(&secret.booking.to_string()) {
            found.push(format!("{method} {path} as {role:?}: the reference"));
        }
    }
}

/// Whoever asks for the very time is told that it is not free, and nothing of why.
fn clash(server: &Server, browser: &Browser, role: Role, secret: &Secret, found: &mut Vec<String>) {
    if role == Role::Visitor {
        return;
    }
    let path = "/sites/hunter-street/cedar/book";
    let csrf = browser.get("/account").must_be(200).attr("input[name=csrf]", "value").unwrap();
    let time = |text: &str| at(text).seconds().to_string();
    let (from, to) = (time("2026-11-24 16:00"), time("2026-11-24 17:00"));
    let organisation = if role == Role::Rival { "robin-trust" } else { "wren-support" };
    for (step, repeat) in [("check", ""), ("yes", ""), ("check", "weekly"), ("wait", "")] {
        let page = browser.post(
            path,
            &[
                ("csrf", &csrf),
                ("date", "2026-11-24"),
                ("from", &from),
                ("to", &to),
                ("organisation", organisation),
                ("purpose", "Choir"),
                ("people", "2"),
                ("privacy", "open"),
                ("nonce", "clash"),
                ("repeat", repeat),
                ("every", "1"),
                ("on", "1"),
                ("ends", "times"),
                ("times", "3"),
                ("step", step),
            ],
        );
        look(&page, secret, (role, "POST", &format!("{path} ({step} {repeat})")), found);
        if matches!(role, Role::Booker | Role::Rival) && step == "check" {
            assert!(page.body.contains("is not free then"), "{role:?} {step}: {}", page.body);
        }
    }
    assert_eq!(server.clock.now(), now());
}

/// Else the walk would find nothing because there is nothing.
fn its_own_people_and_the_staff_see_it(server: &Server, cast: &Cast<'_>, secret: &Secret) {
    let path = format!("/bookings/{}", secret.booking);
    let own = server.signed_in(secret.booker).get(&path).must_be(200);
    let manager = cast.session(Role::Manager).browser.get(&path).must_be(200);
    for word in ["purpose", "note", "reason", "condition"] {
        assert!(own.body.contains(&text(word)) && manager.body.contains(&text(word)), "{word}");
    }
    let day = "/sites/hunter-street/schedule?date=2026-11-24";
    assert!(cast.session(Role::Receptionist).browser.get(day).body.contains(WORD));
    let registered = cast.session(Role::Manager).browser.get("/manage/organisations");
    assert!(registered.body.contains(NAME));
}

fn mail_and_history(server: &Server) {
    server.clock.set(at("2026-11-23 16:30"));
    server.chores.run_once();
    let mails = server.mails();
    assert!(mails.iter().any(|mail| mail.to == OWN && mail.text.contains(WORD)));
    for mail in mails {
        let says = |text: &str| text.contains(WORD) || text.contains(NAME);
        let said = says(&mail.text) || mail.calendar.as_deref().is_some_and(says);
        assert!(!said || [OWN, "manager@alcove.test"].contains(&mail.to.as_str()), "{:?} to {}", mail.kind, mail.to);
        assert!(!says(&mail.subject), "{}", mail.subject);
    }
    let kept = ["attendance", "booking", "message", "outbox", "organisation", "person", "waiting_entry"];
    for line in contents(&server.db).iter().filter(|line| line.contains(WORD) || line.contains(NAME)) {
        let table = line.split(' ').next().unwrap();
        assert!(kept.contains(&table), "{line}");
    }
}

#[test]
fn neither_log_nor_metrics_say_what_people_look_at() {
    for database in engines() {
        let db = database.open();
        let world = world::build(&db, None);
        let secret = hide(&db, &world);
        let ops = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_alcove"));
        let settings = [("ALCOVE_LISTEN", "127.0.0.1:0"), ("RUST_LOG", "debug"), ("ALCOVE_CHORES_EVERY", "1")];
        command.env_clear().env("DATABASE_URL", &database.url).envs(settings).env("ALCOVE_OPS_LISTEN", ops.to_string());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let stderr = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            BufReader::new(stderr).read_to_string(&mut log).map(|_| log)
        });
        let (visitor, door) = (Browser::new(first.trim()), "/sites/hunter-street/cedar/concern");
        let csrf = visitor.get(door).attr("input[name=csrf]", "value").unwrap();
        visitor.post(door, &[("csrf", &csrf), ("words", WORD), ("contact", WORD)]).must_be(303);
        for browser in
            [visitor, signed_in(&db, secret.booker, first.trim()), signed_in(&db, world.manager, first.trim())]
        {
            for row in ROWS.iter().filter(|row| row.method == "GET") {
                let path = row.pattern.replace("{reference}", &secret.booking.to_string());
                let path = path.replace("{organisation}", "canaryhouse-trust").replace("{site}", "hunter-street");
                let path = path.replace("{facility}", "cedar").replace("{token}", WORD).replace("{file}", WORD);
                browser.get(&format!("{path}?q={WORD}&again={}", secret.booking));
            }
            browser.post(
                "/sign-in",
                &[("email", OWN), ("password", WORD), ("next", &format!("/bookings/{}", secret.booking))],
            );
        }
        let metrics = Browser::new(&format!("http://{ops}")).get("/metrics").must_be(200).body;
        child.kill().unwrap();
        child.wait().unwrap();
        let log = log.join().unwrap().unwrap();
        assert!(metrics.contains("alcove_requests_total") && metrics.contains("/bookings/{reference}"));
        assert!(!log.is_empty(), "nothing was logged");
        let stored = secret.booking.stored();
        for word in [WORD, NAME, "canaryhouse", OWN, stored, &secret.booking.to_string()] {
            assert!(!metrics.contains(word), "{word} in the metrics");
            let line = log.lines().find(|line| line.contains(word));
            assert_eq!(line, None, "{word} in the log");
        }
    }
}

/// A browser for the real time of day, which a program of its own goes by.
fn signed_in(db: &Db, person: PersonId, base: &str) -> Browser {
    let (token, now) = (Chance.token(), Clock::real().now());
    let hash = token.hash();
    let new = NewSession { token_hash: &hash, person, scope: "full", device: "A test", ends_at: now.plus_days(1) };
    db.write_now(|conn| sessions::open(conn, &new, now)).unwrap();
    let browser = Browser::new(base);
    browser.set_cookie("alcove", token.reveal());
    browser
}
