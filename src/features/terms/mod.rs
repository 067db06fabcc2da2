//! Terms: a site's text in versions, to be read by everybody and written by its managers. Not the accepting: that is part of booking.

mod edit;
mod service;
mod versions;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/sites/{site}/terms").get(versions::get))
        .service(web::resource("/manage/sites/{site}/terms").get(edit::get).post(edit::post));
}
