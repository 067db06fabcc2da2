//! What spaces cost, what a site charges although nobody was there, and its months. Not the statement of one organisation.

mod edit;
mod service;
mod site;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/manage/sites/{site}/rates", web::get().to(site::get))
        .route("/manage/sites/{site}/rates", web::post().to(site::post))
        .route("/manage/sites/{site}/{facility}/rates", web::get().to(edit::get))
        .route("/manage/sites/{site}/{facility}/rates", web::post().to(edit::post))
        .route("/manage/sites/{site}/{facility}/rates/remove", web::post().to(edit::remove));
}
