//! The first administrator of an empty database, by the link that the program prints when it starts.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::gone;
use super::register::RegisterForm;
use super::service::{self, LinkPurpose};
use crate::error::Error;
use crate::urls;
use crate::web::access::new_session;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "account/start.html")]
struct StartPage {
    chrome: Chrome,
    faults: Faults,
    name: String,
    email: String,
}

fn show(request: &HttpRequest, faults: Faults, (name, email): (String, String)) -> StartPage {
    StartPage { chrome: Chrome::of(request).with_visitor_form(request), faults, name, email }
}

pub async fn get(request: HttpRequest, state: Shared, token: Path<String>) -> Result<HttpResponse, Error> {
    if !service::is_open(&state, token.into_inner(), LinkPurpose::FirstAdministrator).await? {
        return gone::page(&request);
    }
    page::ok(&show(&request, Faults::none(), <(String, String)>::default()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    token: Path<String>,
    form: ProtectedForm<RegisterForm>,
) -> Result<HttpResponse, Error> {
    state.limits.try_door(&state, &request)?;
    let token = token.into_inner();
    if !service::is_open(&state, token.clone(), LinkPurpose::FirstAdministrator).await? {
        return gone::page(&request);
    }
    let new = match form.parse() {
        Ok(new) => new,
        Err(faults) => return page::unprocessable(&show(&request, faults, form.0.typed())),
    };
    let (session, cookie) = new_session(&state, &request, true);
    if !service::start(&state, token, new, session).await? {
        return gone::page(&request);
    }
    page::with_cookie(page::done(urls::MANAGE, "signed-in"), &cookie)
}
