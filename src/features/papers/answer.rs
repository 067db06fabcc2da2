//! What is done to a paper: accepted or sent back by a manager, taken back by its own people.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::documents::documents_page;
use super::service::{self, PaperAnswer, PaperDecision};
use crate::domain::ids::{Reference, Slug};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerForm {
    decision: String,
    #[serde(default)]
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawForm {}

fn which(path: Path<(String, String)>) -> Result<(Slug, Reference), Error> {
    let (slug, reference) = path.into_inner();
    Slug::parse(&slug).zip(Reference::parse(&reference)).ok_or(Error::NotFound)
}

pub async fn decide(
    who: SignedIn,
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    form: ProtectedForm<AnswerForm>,
) -> Result<HttpResponse, Error> {
    let (slug, reference) = which(path)?;
    let whole = service::whole(&state, who.actor.clone(), slug.clone()).await?;
    let whole = whole.filter(|whole| whole.decides).ok_or(Error::NotFound)?;
    let chrome = Chrome::of(&request);
    let mut faults = Faults::none();
    let decision = if form.decision == "accept" {
        PaperDecision::Accept
    } else {
        PaperDecision::SendBack { reason: faults.line("reason", &form.reason, "a reason. They get it by email", 300) }
    };
    if !faults.is_empty() {
        let page = documents_page(chrome, &whole, state.clock.now());
        let reason = (reference.to_string(), form.0.reason);
        return page::unprocessable(&page.refused(faults, reason));
    }
    let done = if decision == PaperDecision::Accept { "paper-accepted" } else { "paper-returned" };
    let notice = match service::decide(&state, who.actor.clone(), (slug.clone(), reference), decision).await? {
        PaperAnswer::Done => return Ok(page::done(&urls::documents(&slug), done)),
        PaperAnswer::NotFound => return Err(Error::NotFound),
        PaperAnswer::Already(_) => "Somebody has decided on this paper already. Here is how it stands now.",
        PaperAnswer::IsOver => "This paper has run out, so it cannot be accepted. Send it back.",
    };
    let whole = service::whole(&state, who.actor.clone(), slug).await?.ok_or(Error::NotFound)?;
    let page = documents_page(chrome, &whole, state.clock.now());
    page::with_status(StatusCode::CONFLICT, &page.saying(notice))
}

pub async fn withdraw(
    who: SignedIn,
    state: Shared,
    path: Path<(String, String)>,
    _form: ProtectedForm<WithdrawForm>,
) -> Result<HttpResponse, Error> {
    let (slug, reference) = which(path)?;
    if service::withdraw(&state, who.actor.clone(), slug.clone(), reference).await? {
        Ok(page::done(&urls::documents(&slug), "paper-withdrawn"))
    } else {
        Err(Error::NotFound)
    }
}
