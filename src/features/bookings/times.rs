//! The starts and ends that the booking form offers. Not the form.

use super::draft::NewBooking;
use super::service::Form;
use crate::domain::hours::local_time;
use crate::domain::judge::{Proposal, judge};
use crate::domain::nearest::starts_on;
use crate::domain::span::{Instant, Span};
use crate::domain::words::local_clock;
use crate::web::forms::Choice;

/// The starts of the date at which the shortest booking can be had, and every end that the rules allow after one of them.
/// What was chosen stays in the list even where it is not free, so that the form shows what it speaks of. Last, whether
/// nothing was free at all.
pub fn time_choices(form: &Form, typed: &NewBooking, now: Instant) -> (Vec<Choice>, Vec<Choice>, bool) {
    let (facts, rules) = (form.loaded.facts(&form.facility), &form.facility.rules);
    let (shortest, longest) = rules.session_lengths();
    let free = |start: Instant, minutes: i64| {
        let session = Span::new(start, start.plus_minutes(minutes))?;
        facts.open.iter().find(|open| open.contains(session))?;
        let proposal = Proposal {
            session,
            wanted: crate::domain::availability::usual(&form.facility),
            people: 1,
            organisation: None,
            besides: Vec::new(),
            asked: now,
        };
        form.loaded.leeway.eased(judge(&facts, &proposal, now)).is_yes().then_some(session.end())
    };
    let mut starts: Vec<Instant> =
        starts_on(&facts, form.date).into_iter().filter(|at| free(*at, shortest.into()).is_some()).collect();
    let nothing_left = starts.is_empty();
    let mut ends: Vec<Instant> = Vec::new();
    for start in &starts {
        let lengths = (shortest..=longest).step_by(usize::try_from(rules.step_minutes).unwrap_or(30).max(5));
        // The lengths grow, so the first that does not fit ends the search.
        ends.extend(lengths.map_while(|minutes| free(*start, minutes.into())));
    }
    let chosen = |text: &str| text.parse().ok().map(Instant::from_seconds).filter(|at| at.is_bookable());
    let (from, to) = (chosen(&typed.from), chosen(&typed.to));
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
    (choices(starts, from), choices(ends, to.or(suggested_end)), nothing_left)
}
