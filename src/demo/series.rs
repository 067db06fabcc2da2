//! Weekly series of the demo world: one that stands, one that waits for a decision, one that asks for a change, one that nobody has said is
//! still needed, one that ends soon, and one that two organisations share. Not its single bookings.

use chrono::{Duration, NaiveDate};

use super::cast::Cast;
use super::places::seeded;
use crate::allocation::{
    self, Change, ChangeAnswer, Circumstances, Dated, Dates, Decision, Draft, NewPlace, RequestAnswer,
};
use crate::chance::Chance;
use crate::domain::availability::Wanted;
use crate::domain::booking::Scope;
use crate::domain::holder::Holder;
use crate::domain::hours::{instant_at, local_date};
use crate::domain::ids::{Reference, Slug};
use crate::domain::places::Site;
use crate::domain::recurrence::{End, Every, Pattern, Repeat};
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};
use crate::mail::Mailer;
use crate::store::{Conn, StoreError, bookings, sessions, sites};

/// A series, and what has become of it.
struct Seed {
    site: &'static str,
    facility: &'static str,
    organisation: &'static str,
    booker: &'static str,
    manager: &'static str,
    purpose: &'static str,
    /// How many days ago it was asked for.
    asked_days_ago: i64,
    /// The first date, in days from today; before today for one that has begun.
    days_ahead: i64,
    /// Minutes after local midnight.
    from: i32,
    to: i32,
    number: u32,
    privacy: Privacy,
    /// Whether the manager has said yes.
    approved: bool,
    /// The booker would rather have it so many minutes later.
    later: Option<i32>,
    /// By what name the booker shares it with a second organisation.
    shared_with: Option<&'static str>,
}

const SEEDS: [Seed; 6] = [
    Seed {
        site: "hunter-street",
        facility: "willow",
        organisation: "lanternwick",
        booker: "booker@example.org",
        manager: "manager@example.org",
        purpose: "Evening peer group",
        asked_days_ago: 1,
        days_ahead: 3,
        from: 1_080,
        to: 1_170,
        number: 12,
        privacy: Privacy::Confidential,
        approved: true,
        later: None,
        shared_with: None,
    },
    Seed {
        site: "hunter-street",
        facility: "willow",
        organisation: "threadmoor",
        booker: "simon.goodhew@example.org",
        manager: "manager@example.org",
        purpose: "Welcome evening",
        asked_days_ago: 1,
        days_ahead: 4,
        from: 1_080,
        to: 1_170,
        number: 8,
        privacy: Privacy::Organisation,
        approved: false,
        later: None,
        shared_with: None,
    },
    Seed {
        site: "hunter-street",
        facility: "willow",
        organisation: "threadmoor",
        booker: "simon.goodhew@example.org",
        manager: "manager@example.org",
        purpose: "Sewing circle",
        asked_days_ago: 1,
        days_ahead: 6,
        from: 1_020,
        to: 1_110,
        number: 6,
        privacy: Privacy::Organisation,
        approved: true,
        later: Some(60),
        shared_with: None,
    },
    // Its booker was asked three weeks ago whether it is still needed, and has not answered.
    Seed {
        site: "hunter-street",
        facility: "willow",
        organisation: "lanternwick",
        booker: "booker@example.org",
        manager: "manager@example.org",
        purpose: "Relaxation class",
        asked_days_ago: 84,
        days_ahead: -77,
        from: 1_170,
        to: 1_230,
        number: 24,
        privacy: Privacy::Organisation,
        approved: true,
        later: None,
        shared_with: None,
    },
    // Its last date is in three weeks.
    Seed {
        site: "hunter-street",
        facility: "willow",
        organisation: "lanternwick",
        booker: "booker@example.org",
        manager: "manager@example.org",
        purpose: "Listening skills course",
        asked_days_ago: 49,
        days_ahead: -40,
        from: 1_170,
        to: 1_230,
        number: 10,
        privacy: Privacy::Organisation,
        approved: true,
        later: None,
        shared_with: None,
    },
    Seed {
        site: "hunter-street",
        facility: "willow",
        organisation: "threadmoor",
        booker: "simon.goodhew@example.org",
        manager: "manager@example.org",
        purpose: "English conversation",
        asked_days_ago: 2,
        days_ahead: 5,
        from: 1_170,
        to: 1_230,
        number: 6,
        privacy: Privacy::Organisation,
        approved: true,
        later: None,
        shared_with: Some("Lanternwick Counselling"),
    },
];

/// How long ago the chore asked whether series are still needed.
const QUESTION_DAYS_AGO: i64 = 20;

/// Asks for each series, decides four hours later, asks for the change an hour ago, and lets the chore ask what is still needed.
pub fn book(conn: &mut Conn, cast: &Cast, mailer: &Mailer, now: Instant) -> Result<(), StoreError> {
    for seed in &SEEDS {
        let asked = Circumstances { now: now.plus_days(-seed.asked_days_ago), chance: Chance, mailer };
        let Some(reference) = ask(conn, cast, asked, seed)? else {
            continue;
        };
        if seed.approved {
            let decided = Circumstances { now: asked.now.plus_hours(4), ..asked };
            act(conn, cast, (seed.manager, &reference), decided.now, |conn, actor, version| {
                let yes = Decision::Approve { dates: Dates::All };
                allocation::decide(conn, decided, actor, (&reference, version), &yes).map(|_| ())
            })?;
        }
        if let Some(name) = seed.shared_with {
            let shared = Circumstances { now: asked.now.plus_hours(8), ..asked };
            act(conn, cast, (seed.booker, &reference), shared.now, |conn, actor, version| {
                allocation::share(conn, shared, actor, (&reference, version), name).map(|_| ())
            })?;
        }
        if let Some(minutes) = seed.later {
            let wished = Circumstances { now: now.plus_hours(-1), ..asked };
            act(conn, cast, (seed.booker, &reference), wished.now, |conn, actor, version| {
                for change in wishes(seed, minutes) {
                    let answer = allocation::change(conn, wished, actor, (&reference, version), &change)?;
                    if matches!(answer, ChangeAnswer::Done { .. }) {
                        break;
                    }
                }
                Ok(())
            })?;
        }
    }
    for at in [now.plus_days(-QUESTION_DAYS_AGO), now] {
        let most = i64::try_from(SEEDS.len()).unwrap_or_default();
        allocation::ask_needed(conn, Circumstances { now: at, chance: Chance, mailer }, most)?;
    }
    Ok(())
}

/// What its booker could wish, the first that can be had: all dates so many minutes later, or earlier, or one of them at another
/// time of its day. What else takes place differs with the day on which the demo is started.
fn wishes(seed: &Seed, minutes: i32) -> Vec<Change> {
    let by = |minutes: i32| NewPlace { minutes: Some((seed.from + minutes, seed.to + minutes)), ..NewPlace::default() };
    let wish = |from, scope, minutes| Change { from, scope, place: by(minutes), words: None };
    let dates = 1..=i32::try_from(seed.number).unwrap_or(1);
    let times = (1..=8).flat_map(|times| [times * minutes, -times * minutes]);
    let one = times.flat_map(|minutes| dates.clone().map(move |from| wish(from, Scope::This, minutes)));
    [minutes, -minutes].into_iter().map(|minutes| wish(1, Scope::All, minutes)).chain(one).collect()
}

/// The reference of the series, on the first weekday from the seed's own on which at least half of it can be had, without the
/// dates that cannot: what else takes place differs with the day on which the demo is started.
fn ask(
    conn: &mut Conn,
    cast: &Cast,
    circumstances: Circumstances<'_>,
    seed: &Seed,
) -> Result<Option<Reference>, StoreError> {
    let slug = seeded(Slug::parse(seed.site), "slug")?;
    let Some(site) = sites::by_slug(conn, &slug)? else {
        return Ok(None);
    };
    let today = local_date(site.zone, circumstances.now.plus_days(seed.asked_days_ago));
    for later in 0..7 {
        let first = today.checked_add_signed(Duration::days(seed.days_ahead + later)).unwrap_or(today);
        let mut draft = draft_of(cast, seed, (&site, first))?;
        for _ in 0..2 {
            match allocation::request(conn, circumstances, &draft)? {
                RequestAnswer::Done { reference, .. } => return Ok(Some(reference)),
                RequestAnswer::Refused(dates) if dates.len() * 2 <= draft.dates.len() => {
                    for (place, _) in dates {
                        if let Some(date) = draft.dates.get_mut(place) {
                            date.left_out = true;
                        }
                    }
                }
                _ => break,
            }
        }
    }
    Ok(None)
}

fn draft_of(cast: &Cast, seed: &Seed, (site, first): (&Site, NaiveDate)) -> Result<Draft, StoreError> {
    let every = Every::Week(vec![crate::domain::hours::weekday(first)]);
    let pattern = Pattern { first, repeat: Repeat { every, interval: 1, end: End::After(seed.number) } };
    let span = |date| {
        let at = |minute| instant_at(site.zone, date, minute).ok();
        Span::new(at(seed.from)?, at(seed.to)?)
    };
    Ok(Draft {
        site: site.slug.clone(),
        facility: seeded(Slug::parse(seed.facility), "slug")?,
        holder: Holder::Organisation(cast.organisation(seed.organisation)?),
        booked_by: cast.person(seed.booker)?,
        dates: pattern.dates().into_iter().filter_map(span).map(Dated::at).collect(),
        repeat: Some(pattern),
        wanted: Wanted::Whole,
        purpose: seed.purpose.to_owned(),
        note: String::new(),
        people: 6,
        privacy: seed.privacy,
        set_aside: None,
        terms: None,
        particulars: Default::default(),
        nonce: Chance.token().reveal().to_owned(),
    })
}

/// Does something as a person to a booking as it stands.
fn act(
    conn: &mut Conn,
    cast: &Cast,
    (email, reference): (&'static str, &Reference),
    at: Instant,
    what: impl Fn(&mut Conn, &crate::domain::policy::Actor, i32) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let person = cast.person(email)?;
    match (sessions::actor(conn, person, at)?, bookings::by_reference(conn, reference)?) {
        (Some(actor), Some(booking)) => what(conn, &actor, booking.version),
        _ => Ok(()),
    }
}
