//! Signing in by a mailed link: asking for one, and using it. Opening it uses nothing up; the button does.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::gone;
use super::sent::{self, Sent};
use super::service::{self, Entered, LinkPurpose};
use super::sign_in::{self, SignInForm};
use crate::domain::person::Email;
use crate::error::Error;
use crate::urls;
use crate::web::access::new_session;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::state::Shared;
use crate::web::{page, second_step};

#[derive(Template)]
#[template(path = "account/sign_in_link.html")]
struct SignInLinkPage {
    chrome: Chrome,
    email: String,
    next: String,
}

/// Where to go on to; it comes with the link and goes on with the form.
#[derive(Deserialize)]
pub struct Ask {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UseForm {
    #[serde(default)]
    next: String,
    #[serde(default)]
    remember: String,
}

/// Sends a link to whoever has an account by the address. A password that a browser filled in is not looked at.
pub async fn ask(request: HttpRequest, state: Shared, form: ProtectedForm<SignInForm>) -> Result<HttpResponse, Error> {
    state.limits.try_door(&state, &request)?;
    match Email::parse(&form.email) {
        Ok(email) => {
            let shown = email.to_string();
            service::ask_link(&state, email, urls::own_path(&form.next).to_owned()).await?;
            sent::page(&request, Sent::SignInLink, shown)
        }
        Err(words) => {
            let mut faults = Faults::none();
            faults.add("email", words);
            sign_in::again(&request, StatusCode::UNPROCESSABLE_ENTITY, faults, form.0)
        }
    }
}

pub async fn get(
    request: HttpRequest,
    state: Shared,
    token: Path<String>,
    ask: Query<Ask>,
) -> Result<HttpResponse, Error> {
    match service::holder(&state, token.into_inner(), LinkPurpose::SignIn).await? {
        None => gone::page(&request),
        Some(account) => {
            let chrome = Chrome::of(&request).with_visitor_form(&request);
            let next = urls::own_path(&ask.next).to_owned();
            page::ok(&SignInLinkPage { chrome, email: account.email.to_string(), next })
        }
    }
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    token: Path<String>,
    form: ProtectedForm<UseForm>,
) -> Result<HttpResponse, Error> {
    state.limits.try_door(&state, &request)?;
    let (session, cookie) = new_session(&state, &request, form.remember == "yes");
    match service::use_link(&state, (token.into_inner(), LinkPurpose::SignIn), session).await? {
        None => gone::page(&request),
        Some(Entered::Half) => second_step::ask_code(&state, &cookie, (&form.next, form.remember == "yes")),
        Some(Entered::In) => page::with_cookie(page::see_other(urls::own_path(&form.next)), &cookie),
    }
}
