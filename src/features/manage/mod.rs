//! What managers and administrators look after: a folder of rooms, each with a service of its own. This file only puts their routes together.

pub mod organisations;

use actix_web::web::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    config.configure(organisations::routes);
}
