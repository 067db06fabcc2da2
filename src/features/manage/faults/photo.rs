//! The photo of a fault, only ever as something to keep: never shown inside a page of ours.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Path;

use super::service;
use crate::domain::ids::{Reference, Slug};
use crate::error::Error;
use crate::web::access::Manager;
use crate::web::state::Shared;

pub async fn get(who: Manager, state: Shared, path: Path<(String, String)>) -> Result<HttpResponse, Error> {
    let (slug, reference) = path.into_inner();
    let which = Slug::parse(&slug).zip(Reference::parse(&reference)).ok_or(Error::NotFound)?;
    let file = service::photo(&state.db, who.actor.clone(), which).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok()
        .content_type(file.media.media_type())
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(file.bytes))
}
