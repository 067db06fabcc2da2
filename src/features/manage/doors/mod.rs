//! The screens beside the doors of a site: making one, handing over its address once, ending it. Not what they show.

mod list;
mod service;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/manage/sites/{site}/doors", web::get().to(list::get))
        .route("/manage/sites/{site}/doors", web::post().to(list::post))
        .route("/manage/sites/{site}/doors/end", web::post().to(list::end));
}
