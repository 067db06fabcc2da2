//! The facts that a judgement needs, loaded for all dates together. Not the judgement.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;

use crate::domain::availability::{Taken, TakenBy, free_units};
use crate::domain::care::CareFacts;
use crate::domain::hours::{WeeklyHours, day, local_date, weekday};
use crate::domain::ids::{BookingId, FacilityId, OccurrenceId, OrganisationId, SiteId, UnitId};
use crate::domain::judge::{Facts, Proposal, Use, Verdict, judge, place_of};
use crate::domain::leeway::Leeway;
use crate::domain::opening::open_spans;
use crate::domain::organisation::Class;
use crate::domain::papers::Paper;
use crate::domain::places::{Facility, Site, Unit, UnitChoice};
use crate::domain::quota::Gauge;
use crate::domain::rules::Privacy;
use crate::domain::services::Profile;
use crate::domain::span::{Instant, Span};
use crate::store::organisations::Regard;
use crate::store::{Conn, StoreError, occupancies, occurrences, organisations, sites};

/// Whose booking in which facility, on the dates `from ..= to`.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    pub site: &'a Site,
    pub facility: &'a Facility,
    pub organisation: Option<OrganisationId>,
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// What was loaded for one facility or several of a site; it lends itself out as `Facts`.
#[derive(Debug, Clone)]
pub struct Loaded {
    zone: Tz,
    open: Vec<(FacilityId, Vec<Span>)>,
    pub taken: Vec<Taken>,
    pub used: Vec<(FacilityId, Vec<Use>)>,
    trusted: bool,
    profile: Profile,
    papers: Vec<Paper>,
    care: CareFacts,
    /// What whoever asks may do without.
    pub leeway: Leeway,
}

impl Loaded {
    /// The facts of nothing: no place is open, and nothing is known of whoever asks.
    pub fn nothing(site: &Site) -> Self {
        Self {
            zone: site.zone,
            open: Vec::new(),
            taken: Vec::new(),
            used: Vec::new(),
            trusted: false,
            profile: Profile::default(),
            papers: Vec::new(),
            care: CareFacts::default(),
            leeway: Leeway::Nothing,
        }
    }

    /// The accepted papers of whoever asks; empty where no place asks for any.
    pub fn papers(&self) -> &[Paper] {
        &self.papers
    }

    /// The facts of one of the facilities that this was loaded for; of any other nothing is open.
    pub fn facts<'a>(&'a self, facility: &'a Facility) -> Facts<'a> {
        Facts {
            facility,
            zone: self.zone,
            open: of(&self.open, facility.id),
            taken: &self.taken,
            used: of(&self.used, facility.id),
            trusted: self.trusted,
            commissioned: self.profile.class.is_some_and(Class::is_commissioned),
            profile: self.profile,
            papers: Some(&self.papers),
            care: &self.care,
        }
    }

    /// What whoever asks is, as far as any place that this was loaded for depends on it.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// What the organisation has used of the fullest of the weeks of some dates; `None` where the rules limit nothing, or no
    /// organisation asks.
    pub fn gauge(&self, facility: &Facility, dates: impl IntoIterator<Item = NaiveDate>) -> Option<Gauge> {
        let (_, used) = self.used.iter().find(|(id, _)| *id == facility.id)?;
        Gauge::fullest(&facility.rules, used, dates)
    }

    /// Counts a date in that was judged to be possible, so that the next date of the same series is judged beside it.
    /// `mark` stands for the occurrence that it will become.
    pub fn count_in(&mut self, facility: &Facility, proposal: &Proposal, verdict: &Verdict, mark: OccurrenceId) {
        let by = TakenBy::Occurrence {
            booking: BookingId::new(0),
            occurrence: mark,
            organisation: proposal.organisation,
            session: proposal.session,
            until: None,
            privacy: Privacy::Confidential,
        };
        let new = verdict.units.iter().map(|unit| Taken { unit: *unit, span: verdict.occupied, by: by.clone() });
        self.taken.extend(new);
        if let Some((_, used)) = self.used.iter_mut().find(|(id, _)| *id == facility.id) {
            let date = local_date(self.zone, proposal.session.start());
            used.push(Use { occurrence: mark, date, occupied_minutes: verdict.occupied.minutes() });
        }
    }

    /// Judges dates one after the other, each beside those before it. Of interchangeable units those come first that are
    /// free on most of the dates, so that a series keeps its place where it can.
    pub fn judge_in_turn(&mut self, asked: &[(&Facility, Proposal)], now: Instant) -> Vec<Verdict> {
        let steady: Vec<Facility> = steady_first(self, asked, now);
        let mut verdicts = Vec::with_capacity(asked.len());
        for (place, (facility, proposal)) in asked.iter().enumerate() {
            let facility = steady.iter().find(|one| one.id == facility.id).unwrap_or(facility);
            let verdict = self.leeway.eased(judge(&self.facts(facility), proposal, now));
            if verdict.is_yes() {
                self.count_in(facility, proposal, &verdict, mark(place));
            }
            verdicts.push(verdict);
        }
        verdicts
    }
}

/// An id that no row has, for a date that is not written yet.
fn mark(place: usize) -> OccurrenceId {
    OccurrenceId::new(-1 - i64::try_from(place).unwrap_or_default())
}

/// The facilities asked for, their units ordered by on how many of the dates each is free.
fn steady_first(loaded: &Loaded, asked: &[(&Facility, Proposal)], now: Instant) -> Vec<Facility> {
    let mut facilities: Vec<Facility> = Vec::new();
    for (facility, _) in asked {
        if 1 < facility.units.len()
            && facility.choice == UnitChoice::Any
            && facilities.iter().all(|one| one.id != facility.id)
        {
            facilities.push((*facility).clone());
        }
    }
    for facility in &mut facilities {
        let free = |unit: UnitId| {
            let dates = asked.iter().filter(|(one, _)| one.id == facility.id);
            let free_on = dates.filter(|(one, proposal)| {
                let rules = &one.rules;
                let occupied = proposal.session.widened(rules.set_up_minutes.into(), rules.turnaround_minutes.into());
                let place = place_of(&loaded.facts(one), proposal, occupied);
                free_units(one, &loaded.taken, place, now).contains(&unit)
            });
            free_on.count()
        };
        let mut units: Vec<(usize, Unit)> = facility.units.iter().map(|unit| (free(unit.id), unit.clone())).collect();
        units.sort_by_key(|(dates, _)| usize::MAX - dates);
        facility.units = units.into_iter().map(|(_, unit)| unit).collect();
    }
    facilities
}

fn of<T>(lists: &[(FacilityId, Vec<T>)], facility: FacilityId) -> &[T] {
    lists.iter().find(|(id, _)| *id == facility).map_or(&[], |(_, list)| list)
}

/// Loads the facts in at most four queries, and what the rules ask for beyond times in as many more as it needs. Dates outside what can be booked give facts in which nothing is open.
pub fn load(conn: &mut Conn, question: Question<'_>) -> Result<Loaded, StoreError> {
    let Question { site, facility, organisation, from, to } = question;
    load_all(conn, site, &[facility], organisation, (from, to))
}

/// As [`load`], for several facilities of one site.
pub fn load_all(
    conn: &mut Conn,
    site: &Site,
    facilities: &[&Facility],
    organisation: Option<OrganisationId>,
    range: (NaiveDate, NaiveDate),
) -> Result<Loaded, StoreError> {
    load_known(conn, site, facilities, (organisation, Known::default()), range)
}

/// What is known of an organisation already, so that it need not be asked again.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// Whether the site trusts it.
    pub trusted: Option<bool>,
    /// Its accepted papers.
    pub papers: Option<&'a [Paper]>,
    /// What it is and offers.
    pub profile: Option<Profile>,
}

/// As [`load_all`], where something may be known already of the organisation.
pub fn load_known(
    conn: &mut Conn,
    site: &Site,
    facilities: &[&Facility],
    whose: (Option<OrganisationId>, Known<'_>),
    range: (NaiveDate, NaiveDate),
) -> Result<Loaded, StoreError> {
    Ok(load_beside(conn, site, (facilities, Beside::default()), whose, range)?.0)
}

/// What is loaded with the facts because a question beside the judgement wants it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside<'a> {
    /// What takes these as well, at this site or another.
    pub units: &'a [UnitId],
    /// Whose weekly hours are wanted as well.
    pub sites: &'a [SiteId],
}

/// As [`load_known`], with what questions beside the judgement want, in the same queries; the hours are those of all the sites.
pub fn load_beside(
    conn: &mut Conn,
    site: &Site,
    (facilities, beside): (&[&Facility], Beside<'_>),
    (organisation, known): (Option<OrganisationId>, Known<'_>),
    (from, to): (NaiveDate, NaiveDate),
) -> Result<(Loaded, Vec<(SiteId, WeeklyHours)>), StoreError> {
    let all_hours = sites::hours(conn, &[&[site.id], beside.sites].concat())?;
    let hours: Vec<_> = all_hours.iter().filter(|(of, _)| *of == site.id).map(|(_, hours)| *hours).collect();
    let open =
        facilities.iter().map(|facility| (facility.id, open_spans(site, facility, &hours, (from, to)))).collect();
    let mut units: Vec<UnitId> = facilities.iter().flat_map(|facility| facility.units_to_look_at()).collect();
    units.extend(beside.units);
    units.extend(facilities.iter().flat_map(|facility| facility.extra_units()));
    units.sort_unstable();
    units.dedup();
    let (taken, labels) = match around(site, from, to) {
        Some(within) if facilities.iter().any(|one| !one.care.pairs.is_empty()) => {
            occupancies::taken_and_labels(conn, &units, within)?
        }
        Some(within) => (occupancies::taken(conn, &units, within)?, Vec::new()),
        None => (Vec::new(), Vec::new()),
    };
    let trust = known.trusted;
    let mut held = Vec::new();
    let profile = known.profile.unwrap_or_default();
    let (mut used, mut regard) = (Vec::new(), Regard { trusted: trust.unwrap_or_default(), profile });
    if let Some(organisation) = organisation {
        let counted: Vec<FacilityId> = facilities
            .iter()
            .filter(|one| one.rules.week_bookings.is_some() || one.rules.week_minutes.is_some())
            .map(|one| one.id)
            .collect();
        if !counted.is_empty() {
            used = occurrences::used(conn, organisation, &counted, whole_weeks(from, to))?;
        }
        held = known.papers.unwrap_or_default().to_vec();
        let lacks_papers = known.papers.is_none() && facilities.iter().any(|one| !one.rules.papers.kinds.is_empty());
        // What it is matters only where something here depends on it.
        let lacks_profile = known.profile.is_none() && facilities.iter().any(|one| depends_on_profile(one));
        if lacks_papers || trust.is_none() || lacks_profile {
            let (found, papers) = organisations::regard(conn, organisation, site.id)?;
            regard = found;
            held = if known.papers.is_none() { papers } else { held };
        }
    }
    let Regard { trusted, profile } = regard;
    let trusted = trust.unwrap_or(trusted);
    let care = super::care::load(conn, facilities, (&taken, &labels), from)?;
    let (zone, papers, leeway) = (site.zone, held, Leeway::Nothing);
    Ok((Loaded { zone, open, taken, used, trusted, profile, papers, care, leeway }, all_hours))
}

/// Whether anything here depends on what an organisation is: the horizon, for whom it is, or what it costs.
fn depends_on_profile(facility: &Facility) -> bool {
    let rules = &facility.rules;
    rules.horizon_commissioned_days.is_some() || rules.access.is_limited() || !facility.rates.is_empty()
}

/// From a day before to two days after, so that nights and turnarounds at the edges are seen.
pub fn around(site: &Site, from: NaiveDate, to: NaiveDate) -> Option<Span> {
    let first = from.checked_sub_days(Days::new(1))?;
    let last = to.checked_add_days(Days::new(2))?;
    Span::new(day(site.zone, first).ok()?.start(), day(site.zone, last).ok()?.end())
}

/// Monday of the first week to Sunday of the last.
fn whole_weeks(from: NaiveDate, to: NaiveDate) -> (NaiveDate, NaiveDate) {
    let back = |date: NaiveDate| Days::new(u64::try_from(weekday(date)).unwrap_or_default());
    let monday = from.checked_sub_days(back(from)).unwrap_or(from);
    let last = to.checked_sub_days(back(to)).and_then(|monday| monday.checked_add_days(Days::new(6)));
    (monday, last.unwrap_or(to))
}
