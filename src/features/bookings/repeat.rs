//! The choices in the form about repeating. Not what they lead to: that is read in `draft`.

use chrono::{Datelike, NaiveDate};

use super::draft::NewBooking;
use crate::domain::hours::weekday;
use crate::domain::recurrence::{End, Every, Repeat};
use crate::domain::words::weekday_of;
use crate::web::forms::Choice;

/// The ways to repeat, said with the date that is chosen.
pub fn repeats(date: NaiveDate, typed: &NewBooking) -> Vec<Choice> {
    let every = |every: Every| Repeat { every, interval: 1, end: End::After(1) }.words();
    let ways = [
        ("none", "It does not repeat".to_owned()),
        ("daily", capitalised(&every(Every::Day))),
        ("weekly", "Every week".to_owned()),
        ("date", capitalised(&every(Every::MonthDate(date.day())))),
        ("weekday", capitalised(&every(Every::same_weekday_of_month(date)))),
    ];
    let chosen = if typed.repeat.is_empty() { "none" } else { &typed.repeat };
    ways.into_iter().map(|(value, label)| Choice::new(value, label, value == chosen)).collect()
}

fn capitalised(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The weekdays of a weekly series; without a choice, the one of the date.
pub fn weekdays(date: NaiveDate, typed: &NewBooking) -> Vec<Choice> {
    let own = weekday(date).to_string();
    let chosen = |day: &str| typed.on.iter().any(|one| one == day) || (typed.on.is_empty() && day == own);
    (0..7).map(|day| Choice::new(day.to_string(), weekday_of(day), chosen(&day.to_string()))).collect()
}
