//! The closures to come, each with a button to open again, and the form for another.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::form::CloseForm;
use super::service::{self, Closure, ClosuresView};
use crate::domain::ids::{Reference, Slug};
use crate::domain::places::Site;
use crate::domain::words::{counted, from_until, listed};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::repeat::{repeats_from_any, weekdays_from_any};
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenForm {
    key: String,
    /// "all" for every date to come that was closed together with it.
    #[serde(default)]
    dates: String,
}

#[derive(Debug, Default, Deserialize)]
pub struct MadeQuery {
    /// The closure just made, for which the page offers a way back.
    #[serde(default)]
    made: String,
    /// The fault because of which something is to be closed.
    #[serde(default)]
    fault: String,
}

#[derive(Template)]
#[template(path = "manage/closures/list.html")]
pub(super) struct ListPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    /// Names the closure just made.
    made: Option<String>,
    typed: CloseForm,
    facilities: Vec<Choice>,
    /// Parts of the space with the fault.
    units: Vec<Choice>,
    repeats_open: bool,
    repeats: Vec<Choice>,
    weekdays: Vec<Choice>,
    coming: Vec<ClosureCard>,
    name: String,
    site: String,
    action: String,
    open_action: String,
    manage: &'static str,
}

impl ListPage {
    /// The same with what stood in the way.
    pub(super) fn noticing(self, notice: &'static str) -> Self {
        Self { notice: Some(notice), ..self }
    }
}

/// Closures that were made together.
struct ClosureCard {
    reason: String,
    what: String,
    /// Its only date, or the next of several.
    when: String,
    key: String,
    /// How many dates there are to come, where there are several.
    several: Option<String>,
    dates: Vec<DateLine>,
}

struct DateLine {
    key: String,
    when: String,
}

pub async fn get(
    state: Shared,
    path: Path<String>,
    query: Query<MadeQuery>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let now = state.clock.now();
    let view = service::closures(&state.db, who.actor.clone(), slug, now).await?.ok_or(Error::NotFound)?;
    let typed = match Reference::parse(&query.fault) {
        None => CloseForm::empty(&view.site, now),
        Some(reference) => {
            let fault = service::fault(&state.db, view.site.id, reference).await?.ok_or(Error::NotFound)?;
            CloseForm::for_fault(&view.site, &fault, now)
        }
    };
    let known = view.coming.iter().flatten().any(|closure| closure.key == query.made);
    let made = known.then_some(query.0.made);
    page::ok(&ListPage { made, ..list_page(chrome, &view, typed, Faults::none()) })
}

pub async fn open(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<OpenForm>,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let now = state.clock.now();
    let means = (now, state.mailer.clone());
    let OpenForm { key, dates } = form.0;
    if service::open(&state.db, means, who.actor.clone(), slug.clone(), (key, dates == "all")).await? {
        return Ok(page::done(&urls::manage_closures(&slug), "opened"));
    }
    let view = service::closures(&state.db, who.actor.clone(), slug, now).await?.ok_or(Error::NotFound)?;
    let typed = CloseForm::empty(&view.site, now);
    let page = list_page(Chrome::of(&request), &view, typed, Faults::none());
    let notice = "That closure has ended or was opened already. Nothing was changed. Here is how it stands now.";
    page::with_status(StatusCode::CONFLICT, &page.noticing(notice))
}

pub(super) fn list_page(chrome: Chrome, view: &ClosuresView, typed: CloseForm, faults: Faults) -> ListPage {
    let site = &view.site;
    ListPage {
        chrome,
        faults,
        notice: None,
        made: None,
        facilities: typed.facilities(view),
        units: typed.units(view),
        repeats_open: typed.repeating().is_asked(),
        repeats: repeats_from_any(typed.repeating()),
        weekdays: weekdays_from_any(typed.repeating()),
        typed,
        coming: view.coming.iter().filter_map(|group| card(site, group)).collect(),
        name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        action: urls::manage_closures(&site.slug),
        open_action: urls::manage_closures_open(&site.slug),
        manage: urls::MANAGE,
    }
}

fn card(site: &Site, group: &[Closure]) -> Option<ClosureCard> {
    let first = group.first()?;
    let line =
        |closure: &Closure| DateLine { key: closure.key.clone(), when: from_until(site.zone, closure.block.span) };
    let number = i64::try_from(group.len()).unwrap_or_default();
    Some(ClosureCard {
        reason: first.block.reason.clone(),
        what: listed(&first.block.facilities),
        when: from_until(site.zone, first.block.span),
        key: first.key.clone(),
        several: (1 < number).then(|| counted(number, "date", "dates")),
        dates: if 1 < number { group.iter().map(line).collect() } else { Vec::new() },
    })
}
