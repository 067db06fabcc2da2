//! How sessions went: the form for their people, by account or by a mailed link, the figures in counts, and nobody having come. No names anywhere.

mod figures;
mod form;
mod no_show;
mod service;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/bookings/{reference}/attendance", web::get().to(form::get))
        .route("/bookings/{reference}/attendance", web::post().to(form::post))
        .route("/attendance/{token}", web::get().to(form::get_link))
        .route("/attendance/{token}", web::post().to(form::post_link))
        .route("/sites/{site}/no-show", web::post().to(no_show::post))
        .route("/sites/{site}/attendance", web::get().to(figures::of_site))
        .route("/organisations/{organisation}/attendance", web::get().to(figures::of_organisation));
}
