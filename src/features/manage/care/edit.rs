//! What a space asks of those who use it, as a form. It counts for what is asked for from now on.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::CareForm;
use super::service::{self, View};
use crate::domain::ids::Slug;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "manage/care/edit.html")]
struct EditPage {
    chrome: Chrome,
    faults: Faults,
    typed: CareForm,
    name: String,
    facility: String,
    site_name: String,
    site: String,
    inductions: String,
    jobs: String,
    action: String,
    manage: &'static str,
}

/// Reads where a space is from a path.
pub(super) fn at((site, facility): &(String, String)) -> Result<(Slug, Slug), Error> {
    Slug::parse(site).zip(Slug::parse(facility)).ok_or(Error::NotFound)
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let view = service::one(&state.db, who.actor.clone(), at(&path)?).await?.ok_or(Error::NotFound)?;
    let typed = CareForm::of(&view.facility.care);
    page::ok(&edit_page(chrome, &view, typed, Faults::none()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    form: ProtectedForm<CareForm>,
) -> Result<HttpResponse, Error> {
    let at = at(&path)?;
    let view = service::one(&state.db, who.actor.clone(), at.clone()).await?.ok_or(Error::NotFound)?;
    let care = match form.parse() {
        Ok(care) => care,
        Err(faults) => return page::unprocessable(&edit_page(Chrome::of(&request), &view, form.0, faults)),
    };
    let path = urls::manage_facility_care(&at.0, &at.1);
    if service::change(&state.db, who.actor.clone(), at, care, state.clock.now()).await? {
        Ok(page::done(&path, "saved"))
    } else {
        Err(Error::NotFound)
    }
}

fn edit_page(chrome: Chrome, view: &View, typed: CareForm, faults: Faults) -> EditPage {
    let (site, facility) = (&view.site, &view.facility);
    EditPage {
        chrome,
        faults,
        typed,
        name: facility.name.clone(),
        facility: urls::manage_facility(&site.slug, &facility.slug),
        site_name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        inductions: urls::manage_facility_inductions(&site.slug, &facility.slug),
        jobs: urls::manage_jobs(&site.slug, None),
        action: urls::manage_facility_care(&site.slug, &facility.slug),
        manage: urls::MANAGE,
    }
}
