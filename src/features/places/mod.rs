//! The estate: the front page, all sites, one site. Not what is free when.

mod words;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/help", web::get().to(words::help))
        .route("/privacy", web::get().to(words::privacy))
        .route("/accessibility", web::get().to(words::accessibility));
}
