//! One concern: a cover that says only where and when, and what it says for whoever asks to read it, which is written down with their name.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Acted, ConcernView};
use crate::domain::concern::{ConcernAct, ConcernText, LONGEST_WORDS};
use crate::domain::ids::{Reference, Slug};
use crate::domain::words::date_and_clock;
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

const STALE: &str = "Somebody else did that already. Here is how it stands.";

/// It has no `Debug`, so that no log can hold it.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ActForm {
    /// What to do: read, note, close, reopen.
    act: String,
    note: String,
}

#[derive(Template)]
#[template(path = "manage/concerns/concern.html")]
struct ConcernPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    site_name: String,
    list: String,
    action: String,
    reference: String,
    place: String,
    told: String,
    closed: Option<String>,
    text: Option<ConcernText>,
    note: String,
    lines: Vec<Line>,
}

struct Line {
    words: &'static str,
    by: String,
    at: String,
    /// Shown with what was told only.
    body: String,
}

fn which((site, concern): &(String, String)) -> Result<(Slug, Reference), Error> {
    Slug::parse(site).zip(Reference::parse(concern)).ok_or(Error::NotFound)
}

pub async fn get(
    who: SignedIn,
    state: Shared,
    path: Path<(String, String)>,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let view = service::cover(&state.db, who.actor.clone(), which(&path)?).await?.ok_or(Error::NotFound)?;
    page::ok(&concern_page(chrome, view, Faults::none()))
}

pub async fn post(
    request: HttpRequest,
    who: SignedIn,
    state: Shared,
    path: Path<(String, String)>,
    form: ProtectedForm<ActForm>,
) -> Result<HttpResponse, Error> {
    let (which, now, typed, actor) = (which(&path)?, state.clock.now(), form.0, who.actor.clone());
    let chrome = Chrome::of(&request);
    let mut faults = Faults::none();
    let (act, done) = match typed.act.as_str() {
        "note" => (ConcernAct::Noted, "saved"),
        "close" => (ConcernAct::Closed, "to-read-closed"),
        "reopen" => (ConcernAct::Reopened, "to-read-open"),
        _ => {
            let view = service::read(&state.db, actor, which, now).await?.ok_or(Error::NotFound)?;
            return page::ok(&concern_page(chrome, view, faults));
        }
    };
    let note = faults.paragraphs("note", &typed.note, LONGEST_WORDS);
    if note.is_empty() && act == ConcernAct::Noted {
        faults.add("note", "Write a note");
    }
    if !faults.is_empty() {
        // The words stand on the page again, so that this is a reading, too.
        let view = service::read(&state.db, actor, which, now).await?.ok_or(Error::NotFound)?;
        return page::unprocessable(&ConcernPage { note: typed.note, ..concern_page(chrome, view, faults) });
    }
    match service::act(&state.db, actor.clone(), which.clone(), (act, note), now).await? {
        Acted::Done => Ok(page::done(&urls::to_read_one(&which.0, &which.1), done)),
        Acted::NotFound => Err(Error::NotFound),
        Acted::Stale => {
            let view = service::cover(&state.db, actor, which).await?.ok_or(Error::NotFound)?;
            let page = ConcernPage { notice: Some(STALE), ..concern_page(chrome, view, faults) };
            page::with_status(StatusCode::CONFLICT, &page)
        }
    }
}

fn concern_page(chrome: Chrome, view: ConcernView, faults: Faults) -> ConcernPage {
    let ConcernView { site, facts, lines, text } = view;
    let read = text.is_some();
    let line = |one: crate::domain::concern::ConcernLine| Line {
        words: one.act.words(),
        by: one.by,
        at: date_and_clock(site.zone, one.at),
        body: if read { one.body } else { String::new() },
    };
    ConcernPage {
        chrome: chrome.with_exit(true),
        faults,
        notice: None,
        site_name: site.name.clone(),
        list: urls::to_read(&site.slug),
        action: urls::to_read_one(&site.slug, &facts.reference),
        reference: facts.reference.to_string(),
        place: facts.place,
        told: date_and_clock(site.zone, facts.told_at),
        closed: facts.closed_at.map(|at| date_and_clock(site.zone, at)),
        text,
        note: String::new(),
        lines: lines.into_iter().map(line).collect(),
    }
}
