//! One organisation to decide about: facts, the decision for administrators, trust for managers.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Decided, Whole};
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::organisation::{Decision, Standing};
use crate::domain::span::Instant;
use crate::domain::words::long_date;
use crate::error::Error;
use crate::urls;
use crate::web::access::{Administrator, Manager};
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "manage/organisations/detail.html")]
struct DetailPage {
    chrome: Chrome,
    faults: Faults,
    administrator: bool,
    standing: Standing,
    whole: Whole,
    reason: String,
    action: String,
    trust_action: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionForm {
    decision: String,
    /// Where the organisation stood when the page was made.
    seen: String,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustForm {
    #[serde(default)]
    site: Vec<String>,
}

impl DecisionForm {
    fn parse(&self) -> Result<(Decision, Standing), Error> {
        let decision = Decision::parse(&self.decision).zip(Standing::parse(&self.seen));
        decision.ok_or_else(not_from_the_page)
    }
}

impl DetailPage {
    /// The day of an instant. Organisations belong to no site, so it is the day in the United Kingdom.
    fn day(&self, at: &Instant) -> String {
        long_date(local_date(chrono_tz::Europe::London, *at))
    }
}

fn not_from_the_page() -> Error {
    Error::BadRequest("This form is not as the page made it. Open the page again".to_owned())
}

fn slug(path: &Path<String>) -> Result<Slug, Error> {
    Slug::parse(path).ok_or(Error::NotFound)
}

fn show(request: &HttpRequest, administrator: bool, whole: Whole, (faults, reason): (Faults, String)) -> DetailPage {
    let slug = &whole.organisation.slug;
    DetailPage {
        chrome: Chrome::of(request),
        faults,
        administrator,
        standing: whole.organisation.standing,
        reason,
        action: urls::manage_organisation(slug),
        trust_action: urls::manage_organisation_trust(slug),
        whole,
    }
}

pub async fn get(who: Manager, request: HttpRequest, state: Shared, path: Path<String>) -> Result<HttpResponse, Error> {
    let whole = service::whole(&state, who.actor.clone(), slug(&path)?).await?.ok_or(Error::NotFound)?;
    page::ok(&show(&request, who.actor.administrator, whole, (Faults::none(), String::new())))
}

pub async fn decide(
    who: Administrator,
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    form: ProtectedForm<DecisionForm>,
) -> Result<HttpResponse, Error> {
    let (slug, (decision, seen)) = (slug(&path)?, form.parse()?);
    let mut faults = Faults::none();
    let mut reason = String::new();
    if decision.needs_reason() {
        reason = faults.paragraphs("reason", &form.reason, 500);
        if reason.is_empty() {
            faults.add("reason", "Enter a reason. The organisation reads it");
        }
    }
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if faults.is_empty() {
        match service::decide(&state, who.actor.clone(), slug.clone(), (decision, seen), reason).await? {
            Decided::Done => return Ok(page::done(&urls::manage_organisation(&slug), done_code(decision))),
            Decided::NoSuchOrganisation => return Err(Error::NotFound),
            Decided::Stale(standing) => {
                let now = standing.words().to_lowercase();
                faults.add(
                    "decision",
                    format!("This has changed since you opened the page: it is {now}. Nothing of yours was saved"),
                );
                status = StatusCode::CONFLICT;
            }
        }
    }
    let whole = service::whole(&state, who.actor.clone(), slug).await?.ok_or(Error::NotFound)?;
    page::with_status(status, &show(&request, true, whole, (faults, form.0.reason)))
}

fn done_code(decision: Decision) -> &'static str {
    match decision {
        Decision::Approve => "organisation-approved",
        Decision::Decline => "organisation-declined",
        Decision::Suspend => "organisation-suspended",
        Decision::Reinstate => "organisation-reinstated",
    }
}

pub async fn trust(
    who: Manager,
    state: Shared,
    path: Path<String>,
    form: ProtectedForm<TrustForm>,
) -> Result<HttpResponse, Error> {
    let slug = slug(&path)?;
    let wanted: Option<Vec<Slug>> = form.site.iter().map(|site| Slug::parse(site)).collect();
    let wanted = wanted.ok_or_else(not_from_the_page)?;
    if !service::set_trust(&state, who.actor.clone(), slug.clone(), wanted).await? {
        return Err(Error::NotFound);
    }
    Ok(page::done(&urls::manage_organisation(&slug), "saved"))
}
