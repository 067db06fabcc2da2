//! Stylesheet, script and icon, embedded and served under a name with a hash of their content, so that browsers may keep them for good.

use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::RustEmbed;

use crate::chance;
use crate::error::Error;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// One embedded file under its public name.
struct Asset {
    path: String,
    mime: &'static str,
    content: Vec<u8>,
}

/// The public paths that a page's head needs.
#[derive(Debug, Clone, Copy)]
pub struct Paths {
    pub css: &'static str,
    pub js: &'static str,
    pub icon: &'static str,
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    Files::iter()
        .filter_map(|name| {
            let content = Files::get(&name)?.data.into_owned();
            let (stem, end) = name.rsplit_once('.')?;
            let hash: String = chance::hash(&String::from_utf8_lossy(&content)).chars().take(12).collect();
            let mime = match end {
                "css" => "text/css; charset=utf-8",
                "js" => "text/javascript; charset=utf-8",
                "svg" => "image/svg+xml",
                _ => "application/octet-stream",
            };
            Some(Asset { path: format!("/static/{stem}.{hash}.{end}"), mime, content })
        })
        .collect()
});

static PATHS: LazyLock<Paths> = LazyLock::new(|| {
    let path = |stem: &str| {
        let start = format!("/static/{stem}.");
        ASSETS.iter().find(|asset| asset.path.starts_with(&start)).map_or("", |asset| asset.path.as_str())
    };
    Paths {
        css: path("app"),
        js: ASSETS.iter().find(|a| a.path.ends_with(".js")).map_or("", |a| a.path.as_str()),
        icon: path("icon"),
    }
});

pub fn paths() -> Paths {
    let mut paths = *PATHS;
    paths.css = ASSETS.iter().find(|a| a.path.ends_with(".css")).map_or("", |a| a.path.as_str());
    paths
}

async fn serve(request: HttpRequest) -> Result<HttpResponse, Error> {
    let asset = ASSETS.iter().find(|asset| asset.path == request.path()).ok_or(Error::NotFound)?;
    let tag = header::EntityTag::new_strong(asset.path.rsplit('.').nth(1).unwrap_or_default().to_owned());
    let known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains(tag.tag()));
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header(header::ETag(tag));
    if known {
        return Ok(response.finish());
    }
    Ok(response.content_type(asset.mime).body(asset.content.clone()))
}

/// Browsers ask for this by themselves; the real icon stands in each page's head.
async fn favicon() -> HttpResponse {
    HttpResponse::MovedPermanently().insert_header((header::LOCATION, paths().icon)).finish()
}

pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/static/{file}", web::get().to(serve)).route("/favicon.ico", web::get().to(favicon));
}
