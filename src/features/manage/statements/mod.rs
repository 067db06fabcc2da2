//! What an administrator fills into the privacy and the accessibility statement. Not the statements: those are among the pages of words.

mod edit;
mod service;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .route(urls::MANAGE_STATEMENTS, web::get().to(edit::get))
        .route(urls::MANAGE_STATEMENTS, web::post().to(edit::post));
}
