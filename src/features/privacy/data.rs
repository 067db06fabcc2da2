//! One's own data as a download, for whoever says their password again.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Checked, FAILURE_MINUTES, FRESH_MINUTES};
use crate::error::Error;
use crate::web::access::{SignedIn, idle_since};
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::{Shared, State};

#[derive(Template)]
#[template(path = "privacy/data.html")]
struct DataPage {
    chrome: Chrome,
    faults: Faults,
    has_password: bool,
    email: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataForm {
    #[serde(default, rename = "username")]
    _username: String,
    #[serde(default)]
    current: String,
}

async fn data_page(chrome: Chrome, faults: Faults, state: &State, who: &SignedIn) -> Result<DataPage, Error> {
    let has_password = service::has_password(state, who.actor.person).await?;
    Ok(DataPage { chrome, faults, has_password, email: who.actor.email.clone() })
}

pub async fn get(who: SignedIn, state: Shared, chrome: Chrome) -> Result<HttpResponse, Error> {
    page::ok(&data_page(chrome, Faults::none(), &state, &who).await?)
}

pub async fn post(
    request: HttpRequest,
    who: SignedIn,
    state: Shared,
    form: ProtectedForm<DataForm>,
) -> Result<HttpResponse, Error> {
    let own = (who.actor.person, who.session);
    let checked = service::check(&state, own, &form.current, idle_since(state.clock.now())).await?;
    if checked == Checked::Right {
        let text = service::download(&state, who.actor.clone()).await?;
        return Ok(HttpResponse::Ok()
            .content_type("application/json; charset=utf-8")
            .insert_header(("Content-Disposition", "attachment; filename=\"my-data.json\""))
            .body(text));
    }
    let mut faults = Faults::none();
    faults.add("current", words(checked));
    let page = data_page(Chrome::of(&request), faults, &state, &who).await?;
    refused(checked, &page)
}

/// Why it is not believed that it is them.
pub fn words(checked: Checked) -> String {
    match checked {
        Checked::Right => String::new(),
        Checked::Wrong => "That is not your password. Type it again, or choose a new one by email".to_owned(),
        Checked::TooMany => format!("That was too often a wrong password. Wait {FAILURE_MINUTES} minutes"),
        Checked::SignInAgain => {
            format!("Sign out and sign in again by a mailed link, then do this within {FRESH_MINUTES} minutes")
        }
    }
}

/// The page again, with the status that fits.
pub fn refused(checked: Checked, page: &impl Template) -> Result<HttpResponse, Error> {
    if checked != Checked::TooMany {
        return page::unprocessable(page);
    }
    let mut response = page::with_status(StatusCode::TOO_MANY_REQUESTS, page)?;
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(FAILURE_MINUTES * 60));
    Ok(response)
}
