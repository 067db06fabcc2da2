//! Cafés and shops: whether they are open, what anyone may drop in to, who opens up; and what is on across the estate.

mod drop_ins;
mod open;
mod open_booking;
mod openers;
mod service;
mod whats_on;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/whats-on", web::get().to(whats_on::get))
        .route("/bookings/{reference}/open", web::get().to(open_booking::get))
        .route("/bookings/{reference}/open", web::post().to(open_booking::post))
        .route("/sites/{site}/{facility}/open", web::get().to(open::get))
        .route("/sites/{site}/{facility}/openers", web::get().to(openers::get))
        .route("/sites/{site}/{facility}/openers", web::post().to(openers::post))
        .route("/manage/sites/{site}/{facility}/openers", web::get().to(openers::get_form))
        .route("/manage/sites/{site}/{facility}/openers", web::post().to(openers::post_form))
        .route("/manage/sites/{site}/{facility}/drop-ins", web::get().to(drop_ins::get))
        .route("/manage/sites/{site}/{facility}/drop-ins", web::post().to(drop_ins::post));
}
