//! What an organisation offers, as a form for its coordinators. Some spaces are for those only that offer something.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service;
use crate::domain::ids::Slug;
use crate::domain::organisation::Organisation;
use crate::domain::services::{Service, ServiceSet};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServicesForm {
    services: Vec<String>,
}

#[derive(Template)]
#[template(path = "statements/services.html")]
struct ServicesPage {
    chrome: Chrome,
    faults: Faults,
    services: Vec<Choice>,
    name: String,
    organisation: String,
    action: String,
}

pub async fn get(state: Shared, path: Path<String>, who: SignedIn, chrome: Chrome) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let one = service::coordinated(&state.db, who.actor.clone(), slug).await?.ok_or(Error::NotFound)?;
    page::ok(&services_page(chrome, &one, Faults::none()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<ServicesForm>,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let Some(services) = ServiceSet::parse(&form.services.join(" ")) else {
        let one = service::coordinated(&state.db, who.actor.clone(), slug).await?.ok_or(Error::NotFound)?;
        let mut faults = Faults::none();
        faults.add("services", "Choose from the list");
        return page::unprocessable(&services_page(Chrome::of(&request), &one, faults));
    };
    if service::set_services(&state.db, who.actor.clone(), slug.clone(), services, state.clock.now()).await? {
        Ok(page::done(&urls::organisation(&slug), "saved"))
    } else {
        Err(Error::NotFound)
    }
}

fn services_page(chrome: Chrome, one: &Organisation, faults: Faults) -> ServicesPage {
    ServicesPage {
        chrome,
        faults,
        services: Service::ALL.map(|each| Choice::new(each.code(), each.words(), one.services.has(each))).to_vec(),
        name: one.name.clone(),
        organisation: urls::organisation(&one.slug),
        action: urls::services(&one.slug),
    }
}
