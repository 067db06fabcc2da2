//! The calm page for everything that goes wrong: a reference, and what to do next. Never the text of a surprise.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{ConnectionType, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use askama::Template;

use super::chrome::Chrome;
use crate::domain::words::{counted, rough_length};
use crate::error::Error;
use crate::telemetry::RequestId;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    chrome: Chrome,
    heading: &'static str,
    words: String,
    reference: String,
}

/// Middleware: draws the page for errors, and logs surprises once.
///
/// # Errors
/// None of its own: errors become responses here.
pub async fn draw(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?;
    if !needs_page(&response) {
        return Ok(response.map_into_boxed_body());
    }
    let http = response.request().clone();
    let (status, headers) = (response.status(), response.headers().clone());
    let own = response.response().error().and_then(|error| error.as_error::<Error>()).and_then(words_of);
    log(&http, response.response().error());
    let mut drawn = page(&http, status, own);
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        // What is still on its way is not read, so nothing else can come over this connection.
        drawn.head_mut().set_connection_type(ConnectionType::Close);
    }
    for name in [header::RETRY_AFTER, header::ALLOW, header::SET_COOKIE] {
        if let Some(value) = headers.get(&name) {
            drawn.headers_mut().insert(name, value.clone());
        }
    }
    Ok(ServiceResponse::new(http, drawn))
}

/// Answers of ours with a page of their own are left alone.
fn needs_page(response: &ServiceResponse<impl MessageBody>) -> bool {
    let status = response.status();
    let has_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("text/html") || value.starts_with("application/json"));
    (status.is_client_error() || status.is_server_error()) && !has_page
}

fn log(request: &HttpRequest, error: Option<&actix_web::Error>) {
    let id = reference(request);
    match error.map(|error| (error, error.as_error::<Error>())) {
        Some((_, Some(Error::Internal(error)))) => tracing::error!(request = id, "{error:#}"),
        Some((_, Some(Error::Unavailable(words)))) => tracing::warn!(request = id, "unavailable: {words}"),
        Some((error, None)) if error.as_response_error().status_code().is_server_error() => {
            tracing::error!(request = id, "{error}");
        }
        _ => {}
    }
}

fn words_of(error: &Error) -> Option<String> {
    match error {
        Error::BadRequest(words) => Some(words.clone()),
        Error::TooMany(seconds) => {
            Some(format!("That was a lot in a short time. Wait {} and try again.", wait(*seconds)))
        }
        _ => None,
    }
}

/// "40 seconds", or from two minutes on "15 minutes".
pub fn wait(seconds: u64) -> String {
    match i64::try_from(seconds).unwrap_or(i64::MAX) {
        seconds @ 120.. => rough_length(seconds.saturating_add(59) / 60),
        seconds => counted(seconds, "second", "seconds"),
    }
}

fn reference(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

fn page(request: &HttpRequest, status: StatusCode, words: Option<String>) -> HttpResponse {
    let (heading, usual) = match status {
        StatusCode::NOT_FOUND => (
            "We cannot find that page",
            "It may have moved, the address may be mistyped, or it may not be for you to see. If you expected to see it, sign in or ask the site.",
        ),
        StatusCode::FORBIDDEN => (
            "This form cannot be used",
            "The page was open for too long, or came from somewhere else. Nothing was changed. Go back, open the page again and send it once more.",
        ),
        StatusCode::METHOD_NOT_ALLOWED => {
            ("That does not work here", "This address takes something else. Go back to the page you came from.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("That is too large", "Shorten what you send and try again. Nothing was changed.")
        }
        StatusCode::TOO_MANY_REQUESTS => {
            ("Wait a moment", "That was a lot in a short time. Wait a minute and try again.")
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            ("We are busy for a moment", "Nothing was lost and nothing was changed. Wait a few seconds and try again.")
        }
        _ if status.is_client_error() => (
            "We did not understand that",
            "Something in the address or the form is not as it should be. Nothing was changed. Go back and try again.",
        ),
        _ => (
            "Something went wrong on our side",
            "It is not your fault, and we have made a note of it. Try again in a moment. If it happens again, tell us the reference.",
        ),
    };
    let page = ErrorPage {
        chrome: Chrome::of(request),
        heading,
        words: words.unwrap_or_else(|| usual.to_owned()),
        reference: reference(request),
    };
    HttpResponse::build(status).content_type("text/html; charset=utf-8").body(page.render().unwrap_or_default())
}
