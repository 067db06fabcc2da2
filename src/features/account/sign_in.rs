//! Signing in by password, and the page that offers a mailed link first; signing out.

use actix_web::http::{StatusCode, header};
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::sent::{self, Sent};
use super::service::{self, Answer};
use super::sign_in_link;
use crate::domain::person::Email;
use crate::error::Error;
use crate::urls;
use crate::web::access::{SignedIn, Visitor, new_session, no_session};
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::error_page::wait;
use crate::web::forms::Faults;
use crate::web::state::Shared;
use crate::web::{page, second_step};

#[derive(Template)]
#[template(path = "account/sign_in.html")]
struct SignInPage {
    chrome: Chrome,
    faults: Faults,
    email: String,
    next: String,
    remember: bool,
}

#[derive(Deserialize)]
pub struct Ask {
    #[serde(default)]
    next: String,
}

/// The one form of the page; its buttons send it here or ask for a link.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInForm {
    pub email: String,
    #[serde(default)]
    pub password: String,
    #[serde(default)]
    pub next: String,
    #[serde(default)]
    remember: String,
    /// Which button: "password", or nothing when the form was sent by the Enter key.
    #[serde(default)]
    with: String,
}

impl SignInForm {
    /// Enter in the address field, with no password typed, means the first button.
    fn wants_link(&self) -> bool {
        self.password.is_empty() && self.with != "password"
    }

    fn parse(&self) -> Result<Email, Faults> {
        let mut faults = Faults::none();
        let email = faults.take("email", Email::parse(&self.email).map(Some));
        if self.password.is_empty() {
            faults.add("password", "Enter your password, or ask for a link by email");
        }
        email.filter(|_| faults.is_empty()).ok_or(faults)
    }
}

/// The page with what was typed, but for the password.
pub(super) fn again(
    request: &HttpRequest,
    status: StatusCode,
    faults: Faults,
    form: SignInForm,
) -> Result<HttpResponse, Error> {
    let chrome = Chrome::of(request).with_visitor_form(request);
    let remember = form.remember == "yes";
    let chrome = chrome.with_exit(urls::may_be_private(&form.next));
    page::with_status(status, &SignInPage { chrome, faults, email: form.email, next: form.next, remember })
}

pub async fn get(request: HttpRequest, visitor: Visitor, ask: Query<Ask>) -> Result<HttpResponse, Error> {
    if visitor.actor().is_some() {
        return Ok(page::see_other(urls::own_path(&ask.next)));
    }
    let (faults, email, next) = (Faults::none(), String::new(), urls::own_path(&ask.next).to_owned());
    let chrome = Chrome::of(&request).with_visitor_form(&request);
    let chrome = chrome.with_exit(urls::may_be_private(&next));
    page::ok(&SignInPage { chrome, faults, email, next, remember: false })
}

pub async fn post(request: HttpRequest, state: Shared, form: ProtectedForm<SignInForm>) -> Result<HttpResponse, Error> {
    if form.wants_link() {
        return sign_in_link::ask(request, state, form).await;
    }
    state.limits.try_door(&state, &request)?;
    let email = match form.parse() {
        Ok(email) => email,
        Err(faults) => return again(&request, StatusCode::UNPROCESSABLE_ENTITY, faults, form.0),
    };
    let (session, cookie) = new_session(&state, &request, form.remember == "yes");
    let shown = email.to_string();
    match service::sign_in(&state, email, &form.password, session).await? {
        Answer::SignedIn => page::with_cookie(page::see_other(urls::own_path(&form.next)), &cookie),
        Answer::Code => second_step::ask_code(&state, &cookie, (&form.next, form.remember == "yes")),
        Answer::Unconfirmed => sent::page(&request, Sent::Confirmation, shown),
        Answer::Wrong => {
            let mut faults = Faults::none();
            faults.add(
                "password",
                "That address and password do not go together. Type them again, or ask for a link by email",
            );
            again(&request, StatusCode::UNPROCESSABLE_ENTITY, faults, form.0)
        }
        Answer::TooMany(seconds) => too_many(&request, form.0, seconds),
    }
}

fn too_many(request: &HttpRequest, form: SignInForm, seconds: u64) -> Result<HttpResponse, Error> {
    let mut faults = Faults::none();
    faults.add(
        "password",
        format!("That was too often a wrong password. Wait {}, or ask for a link by email", wait(seconds)),
    );
    let mut response = again(request, StatusCode::TOO_MANY_REQUESTS, faults, form)?;
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    Ok(response)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignOutForm {}

pub async fn sign_out(who: SignedIn, state: Shared, _: ProtectedForm<SignOutForm>) -> Result<HttpResponse, Error> {
    service::sign_out(&state, who.session).await?;
    page::with_cookie(page::done(urls::SIGN_IN, "signed-out"), &no_session(&state))
}
