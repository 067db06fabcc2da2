//! Adding a site, for administrators.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::SiteForm;
use super::service;
use crate::domain::bank_holidays::Nation;
use crate::error::Error;
use crate::urls;
use crate::web::access::Administrator;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "manage/site/new.html")]
struct NewPage {
    chrome: Chrome,
    faults: Faults,
    typed: SiteForm,
    zones: Vec<Choice>,
    nations: Vec<Choice>,
    action: &'static str,
    manage: &'static str,
}

pub async fn get(_: Administrator, chrome: Chrome) -> Result<HttpResponse, Error> {
    let typed = SiteForm {
        zone: chrono_tz::Europe::London.name().to_owned(),
        nation: Nation::EnglandAndWales.code().to_owned(),
        ..SiteForm::default()
    };
    page::ok(&new_page(chrome, typed, Faults::none()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    who: Administrator,
    form: ProtectedForm<SiteForm>,
) -> Result<HttpResponse, Error> {
    let words = match form.parse(None, state.clock.now()) {
        Ok(words) => words,
        Err(faults) => return page::unprocessable(&new_page(Chrome::of(&request), form.0, faults)),
    };
    let slug = service::add(&state.db, who.actor.clone(), words, state.clock.now()).await?;
    Ok(page::done(&urls::manage_site(&slug), "added"))
}

fn new_page(chrome: Chrome, typed: SiteForm, faults: Faults) -> NewPage {
    let (zones, nations) = (typed.zones(None), typed.nations());
    NewPage { chrome, faults, zones, nations, typed, action: urls::MANAGE_SITE_NEW, manage: urls::MANAGE }
}
