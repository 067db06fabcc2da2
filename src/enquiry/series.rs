//! A series before it is asked for: every date with its own result, and for each that cannot be had the ladder of offers. Reads, never writes.

use chrono::NaiveDate;

use super::alone;
use super::facts::{Beside, Known, Loaded, around, load_beside};
use super::find::nearest_length;
use crate::domain::alone::is_alone;
use crate::domain::availability::{Taken, Wanted, usual};
use crate::domain::bank_holidays::holiday;
use crate::domain::care::{Brings, NO_CARE};
use crate::domain::hours::{NoSuchTime, WeeklyHours, local_date};
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
use crate::store::{Conn, StoreError, notices, sites};

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

/// A place with all that a preview of dates in it is answered from.
#[derive(Debug, Clone)]
pub struct Surroundings {
    pub site: Site,
    pub facility: Facility,
    /// The facts of the place and of those like it in the building.
    pub loaded: Loaded,
    /// What people who are there on one of the dates must know.
    pub notices: Vec<Notice>,
    like: Vec<Facility>,
    near: Vec<Near>,
    /// The other units of the building, where the rules say that people are told when they would be alone.
    others: Vec<UnitId>,
    own_dates: Vec<(NaiveDate, String)>,
}

/// For which organisation, and on which dates `from ..= to`.
pub type Asking = (Option<OrganisationId>, (NaiveDate, NaiveDate));

/// Loads a place and what is about it: seven queries, and one more each where the rules ask for quotas and for inductions. For whom
/// and when is asked once the site is known; `people` is how many it should hold. `None` when there is no such place.
pub fn surroundings(
    conn: &mut Conn,
    (site, facility): (&Slug, &Slug),
    people: i32,
    asking: impl FnOnce(&mut Conn, &Site) -> Result<Asking, StoreError>,
) -> Result<Option<Surroundings>, StoreError> {
    let filter = Filter { site: Some(site), or_like: Some(facility), ..Filter::default() };
    let (mut here, mut elsewhere): (Vec<_>, Vec<_>) =
        facilities::with_sites(conn, &filter)?.into_iter().partition(|(of, _)| of.slug == *site);
    let Some((site, facility)) = here.iter().find(|(_, one)| one.slug == *facility).cloned() else {
        return Ok(None);
    };
    let (organisation, range) = asking(conn, &site)?;
    let others = if facility.rules.warns_alone { alone::other_units(&here, &facility) } else { Vec::new() };
    here.retain(|(_, one)| is_like(one, &facility, people));
    let like: Vec<Facility> = here.into_iter().map(|(_, one)| one).take(MOST_LIKE).collect();
    // The site itself, and whoever its staff book for, are the holders of nothing elsewhere.
    elsewhere.retain(|(_, one)| organisation.is_some() && is_like(one, &facility, people));
    let near = near_by(&site, elsewhere);
    let mut beside = others.clone();
    beside.extend(near.iter().flat_map(|(_, one)| one.units_to_look_at()));
    let mut near_sites: Vec<SiteId> = near.iter().map(|(of, _)| of.id).collect();
    near_sites.dedup();
    let mut all: Vec<&Facility> = vec![&facility];
    all.extend(&like);
    let beside = Beside { units: &beside, sites: &near_sites };
    let (loaded, hours) = load_beside(conn, &site, (&all, beside), (organisation, Known::default()), range)?;
    let own_dates = sites::own_dates(conn, site.id, range)?;
    let notices =
        around(&site, range.0, range.1).map_or(Ok(Vec::new()), |span| notices::within(conn, site.id, span))?;
    let near = near.into_iter().map(|(of, one)| Near::of(of, one, &hours, &loaded.taken, range)).collect();
    Ok(Some(Surroundings { site, facility, loaded, notices, like, near, others, own_dates }))
}

/// Works out the preview, however many dates there are, in the queries of its [`surroundings`]. `None` when there is no such place.
pub fn preview(conn: &mut Conn, wish: &SeriesWish, now: Instant) -> Result<Option<Preview>, StoreError> {
    let (Some(first), Some(last)) = (wish.dates.first(), wish.dates.last()) else {
        let found = facilities::by_slug(conn, &wish.site, &wish.facility)?;
        return Ok(found.map(|(site, facility)| Preview {
            site,
            facility,
            results: Vec::new(),
            notices: Vec::new(),
            gauge: None,
        }));
    };
    let asking = (wish.organisation, (first.0, last.0));
    let found = surroundings(conn, (&wish.site, &wish.facility), wish.people, |_, _| Ok(asking))?;
    Ok(found.map(|surroundings| previewed(&surroundings, wish, now)))
}

/// Every date of a wish with its own result, answered from what was loaded for all of them.
pub fn previewed(surroundings: &Surroundings, wish: &SeriesWish, now: Instant) -> Preview {
    let Surroundings { site, facility, .. } = surroundings;
    let mut loaded = surroundings.loaded.clone();
    loaded.leeway = wish.leeway;
    let mut results = judged(&mut loaded, (site, facility), wish, now);
    let gauge = loaded.gauge(facility, wish.dates.iter().map(|(date, _)| *date));
    for result in &mut results {
        let own = surroundings.own_dates.iter().find(|(date, _)| *date == result.date).map(|(_, name)| name.clone());
        result.alone = facility.rules.warns_alone
            && result
                .session
                .is_ok_and(|session| is_alone(session, &surroundings.loaded.taken, &surroundings.others, now));
        result.holiday = own.or_else(|| holiday(site.nation, result.date).map(str::to_owned));
    }
    let looker = Looker { of: surroundings, loaded: &loaded, wish, now };
    for result in results.iter_mut().filter(|result| !result.is_free()) {
        result.ladder = looker.ladder(result);
    }
    let sessions = || wish.dates.iter().filter_map(|(_, session)| session.ok());
    let touches = |one: &&Notice| sessions().any(|session| one.touches(facility.id, session));
    let notices = surroundings.notices.iter().filter(touches).cloned().collect();
    Preview { site: site.clone(), facility: facility.clone(), results, notices, gauge }
}

fn is_like(one: &Facility, facility: &Facility, people: i32) -> bool {
    one.id != facility.id
        && one.listed
        && one.kind == facility.kind
        && people <= one.rules.capacity
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

/// A facility of the same kind at a site near by, with what takes it and when it is open.
#[derive(Debug, Clone)]
struct Near {
    site: Site,
    facility: Facility,
    open: Vec<Span>,
    taken: Vec<Taken>,
}

impl Near {
    fn of(
        site: Site,
        facility: Facility,
        hours: &[(SiteId, WeeklyHours)],
        taken: &[Taken],
        range: (NaiveDate, NaiveDate),
    ) -> Self {
        let own: Vec<_> = hours.iter().filter(|(id, _)| *id == site.id).map(|(_, hours)| *hours).collect();
        let open = open_spans(&site, &facility, &own, range);
        let looked_at = facility.units_to_look_at();
        let taken = taken.iter().filter(|one| looked_at.contains(&one.unit)).cloned().collect();
        Self { site, facility, open, taken }
    }
}

/// The first of each of the nearest sites, nearest first.
fn near_by(site: &Site, places: Vec<(Site, Facility)>) -> Vec<(Site, Facility)> {
    let away = |(other, one): (Site, Facility)| Some((site.distance_km(&other)?, other, one));
    let mut places: Vec<(f64, Site, Facility)> =
        places.into_iter().filter_map(away).filter(|(km, ..)| *km <= NEAR_KM).collect();
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut ids: Vec<SiteId> = Vec::new();
    places.retain(|(_, other, _)| {
        let another = !ids.contains(&other.id) && ids.len() < MOST_NEAR;
        ids.extend(Some(other.id).filter(|_| another));
        another
    });
    places.into_iter().map(|(_, other, one)| (other, one)).collect()
}

/// What the ladder of a date is built from.
struct Looker<'a> {
    of: &'a Surroundings,
    /// With the dates that can be had counted in.
    loaded: &'a Loaded,
    wish: &'a SeriesWish,
    now: Instant,
}

impl Looker<'_> {
    fn ladder(&self, result: &DateResult) -> Vec<Rung> {
        let Ok(session) = result.session else {
            return Vec::new();
        };
        let mut rungs = Vec::new();
        let day = local_date(self.of.site.zone, session.start());
        let close = |taken: &[Taken]| -> Vec<Taken> {
            // Only what is near the day can be in the way; the rest of the year need not be looked through for each start.
            let near = around(&self.of.site, day, day);
            taken.iter().filter(|one| near.is_some_and(|near| one.span.overlaps(near))).cloned().collect()
        };
        let own_taken = close(&self.loaded.taken);
        let facts = Facts { taken: &own_taken, ..self.loaded.facts(&self.of.facility) };
        let asked = proposal(self.wish, nearest_length(&facts, session), self.wish.wanted.clone(), self.now);
        rungs.extend(nearest::same_day(&facts, &asked, self.now, 2).into_iter().map(Rung::OtherTime));
        let taken = close(&self.of.loaded.taken);
        for one in &self.of.like {
            let facts = Facts { taken: &taken, ..self.loaded.facts(one) };
            let asked = proposal(self.wish, session, elsewhere(&self.wish.wanted, one), self.now);
            if judge(&facts, &asked, self.now).is_yes() {
                rungs.push(Rung::Like(one.clone()));
            }
        }
        for one in &self.of.near {
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
            let mut asked = proposal(self.wish, session, elsewhere(&self.wish.wanted, &one.facility), self.now);
            // Extras belong to their site.
            asked.brings.extras.clear();
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
