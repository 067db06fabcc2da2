//! A mailed link to one's own sessions, for 30 days and for nothing else: asking for it, and using it. Opening it uses nothing up; the button does.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::gone;
use super::sent::{self, Sent};
use super::service::{self, LinkPurpose};
use super::sign_in::{self, SignInForm};
use crate::domain::person::Email;
use crate::error::Error;
use crate::urls;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;
use crate::web::today_only;

#[derive(Template)]
#[template(path = "account/today_link.html")]
struct TodayLinkPage {
    chrome: Chrome,
    email: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UseForm {}

/// Sends a link to whoever has an account by the address.
pub async fn ask(request: HttpRequest, state: Shared, form: ProtectedForm<SignInForm>) -> Result<HttpResponse, Error> {
    state.limits.try_door(&state, &request)?;
    match Email::parse(&form.email) {
        Ok(email) => {
            let shown = email.to_string();
            service::ask_today(&state, email).await?;
            sent::page(&request, Sent::TodayLink, shown)
        }
        Err(words) => {
            let mut faults = Faults::none();
            faults.add("email", words);
            sign_in::again(&request, StatusCode::UNPROCESSABLE_ENTITY, faults, form.0)
        }
    }
}

pub async fn get(request: HttpRequest, state: Shared, token: Path<String>) -> Result<HttpResponse, Error> {
    match service::holder(&state, token.into_inner(), LinkPurpose::Today).await? {
        None => gone::page(&request),
        Some(account) => {
            let chrome = Chrome::of(&request).with_visitor_form(&request);
            page::ok(&TodayLinkPage { chrome, email: account.email.to_string() })
        }
    }
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    token: Path<String>,
    _: ProtectedForm<UseForm>,
) -> Result<HttpResponse, Error> {
    state.limits.try_door(&state, &request)?;
    let (session, cookie) = today_only::new_session(&state, &request);
    if service::use_link(&state, (token.into_inner(), LinkPurpose::Today), session).await?.is_none() {
        return gone::page(&request);
    }
    page::with_cookie(page::see_other(urls::TODAY), &cookie)
}
