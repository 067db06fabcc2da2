//! What the last one out of a site ticks, a line each, in words of its own.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service;
use crate::domain::closing::{MOST_LINES, USUAL};
use crate::domain::ids::Slug;
use crate::domain::places::Site;
use crate::domain::text;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ListForm {
    lines: String,
    /// "usual" fills in what many sites have.
    step: String,
}

#[derive(Template)]
#[template(path = "manage/extras/closing.html")]
struct ClosingPage {
    chrome: Chrome,
    faults: Faults,
    lines: String,
    name: String,
    site: String,
    action: String,
    today: String,
    manage: &'static str,
}

pub async fn get(state: Shared, path: Path<String>, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    let (site, lines) = found(&state, &path, &who).await?;
    page::ok(&closing_page(chrome, &site, lines.join("\n"), Faults::none()))
}

async fn found(state: &Shared, path: &str, who: &Manager) -> Result<(Site, Vec<String>), Error> {
    let slug = Slug::parse(path).ok_or(Error::NotFound)?;
    service::closing_list(&state.db, who.actor.clone(), slug).await?.ok_or(Error::NotFound)
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<ListForm>,
) -> Result<HttpResponse, Error> {
    let (site, _) = found(&state, &path, &who).await?;
    let chrome = Chrome::of(&request);
    if form.step == "usual" {
        return page::ok(&closing_page(chrome, &site, USUAL.join("\n"), Faults::none()));
    }
    let mut faults = Faults::none();
    let lines = read(&form.lines, &mut faults);
    if !faults.is_empty() {
        return page::unprocessable(&closing_page(chrome, &site, form.0.lines, faults));
    }
    let slug = site.slug.clone();
    if service::set_closing_list(&state.db, who.actor.clone(), slug.clone(), lines, state.clock.now()).await? {
        return Ok(page::done(&urls::manage_site(&slug), "saved"));
    }
    Err(Error::NotFound)
}

/// The lines that are not empty, each once.
fn read(typed: &str, faults: &mut Faults) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in typed.lines() {
        match text::line(line, 120) {
            Ok(line) if line.is_empty() || found.contains(&line) => {}
            Ok(line) => found.push(line),
            Err(fault) => faults.add("lines", fault.words("")),
        }
    }
    if MOST_LINES < found.len() {
        faults.add("lines", format!("Enter {MOST_LINES} lines or fewer"));
    }
    found
}

fn closing_page(chrome: Chrome, site: &Site, lines: String, faults: Faults) -> ClosingPage {
    ClosingPage {
        chrome,
        faults,
        lines,
        name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        action: urls::manage_closing(&site.slug),
        today: urls::closing(&site.slug, None),
        manage: urls::MANAGE,
    }
}
