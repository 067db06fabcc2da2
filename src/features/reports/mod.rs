//! Reports of a site, of all sites that somebody manages, and of an organisation for itself: use, people, value and before and after.

mod cells;
mod compare;
mod heat;
mod people;
mod service;
mod show;
mod usage;
mod value;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .route(urls::MANAGE_REPORTS, web::get().to(show::all))
        .route("/manage/reports.csv", web::get().to(show::all_file))
        .route("/manage/sites/{site}/reports", web::get().to(show::site))
        .route("/manage/sites/{site}/reports.csv", web::get().to(show::site_file))
        .route("/organisations/{organisation}/reports", web::get().to(show::organisation))
        .route("/organisations/{organisation}/reports.csv", web::get().to(show::organisation_file));
}
