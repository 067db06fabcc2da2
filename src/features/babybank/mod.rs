//! A baby bank: donors drop off, referrers collect, and neither sees anything of the other. Staff have a page for each.

mod collect;
mod collection;
mod collections;
mod donate;
mod donations;
mod entry;
mod link;
mod service;
mod streams;
mod times;

use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/donate/confirm/{token}", web::get().to(link::confirm))
        .route("/donate/confirm/{token}", web::post().to(link::post_confirm))
        .route("/donate/cancel/{token}", web::get().to(link::cancel))
        .route("/donate/cancel/{token}", web::post().to(link::post_cancel))
        .route("/sites/{site}/{facility}/baby-bank", web::get().to(entry::get))
        .route("/sites/{site}/{facility}/donate", web::get().to(donate::get))
        .route("/sites/{site}/{facility}/donate", web::post().to(donate::post))
        .route("/sites/{site}/{facility}/donations", web::get().to(donations::get))
        .route("/sites/{site}/{facility}/donations", web::post().to(donations::post))
        .route("/sites/{site}/{facility}/collect", web::get().to(collect::get))
        .route("/sites/{site}/{facility}/collect", web::post().to(collect::post))
        .route("/sites/{site}/{facility}/collections", web::get().to(collections::get))
        .route("/sites/{site}/{facility}/collections/{reference}", web::get().to(collection::get))
        .route("/sites/{site}/{facility}/collections/{reference}", web::post().to(collection::post))
        .route("/manage/sites/{site}/{facility}/streams", web::get().to(streams::get))
        .route("/manage/sites/{site}/{facility}/streams", web::post().to(streams::post));
}
