//! Bookings from the booker's side: asking, checking, the booking itself, the list, giving it up. Not the deciding.

mod after;
mod awaits;
mod behalf;
mod cancel;
mod care;
mod change;
mod change_times;
mod checklist;
mod cost;
mod draft;
mod extras;
mod import;
mod instead;
mod list;
mod looking;
mod more;
mod needed;
mod new;
mod on_the_day;
mod papers;
mod release;
mod running;
mod safe;
mod series;
mod service;
mod share;
mod show;
mod terms;
mod times;
mod wait;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/sites/{site}/{facility}/book", web::get().to(new::get))
        .route("/sites/{site}/{facility}/book", web::post().to(new::post))
        .route("/sites/{site}/{facility}/import", web::get().to(import::get))
        .route("/sites/{site}/{facility}/import", web::post().to(import::post))
        .route(urls::BOOKINGS, web::get().to(list::get))
        .route("/bookings/{reference}.ics", web::get().to(show::calendar))
        .route("/bookings/{reference}", web::get().to(show::get))
        .route("/bookings/{reference}/cancel", web::get().to(cancel::get))
        .route("/bookings/{reference}/cancel", web::post().to(cancel::post))
        .route("/bookings/{reference}/change", web::get().to(change::get))
        .route("/bookings/{reference}/change", web::post().to(change::post))
        .route("/bookings/{reference}/change/withdraw", web::post().to(change::withdraw))
        .route("/bookings/{reference}/checklist", web::get().to(checklist::get))
        .route("/bookings/{reference}/checklist", web::post().to(checklist::post))
        .route("/bookings/{reference}/more", web::get().to(more::get))
        .route("/bookings/{reference}/more", web::post().to(more::post))
        .route("/bookings/{reference}/needed", web::get().to(needed::get))
        .route("/bookings/{reference}/needed", web::post().to(needed::post))
        .route("/bookings/{reference}/release", web::post().to(release::post))
        .route("/bookings/{reference}/share", web::get().to(share::get))
        .route("/bookings/{reference}/share", web::post().to(share::post))
        .route("/bookings/{reference}/share/end", web::post().to(share::end))
        .route("/bookings/{reference}/longer", web::get().to(running::get))
        .route("/bookings/{reference}/longer", web::post().to(running::longer))
        .route("/bookings/{reference}/finish", web::post().to(running::finish))
        .route("/bookings/{reference}/again", web::get().to(running::again))
        .route("/bookings/{reference}/instead", web::get().to(instead::get))
        .route("/bookings/{reference}/instead", web::post().to(instead::post))
        .route("/bookings/{reference}/put-back", web::post().to(cancel::reinstate))
        .route("/bookings/{reference}/accept", web::post().to(cancel::accept))
        .route("/bookings/{reference}/undo", web::post().to(cancel::undo));
}
