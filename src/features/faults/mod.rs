//! Telling a site that something is wrong, without an account too: a fault of a space, or that somebody is at risk. Not what is done about it.

mod concern;
mod of_booking;
mod report;
mod service;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/sites/{site}/{facility}/fault", web::get().to(report::get))
        .route("/sites/{site}/{facility}/fault", web::post().to(report::post))
        .route("/sites/{site}/{facility}/concern", web::get().to(concern::get))
        .route("/sites/{site}/{facility}/concern", web::post().to(concern::post))
        .route("/bookings/{reference}/fault", web::get().to(of_booking::get));
}
