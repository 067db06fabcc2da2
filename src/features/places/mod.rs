//! The estate: the front page, all sites, one site. Not what is free when.

mod service;
mod site;
mod sites;
mod words;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .route(urls::SITES, web::get().to(sites::get))
        .route("/sites/{site}", web::get().to(site::get))
        .route("/help", web::get().to(words::help))
        .route("/privacy", web::get().to(words::privacy))
        .route("/accessibility", web::get().to(words::accessibility));
}
