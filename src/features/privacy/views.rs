//! Who among the staff opened a confidential booking, for its own people and that staff.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::service::{self, Look};
use crate::domain::ids::Reference;
use crate::domain::viewing::role_words;
use crate::domain::words::date_and_clock;
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "privacy/views.html")]
struct ViewsPage {
    chrome: Chrome,
    reference: String,
    booking: String,
    confidential: bool,
    looks: Vec<(String, &'static str, String)>,
}

pub async fn get(who: SignedIn, state: Shared, path: Path<String>, chrome: Chrome) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let found = service::looks(&state, who.actor.clone(), reference.clone()).await?.ok_or(Error::NotFound)?;
    let zone = found.zone;
    let look = |one: Look| (one.name, role_words(&one.role), date_and_clock(zone, one.at));
    page::ok(&ViewsPage {
        chrome: chrome.with_exit(found.confidential),
        booking: urls::booking(&reference),
        reference: reference.to_string(),
        confidential: found.confidential,
        looks: found.looks.into_iter().map(look).collect(),
    })
}
