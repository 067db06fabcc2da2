//! Registering: a name, an address and a password. The answer is the same whether the address is known or not.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::sent::{self, Sent};
use super::service::{self, Registration};
use crate::domain::person::{Email, NewPassword};
use crate::error::Error;
use crate::urls;
use crate::web::access::Visitor;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "account/register.html")]
struct RegisterPage {
    chrome: Chrome,
    faults: Faults,
    name: String,
    email: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterForm {
    name: String,
    email: String,
    password: String,
}

impl RegisterForm {
    pub(super) fn parse(&self) -> Result<Registration, Faults> {
        let mut faults = Faults::none();
        let name = faults.line("name", &self.name, "your name", 80);
        let email = faults.take("email", Email::parse(&self.email).map(Some));
        let password = NewPassword::parse(&self.password, &[&self.name, &self.email]);
        let password = faults.take("password", password.map(Some));
        match (email, password) {
            (Some(email), Some(password)) if faults.is_empty() => Ok(Registration { name, email, password }),
            _ => Err(faults),
        }
    }

    /// What was typed, to be shown again. A password never is.
    pub(super) fn typed(self) -> (String, String) {
        (self.name, self.email)
    }
}

fn show(request: &HttpRequest, faults: Faults, (name, email): (String, String)) -> RegisterPage {
    RegisterPage { chrome: Chrome::of(request).with_visitor_form(request), faults, name, email }
}

pub async fn get(request: HttpRequest, visitor: Visitor) -> Result<HttpResponse, Error> {
    if visitor.actor().is_some() {
        return Ok(page::see_other(urls::ACCOUNT));
    }
    page::ok(&show(&request, Faults::none(), <(String, String)>::default()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    form: ProtectedForm<RegisterForm>,
) -> Result<HttpResponse, Error> {
    state.limits.try_door(&state, &request)?;
    match form.parse() {
        Err(faults) => page::unprocessable(&show(&request, faults, form.0.typed())),
        Ok(new) => {
            let email = new.email.to_string();
            service::register(&state, new).await?;
            sent::page(&request, Sent::Registration, email)
        }
    }
}
