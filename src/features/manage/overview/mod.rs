//! Where managing begins: one's own sites and what waits there. Not any change.

mod home;
mod service;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config.route(urls::MANAGE, web::get().to(home::get));
}
