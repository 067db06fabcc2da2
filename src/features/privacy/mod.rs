//! What people can do about what is kept of them: download it, have it erased, see who looked at their confidential bookings. Not what an
//! administrator does about others.

mod data;
mod erase;
mod service;
mod views;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .route(urls::ACCOUNT_DATA, web::get().to(data::get))
        .route(urls::ACCOUNT_DATA, web::post().to(data::post))
        .route(urls::ACCOUNT_ERASE, web::get().to(erase::get))
        .route(urls::ACCOUNT_ERASE, web::post().to(erase::post))
        .route("/bookings/{reference}/views", web::get().to(views::get));
}
