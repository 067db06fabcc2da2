//! The organisations of whoever is signed in.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::domain::policy::Membership;
use crate::error::Error;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::page;

#[derive(Template)]
#[template(path = "organisations/index.html")]
struct IndexPage {
    chrome: Chrome,
    memberships: Vec<Membership>,
    is_manager: bool,
}

pub async fn get(who: SignedIn, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (memberships, is_manager) = (who.actor.memberships.clone(), who.actor.is_manager());
    page::ok(&IndexPage { chrome: Chrome::of(&request), memberships, is_manager })
}
