//! Calendars that read by themselves: secret addresses that a person makes, hands to a calendar, and ends. Not the parts of mails.

mod calendar;
mod feed;
mod list;
mod service;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .route(urls::CALENDARS, web::get().to(list::get))
        .route(urls::CALENDARS, web::post().to(list::post))
        .route(urls::CALENDARS_END, web::post().to(list::end))
        .route("/feeds/{token}.ics", web::get().to(feed::get));
}
