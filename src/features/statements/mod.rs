//! The monthly statement of an organisation, and what it says that it offers. Not the rates: those are for the site's manager.

mod service;
mod services;
mod show;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/organisations/{organisation}/statement", web::get().to(show::get))
        .route("/organisations/{organisation}/statement.csv", web::get().to(show::file))
        .route("/organisations/{organisation}/statement/absent", web::post().to(show::absent))
        .route("/organisations/{organisation}/services", web::get().to(services::get))
        .route("/organisations/{organisation}/services", web::post().to(services::post));
}
