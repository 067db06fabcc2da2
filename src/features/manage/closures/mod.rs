//! Closing a site or some of its spaces for a time, and opening them again. Not the weekly hours.

mod close;
mod form;
mod list;
mod service;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/manage/sites/{site}/closures", web::get().to(list::get))
        .route("/manage/sites/{site}/closures", web::post().to(close::post))
        .route("/manage/sites/{site}/closures/open", web::post().to(list::open));
}
