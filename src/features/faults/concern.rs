//! Where anybody says that somebody is at risk: first whom to ring, then a few words for those who lead on safeguarding. Nothing of it is shown here again.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Place, Told};
use crate::domain::concern::{ConcernText, LONGEST_WORDS};
use crate::domain::ids::Slug;
use crate::error::Error;
use crate::urls;
use crate::web::access::Visitor;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

const TOO_MANY: &str =
    "So much was told within the hour that nothing more can be taken now. Ring the site, or 999 in danger";

/// It has no `Debug`, so that no log can hold it.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConcernForm {
    words: String,
    contact: String,
    /// A field that no person sees; what fills it in is no person.
    website: String,
}

#[derive(Debug, Default, Deserialize)]
pub struct ConcernQuery {
    /// It was just sent.
    #[serde(default)]
    sent: String,
}

#[derive(Template)]
#[template(path = "faults/concern.html")]
struct ConcernPage {
    chrome: Chrome,
    faults: Faults,
    typed: ConcernForm,
    name: String,
    site_name: String,
    phone: String,
    sent: bool,
    action: String,
    back: String,
}

fn slugs((site, facility): &(String, String)) -> Result<(Slug, Slug), Error> {
    Slug::parse(site).zip(Slug::parse(facility)).ok_or(Error::NotFound)
}

pub async fn get(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    query: Query<ConcernQuery>,
    who: Visitor,
) -> Result<HttpResponse, Error> {
    let place = service::place(&state.db, who.actor().cloned(), slugs(&path)?, None).await?.ok_or(Error::NotFound)?;
    let chrome = Chrome::of(&request).with_visitor_form(&request);
    let page = concern_page(chrome, &place, ConcernForm::default(), Faults::none());
    page::ok(&ConcernPage { sent: !query.sent.is_empty(), ..page })
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: Visitor,
    form: ProtectedForm<ConcernForm>,
) -> Result<HttpResponse, Error> {
    let (slugs, typed, actor) = (slugs(&path)?, form.0, who.actor().cloned());
    let place = service::place(&state.db, actor.clone(), slugs.clone(), None).await?.ok_or(Error::NotFound)?;
    let sent = format!("{}?sent=yes", urls::concern(&slugs.0, &slugs.1));
    if !typed.website.is_empty() {
        return Ok(page::see_other(&sent));
    }
    let mut faults = Faults::none();
    let words = faults.paragraphs("words", &typed.words, LONGEST_WORDS);
    if words.is_empty() {
        faults.add("words", "Say what worries you, in your own words");
    }
    let contact = faults.optional_line("contact", &typed.contact, 160);
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if faults.is_empty() {
        state.limits.try_door(&state, &request)?;
        let (means, told) = ((state.clock.now(), state.mailer.clone()), ConcernText { words, contact });
        match service::tell(&state.db, means, actor, slugs, told).await? {
            Told::Done(_) => return Ok(page::see_other(&sent)),
            Told::NotFound => return Err(Error::NotFound),
            Told::TooMany => {
                faults.add("words", TOO_MANY);
                status = StatusCode::TOO_MANY_REQUESTS;
            }
        }
    }
    let chrome = Chrome::of(&request).with_visitor_form(&request);
    page::with_status(status, &concern_page(chrome, &place, typed, faults))
}

fn concern_page(chrome: Chrome, place: &Place, typed: ConcernForm, faults: Faults) -> ConcernPage {
    let Place { site, facility, .. } = place;
    ConcernPage {
        chrome: chrome.with_exit(true),
        faults,
        typed,
        name: facility.name.clone(),
        site_name: site.name.clone(),
        phone: site.phone.clone(),
        sent: false,
        action: urls::concern(&site.slug, &facility.slug),
        back: urls::fault(&site.slug, &facility.slug),
    }
}
