//! Judging one date: may this place be had, and if not, why. Pure: the facts come in, the verdict goes out. Not the search for another time.

mod cost;

use chrono::NaiveDate;
use chrono_tz::Tz;

pub use cost::{price, quantity};

use super::availability::{Place, Taken, TakenBy, Wanted, choose, free_units, in_the_way};
use super::care::{Brings, CareFacts};
use super::extras::{self, Had};
use super::hours::{local_date, local_time, weekday};
use super::ids::{OccurrenceId, OrganisationId, Slug, UnitId};
use super::occurrence::hold_deadline;
use super::papers::{Missing, Paper, missing};
use super::places::Facility;
use super::rates::Price;
use super::refusal::Refusal;
use super::rules::{Approval, Privacy};
use super::services::Profile;
use super::span::{Instant, Span};

/// One active booking of the same organisation in the same facility, for quotas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    pub occurrence: OccurrenceId,
    pub date: NaiveDate,
    pub occupied_minutes: i64,
}

/// Everything a verdict depends on, loaded for all dates together.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub facility: &'a Facility,
    pub zone: Tz,
    /// Open spans of the facility around the dates, sorted and joined.
    pub open: &'a [Span],
    pub taken: &'a [Taken],
    /// What the organisation already has in this facility in the weeks around.
    pub used: &'a [Use],
    /// Whether the site trusts the organisation.
    pub trusted: bool,
    /// Whether it is a commissioned service, which may have a horizon of its own.
    pub commissioned: bool,
    /// What it is and offers, as far as that is known.
    pub profile: Profile,
    /// The papers of the organisation that have been accepted; none where nobody has looked, and then none is missing.
    pub papers: Option<&'a [Paper]>,
    /// Labels and inductions, where the rules ask for them.
    pub care: &'a CareFacts,
}

/// What is asked for on one date.
#[derive(Debug, Clone)]
pub struct Proposal {
    pub session: Span,
    pub wanted: Wanted,
    pub people: i32,
    pub organisation: Option<OrganisationId>,
    /// The occurrences that this would move or decide, whose places are no obstacle.
    pub besides: Vec<OccurrenceId>,
    /// When it was asked for, which notice and horizon are measured from; a decision later does not shorten them.
    pub asked: Instant,
    /// What it brings beyond place and time.
    pub brings: Brings,
}

/// What is still needed before it is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    Approval,
}

/// The judgement on one date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// All reasons at once; empty when it can be had.
    pub refusals: Vec<Refusal>,
    /// Reasons that whoever decides has set aside.
    pub set_aside: Vec<Refusal>,
    pub needs: Needs,
    /// Papers without which it is conditional, whoever has to decide besides.
    pub papers: Missing,
    /// Whether an induction is what it needs: it waits for a decision then, whoever else would be confirmed at once.
    pub induction: bool,
    /// The span that would be taken, with set-up and turnaround.
    pub occupied: Span,
    /// The units that would be taken, with the items of extras; empty when it cannot be had.
    pub units: Vec<UnitId>,
    /// The extras that it goes without, because they cannot be had.
    pub without: Vec<Slug>,
    /// Until when it would wait, for a decision or for papers; none where it would not lapse by itself.
    pub until: Option<Instant>,
    /// What it costs; none where there is no rate.
    pub price: Option<Price>,
}

impl Verdict {
    pub fn is_yes(&self) -> bool {
        self.refusals.is_empty()
    }

    /// Whether it would be confirmed at once.
    pub fn confirms(&self) -> bool {
        self.needs == Needs::Nothing && self.papers.kinds.is_empty()
    }
}

/// Judges one date against all the rules.
pub fn judge(facts: &Facts<'_>, proposal: &Proposal, now: Instant) -> Verdict {
    let rules = &facts.facility.rules;
    let occupied = proposal.session.widened(rules.set_up_minutes.into(), rules.turnaround_minutes.into());
    let mut refusals = Vec::new();
    refusals.extend(cost::barred(facts, proposal));
    refusals.extend(when(facts, proposal, now));
    refusals.extend(shape(facts, proposal, occupied));
    refusals.extend(opening(facts, proposal));
    if rules.capacity < proposal.people {
        refusals.push(Refusal::TooManyPeople { capacity: rules.capacity });
    }
    refusals.extend(quotas(facts, proposal, occupied));
    refusals.extend(kept_apart(facts, proposal, occupied, now));
    let place = place_of(facts, proposal, occupied);
    let mut units = match space(facts, proposal, place, now) {
        Ok(units) => units,
        Err(refusal) => {
            refusals.push(refusal);
            Vec::new()
        }
    };
    refusals.extend(arrival(facts, proposal, now).filter(|_| !units.is_empty()));
    let without = take_extras(facts, proposal, place, now, (&mut units, &mut refusals));
    let induction = lacks_induction(facts, proposal);
    let needs = if induction { Needs::Approval } else { needs(rules.approval, facts.trusted) };
    let papers = papers(facts, proposal, now);
    let until = hold_deadline(proposal.asked, rules.hold_minutes, proposal.session.start());
    let lapses = !papers.kinds.is_empty() && !papers.only_runs_out;
    if until.is_none() && !refusals.contains(&Refusal::InThePast) {
        if needs == Needs::Approval {
            refusals.push(Refusal::NoTimeToDecide);
        } else if lapses {
            refusals.push(Refusal::NoTimeForPapers { missing: papers.kinds });
        }
    }
    Verdict {
        refusals,
        set_aside: Vec::new(),
        needs,
        papers,
        induction,
        occupied,
        units,
        without,
        until: until.filter(|_| needs == Needs::Approval || lapses),
        price: price(facts, proposal),
    }
}

/// What papers the date lacks. Only organisations have any: the site and a person are asked for none.
fn papers(facts: &Facts<'_>, proposal: &Proposal, now: Instant) -> Missing {
    let (Some(held), true) = (facts.papers, proposal.organisation.is_some()) else {
        return Missing::default();
    };
    let on = |at: Instant| local_date(facts.zone, at);
    missing(facts.facility.rules.papers, held, on(proposal.session.start()), on(now))
}

/// The place a proposal would take.
pub fn place_of<'a>(facts: &Facts<'_>, proposal: &'a Proposal, occupied: Span) -> Place<'a> {
    let rules = &facts.facility.rules;
    Place {
        session: proposal.session,
        occupied,
        may_touch: proposal.organisation.filter(|_| rules.own_may_touch),
        besides: &proposal.besides,
    }
}

fn needs(approval: Approval, trusted: bool) -> Needs {
    match approval {
        Approval::NotNeeded => Needs::Nothing,
        Approval::UnlessTrusted if trusted => Needs::Nothing,
        Approval::UnlessTrusted | Approval::Always => Needs::Approval,
    }
}

/// Past, notice, horizon and retirement.
fn when(facts: &Facts<'_>, proposal: &Proposal, now: Instant) -> Vec<Refusal> {
    let rules = &facts.facility.rules;
    let (start, date) = (proposal.session.start(), local_date(facts.zone, proposal.session.start()));
    let mut refusals = Vec::new();
    let first = proposal.asked.plus_minutes(rules.notice_minutes.into());
    if start <= now {
        refusals.push(Refusal::InThePast);
    } else if start < first {
        refusals.push(Refusal::TooSoon { notice_minutes: rules.notice_minutes, first: up_to_step(first, 15) });
    }
    let horizon_days = rules.horizon(facts.commissioned);
    let last = local_date(facts.zone, proposal.asked.plus_days(horizon_days.into()));
    if last < date {
        let opens_on = date - chrono::Duration::days(horizon_days.into());
        let own_last = rules.horizon_commissioned_days.map(|_| last);
        refusals.push(Refusal::TooFarAhead { horizon_days, opens_on, own_last });
    }
    if let Some(from) = facts.facility.retired_from.filter(|from| *from <= date) {
        refusals.push(Refusal::Retired { from });
    }
    refusals
}

fn up_to_step(at: Instant, minutes: i64) -> Instant {
    let step = minutes * 60;
    Instant::from_seconds(at.seconds() + (step - at.seconds().rem_euclid(step)) % step)
}

/// Start times, step and length; or, where it is booked by the session, that it is one.
fn shape(facts: &Facts<'_>, proposal: &Proposal, occupied: Span) -> Vec<Refusal> {
    if facts.facility.by_session() {
        let sessions = &facts.facility.sessions;
        let is_one = facts.facility.session_of(facts.zone, proposal.session).is_some();
        return if is_one { Vec::new() } else { vec![Refusal::NotASession { sessions: sessions.to_vec() }] };
    }
    let rules = &facts.facility.rules;
    let mut refusals = Vec::new();
    let start = local_time(facts.zone, proposal.session.start());
    if !rules.may_start_at(start.minute) {
        refusals.push(Refusal::WrongStart { starts: rules.starts(), step_minutes: rules.step_minutes });
    }
    let (shortest_session, longest_session) = rules.session_lengths();
    let minutes = occupied.minutes();
    let lengths = &facts.facility.care.lengths;
    if !lengths.is_empty() {
        if lengths.iter().all(|one| i64::from(*one) != proposal.session.minutes()) {
            refusals.push(Refusal::NotALength { lengths: lengths.clone() });
        }
    } else if minutes < rules.shortest_minutes.into() {
        refusals.push(Refusal::TooShort { shortest_session });
    } else if i64::from(rules.longest_minutes) < minutes {
        refusals.push(Refusal::TooLong { longest_session });
    } else if minutes % i64::from(rules.step_minutes.max(1)) != 0 {
        refusals.push(Refusal::WrongLength { step_minutes: rules.step_minutes });
    }
    refusals
}

/// The session must lie within opening hours; set-up and turnaround may stand outside them.
fn opening(facts: &Facts<'_>, proposal: &Proposal) -> Option<Refusal> {
    let within = facts.open.iter().any(|open| open.contains(proposal.session));
    if within {
        return None;
    }
    let date = local_date(facts.zone, proposal.session.start());
    let open = super::hours::day(facts.zone, date)
        .map(|day| facts.open.iter().filter_map(|open| open.intersection(day)).collect())
        .unwrap_or_default();
    let rules = &facts.facility.rules;
    Some(match rules.season {
        Some(season) if !season.has(date) => Refusal::OutOfSeason { season },
        _ if rules.daylight => Refusal::Dark { open },
        _ => Refusal::Closed { open },
    })
}

/// Most bookings and hours of an organisation in the week of the date, Monday to Sunday.
fn quotas(facts: &Facts<'_>, proposal: &Proposal, occupied: Span) -> Vec<Refusal> {
    let rules = &facts.facility.rules;
    let monday = |date: NaiveDate| date - chrono::Duration::days(weekday(date).into());
    let week = monday(local_date(facts.zone, proposal.session.start()));
    let used: Vec<&Use> = facts
        .used
        .iter()
        .filter(|one| monday(one.date) == week && !proposal.besides.contains(&one.occurrence))
        .collect();
    let mut refusals = Vec::new();
    if let Some(most) = rules.week_bookings.filter(|most| usize::try_from(*most).is_ok_and(|most| most <= used.len())) {
        refusals.push(Refusal::WeekOfBookingsFull { most });
    }
    let used_minutes: i64 = used.iter().map(|one| one.occupied_minutes).sum();
    if let Some(most_minutes) = rules.week_minutes.filter(|most| i64::from(*most) < used_minutes + occupied.minutes()) {
        refusals.push(Refusal::WeekOfHoursFull { most_minutes, used_minutes });
    }
    refusals
}

/// Whether a start would meet the arrival of another holder for a confidential session in a like room. Every session in a room
/// with this rule keeps apart, whoever may see it: it is the others who should not be met.
fn arrival(facts: &Facts<'_>, proposal: &Proposal, now: Instant) -> Option<Refusal> {
    let gap = i64::from(facts.facility.rules.arrival_gap_minutes);
    let start = proposal.session.start();
    let meets = |one: &Taken| match &one.by {
        TakenBy::Occurrence { occurrence, organisation, session, privacy: Privacy::Confidential, .. } => {
            let own = organisation.is_some() && *organisation == proposal.organisation;
            let apart = start.seconds().abs_diff(session.start().seconds());
            !own && !proposal.besides.contains(occurrence) && i64::try_from(apart).is_ok_and(|apart| apart < gap * 60)
        }
        _ => false,
    };
    let mut beside = facts.taken.iter().filter(|one| facts.facility.neighbours.contains(&one.unit));
    beside.any(|one| !one.is_void(now) && meets(one)).then_some(Refusal::Arrival)
}

/// Two things that may not be there at the same time: within what is asked for, or with what is there from the start of a session
/// to the end of its turnaround. What somebody else brought is named, and nothing else of them.
fn kept_apart(facts: &Facts<'_>, proposal: &Proposal, occupied: Span, now: Instant) -> Option<Refusal> {
    let (care, ours) = (&facts.facility.care, &proposal.brings.labels);
    if care.pairs.is_empty() || ours.is_empty() {
        return None;
    }
    if let Some((one, other)) = care.clash(ours, ours) {
        return Some(Refusal::KeptApart { ours: one.clone(), theirs: other.clone(), until: None });
    }
    let asked = Span::new(proposal.session.start(), occupied.end())?;
    let there = facts.care.labels.iter().filter(|there| {
        let own = there.occurrence.is_some_and(|id| proposal.besides.contains(&id));
        let stands = there.until.is_none_or(|until| now < until);
        let here = facts.facility.units.iter().any(|unit| unit.id == there.unit);
        here && stands && !own && there.span.overlaps(asked)
    });
    let clash = there.filter_map(|there| Some((care.clash(ours, &there.labels)?, there.span.end())));
    clash.max_by_key(|(_, until)| *until).map(|((one, other), until)| Refusal::KeptApart {
        ours: one.clone(),
        theirs: other.clone(),
        until: Some(until),
    })
}

/// Whether an induction is asked for and nobody of theirs has one that is valid on the date. The site itself needs none, and of whom
/// nothing is known nothing is asked.
fn lacks_induction(facts: &Facts<'_>, proposal: &Proposal) -> bool {
    let (organisation, contact) = (proposal.organisation, proposal.brings.contact.as_deref());
    if !facts.facility.care.induction || (organisation.is_none() && contact.is_none()) {
        return false;
    }
    let date = local_date(facts.zone, proposal.session.start());
    let here = facts.care.inductions.iter().filter(|one| one.facility == facts.facility.id);
    !here.into_iter().any(|one| one.counts(organisation, contact, date))
}

/// The units that can be had, or why not.
fn space(facts: &Facts<'_>, proposal: &Proposal, place: Place<'_>, now: Instant) -> Result<Vec<UnitId>, Refusal> {
    let facility = facts.facility;
    let asked = proposal.wanted.count(facility);
    let known = match &proposal.wanted {
        Wanted::These(units) => units.iter().all(|unit| facility.units.iter().any(|own| own.id == *unit)),
        _ => asked <= facility.units.len(),
    };
    if !known || asked == 0 {
        return Err(Refusal::NoSuchUnits);
    }
    let free = free_units(facility, facts.taken, place, now);
    if let Some(units) = choose(facility, &free, &proposal.wanted) {
        return Ok(units);
    }
    let obstacles: Vec<&Taken> = in_the_way(facility, facts.taken, place, now).collect();
    let closure = obstacles.iter().find_map(|one| match &one.by {
        TakenBy::Closure { reason } => Some(Refusal::Blocked { reason: reason.clone(), until: one.span.end() }),
        TakenBy::Occurrence { .. } | TakenBy::Held { .. } => None,
    });
    let until = obstacles.iter().map(|one| one.span.end()).max();
    Err(match (closure, &proposal.wanted) {
        (Some(closure), _) => closure,
        (None, Wanted::Any(_)) if 1 < facility.units.len() => Refusal::TooFewUnits { asked, free: free.len() },
        _ => Refusal::NotFree { until },
    })
}

/// Adds the items of the extras that are asked for, or says why not; the answer names those that it goes without.
fn take_extras(
    facts: &Facts<'_>,
    proposal: &Proposal,
    place: Place<'_>,
    now: Instant,
    (units, refusals): (&mut Vec<UnitId>, &mut Vec<Refusal>),
) -> Vec<Slug> {
    let mut without = Vec::new();
    let (date, has_room) = (local_date(facts.zone, proposal.session.start()), !units.is_empty());
    for asked in &proposal.brings.extras {
        let extra = facts.facility.extras.iter().find(|one| one.slug == asked.extra);
        let (name, number) = (asked.name.clone(), asked.number);
        let refusal = match extras::had(extra, number, (facts.taken, place), date, now) {
            Had::Units(items) => {
                units.extend(items.into_iter().filter(|_| has_room));
                continue;
            }
            Had::Short { free, taken } => Refusal::ExtraTaken { name, asked: number, free, taken },
            Had::Fewer(there) => Refusal::TooFewExtras { name, asked: number, there },
        };
        if proposal.brings.gives_way {
            without.push(asked.extra.clone());
        } else {
            refusals.push(refusal);
        }
    }
    without
}

#[cfg(test)]
mod tests;
