//! The queue: everything that waits for this manager, the longest wait first.

use actix_web::HttpResponse;
use askama::Template;

use super::service::{self, Line};
use crate::domain::holder::Holder;
use crate::domain::span::Instant;
use crate::domain::words::{counted, date_and_clock, date_and_times, rough_length};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "requests/queue.html")]
struct QueuePage {
    chrome: Chrome,
    heading: String,
    cards: Vec<Card>,
}

struct Card {
    href: String,
    title: String,
    waiting: String,
    holder: String,
    when: String,
    site: String,
    people: String,
    until: String,
    /// Not a request but a change to a confirmed booking.
    change: bool,
    version: i32,
}

pub async fn get(state: Shared, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let queue = service::queue(&state.db, &who.actor, now).await?;
    let mut cards: Vec<Card> = Vec::new();
    for dates in queue.requests.chunk_by(|a, b| a.booking == b.booking) {
        cards.extend(dates.first().map(|first| card(first, dates.len(), now)));
    }
    for dates in queue.changes.chunk_by(|a, b| a.booking == b.booking) {
        cards.extend(dates.first().map(|first| change_card(first, dates.len())));
    }
    let number = i64::try_from(cards.len()).unwrap_or_default();
    let heading = match number {
        0 => "Nothing to decide".to_owned(),
        _ => format!("{} to decide", counted(number, "request", "requests")),
    };
    page::ok(&QueuePage { chrome, heading, cards })
}

/// A booking that asks for another time or place; it is decided where the difference is shown.
fn change_card(line: &Line, dates: usize) -> Card {
    Card {
        waiting: "Change asked for".to_owned(),
        until: String::new(),
        change: true,
        when: when(line, dates),
        ..card(line, dates, line.asked_at)
    }
}

fn when(line: &Line, dates: usize) -> String {
    let first = date_and_times(line.zone, line.session);
    match dates {
        0 | 1 => first,
        many => format!("{first}, and {} more", counted(i64::try_from(many - 1).unwrap_or_default(), "date", "dates")),
    }
}

fn card(line: &Line, dates: usize, now: Instant) -> Card {
    Card {
        href: urls::request(&line.reference),
        title: format!("{}, {}", line.facility_name, line.purpose),
        waiting: format!("Waiting {}", rough_length(now.minutes_since(line.asked_at))),
        holder: match &line.holder {
            Holder::Site => line.site_name.clone(),
            other => other.name().to_owned(),
        },
        when: when(line, dates),
        change: false,
        site: line.site_name.clone(),
        people: counted(line.people.into(), "person", "people"),
        until: line.until.map_or_else(String::new, |until| {
            format!("{}, in {}", date_and_clock(line.zone, until), rough_length(until.minutes_since(now)))
        }),
        version: line.version,
    }
}
