//! Notices of a site or one of its spaces: giving them, changing their words, taking them back. They take no place.

mod form;
mod list;
mod service;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/manage/sites/{site}/notices", web::get().to(list::get))
        .route("/manage/sites/{site}/notices", web::post().to(list::post))
        .route("/manage/sites/{site}/notices/change", web::post().to(list::change))
        .route("/manage/sites/{site}/notices/lift", web::post().to(list::lift));
}
