//! Who works at a site, and as what. Not their accounts.

mod list;
mod service;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/manage/sites/{site}/staff", web::get().to(list::get))
        .route("/manage/sites/{site}/staff", web::post().to(list::post));
}
