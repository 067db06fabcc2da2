//! The demo's own mail page: everything that would have been sent, with its text. It exists in the demo only.

mod mail;
mod service;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config.route(urls::DEMO_MAIL, web::get().to(mail::get));
}
