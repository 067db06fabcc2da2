//! What happened: of all that somebody manages, a site, a space, an organisation, a person. It only reads. Not the history on a booking's own page.

mod list;
mod service;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .route(urls::MANAGE_HISTORY, web::get().to(list::managed))
        .route("/manage/sites/{site}/history", web::get().to(list::site))
        .route("/manage/sites/{site}/{facility}/history", web::get().to(list::facility))
        .route("/organisations/{organisation}/history", web::get().to(list::organisation))
        .route("/manage/people/{person}/history", web::get().to(list::person))
        .route(urls::ACCOUNT_HISTORY, web::get().to(list::own));
}
