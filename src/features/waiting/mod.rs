//! Waiting lists: what one's own organisations wait for, one entry with its offer, and a site's queues for its managers. Not the joining:
//! that is a button of the booking form.

mod card;
mod entry;
mod list;
mod service;
mod site;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .route(urls::WAITING, web::get().to(list::get))
        .route("/waiting/{reference}", web::get().to(entry::get))
        .route("/waiting/{reference}/take", web::post().to(entry::take))
        .route("/waiting/{reference}/leave", web::post().to(entry::leave))
        .route("/manage/sites/{site}/waiting", web::get().to(site::get))
        .route("/manage/sites/{site}/waiting", web::post().to(site::post));
}
