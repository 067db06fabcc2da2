//! One entry with its offer, where the link in the mail leads: a page that shows it, and buttons that take it or let it go.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::card::Card;
use super::service::{self, LeaveAnswer, Queued, TakeAnswer};
use crate::domain::hours::local_time;
use crate::domain::ids::Reference;
use crate::domain::waiting::Standing;
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::page;
use crate::web::state::{Shared, State};

/// A button and nothing else.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PressForm {}

#[derive(Template)]
#[template(path = "waiting/entry.html")]
struct EntryPage {
    chrome: Chrome,
    notice: Option<String>,
    card: Card,
    list: &'static str,
    /// The form for the same time, for who wants to ask or wait again.
    again: String,
}

pub async fn get(state: Shared, path: Path<String>, who: SignedIn, chrome: Chrome) -> Result<HttpResponse, Error> {
    let one = load(&state, &who, path).await?;
    page::ok(&entry_page(chrome, &one, &who, &state))
}

pub async fn take(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    _: ProtectedForm<PressForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let means = (state.clock.now(), state.mailer.clone());
    let answer = service::take(&state.db, means, who.actor.clone(), reference).await?;
    let notice = match answer {
        TakeAnswer::Done { booking, confirmed } => {
            return Ok(page::done(&urls::booking(&booking), if confirmed { "booked" } else { "requested" }));
        }
        TakeAnswer::Before(booking) => return Ok(page::done(&urls::booking(&booking), "sent-before")),
        TakeAnswer::NotFound => return Err(Error::NotFound),
        TakeAnswer::Over(standing) => over_words(standing).to_owned(),
        TakeAnswer::Refused(reasons) => {
            let one = load(&state, &who, path).await?;
            let words: Vec<String> =
                reasons.iter().map(|reason| reason.words(&one.facility.name, one.site.zone)).collect();
            format!("It cannot be had now: {}. Nothing was changed.", words.join(". "))
        }
    };
    conflict(&request, &state, &who, path_of(&request)?, notice).await
}

pub async fn leave(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    _: ProtectedForm<PressForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let means = (state.clock.now(), state.mailer.clone());
    match service::leave(&state.db, means, who.actor.clone(), reference).await? {
        LeaveAnswer::Done | LeaveAnswer::Over(Standing::Left) => Ok(page::done(urls::WAITING, "waiting-left")),
        LeaveAnswer::NotFound => Err(Error::NotFound),
        LeaveAnswer::Over(standing) => {
            conflict(&request, &state, &who, path_of(&request)?, over_words(standing).to_owned()).await
        }
    }
}

fn over_words(standing: Standing) -> &'static str {
    match standing {
        Standing::Taken => "This was taken already. Nothing was changed.",
        Standing::Left => "You left this waiting list. Nothing was changed.",
        Standing::Waiting | Standing::Offered | Standing::Lapsed => {
            "This offer has run out, and the next in line has it. Nothing was changed."
        }
    }
}

fn path_of(request: &HttpRequest) -> Result<Path<String>, Error> {
    let reference = request.match_info().get("reference").ok_or(Error::NotFound)?;
    Ok(Path::from(reference.to_owned()))
}

/// The entry as it stands now, with what became of the press.
async fn conflict(
    request: &HttpRequest,
    state: &State,
    who: &SignedIn,
    path: Path<String>,
    notice: String,
) -> Result<HttpResponse, Error> {
    let one = load(state, who, path).await?;
    let page = EntryPage { notice: Some(notice), ..entry_page(Chrome::of(request), &one, who, state) };
    page::with_status(StatusCode::CONFLICT, &page)
}

async fn load(state: &State, who: &SignedIn, path: Path<String>) -> Result<Queued, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let now = state.clock.now();
    service::one(&state.db, who.actor.clone(), reference, now).await?.ok_or(Error::NotFound)
}

fn entry_page(chrome: Chrome, one: &Queued, who: &SignedIn, state: &State) -> EntryPage {
    let start = local_time(one.site.zone, one.entry.session.start());
    EntryPage {
        chrome,
        notice: None,
        card: Card::of(one, 1 < who.actor.memberships.len(), state.clock.now()),
        list: urls::WAITING,
        again: urls::book_at(&one.site.slug, &one.facility.slug, start.date, start.minute, None),
    }
}
