//! Organisations: applying for one, seeing one, its people, and joining by invitation. Not the decision about an application.

mod apply;
mod detail;
mod index;
mod join;
mod leave;
mod people;
mod service;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource(urls::ORGANISATIONS).get(index::get))
        .service(web::resource(urls::APPLY).get(apply::get).post(apply::post))
        .service(web::resource("/organisations/{organisation}").get(detail::get))
        .service(web::resource("/organisations/{organisation}/people").get(people::get).post(people::invite))
        .service(web::resource("/organisations/{organisation}/people/role").post(people::change_role))
        .service(web::resource("/organisations/{organisation}/people/remove").post(people::remove))
        .service(web::resource("/organisations/{organisation}/people/withdraw").post(people::withdraw))
        .service(web::resource("/organisations/{organisation}/people/restore").post(people::restore))
        .service(web::resource("/organisations/{organisation}/leave").get(leave::get).post(leave::post))
        .service(web::resource("/join/{token}").get(join::get).post(join::post));
}
