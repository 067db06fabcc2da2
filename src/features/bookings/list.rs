//! An organisation's bookings: what is coming, and what has been. For a site's staff also those for persons, and any by its reference.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use super::service::{self, Line};
use crate::domain::hours::local_time;
use crate::domain::ids::Reference;
use crate::domain::occurrence::Stage;
use crate::domain::organisation::Standing;
use crate::domain::span::Instant;
use crate::domain::words::{date_without_year, long_date, times};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    show: String,
    /// Typed by staff, to open a booking of their site.
    #[serde(default)]
    reference: String,
}

#[derive(Template)]
#[template(path = "bookings/list.html")]
struct ListPage {
    chrome: Chrome,
    past: bool,
    faults: Faults,
    reference: String,
    days: Vec<DayGroup>,
    /// What the site's staff booked for persons.
    of_persons: Vec<DayGroup>,
    staff: bool,
    books: bool,
    member: bool,
    approved: bool,
    /// The schedule of the first site where this person works.
    day: Option<String>,
}

struct DayGroup {
    date: String,
    lines: Vec<LineView>,
}

struct LineView {
    href: String,
    times: String,
    title: String,
    place: String,
    holder: String,
    stage: Stage,
}

pub async fn get(state: Shared, query: Query<ListQuery>, who: SignedIn, chrome: Chrome) -> Result<HttpResponse, Error> {
    let (past, now) = (query.show == "past", state.clock.now());
    let staff = who.actor.is_staff_anywhere();
    let mut faults = Faults::none();
    if staff && !query.reference.is_empty() {
        match Reference::parse(&query.reference) {
            Some(reference) if service::is_there(&state.db, reference.clone(), who.actor.clone()).await? => {
                return Ok(page::see_other(&urls::booking(&reference)));
            }
            _ => faults.add(
                "reference",
                "No booking of your site has this reference. It has eight letters and numbers, like 7K2M-94QT",
            ),
        }
    }
    let lists = service::list(&state.db, &who.actor, past, now).await?;
    let several = 1 < who.actor.memberships.len();
    let books = who.actor.books_for().next().is_some();
    let approved = who.actor.memberships.iter().any(|one| one.standing == Standing::Approved);
    let member = !who.actor.memberships.is_empty();
    let day = who.actor.posts.first().map(|post| urls::schedule(&post.slug, None));
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let list = ListPage {
        chrome,
        past,
        faults,
        reference: query.reference.clone(),
        days: days(&lists.own, several, past, now),
        of_persons: days(&lists.of_persons, several, past, now),
        staff,
        books,
        member,
        approved,
        day,
    };
    page::with_status(status, &list)
}

/// The lines by date.
fn days(lines: &[Line], several: bool, past: bool, now: Instant) -> Vec<DayGroup> {
    let mut days: Vec<DayGroup> = Vec::new();
    for line in lines {
        let local = local_time(line.zone, line.session.start()).date;
        let date = if past { long_date(local) } else { date_without_year(local) };
        let void = line.until.is_some_and(|until| until <= now);
        let view = line_view(line, several, if void { Stage::Expired } else { line.stage });
        match days.last_mut() {
            Some(day) if day.date == date => day.lines.push(view),
            _ => days.push(DayGroup { date, lines: vec![view] }),
        }
    }
    days
}

fn line_view(line: &Line, several: bool, stage: Stage) -> LineView {
    LineView {
        href: urls::booking(&line.reference),
        times: times(line.zone, line.session),
        title: line.purpose.clone(),
        place: format!("{}, {}", line.facility_name, line.site_name),
        holder: if several || line.holder.is_person() { line.holder.name().to_owned() } else { String::new() },
        stage,
    }
}
