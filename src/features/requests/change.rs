//! A manager's answer to changes that were asked for: yes or no. The difference itself stands on the page of the decision.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Answer, ChangeDecision};
use crate::domain::ids::Reference;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeForm {
    version: i32,
    decision: String,
    #[serde(default)]
    reason: String,
}

#[derive(Template)]
#[template(path = "requests/change.html")]
struct RefusedPage {
    chrome: Chrome,
    notice: String,
    reference: String,
    back: String,
}

/// Decides all changes of a booking that wait.
pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<ChangeForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let mut faults = Faults::none();
    let reason = faults.paragraphs("reason", &form.reason, 500);
    if form.decision == "decline" && reason.is_empty() && faults.is_empty() {
        faults.add("reason", "Enter a reason. The booker gets it by email");
    }
    if let Some(fault) = faults.iter().next() {
        let page = RefusedPage {
            chrome: Chrome::of(&request),
            notice: format!("{}. You wrote: “{}”", fault.words, form.reason),
            reference: reference.to_string(),
            back: urls::request(&reference),
        };
        return page::unprocessable(&page);
    }
    let (decision, done) = match form.decision.as_str() {
        "approve" => (ChangeDecision::Approve, "change-approved"),
        "decline" => (ChangeDecision::Decline { reason }, "change-declined"),
        _ => return Err(Error::BadRequest("Choose “Approve” or “Decline”".to_owned())),
    };
    let means = (state.clock.now(), state.mailer.clone());
    let at = (reference.clone(), form.version);
    let notice = match service::decide_change(&state.db, means, who.actor.clone(), at, decision).await? {
        Answer::Done(_) => return Ok(page::done(&urls::booking(&reference), done)),
        Answer::NotFound => return Err(Error::NotFound),
        Answer::Stale(_) => "This booking has changed since you looked. Nothing was decided.".to_owned(),
        Answer::NotPossible(..) => {
            "There is no change to decide any more. It was taken back or has run out.".to_owned()
        }
        Answer::Refused(refused, case) => super::decide::refused_words(&refused, &case),
    };
    let page = RefusedPage {
        chrome: Chrome::of(&request),
        notice,
        reference: reference.to_string(),
        back: urls::booking(&reference),
    };
    page::with_status(StatusCode::CONFLICT, &page)
}
