//! One's own account: name, password, organisations, posts, and where one is signed in.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Europe::London;
use serde::Deserialize;

use super::service::{self, Changed};
use crate::domain::history::EventKind;
use crate::domain::person::NewPassword;
use crate::domain::policy::{Membership, Post};
use crate::domain::words::{date_and_clock, rough_length};
use crate::error::Error;
use crate::urls;
use crate::web::access::{SignedIn, idle_since};
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::error_page::wait;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "account/overview.html")]
pub(super) struct OverviewPage {
    chrome: Chrome,
    faults: Faults,
    name: String,
    email: String,
    administrator: bool,
    memberships: Vec<Membership>,
    posts: Vec<Post>,
    has_password: bool,
    has_second_step: bool,
    new_email: String,
    sessions: Vec<Device>,
    /// What happened to the account, and when.
    history: Vec<(EventKind, String)>,
}

/// What was typed into a form that is shown again. Passwords never are.
#[derive(Debug, Default)]
pub(super) struct Typed {
    pub name: Option<String>,
    pub new_email: String,
}

/// One line of the list of sessions.
struct Device {
    handle: String,
    words: String,
    began: String,
    seen: String,
    is_this: bool,
    today_only: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameForm {
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordForm {
    #[serde(default, rename = "username")]
    _username: String,
    current: String,
    password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionForm {
    session: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OthersForm {}

pub(super) async fn show(
    request: &HttpRequest,
    state: &Shared,
    who: &SignedIn,
    faults: Faults,
    typed: Typed,
) -> Result<OverviewPage, Error> {
    let now = state.clock.now();
    let overview = service::overview(state, who.actor.person, idle_since(now)).await?;
    let sessions = overview.sessions.into_iter().map(|line| Device {
        is_this: line.id == who.session,
        today_only: line.today_only,
        handle: line.handle,
        words: line.device,
        began: rough_length(now.minutes_since(line.created_at)),
        seen: rough_length(now.minutes_since(line.seen_at)),
    });
    let actor = &who.actor;
    Ok(OverviewPage {
        chrome: Chrome::of(request),
        faults,
        name: typed.name.unwrap_or_else(|| actor.name.clone()),
        new_email: typed.new_email,
        email: actor.email.clone(),
        administrator: actor.administrator,
        memberships: actor.memberships.clone(),
        posts: actor.posts.clone(),
        has_password: overview.has_password,
        has_second_step: overview.has_second_step,
        sessions: sessions.collect(),
        history: overview.history.into_iter().map(|(at, kind)| (kind, date_and_clock(London, at))).collect(),
    })
}

pub async fn get(who: SignedIn, request: HttpRequest, state: Shared) -> Result<HttpResponse, Error> {
    page::ok(&show(&request, &state, &who, Faults::none(), Typed::default()).await?)
}

pub async fn rename(
    who: SignedIn,
    request: HttpRequest,
    state: Shared,
    form: ProtectedForm<NameForm>,
) -> Result<HttpResponse, Error> {
    let mut faults = Faults::none();
    let name = faults.line("name", &form.name, "your name", 80);
    if !faults.is_empty() {
        return page::unprocessable(
            &show(&request, &state, &who, faults, Typed { name: Some(form.0.name), ..Typed::default() }).await?,
        );
    }
    service::rename(&state, who.actor.person, name).await?;
    Ok(page::done(urls::ACCOUNT, "saved"))
}

pub async fn change_password(
    who: SignedIn,
    request: HttpRequest,
    state: Shared,
    form: ProtectedForm<PasswordForm>,
) -> Result<HttpResponse, Error> {
    let mut faults = Faults::none();
    if form.current.is_empty() {
        faults.add("current", "Enter your current password");
    }
    let new = NewPassword::parse(&form.password, &[&who.actor.name, &who.actor.email]).map(Some);
    let new = faults.take("password", new);
    let Some(new) = new.filter(|_| faults.is_empty()) else {
        return page::unprocessable(&show(&request, &state, &who, faults, Typed::default()).await?);
    };
    match service::change_password(&state, (who.actor.person, who.session), &form.current, new).await? {
        Changed::Done => Ok(page::done(urls::ACCOUNT, "password-changed")),
        Changed::Wrong => {
            faults.add("current", "That is not your current password. Type it again, or choose a new one by email");
            page::unprocessable(&show(&request, &state, &who, faults, Typed::default()).await?)
        }
        Changed::TooMany(seconds) => {
            faults.add("current", format!("That was too often a wrong password. Wait {}", wait(seconds)));
            let shown = show(&request, &state, &who, faults, Typed::default()).await?;
            let mut response = page::with_status(StatusCode::TOO_MANY_REQUESTS, &shown)?;
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
            Ok(response)
        }
    }
}

pub async fn end_session(
    who: SignedIn,
    state: Shared,
    form: ProtectedForm<SessionForm>,
) -> Result<HttpResponse, Error> {
    let idle_since = idle_since(state.clock.now());
    service::end_session(&state, who.actor.person, form.0.session, idle_since).await?;
    Ok(page::done(urls::ACCOUNT, "ended"))
}

pub async fn end_others(who: SignedIn, state: Shared, _: ProtectedForm<OthersForm>) -> Result<HttpResponse, Error> {
    service::end_others(&state, who.actor.person, who.session).await?;
    Ok(page::done(urls::ACCOUNT, "ended-others"))
}
