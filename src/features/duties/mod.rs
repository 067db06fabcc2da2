//! Volunteers and their duties: one's own sessions of today and this week, when one can help, and the rota for whoever keeps it.

mod availability;
mod date;
mod help;
mod rota;
mod service;
mod today;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/today", web::get().to(today::get))
        .route("/today/help/{reference}", web::get().to(help::get))
        .route("/today/duty", web::post().to(today::post))
        .route("/today/end", web::post().to(today::end))
        .route("/account/availability", web::get().to(availability::get))
        .route("/account/availability", web::post().to(availability::post))
        .route("/rota", web::get().to(rota::get))
        .route("/rota/seen", web::post().to(rota::seen))
        .route("/rota/copy", web::post().to(rota::copy))
        .route("/rota/{reference}", web::get().to(date::get))
        .route("/rota/{reference}", web::post().to(date::post));
}
