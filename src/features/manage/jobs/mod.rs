//! What a site's staff do and see done at the end of sessions on a day: turnarounds and checklists. Not what a space asks for: that is `care`.

mod list;
mod service;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/manage/sites/{site}/jobs", web::get().to(list::get))
        .route("/manage/sites/{site}/jobs", web::post().to(list::post));
}
