//! How long data is kept, for administrators: set, tried, removed. Not a person's own erasure.

mod edit;
mod service;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .route(urls::MANAGE_RETENTION, web::get().to(edit::get))
        .route(urls::MANAGE_RETENTION, web::post().to(edit::post));
}
