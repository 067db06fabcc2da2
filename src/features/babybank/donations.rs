//! The drop-offs to come, for the site's staff; its manager pauses them here. Nothing of collections stands on this page.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::service::{self, Answer, VisitsView};
use super::times::{outside, slugs};
use crate::domain::hours::local_date;
use crate::domain::ids::Reference;
use crate::domain::slots::{BRINGS, Pause, StreamKind, Visit, words_of};
use crate::domain::span::Instant;
use crate::domain::words::{date_without_year, listed, long_date, times};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

const OVER: &str = "That drop-off is cancelled or over already. Here is how it stands now.";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActForm {
    act: String,
    #[serde(default)]
    reference: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    cancel: String,
}

#[derive(Template)]
#[template(path = "babybank/donations.html")]
struct DonationsPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    typed: ActForm,
    name: String,
    site_name: String,
    site_href: String,
    public: String,
    collections: String,
    streams: Option<String>,
    paused: Option<(String, Option<String>)>,
    coming: usize,
    days: Vec<Day>,
    action: String,
}

struct Day {
    date: String,
    lines: Vec<Line>,
}

struct Line {
    reference: String,
    times: String,
    name: String,
    email: String,
    brings: String,
    state: &'static str,
    words: &'static str,
    may_cancel: bool,
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let view = service::load_donations(&state.db, who.actor.clone(), slugs(&path)?, now).await?;
    page::ok(&list_page(chrome, &view.ok_or(Error::NotFound)?, ActForm::default(), Faults::none(), now))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: SignedIn,
    form: ProtectedForm<ActForm>,
) -> Result<HttpResponse, Error> {
    let (now, slugs, actor) = (state.clock.now(), slugs(&path)?, who.actor.clone());
    let view = service::load_donations(&state.db, actor.clone(), slugs.clone(), now).await?.ok_or(Error::NotFound)?;
    let here = urls::donations(&slugs.0, &slugs.1);
    let typed = form.0;
    if typed.act == "cancel" {
        let reference = Reference::parse(&typed.reference).ok_or(Error::NotFound)?;
        let which = (StreamKind::Donation, reference);
        return match service::cancel(&state.db, outside(&state), actor, which).await? {
            Answer::Done(_) => Ok(page::done(&here, "drop-off-cancelled")),
            Answer::NotFound => Err(Error::NotFound),
            _ => {
                let page = list_page(Chrome::of(&request), &view, ActForm::default(), Faults::none(), now);
                page::with_status(StatusCode::CONFLICT, &DonationsPage { notice: Some(OVER), ..page })
            }
        };
    }
    if !view.manages {
        return Err(Error::NotFound);
    }
    let mut faults = Faults::none();
    let (pause, done) = match typed.act.as_str() {
        "pause" => (Some(read(&view, &typed, &mut faults, now)), "drop-offs-paused"),
        "resume" => (None, "drop-offs-open"),
        _ => return Err(Error::BadRequest("Open the page again".to_owned())),
    };
    if !faults.is_empty() {
        return page::unprocessable(&list_page(Chrome::of(&request), &view, typed, faults, now));
    }
    let what = (pause, typed.cancel == "yes");
    service::pause(&state.db, outside(&state), actor, slugs, what).await?.ok_or(Error::NotFound)?;
    Ok(page::done(&here, done))
}

fn read(view: &VisitsView, typed: &ActForm, faults: &mut Faults, now: Instant) -> Pause {
    let words = faults.line("words", &typed.words, "what donors should know", 300);
    let until = match typed.until.trim() {
        "" => None,
        text => match text.parse::<NaiveDate>() {
            Ok(date) if local_date(view.bank.site.zone, now) < date => Some(date),
            _ => {
                faults.add("until", "Choose a day after today, or leave it empty");
                None
            }
        },
    };
    Pause { words, until }
}

fn list_page(chrome: Chrome, view: &VisitsView, typed: ActForm, faults: Faults, now: Instant) -> DonationsPage {
    let (site, facility) = (&view.bank.site, &view.bank.facility);
    let today = local_date(site.zone, now);
    let mut days: Vec<Day> = Vec::new();
    let listed = |visit: &&Visit| {
        // What lapsed without a yes is nobody's any more.
        let lapsed = visit.stage.is_active() && visit.until.is_some_and(|until| until <= now);
        today <= local_date(site.zone, visit.slot.start()) && !lapsed && visit.stage.shown_as() != "cancelled"
    };
    for visit in view.visits.iter().filter(listed) {
        let date = date_without_year(local_date(site.zone, visit.slot.start()));
        let line = line(view, visit, now);
        match days.last_mut() {
            Some(day) if day.date == date => day.lines.push(line),
            _ => days.push(Day { date, lines: vec![line] }),
        }
    }
    let stream = view.bank.stream(StreamKind::Donation);
    let paused = stream.and_then(|stream| stream.paused_on(today));
    DonationsPage {
        chrome,
        faults,
        notice: None,
        typed,
        name: facility.name.clone(),
        site_name: site.name.clone(),
        site_href: urls::site(&site.slug),
        public: urls::donate(&site.slug, &facility.slug),
        collections: urls::collections(&site.slug, &facility.slug),
        streams: view.manages.then(|| urls::manage_streams(&site.slug, &facility.slug)),
        paused: paused.map(|pause| (pause.words.clone(), pause.until.map(long_date))),
        coming: view.visits.iter().filter(|visit| visit.is_coming(now)).count(),
        days,
        action: urls::donations(&site.slug, &facility.slug),
    }
}

fn line(view: &VisitsView, visit: &Visit, now: Instant) -> Line {
    let brings: Vec<String> =
        visit.brings.iter().filter_map(|code| words_of(&BRINGS, code)).map(str::to_owned).collect();
    Line {
        reference: visit.reference.to_string(),
        times: times(view.bank.site.zone, visit.slot),
        name: if visit.name.is_empty() { "Name no longer kept".to_owned() } else { visit.name.clone() },
        email: visit.email.clone(),
        brings: listed(&brings),
        state: visit.stage.shown_as(),
        words: if visit.until.is_some() { "Waits for the link in their mail" } else { visit.stage.words() },
        may_cancel: visit.is_coming(now),
    }
}
