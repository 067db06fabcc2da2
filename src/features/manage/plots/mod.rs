//! An allotment for its manager: the plan and the list, the line, one plot with its tenancy, keys and inspections, season and rules.

mod list;
mod plot;
mod plot_form;
mod rules;
mod service;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/manage/sites/{site}/{facility}/plots", web::get().to(list::get))
        .route("/manage/sites/{site}/{facility}/plots", web::post().to(list::post))
        .route("/manage/sites/{site}/{facility}/plots/line", web::post().to(list::line))
        .route("/manage/sites/{site}/{facility}/plots/rules", web::get().to(rules::get))
        .route("/manage/sites/{site}/{facility}/plots/rules", web::post().to(rules::post))
        .route("/manage/sites/{site}/{facility}/plots/{plot}", web::get().to(plot::get))
        .route("/manage/sites/{site}/{facility}/plots/{plot}", web::post().to(plot::post));
}
