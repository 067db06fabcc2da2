//! What can be booked at a site: adding a space, its words, its rules, its end. Not its hours, and not closures.

mod edit;
mod form;
mod new;
mod rules;
mod rules_form;
mod service;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/manage/sites/{site}/facilities/new", web::get().to(new::get))
        .route("/manage/sites/{site}/facilities/new", web::post().to(new::post))
        .route("/manage/sites/{site}/{facility}", web::get().to(edit::get))
        .route("/manage/sites/{site}/{facility}", web::post().to(edit::post))
        .route("/manage/sites/{site}/{facility}/rules", web::get().to(rules::get))
        .route("/manage/sites/{site}/{facility}/rules", web::post().to(rules::post));
}
