//! The mail that left or did not: envelopes only, never a text. Not its delivery.

mod list;
mod service;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config.route(urls::MANAGE_MAIL, web::get().to(list::get)).route(urls::MANAGE_MAIL, web::post().to(list::post));
}
