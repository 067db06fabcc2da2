//! Organisations as staff look after them: administrators decide who may book, managers say whom their sites trust. Not their people.

mod detail;
mod list;
mod service;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource(urls::MANAGE_ORGANISATIONS).get(list::get))
        .service(web::resource("/manage/organisations/{organisation}").get(detail::get).post(detail::decide))
        .service(web::resource("/manage/organisations/{organisation}/trust").post(detail::trust));
}
