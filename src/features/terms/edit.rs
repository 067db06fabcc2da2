//! Writing the terms of a site, or of one of its facilities. Each saving makes a new version; bookings keep theirs.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Published, Terms};
use crate::domain::ids::Slug;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

/// So many characters; longer terms nobody reads.
const LONGEST: usize = 20_000;

#[derive(Template)]
#[template(path = "terms/edit.html")]
struct EditPage {
    chrome: Chrome,
    faults: Faults,
    name: String,
    site: String,
    action: String,
    public: Option<String>,
    body: String,
    version: i32,
    places: Vec<PlaceView>,
    manage: &'static str,
}

/// A facility, which may have terms of its own.
struct PlaceView {
    slug: String,
    name: String,
    body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermsForm {
    body: String,
    /// The facility that they are of; empty for the site.
    #[serde(default)]
    facility: String,
}

pub async fn get(request: HttpRequest, state: Shared, who: Manager, slug: Path<String>) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&slug).ok_or(Error::NotFound)?;
    let terms = service::managed(&state.db, who.actor.clone(), slug).await?.ok_or(Error::NotFound)?;
    page::ok(&edit_page(Chrome::of(&request), &terms, Faults::none()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    who: Manager,
    slug: Path<String>,
    form: ProtectedForm<TermsForm>,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&slug).ok_or(Error::NotFound)?;
    let terms = service::managed(&state.db, who.actor.clone(), slug.clone()).await?.ok_or(Error::NotFound)?;
    let mut faults = Faults::none();
    let facility = match form.facility.as_str() {
        "" => None,
        typed => Some(Slug::parse(typed).ok_or(Error::NotFound)?),
    };
    let body = faults.paragraphs("body", &form.body, LONGEST);
    if faults.is_empty() {
        let (actor, now) = (who.actor.clone(), state.clock.now());
        match service::publish(&state.db, actor, (slug.clone(), facility.clone()), body, now).await? {
            Published::Done => return Ok(page::done(&urls::manage_terms(&slug), "terms-saved")),
            Published::NotFound => return Err(Error::NotFound),
            Published::Same => faults.add("body", "This is the text that holds already. Change it first"),
        }
    }
    let page = edit_page(Chrome::of(&request), &terms, faults);
    let body = if facility.is_none() { form.0.body } else { page.body.clone() };
    page::unprocessable(&EditPage { body, ..page })
}

fn edit_page(chrome: Chrome, terms: &Terms, faults: Faults) -> EditPage {
    let newest = terms.of(None).next();
    let body = |found: Option<&service::Version>| found.map_or_else(String::new, |one| one.body.clone());
    EditPage {
        chrome,
        faults,
        name: terms.site.name.clone(),
        site: urls::manage_site(&terms.site.slug),
        action: urls::manage_terms(&terms.site.slug),
        public: (!terms.versions.is_empty()).then(|| urls::terms(&terms.site.slug)),
        body: body(newest),
        version: newest.map_or(0, |one| one.version),
        places: terms
            .facilities
            .iter()
            .map(|one| PlaceView {
                slug: one.slug.to_string(),
                name: one.name.clone(),
                body: body(terms.of(Some(one)).next()),
            })
            .collect(),
        manage: urls::MANAGE,
    }
}
