//! What stands in the world of the matrix: for each route objects of its own, so that acts do not get in each other's way. Not who asks for them.

use crate::store::slots::add_bank;
use crate::support::server::Server;
use crate::support::world::{add_facility, circumstances, mailer, now, slug, span};
use alcove::allocation::plots::{self, AllotmentAt, JoinLineAnswer, Joining};
use alcove::allocation::{
    self, Answer, BlockAnswer, BlockDraft, Collection, Dated, Donation, Draft, JoinAnswer, RequestAnswer, SlotAnswer,
};
use alcove::chance::Chance;
use alcove::domain::bank_holidays::Nation;
use alcove::domain::feed::FeedOf;
use alcove::domain::holder::{Contact, Holder, Reach};
use alcove::domain::hours::{WeeklyHours, weekday};
use alcove::domain::ids::{PersonId, Reference};
use alcove::domain::kinds::Kind;
use alcove::domain::openers::{Keeper, OnDay, Task};
use alcove::domain::papers::PaperKind;
use alcove::domain::person::Email;
use alcove::domain::places::UnitChoice;
use alcove::domain::plot_line::Wish;
use alcove::domain::policy::{MemberRole, StaffRole};
use alcove::domain::recurrence::{End, Every, Pattern, Repeat};
use alcove::domain::rules::Rules;
use alcove::domain::upload::made_safe;
use alcove::store::extras::{self, NewExtra};
use alcove::store::keys::{self, NewLoan};
use alcove::store::links::{self, LinkPurpose, NewLink};
use alcove::store::notices::{self, NewNotice};
use alcove::store::papers::{self, NewDocument};
use alcove::store::people::{self, NewPerson};
use alcove::store::sites::{self, SiteFacts};
use alcove::store::tenancies::{self, Opens};
use alcove::store::{
    Conn, StoreError, attendance, bookings, closing, doors, facilities, feeds, needed, openers, organisations,
    plot_line, register, share, slots, terms,
};

/// A paper of Wren Support that waits to be looked at.
pub fn paper(server: &Server) -> Reference {
    let reference = Chance.reference();
    let file = made_safe("paper.pdf", b"%PDF-1.4\n%%EOF".to_vec()).unwrap();
    let new = NewDocument {
        reference: &reference,
        organisation: server.world.wren,
        kind: PaperKind::FoodHygiene,
        pounds: None,
        issuer: "",
        number: "",
        people: None,
        from: "2026-01-01".parse().unwrap(),
        until: None,
        by: None,
    };
    server.db.write_now(|conn| papers::insert(conn, &new, Some(&file), now())).unwrap();
    reference
}

/// Terms of one space, so that all others are booked without any.
pub fn terms(server: &Server) {
    let publish = |conn: &mut Conn| {
        let (site, hall) = facilities::by_slug(conn, &slug("hunter-street"), &slug("hall"))?.unwrap();
        terms::publish(conn, (site.id, Some(hall.id)), "Be kind.", None, now())
    };
    server.db.write_now(publish).unwrap();
}

/// The people of all roles that the small world lacks, another site, and a place that is not booked by the hour.
pub fn people_and_places(conn: &mut Conn, server: &Server) -> Result<(), StoreError> {
    let wren = server.world.wren;
    let password = people::by_email(conn, &email("manager@alcove.test"))?.and_then(|account| account.password_hash);
    let mut add = |address: &str, name: &str, confirmed: bool| -> Result<PersonId, StoreError> {
        let (email, password_hash) = (email(address), password.as_deref());
        people::insert(conn, &NewPerson { name, email: &email, password_hash, confirmed, administrator: false }, now())
    };
    add("nobody@alcove.test", "Norma Nobody", true)?;
    add("unconfirmed@alcove.test", "Una Unconfirmed", false)?;
    add("mover@alcove.test", "Max Mover", true)?;
    add("moved@alcove.test", "Mona Moved", true)?;
    let volunteer = add("volunteer@alcove.test", "Vera Volunteer", true)?;
    let coordinator = add("coordinator@alcove.test", "Cora Coordinator", true)?;
    let stranger = add("stranger@alcove.test", "Stan Stranger", true)?;
    organisations::set_member(conn, wren, volunteer, MemberRole::Volunteer, now())?;
    organisations::set_member(conn, wren, coordinator, MemberRole::Coordinator, now())?;
    let facts = SiteFacts {
        slug: &slug("mill-lane"),
        name: "Mill Lane",
        street: "3 Mill Lane",
        town: "Stockport",
        postcode: "SK1 1AA",
        phone: "",
        about: "",
        arrival: "",
        zone: chrono_tz::Europe::London,
        position: None,
        nation: Nation::EnglandAndWales,
        step_free: true,
    };
    let site = sites::insert(conn, &facts)?;
    let mondays = WeeklyHours { facility: None, weekday: 0, from_minute: 480, to_minute: 1260 };
    sites::set_hours(conn, site, None, &[mondays])?;
    sites::set_staff(conn, site, stranger, StaffRole::Manager, now())?;
    let rules = Rules::ordinary();
    add_facility(conn, site, "Willow", Kind::Group, &["Willow"], UnitChoice::Whole, &rules);
    let cafe = add_facility(conn, server.world.site, "Cafe", Kind::Cafe, &["Cafe"], UnitChoice::Whole, &rules);
    add_bank(conn, &server.world);
    openers::set(conn, (cafe, Task::Opens, OnDay::Weekday(4)), &Keeper::Nobody)?;
    add_facility(conn, server.world.site, "Plots", Kind::Allotment, &["Plot 1"], UnitChoice::Any, &rules);
    Ok(())
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// A request of Wren Support's booker on a day counted from the start of November; for the row that undoes, one that they gave up.
pub fn booking(server: &Server, pattern: &str, day: i32) -> Reference {
    let (mailer, world) = (mailer(), &server.world);
    if pattern.starts_with("/plots") {
        return in_line(server);
    }
    if pattern.starts_with("/waiting") {
        return offered(server, day);
    }
    let date = chrono::NaiveDate::from_ymd_opt(2026, 11, 1).unwrap() + chrono::Duration::days(i64::from(day - 1));
    if pattern.ends_with("/needed") {
        return silent_series(server, date);
    }
    let session = span(&date.to_string(), "10:00", "11:00");
    let draft = Draft { nonce: Chance.token().reveal().to_owned(), ..world.draft("cedar", session) };
    let answer = server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap();
    let RequestAnswer::Done { reference, .. } = answer else { panic!("{pattern}: {answer:?}") };
    if pattern.ends_with("/share/end") {
        let set = |conn: &mut Conn| {
            let id = bookings::by_reference(conn, &reference)?.unwrap().id;
            share::set(conn, id, Some(world.robin))
        };
        server.db.write_now(set).unwrap();
    }
    if pattern.ends_with("/attendance") {
        let yes = allocation::Decision::Approve { dates: allocation::Dates::All };
        let manager = world.actor(&server.db, world.manager);
        let approve =
            |conn: &mut Conn| allocation::decide(conn, circumstances(&mailer, now()), &manager, (&reference, 1), &yes);
        assert!(matches!(server.db.write_now(approve).unwrap(), Answer::Done(_)));
    }
    if pattern.ends_with("/undo") || pattern.ends_with("/put-back") {
        let (manager, booker) = (world.actor(&server.db, world.manager), world.actor(&server.db, world.wren_booker));
        let approve = |conn: &mut Conn| {
            let how = circumstances(&mailer, now());
            allocation::decide(
                conn,
                how,
                &manager,
                (&reference, 1),
                &allocation::Decision::Approve { dates: allocation::Dates::All },
            )?;
            let version = bookings::by_reference(conn, &reference)?.map_or(1, |booking| booking.version);
            allocation::cancel(conn, how, &booker, (&reference, version), &allocation::GiveUp::all(""))
        };
        assert!(matches!(server.db.write_now(approve).unwrap(), Answer::Done(_)));
    }
    reference
}

/// A confirmed weekly series of Wren Support from a date on, whose booker was asked three weeks ago and has not answered.
fn silent_series(server: &Server, first: chrono::NaiveDate) -> Reference {
    let (mailer, world) = (mailer(), &server.world);
    let every = Every::Week(vec![weekday(first)]);
    let pattern = Pattern { first, repeat: Repeat { every, interval: 1, end: End::After(30) } };
    let dates = pattern.dates().into_iter().map(|date| Dated::at(span(&date.to_string(), "12:00", "13:00")));
    let draft = world.draft("cedar", span(&first.to_string(), "12:00", "13:00"));
    let draft = Draft { dates: dates.collect(), repeat: Some(pattern), ..draft };
    let manager = world.actor(&server.db, world.manager);
    let ask = |conn: &mut Conn| {
        let how = circumstances(&mailer, now());
        let reference = match allocation::request(conn, how, &draft)? {
            RequestAnswer::Done { reference, .. } => reference,
            other => panic!("{other:?}"),
        };
        let yes = allocation::Decision::Approve { dates: allocation::Dates::All };
        allocation::decide(conn, how, &manager, (&reference, 1), &yes)?;
        let id = bookings::by_reference(conn, &reference)?.unwrap().id;
        needed::set_asked(conn, id, now().plus_days(-21), now().plus_days(-21))?;
        Ok(reference)
    };
    server.db.write_now(ask).unwrap()
}

/// An offer to Wren Support, on a day counted from the first of November.
fn offered(server: &Server, day: i32) -> Reference {
    let (mailer, world) = (mailer(), &server.world);
    let date = chrono::NaiveDate::from_ymd_opt(2026, 10, 31).unwrap() + chrono::Duration::days(day.into());
    let session = span(&date.to_string(), "14:00", "15:00");
    let rob = world.actor(&server.db, world.robin_booker);
    let offer = |conn: &mut Conn| {
        let how = circumstances(&mailer, now());
        let had = match allocation::request(conn, how, &world.trusted_draft("cedar", session))? {
            RequestAnswer::Done { reference, .. } => reference,
            other => panic!("{other:?}"),
        };
        let joined = match allocation::join(conn, how, &world.draft("cedar", session))? {
            JoinAnswer::Joined(reference) => reference,
            other => panic!("{other:?}"),
        };
        allocation::cancel(conn, how, &rob, (&had, 1), &allocation::GiveUp::all(""))?;
        Ok(joined)
    };
    server.db.write_now(offer).unwrap()
}

/// Wren Support waits for a plot; that it does is one entry for all rows.
fn in_line(server: &Server) -> Reference {
    let (mailer, world) = (mailer(), &server.world);
    let joining = Joining {
        at: AllotmentAt { site: slug("hunter-street"), facility: slug("plots") },
        holder: Holder::Organisation(world.wren),
        wish: Wish::Full,
        note: String::new(),
        since: None,
        person: world.manager,
    };
    let join = |conn: &mut Conn| plots::join_line(conn, circumstances(&mailer, now()), &joining);
    match server.db.write_now(join).unwrap() {
        JoinLineAnswer::Joined(reference) | JoinLineAnswer::Before(reference) => reference,
        other => panic!("{other:?}"),
    }
}

/// A link to the place of a person in the line, who has no account.
fn plot_link(server: &Server) -> String {
    let (mailer, world, token) = (mailer(), &server.world, Chance.token());
    let joining = Joining {
        at: AllotmentAt { site: slug("hunter-street"), facility: slug("plots") },
        holder: Holder::Person(Contact {
            name: "Lou Link".to_owned(),
            reach: Reach::parse("lou@alcove.test").unwrap(),
        }),
        wish: Wish::Full,
        note: String::new(),
        since: None,
        person: world.manager,
    };
    let make = |conn: &mut Conn| {
        let reference = match plots::join_line(conn, circumstances(&mailer, now()), &joining)? {
            JoinLineAnswer::Joined(reference) | JoinLineAnswer::Before(reference) => reference,
            other => panic!("{other:?}"),
        };
        let id = plot_line::by_reference(conn, &reference)?.unwrap().id;
        tenancies::insert_link(conn, &token.hash(), Opens::Entry(id), now().plus_days(30))
    };
    server.db.write_now(make).unwrap();
    token.reveal().to_owned()
}

/// A link to the form of a session of Robin Trust's that was on the day before yesterday.
fn attendance_link(server: &Server) -> String {
    let (mailer, token) = (mailer(), Chance.token());
    let draft = server.world.trusted_draft("half-hall", span("2026-11-18", "10:00", "11:00"));
    let add = |conn: &mut Conn| match allocation::request(conn, circumstances(&mailer, now().plus_days(-5)), &draft)? {
        RequestAnswer::Done { reference, confirmed: true } => {
            let id = bookings::by_reference(conn, &reference)?.unwrap().id;
            attendance::add_link(conn, &token.hash(), (id, 1), (now(), now().plus_days(14)))
        }
        other => panic!("{other:?}"),
    };
    server.db.write_now(add).unwrap();
    token.reveal().to_owned()
}

/// The address of a screen beside Cedar's door; it was shown just now, so that showing it notes nothing.
fn door(server: &Server) -> String {
    let token = Chance.token();
    let hang = |conn: &mut Conn| {
        let (_, cedar) = facilities::by_slug(conn, &slug("hunter-street"), &slug("cedar"))?.unwrap();
        let id = doors::insert(conn, &token.hash(), cedar.id, (server.world.manager, now()))?;
        doors::touch(conn, id, now())
    };
    server.db.write_now(hang).unwrap();
    token.reveal().to_owned()
}

/// A mailed link for a pattern.
pub fn token(server: &Server, pattern: &str) -> String {
    if pattern.starts_with("/attendance") {
        return attendance_link(server);
    }
    if pattern.starts_with("/door/") {
        return door(server);
    }
    if pattern.starts_with("/plots") {
        return plot_link(server);
    }
    if pattern.starts_with("/donate/") {
        return donation_token(server, pattern);
    }
    let world = &server.world;
    if pattern.starts_with("/feeds") {
        let token = Chance.token();
        let of = (world.wren_booker, FeedOf::Person);
        // It was read just now, so that reading it notes nothing.
        let read = |conn: &mut Conn| {
            let id = feeds::insert(conn, &token.hash(), of, now())?;
            feeds::touch(conn, id, now())
        };
        server.db.write_now(read).unwrap();
        return token.reveal().to_owned();
    }
    let person = |address: &str| Some(server.person(address));
    let (purpose, person, organisation) = match pattern.split('/').nth(1) {
        Some("confirm") => (LinkPurpose::ConfirmEmail, person("unconfirmed@alcove.test"), None),
        Some("start") => (LinkPurpose::FirstAdministrator, None, None),
        Some("sign-in") if pattern.starts_with("/sign-in/today") => {
            (LinkPurpose::Today, person("nobody@alcove.test"), None)
        }
        Some("sign-in") => (LinkPurpose::SignIn, person("nobody@alcove.test"), None),
        Some("reset-password") => (LinkPurpose::ResetPassword, person("unconfirmed@alcove.test"), None),
        Some("new-address") => (LinkPurpose::ChangeEmail, person("mover@alcove.test"), None),
        Some("old-address") => (LinkPurpose::UndoEmail, person("moved@alcove.test"), None),
        Some("join") => (LinkPurpose::Invitation, None, Some((world.wren, MemberRole::Volunteer))),
        _ => panic!("what is the token of {pattern}?"),
    };
    let (token, ends_at) = (Chance.token(), now().plus_hours(1));
    let hash = token.hash();
    let email = match purpose {
        LinkPurpose::ChangeEmail => "newer@alcove.test",
        LinkPurpose::UndoEmail => "older@alcove.test",
        _ => "ivy@alcove.test",
    };
    let new = NewLink { token_hash: &hash, purpose, person, organisation, email, ends_at };
    server.db.write_now(|conn| links::insert(conn, &new, now())).unwrap();
    token.reveal().to_owned()
}

/// The place that a pattern is about.
pub fn facility(pattern: &str) -> &'static str {
    if pattern.contains("/plots") {
        return "plots";
    }
    let ends = |words: &[&str]| words.iter().any(|word| pattern.contains(&format!("{{facility}}/{word}")));
    if ends(&["openers", "drop-ins"]) || pattern.ends_with("{facility}/open") {
        "cafe"
    } else if ends(&["baby-bank", "donat", "collect", "streams"]) {
        "bank"
    } else {
        "cedar"
    }
}

/// A collection of Wren's at the baby bank.
pub fn collection(server: &Server, _: &str, day: i32) -> Reference {
    let (mailer, actor) = (mailer(), server.world.actor(&server.db, server.world.wren_booker));
    let slot = span(&format!("2026-12-{:02}", day % 7 + 1), "10:00", "10:15").start();
    let draft = Collection { organisation: server.world.wren, slot, bundle: "BB-1".to_owned(), size: "one".to_owned() };
    let both = (&slug("hunter-street"), &slug("bank"));
    let book = |conn: &mut Conn| allocation::book_collection(conn, circumstances(&mailer, now()), &actor, both, &draft);
    match server.db.write_now(book).unwrap() {
        SlotAnswer::Done(visit) => visit.reference,
        other => panic!("{other:?}"),
    }
}

/// The token of a drop-off: the one that confirms it, or once it is confirmed the one that cancels it.
fn donation_token(server: &Server, pattern: &str) -> String {
    let cancels = pattern.contains("/cancel/");
    let (mailer, email) = (mailer(), if cancels { "carl@donor.example" } else { "cleo@donor.example" });
    let slot = span("2026-12-01", if cancels { "10:15" } else { "10:30" }, "10:45").start();
    let draft = Donation {
        slot,
        name: "Dora Donor".to_owned(),
        email: Email::parse(email).unwrap(),
        brings: vec!["toys".to_owned()],
    };
    let both = (&slug("hunter-street"), &slug("bank"));
    let ask = |conn: &mut Conn| {
        let visit = allocation::ask_donation(conn, circumstances(&mailer, now()), both, &draft)?;
        if let (true, SlotAnswer::Done(visit)) = (cancels, visit) {
            let hash = slots::confirm_hash(conn, visit.booking)?.unwrap_or_default();
            allocation::confirm_donation(conn, circumstances(&mailer, now()), &hash)?;
        }
        Ok(())
    };
    server.db.write_now(ask).unwrap();
    let word = if cancels { "/donate/cancel/" } else { "/donate/confirm/" };
    let mails = server.mails_to(email);
    let text = mails.iter().find_map(|mail| mail.text.split_once(word).map(|(_, rest)| rest.to_owned())).unwrap();
    text.split_whitespace().next().unwrap().to_owned()
}

/// Gives a notice at a site for a morning in January.
pub fn notice(server: &Server, site: &str) {
    let (admin, slug) = (server.person("admin@alcove.test"), slug(site));
    let give = |conn: &mut Conn| {
        let site = sites::by_slug(conn, &slug)?.map_or(server.world.site, |site| site.id);
        let span = span("2027-01-06", "09:00", "12:00");
        let new = NewNotice { site, facility: None, span, words: "Alarm test", by: admin, group: None };
        notices::insert(conn, &new, now())
    };
    server.db.write_now(give).unwrap();
}

/// Lends a key of a site.
pub fn lend(server: &Server, site: &str) {
    let (by, slug) = (server.person("admin@alcove.test"), slug(site));
    let lend = |conn: &mut Conn| {
        let site = sites::by_slug(conn, &slug)?.map_or(server.world.site, |site| site.id);
        keys::insert(conn, &NewLoan { site, item: "Fob 1", borrower: "Jo Marsh", reach: "", by }, now())
    };
    server.db.write_now(lend).unwrap();
}

/// A projector that a site lends, and a line for its last one out to tick.
pub fn lend_extras(server: &Server, site: &str) {
    let slug = slug(site);
    let lend = |conn: &mut Conn| {
        let site = sites::by_slug(conn, &slug)?.map_or(server.world.site, |site| site.id);
        let own = alcove::domain::ids::Slug::parse("projector").unwrap();
        let new = NewExtra { slug: &own, name: "Projector", for_all: true, facilities: &[] };
        extras::insert(conn, site, &new, 2)?;
        closing::set_list(conn, site, &["Lights off".to_owned()])
    };
    server.db.write_now(lend).unwrap();
}

/// Closes a site for a morning in January.
pub fn close(server: &Server, site: &str) {
    let (mailer, admin) = (mailer(), server.world.actor(&server.db, server.person("admin@alcove.test")));
    let draft = BlockDraft {
        site: slug(site),
        facilities: Vec::new(),
        spans: vec![span("2027-01-05", "09:00", "12:00")],
        reason: "Painting".to_owned(),
        seen: Vec::new(),
        instead: Vec::new(),
    };
    let answer = server.db.write_now(|conn| allocation::block(conn, circumstances(&mailer, now()), &admin, &draft));
    assert!(matches!(answer.unwrap(), BlockAnswer::Done { .. }));
}

/// What names an account in an administrator's links.
pub fn handle(server: &Server, address: &str) -> String {
    let id = server.person(address);
    let made = |conn: &mut Conn| register::find(conn, |one, _| one == id);
    let entry = server.db.read_now(made).unwrap().unwrap();
    alcove::chance::person_handle(entry.id, entry.made_at)
}
