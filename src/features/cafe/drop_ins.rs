//! Where a manager looks after the sessions of a café or shop: added, changed, one date cancelled, taken away.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::service::{self, CafeView, Deed, key};
use crate::domain::drop_ins::DropIn;
use crate::domain::hours::local_date;
use crate::domain::ids::{DropInId, Slug};
use crate::domain::span::Instant;
use crate::domain::typed;
use crate::domain::words::{clock, date_without_year, weekday_of};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

const GONE: &str = "That session or date is not there any more. Here is how it stands now.";
/// So many dates to come can be cancelled one by one.
const DATES: usize = 8;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DropInForm {
    act: String,
    #[serde(default)]
    key: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    whom: String,
    #[serde(default)]
    weekday: Vec<i32>,
    #[serde(default)]
    begins: String,
    #[serde(default)]
    ends: String,
    #[serde(default)]
    first: String,
    #[serde(default)]
    last: String,
    #[serde(default)]
    date: String,
}

#[derive(Template)]
#[template(path = "cafe/drop_ins.html")]
struct DropInsPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    typed: DropInForm,
    weekdays: Vec<Choice>,
    name: String,
    site_name: String,
    site_href: String,
    public: String,
    hours: String,
    openers: String,
    on_holidays: bool,
    sessions: Vec<Card>,
    action: String,
}

struct Card {
    key: String,
    name: String,
    when: String,
    limits: Option<String>,
    for_whom: String,
    /// The date as the form carries it, its words, and whether it is cancelled.
    dates: Vec<(String, String, bool)>,
    change: String,
}

#[derive(Debug, Deserialize)]
pub struct ChangeQuery {
    #[serde(default)]
    change: String,
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    query: actix_web::web::Query<ChangeQuery>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let view = service::load_managed(&state.db, who.actor.clone(), slugs(&path)?, now).await?.ok_or(Error::NotFound)?;
    let changed = view.sessions.iter().find(|one| key("drop-in", one.id.row()) == query.change);
    let typed = changed.map_or_else(|| empty(&view, now), filled);
    page::ok(&drop_ins_page(chrome, &view, typed, Faults::none(), now))
}

fn slugs((site, facility): &(String, String)) -> Result<(Slug, Slug), Error> {
    Slug::parse(site).zip(Slug::parse(facility)).ok_or(Error::NotFound)
}

fn empty(view: &CafeView, now: Instant) -> DropInForm {
    DropInForm { first: local_date(view.site.zone, now).to_string(), ..DropInForm::default() }
}

fn filled(one: &DropIn) -> DropInForm {
    DropInForm {
        act: String::new(),
        key: key("drop-in", one.id.row()),
        name: one.name.clone(),
        whom: one.for_whom.clone(),
        weekday: one.weekdays.clone(),
        begins: clock(one.from_minute),
        ends: clock(one.to_minute),
        first: one.from.to_string(),
        last: one.to.map(|date| date.to_string()).unwrap_or_default(),
        date: String::new(),
    }
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    form: ProtectedForm<DropInForm>,
) -> Result<HttpResponse, Error> {
    let (now, slugs, actor, typed) = (state.clock.now(), slugs(&path)?, who.actor.clone(), form.0);
    let view = service::load_managed(&state.db, actor.clone(), slugs.clone(), now).await?.ok_or(Error::NotFound)?;
    let mut faults = Faults::none();
    let (deed, done) = match typed.act.as_str() {
        "set" => {
            let of = Some(typed.key.clone()).filter(|key| !key.is_empty());
            (read(&view, &typed, &mut faults).map(|one| Deed::Set(of, Box::new(one))), "saved")
        }
        "remove" => (Some(Deed::Remove(typed.key.clone())), "removed"),
        "off" | "on" => {
            let date = typed.date.parse::<NaiveDate>().map_err(|_| Error::BadRequest("Choose a date".to_owned()))?;
            let off = typed.act == "off";
            (Some(Deed::Off(typed.key.clone(), date, off)), if off { "drop-in-off" } else { "undone" })
        }
        "holidays" => (Some(Deed::OnHolidays(typed.date == "yes")), "saved"),
        _ => return Err(Error::BadRequest("Open the page again".to_owned())),
    };
    let Some(deed) = deed else {
        return page::unprocessable(&drop_ins_page(Chrome::of(&request), &view, typed, faults, now));
    };
    let here = urls::drop_ins(&slugs.0, &slugs.1);
    if service::act(&state.db, actor, slugs, deed, now).await? {
        return Ok(page::done(&here, done));
    }
    let page = drop_ins_page(Chrome::of(&request), &view, empty(&view, now), faults, now);
    page::with_status(StatusCode::CONFLICT, &DropInsPage { notice: Some(GONE), ..page })
}

fn read(view: &CafeView, form: &DropInForm, faults: &mut Faults) -> Option<DropIn> {
    let name = faults.line("name", &form.name, "what it is called", 80);
    let for_whom = faults.optional_line("whom", &form.whom, 160);
    let mut weekdays: Vec<i32> = form.weekday.iter().copied().filter(|day| (0..7).contains(day)).collect();
    weekdays.sort_unstable();
    weekdays.dedup();
    if weekdays.is_empty() {
        faults.add("weekday", "Tick the days on which it takes place");
    }
    let from_minute = faults.take("begins", typed::clock(&form.begins).ok_or("Enter when it begins, like 10am"));
    let to_minute = faults.take("ends", typed::clock(&form.ends).ok_or("Enter when it ends, like 12 noon"));
    if faults.of("begins").is_none() && to_minute <= from_minute {
        faults.add("ends", "Enter an end that is after its beginning");
    }
    let from = form.first.trim().parse::<NaiveDate>();
    if from.is_err() {
        faults.add("first", "Choose the first day");
    }
    let from = from.unwrap_or_default();
    let to = match form.last.trim() {
        "" => None,
        text => match text.parse::<NaiveDate>() {
            Ok(date) if from <= date => Some(date),
            _ => {
                faults.add("last", "Choose a last day that is not before the first, or leave it empty");
                None
            }
        },
    };
    let facility = view.facility.id;
    let id = DropInId::new(0);
    let one = DropIn { id, facility, name, for_whom, weekdays, from_minute, to_minute, from, to, off: Vec::new() };
    faults.is_empty().then_some(one)
}

fn drop_ins_page(chrome: Chrome, view: &CafeView, typed: DropInForm, faults: Faults, now: Instant) -> DropInsPage {
    let (site, facility) = (&view.site, &view.facility);
    let weekdays = (0..7).map(|day| Choice::new(day.to_string(), weekday_of(day), typed.weekday.contains(&day)));
    DropInsPage {
        chrome,
        faults,
        notice: None,
        weekdays: weekdays.collect(),
        typed,
        name: facility.name.clone(),
        site_name: site.name.clone(),
        site_href: urls::manage_site(&site.slug),
        public: urls::cafe(&site.slug, &facility.slug),
        hours: urls::manage_facility_hours(&site.slug, &facility.slug),
        openers: urls::openers(&site.slug, &facility.slug),
        on_holidays: view.on_holidays,
        sessions: view.sessions.iter().map(|one| card(view, one, now)).collect(),
        action: urls::drop_ins(&site.slug, &facility.slug),
    }
}

fn card(view: &CafeView, one: &DropIn, now: Instant) -> Card {
    let today = local_date(view.site.zone, now);
    let coming = today.iter_days().take(120).filter(|date| one.has(*date)).take(DATES);
    let key = key("drop-in", one.id.row());
    Card {
        change: format!("{}?change={key}#set", urls::drop_ins(&view.site.slug, &view.facility.slug)),
        key,
        name: one.name.clone(),
        when: one.words(),
        limits: one.limits(today),
        for_whom: one.for_whom.clone(),
        dates: coming.map(|date| (date.to_string(), date_without_year(date), one.off.contains(&date))).collect(),
    }
}
