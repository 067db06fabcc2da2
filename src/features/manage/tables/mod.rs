//! CSV files in and out: sites, spaces, organisations, people and bookings. Managers have what is of their sites, administrators everything.

mod export;
mod import;
mod service;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .route(urls::MANAGE_IMPORT, web::get().to(import::get))
        .route(urls::MANAGE_IMPORT, web::post().to(import::post))
        .route(urls::MANAGE_IMPORT_RUN, web::post().to(import::run))
        .route("/manage/import/{kind}/empty.csv", web::get().to(import::template))
        .route(urls::MANAGE_EXPORT, web::get().to(export::get))
        .route(urls::MANAGE_EXPORT, web::post().to(export::post));
}
