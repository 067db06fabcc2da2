//! What managers and administrators look after: a folder of rooms, each with a service of its own. This file only puts their routes
//! together, fixed words before names.

pub mod care;
pub mod closures;
pub mod concerns;
pub mod doors;
pub mod extras;
pub mod facilities;
pub mod faults;
pub mod hours;
pub mod jobs;
pub mod mail;
pub mod notices;
pub mod organisations;
pub mod overview;
pub mod people;
pub mod plots;
pub mod rates;
pub mod retention;
pub mod settings;
pub mod site;
pub mod staff;
pub mod statements;
pub mod tables;

use actix_web::web::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    config
        .configure(overview::routes)
        .configure(organisations::routes)
        .configure(mail::routes)
        .configure(settings::routes)
        .configure(people::routes)
        .configure(retention::routes)
        .configure(statements::routes)
        .configure(site::routes)
        .configure(staff::routes)
        .configure(closures::routes)
        .configure(notices::routes)
        .configure(faults::routes)
        .configure(concerns::routes)
        .configure(jobs::routes)
        .configure(doors::routes)
        .configure(extras::routes)
        .configure(care::routes)
        .configure(hours::routes)
        .configure(plots::routes)
        .configure(rates::routes)
        .configure(tables::routes)
        .configure(facilities::routes);
}
