//! The named sessions of a site as a form: add, change, remove, or take the usual four. Not which spaces are booked in them.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::service::{self, SessionsView};
use super::typed_sessions::{IDS, RowIds, TypedSessions};
use crate::domain::ids::Slug;
use crate::domain::named::{NamedSession, usual};
use crate::domain::words::listed;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "manage/hours/sessions.html")]
struct SessionsPage {
    chrome: Chrome,
    faults: Faults,
    rows: Vec<Row>,
    /// The usual sessions in words, where the site has none yet.
    usual: Option<String>,
    booked_so: String,
    site_name: String,
    site: String,
    action: String,
    manage: &'static str,
}

struct Row {
    ids: RowIds,
    legend: String,
    name: String,
    from: String,
    to: String,
    /// Stands already, so that it can be removed.
    stands: bool,
    removed: bool,
}

pub async fn get(state: Shared, path: Path<String>, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let view = service::sessions(&state.db, who.actor.clone(), slug).await?.ok_or(Error::NotFound)?;
    let typed = TypedSessions::of(&view.site.sessions);
    page::ok(&sessions_page(chrome, &view, &typed, Faults::none()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<Vec<(String, String)>>,
) -> Result<HttpResponse, Error> {
    let (slug, now) = (Slug::parse(&path).ok_or(Error::NotFound)?, state.clock.now());
    let view = service::sessions(&state.db, who.actor.clone(), slug.clone()).await?.ok_or(Error::NotFound)?;
    let typed = TypedSessions::read(&form)?;
    let mut faults = Faults::none();
    let sessions = if typed.step == "usual" { usual() } else { typed.parse(&mut faults) };
    if !faults.is_empty() {
        return page::unprocessable(&sessions_page(Chrome::of(&request), &view, &typed, faults));
    }
    if !service::set_sessions(&state.db, who.actor.clone(), slug.clone(), sessions, now).await? {
        return Err(Error::NotFound);
    }
    Ok(page::done(&urls::manage_site_sessions(&slug), "saved"))
}

fn sessions_page(chrome: Chrome, view: &SessionsView, typed: &TypedSessions, faults: Faults) -> SessionsPage {
    let site = &view.site;
    let stand = site.sessions.len();
    let rows = typed.rows.iter().zip(IDS).enumerate().take(typed.shown());
    SessionsPage {
        chrome,
        faults,
        rows: rows
            .map(|(place, ([name, from, to, remove], ids))| Row {
                ids,
                legend: format!("Session {}", place + 1),
                name: name.clone(),
                from: from.clone(),
                to: to.clone(),
                stands: place < stand,
                removed: !remove.is_empty(),
            })
            .collect(),
        usual: site.sessions.is_empty().then(|| {
            let words: Vec<String> = usual().iter().map(NamedSession::in_brackets).collect();
            words.join(", ")
        }),
        booked_so: listed(&view.booked_so),
        site_name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        action: urls::manage_site_sessions(&site.slug),
        manage: urls::MANAGE,
    }
}
