//! The people who have an account, for administrators: found, looked at, erased. Not what they may do, which organisations and sites decide.

mod list;
mod person;
mod service;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .route(urls::MANAGE_PEOPLE, web::get().to(list::get))
        .route("/manage/people/{person}", web::get().to(person::get))
        .route("/manage/people/{person}/erase", web::post().to(person::erase));
}
