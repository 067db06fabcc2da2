//! The queue: everything that waits for this manager, the longest wait first.

use actix_web::HttpResponse;
use askama::Template;

use super::service::{self, Line};
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
    version: i32,
}

pub async fn get(state: Shared, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let lines = service::queue(&state.db, &who.actor, now).await?;
    let number = i64::try_from(lines.len()).unwrap_or_default();
    let heading = match number {
        0 => "Nothing to decide".to_owned(),
        _ => format!("{} to decide", counted(number, "request", "requests")),
    };
    page::ok(&QueuePage { chrome, heading, cards: lines.iter().map(|line| card(line, now)).collect() })
}

fn card(line: &Line, now: Instant) -> Card {
    Card {
        href: urls::request(&line.reference),
        title: format!("{}, {}", line.facility_name, line.purpose),
        waiting: format!("Waiting {}", rough_length(now.minutes_since(line.asked_at))),
        holder: line.organisation.as_ref().map_or_else(|| line.site_name.clone(), |(_, name)| name.clone()),
        when: date_and_times(line.zone, line.session),
        site: line.site_name.clone(),
        people: counted(line.people.into(), "person", "people"),
        until: line.until.map_or_else(String::new, |until| {
            format!("{}, in {}", date_and_clock(line.zone, until), rough_length(until.minutes_since(now)))
        }),
        version: line.version,
    }
}
