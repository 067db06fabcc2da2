//! The part of a form about repeating, which bookings, closures and notices share: its choices, and how it is read. Not what the dates lead to.

use chrono::{Datelike, NaiveDate};

use crate::domain::hours::weekday;
use crate::domain::recurrence::{End, Every, MOST_DATES, Pattern, Repeat};
use crate::domain::words::weekday_of;
use crate::web::forms::{Choice, Faults};

/// The part as it was sent.
#[derive(Debug, Clone, Copy)]
pub struct Repeating<'a> {
    /// "" or "none", "daily", "weekly", "date" of the month, or "weekday" of the month.
    pub repeat: &'a str,
    pub every: &'a str,
    /// Weekdays of a weekly series, 0 for Monday.
    pub on: &'a [String],
    /// "times" or "until".
    pub ends: &'a str,
    pub times: &'a str,
    pub until: &'a str,
}

impl Repeating<'_> {
    /// Whether the part is to be shown open.
    pub fn is_asked(&self) -> bool {
        !matches!(self.repeat, "" | "none")
    }

    /// The rule of a series, counted from the first date that it names; none for a single date.
    pub fn pattern(&self, date: NaiveDate, faults: &mut Faults) -> Option<Pattern> {
        let every = match self.repeat {
            "" | "none" => return None,
            "daily" => Every::Day,
            "weekly" => {
                let mut days: Vec<i32> =
                    self.on.iter().filter_map(|day| day.parse().ok()).filter(|day| (0..7).contains(day)).collect();
                if days.is_empty() {
                    days.push(weekday(date));
                }
                days.sort_unstable();
                days.dedup();
                Every::Week(days)
            }
            "date" => Every::MonthDate(date.day()),
            "weekday" => Every::same_weekday_of_month(date),
            _ => {
                faults.add("repeat", "Choose how it repeats from the list");
                return None;
            }
        };
        let interval = match self.every {
            "" => 1,
            typed => u32::try_from(faults.number("every", typed, "how often it repeats", (1, 12))).unwrap_or(1),
        };
        let end = match self.ends {
            "until" => match self.until.parse::<NaiveDate>() {
                Ok(date) => End::On(date),
                Err(_) => {
                    faults.add("until", "Enter the last date, or choose a number of dates");
                    return None;
                }
            },
            _ => {
                let most = i32::try_from(MOST_DATES).unwrap_or(200);
                let times = faults.number("times", self.times, "how many dates you want", (2, most));
                End::After(u32::try_from(times).unwrap_or(1))
            }
        };
        if !faults.is_empty() {
            return None;
        }
        let repeat = Repeat { every, interval, end };
        match repeat.dates(date) {
            Ok(dates) => Some(Pattern { first: dates.first().copied().unwrap_or(date), repeat }),
            Err(why) => {
                faults.add(if self.ends == "until" { "until" } else { "times" }, why.to_string());
                None
            }
        }
    }
}

/// The ways to repeat, said with the date that is chosen.
pub fn repeats(date: NaiveDate, typed: Repeating<'_>) -> Vec<Choice> {
    let every = |every: Every| Repeat { every, interval: 1, end: End::After(1) }.words();
    let month_date = capitalised(&every(Every::MonthDate(date.day())));
    ways(typed, month_date, capitalised(&every(Every::same_weekday_of_month(date))))
}

/// The ways to repeat in a form in which the first date is typed too, so that nobody knows it yet.
pub fn repeats_from_any(typed: Repeating<'_>) -> Vec<Choice> {
    let weekday = "Every month on the same weekday, like the second Tuesday";
    ways(typed, "Every month on the same date".to_owned(), weekday.to_owned())
}

fn ways(typed: Repeating<'_>, month_date: String, month_weekday: String) -> Vec<Choice> {
    let ways = [
        ("none", "It does not repeat".to_owned()),
        ("daily", "Every day".to_owned()),
        ("weekly", "Every week".to_owned()),
        ("date", month_date),
        ("weekday", month_weekday),
    ];
    let chosen = if typed.repeat.is_empty() { "none" } else { typed.repeat };
    ways.into_iter().map(|(value, label)| Choice::new(value, label, value == chosen)).collect()
}

fn capitalised(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The weekdays of a weekly series; without a choice, the one of the date.
pub fn weekdays(date: NaiveDate, typed: Repeating<'_>) -> Vec<Choice> {
    let own = weekday(date).to_string();
    let chosen = |day: &str| typed.on.iter().any(|one| one == day) || (typed.on.is_empty() && day == own);
    (0..7).map(|day| Choice::new(day.to_string(), weekday_of(day), chosen(&day.to_string()))).collect()
}

/// The weekdays in a form in which the first date is typed too: without a choice none, which means that of the first date.
pub fn weekdays_from_any(typed: Repeating<'_>) -> Vec<Choice> {
    let chosen = |day: &str| typed.on.iter().any(|one| one == day);
    (0..7).map(|day| Choice::new(day.to_string(), weekday_of(day), chosen(&day.to_string()))).collect()
}
