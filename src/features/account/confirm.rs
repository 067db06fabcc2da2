//! Confirming an address. Opening the link uses nothing up, because mail scanners open links too; the button does.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::gone;
use super::service::{self, LinkPurpose};
use crate::error::Error;
use crate::urls;
use crate::web::access::new_session;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "account/confirm.html")]
struct ConfirmPage {
    chrome: Chrome,
    email: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmForm {}

pub async fn get(request: HttpRequest, state: Shared, token: Path<String>) -> Result<HttpResponse, Error> {
    match service::holder(&state, token.into_inner(), LinkPurpose::ConfirmEmail).await? {
        None => gone::page(&request),
        Some(account) => {
            let chrome = Chrome::of(&request).with_visitor_form(&request);
            page::ok(&ConfirmPage { chrome, email: account.email.to_string() })
        }
    }
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    token: Path<String>,
    _: ProtectedForm<ConfirmForm>,
) -> Result<HttpResponse, Error> {
    state.limits.try_door(&state, &request)?;
    let (session, cookie) = new_session(&state, &request, true);
    if !service::confirm(&state, token.into_inner(), session).await? {
        return gone::page(&request);
    }
    page::with_cookie(page::done(urls::ACCOUNT, "confirmed-email"), &cookie)
}
