//! Settings of the whole instance, for administrators: second steps, rights that lapse, and help for those who have lost their second step.

mod edit;
mod service;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .route(urls::MANAGE_SETTINGS, web::get().to(edit::get))
        .route(urls::MANAGE_SETTINGS, web::post().to(edit::post))
        .route(urls::MANAGE_SETTINGS_STEP, web::post().to(edit::remove_step))
        .route(urls::MANAGE_SETTINGS_RESTORE, web::post().to(edit::restore));
}
