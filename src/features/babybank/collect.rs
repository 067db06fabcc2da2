//! Where a referrer books a collection: a free slot, a bundle's reference, a size. No field asks for a family.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Answer, CollectView, CollectionDraft};
use super::times::{SlotDay, by_day, chosen, outside, slugs};
use crate::domain::slots::{SIZES, StreamKind, bundle_reference, words_of};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

pub const TAKEN: &str = "That time has just been taken. Choose another one";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectForm {
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    slot: String,
    #[serde(default)]
    bundle: String,
    #[serde(default)]
    size: String,
}

#[derive(Template)]
#[template(path = "babybank/collect.html")]
struct CollectPage {
    chrome: Chrome,
    faults: Faults,
    typed: CollectForm,
    name: String,
    site_name: String,
    site_href: String,
    address: String,
    arrival: String,
    words: String,
    /// Empty where there is only one.
    organisations: Vec<Choice>,
    sizes: Vec<Choice>,
    days: Vec<SlotDay>,
    action: String,
    list: String,
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let (now, slugs) = (state.clock.now(), slugs(&path)?);
    let view = service::load_collect(&state.db, who.actor.clone(), slugs, now).await?.ok_or(Error::NotFound)?;
    page::ok(&collect_page(chrome, &view, CollectForm::default(), Faults::none()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: SignedIn,
    form: ProtectedForm<CollectForm>,
) -> Result<HttpResponse, Error> {
    let (now, slugs, actor) = (state.clock.now(), slugs(&path)?, who.actor.clone());
    let view = service::load_collect(&state.db, actor.clone(), slugs.clone(), now).await?.ok_or(Error::NotFound)?;
    let typed = form.0;
    let mut faults = Faults::none();
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if let Some(draft) = read(&view, &typed, &mut faults) {
        match service::collect(&state.db, outside(&state), actor, slugs.clone(), draft).await? {
            Answer::Done(visit) => {
                return Ok(page::done(&urls::collection(&slugs.0, &slugs.1, &visit.reference), "collection-booked"));
            }
            Answer::NotFound | Answer::TooOften => return Err(Error::NotFound),
            Answer::Taken | Answer::Stale => {
                faults.add("slot", TAKEN);
                status = StatusCode::CONFLICT;
            }
        }
    }
    page::with_status(status, &collect_page(Chrome::of(&request), &view, typed, faults))
}

fn read(view: &CollectView, typed: &CollectForm, faults: &mut Faults) -> Option<CollectionDraft> {
    let organisation = match view.organisations.as_slice() {
        [(id, ..)] => Some(*id),
        several => several.iter().find(|(_, slug, _)| slug.as_str() == typed.organisation).map(|(id, ..)| *id),
    };
    if organisation.is_none() {
        faults.add("organisation", "Choose for which organisation you collect");
    }
    let bundle = faults.take("bundle", bundle_reference(&typed.bundle));
    if words_of(&SIZES, &typed.size).is_none() {
        faults.add("size", "Choose how large the bundle is");
    }
    let slot = chosen(&typed.slot);
    if slot.is_none() {
        faults.add("slot", "Choose when it is collected");
    }
    let draft = CollectionDraft { organisation: organisation?, slot: slot?, bundle, size: typed.size.clone() };
    faults.is_empty().then_some(draft)
}

/// The sizes as radio buttons.
pub fn sizes(chosen: &str) -> Vec<Choice> {
    SIZES.iter().map(|(code, words)| Choice::new(*code, *words, *code == chosen)).collect()
}

fn collect_page(chrome: Chrome, view: &CollectView, typed: CollectForm, faults: Faults) -> CollectPage {
    let (site, facility) = (&view.bank.site, &view.bank.facility);
    let choice = |(_, slug, name): &(_, crate::domain::ids::Slug, String)| {
        Choice::new(slug.as_str(), name.clone(), slug.as_str() == typed.organisation)
    };
    CollectPage {
        chrome,
        faults,
        name: facility.name.clone(),
        site_name: site.name.clone(),
        site_href: urls::site(&site.slug),
        address: site.address(),
        arrival: [&site.arrival, &facility.arrival].map(String::as_str).join(" ").trim().to_owned(),
        words: view.bank.stream(StreamKind::Collection).map(|stream| stream.words.clone()).unwrap_or_default(),
        organisations: if view.organisations.len() < 2 {
            Vec::new()
        } else {
            view.organisations.iter().map(choice).collect()
        },
        sizes: sizes(&typed.size),
        days: by_day(site.zone, &view.free, chosen(&typed.slot)),
        typed,
        action: urls::collect(&site.slug, &facility.slug),
        list: urls::collections(&site.slug, &facility.slug),
    }
}
