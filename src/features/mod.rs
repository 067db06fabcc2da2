//! One room a feature; no room knows another. This file only puts their routes together.

pub mod account;
pub mod attendance;
pub mod babybank;
pub mod bookings;
pub mod cafe;
pub mod closing;
pub mod demo_mail;
pub mod door;
pub mod duties;
pub mod faults;
pub mod feeds;
pub mod finding;
pub mod history;
pub mod manage;
pub mod operations;
pub mod organisations;
pub mod papers;
pub mod places;
pub mod plots;
pub mod privacy;
pub mod reception;
pub mod reports;
pub mod requests;
pub mod schedule;
pub mod statements;
pub mod terms;
pub mod waiting;

use actix_web::web::ServiceConfig;

/// All routes, the more particular before the more general.
pub fn routes(config: &mut ServiceConfig) {
    config
        .configure(operations::routes)
        .configure(account::routes)
        .configure(history::routes)
        .configure(privacy::routes)
        .configure(duties::routes)
        .configure(feeds::routes)
        .configure(papers::routes)
        .configure(attendance::routes)
        .configure(statements::routes)
        .configure(reports::routes)
        .configure(organisations::routes)
        .configure(terms::routes)
        .configure(waiting::routes)
        .configure(manage::routes)
        .configure(door::routes)
        .configure(bookings::routes)
        .configure(demo_mail::routes)
        .configure(finding::routes)
        .configure(requests::routes)
        .configure(reception::routes)
        .configure(closing::routes)
        .configure(plots::routes)
        .configure(babybank::routes)
        .configure(faults::routes)
        .configure(cafe::routes)
        .configure(places::routes)
        .configure(schedule::routes);
}
