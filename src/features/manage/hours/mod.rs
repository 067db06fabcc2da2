//! The weekly hours of a site, and the narrower ones of a space. Not closures on named dates.

mod service;
mod typed;
mod week;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/manage/sites/{site}/hours", web::get().to(week::get_site))
        .route("/manage/sites/{site}/hours", web::post().to(week::post_site))
        .route("/manage/sites/{site}/{facility}/hours", web::get().to(week::get_facility))
        .route("/manage/sites/{site}/{facility}/hours", web::post().to(week::post_facility));
}
