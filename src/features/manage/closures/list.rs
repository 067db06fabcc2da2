//! The closures to come, each with a button to open again, and the form for another.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::form::CloseForm;
use super::service::{self, Closure, ClosuresView};
use crate::domain::ids::Slug;
use crate::domain::places::Site;
use crate::domain::words::{from_until, listed};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenForm {
    key: String,
}

#[derive(Template)]
#[template(path = "manage/closures/list.html")]
pub(super) struct ListPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    typed: CloseForm,
    facilities: Vec<Choice>,
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

struct ClosureCard {
    key: String,
    what: String,
    when: String,
    reason: String,
}

pub async fn get(state: Shared, path: Path<String>, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let now = state.clock.now();
    let view = service::closures(&state.db, who.actor.clone(), slug, now).await?.ok_or(Error::NotFound)?;
    let typed = CloseForm::empty(&view.site, now);
    page::ok(&list_page(chrome, &view, typed, Faults::none()))
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
    if service::open(&state.db, means, who.actor.clone(), slug.clone(), form.0.key).await? {
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
        facilities: typed.facilities(view),
        typed,
        coming: view.coming.iter().map(|closure| card(site, closure)).collect(),
        name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        action: urls::manage_closures(&site.slug),
        open_action: urls::manage_closures_open(&site.slug),
        manage: urls::MANAGE,
    }
}

fn card(site: &Site, closure: &Closure) -> ClosureCard {
    let block = &closure.block;
    ClosureCard {
        key: closure.key.clone(),
        what: listed(&block.facilities),
        when: from_until(site.zone, block.span),
        reason: block.reason.clone(),
    }
}
