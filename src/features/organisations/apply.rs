//! Applying for an organisation: what it is, where it is registered, and why not if it is not.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Applied, NewApplication};
use crate::domain::organisation::{Class, Register, charity_number};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "organisations/apply.html")]
struct ApplyPage {
    chrome: Chrome,
    faults: Faults,
    form: ApplyForm,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplyForm {
    name: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    register: String,
    #[serde(default)]
    charity_number: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    class: String,
    /// Drawn for this form, so that sending it twice applies once.
    nonce: String,
}

impl ApplyForm {
    fn parse(&self) -> Result<NewApplication, Faults> {
        let mut faults = Faults::none();
        let name = faults.line("name", &self.name, "the name of your organisation", 80);
        let about = faults.paragraphs("about", &self.about, 1000);
        if about.is_empty() {
            faults.add("about", "Say in a sentence or two what you do, and for whom");
        }
        let class = faults.take("class", Class::parse(&self.class).map(Some).ok_or("Choose what you are"));
        let register = Register::parse(&self.register).map(Some).ok_or("Choose where you are registered");
        let register = faults.take("register", register);
        let (mut number, mut reason) = (String::new(), String::new());
        match register {
            // A business or a public body is no charity, and need not say why.
            Some(Register::NotRegistered) if matches!(class, Some(Class::Statutory | Class::Commercial)) => {
                reason = faults.optional_line("reason", &self.reason, 200);
            }
            Some(Register::NotRegistered) => {
                reason = faults.line("reason", &self.reason, "why you are not registered", 200);
            }
            Some(register) => number = faults.take("charity_number", charity_number(register, &self.charity_number)),
            None => {}
        }
        match (class, register) {
            (Some(class), Some(register)) if faults.is_empty() => {
                Ok(NewApplication { name, about, register, charity_number: number, unregistered_reason: reason, class })
            }
            _ => Err(faults),
        }
    }
}

pub async fn get(_: SignedIn, request: HttpRequest, state: Shared) -> Result<HttpResponse, Error> {
    let form = ApplyForm { nonce: state.chance.token().reveal().to_owned(), ..ApplyForm::default() };
    page::ok(&ApplyPage { chrome: Chrome::of(&request), faults: Faults::none(), form })
}

pub async fn post(
    who: SignedIn,
    request: HttpRequest,
    state: Shared,
    form: ProtectedForm<ApplyForm>,
) -> Result<HttpResponse, Error> {
    let mut faults = Faults::none();
    match form.parse() {
        Err(wrong) => faults = wrong,
        Ok(new) => match service::apply(&state, who.actor.person, new, &form.nonce).await? {
            Applied::Done(slug) => return Ok(page::done(&urls::organisation(&slug), "applied")),
            Applied::TooMany => {
                faults.add("name", "You have 3 applications waiting. Apply again when one of them is decided");
            }
        },
    }
    page::unprocessable(&ApplyPage { chrome: Chrome::of(&request), faults, form: form.0 })
}
