//! Having oneself erased: what has to be settled first, and the act, for whoever says their password again.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::data::{refused, words};
use super::service::{self, Checked};
use crate::domain::leaving::ContactOf;
use crate::error::Error;
use crate::urls;
use crate::web::access::{SignedIn, idle_since, no_session};
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::leaving::{ObstacleView, obstacle_views};
use crate::web::page;
use crate::web::state::{Shared, State};

#[derive(Template)]
#[template(path = "privacy/erase.html")]
struct ErasePage {
    chrome: Chrome,
    faults: Faults,
    obstacles: Vec<ObstacleView>,
    has_password: bool,
    email: String,
}

#[derive(Template)]
#[template(path = "privacy/erase_done.html")]
struct DonePage {
    chrome: Chrome,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub struct EraseForm {
    /// "hand" or "erase".
    act: String,
    of: String,
    to: String,
    #[serde(rename = "username")]
    _username: String,
    current: String,
    sure: String,
}

async fn erase_page(chrome: Chrome, faults: Faults, state: &State, who: &SignedIn) -> Result<ErasePage, Error> {
    let obstacles = service::in_the_way(state, who.actor.person).await?;
    let has_password = service::has_password(state, who.actor.person).await?;
    let email = who.actor.email.clone();
    Ok(ErasePage { chrome, faults, obstacles: obstacle_views(&obstacles, true), has_password, email })
}

pub async fn get(who: SignedIn, state: Shared, chrome: Chrome) -> Result<HttpResponse, Error> {
    page::ok(&erase_page(chrome, Faults::none(), &state, &who).await?)
}

pub async fn post(
    request: HttpRequest,
    who: SignedIn,
    state: Shared,
    form: ProtectedForm<EraseForm>,
) -> Result<HttpResponse, Error> {
    let person = who.actor.person;
    if form.act == "hand" {
        let of = ContactOf::parse(&form.of).ok_or(Error::NotFound)?;
        let done = service::hand_over(&state, person, of, form.0.to).await?;
        return if done { Ok(page::done(urls::ACCOUNT_ERASE, "handed-over")) } else { Err(Error::NotFound) };
    }
    let mut faults = Faults::none();
    if form.sure != "yes" {
        faults.add("sure", "Tick that you are sure");
        let page = erase_page(Chrome::of(&request), faults, &state, &who).await?;
        return page::unprocessable(&page);
    }
    let checked = service::check(&state, (person, who.session), &form.current, idle_since(state.clock.now())).await?;
    if checked != Checked::Right {
        faults.add("current", words(checked));
        let page = erase_page(Chrome::of(&request), faults, &state, &who).await?;
        return refused(checked, &page);
    }
    match service::erase(&state, person).await? {
        service::EraseAnswer::Done(name) => {
            let chrome = Chrome { nav: Vec::new(), who: None, ..Chrome::of(&request) };
            page::with_cookie(page::ok(&DonePage { chrome, name })?, &no_session(&state))
        }
        service::EraseAnswer::InTheWay(_) => {
            let page = erase_page(Chrome::of(&request), faults, &state, &who).await?;
            page::with_status(StatusCode::CONFLICT, &page)
        }
        service::EraseAnswer::NotFound => Err(Error::NotFound),
    }
}
