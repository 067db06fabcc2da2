//! Where anybody books a drop-off without an account. It shows free slots of its own stream, and nothing else of the place.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Answer, Bank, DonationDraft};
use super::times::{SlotDay, by_day, chosen, outside, slugs};
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::person::{self, Email};
use crate::domain::slots::{BRINGS, NOT_TAKEN, StreamKind, words_of};
use crate::domain::span::{Instant, Span};
use crate::domain::words::long_date;
use crate::error::Error;
use crate::urls;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

const TAKEN: &str = "Somebody else has just taken that time. Choose another one";
const TOO_OFTEN: &str = "This address has asked for several times today. Wait a day, or ring the site";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DonateForm {
    #[serde(default)]
    slot: String,
    #[serde(default)]
    brings: Vec<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
}

#[derive(Template)]
#[template(path = "babybank/donate.html")]
struct DonatePage {
    chrome: Chrome,
    faults: Faults,
    typed: DonateForm,
    name: String,
    about: String,
    site_name: String,
    site_href: String,
    address: String,
    phone: String,
    words: String,
    /// Why nobody can book for now, and until when.
    paused: Option<(String, Option<String>)>,
    brings: Vec<Choice>,
    days: Vec<SlotDay>,
    action: String,
}

pub async fn get(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let (now, slugs) = (state.clock.now(), slugs(&path)?);
    let (bank, free) = service::load_donate(&state.db, slugs, now).await?.ok_or(Error::NotFound)?;
    let chrome = chrome.with_visitor_form(&request);
    page::ok(&donate_page(chrome, &bank, &free, DonateForm::default(), Faults::none(), now))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    form: ProtectedForm<DonateForm>,
) -> Result<HttpResponse, Error> {
    let (now, slugs) = (state.clock.now(), slugs(&path)?);
    let (bank, free) = service::load_donate(&state.db, slugs.clone(), now).await?.ok_or(Error::NotFound)?;
    let typed = form.0;
    let mut faults = Faults::none();
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if let Some(draft) = read(&typed, &mut faults) {
        state.limits.try_door(&state, &request)?;
        match service::ask(&state.db, outside(&state), slugs.clone(), draft).await? {
            Answer::Done(_) => return Ok(page::done(&urls::donate(&slugs.0, &slugs.1), "drop-off-asked")),
            Answer::NotFound => return Err(Error::NotFound),
            Answer::TooOften => faults.add("email", TOO_OFTEN),
            Answer::Taken | Answer::Stale => {
                faults.add("slot", TAKEN);
                status = StatusCode::CONFLICT;
            }
        }
    }
    let chrome = Chrome::of(&request).with_visitor_form(&request);
    page::with_status(status, &donate_page(chrome, &bank, &free, typed, faults, now))
}

fn read(typed: &DonateForm, faults: &mut Faults) -> Option<DonationDraft> {
    let brings: Vec<String> = typed.brings.iter().filter(|code| words_of(&BRINGS, code).is_some()).cloned().collect();
    if brings.is_empty() {
        faults.add("brings", "Tick what you bring");
    }
    let slot = chosen(&typed.slot);
    if slot.is_none() {
        faults.add("slot", "Choose when you come");
    }
    let name = person::name(&typed.name);
    if let Err(fault) = &name {
        faults.add("name", fault.words("your name"));
    }
    let email = Email::parse(&typed.email);
    if let Err(words) = &email {
        faults.add("email", *words);
    }
    let draft = DonationDraft { slot: slot?, name: name.ok()?, email: email.ok()?, brings };
    faults.is_empty().then_some(draft)
}

fn donate_page(
    chrome: Chrome,
    bank: &Bank,
    free: &[Span],
    typed: DonateForm,
    faults: Faults,
    now: Instant,
) -> DonatePage {
    let (site, facility) = (&bank.site, &bank.facility);
    let stream = bank.stream(StreamKind::Donation);
    let today = local_date(site.zone, now);
    let slugs: (&Slug, &Slug) = (&site.slug, &facility.slug);
    let paused = stream.and_then(|stream| stream.paused_on(today));
    let words = stream.map(|stream| stream.words.clone()).filter(|words| !words.is_empty());
    DonatePage {
        chrome,
        faults,
        name: facility.name.clone(),
        about: facility.about.clone(),
        site_name: site.name.clone(),
        site_href: urls::site(&site.slug),
        address: site.address(),
        phone: site.phone.clone(),
        words: words.unwrap_or_else(|| NOT_TAKEN.to_owned()),
        paused: paused.map(|pause| (pause.words.clone(), pause.until.map(long_date))),
        brings: BRINGS
            .iter()
            .map(|(code, words)| Choice::new(*code, *words, typed.brings.iter().any(|one| one == code)))
            .collect(),
        days: by_day(site.zone, free, chosen(&typed.slot)),
        typed,
        action: urls::donate(slugs.0, slugs.1),
    }
}
