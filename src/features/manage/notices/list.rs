//! The notices to come, each with its words to change and a button to take it back, and the form for another.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::{KeyForm, NoticeForm};
use super::service::{self, Deed, NoticesView, Wanted, key};
use crate::domain::ids::Slug;
use crate::domain::notice::Notice;
use crate::domain::span::Instant;
use crate::domain::text;
use crate::domain::words::{counted, from_until, long_date};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::repeat::{repeats_from_any, weekdays_from_any};
use crate::web::state::Shared;

const GONE: &str = "That notice is over or was taken back already. Nothing was changed. Here is how it stands now.";
const WRONG_WORDS: &str = "The words were not changed: enter 1 to 160 characters, and nothing hidden.";
const NO_DATE: &str = "No date is ticked. Tick at least one.";

#[derive(Template)]
#[template(path = "manage/notices/list.html")]
struct ListPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    typed: NoticeForm,
    places: Vec<Choice>,
    repeats_open: bool,
    repeats: Vec<Choice>,
    weekdays: Vec<Choice>,
    coming: Vec<Card>,
    name: String,
    site: String,
    action: String,
    change: String,
    lift: String,
    manage: &'static str,
}

/// Every date of a notice that repeats, before it is given.
#[derive(Template)]
#[template(path = "manage/notices/list_dates.html")]
struct DatesPage {
    chrome: Chrome,
    notice: Option<&'static str>,
    typed: NoticeForm,
    heading: String,
    place: String,
    rows: Vec<DateRow>,
    name: String,
    site: String,
    action: String,
    manage: &'static str,
}

struct DateRow {
    place: usize,
    date: String,
    /// Why there is no such time; then it has no tick.
    impossible: Option<String>,
    ticked: bool,
    holiday: String,
}

/// Notices that were given together.
struct Card {
    key: String,
    words: String,
    place: String,
    when: String,
    several: Option<String>,
    dates: Vec<(String, String)>,
}

pub async fn get(state: Shared, path: Path<String>, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    let (view, now) = view(&state, &path, &who).await?;
    let typed = NoticeForm::empty(&view.site, now);
    page::ok(&list_page(chrome, &view, typed, Faults::none()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<NoticeForm>,
) -> Result<HttpResponse, Error> {
    let (view, now) = view(&state, &path, &who).await?;
    let (typed, chrome) = (form.0, Chrome::of(&request));
    if typed.step == "change" {
        return page::ok(&list_page(chrome, &view, typed, Faults::none()));
    }
    let wanted = match typed.parse(&view, now) {
        Ok(wanted) => wanted,
        Err(faults) => return page::unprocessable(&list_page(chrome, &view, typed, faults)),
    };
    let several = 1 < wanted.dates.len();
    let places = typed.ticked().filter(|_| several);
    let spans = wanted.spans(places.as_deref());
    if (several && places.is_none()) || spans.is_empty() {
        let dates = wanted.dates.iter().map(|(date, _)| *date).collect();
        let holidays = service::holidays(&state.db, view.site.clone(), dates).await?;
        let page = dates_page(chrome, &view, typed, &wanted, &holidays);
        return match places {
            None => page::ok(&page),
            Some(_) => page::unprocessable(&DatesPage { notice: Some(NO_DATE), ..page }),
        };
    }
    if service::give(&state.db, who.actor.clone(), view.site.slug.clone(), (wanted, spans), now).await? {
        return Ok(page::done(&urls::manage_notices(&view.site.slug), "notice-given"));
    }
    Err(Error::NotFound)
}

pub async fn change(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<KeyForm>,
) -> Result<HttpResponse, Error> {
    let KeyForm { key, words, .. } = form.0;
    match text::required_line(&words, 160) {
        Ok(words) => act(&request, &state, &path, &who, (key, Deed::Words(words))).await,
        Err(_) => {
            let (view, now) = view(&state, &path, &who).await?;
            let page = list_page(Chrome::of(&request), &view, NoticeForm::empty(&view.site, now), Faults::none());
            page::unprocessable(&ListPage { notice: Some(WRONG_WORDS), ..page })
        }
    }
}

pub async fn lift(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<KeyForm>,
) -> Result<HttpResponse, Error> {
    let KeyForm { key, dates, .. } = form.0;
    act(&request, &state, &path, &who, (key, Deed::Lift { all: dates == "all" })).await
}

async fn act(
    request: &HttpRequest,
    state: &Shared,
    path: &str,
    who: &Manager,
    (key, deed): (String, Deed),
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(path).ok_or(Error::NotFound)?;
    let done = if matches!(deed, Deed::Words(_)) { "saved" } else { "notice-lifted" };
    if service::act(&state.db, who.actor.clone(), slug.clone(), (key, deed), state.clock.now()).await? {
        return Ok(page::done(&urls::manage_notices(&slug), done));
    }
    let (view, now) = view(state, path, who).await?;
    let page = list_page(Chrome::of(request), &view, NoticeForm::empty(&view.site, now), Faults::none());
    page::with_status(StatusCode::CONFLICT, &ListPage { notice: Some(GONE), ..page })
}

async fn view(state: &Shared, path: &str, who: &Manager) -> Result<(NoticesView, Instant), Error> {
    let slug = Slug::parse(path).ok_or(Error::NotFound)?;
    let now = state.clock.now();
    let view = service::all(&state.db, who.actor.clone(), slug, now).await?.ok_or(Error::NotFound)?;
    Ok((view, now))
}

fn list_page(chrome: Chrome, view: &NoticesView, typed: NoticeForm, faults: Faults) -> ListPage {
    let site = &view.site;
    ListPage {
        chrome,
        faults,
        notice: None,
        places: typed.places(view),
        repeats_open: typed.repeating().is_asked(),
        repeats: repeats_from_any(typed.repeating()),
        weekdays: weekdays_from_any(typed.repeating()),
        typed,
        coming: view.coming.iter().filter_map(|group| card(view, group)).collect(),
        name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        action: urls::manage_notices(&site.slug),
        change: urls::manage_notices_act(&site.slug, "change"),
        lift: urls::manage_notices_act(&site.slug, "lift"),
        manage: urls::MANAGE,
    }
}

fn card(view: &NoticesView, group: &[Notice]) -> Option<Card> {
    let (first, number) = (group.first()?, i64::try_from(group.len()).unwrap_or_default());
    let facility = first.facility.and_then(|id| view.facilities.iter().find(|one| one.id == id));
    let line = |one: &Notice| (key(one), from_until(view.site.zone, one.span));
    Some(Card {
        key: key(first),
        words: first.words.clone(),
        place: facility.map_or_else(|| format!("All of {}", view.site.name), |one| one.name.clone()),
        when: from_until(view.site.zone, first.span),
        several: (1 < number).then(|| counted(number, "date", "dates")),
        dates: if 1 < number { group.iter().map(line).collect() } else { Vec::new() },
    })
}

fn dates_page(
    chrome: Chrome,
    view: &NoticesView,
    typed: NoticeForm,
    wanted: &Wanted,
    holidays: &[(chrono::NaiveDate, String)],
) -> DatesPage {
    let site = &view.site;
    let row = |(place, (date, span)): (usize, &(chrono::NaiveDate, _))| {
        let span: &Result<crate::domain::span::Span, _> = span;
        let holiday = holidays.iter().find(|(on, _)| on == date).map(|(_, name)| name.clone()).unwrap_or_default();
        DateRow {
            place,
            date: span.as_ref().map_or_else(|_| long_date(*date), |span| from_until(site.zone, *span)),
            impossible: span.as_ref().err().map(|why: &crate::domain::hours::NoSuchTime| why.to_string()),
            ticked: typed.holidays != "leave" || holiday.is_empty(),
            holiday,
        }
    };
    let rows: Vec<DateRow> = wanted.dates.iter().enumerate().map(row).collect();
    let number = i64::try_from(rows.len()).unwrap_or_default();
    let facility = view.facilities.iter().find(|one| Some(&one.slug) == wanted.facility.as_ref());
    DatesPage {
        chrome,
        notice: None,
        typed,
        heading: format!("Give this notice on {}?", counted(number, "date", "dates")),
        place: facility.map_or_else(|| format!("All of {}", site.name), |one| one.name.clone()),
        rows,
        name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        action: urls::manage_notices(&site.slug),
        manage: urls::MANAGE,
    }
}
