//! The nearest yes: other times that day and the same time on other days, judged by the same rules. Not other facilities, which the search adds.

use chrono::NaiveDate;

use super::hours::{instant_at, local_date, local_time};
use super::ids::Slug;
use super::judge::{Facts, Proposal, judge};
use super::named;
use super::span::{Instant, Span};

/// A place that could be had in another's stead when somebody looked; nothing holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instead {
    pub facility: Slug,
    pub name: String,
    pub session: Span,
}

/// Times of the same length on the same day, or other sessions where it is booked by those, nearest to the wanted start first, then in order of the clock.
pub fn same_day(facts: &Facts<'_>, proposal: &Proposal, now: Instant, most: usize) -> Vec<Span> {
    let start = proposal.session.start();
    let date = local_date(facts.zone, start);
    if facts.facility.by_session() {
        return other_sessions(facts, proposal, now, (date, most));
    }
    let mut starts: Vec<Instant> = starts_on(facts, date).into_iter().filter(|at| *at != start).collect();
    starts.sort_by_key(|at| at.seconds().abs_diff(start.seconds()));
    let mut found: Vec<Span> = starts.into_iter().filter_map(|at| fits(facts, proposal, at, now)).take(most).collect();
    found.sort_unstable();
    found
}

/// The same time of day on the next days, soonest first.
pub fn other_days(facts: &Facts<'_>, proposal: &Proposal, now: Instant, dates: &[NaiveDate], most: usize) -> Vec<Span> {
    let wanted = local_time(facts.zone, proposal.session.start());
    if let Some(own) = facts.facility.session_of(facts.zone, proposal.session) {
        let others = dates.iter().filter(|date| **date != wanted.date);
        let spans = others.filter_map(|date| own.on(facts.zone, *date));
        return spans.filter_map(|span| can_be_had(facts, proposal, span, now)).take(most).collect();
    }
    dates
        .iter()
        .filter(|date| **date != wanted.date)
        .filter_map(|date| instant_at(facts.zone, *date, wanted.minute).ok())
        .filter_map(|at| fits(facts, proposal, at, now))
        .take(most)
        .collect()
}

/// The starts that the rules allow on a date, both of two equal ones where the clocks go back.
pub fn starts_on(facts: &Facts<'_>, date: NaiveDate) -> Vec<Instant> {
    let mut starts = Vec::new();
    for minute in facts.facility.rules.starts() {
        let Ok(first) = instant_at(facts.zone, date, minute) else {
            continue;
        };
        starts.push(first);
        let again = first.plus_hours(1);
        let shown = local_time(facts.zone, again);
        if shown.second_time && shown.minute == minute {
            starts.push(again);
        }
    }
    starts.sort_unstable();
    starts
}

/// The sessions of the date that can be had, nearest to the wanted start first, then in order of the clock.
fn other_sessions(facts: &Facts<'_>, proposal: &Proposal, now: Instant, (date, most): (NaiveDate, usize)) -> Vec<Span> {
    let start = proposal.session.start();
    let sessions = named::on_date(&facts.facility.sessions, facts.zone, date);
    let mut spans: Vec<Span> = sessions.into_iter().map(|(_, span)| span).collect();
    spans.sort_by_key(|span| (span.start().seconds().abs_diff(start.seconds()), span.minutes()));
    let free = spans.into_iter().filter_map(|span| can_be_had(facts, proposal, span, now));
    let mut found: Vec<Span> = free.take(most).collect();
    found.sort_unstable();
    found
}

fn fits(facts: &Facts<'_>, proposal: &Proposal, start: Instant, now: Instant) -> Option<Span> {
    let session = Span::new(start, start.plus_minutes(proposal.session.minutes()))?;
    can_be_had(facts, proposal, session, now)
}

fn can_be_had(facts: &Facts<'_>, proposal: &Proposal, session: Span, now: Instant) -> Option<Span> {
    // The opening hours rule most starts out; asking them first spares the full judgement.
    facts.open.iter().find(|open| open.contains(session))?;
    let moved = Proposal { session, ..proposal.clone() };
    judge(facts, &moved, now).is_yes().then_some(session)
}
