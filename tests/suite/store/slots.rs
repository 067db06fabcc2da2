//! The slots of a baby bank against both engines: the one guard, what lapses, what is paused. Not the pages.

use crate::support::engines::engines;
use crate::support::world::{World, add_facility, at, build, circumstances, mailer, now, slug};
use alcove::allocation::{self, Collection, Donation, GivenUpBy, SlotAnswer};
use alcove::domain::ids::{FacilityId, Slug};
use alcove::domain::kinds::Kind;
use alcove::domain::occurrence::Stage;
use alcove::domain::person::Email;
use alcove::domain::places::UnitChoice;
use alcove::domain::rules::Rules;
use alcove::domain::slots::{Pause, StreamKind, Visit};
use alcove::domain::span::Instant;
use alcove::enquiry::slots::{bank, free};
use alcove::store::slots::{self, StreamFacts, Which};
use alcove::store::{Conn, Db, facilities};

/// A baby bank with two units for collections and one for drop-offs, and Wren as its referrer.
pub fn add_bank(conn: &mut Conn, world: &World) -> FacilityId {
    let units = ["Table 1", "Table 2", "Drop-off"];
    let id = add_facility(conn, world.site, "Bank", Kind::BabyBank, &units, UnitChoice::Any, &Rules::ordinary());
    let hours: Vec<(i32, i32, i32)> = (0..7).map(|day| (day, 600, 660)).collect();
    for (kind, places, first) in [(StreamKind::Collection, 2, 0), (StreamKind::Donation, 1, 2)] {
        let facts = StreamFacts { places, days_ahead: 28, words: "", hours: &hours };
        let stream = slots::set_stream(conn, (id, kind), &facts).unwrap();
        let own = facilities::by_slug(conn, &slug("hunter-street"), &slug("bank")).unwrap().unwrap().1.units;
        for (position, unit) in own.iter().skip(first).take(places as usize).enumerate() {
            slots::add_unit(conn, stream, unit.id, position as i32).unwrap();
        }
    }
    slots::set_referrer(conn, id, world.wren, true).unwrap();
    id
}

fn slugs() -> (Slug, Slug) {
    (slug("hunter-street"), slug("bank"))
}

fn donate(db: &Db, email: &str, slot: Instant, now: Instant) -> SlotAnswer {
    let (mailer, (site, place)) = (mailer(), slugs());
    let draft = Donation {
        slot,
        name: "Dora Donor".to_owned(),
        email: Email::parse(email).unwrap(),
        brings: vec!["toys".to_owned()],
    };
    db.write_now(|conn| allocation::ask_donation(conn, circumstances(&mailer, now), (&site, &place), &draft)).unwrap()
}

fn collect(db: &Db, world: &World, slot: Instant, now: Instant) -> SlotAnswer {
    let (mailer, (site, place)) = (mailer(), slugs());
    let actor = world.actor(db, world.wren_booker);
    let draft = Collection { organisation: world.wren, slot, bundle: "BB-1".to_owned(), size: "one".to_owned() };
    db.write_now(|conn| allocation::book_collection(conn, circumstances(&mailer, now), &actor, (&site, &place), &draft))
        .unwrap()
}

fn confirm(db: &Db, visit: &Visit, now: Instant) -> SlotAnswer {
    let mailer = mailer();
    db.write_now(|conn| {
        let hash = slots::confirm_hash(conn, visit.booking)?.unwrap_or_default();
        allocation::confirm_donation(conn, circumstances(&mailer, now), &hash)
    })
    .unwrap()
}

fn done(answer: SlotAnswer) -> Visit {
    match answer {
        SlotAnswer::Done(visit) => *visit,
        other => panic!("{other:?}"),
    }
}

fn free_starts(db: &Db, kind: StreamKind, now: Instant) -> usize {
    let (site, place) = slugs();
    db.read_now(|conn| {
        let bank = bank(conn, (&site, &place))?.unwrap();
        Ok(free(conn, &bank, kind, now)?.len())
    })
    .unwrap()
}

fn again(db: &Db, visit: &Visit) -> Visit {
    db.read_now(|conn| slots::visits(conn, Which::Booking(visit.booking))).unwrap().remove(0)
}

#[test]
fn a_slot_is_had_once_in_each_place_of_its_own_stream() {
    for database in engines() {
        let db = database.open();
        let world = build(&db, None);
        db.write_now(|conn| Ok(add_bank(conn, &world))).unwrap();
        let slot = at("2026-11-24 10:00");
        let (collections, donations) =
            (free_starts(&db, StreamKind::Collection, now()), free_starts(&db, StreamKind::Donation, now()));
        done(donate(&db, "dora@example.org", slot, now()));
        assert!(matches!(donate(&db, "dan@example.org", slot, now()), SlotAnswer::Taken));
        // The other stream has lost nothing, and has two places.
        assert_eq!(free_starts(&db, StreamKind::Collection, now()), collections);
        assert_eq!(free_starts(&db, StreamKind::Donation, now()), donations - 1);
        done(collect(&db, &world, slot, now()));
        assert_eq!(free_starts(&db, StreamKind::Collection, now()), collections);
        let second = done(collect(&db, &world, slot, now()));
        assert!(matches!(collect(&db, &world, slot, now()), SlotAnswer::Taken));
        assert_eq!(free_starts(&db, StreamKind::Collection, now()), collections - 1);
        // Times that are no slots: between two, outside the hours, too soon, too far, a bank holiday.
        for wrong in
            ["2026-11-24 10:05", "2026-11-24 12:00", "2026-11-20 10:00", "2026-12-25 10:00", "2027-03-01 10:00"]
        {
            let now = if wrong.starts_with("2026-11-20") { at("2026-11-20 09:30") } else { now() };
            assert!(matches!(collect(&db, &world, at(wrong), now), SlotAnswer::Taken), "{wrong}");
        }
        let (mailer, actor) = (mailer(), world.actor(&db, world.wren_booker));
        let cancel = |conn: &mut Conn| {
            let by = GivenUpBy::Actor(&actor);
            allocation::cancel_slot(conn, circumstances(&mailer, now()), by, Which::Booking(second.booking))
        };
        done(db.write_now(cancel).unwrap());
        assert!(matches!(db.write_now(cancel).unwrap(), SlotAnswer::Stale));
        done(collect(&db, &world, slot, now()));
    }
}

#[test]
fn what_is_not_confirmed_lapses_and_can_be_had_again_while_it_is_free() {
    for database in engines() {
        let db = database.open();
        let world = build(&db, None);
        db.write_now(|conn| Ok(add_bank(conn, &world))).unwrap();
        let (slot, later) = (at("2026-11-24 10:00"), now().plus_minutes(30));
        let first = done(donate(&db, "dora@example.org", slot, now()));
        // Asking twice keeps it once.
        assert_eq!(done(donate(&db, "dora@example.org", slot, now())).booking, first.booking);
        assert!(matches!(donate(&db, "dan@example.org", slot, later.plus_minutes(-1)), SlotAnswer::Taken));
        // No chore has run: it is void all the same.
        let second = done(donate(&db, "dan@example.org", slot, later));
        assert_eq!(again(&db, &first).stage, Stage::Expired);
        assert!(matches!(confirm(&db, &first, later), SlotAnswer::Taken));
        // The second one lapses too, and is confirmed late, because it is still free.
        let late = later.plus_hours(2);
        let mailer = mailer();
        db.write_now(|conn| allocation::expire_due(conn, circumstances(&mailer, late), 10)).unwrap();
        assert_eq!(again(&db, &second).stage, Stage::Expired);
        assert_eq!(done(confirm(&db, &second, late)).stage, Stage::Confirmed);
        assert!(matches!(confirm(&db, &second, late), SlotAnswer::NotFound), "a link works once");
        assert!(matches!(confirm(&db, &first, now().plus_hours(24)), SlotAnswer::NotFound), "and for 24 hours");
        assert!(matches!(donate(&db, "eve@example.org", slot, late), SlotAnswer::Taken));
        // Three in a day are enough, whatever became of them.
        for minute in [15, 30, 45] {
            donate(&db, "often@example.org", slot.plus_minutes(minute), now());
        }
        let next_day = at("2026-11-25 10:00");
        assert!(matches!(donate(&db, "often@example.org", next_day, now()), SlotAnswer::TooOften));
    }
}

#[test]
fn drop_offs_are_paused_for_a_time_with_or_without_those_that_are_booked() {
    for database in engines() {
        let db = database.open();
        let world = build(&db, None);
        db.write_now(|conn| Ok(add_bank(conn, &world))).unwrap();
        let (mailer, (site, place)) = (mailer(), slugs());
        let manager = world.actor(&db, world.manager);
        let pause = |until: Option<&str>, cancel: bool| {
            let pause = Pause { words: "Full".to_owned(), until: until.map(|date| date.parse().unwrap()) };
            let circumstances = circumstances(&mailer, now());
            db.write_now(|conn| {
                let both = (&site, &place);
                allocation::pause_donations(conn, circumstances, &manager, both, Some(&pause), cancel)
            })
            .unwrap()
        };
        let soon = done(donate(&db, "dora@example.org", at("2026-11-24 10:00"), now()));
        let soon = done(confirm(&db, &soon, now()));
        let far = done(donate(&db, "dan@example.org", at("2026-12-03 10:00"), now()));
        let far = done(confirm(&db, &far, now()));
        assert_eq!(pause(Some("2026-12-01"), false), Some(1));
        assert_eq!(again(&db, &soon).stage, Stage::Confirmed);
        assert!(matches!(donate(&db, "eve@example.org", at("2026-11-25 10:00"), now()), SlotAnswer::Taken));
        done(donate(&db, "eve@example.org", at("2026-12-01 10:00"), now()));
        let collections = free_starts(&db, StreamKind::Collection, now());
        assert!(0 < collections, "collections go on");
        assert_eq!(pause(Some("2026-12-01"), true), Some(1));
        assert_eq!((again(&db, &soon).stage, again(&db, &far).stage), (Stage::Cancelled, Stage::Confirmed));
        assert_eq!(pause(None, true), Some(2));
        assert_eq!(free_starts(&db, StreamKind::Donation, now()), 0);
        let booker = world.actor(&db, world.wren_booker);
        let by_booker = db.write_now(|conn| {
            allocation::pause_donations(conn, circumstances(&mailer, now()), &booker, (&site, &place), None, false)
        });
        assert_eq!(by_booker.unwrap(), None);
        // A donor is forgotten in time.
        assert_eq!(again(&db, &far).name, "Dora Donor");
        db.write_now(|conn| slots::forget_donors(conn, at("2026-12-31 00:00"))).unwrap();
        assert_eq!((again(&db, &far).name.as_str(), again(&db, &far).email.as_str()), ("", ""));
    }
}
