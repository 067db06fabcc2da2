//! What reception at Hunter Street booked for others in the demo world: for an organisation that rang, and for a person. Not the bookers' own.

use chrono::Days;

use super::cast::Cast;
use super::places::seeded;
use crate::allocation::{self, Circumstances, Dated, Dates, Decision, Draft, RequestAnswer};
use crate::chance::Chance;
use crate::domain::availability::Wanted;
use crate::domain::holder::{Contact, Holder, HolderId, Reach};
use crate::domain::hours::{instant_at, local_date};
use crate::domain::ids::{Reference, Slug};
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};
use crate::mail::Mailer;
use crate::store::{Conn, StoreError, bookings, sessions, sites};

const SITE: &str = "hunter-street";
const RECEPTION: &str = "reception@example.org";
const MANAGER: &str = "manager@example.org";

/// Something booked at the desk, at the first hour at which it can be had in one of the rooms.
struct Seed {
    holder: HolderId,
    facilities: &'static [&'static str],
    purpose: &'static str,
    note: &'static str,
    people: i32,
    days_ahead: u64,
}

/// Books for an organisation and for a person some hours ago; the manager has said yes to the person.
pub fn book(conn: &mut Conn, cast: &Cast, mailer: &Mailer, now: Instant) -> Result<(), StoreError> {
    let circumstances = Circumstances { now: now.plus_hours(-5), chance: Chance, mailer };
    let person = Contact {
        name: "Imelda Farrow".to_owned(),
        reach: seeded(Reach::parse("020 7946 0157").ok(), "telephone number")?,
    };
    let seeds = [
        Seed {
            holder: Holder::Organisation(cast.organisation("fernhollow")?),
            facilities: &["elder", "cedar", "rowan"],
            purpose: "Bereavement counselling",
            note: "They rang the desk.",
            people: 2,
            days_ahead: 3,
        },
        Seed {
            holder: Holder::Person(person),
            facilities: &["willow", "rowan", "cedar"],
            purpose: "Talk about a new choir",
            note: "",
            people: 4,
            days_ahead: 4,
        },
    ];
    for seed in &seeds {
        let Some(reference) = ask(conn, cast, circumstances, seed)? else {
            continue;
        };
        let Some(manager) = sessions::actor(conn, cast.person(MANAGER)?, now)? else {
            continue;
        };
        let booking = bookings::by_reference(conn, &reference)?;
        let decided = Circumstances { now: now.plus_hours(-4), ..circumstances };
        if let Some(booking) = booking.filter(|booking| booking.waiting(decided.now).next().is_some()) {
            let yes = Decision::Approve { dates: Dates::All };
            allocation::decide(conn, decided, &manager, (&reference, booking.version), &yes)?;
        }
    }
    Ok(())
}

/// The reference of what could be had; none where all rooms are full for a week.
fn ask(
    conn: &mut Conn,
    cast: &Cast,
    circumstances: Circumstances<'_>,
    seed: &Seed,
) -> Result<Option<Reference>, StoreError> {
    let slug = seeded(Slug::parse(SITE), "slug")?;
    let Some(site) = sites::by_slug(conn, &slug)? else {
        return Ok(None);
    };
    let today = local_date(site.zone, circumstances.now);
    for day in 0..7 {
        let date = today.checked_add_days(Days::new(seed.days_ahead + day)).unwrap_or(today);
        for (minute, facility) in (11..17).flat_map(|hour| seed.facilities.iter().map(move |one| (hour * 60, *one))) {
            let start = instant_at(site.zone, date, minute).ok();
            let length = if facility == "willow" { 60 } else { 50 };
            let Some(session) = start.and_then(|start| Span::new(start, start.plus_minutes(length))) else {
                continue;
            };
            let draft = Draft {
                site: slug.clone(),
                facility: seeded(Slug::parse(facility), "slug")?,
                holder: seed.holder.clone(),
                booked_by: cast.person(RECEPTION)?,
                dates: vec![Dated::at(session)],
                repeat: None,
                wanted: Wanted::Whole,
                purpose: seed.purpose.to_owned(),
                note: seed.note.to_owned(),
                people: seed.people,
                privacy: Privacy::Confidential,
                set_aside: None,
                terms: None,
                particulars: Default::default(),
                nonce: Chance.token().reveal().to_owned(),
            };
            if let RequestAnswer::Done { reference, .. } = allocation::request(conn, circumstances, &draft)? {
                return Ok(Some(reference));
            }
        }
    }
    Ok(None)
}
