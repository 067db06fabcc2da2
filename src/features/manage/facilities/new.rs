//! Adding a space to a site.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::FacilityForm;
use super::service::{self, Added};
use crate::domain::ids::Slug;
use crate::domain::places::Site;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "manage/facilities/new.html")]
struct NewPage {
    chrome: Chrome,
    faults: Faults,
    typed: FacilityForm,
    kinds: Vec<Choice>,
    needs: Vec<Choice>,
    site_name: String,
    site: String,
    action: String,
    manage: &'static str,
}

pub async fn get(state: Shared, path: Path<String>, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let site = service::site(&state.db, who.actor.clone(), slug).await?.ok_or(Error::NotFound)?;
    page::ok(&new_page(chrome, &site, FacilityForm::empty(), Faults::none()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<FacilityForm>,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let site = service::site(&state.db, who.actor.clone(), slug.clone()).await?.ok_or(Error::NotFound)?;
    let chrome = Chrome::of(&request);
    let new = match form.parse() {
        Ok(new) => new,
        Err(faults) => return page::unprocessable(&new_page(chrome, &site, form.0, faults)),
    };
    match service::add(&state.db, who.actor.clone(), slug, new, state.clock.now()).await? {
        Added::Done(facility) => Ok(page::done(&urls::manage_facility_rules(&site.slug, &facility), "added")),
        Added::NotFound => Err(Error::NotFound),
        Added::UnitTaken { unit, of } => {
            let mut faults = Faults::none();
            let words = format!("“{unit}” is a part of {of} already. Tick that it is shared, or give it another name");
            faults.add("units", words);
            page::unprocessable(&new_page(chrome, &site, form.0, faults))
        }
    }
}

fn new_page(chrome: Chrome, site: &Site, typed: FacilityForm, faults: Faults) -> NewPage {
    NewPage {
        chrome,
        faults,
        kinds: typed.kinds(),
        needs: typed.needs(),
        typed,
        site_name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        action: urls::manage_facility_new(&site.slug),
        manage: urls::MANAGE,
    }
}
