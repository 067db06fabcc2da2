//! What a space asks of those who use it: allergens, what is kept apart, the checklist at the end, inductions. Not times and people: those are its rules.

mod edit;
mod form;
mod inductions;
mod service;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/manage/sites/{site}/{facility}/care", web::get().to(edit::get))
        .route("/manage/sites/{site}/{facility}/care", web::post().to(edit::post))
        .route("/manage/sites/{site}/{facility}/inductions", web::get().to(inductions::get))
        .route("/manage/sites/{site}/{facility}/inductions", web::post().to(inductions::post))
        .route("/manage/sites/{site}/{facility}/inductions/remove", web::post().to(inductions::remove));
}
