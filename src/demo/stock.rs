//! What sites of the demo world lend with their spaces, one of it taken up, how rooms are set out, and closing lists of the last days. Written last, so that
//! nothing booked before is judged by it.

use chrono::{Days, NaiveDate};

use super::cast::Cast;
use super::places::seeded;
use crate::allocation::{self, Circumstances, Dated, Draft, RequestAnswer};
use crate::chance::Chance;
use crate::domain::availability::Wanted;
use crate::domain::care::Particulars;
use crate::domain::closing::{Closing, USUAL};
use crate::domain::extras::Asked;
use crate::domain::holder::Holder;
use crate::domain::hours::{instant_at, local_date};
use crate::domain::ids::{FacilityId, PersonId, Slug};
use crate::domain::places::{Facility, Site};
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};
use crate::enquiry::last_out::last_out;
use crate::mail::Mailer;
use crate::store::extras::{self, NewExtra};
use crate::store::facilities::{self, Filter};
use crate::store::{Conn, StoreError, closing, jobs, particulars, sites};

/// Site, name, number.
const EXTRAS: [(&str, &str, usize); 11] = [
    ("hunter-street", "Projector", 1),
    ("hunter-street", "Hearing loop", 2),
    ("hunter-street", "Flip chart", 3),
    ("axminster", "Fridge shelf", 4),
    ("axminster", "Trolley of ten chairs", 3),
    ("offerton", "Gazebo", 2),
    ("offerton", "Folding table", 8),
    ("tidewell-house", "Projector", 1),
    ("larkmeadow", "Portable hoist", 1),
    ("inkwell-yard", "Trolley of ten chairs", 8),
    ("inkwell-yard", "Microphone", 2),
];

/// Where the one projector is taken up: two rooms, who books each, and for what. The second goes without.
const TAKEN_UP: [(&str, &str, &str, &str); 2] = [
    ("willow", "lanternwick", "booker@example.org", "Film afternoon"),
    ("maple", "milestead", "tanya.blackshaw@example.org", "Slide evening, planning"),
];

/// Sites with a closing list; the second has one that its people shortened.
const CLOSING: [(&str, usize); 3] = [("hunter-street", 6), ("axminster", 5), ("inkwell-yard", 6)];

pub fn set_out(conn: &mut Conn, cast: &Cast, mailer: &Mailer, now: Instant) -> Result<(), StoreError> {
    for (place, name, number) in EXTRAS {
        let slug = seeded(Slug::parse(place), "slug")?;
        let all = facilities::with_sites(conn, &Filter { site: Some(&slug), ..Filter::default() })?;
        let Some(site) = all.first().map(|(site, _)| site.id) else {
            continue;
        };
        let by_the_hour = all.iter().map(|(_, one)| one).filter(|one| one.kind.entry().by_the_hour);
        let facilities: Vec<FacilityId> = by_the_hour.map(|one| one.id).collect();
        let own = seeded(Slug::from_name(name), "slug")?;
        extras::insert(conn, site, &NewExtra { slug: &own, name, for_all: true, facilities: &facilities }, number)?;
    }
    take_up(conn, cast, (mailer, now))?;
    for (place, lines) in CLOSING {
        if let Some(site) = sites::by_slug(conn, &seeded(Slug::parse(place), "slug")?)? {
            let by = cast.person("reception@example.org")?;
            close_days(conn, (&site, by), lines, now)?;
        }
    }
    let slug = seeded(Slug::parse("hunter-street"), "slug")?;
    for (_, facility) in facilities::with_sites(conn, &Filter { site: Some(&slug), ..Filter::default() })? {
        lay_out(conn, &facility, now)?;
    }
    Ok(())
}

/// Books the projector for a room on the first day on which both rooms can be had, and the other room beside it.
fn take_up(conn: &mut Conn, cast: &Cast, (mailer, now): (&Mailer, Instant)) -> Result<(), StoreError> {
    let circumstances = Circumstances { now: now.plus_minutes(-15), chance: Chance, mailer };
    let slug = seeded(Slug::parse("hunter-street"), "slug")?;
    let Some(site) = sites::by_slug(conn, &slug)? else {
        return Ok(());
    };
    let today = local_date(site.zone, now);
    let mut taken_on = None;
    for (number, seed) in TAKEN_UP.into_iter().enumerate() {
        let days = (2..30).filter_map(|day| today.checked_add_days(Days::new(day)));
        let days: Vec<NaiveDate> = taken_on.map_or_else(|| days.collect(), |on| vec![on]);
        for date in days {
            let start = instant_at(site.zone, date, 14 * 60).ok();
            let Some(session) = start.and_then(|start| Span::new(start, start.plus_minutes(120))) else {
                continue;
            };
            let draft = draft(cast, &site, seed, (session, number == 0))?;
            if let RequestAnswer::Done { .. } = allocation::request(conn, circumstances, &draft)? {
                taken_on = Some(date);
                break;
            }
        }
    }
    Ok(())
}

fn draft(
    cast: &Cast,
    site: &Site,
    (room, organisation, booker, purpose): (&str, &str, &str, &str),
    (session, shows): (Span, bool),
) -> Result<Draft, StoreError> {
    let asked = |name: &str| -> Result<Asked, StoreError> {
        Ok(Asked { extra: seeded(Slug::from_name(name), "slug")?, name: name.to_owned(), number: 1 })
    };
    let extras = if shows { vec![asked("Projector")?, asked("Hearing loop")?] } else { vec![asked("Flip chart")?] };
    Ok(Draft {
        site: site.slug.clone(),
        facility: seeded(Slug::parse(room), "slug")?,
        holder: Holder::Organisation(cast.organisation(organisation)?),
        booked_by: cast.person(booker)?,
        dates: vec![Dated::at(session)],
        repeat: None,
        wanted: Wanted::Whole,
        purpose: purpose.to_owned(),
        note: String::new(),
        people: 8,
        privacy: Privacy::Organisation,
        set_aside: None,
        terms: None,
        particulars: Particulars { layout: "Theatre".to_owned(), extras, ..Particulars::default() },
        nonce: Chance.token().reveal().to_owned(),
    })
}

/// Every other booking near today in a room with layouts wants one of them.
fn lay_out(conn: &mut Conn, facility: &Facility, now: Instant) -> Result<(), StoreError> {
    let Some(near) = Span::new(now.plus_days(-2), now.plus_days(10)).filter(|_| !facility.care.layouts.is_empty())
    else {
        return Ok(());
    };
    let mut known = Vec::new();
    for one in jobs::around(conn, &[facility.id], near)? {
        if known.contains(&one.booking) || !one.particulars.layout.is_empty() {
            continue;
        }
        known.push(one.booking);
        let layout = facility.care.layouts.iter().cycle().nth(known.len()).filter(|_| known.len() % 3 != 0);
        if let Some(layout) = layout.cloned() {
            particulars::set(conn, one.booking, &Particulars { layout, ..one.particulars })?;
        }
    }
    Ok(())
}

/// The list, and how the last five days were left: one of them in part, one not at all.
fn close_days(conn: &mut Conn, (site, by): (&Site, PersonId), lines: usize, now: Instant) -> Result<(), StoreError> {
    let list: Vec<String> = USUAL.iter().take(lines).map(|line| (*line).to_owned()).collect();
    closing::set_list(conn, site.id, &list)?;
    let today = local_date(site.zone, now);
    for days in 1..6 {
        let Some(date) = today.checked_sub_days(Days::new(days)).filter(|_| days != 4) else {
            continue;
        };
        let Some(last) = last_out(conn, site, date)? else {
            continue;
        };
        let new = Closing {
            ticked: if days == 3 { vec![0, 1] } else { (0..list.len()).collect() },
            lines: list.clone(),
            done_at: last.session.end().plus_minutes(6).min(now),
            done_name: if days % 2 == 0 { "Rita".to_owned() } else { "Jo Marsh".to_owned() },
            by_staff: days % 2 == 0,
        };
        closing::set(conn, (site.id, date), &new, Some(by).filter(|_| new.by_staff))?;
    }
    Ok(())
}
