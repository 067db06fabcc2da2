//! Asking for a link to choose a new password by. The answer is the same for every address.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::sent::{self, Sent};
use super::service;
use crate::domain::person::Email;
use crate::error::Error;
use crate::web::access::Visitor;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "account/forgotten_password.html")]
struct ForgottenPasswordPage {
    chrome: Chrome,
    faults: Faults,
    email: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForgottenPasswordForm {
    email: String,
}

fn show(request: &HttpRequest, faults: Faults, email: String) -> ForgottenPasswordPage {
    ForgottenPasswordPage { chrome: Chrome::of(request).with_visitor_form(request), faults, email }
}

/// Somebody who is signed in may come too, to choose a first password; their own address is filled in.
pub async fn get(request: HttpRequest, visitor: Visitor) -> Result<HttpResponse, Error> {
    let email = visitor.actor().map(|actor| actor.email.clone()).unwrap_or_default();
    page::ok(&show(&request, Faults::none(), email))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    form: ProtectedForm<ForgottenPasswordForm>,
) -> Result<HttpResponse, Error> {
    state.limits.try_door(&state, &request)?;
    match Email::parse(&form.email) {
        Ok(email) => {
            let shown = email.to_string();
            service::ask_reset(&state, email).await?;
            sent::page(&request, Sent::NewPassword, shown)
        }
        Err(words) => {
            let mut faults = Faults::none();
            faults.add("email", words);
            page::unprocessable(&show(&request, faults, form.0.email))
        }
    }
}
