//! The search form: what was typed, what it means, and the choices it offers. Used by the front page and the results.

use chrono::NaiveDate;
use chrono_tz::Europe::London;
use serde::Deserialize;

use super::service::Wish;
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::kinds::{KINDS, Kind, Need};
use crate::domain::places::Site;
use crate::domain::span::Instant;
use crate::domain::words::clock;
use crate::web::forms::{Choice, Faults, clock_minute, clock_value};

/// The search as the address carries it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SearchQuery {
    pub kind: String,
    pub site: String,
    pub date: String,
    pub from: String,
    pub to: String,
    pub people: String,
    pub need: Vec<String>,
}

/// The form as the page shows it.
#[derive(Debug)]
pub struct SearchForm {
    pub kinds: Vec<Choice>,
    pub sites: Vec<Choice>,
    pub date: String,
    pub today: String,
    pub from: Vec<Choice>,
    pub to: Vec<Choice>,
    pub people: String,
    pub needs: Vec<Choice>,
    pub faults: Faults,
}

impl SearchQuery {
    pub fn of(query: &str) -> Self {
        serde_html_form::from_str(query).unwrap_or_default()
    }

    /// What is meant, or what has to be put right.
    pub fn parse(&self, now: Instant) -> Result<Wish, Faults> {
        let mut faults = Faults::none();
        let today = local_date(London, now);
        let date = match self.date.trim() {
            "" => today,
            typed => faults.take("date", typed.parse::<NaiveDate>().map_err(|_| "Enter a date, like 24 11 2026")),
        };
        if date < today && faults.is_empty() {
            faults.add("date", "That date has passed. Choose today or later");
        }
        if today + chrono::Duration::days(800) < date {
            faults.add("date", "That is too far ahead. Choose a date within the next two years");
        }
        let time = |typed: &str| if typed.is_empty() { Some(None) } else { clock_minute(typed).map(Some) };
        let from = faults.take("from", time(&self.from).ok_or("Choose a time from the list"));
        let to = faults.take("to", time(&self.to).ok_or("Choose a time from the list"));
        let times = match (from, to) {
            (Some(from), Some(to)) if from < to => Some((from, to)),
            (Some(from), Some(_)) => {
                faults.add("to", format!("The end must be after {}", clock(from)));
                None
            }
            (Some(from), None) => Some((from, (from + 60).min(1439))),
            (None, Some(to)) => Some(((to - 60).max(0), to)),
            (None, None) => None,
        };
        let people = if self.people.trim().is_empty() {
            1
        } else {
            faults.number("people", &self.people, "how many people", (1, 500))
        };
        let site = if self.site.is_empty() { None } else { Slug::parse(&self.site) };
        if !faults.is_empty() {
            return Err(faults);
        }
        let needs = self.need.iter().filter_map(|code| Need::parse(code)).collect();
        Ok(Wish { kind: Kind::parse(&self.kind), site, date, times, people, needs, organisation: None })
    }

    /// The form filled with what was typed.
    pub fn form(&self, sites: &[Site], now: Instant, faults: Faults) -> SearchForm {
        let today = local_date(London, now).to_string();
        let bookable =
            KINDS.iter().filter(|entry| entry.by_the_hour || [Kind::Allotment, Kind::BabyBank].contains(&entry.kind));
        let kinds = bookable.map(|entry| Choice::new(entry.code, entry.plural, entry.code == self.kind));
        let all = sites.iter().map(|site| Choice::new(site.slug.as_str(), &site.name, site.slug.as_str() == self.site));
        SearchForm {
            kinds: kinds.collect(),
            sites: all.collect(),
            date: if self.date.is_empty() { today.clone() } else { self.date.clone() },
            today,
            from: times(&self.from),
            to: times(&self.to),
            people: if self.people.is_empty() { "1".to_owned() } else { self.people.clone() },
            needs: Need::all()
                .map(|need| Choice::new(need.code(), need.label(), self.need.iter().any(|code| code == need.code())))
                .collect(),
            faults,
        }
    }
}

/// Half hours from 7am to 10pm, and what was typed if it is none of them.
fn times(typed: &str) -> Vec<Choice> {
    let mut minutes: Vec<i32> = (14..=44).map(|half| half * 30).collect();
    if let Some(minute) = clock_minute(typed).filter(|minute| !minutes.contains(minute)) {
        minutes.push(minute);
        minutes.sort_unstable();
    }
    minutes
        .into_iter()
        .map(|minute| Choice::new(clock_value(minute), clock(minute), clock_minute(typed) == Some(minute)))
        .collect()
}
