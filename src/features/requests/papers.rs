//! Dates that wait for papers, decided without waiting: confirmed all the same for a reason that is kept, or declined.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::decide::{decide_page, refused_words};
use super::service::{self, Answer, AwaitedDecision, Case};
use crate::domain::ids::Reference;
use crate::domain::papers::PaperSet;
use crate::domain::span::Instant;
use crate::domain::words::date_and_clock;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

/// What stands on the page about dates that wait for papers.
pub(super) struct Awaited {
    pub action: String,
    pub missing: String,
    pub dates: Vec<String>,
    pub then: String,
    /// Where the papers of the organisation are looked at.
    pub papers: Option<String>,
}

/// The dates of a booking that wait for papers and have not begun.
pub(super) fn awaited(case: &Case, now: Instant) -> Option<Awaited> {
    let all = case.booking.occurrences.iter();
    let dates: Vec<_> = all
        .filter(|one| one.state.awaited().is_some() && !one.state.is_void(now) && now < one.session.start())
        .collect();
    let missing = dates.iter().filter_map(|one| one.state.awaited()).fold(PaperSet::NONE, PaperSet::and);
    let until = dates.iter().filter_map(|one| one.state.until()).min();
    dates.first()?;
    Some(Awaited {
        action: urls::request_papers(&case.booking.reference),
        missing: missing.words(),
        dates: dates.iter().map(|one| case.for_mail().when(one)).collect(),
        then: match until {
            Some(until) => format!("Without them it lapses by itself on {}.", date_and_clock(case.site.zone, until)),
            None => "Nothing is cancelled by itself. If they do not come before a date begins, you decide.".to_owned(),
        },
        papers: case.booking.holder.organisation().map(|organisation| urls::documents(&organisation.slug)),
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwaitedForm {
    version: i32,
    decision: String,
    #[serde(default)]
    papers_reason: String,
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<AwaitedForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let (chrome, now) = (Chrome::of(&request), state.clock.now());
    let mut faults = Faults::none();
    let reason = faults.line("papers_reason", &form.papers_reason, "a reason. It is kept with the booking", 300);
    let (mut notice, mut status) = (None, StatusCode::UNPROCESSABLE_ENTITY);
    if faults.is_empty() {
        let (decision, done) = match form.decision.as_str() {
            "decline" => (AwaitedDecision::Decline { reason }, "declined"),
            _ => (AwaitedDecision::SetAside { reason }, "papers-aside"),
        };
        let means = (now, state.mailer.clone());
        let at = (reference.clone(), form.version);
        status = StatusCode::CONFLICT;
        notice = Some(match service::decide_awaited(&state.db, means, who.actor.clone(), at, decision).await? {
            Answer::Done(_) => return Ok(page::done(&urls::booking(&reference), done)),
            Answer::NotFound => return Err(Error::NotFound),
            Answer::Stale(_) => {
                "This booking has changed since you looked. Nothing was decided. Here is how it stands now.".to_owned()
            }
            Answer::NotPossible(why, _) => format!("{}.", why.words()),
            Answer::Refused(refusals, case) => refused_words(&refusals, &case),
        });
    }
    let dossier = service::dossier(&state.db, reference, who.actor.clone(), now).await?.ok_or(Error::NotFound)?;
    let page = decide_page(chrome, &dossier, now);
    page::with_status(status, &page.about_papers(faults, notice, form.0.papers_reason))
}
