//! The closing list of a site: what the last one out ticks, for them and for the site's staff. What stands on it is written under `manage`.

mod day;
mod service;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/sites/{site}/closing", web::get().to(day::get))
        .route("/sites/{site}/closing", web::post().to(day::post));
}
