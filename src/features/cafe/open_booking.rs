//! Where a booker says that anyone may come to a booking, which then stands in what's on. Never a confidential one.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, OpenBooking};
use crate::domain::ids::Reference;
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

const NOT_OPEN: &str = "This booking is not open to everybody. Change who may know of it first";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenForm {
    #[serde(default)]
    anyone: String,
    #[serde(default)]
    words: String,
}

#[derive(Template)]
#[template(path = "cafe/open_booking.html")]
struct OpenBookingPage {
    chrome: Chrome,
    faults: Faults,
    typed: OpenForm,
    reference: String,
    purpose: String,
    open: bool,
    listed: bool,
    booking: String,
    change: String,
    action: String,
}

pub async fn get(state: Shared, path: Path<String>, who: SignedIn, chrome: Chrome) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let found = service::load_booking(&state.db, who.actor.clone(), reference).await?.ok_or(Error::NotFound)?;
    let typed = OpenForm {
        anyone: if found.words.is_some() { "yes".to_owned() } else { String::new() },
        words: found.words.clone().unwrap_or_default(),
    };
    page::ok(&open_page(chrome, &found, typed, Faults::none()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<OpenForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let found = service::load_booking(&state.db, who.actor.clone(), reference.clone()).await?.ok_or(Error::NotFound)?;
    let (typed, now) = (form.0, state.clock.now());
    let mut faults = Faults::none();
    let words = faults.optional_line("words", &typed.words, 160);
    let words = (typed.anyone == "yes").then_some(words);
    if words.is_some() && !found.open {
        faults.add("anyone", NOT_OPEN);
    }
    if !faults.is_empty() {
        return page::unprocessable(&open_page(Chrome::of(&request), &found, typed, faults));
    }
    if service::open_booking(&state.db, who.actor.clone(), reference.clone(), words, now).await? {
        return Ok(page::done(&urls::booking(&reference), "saved"));
    }
    Err(Error::NotFound)
}

fn open_page(chrome: Chrome, found: &OpenBooking, typed: OpenForm, faults: Faults) -> OpenBookingPage {
    OpenBookingPage {
        chrome,
        faults,
        typed,
        reference: found.reference.to_string(),
        purpose: found.purpose.clone(),
        open: found.open,
        listed: found.listed,
        booking: urls::booking(&found.reference),
        change: urls::booking_change(&found.reference),
        action: urls::booking_open(&found.reference),
    }
}
