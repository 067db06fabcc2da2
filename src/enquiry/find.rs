//! Finding a space across the estate: what fits and why, and the nearest yes where nothing does. Six queries at the most, however large the estate.

use chrono::{Days, NaiveDate};

use crate::domain::availability::{Taken, free_stretches, usual};
use crate::domain::care::{Brings, NO_CARE};
use crate::domain::hours::{NoSuchTime, WeeklyHours, instant_at, local_date};
use crate::domain::ids::{OrganisationId, SiteId, Slug, UnitId};
use crate::domain::judge::{Facts, Needs, Proposal, Verdict, judge};
use crate::domain::kinds::{Kind, Need};
use crate::domain::named;
use crate::domain::nearest;
use crate::domain::opening::open_spans;
use crate::domain::organisation::Class;
use crate::domain::places::{Facility, Site};
use crate::domain::rules::Approval;
use crate::domain::services::Profile;
use crate::domain::span::{Instant, Span};
use crate::store::facilities::{self, Filter};
use crate::store::{Conn, StoreError, occupancies, organisations};

/// So many days ahead are looked at for the same time on another day.
const DAYS_AHEAD: u64 = 14;
/// So many near misses are worked out at the most.
const MOST_NEAR: usize = 12;
/// With so many places that fit, nobody needs to hear of those that nearly do.
const ENOUGH: usize = 6;

/// What somebody looks for.
#[derive(Debug, Clone)]
pub struct Wish {
    pub kind: Option<Kind>,
    pub site: Option<Slug>,
    pub date: NaiveDate,
    /// Minutes after local midnight; without them, what is free that day is shown.
    pub times: Option<(i32, i32)>,
    pub people: i32,
    pub needs: Vec<Need>,
    pub organisation: Option<OrganisationId>,
}

/// A facility that fits.
#[derive(Debug)]
pub struct Fit {
    pub site: Site,
    pub facility: Facility,
    /// The time asked for, or all that is free on the day.
    pub free: Vec<Span>,
    pub needs: Needs,
}

/// A facility that does not fit as asked, with what comes near.
#[derive(Debug)]
pub struct Near {
    pub site: Site,
    pub facility: Facility,
    pub verdict: Verdict,
    pub same_day: Vec<Span>,
    pub other_days: Vec<Span>,
}

/// The answer to a search.
#[derive(Debug, Default)]
pub struct Found {
    pub fits: Vec<Fit>,
    pub near: Vec<Near>,
    /// How many facilities of this kind and place are too small or lack what is needed.
    pub unsuitable: usize,
    /// How many people the largest of this kind and place takes; `None` when there is no such space.
    pub largest: Option<i32>,
    /// The time does not exist at the sites that were looked at.
    pub no_such_time: Option<NoSuchTime>,
}

/// Looks for a space, among these sites.
pub fn find(conn: &mut Conn, wish: &Wish, sites: &[Site], now: Instant) -> Result<Found, StoreError> {
    let filter = Filter { site: wish.site.as_ref(), kind: wish.kind, listed_only: true, ..Filter::default() };
    let mut all = facilities::of_sites(conn, &filter, sites)?;
    let total = all.len();
    all.retain(|(_, facility)| facility.kind.entry().by_the_hour);
    let largest = all.iter().map(|(_, facility)| facility.rules.capacity).max();
    let places: Vec<(Site, Facility)> = all
        .into_iter()
        .filter(|(_, facility)| wish.people <= facility.rules.capacity)
        .filter(|(_, facility)| wish.needs.iter().all(|need| facility.needs.contains(need)))
        .filter(|(_, facility)| facility.retired_from.is_none_or(|from| wish.date < from))
        .collect();
    let mut found = Found { unsuitable: total - places.len(), largest, ..Found::default() };
    let mut ids: Vec<SiteId> = places.iter().map(|(site, _)| site.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let hours = crate::store::sites::hours(conn, &ids)?;
    if places.is_empty() {
        return Ok(found);
    }
    let Some(within) = reach(&places, wish) else {
        found.no_such_time = Some(NoSuchTime::OutOfRange);
        return Ok(found);
    };
    let taken = occupancies::taken(conn, &units_of(&places), within)?;
    let profile = profile(conn, wish, &places, now)?;
    let mut near: Vec<(Site, Facility)> = Vec::new();
    for (site, facility) in places {
        let open = open_days(&hours, &site, &facility, wish.date, wish.date);
        let own = of_facility(&taken, &facility);
        let facts = facts((&site, &facility), &open, &own, profile);
        match look_at(&facts, wish, now) {
            Ok(Look::Fits { free, needs }) => found.fits.push(Fit { site, facility, free, needs }),
            Ok(Look::Not) => near.push((site, facility)),
            Err(fault) => found.no_such_time = Some(fault),
        }
    }
    found.fits.sort_by_key(|fit| fit.facility.rules.capacity - wish.people);
    if wish.times.is_some() && found.fits.len() < ENOUGH {
        near.truncate(MOST_NEAR);
        found.near = look_further(conn, (wish, profile), near, &hours, now)?;
    }
    Ok(found)
}

/// The stretch of time in which something could be in the way of what is looked for, at any of the places: the times asked
/// for with set-up and turnaround, or without times the whole day. What is read decides how long a search takes.
fn reach(places: &[(Site, Facility)], wish: &Wish) -> Option<Span> {
    let asked = |site: &Site, facility: &Facility| {
        let (from, to) = wish.times?;
        let at = |minute| instant_at(site.zone, wish.date, minute).ok();
        let rules = &facility.rules;
        let asked = Span::new(at(from)?, at(to)?)?;
        // Any session that has the time in it may serve it.
        let sessions = named::around(&facility.sessions, site.zone, asked);
        let longest = sessions.into_iter().fold(asked, Span::with);
        let (before, after) = (rules.set_up_minutes, rules.turnaround_minutes);
        let gap = rules.arrival_gap_minutes;
        Some(longest.widened(before.max(gap).into(), after.max(gap).into()))
    };
    let spans = places.iter().filter_map(|(site, facility)| {
        asked(site, facility).or_else(|| crate::domain::hours::day(site.zone, wish.date).ok())
    });
    spans.reduce(Span::with)
}

fn units_of(places: &[(Site, Facility)]) -> Vec<UnitId> {
    let mut units: Vec<UnitId> = places.iter().flat_map(|(_, facility)| facility.units_to_look_at()).collect();
    units.sort_unstable();
    units.dedup();
    units
}

/// What takes one facility's units, out of what is sorted by unit, so that judging it looks at nothing else.
fn of_facility(taken: &[Taken], facility: &Facility) -> Vec<Taken> {
    let of_unit = |unit: UnitId| {
        let from = taken.partition_point(|one| one.unit < unit);
        let to = taken.partition_point(|one| one.unit <= unit);
        taken.get(from..to).unwrap_or_default().iter().cloned()
    };
    facility.units_to_look_at().into_iter().flat_map(of_unit).collect()
}

fn open_days(
    hours: &[(SiteId, WeeklyHours)],
    site: &Site,
    facility: &Facility,
    from: NaiveDate,
    to: NaiveDate,
) -> Vec<Span> {
    let own: Vec<WeeklyHours> = hours.iter().filter(|(id, _)| *id == site.id).map(|(_, hours)| *hours).collect();
    open_spans(site, facility, &own, (from, to))
}

fn facts<'a>(
    (site, facility): (&Site, &'a Facility),
    open: &'a [Span],
    taken: &'a [Taken],
    profile: Profile,
) -> Facts<'a> {
    let (zone, papers, care) = (site.zone, None, &NO_CARE);
    let commissioned = profile.class.is_some_and(Class::is_commissioned);
    Facts { facility, zone, open, taken, used: &[], trusted: false, commissioned, profile, papers, care }
}

/// What whoever looks is; asked only where a place is not for everybody, or a date so far ahead depends on it.
fn profile(conn: &mut Conn, wish: &Wish, places: &[(Site, Facility)], now: Instant) -> Result<Profile, StoreError> {
    let beyond = |site: &Site, facility: &Facility| {
        let last = local_date(site.zone, now.plus_days(facility.rules.horizon_days.into()));
        let far = facility.rules.horizon_commissioned_days.is_some() && last < wish.date;
        far || facility.rules.access.is_limited()
    };
    let depends = places.iter().find(|(site, facility)| beyond(site, facility));
    let Some(((site, _), organisation)) = depends.zip(wish.organisation) else {
        return Ok(Profile::default());
    };
    Ok(organisations::regard(conn, organisation, site.id)?.0.profile)
}

/// Other times and days for the few that come first, with one more query for all of them.
fn look_further(
    conn: &mut Conn,
    (wish, profile): (&Wish, Profile),
    places: Vec<(Site, Facility)>,
    hours: &[(SiteId, WeeklyHours)],
    now: Instant,
) -> Result<Vec<Near>, StoreError> {
    let last = wish.date.checked_add_days(Days::new(DAYS_AHEAD)).unwrap_or(wish.date);
    let Some(within) = places.first().and_then(|(site, _)| super::facts::around(site, wish.date, last)) else {
        return Ok(Vec::new());
    };
    let taken = occupancies::taken(conn, &units_of(&places), within)?;
    let mut found: Vec<Near> = places
        .into_iter()
        .filter_map(|(site, facility)| {
            let open = open_days(hours, &site, &facility, wish.date, last);
            let own = of_facility(&taken, &facility);
            let facts = facts((&site, &facility), &open, &own, profile);
            let proposal = proposal(&facts, wish, now).ok().flatten()?;
            // Where a session has the time in it, what stands against that session is the reason.
            let around = named::around(&facility.sessions, site.zone, proposal.session).first().copied();
            let served = Proposal { session: around.unwrap_or(proposal.session), ..proposal.clone() };
            let verdict = judge(&facts, &served, now);
            let dates: Vec<NaiveDate> = wish.date.iter_days().skip(1).take_while(|date| *date <= last).collect();
            // A length that the rules never allow is bent to the nearest that they do.
            let bent = Proposal { session: nearest_length(&facts, proposal.session), ..proposal };
            let same_day = nearest::same_day(&facts, &bent, now, 3);
            let other_days = nearest::other_days(&facts, &bent, now, &dates, 2);
            Some(Near { site, facility, verdict, same_day, other_days })
        })
        .collect();
    found.sort_by_key(|near| near.same_day.is_empty() && near.other_days.is_empty());
    Ok(found)
}

/// What a look at one facility on the day gave.
enum Look {
    Fits { free: Vec<Span>, needs: Needs },
    Not,
}

/// What is asked of one facility; `None` without times, or when the end is not after the start.
fn proposal(facts: &Facts<'_>, wish: &Wish, now: Instant) -> Result<Option<Proposal>, NoSuchTime> {
    let Some((from, to)) = wish.times else {
        return Ok(None);
    };
    let start = instant_at(facts.zone, wish.date, from)?;
    let end = instant_at(facts.zone, wish.date, to)?;
    Ok(Span::new(start, end).map(|asked| Proposal {
        session: within(facts, asked),
        wanted: usual(facts.facility),
        people: wish.people,
        organisation: wish.organisation,
        besides: Vec::new(),
        asked: now,
        brings: Brings::default(),
    }))
}

fn look_at(facts: &Facts<'_>, wish: &Wish, now: Instant) -> Result<Look, NoSuchTime> {
    if wish.times.is_none() {
        let barred = wish.organisation.is_some() && !facts.facility.rules.access.admits(facts.profile);
        return Ok(if barred { Look::Not } else { free_that_day(facts, wish, now) });
    }
    let Some(proposal) = proposal(facts, wish, now)? else {
        return Ok(Look::Not);
    };
    let fits = |session: Span| {
        let proposal = Proposal { session, ..proposal.clone() };
        let verdict = judge(facts, &proposal, now);
        verdict.is_yes().then_some(Look::Fits { free: vec![session], needs: verdict.needs })
    };
    if facts.facility.by_session() {
        // The shortest session around the time that can be had serves it.
        let sessions = named::around(&facts.facility.sessions, facts.zone, proposal.session);
        return Ok(sessions.into_iter().find_map(fits).unwrap_or(Look::Not));
    }
    Ok(fits(proposal.session).unwrap_or(Look::Not))
}

/// The longest session that the rules allow within the time asked for: who looks for 10 to 11 is well served by a session of
/// fifty minutes with ten to tidy up. A time too short for the rules, or too long, stays as it was asked.
fn within(facts: &Facts<'_>, asked: Span) -> Span {
    if facts.facility.by_session() {
        return asked;
    }
    let lengths = facts.facility.care.lengths.iter().map(|length| i64::from(*length));
    if let Some(length) = lengths.filter(|length| *length <= asked.minutes()).max() {
        return Span::new(asked.start(), asked.start().plus_minutes(length)).unwrap_or(asked);
    }
    let rules = &facts.facility.rules;
    let (step, around) = (i64::from(rules.step_minutes.max(1)), i64::from(rules.around()));
    let occupied = (asked.minutes() + around) / step * step;
    let allowed = i64::from(rules.shortest_minutes) <= occupied && occupied <= i64::from(rules.longest_minutes);
    let session = Span::new(asked.start(), asked.start().plus_minutes(occupied - around)).filter(|_| allowed);
    session.unwrap_or(asked)
}

/// The session with the length that the rules allow and that is nearest to the one asked for; the named one that serves it best
/// where it is booked by those.
pub fn nearest_length(facts: &Facts<'_>, session: Span) -> Span {
    if facts.facility.by_session() {
        return named::nearest(&facts.facility.sessions, facts.zone, session).unwrap_or(session);
    }
    if let Some(length) = nearest_allowed(facts.facility, session.minutes()) {
        return Span::new(session.start(), session.start().plus_minutes(length)).unwrap_or(session);
    }
    let rules = &facts.facility.rules;
    let step = i64::from(rules.step_minutes.max(1));
    let occupied = (session.minutes() + i64::from(rules.around()) + step - 1) / step * step;
    let length =
        occupied.clamp(rules.shortest_minutes.into(), rules.longest_minutes.into()) - i64::from(rules.around());
    Span::new(session.start(), session.start().plus_minutes(length)).unwrap_or(session)
}

/// Where sessions have certain lengths, the one nearest to so many minutes.
fn nearest_allowed(facility: &Facility, minutes: i64) -> Option<i64> {
    let lengths = facility.care.lengths.iter().map(|length| i64::from(*length));
    lengths.min_by_key(|length| (length.abs_diff(minutes), *length))
}

/// All stretches of the day that are long enough for the shortest booking, or its free sessions.
fn free_that_day(facts: &Facts<'_>, wish: &Wish, now: Instant) -> Look {
    let Ok(day) = crate::domain::hours::day(facts.zone, wish.date) else {
        return Look::Not;
    };
    let shortest = i64::from(facts.facility.lengths().first().copied().unwrap_or_default());
    let from = now.plus_minutes(facts.facility.rules.notice_minutes.into());
    let free: Vec<Span> = free_stretches(facts.facility, facts.open, facts.taken, now)
        .into_iter()
        .filter_map(|span| span.intersection(day))
        .filter_map(|span| Span::new(span.start().max(from), span.end()))
        .filter(|span| shortest <= span.minutes())
        .collect();
    let free = if facts.facility.by_session() { free_sessions(facts, wish, now) } else { free };
    if free.is_empty() {
        return Look::Not;
    }
    let decides = facts.facility.rules.approval != Approval::NotNeeded && !facts.trusted;
    Look::Fits { free, needs: if decides { Needs::Approval } else { Needs::Nothing } }
}

/// The named sessions of the day that can be had.
fn free_sessions(facts: &Facts<'_>, wish: &Wish, now: Instant) -> Vec<Span> {
    let sessions = named::on_date(&facts.facility.sessions, facts.zone, wish.date);
    let can_be_had = |session: &Span| {
        let proposal = Proposal {
            session: *session,
            wanted: usual(facts.facility),
            people: wish.people,
            organisation: wish.organisation,
            besides: Vec::new(),
            asked: now,
            brings: Brings::default(),
        };
        judge(facts, &proposal, now).is_yes()
    };
    sessions.into_iter().map(|(_, session)| session).filter(can_be_had).collect()
}
