//! The way from a booking to the report of a fault in its space. It has no page of its own.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::service;
use crate::domain::ids::Reference;
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::page;
use crate::web::state::Shared;

pub async fn get(who: SignedIn, state: Shared, path: Path<String>) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let found = service::place_of_booking(&state.db, who.actor.clone(), reference.clone(), state.clock.now()).await?;
    let (site, facility) = found.ok_or(Error::NotFound)?;
    Ok(page::see_other(&urls::fault_of_booking(&site, &facility, &reference)))
}
