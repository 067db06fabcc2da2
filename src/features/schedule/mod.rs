//! The signature screen: a site's day and a facility's week as a timetable. Not the booking of what is free.

mod day;
mod service;
mod timetable;
mod week;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/sites/{site}/schedule", web::get().to(day::get))
        .route("/sites/{site}/{facility}", web::get().to(week::get));
}
