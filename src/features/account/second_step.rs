//! One's own second step: why, setting it up with a code to scan, recovery codes on a page to print, and turning it off.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::code::{REPLAYED, WRONG};
use super::service::{self, Act, Standing, StepAnswer};
use crate::domain::hours::local_date;
use crate::domain::second_step::{grouped, key_uri};
use crate::domain::words::{counted, long_date};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::error_page::wait;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::qr::{self, Code};
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "account/second_step.html")]
struct SecondStepPage {
    chrome: Chrome,
    faults: Faults,
    email: String,
    has_password: bool,
    /// What they are that it is asked of, where they cannot go on without.
    wanted_by: Vec<String>,
    view: View,
}

enum View {
    Off,
    Begun { secret: String, code: Option<Code> },
    On { since: String, left: String, few: bool },
}

/// The recovery codes, this once.
#[derive(Template)]
#[template(path = "account/second_step_codes.html")]
struct CodesPage {
    chrome: Chrome,
    email: String,
    made: String,
    codes: Vec<String>,
    /// They manage something that waited for this.
    manages: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BeginForm {
    #[serde(default, rename = "username")]
    _username: String,
    #[serde(default)]
    password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmForm {
    #[serde(default)]
    code: String,
}

/// For what only its owner may do: the password and a code. The two forms of the page have fields of their own names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnerForm {
    #[serde(default, rename = "username")]
    _username: String,
    #[serde(default, alias = "off_password")]
    password: String,
    #[serde(default, alias = "off_code")]
    code: String,
}

async fn show(request: &HttpRequest, state: &Shared, who: &SignedIn, faults: Faults) -> Result<SecondStepPage, Error> {
    let (standing, has_password) = service::standing(state, who.actor.person).await?;
    let zone = chrono_tz::Europe::London;
    let view = match standing {
        Standing::Off => View::Off,
        Standing::Begun { secret } => {
            View::Begun { code: qr::code(&key_uri(&secret, &who.actor.email)), secret: grouped(&secret) }
        }
        Standing::On { since, codes_left } => View::On {
            since: long_date(local_date(zone, since)),
            left: counted(codes_left, "recovery code is", "recovery codes are"),
            few: codes_left < 3,
        },
    };
    let step = &who.second_step;
    let mut wanted_by: Vec<String> = step.wanted_at.iter().map(|(_, name)| format!("the managers of {name}")).collect();
    wanted_by.extend(step.wanted_of_administrator.then(|| "administrators".to_owned()));
    let (chrome, email) = (Chrome::of(request), who.actor.email.clone());
    Ok(SecondStepPage { chrome, faults, email, has_password, wanted_by, view })
}

pub async fn get(who: SignedIn, request: HttpRequest, state: Shared) -> Result<HttpResponse, Error> {
    page::ok(&show(&request, &state, &who, Faults::none()).await?)
}

pub async fn begin(
    who: SignedIn,
    request: HttpRequest,
    state: Shared,
    form: ProtectedForm<BeginForm>,
) -> Result<HttpResponse, Error> {
    let done = service::begin(&state, who.actor.person, &form.password).await?;
    answer(&request, &state, &who, (done, ["password", "password"])).await
}

pub async fn confirm(
    who: SignedIn,
    request: HttpRequest,
    state: Shared,
    form: ProtectedForm<ConfirmForm>,
) -> Result<HttpResponse, Error> {
    let done = service::confirm_step(&state, who.actor.person, &form.code).await?;
    answer(&request, &state, &who, (done, ["code", "code"])).await
}

pub async fn new_codes(
    who: SignedIn,
    request: HttpRequest,
    state: Shared,
    form: ProtectedForm<OwnerForm>,
) -> Result<HttpResponse, Error> {
    let typed = (form.password.as_str(), form.code.as_str());
    let done = service::act(&state, who.actor.person, typed, Act::NewCodes).await?;
    answer(&request, &state, &who, (done, ["password", "code"])).await
}

pub async fn turn_off(
    who: SignedIn,
    request: HttpRequest,
    state: Shared,
    form: ProtectedForm<OwnerForm>,
) -> Result<HttpResponse, Error> {
    let typed = (form.password.as_str(), form.code.as_str());
    match service::act(&state, who.actor.person, typed, Act::TurnOff).await? {
        StepAnswer::Done => Ok(page::done(urls::ACCOUNT, "second-step-off")),
        done => answer(&request, &state, &who, (done, ["off_password", "off_code"])).await,
    }
}

/// What is shown after an act; the names are those of the fields for password and code.
async fn answer(
    request: &HttpRequest,
    state: &Shared,
    who: &SignedIn,
    (done, [password, code]): (StepAnswer, [&'static str; 2]),
) -> Result<HttpResponse, Error> {
    let mut faults = Faults::none();
    let mut seconds = None;
    match done {
        // As it is now, whatever the page said that was sent.
        StepAnswer::Done | StepAnswer::Changed => return Ok(page::see_other(urls::SECOND_STEP)),
        StepAnswer::Codes(codes) => {
            let today = local_date(chrono_tz::Europe::London, state.clock.now());
            return page::ok(&CodesPage {
                chrome: Chrome::of(request),
                email: who.actor.email.clone(),
                made: long_date(today),
                codes,
                manages: who.second_step.is_wanted(),
            });
        }
        StepAnswer::WrongPassword => faults.add(password, "That is not your password. Type it again"),
        StepAnswer::WrongCode => faults.add(code, WRONG),
        StepAnswer::Replayed => faults.add(code, REPLAYED),
        StepAnswer::TooMany(left) => {
            seconds = Some(left);
            faults.add(password, format!("That was wrong too often. Wait {} and try again", wait(left)));
        }
    }
    let status = if seconds.is_some() { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = page::with_status(status, &show(request, state, who, faults).await?)?;
    if let Some(seconds) = seconds {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    Ok(response)
}
