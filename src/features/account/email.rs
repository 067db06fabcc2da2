//! Asking for another email address. Nothing changes until the link that goes to the new one is used.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::overview::{self, Typed};
use super::sent::{self, Sent};
use super::service::{self, Asked};
use crate::domain::person::Email;
use crate::error::Error;
use crate::web::access::SignedIn;
use crate::web::csrf::ProtectedForm;
use crate::web::error_page::wait;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailForm {
    #[serde(default)]
    new_email: String,
    #[serde(default)]
    email_password: String,
}

pub async fn post(
    who: SignedIn,
    request: HttpRequest,
    state: Shared,
    form: ProtectedForm<EmailForm>,
) -> Result<HttpResponse, Error> {
    let mut faults = Faults::none();
    let mut seconds = None;
    if let Some(email) = faults.take("new_email", Email::parse(&form.new_email).map(Some)) {
        let shown = email.to_string();
        match service::ask_address(&state, who.actor.person, email, &form.email_password).await? {
            Asked::Sent => return sent::page(&request, Sent::NewAddress, shown),
            Asked::Same => faults.add("new_email", "That is your address already"),
            Asked::WrongPassword => faults.add("email_password", "That is not your password. Type it again"),
            Asked::TooMany(left) => {
                seconds = Some(left);
                faults.add("email_password", format!("That was wrong too often. Wait {} and try again", wait(left)));
            }
        }
    }
    let typed = Typed { new_email: form.0.new_email, ..Typed::default() };
    let shown = overview::show(&request, &state, &who, faults, typed).await?;
    let Some(seconds) = seconds else {
        return page::unprocessable(&shown);
    };
    let mut response = page::with_status(StatusCode::TOO_MANY_REQUESTS, &shown)?;
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    Ok(response)
}
