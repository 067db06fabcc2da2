//! What a site lends with its spaces, and what the last one out ticks: adding, changing, retiring. Not asking for it: that is a booking.

mod closing;
mod form;
mod list;
mod one;
mod service;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/manage/sites/{site}/extras", web::get().to(list::get))
        .route("/manage/sites/{site}/extras", web::post().to(list::post))
        .route("/manage/sites/{site}/extras/{extra}", web::get().to(one::get))
        .route("/manage/sites/{site}/extras/{extra}", web::post().to(one::post))
        .route("/manage/sites/{site}/closing", web::get().to(closing::get))
        .route("/manage/sites/{site}/closing", web::post().to(closing::post));
}
