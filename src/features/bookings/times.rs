//! The starts and ends that the booking form offers, or the sessions where a place is booked by those. Not the form.

use super::draft::NewBooking;
use super::service::Form;
use crate::domain::care::Brings;
use crate::domain::hours::local_time;
use crate::domain::judge::{Proposal, judge};
use crate::domain::named;
use crate::domain::nearest::starts_on;
use crate::domain::span::{Instant, Span};
use crate::domain::words::{local_clock, times};
use crate::urls;
use crate::web::forms::Choice;

/// What the form offers for a date.
#[derive(Debug, Default)]
pub struct TimeChoices {
    pub starts: Vec<Choice>,
    pub ends: Vec<Choice>,
    /// In place of starts and ends, where it is booked by the session.
    pub sessions: Vec<Choice>,
    /// The sessions to come that cannot be had, each with a link that puts it into the form.
    pub taken: Vec<(String, String)>,
    /// Nothing of the date can be had.
    pub nothing_left: bool,
}

/// The starts of the date at which the shortest booking can be had, and every end that the rules allow after one of them.
/// What was chosen stays in the list even where it is not free, so that the form shows what it speaks of.
pub fn time_choices(form: &Form, typed: &NewBooking, now: Instant) -> TimeChoices {
    if form.facility.by_session() {
        return session_choices(form, typed, now);
    }
    let facts = form.loaded.facts(&form.facility);
    let lengths = form.facility.lengths();
    let shortest = lengths.first().copied().unwrap_or_default();
    let free = |start: Instant, minutes: i64| {
        let session = Span::new(start, start.plus_minutes(minutes))?;
        can_be_had(form, session, now).then_some(session.end())
    };
    let mut starts: Vec<Instant> =
        starts_on(&facts, form.date).into_iter().filter(|at| free(*at, shortest.into()).is_some()).collect();
    let nothing_left = starts.is_empty();
    let mut ends: Vec<Instant> = Vec::new();
    for start in &starts {
        // The lengths grow, so the first that does not fit ends the search.
        ends.extend(lengths.iter().map_while(|minutes| free(*start, (*minutes).into())));
    }
    let (from, to) = (instant(&typed.from), instant(&typed.to));
    starts.extend(from);
    let suggested_end = from.filter(|_| to.is_none()).map(|from| from.plus_minutes(shortest.into()));
    ends.extend(to.or(suggested_end));
    let choices = |mut instants: Vec<Instant>, chosen: Option<Instant>| {
        instants.sort_unstable();
        instants.dedup();
        let label = |at: &Instant| local_clock(local_time(form.site.zone, *at));
        instants
            .iter()
            .map(|at| Choice::new(at.seconds().to_string(), label(at), Some(*at) == chosen))
            .collect::<Vec<_>>()
    };
    let (starts, mut ends) = (choices(starts, from), choices(ends, to.or(suggested_end)));
    // Where the start is known, an end tells how many sessions that makes.
    for end in &mut ends {
        if let Some((at, from)) = instant(&end.value).zip(from) {
            end.label.push_str(&form.facility.rules.run_in_words(at.minutes_since(from)));
        }
    }
    TimeChoices { starts, ends, nothing_left, ..TimeChoices::default() }
}

/// The sessions of the date that can be had, and the one that was chosen whether it can be had or not.
fn session_choices(form: &Form, typed: &NewBooking, now: Instant) -> TimeChoices {
    let (facility, zone) = (&form.facility, form.site.zone);
    let chosen = instant(&typed.from).zip(instant(&typed.to)).and_then(|(from, to)| Span::new(from, to));
    let mut choices = TimeChoices { nothing_left: true, ..TimeChoices::default() };
    for (session, span) in named::on_date(&facility.sessions, zone, form.date) {
        let free = can_be_had(form, span, now);
        choices.nothing_left &= !free;
        if free || chosen == Some(span) {
            choices.sessions.push(Choice::new(value(span), session.words(), chosen == Some(span)));
        } else if now < span.start() {
            let href =
                urls::book_at(&form.site.slug, &facility.slug, form.date, session.from_minute, Some(session.to_minute));
            choices.taken.push((session.words(), href));
        }
    }
    if let Some(span) = chosen.filter(|span| facility.session_of(zone, *span).is_none()) {
        choices.sessions.push(Choice::new(value(span), times(zone, span), true));
    }
    choices
}

/// The session that a link means: the very one where it says both ends, else the shortest that has the time in it. Who may set
/// the sessions aside gets the very time.
pub fn meant(form: &Form, (from, to): (Instant, Option<Instant>), manages: bool) -> Option<Span> {
    let facility = &form.facility;
    let exact = to.and_then(|to| Span::new(from, to));
    if let Some(span) = exact.filter(|span| manages || facility.session_of(form.site.zone, *span).is_some()) {
        return Some(span);
    }
    let asked = exact.or_else(|| Span::new(from, from.plus_minutes(5)))?;
    named::nearest(&facility.sessions, form.site.zone, asked)
}

fn value(span: Span) -> String {
    format!("{}-{}", span.start().seconds(), span.end().seconds())
}

fn instant(text: &str) -> Option<Instant> {
    text.parse().ok().map(Instant::from_seconds).filter(|at| at.is_bookable())
}

fn can_be_had(form: &Form, session: Span, now: Instant) -> bool {
    let facts = form.loaded.facts(&form.facility);
    let proposal = Proposal {
        session,
        wanted: crate::domain::availability::usual(&form.facility),
        people: 1,
        // Only where arrivals are kept apart does it matter here whose it is: one's own need not be.
        organisation: form.organisation.filter(|_| 0 < form.facility.rules.arrival_gap_minutes),
        besides: Vec::new(),
        asked: now,
        brings: Brings::default(),
    };
    // The opening hours rule most times out; asking them first spares the full judgement.
    facts.open.iter().any(|open| open.contains(session))
        && form.loaded.leeway.eased(judge(&facts, &proposal, now)).is_yes()
}
