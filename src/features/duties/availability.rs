//! When somebody can help: weekdays and parts of the day, and dates away. For the person themselves; coordinators see what follows from it.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::service;
use crate::domain::helping::{Availability, MOST_AWAY, Part};
use crate::domain::hours::local_date;
use crate::domain::words::{long_date, weekday_of};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

/// Nobody knows of absences longer than this.
const MOST_DAYS: i64 = 366;

#[derive(Template)]
#[template(path = "duties/availability.html")]
struct AvailabilityPage {
    chrome: Chrome,
    faults: Faults,
    parts: Vec<&'static str>,
    /// Each weekday with a tick a part.
    days: Vec<(&'static str, Vec<Choice>)>,
    away: Vec<(String, String, String)>,
    typed: (String, String),
}

pub async fn get(state: Shared, who: SignedIn, chrome: Chrome) -> Result<HttpResponse, Error> {
    let said = service::availability(&state, who.actor.person, state.clock.now()).await?;
    page::ok(&shown(chrome, &said, Faults::none(), (String::new(), String::new())))
}

fn shown(chrome: Chrome, said: &Availability, faults: Faults, typed: (String, String)) -> AvailabilityPage {
    let tick = |day: i32, part: Part| {
        let label = format!("{}, {}", weekday_of(day), part.words());
        Choice::new(format!("{day}-{}", part.code()), label, said.times.contains(&(day, part)))
    };
    let days = (0..7).map(|day| (weekday_of(day), Part::ALL.into_iter().map(|part| tick(day, part)).collect()));
    let away = said.away.iter().map(|(first, last)| {
        let words =
            if first == last { long_date(*first) } else { format!("{} to {}", long_date(*first), long_date(*last)) };
        (words, first.to_string(), last.to_string())
    });
    AvailabilityPage {
        chrome,
        faults,
        parts: Part::ALL.into_iter().map(Part::words).collect(),
        days: days.collect(),
        away: away.collect(),
        typed,
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AvailabilityForm {
    act: String,
    /// The ticked times: "0-morning".
    #[serde(default)]
    time: Vec<String>,
    #[serde(default)]
    first: String,
    #[serde(default)]
    last: String,
}

fn ticked(times: &[String]) -> Option<Vec<(i32, Part)>> {
    let read = |one: &String| {
        let (day, part) = one.split_once('-')?;
        let day = day.parse::<i32>().ok().filter(|day| (0..7).contains(day))?;
        Some((day, Part::parse(part)?))
    };
    let mut times = times.iter().map(read).collect::<Option<Vec<_>>>()?;
    times.sort_unstable();
    times.dedup();
    Some(times)
}

fn not_from_the_page() -> Error {
    Error::BadRequest("This form is not as the page made it. Open the page again".to_owned())
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    who: SignedIn,
    form: ProtectedForm<AvailabilityForm>,
) -> Result<HttpResponse, Error> {
    let (person, form) = (who.actor.person, form.0);
    match form.act.as_str() {
        "times" => {
            let times = ticked(&form.time).ok_or_else(not_from_the_page)?;
            service::set_times(&state, person, times).await?;
        }
        "back" => {
            let dates = form.first.parse().ok().zip(form.last.parse().ok()).ok_or_else(not_from_the_page)?;
            service::set_away(&state, person, (dates, false)).await?;
        }
        _ => {
            let said = service::availability(&state, person, state.clock.now()).await?;
            let mut faults = Faults::none();
            let today = local_date(chrono_tz::Tz::UTC, state.clock.now().plus_hours(-14));
            let (first, last) = (form.first.trim(), form.last.trim());
            let Some(dates) = absence(&mut faults, (first, last), today, said.away.len()) else {
                let typed = (form.first, form.last);
                return page::unprocessable(&shown(Chrome::of(&request), &said, faults, typed));
            };
            service::set_away(&state, person, (dates, true)).await?;
        }
    }
    Ok(page::done(&urls::availability(), "saved"))
}

/// Reads an absence; with no last date it is a single day.
fn absence(
    faults: &mut Faults,
    (first, last): (&str, &str),
    today: NaiveDate,
    there: usize,
) -> Option<(NaiveDate, NaiveDate)> {
    let last = if last.is_empty() { first } else { last };
    let mut read = |field: &'static str, typed: &str, words: &str| match typed.parse::<NaiveDate>() {
        Ok(date) => Some(date),
        Err(_) => {
            faults.add(field, words);
            None
        }
    };
    let begins = read("first", first, "Enter the first day you are away")?;
    let ends = read("last", last, "Enter the last day you are away")?;
    if ends < begins {
        faults.add("last", "The last day is before the first. Enter the same day or a later one");
    } else if ends < today {
        faults.add("last", "That is over. Enter a day that is still to come");
    } else if MOST_DAYS < (ends - begins).num_days() {
        faults
            .add("last", "That is more than a year. Enter a shorter time, or tell your coordinator that you have left");
    } else if MOST_AWAY <= there {
        faults.add("first", format!("You have noted {MOST_AWAY} absences. Take one away first"));
    }
    faults.is_empty().then_some((begins, ends))
}
