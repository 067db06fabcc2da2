//! The page of the instance's settings.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Values};
use crate::domain::person::Email;
use crate::domain::words::rough_length;
use crate::error::Error;
use crate::urls;
use crate::web::access::Administrator;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "manage/settings/edit.html")]
struct EditPage {
    chrome: Chrome,
    faults: Faults,
    second_step: bool,
    /// The administrator who looks has none themselves.
    lacks_own: bool,
    months: String,
    email: String,
    lapsed: Vec<Lapsed>,
    action: &'static str,
    remove: &'static str,
    restore: &'static str,
    manage: &'static str,
}

struct Lapsed {
    name: String,
    email: String,
    ago: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsForm {
    #[serde(default)]
    second_step: String,
    #[serde(default)]
    months: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonForm {
    #[serde(default)]
    email: String,
}

/// As it is set, or as it was typed.
async fn show(
    request: &HttpRequest,
    state: &Shared,
    who: &Administrator,
    (faults, typed, email): (Faults, Option<SettingsForm>, String),
) -> Result<EditPage, Error> {
    let (values, lapsed) = service::read(state).await?;
    let now = state.clock.now();
    let lapsed = lapsed.into_iter().map(|one| Lapsed {
        name: one.name,
        email: one.email.to_string(),
        ago: rough_length(now.minutes_since(one.at)),
    });
    Ok(EditPage {
        chrome: Chrome::of(request),
        faults,
        second_step: typed.as_ref().map_or(values.second_step, |typed| typed.second_step == "yes"),
        lacks_own: !who.second_step.on,
        months: typed.map_or_else(|| values.months.to_string(), |typed| typed.months),
        email,
        lapsed: lapsed.collect(),
        action: urls::MANAGE_SETTINGS,
        remove: urls::MANAGE_SETTINGS_STEP,
        restore: urls::MANAGE_SETTINGS_RESTORE,
        manage: urls::MANAGE,
    })
}

pub async fn get(who: Administrator, request: HttpRequest, state: Shared) -> Result<HttpResponse, Error> {
    page::ok(&show(&request, &state, &who, (Faults::none(), None, String::new())).await?)
}

pub async fn post(
    who: Administrator,
    request: HttpRequest,
    state: Shared,
    form: ProtectedForm<SettingsForm>,
) -> Result<HttpResponse, Error> {
    let mut faults = Faults::none();
    let months = faults.number("months", &form.months, "how many months", (0, 60));
    if faults.is_empty() && 0 < months && months < 3 {
        faults.add("months", "Enter 3 months or more, or 0 for never");
    }
    if !faults.is_empty() {
        let shown = show(&request, &state, &who, (faults, Some(form.0), String::new())).await?;
        return page::unprocessable(&shown);
    }
    let values = Values { second_step: form.second_step == "yes", months };
    service::write(&state, &who.actor, values).await?;
    Ok(page::done(urls::MANAGE_SETTINGS, "saved"))
}

pub async fn remove_step(
    who: Administrator,
    request: HttpRequest,
    state: Shared,
    form: ProtectedForm<PersonForm>,
) -> Result<HttpResponse, Error> {
    let mut faults = Faults::none();
    if let Some(email) = faults.take("email", Email::parse(&form.email).map(Some)) {
        if service::remove_step(&state, who.actor.person, email).await? {
            return Ok(page::done(urls::MANAGE_SETTINGS, "step-removed"));
        }
        faults.add("email", "Nobody with that address has a second step");
    }
    page::unprocessable(&show(&request, &state, &who, (faults, None, form.0.email)).await?)
}

pub async fn restore(
    who: Administrator,
    state: Shared,
    form: ProtectedForm<PersonForm>,
) -> Result<HttpResponse, Error> {
    let email = Email::parse(&form.email).map_err(|_| Error::NotFound)?;
    service::restore(&state, who.actor.person, email).await?;
    Ok(page::done(urls::MANAGE_SETTINGS, "restored"))
}
