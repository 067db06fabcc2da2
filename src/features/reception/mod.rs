//! The desk of a site: the day on one sheet, who has arrived and left, the list for an evacuation, keys on loan. For the site's staff only.

mod day;
mod evacuation;
mod keys;
mod service;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/sites/{site}/reception", web::get().to(day::get))
        .route("/sites/{site}/reception", web::post().to(day::post))
        .route("/sites/{site}/evacuation", web::get().to(evacuation::get))
        .route("/sites/{site}/keys", web::get().to(keys::get))
        .route("/sites/{site}/keys", web::post().to(keys::post))
        .route("/sites/{site}/keys/back", web::post().to(keys::back));
}
