//! The closing list of a day: what is ticked, by whom and when, and the form that ticks.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use super::service::{self, Day, Ticked};
use crate::domain::hours::local_time;
use crate::domain::ids::Slug;
use crate::domain::person;
use crate::domain::words::{clock, date_and_clock, long_date};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
pub struct DayQuery {
    #[serde(default)]
    date: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TickForm {
    date: String,
    line: Vec<usize>,
    name: String,
}

#[derive(Template)]
#[template(path = "closing/day.html")]
struct DayPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    site_name: String,
    site_href: String,
    reception: Option<String>,
    manage: Option<String>,
    title: String,
    date: NaiveDate,
    action: String,
    /// Whose the last session is; for the staff with their name.
    last: String,
    lines: Vec<Line>,
    /// When somebody last ticked, and who.
    ticked: Option<String>,
    done: bool,
    name: String,
}

struct Line {
    place: usize,
    words: String,
    ticked: bool,
}

pub async fn get(
    state: Shared,
    path: Path<String>,
    query: Query<DayQuery>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let found = found(&state, &path, &who, &query.date).await?;
    let form = TickForm { name: who.actor.name.clone(), ..TickForm::default() };
    page::ok(&day_page(chrome, &who, &found, &form, Faults::none()))
}

async fn found(state: &Shared, path: &str, who: &SignedIn, date: &str) -> Result<Day, Error> {
    let slug = Slug::parse(path).ok_or(Error::NotFound)?;
    let date = match date {
        "" => None,
        typed => Some(read_date(typed)?),
    };
    let found = service::load(&state.db, who.actor.clone(), slug, date, state.clock.now()).await?;
    found.ok_or(Error::NotFound)
}

fn read_date(typed: &str) -> Result<NaiveDate, Error> {
    let date = typed.parse().ok().filter(|date: &NaiveDate| (2001..2199).contains(&date.year()));
    date.ok_or_else(|| Error::BadRequest("That is not a date we can show. Choose another day".to_owned()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<TickForm>,
) -> Result<HttpResponse, Error> {
    let found = found(&state, &path, &who, &form.date).await?;
    let mut faults = Faults::none();
    let name = faults.take("name", person::name(&form.name).map_err(|fault| fault.words("your name")));
    if form.line.is_empty() {
        faults.add("line-0", "Tick what is done");
    }
    let chrome = Chrome::of(&request);
    if !faults.is_empty() {
        return page::unprocessable(&day_page(chrome, &who, &found, &form, faults));
    }
    let at = (found.site.slug.clone(), found.date);
    let ticks = (form.line.clone(), name);
    let notice = match service::tick(&state.db, who.actor.clone(), at, ticks, state.clock.now()).await? {
        Ticked::Done => return Ok(page::done(&urls::closing(&found.site.slug, Some(found.date)), "ticked")),
        Ticked::NotFound => return Err(Error::NotFound),
        Ticked::NotYet => "It is too early for that. Nothing was ticked.",
        Ticked::TooLate => "That day is over for more than a week. Ring the site. Nothing was ticked.",
    };
    let page = DayPage { notice: Some(notice), ..day_page(chrome, &who, &found, &form, Faults::none()) };
    page::with_status(StatusCode::CONFLICT, &page)
}

fn day_page(chrome: Chrome, who: &SignedIn, found: &Day, form: &TickForm, faults: Faults) -> DayPage {
    let (site, zone) = (&found.site, found.site.zone);
    let had = |place: usize| found.closing.as_ref().is_some_and(|closing| closing.ticked.contains(&place));
    let ends = |last: &service::Line| clock(local_time(zone, last.session.end()).minute);
    DayPage {
        chrome,
        notice: None,
        site_name: site.name.clone(),
        site_href: urls::site(&site.slug),
        reception: found.is_staff.then(|| urls::reception(&site.slug, Some(found.date))),
        manage: who.actor.manages(site.id).then(|| urls::manage_closing(&site.slug)),
        title: long_date(found.date),
        date: found.date,
        action: urls::closing(&site.slug, None),
        last: match &found.last {
            None => "Nothing is booked on this day. Whoever of the staff leaves last ticks the list.".to_owned(),
            Some(last) if found.is_staff => {
                format!("Last out: {}, {}, until {}.", last.holder.name(), last.facility_name, ends(last))
            }
            Some(last) => format!(
                "Yours is the last session of the day: {}, until {}. Please leave the building like this.",
                last.facility_name,
                ends(last)
            ),
        },
        lines: found
            .lines
            .iter()
            .enumerate()
            .map(|(place, words)| Line {
                place,
                words: words.clone(),
                ticked: had(place) || form.line.contains(&place),
            })
            .collect(),
        ticked: found
            .closing
            .as_ref()
            .map(|closing| format!("Last ticked {} by {}.", date_and_clock(zone, closing.done_at), closing.done_name)),
        done: found.closing.as_ref().is_some_and(|closing| closing.is_done()),
        name: form.name.clone(),
        faults,
    }
}
