//! Turning a template into a response. Not any template.

use actix_web::cookie::Cookie;
use actix_web::http::header::HeaderValue;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::domain::span::Instant;
use crate::error::Error;

/// A page as it should be.
///
/// # Errors
/// Only when rendering fails, which is a fault of the program.
pub fn ok(page: &impl Template) -> Result<HttpResponse, Error> {
    with_status(StatusCode::OK, page)
}

/// The same page with what has to be put right.
///
/// # Errors
/// As [`ok`].
pub fn unprocessable(page: &impl Template) -> Result<HttpResponse, Error> {
    with_status(StatusCode::UNPROCESSABLE_ENTITY, page)
}

/// A page with a status of its own.
///
/// # Errors
/// As [`ok`].
pub fn with_status(status: StatusCode, page: &impl Template) -> Result<HttpResponse, Error> {
    let body = page.render().map_err(|error| Error::Internal(error.into()))?;
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(body))
}

/// The same answer, with a cookie.
///
/// # Errors
/// Only for a cookie that no header can carry, which is a fault of the program.
pub fn with_cookie(mut response: HttpResponse, cookie: &Cookie<'_>) -> Result<HttpResponse, Error> {
    response.add_cookie(cookie).map_err(|error| Error::Internal(error.into()))?;
    Ok(response)
}

/// On to another page of ours, after something was done.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}

/// On to a page that says what was done; `done` is one of the codes that the frame knows.
pub fn done(path: &str, done: &str) -> HttpResponse {
    let mark = if path.contains('?') { '&' } else { '?' };
    see_other(&format!("{path}{mark}done={done}"))
}

/// A page that depends on a site's state: for visitors with a tag, so that a browser which has it is told so before anything is drawn.
///
/// # Errors
/// As [`ok`].
pub fn public_or_private<T: Template>(
    request: &HttpRequest,
    public: bool,
    change_number: i64,
    now: Instant,
    make: impl FnOnce() -> T,
) -> Result<HttpResponse, Error> {
    if !public {
        return ok(&make());
    }
    // What is past and what is free now moves with the clock, so the tag does too, minute by minute.
    let tag = format!("\"{}-{change_number}-{}\"", env!("CARGO_PKG_VERSION"), now.seconds().div_euclid(60));
    let known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains(&tag));
    if known {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish());
    }
    let mut response = ok(&make())?;
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}
