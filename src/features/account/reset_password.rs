//! Choosing a new password by a mailed link. Whoever was signed in with the old one is signed out.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::gone;
use super::service::{self, Entered, LinkPurpose};
use crate::domain::person::NewPassword;
use crate::error::Error;
use crate::urls;
use crate::web::access::new_session;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::state::Shared;
use crate::web::{page, second_step};

#[derive(Template)]
#[template(path = "account/reset_password.html")]
struct ResetPasswordPage {
    chrome: Chrome,
    faults: Faults,
    email: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResetPasswordForm {
    /// For the browser's password store only; whose link it is stands with the link.
    #[serde(default, rename = "username")]
    _username: String,
    password: String,
}

fn show(request: &HttpRequest, faults: Faults, email: String) -> ResetPasswordPage {
    ResetPasswordPage { chrome: Chrome::of(request).with_visitor_form(request), faults, email }
}

pub async fn get(request: HttpRequest, state: Shared, token: Path<String>) -> Result<HttpResponse, Error> {
    match service::holder(&state, token.into_inner(), LinkPurpose::ResetPassword).await? {
        None => gone::page(&request),
        Some(account) => page::ok(&show(&request, Faults::none(), account.email.to_string())),
    }
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    token: Path<String>,
    form: ProtectedForm<ResetPasswordForm>,
) -> Result<HttpResponse, Error> {
    state.limits.try_door(&state, &request)?;
    let token = token.into_inner();
    let Some(account) = service::holder(&state, token.clone(), LinkPurpose::ResetPassword).await? else {
        return gone::page(&request);
    };
    let new = match NewPassword::parse(&form.password, &[&account.name, account.email.as_str()]) {
        Ok(new) => new,
        Err(words) => {
            let mut faults = Faults::none();
            faults.add("password", words);
            return page::unprocessable(&show(&request, faults, account.email.to_string()));
        }
    };
    let (session, cookie) = new_session(&state, &request, true);
    match service::reset_password(&state, token, new, session).await? {
        None => gone::page(&request),
        Some(Entered::Half) => {
            let next = format!("{}?done=password-changed", urls::ACCOUNT);
            second_step::ask_code(&state, &cookie, (&next, true))
        }
        Some(Entered::In) => page::with_cookie(page::done(urls::ACCOUNT, "password-changed"), &cookie),
    }
}
