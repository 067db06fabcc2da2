//! The way into a baby bank: a donor, a referrer and the site's staff are each led to their own page.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::service::{self, Way};
use super::times::slugs;
use crate::error::Error;
use crate::urls;
use crate::web::access::Visitor;
use crate::web::page;
use crate::web::state::Shared;

pub async fn get(state: Shared, path: Path<(String, String)>, visitor: Visitor) -> Result<HttpResponse, Error> {
    let (site, facility) = slugs(&path)?;
    let way = service::way(&state.db, (site.clone(), facility.clone()), visitor.actor().cloned()).await?;
    Ok(page::see_other(&match way.ok_or(Error::NotFound)? {
        Way::Donor => urls::donate(&site, &facility),
        Way::Referrer => urls::collect(&site, &facility),
        Way::Staff => urls::collections(&site, &facility),
    }))
}
