//! What the demo world says about safety in rooms for private sessions: whom to ring, where alarms are, an evening on which nobody else is in
//! the building, and a room that keeps arrivals apart. Written last, so that no booking made before is judged by it.

use chrono::Days;

use super::cast::Cast;
use super::places::seeded;
use crate::allocation::{self, Circumstances, Dated, Draft, RequestAnswer};
use crate::chance::Chance;
use crate::domain::availability::Wanted;
use crate::domain::holder::Holder;
use crate::domain::hours::{instant_at, local_date};
use crate::domain::ids::Slug;
use crate::domain::places::Site;
use crate::domain::rules::{Privacy, Rules};
use crate::domain::safety::Safety;
use crate::domain::span::{Instant, Span};
use crate::mail::Mailer;
use crate::store::{Conn, StoreError, alone, facilities, safety, sites};

const SITE: &str = "hunter-street";

/// Site, contact, telephone and place of the alarm.
const SITES: [(&str, [&str; 3]); 3] = [
    (SITE, ["Duty manager", "020 7946 0219", "By the door of each room, below the light switch"]),
    ("axminster", ["Ward sister", "01632 960219", ""]),
    ("offerton", ["Centre manager", "0161 496 0232", "Pull cord beside the sink"]),
];

/// Rooms of Hunter Street that say something else.
const ROOMS: [(&str, [&str; 3]); 2] = [
    ("rowan", ["", "", "Under the low table, on the window side"]),
    ("hazel", ["Evening porter", "020 7946 0226", "On the wall behind the door"]),
];

/// Whose evening sessions are alone, who books them, and what they are called: one at once, one that a manager decides.
const EVENINGS: [(&str, &str, &str); 2] = [
    ("lanternwick", "booker@example.org", "Late support session"),
    ("milestead", "tanya.blackshaw@example.org", "Evening one to one"),
];

/// The room that keeps arrivals apart, on the hour and a quarter past.
const APART: &str = "hazel";
const APART_MINUTES: i32 = 15;

fn safe([contact, phone, alarm]: [&str; 3]) -> Safety {
    Safety { contact: contact.to_owned(), phone: phone.to_owned(), alarm: alarm.to_owned() }
}

pub fn furnish(conn: &mut Conn, cast: &Cast, mailer: &Mailer, now: Instant) -> Result<(), StoreError> {
    for (slug, words) in SITES {
        if let Some(site) = sites::by_slug(conn, &seeded(Slug::parse(slug), "slug")?)? {
            safety::set_of_site(conn, site.id, &safe(words))?;
        }
    }
    let slug = seeded(Slug::parse(SITE), "slug")?;
    for (room, words) in ROOMS {
        if let Some((_, facility)) = facilities::by_slug(conn, &slug, &seeded(Slug::parse(room), "slug")?)? {
            safety::set_of_facility(conn, facility.id, &safe(words))?;
        }
    }
    if let Some((site, room)) = facilities::by_slug(conn, &slug, &seeded(Slug::parse(APART), "slug")?)? {
        let quarters = (8 * 60..20 * 60).step_by(60).flat_map(|hour| [hour, hour + 15]);
        let rules = Rules { start_minutes: quarters.collect(), arrival_gap_minutes: APART_MINUTES, ..room.rules };
        facilities::set_rules(conn, room.id, &rules)?;
        for (number, seed) in EVENINGS.into_iter().enumerate() {
            evening(conn, cast, (mailer, now), &site, (seed, number))?;
        }
    }
    Ok(())
}

/// Books the first evening hour from tomorrow on at which nobody is in the building; where there is none in three weeks, nothing.
fn evening(
    conn: &mut Conn,
    cast: &Cast,
    (mailer, now): (&Mailer, Instant),
    site: &Site,
    ((organisation, booker, purpose), number): ((&str, &str, &str), usize),
) -> Result<(), StoreError> {
    let circumstances = Circumstances { now: now.plus_minutes(-20), chance: Chance, mailer };
    let booked_by = cast.person(booker)?;
    let today = local_date(site.zone, now);
    for day in (1..22).skip(number) {
        let date = today.checked_add_days(Days::new(day)).unwrap_or(today);
        let start = instant_at(site.zone, date, 20 * 60).ok();
        let Some(session) = start.and_then(|start| Span::new(start, start.plus_minutes(50))) else {
            continue;
        };
        if !alone::occupied(conn, site.id, session, now)?.is_empty() {
            continue;
        }
        let draft = Draft {
            site: site.slug.clone(),
            facility: seeded(Slug::parse("alder"), "slug")?,
            holder: Holder::Organisation(cast.organisation(organisation)?),
            booked_by,
            dates: vec![Dated::at(session)],
            repeat: None,
            wanted: Wanted::Whole,
            purpose: purpose.to_owned(),
            note: String::new(),
            people: 2,
            privacy: Privacy::Confidential,
            set_aside: None,
            terms: None,
            particulars: Default::default(),
            nonce: Chance.token().reveal().to_owned(),
        };
        if let RequestAnswer::Done { .. } = allocation::request(conn, circumstances, &draft)? {
            return Ok(());
        }
    }
    Ok(())
}
