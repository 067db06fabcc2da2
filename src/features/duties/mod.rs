//! Volunteers and their duties: one's own sessions of today and this week, when one can help, and the rota for whoever keeps it.

mod availability;
mod date;
mod rota;
mod service;
mod today;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource(urls::TODAY).get(today::get))
        .service(web::resource(urls::TODAY_DUTY).post(today::post))
        .service(web::resource(urls::TODAY_END).post(today::end))
        .service(web::resource("/account/availability").get(availability::get).post(availability::post))
        .service(web::resource(urls::ROTA).get(rota::get))
        .service(web::resource(urls::ROTA_COPY).post(rota::copy))
        .service(web::resource("/rota/{reference}").get(date::get).post(date::post));
}
