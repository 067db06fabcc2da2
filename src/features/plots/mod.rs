//! Plots for everybody and for those who have or want one: an allotment's plan and its line, and one's own page. Not their management.

mod list;
mod own;
mod place;
mod service;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .route(urls::PLOTS, web::get().to(list::get))
        .route("/plots/link/{token}", web::get().to(own::get_link))
        .route("/plots/link/{token}", web::post().to(own::post_link))
        .route("/plots/{reference}", web::get().to(own::get))
        .route("/plots/{reference}", web::post().to(own::post))
        .route("/sites/{site}/{facility}/plots", web::get().to(place::get))
        .route("/sites/{site}/{facility}/plots", web::post().to(place::post));
}
