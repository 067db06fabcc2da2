//! An organisation's bookings: what is coming, and what has been.

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use super::service::{self, Line};
use crate::domain::hours::local_time;
use crate::domain::occurrence::Stage;
use crate::domain::organisation::Standing;
use crate::domain::words::{date_without_year, long_date, times};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    show: String,
}

#[derive(Template)]
#[template(path = "bookings/list.html")]
struct ListPage {
    chrome: Chrome,
    past: bool,
    days: Vec<DayGroup>,
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
    let lines = service::list(&state.db, &who.actor, past, now).await?;
    let several = 1 < who.actor.memberships.len();
    let mut days: Vec<DayGroup> = Vec::new();
    for line in &lines {
        let local = local_time(line.zone, line.session.start()).date;
        let date = if past { long_date(local) } else { date_without_year(local) };
        let void = line.until.is_some_and(|until| until <= now);
        let view = line_view(line, several, if void { Stage::Expired } else { line.stage });
        match days.last_mut() {
            Some(day) if day.date == date => day.lines.push(view),
            _ => days.push(DayGroup { date, lines: vec![view] }),
        }
    }
    let books = who.actor.books_for().next().is_some();
    let approved = who.actor.memberships.iter().any(|one| one.standing == Standing::Approved);
    let member = !who.actor.memberships.is_empty();
    let day = who.actor.posts.first().map(|post| urls::schedule(&post.slug, None));
    page::ok(&ListPage { chrome, past, days, books, member, approved, day })
}

fn line_view(line: &Line, several: bool, stage: Stage) -> LineView {
    LineView {
        href: urls::booking(&line.reference),
        times: times(line.zone, line.session),
        title: line.purpose.clone(),
        place: format!("{}, {}", line.facility_name, line.site_name),
        holder: line.organisation.as_ref().filter(|_| several).map_or_else(String::new, |(_, name)| name.clone()),
        stage,
    }
}
