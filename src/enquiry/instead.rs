//! What dates that lose their place could have instead, spread so that no place is the first suggestion of two of them. Reads, never writes.

use chrono::{Days, NaiveDate};

use super::facts::{Loaded, around, load_all};
use super::find::nearest_length;
use super::series::elsewhere;
use crate::domain::availability::{Taken, TakenBy, Wanted};
use crate::domain::care::Brings;
use crate::domain::hours::local_date;
use crate::domain::ids::{OccurrenceId, OrganisationId, Slug, UnitId};
use crate::domain::judge::{Facts, Proposal, judge};
use crate::domain::nearest::{self, Instead};
use crate::domain::places::{Facility, Site};
use crate::domain::span::{Instant, Span};
use crate::store::facilities::{self, Filter};
use crate::store::{Conn, StoreError};

/// So many places are named for each date.
const MOST: usize = 3;
/// The same time is looked for on so many days after.
const DAYS_AFTER: u64 = 7;

/// A date that loses its place.
#[derive(Debug, Clone)]
pub struct Lost {
    pub occurrence: OccurrenceId,
    pub facility: Slug,
    pub session: Span,
    pub wanted: Wanted,
    pub people: i32,
    pub organisation: Option<OrganisationId>,
}

/// Looks in four queries, however many dates there are. `closing` is what will be closed, which counts as taken.
pub fn look(
    conn: &mut Conn,
    site: &Site,
    (units, closing): (&[UnitId], &[Span]),
    lost: &[Lost],
    now: Instant,
) -> Result<Vec<(OccurrenceId, Vec<Instead>)>, StoreError> {
    if lost.is_empty() {
        return Ok(Vec::new());
    }
    let all = facilities::with_sites(conn, &Filter { site: Some(&site.slug), ..Filter::default() })?;
    let all: Vec<&Facility> = all.iter().map(|(_, one)| one).collect();
    look_among(conn, (site, &all), (units, closing), lost, now)
}

/// As [`look`], among facilities of the site that are loaded already.
pub fn look_among(
    conn: &mut Conn,
    (site, all): (&Site, &[&Facility]),
    (units, closing): (&[UnitId], &[Span]),
    lost: &[Lost],
    now: Instant,
) -> Result<Vec<(OccurrenceId, Vec<Instead>)>, StoreError> {
    let dates = lost.iter().map(|one| local_date(site.zone, one.session.start()));
    let (Some(from), Some(to)) = (dates.clone().min(), dates.max()) else {
        return Ok(Vec::new());
    };
    let all: Vec<&Facility> = all.iter().copied().filter(|one| one.kind.entry().by_the_hour).collect();
    let until = to.checked_add_days(Days::new(DAYS_AFTER)).unwrap_or(to);
    let mut loaded = load_all(conn, site, &all, None, (from, until))?;
    loaded.taken.retain(|one| lost.iter().all(|lost| !one.is_of(lost.occurrence)));
    for span in closing {
        let by = TakenBy::Closure { reason: String::new() };
        loaded.taken.extend(units.iter().map(|unit| Taken { unit: *unit, span: *span, by: by.clone() }));
    }
    let mut looker = Looker { site, all, loaded, now };
    let mut found: Vec<(OccurrenceId, Vec<Instead>)> = Vec::with_capacity(lost.len());
    // The first of each is counted as taken before anybody gets a second one.
    for one in lost {
        let first = looker.first(one);
        found.push((one.occurrence, first.into_iter().collect()));
    }
    for (one, (_, places)) in lost.iter().zip(&mut found).filter(|(_, (_, places))| !places.is_empty()) {
        places.extend(looker.candidates(one, MOST - 1).into_iter().map(|(_, instead)| instead));
    }
    Ok(found)
}

struct Looker<'a> {
    site: &'a Site,
    all: Vec<&'a Facility>,
    loaded: Loaded,
    now: Instant,
}

impl<'a> Looker<'a> {
    /// The nearest place, counted as taken from now on.
    fn first(&mut self, lost: &Lost) -> Option<Instead> {
        let (facility, instead) = self.candidates(lost, 1).into_iter().next()?;
        let asked = proposal(lost, facility, instead.session, self.now);
        let verdict = judge(&self.loaded.facts(facility), &asked, self.now);
        self.loaded.count_in(facility, &asked, &verdict, OccurrenceId::new(-1 - lost.occurrence.row()));
        Some(instead)
    }

    /// Nearest first: the place for bad weather, a like place at the very time, the same place at another time of that day, the same time on a later day.
    fn candidates(&self, lost: &Lost, most: usize) -> Vec<(&'a Facility, Instead)> {
        let Some(own) = self.all.iter().find(|one| one.slug == lost.facility) else {
            return Vec::new();
        };
        let mut found: Vec<(&'a Facility, Span)> = Vec::new();
        let date = local_date(self.site.zone, lost.session.start());
        let near = self.near(date);
        let fallback = self.all.iter().find(|one| own.fallback == Some(one.id));
        for one in fallback.into_iter().filter(|one| lost.people <= one.rules.capacity) {
            let asked = proposal(lost, one, nearest_length(&self.loaded.facts(one), lost.session), self.now);
            let facts = Facts { taken: &near, ..self.loaded.facts(one) };
            if judge(&facts, &asked, self.now).is_yes() {
                found.push((one, asked.session));
            }
        }
        for like in self.all.iter().filter(|one| is_like(one, own, lost)) {
            let asked = proposal(lost, like, lost.session, self.now);
            let facts = Facts { taken: &near, ..self.loaded.facts(like) };
            if found.len() < most && judge(&facts, &asked, self.now).is_yes() {
                found.push((like, lost.session));
            }
        }
        let facts = Facts { taken: &near, ..self.loaded.facts(own) };
        if found.len() < most {
            let asked = proposal(lost, own, nearest_length(&facts, lost.session), self.now);
            let times = nearest::same_day(&facts, &asked, self.now, usize::MAX);
            let mut times: Vec<Span> = times.into_iter().filter(|span| *span != lost.session).collect();
            times.sort_by_key(|span| span.start().seconds().abs_diff(lost.session.start().seconds()));
            found.extend(times.into_iter().take(most - found.len()).map(|span| (*own, span)));
        }
        if found.len() < most {
            let dates: Vec<NaiveDate> = date.iter_days().skip(1).take(DAYS_AFTER as usize).collect();
            let facts = self.loaded.facts(own);
            let asked = proposal(lost, own, lost.session, self.now);
            let days = nearest::other_days(&facts, &asked, self.now, &dates, most - found.len());
            found.extend(days.into_iter().map(|span| (*own, span)));
        }
        let instead = |facility: &'a Facility, session| {
            (facility, Instead { facility: facility.slug.clone(), name: facility.name.clone(), session })
        };
        found.into_iter().map(|(facility, session)| instead(facility, session)).collect()
    }

    /// Only what is near a day can be in the way on it; the rest of the year need not be looked through for each start.
    fn near(&self, date: NaiveDate) -> Vec<Taken> {
        let near = around(self.site, date, date);
        let taken = self.loaded.taken.iter();
        taken.filter(|one| near.is_some_and(|near| one.span.overlaps(near))).cloned().collect()
    }
}

fn is_like(one: &Facility, own: &Facility, lost: &Lost) -> bool {
    one.id != own.id
        && own.fallback != Some(one.id)
        && one.listed
        && one.kind == own.kind
        && lost.people <= one.rules.capacity
        && own.needs.iter().all(|need| one.needs.contains(need))
}

/// Quotas are left out: the date that is lost counts in them no more.
fn proposal(lost: &Lost, facility: &Facility, session: Span, now: Instant) -> Proposal {
    let wanted = if facility.slug == lost.facility { lost.wanted.clone() } else { elsewhere(&lost.wanted, facility) };
    let organisation = lost.organisation;
    Proposal {
        session,
        wanted,
        people: lost.people,
        organisation,
        besides: Vec::new(),
        asked: now,
        brings: Brings::default(),
    }
}
