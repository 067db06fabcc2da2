//! A site's own words and facts: adding one, changing it. Not its hours, staff, spaces or closures.

mod edit;
mod form;
mod new;
mod service;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .route(urls::MANAGE_SITE_NEW, web::get().to(new::get))
        .route(urls::MANAGE_SITE_NEW, web::post().to(new::post))
        .route("/manage/sites/{site}", web::get().to(edit::get))
        .route("/manage/sites/{site}", web::post().to(edit::post));
}
