//! What anyone may come to, across the estate: by site, kind of space and date. For link workers, on paper one page.

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use chrono::{Days, NaiveDate};
use serde::Deserialize;

use super::service::{self, OnSession};
use crate::domain::hours::local_date;
use crate::domain::kinds::KINDS;
use crate::domain::words::{date_without_year, times};
use crate::error::Error;
use crate::urls;
use crate::web::chrome::Chrome;
use crate::web::forms::Choice;
use crate::web::page;
use crate::web::state::Shared;

/// So many days are shown where no date is asked for.
const DAYS: u64 = 7;

#[derive(Debug, Default, Deserialize)]
pub struct OnQuery {
    #[serde(default)]
    site: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    date: String,
}

#[derive(Template)]
#[template(path = "cafe/whats_on.html")]
struct OnPage {
    chrome: Chrome,
    heading: String,
    sites: Vec<Choice>,
    kinds: Vec<Choice>,
    date: String,
    days: Vec<Day>,
    action: &'static str,
}

struct Day {
    date: String,
    lines: Vec<Line>,
}

struct Line {
    times: String,
    title: String,
    for_whom: String,
    who: String,
    how: String,
    place: String,
    href: String,
    address: String,
}

pub async fn get(state: Shared, query: Query<OnQuery>, chrome: Chrome) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let asked = match query.date.trim() {
        "" => None,
        text => Some(text.parse::<NaiveDate>().map_err(|_| Error::BadRequest("Enter a date".to_owned()))?),
    };
    let today = local_date(chrono_tz::Europe::London, now);
    let from = asked.unwrap_or(today);
    let to = if asked.is_some() { from } else { from.checked_add_days(Days::new(DAYS - 1)).unwrap_or(from) };
    let (sessions, sites) = service::whats_on(&state.db, (from, to), now).await?;
    let wanted = |one: &&OnSession| {
        let site = query.site.is_empty() || one.place.site_slug.as_str() == query.site;
        site && (query.kind.is_empty() || one.place.kind.code() == query.kind)
    };
    let mut days: Vec<Day> = Vec::new();
    for one in sessions.iter().filter(wanted) {
        let date = date_without_year(one.date);
        match days.last_mut() {
            Some(day) if day.date == date => day.lines.push(line(one)),
            _ => days.push(Day { date, lines: vec![line(one)] }),
        }
    }
    let any = |label: &str, typed: &str| Choice::new("", label, typed.is_empty());
    let heading = asked.map_or_else(
        || "What’s on in the next 7 days".to_owned(),
        |date| format!("What’s on, {}", date_without_year(date)),
    );
    page::ok(&OnPage {
        chrome,
        heading,
        sites: std::iter::once(any("All sites", &query.site))
            .chain(
                sites
                    .iter()
                    .map(|site| Choice::new(site.slug.as_str(), site.name.clone(), site.slug.as_str() == query.site)),
            )
            .collect(),
        kinds: std::iter::once(any("Any kind of place", &query.kind))
            .chain(KINDS.iter().map(|entry| Choice::new(entry.code, entry.plural, entry.code == query.kind)))
            .collect(),
        date: asked.map(|date| date.to_string()).unwrap_or_default(),
        days,
        action: urls::WHATS_ON,
    })
}

fn line(one: &OnSession) -> Line {
    let place = &one.place;
    Line {
        times: times(place.zone, one.span),
        title: one.title.clone(),
        for_whom: one.for_whom.clone(),
        who: one.holder.clone().unwrap_or_else(|| place.site_name.clone()),
        how: if one.needs_no_booking {
            "No booking needed, just come".to_owned()
        } else {
            "Anyone can be referred".to_owned()
        },
        place: format!("{}, {}", place.facility_name, place.site_name),
        href: urls::facility(&place.site_slug, &place.facility_slug),
        address: if place.phone.is_empty() {
            place.address.clone()
        } else {
            format!("{}, {}", place.address, place.phone)
        },
    }
}
