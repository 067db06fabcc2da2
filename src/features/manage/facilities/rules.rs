//! The rules of a space as a form, and how they read in plain words. Old bookings do not move.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::edit::at;
use super::rules_form::RulesForm;
use super::service::{self, Change, FacilityView};
use crate::domain::named::NamedSession;
use crate::domain::organisation::Class;
use crate::domain::papers::PaperKind;
use crate::domain::rules::{Approval, Privacy, Rules};
use crate::domain::services::Service;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "manage/facilities/rules.html")]
struct RulesPage {
    chrome: Chrome,
    faults: Faults,
    typed: RulesForm,
    approvals: Vec<Choice>,
    privacies: Vec<Choice>,
    papers: Vec<Choice>,
    classes: Vec<Choice>,
    services: Vec<Choice>,
    /// The words are of what was typed, not of what is saved.
    is_preview: bool,
    words: Vec<(&'static str, String)>,
    /// Daylight is asked for, but nobody knows where the site is: where that is said.
    no_position: Option<String>,
    /// The named sessions of the site in words; empty where it has none.
    site_sessions: String,
    sessions: String,
    name: String,
    facility: String,
    site_name: String,
    site: String,
    action: String,
    manage: &'static str,
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let view = service::one(&state.db, who.actor.clone(), at(&path)?, now).await?.ok_or(Error::NotFound)?;
    let typed = RulesForm::of(&view.facility.rules);
    page::ok(&rules_page(chrome, &view, typed, Faults::none()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    form: ProtectedForm<RulesForm>,
) -> Result<HttpResponse, Error> {
    let (at, now) = (at(&path)?, state.clock.now());
    let view = service::one(&state.db, who.actor.clone(), at.clone(), now).await?.ok_or(Error::NotFound)?;
    let chrome = Chrome::of(&request);
    let rules = match form.parse() {
        Ok(rules) => rules,
        Err(faults) => return page::unprocessable(&rules_page(chrome, &view, form.0, faults)),
    };
    if form.step == "preview" {
        return page::ok(&preview(rules_page(chrome, &view, form.0, Faults::none()), &rules, &view.site.sessions));
    }
    let path = urls::manage_facility_rules(&at.site, &at.facility);
    if service::change(&state.db, who.actor.clone(), at, Change::Rules(rules), now).await? {
        Ok(page::done(&path, "saved"))
    } else {
        Err(Error::NotFound)
    }
}

fn preview(page: RulesPage, rules: &Rules, sessions: &[NamedSession]) -> RulesPage {
    let sessions = if rules.by_session { sessions } else { &[] };
    RulesPage { is_preview: true, words: rules.in_words(sessions), ..page }
}

fn rules_page(chrome: Chrome, view: &FacilityView, typed: RulesForm, faults: Faults) -> RulesPage {
    let (site, facility) = (&view.site, &view.facility);
    let approvals = Approval::ALL.map(|one| Choice::new(one.code(), one.words(), one.code() == typed.approval));
    let privacies = Privacy::ALL.map(|one| Choice::new(one.code(), one.words(), one.code() == typed.privacy));
    let ticked = |kind: PaperKind| typed.papers.iter().any(|code| code == kind.code());
    let papers = PaperKind::ALL.map(|one| Choice::new(one.code(), one.words(), ticked(one)));
    let has = |codes: &[String], code: &str| codes.iter().any(|one| one == code);
    let classes = Class::ALL.map(|one| Choice::new(one.code(), one.words(), has(&typed.classes, one.code())));
    let services = Service::ALL.map(|one| Choice::new(one.code(), one.words(), has(&typed.services, one.code())));
    RulesPage {
        chrome,
        faults,
        no_position: (site.position.is_none() && typed.by_daylight()).then(|| urls::manage_site(&site.slug)),
        classes: classes.to_vec(),
        services: services.to_vec(),
        typed,
        approvals: approvals.to_vec(),
        privacies: privacies.to_vec(),
        papers: papers.to_vec(),
        is_preview: false,
        words: facility.rules_in_words(),
        site_sessions: site.sessions.iter().map(NamedSession::in_brackets).collect::<Vec<_>>().join(", "),
        sessions: urls::manage_site_sessions(&site.slug),
        name: facility.name.clone(),
        facility: urls::manage_facility(&site.slug, &facility.slug),
        site_name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        action: urls::manage_facility_rules(&site.slug, &facility.slug),
        manage: urls::MANAGE,
    }
}
