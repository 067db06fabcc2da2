//! A feed as a calendar asks for it: with a tag, so that one which has it is told so before anything is read or written.

use actix_web::http::header;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::calendar;
use super::service;
use crate::domain::feed::FeedOf;
use crate::error::Error;
use crate::web::state::Shared;

const TYPE: &str = "text/calendar; charset=utf-8";
/// Nobody between us and the calendar may keep it, and the calendar asks again each time.
const CACHE: (&str, &str) = ("Cache-Control", "private, no-cache");

pub async fn get(request: HttpRequest, state: Shared, path: Path<String>) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let opened = service::open(&state.db, &path, now).await?.ok_or(Error::NotFound)?;
    let tag = format!("\"{}\"", opened.tag);
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let same = |one: &str| one.trim().trim_start_matches("W/") == tag;
    if known.is_some_and(|known| known.split(',').any(same)) {
        return Ok(HttpResponse::NotModified().insert_header(CACHE).insert_header((header::ETAG, tag)).finish());
    }
    let name = match opened.feed.of {
        FeedOf::Person => "Alcove",
        FeedOf::Organisation(_) | FeedOf::Site(_) | FeedOf::Facility(_) => "Alcove sessions",
    };
    let entries = service::entries(&state.db, opened, now).await?;
    let text = calendar::text(name, &state.mailer.link(""), &entries, now);
    Ok(HttpResponse::Ok()
        .content_type(TYPE)
        .insert_header(CACHE)
        .insert_header((header::ETAG, tag))
        .insert_header(("X-Robots-Tag", "noindex"))
        .insert_header(("Content-Disposition", "inline; filename=\"alcove.ics\""))
        .body(text))
}
