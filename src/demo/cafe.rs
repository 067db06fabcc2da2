//! The cafés, the shop and the baby bank of the demo world as they stand today: sessions, who opens up, collections, drop-offs. Not the bookings of rooms.

use chrono::Days;

use super::cast::Cast;
use super::places::seeded;
use super::world::HoursSeed;
use crate::allocation::{self, Circumstances, Collection, Donation, SlotAnswer};
use crate::chance::Chance;
use crate::domain::drop_ins::DropIn;
use crate::domain::hours::{local_date, weekday};
use crate::domain::ids::{DropInId, FacilityId, Slug};
use crate::domain::openers::{Keeper, OnDay, Task};
use crate::domain::person::Email;
use crate::domain::places::{Facility, Site};
use crate::domain::slots::{NOT_TAKEN, StreamKind};
use crate::domain::span::Instant;
use crate::mail::Mailer;
use crate::store::slots::{self, StreamFacts};
use crate::store::{Conn, StoreError, drop_ins, facilities, openers, sessions};

/// A session: site and facility, name, for whom, weekdays, from and to in minutes, and days until it ends.
type SessionSeed = (&'static str, &'static str, &'static str, &'static str, &'static [i32], (i32, i32), Option<u64>);

const SESSIONS: [SessionSeed; 8] = [
    (
        "tidewell-house",
        "cafe",
        "Cuppa and company",
        "Anyone who would like somebody to talk to",
        &[0, 2, 4],
        (600, 720),
        None,
    ),
    ("tidewell-house", "cafe", "Knit and natter", "All levels. Wool and needles are there", &[1], (780, 900), None),
    ("tidewell-house", "cafe", "Repair café", "Bring one thing that is broken", &[5], (600, 780), Some(90)),
    (
        "tidewell-house",
        "cafe",
        "Form-filling help",
        "Bring your letters. Welsh, Polish and Arabic spoken",
        &[3],
        (570, 690),
        None,
    ),
    (
        "tidewell-house",
        "shop",
        "Free school uniform rail",
        "Families with children at school",
        &[2, 5],
        (600, 840),
        None,
    ),
    ("kentbeck", "cafe", "Soup lunch", "Everyone. Pay what you can", &[1, 3], (720, 810), None),
    ("kentbeck", "cafe", "Carers’ coffee", "Anyone who looks after somebody", &[4], (600, 690), None),
    ("tidewell-house", "cafe", "Toddler tea", "Children under 5 with an adult", &[1, 4], (570, 660), None),
];

/// Fills it in.
pub fn fill(conn: &mut Conn, cast: &Cast, mailer: &Mailer, now: Instant) -> Result<(), StoreError> {
    for seed in &SESSIONS {
        session(conn, seed, now)?;
    }
    who_opens(conn, cast, now)?;
    baby_bank(conn, cast, mailer, now)
}

fn place(conn: &mut Conn, site: &str, facility: &str) -> Result<Option<(Site, Facility)>, StoreError> {
    let slugs = (seeded(Slug::parse(site), "slug")?, seeded(Slug::parse(facility), "slug")?);
    facilities::by_slug(conn, &slugs.0, &slugs.1)
}

fn session(conn: &mut Conn, seed: &SessionSeed, now: Instant) -> Result<(), StoreError> {
    let (site, facility, name, for_whom, weekdays, (from_minute, to_minute), ends) = seed;
    let Some((site, facility)) = place(conn, site, facility)? else {
        return Ok(());
    };
    let today = local_date(site.zone, now);
    let one = DropIn {
        id: DropInId::new(0),
        facility: facility.id,
        name: (*name).to_owned(),
        for_whom: (*for_whom).to_owned(),
        weekdays: weekdays.to_vec(),
        from_minute: *from_minute,
        to_minute: *to_minute,
        from: today.checked_sub_days(Days::new(120)).unwrap_or(today),
        to: ends.and_then(|days| today.checked_add_days(Days::new(days))),
        off: Vec::new(),
    };
    let id = drop_ins::insert(conn, &one)?;
    // One date of the repair café is cancelled, whatever day it is today.
    if ends.is_some() {
        let second = today.iter_days().take(60).filter(|date| one.has(*date)).nth(1);
        if let Some(date) = second {
            drop_ins::set_off(conn, id, date, true)?;
        }
    }
    Ok(())
}

/// Somebody opens and locks up on every day but one, which stands out.
fn who_opens(conn: &mut Conn, cast: &Cast, now: Instant) -> Result<(), StoreError> {
    let trust = Keeper::Organisation(cast.organisation("tidewell")?, String::new());
    let manager = Keeper::Person(cast.person("callum.tranter@example.org")?, String::new());
    let named = Keeper::Named("Dot Paling".to_owned(), "01632 960311".to_owned());
    for slug in ["cafe", "shop"] {
        let Some((site, facility)) = place(conn, "tidewell-house", slug)? else {
            continue;
        };
        for day in 0..6 {
            let (opens, locks) = if day % 2 == 0 { (&trust, &manager) } else { (&manager, &named) };
            put(conn, facility.id, OnDay::Weekday(day), (opens, locks))?;
        }
        let today = local_date(site.zone, now);
        // The next working day after tomorrow.
        let free = today.iter_days().skip(2).take(7).find(|date| weekday(*date) < 5);
        if let Some(date) = free.filter(|_| slug == "cafe") {
            openers::set(conn, (facility.id, Task::Opens, OnDay::Date(date)), &Keeper::Nobody)?;
        }
    }
    Ok(())
}

fn put(
    conn: &mut Conn,
    facility: FacilityId,
    day: OnDay,
    (opens, locks): (&Keeper, &Keeper),
) -> Result<(), StoreError> {
    openers::set(conn, (facility, Task::Opens, day), opens)?;
    openers::set(conn, (facility, Task::Locks, day), locks)
}

const BUNDLES: [(&str, &str, usize); 5] = [
    ("BB-2041", "two", 0),
    ("BB-2044", "one", 2),
    ("BB-2047", "large", 5),
    ("BB-2052", "more", 9),
    ("BB-2055", "two", 14),
];

/// Name, address, what is brought, which of the free slots, and whether the link was used.
const DONORS: [(&str, &str, &[&str], usize, bool); 4] = [
    ("Marion Tarrant", "marion.tarrant@example.org", &["clothes", "toys"], 1, true),
    ("Kofi Asante", "kofi.asante@example.org", &["prams"], 3, true),
    ("Bronwen Ellis", "bronwen.ellis@example.org", &["nappies", "bedding"], 6, true),
    ("Piotr Zielak", "piotr.zielak@example.org", &["feeding"], 8, false),
];

fn baby_bank(conn: &mut Conn, cast: &Cast, mailer: &Mailer, now: Instant) -> Result<(), StoreError> {
    let slugs = (seeded(Slug::parse("tallow-street"), "slug")?, seeded(Slug::parse("baby-bank"), "slug")?);
    let Some((_, facility)) = facilities::by_slug(conn, &slugs.0, &slugs.1)? else {
        return Ok(());
    };
    stream(
        conn,
        &facility,
        StreamKind::Collection,
        (2, COLLECTION_HOURS),
        "Use the yellow door in the car park. Give the bundle’s number, nothing else.",
        0,
    )?;
    stream(conn, &facility, StreamKind::Donation, (1, DONATION_HOURS), NOT_TAKEN, 2)?;
    let referrer = cast.organisation("cradlesworth")?;
    slots::set_referrer(conn, facility.id, referrer, true)?;
    let circumstances = Circumstances { now: now.plus_minutes(-20), chance: Chance, mailer };
    let both = (&slugs.0, &slugs.1);
    let Some(actor) = sessions::actor(conn, cast.person("referrer@example.org")?, now)? else {
        return Ok(());
    };
    for (bundle, size, nth) in BUNDLES {
        let Some(slot) = allocation::free_slots(conn, both, StreamKind::Collection, now)?.get(nth).copied() else {
            continue;
        };
        let draft =
            Collection { organisation: referrer, slot: slot.start(), bundle: bundle.to_owned(), size: size.to_owned() };
        allocation::book_collection(conn, circumstances, &actor, both, &draft)?;
    }
    for (name, email, brings, nth, confirmed) in DONORS {
        donor(conn, circumstances, both, (name, email, brings), nth, confirmed)?;
    }
    Ok(())
}

fn donor(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    slugs: (&Slug, &Slug),
    (name, email, brings): (&str, &str, &[&str]),
    nth: usize,
    confirmed: bool,
) -> Result<(), StoreError> {
    let Some(slot) = allocation::free_slots(conn, slugs, StreamKind::Donation, circumstances.now)?.get(nth).copied()
    else {
        return Ok(());
    };
    let draft = Donation {
        slot: slot.start(),
        name: name.to_owned(),
        email: seeded(Email::parse(email).ok(), "email")?,
        brings: brings.iter().map(|code| (*code).to_owned()).collect(),
    };
    let asked =
        Circumstances { now: circumstances.now.plus_minutes(if confirmed { -60 } else { 10 }), ..circumstances };
    if let SlotAnswer::Done(visit) = allocation::ask_donation(conn, asked, slugs, &draft)?
        && confirmed
    {
        let then = Circumstances { now: asked.now.plus_minutes(5), ..asked };
        if let Some(hash) = slots::confirm_hash(conn, visit.booking)? {
            allocation::confirm_donation(conn, then, &hash)?;
        }
    }
    Ok(())
}

fn stream(
    conn: &mut Conn,
    facility: &Facility,
    kind: StreamKind,
    (places, hours): (i32, &[HoursSeed]),
    words: &str,
    first: usize,
) -> Result<(), StoreError> {
    let hours: Vec<(i32, i32, i32)> = hours.iter().map(|one| (one.weekday, one.from_minute, one.to_minute)).collect();
    let facts = StreamFacts { places, days_ahead: 28, words, hours: &hours };
    let id = slots::set_stream(conn, (facility.id, kind), &facts)?;
    let own = facility.units.iter().skip(first).take(usize::try_from(places).unwrap_or(1));
    for (position, unit) in (0..).zip(own) {
        slots::add_unit(conn, id, unit.id, position)?;
    }
    Ok(())
}

/// Tuesday and Thursday 10am to 3pm, Saturday 10am to 1pm.
const COLLECTION_HOURS: &[HoursSeed] = &[
    HoursSeed { weekday: 1, from_minute: 600, to_minute: 900 },
    HoursSeed { weekday: 3, from_minute: 600, to_minute: 900 },
    HoursSeed { weekday: 5, from_minute: 600, to_minute: 780 },
];

/// Monday 4pm to 7pm, Wednesday 10am to 2pm, Saturday 2pm to 4pm.
const DONATION_HOURS: &[HoursSeed] = &[
    HoursSeed { weekday: 0, from_minute: 960, to_minute: 1140 },
    HoursSeed { weekday: 2, from_minute: 600, to_minute: 840 },
    HoursSeed { weekday: 5, from_minute: 840, to_minute: 960 },
];
