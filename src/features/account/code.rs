//! The second page of signing in, for those who have a second step: it asks for a code of the app, or for a recovery code.

use actix_web::http::{StatusCode, header};
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, AtDoor};
use crate::error::Error;
use crate::urls;
use crate::web::access::{Visitor, new_session};
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::error_page::wait;
use crate::web::forms::Faults;
use crate::web::state::Shared;
use crate::web::{page, second_step};

#[derive(Template)]
#[template(path = "account/code.html")]
struct CodePage {
    chrome: Chrome,
    faults: Faults,
    next: String,
    remember: bool,
}

#[derive(Deserialize)]
pub struct Ask {
    #[serde(default)]
    next: String,
    #[serde(default)]
    remember: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeForm {
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    remember: String,
    /// "cancel" where somebody gives it up.
    #[serde(default)]
    with: String,
}

fn show(request: &HttpRequest, faults: Faults, (next, remember): (&str, &str)) -> CodePage {
    let chrome = Chrome::of(request).with_visitor_form(request).with_exit(urls::may_be_private(next));
    CodePage { chrome, faults, next: urls::own_path(next).to_owned(), remember: remember == "yes" }
}

pub async fn get(
    request: HttpRequest,
    state: Shared,
    visitor: Visitor,
    ask: Query<Ask>,
) -> Result<HttpResponse, Error> {
    if !service::awaits_code(&state, second_step::half(&request, &state)).await? {
        let to = if visitor.actor().is_some() { urls::own_path(&ask.next) } else { urls::SIGN_IN };
        return Ok(page::see_other(to));
    }
    let mut response = page::ok(&show(&request, Faults::none(), (&ask.next, &ask.remember)))?;
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok(response)
}

pub async fn post(request: HttpRequest, state: Shared, form: ProtectedForm<CodeForm>) -> Result<HttpResponse, Error> {
    let Some(half) = second_step::half(&request, &state) else {
        return Ok(page::see_other(urls::SIGN_IN));
    };
    state.limits.try_door(&state, &request)?;
    if form.with == "cancel" {
        service::give_up(&state, half).await?;
        return page::with_cookie(page::see_other(urls::SIGN_IN), &second_step::no_half(&state));
    }
    let (session, cookie) = new_session(&state, &request, form.remember == "yes");
    let (status, words, seconds) = match service::answer(&state, half, &form.code, session).await? {
        AtDoor::SignedIn => {
            let response = page::with_cookie(page::see_other(urls::own_path(&form.next)), &cookie)?;
            return page::with_cookie(response, &second_step::no_half(&state));
        }
        AtDoor::Gone => {
            return page::with_cookie(page::see_other(&urls::sign_in_then(&form.next)), &second_step::no_half(&state));
        }
        AtDoor::Wrong => (StatusCode::UNPROCESSABLE_ENTITY, WRONG.to_owned(), None),
        AtDoor::Replayed => (StatusCode::UNPROCESSABLE_ENTITY, REPLAYED.to_owned(), None),
        AtDoor::TooMany(seconds) => (
            StatusCode::TOO_MANY_REQUESTS,
            format!("That was too often a wrong code. Wait {}, or sign in by a mailed link", wait(seconds)),
            Some(seconds),
        ),
    };
    let mut faults = Faults::none();
    faults.add("code", words);
    let mut response = page::with_status(status, &show(&request, faults, (&form.next, &form.remember)))?;
    if let Some(seconds) = seconds {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    Ok(response)
}

/// What stands at the field after a wrong code.
pub(super) const WRONG: &str = "That code is not right. Enter the 6 digits that the app shows now, or a recovery code";
/// And after one that was right once.
pub(super) const REPLAYED: &str =
    "That code has been used. Type the next one that the app shows, or another recovery code";
