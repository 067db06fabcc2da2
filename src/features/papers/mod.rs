//! Papers: an organisation's documents, added by its coordinators, looked at by managers of the sites where it books.

mod answer;
mod documents;
mod file;
mod form;
mod service;
mod to_look_at;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/organisations/{organisation}/documents").get(documents::get).post(documents::post))
        .service(web::resource("/organisations/{organisation}/documents/{document}/file").get(file::get))
        .service(web::resource("/organisations/{organisation}/documents/{document}/decide").post(answer::decide))
        .service(web::resource("/organisations/{organisation}/documents/{document}/withdraw").post(answer::withdraw))
        .service(web::resource(urls::MANAGE_PAPERS).get(to_look_at::get));
}
