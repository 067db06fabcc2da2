//! The faults of a site for its managers: the list, one with all that is done about it, its photo. Not the concerns for people.

mod fault;
mod list;
mod photo;
mod service;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/manage/sites/{site}/faults", web::get().to(list::get))
        .route("/manage/sites/{site}/faults/{fault}", web::get().to(fault::get))
        .route("/manage/sites/{site}/faults/{fault}", web::post().to(fault::post))
        .route("/manage/sites/{site}/faults/{fault}/photo", web::get().to(photo::get));
}
