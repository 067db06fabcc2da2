//! The queue: everything that waits for this manager, the longest wait first.

use actix_web::HttpResponse;
use askama::Template;

use super::service::{self, Line, Silent, holder};
use crate::domain::hours::local_date;
use crate::domain::papers::PaperSet;
use crate::domain::span::Instant;
use crate::domain::words::{counted, date_and_clock, date_and_times, long_date, rough_length};
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
    silent: Vec<SilentCard>,
    awaiting: Vec<AwaitingCard>,
    /// "3 papers to look at", and where.
    papers: Option<(String, &'static str)>,
}

/// A booking with dates that wait for papers.
struct AwaitingCard {
    href: String,
    title: String,
    holder: String,
    when: String,
    site: String,
    missing: String,
    then: String,
}

/// A series of which nobody has said that it is still needed.
struct SilentCard {
    href: String,
    title: String,
    holder: String,
    /// Who was asked: name and address.
    asked: Option<(String, String)>,
    since: String,
    when: String,
    site: String,
    answer: String,
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
    let silent = queue.unanswered.iter().filter_map(|one| silent_card(one, now)).collect();
    let awaiting = queue.awaiting.chunk_by(|a, b| a.booking == b.booking).filter_map(awaiting_card).collect();
    let papers = (0 < queue.papers)
        .then(|| (format!("{} to look at", counted(queue.papers, "paper", "papers")), urls::MANAGE_PAPERS));
    page::ok(&QueuePage { chrome, heading, cards, silent, awaiting, papers })
}

fn awaiting_card(dates: &[Line]) -> Option<AwaitingCard> {
    let first = dates.first()?;
    let missing = dates.iter().fold(PaperSet::NONE, |all, line| all.and(line.papers));
    // What never lapses has a deadline that no calendar reaches; then its start is what counts.
    let until = dates.iter().filter_map(|line| line.until).min().filter(|until| *until < first.session.start());
    Some(AwaitingCard {
        href: urls::request(&first.reference),
        title: format!("{}, {}", first.facility_name, first.purpose),
        holder: holder(first),
        when: when(first, dates.len()),
        site: first.site_name.clone(),
        missing: missing.words(),
        then: match until {
            Some(until) => format!("Lapses by itself on {}.", date_and_clock(first.zone, until)),
            None => "Nothing is cancelled by itself: you decide before it starts.".to_owned(),
        },
    })
}

fn silent_card(silent: &Silent, now: Instant) -> Option<SilentCard> {
    let (first, last) = (silent.ahead.first()?, silent.ahead.last()?);
    let mut dates: Vec<i32> = silent.ahead.iter().map(|line| line.ordinal).collect();
    dates.dedup();
    let number = counted(i64::try_from(dates.len()).unwrap_or_default(), "date", "dates");
    let last = long_date(local_date(last.zone, last.session.start()));
    Some(SilentCard {
        href: urls::booking(&first.reference),
        title: format!("{}, {}", first.facility_name, first.purpose),
        holder: holder(first),
        asked: silent.question.booker.as_ref().map(|(name, email)| (name.clone(), email.to_string())),
        since: rough_length(now.minutes_since(silent.question.since)),
        when: format!("{number} to come: next {}, last {last}", date_and_times(first.zone, first.session)),
        site: first.site_name.clone(),
        answer: urls::booking_needed(&first.reference),
    })
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
        holder: holder(line),
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
