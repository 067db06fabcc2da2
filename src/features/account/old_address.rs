//! The link that was mailed to an old address: its button puts that back. Opening it uses nothing up.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::gone;
use super::service::{self, LinkPurpose};
use crate::error::Error;
use crate::urls;

use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "account/old_address.html")]
struct OldAddressPage {
    chrome: Chrome,
    email: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UseForm {}

pub async fn get(request: HttpRequest, state: Shared, token: Path<String>) -> Result<HttpResponse, Error> {
    match service::address_of(&state, token.into_inner(), LinkPurpose::UndoEmail).await? {
        None => gone::page(&request),
        Some(email) => page::ok(&OldAddressPage { chrome: Chrome::of(&request).with_visitor_form(&request), email }),
    }
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    token: Path<String>,

    _: ProtectedForm<UseForm>,
) -> Result<HttpResponse, Error> {
    // A link of 256 bits is not guessed, and nothing costly stands behind it, so it shares no limit with the doors.
    if service::put_address_back(&state, token.into_inner()).await? {
        Ok(page::done(urls::SIGN_IN, "address-put-back"))
    } else {
        gone::page(&request)
    }
}
