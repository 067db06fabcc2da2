//! One collection: what is known of it, another time or bundle, and giving it up.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::collect::{TAKEN, sizes};
use super::service::{self, Answer, Bank};
use super::times::{SlotDay, by_day, chosen, outside, slugs};
use crate::domain::ids::{Reference, Slug};
use crate::domain::slots::{SIZES, StreamKind, Visit, bundle_reference, words_of};
use crate::domain::span::{Instant, Span};
use crate::domain::words::date_and_times;
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

const STALE: &str = "This collection has changed since you looked, or is over. Here is how it stands now.";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeForm {
    version: i32,
    #[serde(default)]
    act: String,
    #[serde(default)]
    slot: String,
    #[serde(default)]
    bundle: String,
    #[serde(default)]
    size: String,
}

#[derive(Template)]
#[template(path = "babybank/collection.html")]
struct CollectionPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    typed: ChangeForm,
    name: String,
    site_name: String,
    site_href: String,
    list: String,
    reference: String,
    state: &'static str,
    words: &'static str,
    facts: Vec<(&'static str, String)>,
    coming: bool,
    sizes: Vec<Choice>,
    days: Vec<SlotDay>,
    own_slot: (i64, String, bool),
    action: String,
}

/// What the path names.
fn named(path: &(String, String, String)) -> Result<((Slug, Slug), Reference), Error> {
    let (site, facility, reference) = path;
    let slugs = slugs(&(site.clone(), facility.clone()))?;
    Ok((slugs, Reference::parse(reference).ok_or(Error::NotFound)?))
}

pub async fn get(
    state: Shared,
    path: Path<(String, String, String)>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let view = service::load_collection(&state.db, who.actor.clone(), named(&path)?, now).await?;
    let view = view.ok_or(Error::NotFound)?;
    page::ok(&collection_page(chrome, &view, None, Faults::none(), now))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String, String)>,
    who: SignedIn,
    form: ProtectedForm<ChangeForm>,
) -> Result<HttpResponse, Error> {
    let (now, actor, (slugs, reference)) = (state.clock.now(), who.actor.clone(), named(&path)?);
    let load = || service::load_collection(&state.db, actor.clone(), (slugs.clone(), reference.clone()), now);
    load().await?.ok_or(Error::NotFound)?;
    let typed = form.0;
    let mut faults = Faults::none();
    let answer = if typed.act == "cancel" {
        let which = (StreamKind::Collection, reference.clone());
        Some(service::cancel(&state.db, outside(&state), actor.clone(), which).await?)
    } else {
        match read(&typed, &mut faults) {
            Some(what) => {
                let which = (reference.clone(), typed.version);
                Some(service::change(&state.db, outside(&state), actor.clone(), which, what).await?)
            }
            None => None,
        }
    };
    let here = urls::collection(&slugs.0, &slugs.1, &reference);
    let (status, notice) = match answer {
        Some(Answer::Done(_)) => {
            let done = if typed.act == "cancel" { "cancelled" } else { "changed" };
            return Ok(page::done(&here, done));
        }
        Some(Answer::NotFound | Answer::TooOften) => return Err(Error::NotFound),
        Some(Answer::Taken) => {
            faults.add("slot", TAKEN);
            (StatusCode::CONFLICT, None)
        }
        Some(Answer::Stale) => (StatusCode::CONFLICT, Some(STALE)),
        None => (StatusCode::UNPROCESSABLE_ENTITY, None),
    };
    let view = load().await?.ok_or(Error::NotFound)?;
    let typed = notice.is_none().then_some(typed);
    let page = collection_page(Chrome::of(&request), &view, typed, faults, now);
    page::with_status(status, &CollectionPage { notice, ..page })
}

fn read(typed: &ChangeForm, faults: &mut Faults) -> Option<(Instant, String, String)> {
    let bundle = faults.take("bundle", bundle_reference(&typed.bundle));
    if words_of(&SIZES, &typed.size).is_none() {
        faults.add("size", "Choose how large the bundle is");
    }
    let slot = chosen(&typed.slot);
    if slot.is_none() {
        faults.add("slot", "Choose when it is collected");
    }
    slot.filter(|_| faults.is_empty()).map(|slot| (slot, bundle, typed.size.clone()))
}

fn collection_page(
    chrome: Chrome,
    (bank, visit, free): &(Bank, Visit, Vec<Span>),
    typed: Option<ChangeForm>,
    faults: Faults,
    now: Instant,
) -> CollectionPage {
    let (site, facility) = (&bank.site, &bank.facility);
    let typed = typed.unwrap_or_else(|| ChangeForm {
        version: visit.version,
        act: String::new(),
        slot: visit.slot.start().seconds().to_string(),
        bundle: visit.bundle.clone(),
        size: visit.size.clone(),
    });
    let when = date_and_times(site.zone, visit.slot);
    let mut facts = vec![
        ("When", when.clone()),
        ("Bundle", visit.bundle.clone()),
        ("Size", words_of(&SIZES, &visit.size).unwrap_or_default().to_owned()),
        ("Where", format!("{}, {}, {}", facility.name, site.name, site.address())),
    ];
    facts.extend(visit.organisation.as_ref().map(|(_, name)| ("Referrer", name.clone())));
    let at = chosen(&typed.slot);
    let others: Vec<Span> = free.iter().copied().filter(|slot| *slot != visit.slot).collect();
    CollectionPage {
        chrome,
        notice: None,
        name: facility.name.clone(),
        site_name: site.name.clone(),
        site_href: urls::site(&site.slug),
        list: urls::collections(&site.slug, &facility.slug),
        reference: visit.reference.to_string(),
        state: visit.stage.shown_as(),
        words: visit.stage.words(),
        facts,
        coming: visit.is_coming(now),
        sizes: sizes(&typed.size),
        days: by_day(site.zone, &others, at),
        own_slot: (visit.slot.start().seconds(), when, at == Some(visit.slot.start())),
        faults,
        typed,
        action: urls::collection(&site.slug, &facility.slug, &visit.reference),
    }
}
