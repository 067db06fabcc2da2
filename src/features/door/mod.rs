//! The screen beside a door, by its secret address: now and next, for whoever passes by. How screens are made is `manage::doors`.

mod service;
mod show;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config.route("/door/{token}", web::get().to(show::get));
}
