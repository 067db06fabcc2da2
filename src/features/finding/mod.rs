//! Finding a space: the front page with its search, and the results with why each fits or what comes near. Not booking it.

mod home;
mod results;
mod search;
mod service;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config.route(urls::HOME, web::get().to(home::get)).route(urls::FIND, web::get().to(results::get));
}
