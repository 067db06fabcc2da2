//! The weekly hours of a site, the narrower ones of a space, and the named sessions of a site. Not closures on named dates.

mod service;
mod sessions;
mod typed;
mod typed_sessions;
mod week;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/manage/sites/{site}/hours", web::get().to(week::get_site))
        .route("/manage/sites/{site}/hours", web::post().to(week::post_site))
        .route("/manage/sites/{site}/sessions", web::get().to(sessions::get))
        .route("/manage/sites/{site}/sessions", web::post().to(sessions::post))
        .route("/manage/sites/{site}/{facility}/hours", web::get().to(week::get_facility))
        .route("/manage/sites/{site}/{facility}/hours", web::post().to(week::post_facility));
}
