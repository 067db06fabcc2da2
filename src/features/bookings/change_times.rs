//! The times that a booking may be changed to, for the lists of its form. Not whether they are free.

use crate::domain::named::NamedSession;
use crate::domain::places::Facility;
use crate::domain::words::clock;
use crate::web::forms::Choice;

/// The sessions of a space that is booked by those; what stands stays in the list.
pub fn sessions(facility: &Facility, (from, to): (&str, &str)) -> Vec<Choice> {
    let stands = format!("{from}-{to}");
    let value = |one: &NamedSession| format!("{}-{}", one.from_minute, one.to_minute);
    let of = facility.sessions.iter();
    let mut choices: Vec<Choice> = of.map(|one| Choice::new(value(one), one.words(), value(one) == stands)).collect();
    let times = from.parse().ok().zip(to.parse().ok());
    if let Some((from, to)) = times.filter(|_| facility.by_session() && choices.iter().all(|one| !one.chosen)) {
        choices.push(Choice::new(stands, NamedSession::new("", from, to).times(), true));
    }
    choices
}

/// Every start that the rules allow, and every end; what stands stays in the lists.
pub fn times(facility: &Facility, (from, to): (&str, &str)) -> (Vec<Choice>, Vec<Choice>) {
    let lengths = facility.lengths();
    let mut starts = facility.rules.starts();
    let mut ends: Vec<i32> = starts.iter().flat_map(|start| lengths.iter().map(move |length| start + length)).collect();
    starts.extend(from.parse::<i32>().ok());
    ends.extend(to.parse::<i32>().ok());
    ends.retain(|end| *end <= 2880);
    let choices = |mut minutes: Vec<i32>, chosen: &str| {
        minutes.sort_unstable();
        minutes.dedup();
        let label = |minute: i32| if 1440 < minute { format!("{} the next day", clock(minute)) } else { clock(minute) };
        minutes
            .iter()
            .map(|minute| Choice::new(minute.to_string(), label(*minute), minute.to_string() == chosen))
            .collect::<Vec<_>>()
    };
    (choices(starts, from), choices(ends, to))
}
