//! The manager's side: what waits for a decision, and one decision with the facts it needs. Not the asking.

mod change;
mod cost;
mod decide;
mod exchange;
mod induction;
mod papers;
mod queue;
mod rivals;
mod service;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .route(urls::REQUESTS, web::get().to(queue::get))
        .route("/requests/{reference}/change", web::post().to(change::post))
        .route("/requests/{reference}/papers", web::post().to(papers::post))
        .route("/requests/{reference}/induction", web::post().to(induction::post))
        .route("/requests/{reference}/exchange", web::get().to(exchange::get))
        .route("/requests/{reference}/exchange", web::post().to(exchange::post))
        .route("/requests/{reference}", web::get().to(decide::get))
        .route("/requests/{reference}", web::post().to(decide::post));
}
