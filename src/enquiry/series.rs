//! A series before it is asked for: every date with its own result, and for each that cannot be had the ladder of offers. Reads, never writes.

use chrono::NaiveDate;

use super::alone;
use super::facts::{Known, Loaded, around, load_beside};
use super::find::nearest_length;
use crate::domain::alone::is_alone;
use crate::domain::availability::{Taken, Wanted, usual};
use crate::domain::bank_holidays::holiday;
use crate::domain::care::{Brings, NO_CARE};
use crate::domain::hours::{NoSuchTime, local_date};
use crate::domain::ids::{OrganisationId, SiteId, Slug, UnitId};
use crate::domain::judge::{Facts, Proposal, Verdict, judge};
use crate::domain::leeway::Leeway;
use crate::domain::nearest;
use crate::domain::notice::Notice;
use crate::domain::opening::open_spans;
use crate::domain::places::{Facility, Site};
use crate::domain::quota::Gauge;
use crate::domain::span::{Instant, Span};
use crate::store::facilities::{self, Filter};
use crate::store::{Conn, StoreError, notices, occupancies, sites};

/// So many facilities of the same kind are looked at in the same building.
const MOST_LIKE: usize = 8;
/// So many sites near by, none of them further than this.
const MOST_NEAR: usize = 2;
const NEAR_KM: f64 = 8.0;

/// What is asked for on all the dates.
#[derive(Debug, Clone)]
pub struct SeriesWish {
    pub site: Slug,
    pub facility: Slug,
    pub organisation: Option<OrganisationId>,
    pub wanted: Wanted,
    pub people: i32,
    pub brings: Brings,
    /// What whoever asks may do without.
    pub leeway: Leeway,
    /// Each date with its session, or why the wall never shows that time.
    pub dates: Vec<(NaiveDate, Result<Span, NoSuchTime>)>,
}

/// The result for one date.
#[derive(Debug)]
pub struct DateResult {
    pub date: NaiveDate,
    pub session: Result<Span, NoSuchTime>,
    /// None where the time does not exist.
    pub verdict: Option<Verdict>,
    /// A bank holiday of the site's nation, or a date of its own list.
    pub holiday: Option<String>,
    /// Nobody else would be in the building then, and the rules say that people are told so.
    pub alone: bool,
    /// What could be had instead, nearest first.
    pub ladder: Vec<Rung>,
}

impl DateResult {
    pub fn is_free(&self) -> bool {
        self.verdict.as_ref().is_some_and(Verdict::is_yes)
    }
}

/// One offer in place of a date that cannot be had.
#[derive(Debug, Clone)]
pub enum Rung {
    /// The same facility at another time of that day.
    OtherTime(Span),
    /// A facility of the same kind in the same building, at the same time.
    Like(Facility),
    /// One at a site near by, at the same time.
    Near(Box<Site>, Facility),
}

/// The whole preview.
#[derive(Debug)]
pub struct Preview {
    pub site: Site,
    pub facility: Facility,
    pub results: Vec<DateResult>,
    /// What people who are there on one of the dates must know.
    pub notices: Vec<Notice>,
    /// The fullest of its organisation's weeks with the dates that can be had; none where the rules limit nothing.
    pub gauge: Option<Gauge>,
}

/// Works out the preview in at most eleven queries, however many dates there are. `None` when there is no such place.
pub fn preview(conn: &mut Conn, wish: &SeriesWish, now: Instant) -> Result<Option<Preview>, StoreError> {
    let here = facilities::with_sites(conn, &Filter { site: Some(&wish.site), ..Filter::default() })?;
    let Some((site, facility)) = here.iter().find(|(_, one)| one.slug == wish.facility).cloned() else {
        return Ok(None);
    };
    let (Some(first), Some(last)) = (wish.dates.first(), wish.dates.last()) else {
        return Ok(Some(Preview { site, facility, results: Vec::new(), notices: Vec::new(), gauge: None }));
    };
    let range = (first.0, last.0);
    let like: Vec<&Facility> = here.iter().map(|(_, one)| one).filter(|one| is_like(one, &facility, wish)).collect();
    let mut all: Vec<&Facility> = vec![&facility];
    all.extend(like.iter().take(MOST_LIKE));
    let others = if facility.rules.warns_alone { alone::other_units(&here, &facility) } else { Vec::new() };
    let mut loaded = load_beside(conn, &site, (&all, &others), (wish.organisation, Known::default()), range)?;
    loaded.leeway = wish.leeway;
    let own_dates = sites::own_dates(conn, site.id, range)?;
    let as_it_is = loaded.taken.clone();
    let mut results = judged(&mut loaded, (&site, &facility), wish, now);
    let gauge = loaded.gauge(&facility, wish.dates.iter().map(|(date, _)| *date));
    for result in &mut results {
        let own = own_dates.iter().find(|(date, _)| *date == result.date).map(|(_, name)| name.clone());
        result.alone = facility.rules.warns_alone
            && result.session.is_ok_and(|session| is_alone(session, &as_it_is, &others, now));
        result.holiday = own.or_else(|| holiday(site.nation, result.date).map(str::to_owned));
    }
    if results.iter().any(|result| !result.is_free()) {
        let near = near_places(conn, &site, &facility, wish, range)?;
        let looker = Looker {
            site: &site,
            facility: &facility,
            like: &all,
            near: &near,
            loaded: &loaded,
            taken: &as_it_is,
            wish,
            now,
        };
        for result in results.iter_mut().filter(|result| !result.is_free()) {
            result.ladder = looker.ladder(result);
        }
    }
    let mut notices =
        around(&site, first.0, last.0).map_or(Ok(Vec::new()), |span| notices::within(conn, site.id, span))?;
    let sessions = || wish.dates.iter().filter_map(|(_, session)| session.ok());
    notices.retain(|one| sessions().any(|session| one.touches(facility.id, session)));
    Ok(Some(Preview { site, facility, results, notices, gauge }))
}

fn is_like(one: &Facility, facility: &Facility, wish: &SeriesWish) -> bool {
    one.id != facility.id
        && one.listed
        && one.kind == facility.kind
        && wish.people <= one.rules.capacity
        && one.retired_from.is_none()
        && facility.needs.iter().all(|need| one.needs.contains(need))
}

/// Every date judged, each beside those before it.
fn judged(
    loaded: &mut Loaded,
    (site, facility): (&Site, &Facility),
    wish: &SeriesWish,
    now: Instant,
) -> Vec<DateResult> {
    let proposals: Vec<(&Facility, Proposal)> = wish
        .dates
        .iter()
        .filter_map(|(_, session)| Some((facility, proposal(wish, session.ok()?, wish.wanted.clone(), now))))
        .collect();
    let mut verdicts = loaded.judge_in_turn(&proposals, now).into_iter();
    debug_assert_eq!(site.id, facility.site, "a facility is judged at its own site");
    wish.dates
        .iter()
        .map(|(date, session)| DateResult {
            date: *date,
            session: *session,
            verdict: if session.is_ok() { verdicts.next() } else { None },
            holiday: None,
            alone: false,
            ladder: Vec::new(),
        })
        .collect()
}

fn proposal(wish: &SeriesWish, session: Span, wanted: Wanted, now: Instant) -> Proposal {
    let (people, organisation, brings) = (wish.people, wish.organisation, wish.brings.clone());
    Proposal { session, wanted, people, organisation, besides: Vec::new(), asked: now, brings }
}

/// Facilities of the same kind at sites near by, with what takes them and when they are open.
struct Near {
    site: Site,
    facility: Facility,
    open: Vec<Span>,
    taken: Vec<Taken>,
}

fn near_places(
    conn: &mut Conn,
    site: &Site,
    facility: &Facility,
    wish: &SeriesWish,
    range: (NaiveDate, NaiveDate),
) -> Result<Vec<Near>, StoreError> {
    // The site itself is the holder of nothing elsewhere.
    if wish.organisation.is_none() || site.position.is_none() {
        return Ok(Vec::new());
    }
    let filter = Filter { kind: Some(facility.kind), listed_only: true, ..Filter::default() };
    let mut places: Vec<(f64, Site, Facility)> = facilities::with_sites(conn, &filter)?
        .into_iter()
        .filter(|(other, one)| other.id != site.id && is_like(one, facility, wish))
        .filter_map(|(other, one)| Some((site.distance_km(&other)?, other, one)))
        .filter(|(km, ..)| *km <= NEAR_KM)
        .collect();
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut ids: Vec<SiteId> = Vec::new();
    places.retain(|(_, other, _)| {
        if !ids.contains(&other.id) && ids.len() < MOST_NEAR {
            ids.push(other.id);
            return true;
        }
        false
    });
    let hours = sites::hours(conn, &ids)?;
    let mut units: Vec<UnitId> = places.iter().flat_map(|(_, _, one)| one.units_to_look_at()).collect();
    units.sort_unstable();
    units.dedup();
    let taken = match around(site, range.0, range.1) {
        Some(within) if !units.is_empty() => occupancies::taken(conn, &units, within)?,
        _ => Vec::new(),
    };
    Ok(places
        .into_iter()
        .map(|(_, site, facility)| {
            let own: Vec<_> = hours.iter().filter(|(id, _)| *id == site.id).map(|(_, hours)| *hours).collect();
            let open = open_spans(&site, &facility, &own, range);
            let looked_at = facility.units_to_look_at();
            let taken = taken.iter().filter(|one| looked_at.contains(&one.unit)).cloned().collect();
            Near { site, facility, open, taken }
        })
        .collect())
}

/// What the ladder of a date is built from.
struct Looker<'a> {
    site: &'a Site,
    facility: &'a Facility,
    /// The facility itself, then those like it.
    like: &'a [&'a Facility],
    near: &'a [Near],
    loaded: &'a Loaded,
    taken: &'a [Taken],
    wish: &'a SeriesWish,
    now: Instant,
}

impl Looker<'_> {
    fn ladder(&self, result: &DateResult) -> Vec<Rung> {
        let Ok(session) = result.session else {
            return Vec::new();
        };
        let mut rungs = Vec::new();
        let day = local_date(self.site.zone, session.start());
        let close = |taken: &[Taken]| -> Vec<Taken> {
            // Only what is near the day can be in the way; the rest of the year need not be looked through for each start.
            let near = around(self.site, day, day);
            taken.iter().filter(|one| near.is_some_and(|near| one.span.overlaps(near))).cloned().collect()
        };
        let own_taken = close(&self.loaded.taken);
        let facts = Facts { taken: &own_taken, ..self.loaded.facts(self.facility) };
        let asked = proposal(self.wish, nearest_length(&facts, session), self.wish.wanted.clone(), self.now);
        rungs.extend(nearest::same_day(&facts, &asked, self.now, 2).into_iter().map(Rung::OtherTime));
        let taken = close(self.taken);
        for one in self.like.iter().skip(1) {
            let facts = Facts { taken: &taken, ..self.loaded.facts(one) };
            let asked = proposal(self.wish, session, elsewhere(&self.wish.wanted, one), self.now);
            if judge(&facts, &asked, self.now).is_yes() {
                rungs.push(Rung::Like((*one).clone()));
            }
        }
        for one in self.near {
            let facts = Facts {
                facility: &one.facility,
                zone: one.site.zone,
                open: &one.open,
                taken: &one.taken,
                used: &[],
                trusted: false,
                commissioned: facts.commissioned,
                profile: facts.profile,
                papers: facts.papers,
                care: &NO_CARE,
            };
            let asked = proposal(self.wish, session, elsewhere(&self.wish.wanted, &one.facility), self.now);
            if judge(&facts, &asked, self.now).is_yes() {
                rungs.push(Rung::Near(Box::new(one.site.clone()), one.facility.clone()));
            }
        }
        rungs
    }
}

/// The same number of units in another facility, as far as that can be asked for there.
pub fn elsewhere(wanted: &Wanted, facility: &Facility) -> Wanted {
    match (usual(facility), wanted) {
        (Wanted::Any(_), Wanted::Any(number)) => Wanted::Any(*number),
        (Wanted::Any(_), Wanted::These(units)) => Wanted::Any(units.len()),
        (usual, _) => usual,
    }
}
