//! What space costs in the demo world, what its organisations offer, a room for some only and one with a week that is nearly used up.

use chrono::{Datelike, Days, NaiveDate};

use super::cast::Cast;
use super::places::seeded;
use super::world::ORGANISATIONS;
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::kinds::Kind;
use crate::domain::money::Pence;
use crate::domain::organisation::Class;
use crate::domain::places::Facility;
use crate::domain::quota::monday;
use crate::domain::rates::{Payer, Per, Rate, Terms, with};
use crate::domain::rules::Rules;
use crate::domain::services::{Access, ClassSet, Service, ServiceSet};
use crate::domain::span::Instant;
use crate::domain::statement::Charging;
use crate::store::facilities::{self, Filter};
use crate::store::{Conn, StoreError, occurrences, organisations, rates, sites};

/// The sites that have rates; the others show no prices.
const SITES: [&str; 9] = [
    "hunter-street",
    "axminster",
    "offerton",
    "tidewell-house",
    "larkmeadow",
    "foxholm",
    "inkwell-yard",
    "tannery-hill",
    "osierbank",
];
/// A site that charges nobody who did not come.
const KIND_SITE: &str = "larkmeadow";

/// The room for some classes only, the one for a service, and the one with a quota.
const FOR_SOME: (&str, &str) = ("hunter-street", "rowan");
const FOR_FOOD: (&str, &str) = ("axminster", "kitchen");
const WITH_QUOTA: (&str, &str, &str) = ("hunter-street", "birch", "lanternwick");

/// What an hour is usually worth in pence, by the kind of space.
fn worth(kind: Kind) -> i64 {
    match kind {
        Kind::Counselling => 1_200,
        Kind::Consulting => 1_600,
        Kind::Kitchen => 900,
        Kind::Sensory => 1_400,
        Kind::Outdoor => 800,
        _ => 1_500,
    }
}

/// Rates since long before the first booking, so that every booking of the story has its price; and for businesses a higher one from
/// the month after next.
pub fn before_the_story(conn: &mut Conn, since: Instant, now: Instant) -> Result<(), StoreError> {
    let zone = chrono_tz::Europe::London;
    let first = local_date(zone, since).with_day(1).unwrap_or_default();
    let later = local_date(zone, now).checked_add_days(Days::new(62)).and_then(|date| date.with_day(1));
    for slug in SITES {
        let Some(site) = sites::by_slug(conn, &seeded(Slug::parse(slug), "slug")?)? else {
            continue;
        };
        let filter = Filter { sites: Some(&[site.id]), ..Filter::default() };
        for (_, facility) in facilities::with_sites(conn, &filter)? {
            rates::set(conn, facility.id, &rates_of(&facility, first, later.unwrap_or(first)))?;
        }
        if slug == KIND_SITE {
            rates::set_charging(conn, site.id, Charging { absent: false, ..Charging::USUAL })?;
        }
    }
    Ok(())
}

fn rates_of(facility: &Facility, first: NaiveDate, later: NaiveDate) -> Vec<Rate> {
    let rate = |payer, per, price: i64, value: i64, from| Rate {
        from,
        terms: Terms { payer, per, price: Pence::new(price), value: Pence::new(value) },
    };
    if facility.kind == Kind::Allotment {
        return Payer::ALL.into_iter().map(|payer| rate(payer, Per::Season, 4_800, 4_800, first)).collect();
    }
    if !facility.kind.entry().by_the_hour {
        return Vec::new();
    }
    let worth = worth(facility.kind);
    let all = [
        rate(Payer::Class(Class::Charity), Per::Hour, 0, worth, first),
        rate(Payer::Class(Class::Community), Per::Hour, 0, worth, first),
        rate(Payer::Class(Class::Statutory), Per::Hour, worth * 3 / 4, worth, first),
        rate(Payer::Class(Class::Commercial), Per::Hour, worth, worth, first),
        rate(Payer::Class(Class::Commercial), Per::Hour, worth + 200, worth + 200, later),
        rate(Payer::Person, Per::Session, worth, worth, first),
    ];
    all.into_iter().fold(Vec::new(), |rates, one| with(&rates, one))
}

/// What organisations offer, by what they book in the story.
fn offers(kinds: &[&str]) -> ServiceSet {
    let service = |kind: &&str| match *kind {
        "counselling" => Some(Service::Counselling),
        "consulting" => Some(Service::Advice),
        "kitchen" => Some(Service::Food),
        "outdoor" => Some(Service::Exercise),
        "sensory" | "babybank" => Some(Service::Families),
        "allotment" => Some(Service::Growing),
        "group" => Some(Service::SupportGroup),
        _ => None,
    };
    ServiceSet::of(kinds.iter().filter_map(service))
}

/// After the story, so that nothing of it is refused: services, a room for some, one for a service, one with a quota.
pub fn after_the_story(conn: &mut Conn, cast: &Cast, now: Instant) -> Result<(), StoreError> {
    for seed in ORGANISATIONS {
        organisations::set_services(conn, cast.organisation(seed.slug)?, offers(seed.kinds))?;
    }
    let classes = ClassSet::of([Class::Charity, Class::Community, Class::Statutory]);
    change(conn, FOR_SOME, |rules| {
        let services = ServiceSet::of([Service::Counselling, Service::Advice]);
        Rules { access: Access { classes, services }, ..rules }
    })?;
    change(conn, FOR_FOOD, |rules| {
        let services = ServiceSet::of([Service::Food]);
        Rules { access: Access { services, ..Access::ALL }, ..rules }
    })?;
    let (site, facility, organisation) = WITH_QUOTA;
    let organisation = cast.organisation(organisation)?;
    let first = monday(local_date(chrono_tz::Europe::London, now.plus_days(7)));
    let week = (first, first + chrono::Duration::days(6));
    let room = place(conn, (site, facility))?;
    let used = occurrences::used(conn, organisation, &[room.id], week)?;
    let minutes: i64 = used.iter().flat_map(|(_, used)| used).map(|one| one.occupied_minutes).sum();
    // An hour or two are left of it.
    let hours = i32::try_from(minutes / 60 + 2).unwrap_or(20).max(4);
    change(conn, (site, facility), |rules| Rules { week_minutes: Some(hours * 60), ..rules })
}

fn place(conn: &mut Conn, (site, facility): (&str, &str)) -> Result<Facility, StoreError> {
    let slugs = (seeded(Slug::parse(site), "slug")?, seeded(Slug::parse(facility), "slug")?);
    let found = facilities::by_slug(conn, &slugs.0, &slugs.1)?;
    seeded(found.map(|(_, facility)| facility), "facility")
}

fn change(conn: &mut Conn, at: (&str, &str), new: impl Fn(Rules) -> Rules) -> Result<(), StoreError> {
    let facility = place(conn, at)?;
    facilities::set_rules(conn, facility.id, &new(facility.rules))
}
