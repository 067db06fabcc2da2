//! What was told in confidence, for those who lead on safeguarding at a site and for nobody else. Not the faults.

mod concern;
mod list;
mod service;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/manage/sites/{site}/to-read", web::get().to(list::get))
        .route("/manage/sites/{site}/to-read/{concern}", web::get().to(concern::get))
        .route("/manage/sites/{site}/to-read/{concern}", web::post().to(concern::post));
}
