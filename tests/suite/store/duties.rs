//! Duties: nobody in two places at once, duties that follow their sessions, the mails of each and their calendar parts, and a week copied. On both engines.

use std::sync::{Arc, Barrier};

use crate::support::engines::{TestDatabase, engines};
use crate::support::world::{self, World, add_person, at, circumstances, mailer, now, span};
use alcove::allocation::{
    self, Answer, Change, CopyAnswer, DutyAnswer, GiveUp, Giving, NewPlace, RequestAnswer, copy_week, give, hand_back,
    set_need, take_off, take_up,
};
use alcove::domain::booking::Scope;
use alcove::domain::duty::{Duty, Ended, WhyNot};
use alcove::domain::ids::{OrganisationId, PersonId, Reference};
use alcove::domain::person::Email;
use alcove::domain::policy::{Actor, MemberRole};
use alcove::domain::rendered::MailKind;
use alcove::domain::span::{Instant, Span};
use alcove::store::outbox::{self, WholeMail};
use alcove::store::{Conn, Db, StoreError, availability, bookings, duties, organisations};

struct Scene {
    db: Db,
    world: World,
    vera: PersonId,
    victor: PersonId,
    _database: TestDatabase,
}

/// Vera helps Robin Trust and Wren Support, Victor Robin Trust alone. Rob coordinates Robin Trust, Wendy now Wren Support.
fn scenes() -> impl Iterator<Item = Scene> {
    engines().into_iter().map(|database| {
        let db = database.open();
        let world = world::build(&db, None);
        let (vera, victor) = db
            .write_now(|conn| {
                let vera = add_person(conn, "Vera Volunteer", "vera@alcove.test", None);
                let victor = add_person(conn, "Victor Volunteer", "victor@alcove.test", None);
                for (organisation, person, role) in [
                    (world.robin, vera, MemberRole::Volunteer),
                    (world.robin, victor, MemberRole::Volunteer),
                    (world.wren, vera, MemberRole::Volunteer),
                    (world.wren, world.wren_booker, MemberRole::Coordinator),
                ] {
                    organisations::set_member(conn, organisation, person, role, now())?;
                }
                organisations::set_trust(conn, world.wren, world.site, true, now())?;
                Ok((vera, victor))
            })
            .unwrap();
        Scene { db, world, vera, victor, _database: database }
    })
}

impl Scene {
    fn book(&self, facility: &str, session: Span, of: OrganisationId) -> Reference {
        let mailer = mailer();
        let draft = if of == self.world.robin {
            self.world.trusted_draft(facility, session)
        } else {
            self.world.draft(facility, session)
        };
        let ask = |conn: &mut Conn| allocation::request(conn, circumstances(&mailer, now()), &draft);
        match self.db.write_now(ask).unwrap() {
            RequestAnswer::Done { reference, confirmed: true } => reference,
            other => panic!("{other:?}"),
        }
    }

    fn actor(&self, person: PersonId) -> Actor {
        self.world.actor(&self.db, person)
    }

    fn at<T>(&self, at: Instant, act: impl Fn(&mut Conn, allocation::Circumstances<'_>) -> Result<T, StoreError>) -> T {
        let mailer = mailer();
        self.db.write_now(|conn| act(conn, circumstances(&mailer, at))).unwrap()
    }

    fn give(&self, by: PersonId, reference: &Reference, email: &str) -> DutyAnswer {
        let (actor, what) = (self.actor(by), giving(email, Scope::This));
        self.at(now(), |conn, how| give(conn, how, &actor, reference, &what))
    }

    fn duties(&self, reference: &Reference) -> Vec<Duty> {
        let load = |conn: &mut Conn| {
            let id = bookings::by_reference(conn, reference)?.unwrap().id;
            duties::of_bookings(conn, &[id])
        };
        self.db.read_now(load).unwrap()
    }

    /// The mails of a kind to an address, the oldest first.
    fn mails(&self, to: &str, kind: MailKind) -> Vec<WholeMail> {
        let mut mails = self.db.read_now(|conn| outbox::whole(conn, None, 500)).unwrap();
        mails.retain(|mail| mail.kind == kind && mail.to == to);
        mails.reverse();
        mails
    }
}

fn giving(email: &str, scope: Scope) -> Giving {
    Giving { person: Email::parse(email).unwrap(), ordinal: 1, scope }
}

fn refused(answer: &DutyAnswer) -> Vec<WhyNot> {
    match answer {
        DutyAnswer::Refused(not, _) => not.iter().map(|one| one.why).collect(),
        other => panic!("{other:?}"),
    }
}

/// The value of a property in a mail's calendar part.
fn property<'a>(mail: &'a WholeMail, name: &str) -> Vec<&'a str> {
    let text = mail.calendar.as_deref().unwrap();
    text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim_end).collect()
}

#[test]
fn nobody_is_in_two_places_at_once_whoever_asks() {
    for scene in scenes() {
        let (robin, wren) = (scene.world.robin, scene.world.wren);
        let first = scene.book("cedar", span("2026-11-24", "10:00", "12:00"), robin);
        let over = scene.book("hall", span("2026-11-24", "11:00", "13:00"), wren);
        let after = scene.book("tidy-room", span("2026-11-24", "12:00", "13:00"), wren);
        let (rob, wendy) = (scene.world.robin_booker, scene.world.wren_booker);
        assert!(matches!(scene.give(rob, &first, "vera@alcove.test"), DutyAnswer::Done { dates: 1, .. }));
        assert_eq!(refused(&scene.give(rob, &first, "vera@alcove.test")), [WhyNot::OnAlready]);
        // The other organisation learns that she has something else, and nothing of what.
        assert_eq!(refused(&scene.give(wendy, &over, "vera@alcove.test")), [WhyNot::OnAnother]);
        assert!(matches!(scene.give(wendy, &after, "vera@alcove.test"), DutyAnswer::Done { .. }), "it only touches");
        assert_eq!(refused(&scene.give(wendy, &after, "victor@alcove.test")), [WhyNot::NoMember]);
        // Who keeps another rota, or none, finds nothing.
        assert!(matches!(scene.give(wendy, &first, "vera@alcove.test"), DutyAnswer::NotFound));
        assert!(matches!(scene.give(scene.vera, &first, "victor@alcove.test"), DutyAnswer::NotFound));
        let late = giving("victor@alcove.test", Scope::This);
        let rob = scene.actor(rob);
        let answer = scene.at(at("2026-11-24 10:00"), |conn, how| give(conn, how, &rob, &first, &late));
        assert_eq!(refused(&answer), [WhyNot::HasBegun]);
    }
}

#[test]
fn of_two_at_the_same_moment_for_one_person_one_is_refused() {
    for scene in scenes() {
        for round in 0..12 {
            let hours = |hour: i32| {
                span(&format!("2026-12-{:02}", round + 1), &format!("{hour}:00"), &format!("{}:30", hour + 1))
            };
            let ours = scene.book("cedar", hours(10), scene.world.robin);
            let theirs = scene.book("hall", hours(11), scene.world.wren);
            let barrier = Arc::new(Barrier::new(2));
            let both = [(scene.world.robin_booker, ours), (scene.world.wren_booker, theirs)];
            let threads = both.map(|(by, reference)| {
                let (db, actor, barrier) = (scene.db.clone(), scene.actor(by), Arc::clone(&barrier));
                std::thread::spawn(move || {
                    let (mailer, what) = (mailer(), giving("vera@alcove.test", Scope::This));
                    barrier.wait();
                    let answer =
                        db.write_now(|conn| give(conn, circumstances(&mailer, now()), &actor, &reference, &what));
                    match answer.unwrap() {
                        DutyAnswer::Done { .. } => true,
                        other => {
                            assert_eq!(refused(&other), [WhyNot::OnAnother]);
                            false
                        }
                    }
                })
            });
            let won = threads.map(|thread| thread.join().unwrap());
            assert_eq!(won.iter().filter(|one| **one).count(), 1, "round {round}");
        }
    }
}

#[test]
fn a_duty_moves_with_its_session_ends_with_it_and_comes_back() {
    for scene in scenes() {
        let rob = scene.actor(scene.world.robin_booker);
        let booked = scene.book("cedar", span("2026-11-24", "10:00", "11:00"), scene.world.robin);
        scene.give(rob.person, &booked, "vera@alcove.test");
        let given = scene.mails("vera@alcove.test", MailKind::DutyGiven).remove(0);
        assert!(
            given.subject.contains("Tuesday 24 November 2026") && !given.subject.contains("Support"),
            "{}",
            given.subject
        );
        assert_eq!((property(&given, "METHOD"), property(&given, "SEQUENCE")), (vec!["REQUEST"], vec!["0"]));
        let attendees = given.calendar.as_deref().unwrap().replace("\r\n ", "").matches("ATTENDEE").count();
        assert_eq!(attendees, 1);
        let uid = property(&given, "UID")[0].to_owned();
        assert!(uid.starts_with("duty-"), "{uid}");

        let version =
            |scene: &Scene| scene.db.read_now(|conn| bookings::by_reference(conn, &booked)).unwrap().unwrap().version;
        let place = NewPlace { minutes: Some((840, 900)), ..NewPlace::default() };
        let change = Change { from: 1, scope: Scope::This, place, words: None };
        let seen = version(&scene);
        let moved = scene.at(now(), |conn, how| allocation::change(conn, how, &rob, (&booked, seen), &change));
        assert!(matches!(moved, allocation::ChangeAnswer::Done { .. }), "{moved:?}");
        let changed = scene.mails("vera@alcove.test", MailKind::DutyChanged).remove(0);
        assert!(
            changed.text.contains("2pm to 3pm") && changed.text.contains("was Tuesday 24 November 2026, 10am"),
            "{}",
            changed.text
        );
        assert_eq!((property(&changed, "METHOD"), property(&changed, "UID")), (vec!["REQUEST"], vec![uid.as_str()]));
        assert_eq!(property(&changed, "SEQUENCE"), ["1"]);
        let duty = scene.duties(&booked).remove(0);
        assert_eq!(duty.session, span("2026-11-24", "14:00", "15:00"));
        assert_eq!(duty.moved.unwrap().1, span("2026-11-24", "10:00", "11:00"));

        let seen = version(&scene);
        let gone = scene.at(now(), |conn, how| allocation::cancel(conn, how, &rob, (&booked, seen), &GiveUp::all("")));
        assert!(matches!(gone, Answer::Done(_)));
        let ended = scene.mails("vera@alcove.test", MailKind::DutyEnded).remove(0);
        assert_eq!((property(&ended, "METHOD"), property(&ended, "UID")), (vec!["CANCEL"], vec![uid.as_str()]));
        assert_eq!((property(&ended, "SEQUENCE"), property(&ended, "STATUS")), (vec!["2"], vec!["CANCELLED"]));
        assert_eq!(scene.duties(&booked)[0].ended.unwrap().0, Ended::SessionOff);

        let seen = version(&scene);
        let mary = scene.actor(scene.world.manager);
        let back = scene.at(now(), |conn, how| allocation::undo(conn, how, &mary, (&booked, seen)));
        assert!(matches!(back, Answer::Done(_)), "{back:?}");
        // The volunteer comes back with the chore, which may lock people before sites.
        let run = |conn: &mut Conn, how: allocation::Circumstances<'_>| allocation::follow_sessions(conn, how, 100);
        assert_eq!(scene.at(now(), run), 1);
        let again = scene.mails("vera@alcove.test", MailKind::DutyGiven).remove(1);
        assert!(scene.duties(&booked)[0].stands());
        assert_eq!((property(&again, "METHOD"), property(&again, "UID")), (vec!["REQUEST"], vec![uid.as_str()]));
        assert!(2 < property(&again, "SEQUENCE")[0].parse::<i32>().unwrap());
        // The chore finds nothing that was not told.
        assert_eq!(scene.at(now(), run), 0);
    }
}

#[test]
fn what_is_handed_back_can_be_taken_by_another_as_long_as_nobody_has_it() {
    for scene in scenes() {
        let rob = scene.actor(scene.world.robin_booker);
        let (vera, victor) = (scene.actor(scene.vera), scene.actor(scene.victor));
        let booked = scene.book("cedar", span("2026-11-24", "10:00", "11:00"), scene.world.robin);
        let take = |who: &Actor| scene.at(now(), |conn, how| take_up(conn, how, who, (&booked, 1)));
        assert_eq!(refused(&take(&victor)), [WhyNot::Full], "nobody is needed yet");
        scene.give(rob.person, &booked, "vera@alcove.test");
        assert_eq!(refused(&take(&victor)), [WhyNot::Full]);
        let handle = scene.duties(&booked).remove(0).handle;
        let back = |who: &Actor| scene.at(now(), |conn, how| hand_back(conn, how, who, &handle));
        assert!(matches!(back(&victor), DutyAnswer::NotFound), "only whose it is");
        assert!(matches!(back(&vera), DutyAnswer::Done { .. }));
        assert!(matches!(back(&vera), DutyAnswer::Gone(_)));
        let told = scene.mails("rob@alcove.test", MailKind::DutyHandedBack).remove(0);
        assert!(told.text.contains("Vera Volunteer") && told.calendar.is_none());
        assert_eq!(property(&scene.mails("vera@alcove.test", MailKind::DutyEnded)[0], "METHOD"), ["CANCEL"]);
        assert!(matches!(take(&victor), DutyAnswer::Done { dates: 1, .. }));
        assert_eq!(refused(&take(&vera)), [WhyNot::Full]);
        let handle = scene.duties(&booked).into_iter().find(Duty::stands).unwrap().handle;
        let off = |who: &Actor| scene.at(now(), |conn, how| take_off(conn, how, who, (&handle, Scope::This)));
        assert!(matches!(off(&vera), DutyAnswer::NotFound));
        assert!(matches!(off(&rob), DutyAnswer::Done { .. }));
        assert_eq!(scene.mails("victor@alcove.test", MailKind::DutyEnded).len(), 1);
        assert!(scene.at(now(), |conn, how| set_need(conn, how, &rob, (&booked, 0))));
        assert_eq!(refused(&take(&vera)), [WhyNot::Full]);
    }
}

#[test]
fn a_week_is_copied_and_what_is_not_says_why() {
    for scene in scenes() {
        let robin = scene.world.robin;
        let rob = scene.actor(scene.world.robin_booker);
        let vera = "vera@alcove.test";
        for (facility, from, to, copies) in [
            ("cedar", "10:00", "11:00", true),
            ("hall", "14:00", "15:00", true),
            ("tidy-room", "18:00", "19:00", false),
        ] {
            let last = scene.book(facility, span("2026-11-24", from, to), robin);
            scene.give(rob.person, &last, vera);
            if copies {
                scene.book(facility, span("2026-12-01", from, to), robin);
            }
        }
        // By the time of the second session she has something else.
        let other = scene.book("tidy-room", span("2026-12-01", "14:30", "15:30"), scene.world.wren);
        scene.give(scene.world.wren_booker, &other, vera);
        let monday = "2026-11-30".parse().unwrap();
        let copy = || scene.at(now(), |conn, how| copy_week(conn, how, &rob, (robin, monday)));
        let CopyAnswer::Done(copied, not) = copy() else { panic!("not found") };
        assert_eq!(copied, 1);
        let why: Vec<_> = not.iter().map(|one| (one.why, one.what.as_str())).collect();
        assert_eq!(why, [(WhyNot::OnAnother, "14:00–15:00 Hall"), (WhyNot::NoLike, "18:00–19:00 Tidy room")]);
        assert_eq!(scene.mails(vera, MailKind::DutyGiven).len(), 5);
        let CopyAnswer::Done(copied, not) = copy() else { panic!("not found") };
        assert_eq!((copied, not.len()), (0, 2), "what is there already is no fault");
        // Somebody who is away is left out.
        let first = scene.at(now(), |conn, _| {
            let mine = duties::of_person(conn, scene.vera, at("2026-12-01 00:00"))?;
            Ok(mine.into_iter().find(|one| one.organisation == robin).unwrap().handle)
        });
        scene.at(now(), |conn, how| take_off(conn, how, &rob, (&first, Scope::This)));
        let tuesday = "2026-12-01".parse().unwrap();
        scene.db.write_now(|conn| availability::add_away(conn, scene.vera, (tuesday, tuesday))).unwrap();
        let CopyAnswer::Done(copied, not) = copy() else { panic!("not found") };
        assert_eq!((copied, not.iter().filter(|one| one.why == WhyNot::Away).count()), (0, 2));
        let wendy = scene.actor(scene.world.wren_booker);
        let foreign = scene.at(now(), |conn, how| copy_week(conn, how, &wendy, (robin, monday)));
        assert!(matches!(foreign, CopyAnswer::NotFound));
    }
}

#[test]
fn whoever_is_put_on_a_session_that_waits_for_the_site_is_told_so_and_told_again() {
    for scene in scenes() {
        organisations_trust(&scene, false);
        let draft = scene.world.draft("cedar", span("2026-11-24", "10:00", "11:00"));
        let mailer = mailer();
        let ask = |conn: &mut Conn| allocation::request(conn, circumstances(&mailer, now()), &draft);
        let RequestAnswer::Done { reference, confirmed: false } = scene.db.write_now(ask).unwrap() else { panic!() };
        scene.give(scene.world.wren_booker, &reference, "vera@alcove.test");
        let told = scene.mails("vera@alcove.test", MailKind::DutyGiven).remove(0);
        assert!(told.subject.starts_with("You are put down") && told.text.contains("not confirmed it yet"));
        assert!(!told.text.contains("Hunter Street, London"), "{}", told.text);
        assert_eq!(property(&told, "STATUS"), ["TENTATIVE"]);
        let run = |conn: &mut Conn, how: allocation::Circumstances<'_>| allocation::follow_sessions(conn, how, 100);
        assert_eq!(scene.at(now(), run), 0);
        // Whoever is asked to help learns no address either.
        let wendy = scene.actor(scene.world.wren_booker);
        assert!(scene.at(now(), |conn, how| set_need(conn, how, &wendy, (&reference, 2))));
        let asked = scene.at(now(), |conn, how| allocation::ask_cover(conn, how, &wendy, (&reference, 1)));
        assert_eq!(asked, allocation::CoverAnswer::Asked(1));
        let mail = scene.mails("wendy@alcove.test", MailKind::CoverAsked).remove(0);
        assert!(mail.text.contains("Cedar, Hunter Street") && !mail.text.contains("8 Hunter Street"), "{}", mail.text);
        assert!(!told.text.contains("8 Hunter Street"));
        let manager = scene.actor(scene.world.manager);
        let decision = allocation::Decision::Approve { dates: allocation::Dates::All };
        let version = scene.db.read_now(|conn| bookings::by_reference(conn, &reference)).unwrap().unwrap().version;
        let approve = |conn: &mut Conn, how: allocation::Circumstances<'_>| {
            allocation::decide(conn, how, &manager, (&reference, version), &decision)
        };
        assert!(matches!(scene.at(now(), approve), Answer::Done(_)));
        assert_eq!(scene.at(now(), run), 1);
        assert_eq!(scene.at(now(), run), 0, "told once");
        let mails = scene.mails("vera@alcove.test", MailKind::DutyGiven);
        let again = mails.last().unwrap();
        assert_eq!(mails.len(), 2);
        assert!(again.subject.starts_with("You are on duty") && again.text.contains("has confirmed"));
        assert_eq!((property(again, "STATUS"), property(again, "UID")), (vec!["CONFIRMED"], property(&told, "UID")));
        assert!(property(&told, "SEQUENCE")[0] < property(again, "SEQUENCE")[0]);
    }
}

fn organisations_trust(scene: &Scene, trusted: bool) {
    let set = |conn: &mut Conn| organisations::set_trust(conn, scene.world.wren, scene.world.site, trusted, now());
    scene.db.write_now(set).unwrap();
}
