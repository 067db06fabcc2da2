//! Joining by a mailed invitation: with the account that has the address, or with a new one made here.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Joined};
use crate::domain::person::NewPassword;
use crate::domain::policy::MemberRole;
use crate::error::Error;
use crate::urls;
use crate::web::access::{Visitor, new_session};
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "organisations/join.html")]
struct JoinPage {
    chrome: Chrome,
    faults: Faults,
    organisation: String,
    role: MemberRole,
    email: String,
    name: String,
    way: Way,
}

#[derive(Template)]
#[template(path = "organisations/join_gone.html")]
struct JoinGonePage {
    chrome: Chrome,
}

/// What the person has to do to join.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Way {
    /// Press the button.
    Accept,
    /// Sign in first; here is where.
    SignIn(String),
    /// Give a name and a password.
    Register,
    /// Sign out first: the invitation is for somebody else than this person.
    SignOut(String),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinForm {
    #[serde(default)]
    name: String,
    #[serde(default, rename = "username")]
    _username: String,
    #[serde(default)]
    password: String,
}

fn gone(request: &HttpRequest) -> Result<HttpResponse, Error> {
    page::with_status(StatusCode::GONE, &JoinGonePage { chrome: Chrome::of(request) })
}

async fn show(
    request: &HttpRequest,
    state: &Shared,
    visitor: &Visitor,
    token: &str,
    (status, faults, name): (StatusCode, Faults, String),
) -> Result<HttpResponse, Error> {
    let Some(invited) = service::invitation(state, token.to_owned()).await? else {
        return gone(request);
    };
    let way = match visitor.actor() {
        Some(actor) if actor.email == invited.email.as_str() => Way::Accept,
        Some(actor) => Way::SignOut(actor.email.clone()),
        None if invited.has_account => Way::SignIn(urls::sign_in_then(&urls::invitation(token))),
        None => Way::Register,
    };
    // Somebody else who came by the link learns only enough of the address to see that it is not theirs.
    let email = if matches!(way, Way::SignOut(_)) { invited.email.masked() } else { invited.email.to_string() };
    let chrome = Chrome::of(request).with_visitor_form(request);
    let (organisation, role) = (invited.organisation.name, invited.role);
    page::with_status(status, &JoinPage { chrome, faults, organisation, role, email, name, way })
}

pub async fn get(
    request: HttpRequest,
    visitor: Visitor,
    state: Shared,
    token: Path<String>,
) -> Result<HttpResponse, Error> {
    show(&request, &state, &visitor, &token, (StatusCode::OK, Faults::none(), String::new())).await
}

pub async fn post(
    request: HttpRequest,
    visitor: Visitor,
    state: Shared,
    token: Path<String>,
    form: ProtectedForm<JoinForm>,
) -> Result<HttpResponse, Error> {
    let token = token.into_inner();
    if let Some(actor) = visitor.actor() {
        return match service::join(&state, token.clone(), actor.person).await? {
            Joined::Done(slug) => Ok(page::done(&urls::organisation(&slug), "joined")),
            Joined::Gone => gone(&request),
            Joined::NotYours => {
                let nothing = (StatusCode::CONFLICT, Faults::none(), String::new());
                show(&request, &state, &visitor, &token, nothing).await
            }
        };
    }
    state.limits.try_door(&state, &request)?;
    let Some(invited) = service::invitation(&state, token.clone()).await? else {
        return gone(&request);
    };
    let mut faults = Faults::none();
    let name = faults.line("name", &form.name, "your name", 80);
    let password = NewPassword::parse(&form.password, &[&form.name, invited.email.as_str()]);
    let password = faults.take("password", password.map(Some));
    let Some(password) = password.filter(|_| faults.is_empty()) else {
        let wrong = (StatusCode::UNPROCESSABLE_ENTITY, faults, form.0.name);
        return show(&request, &state, &visitor, &token, wrong).await;
    };
    let (session, cookie) = new_session(&state, &request, true);
    match service::join_new(&state, token.clone(), (name, password), session).await? {
        Joined::Done(slug) => page::with_cookie(page::done(&urls::organisation(&slug), "joined"), &cookie),
        Joined::Gone => gone(&request),
        Joined::NotYours => Ok(page::see_other(&urls::sign_in_then(&urls::invitation(&token)))),
    }
}
