//! What is said where a mailed link opens nothing (any more): it was used, its time is over, or a newer one was sent.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::error::Error;
use crate::web::chrome::Chrome;
use crate::web::page as answer;

#[derive(Template)]
#[template(path = "account/gone.html")]
struct GonePage {
    chrome: Chrome,
}

pub fn page(request: &HttpRequest) -> Result<HttpResponse, Error> {
    answer::with_status(StatusCode::GONE, &GonePage { chrome: Chrome::of(request) })
}
