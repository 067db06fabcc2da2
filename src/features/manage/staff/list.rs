//! The staff of a site: a form to add somebody, and a button for each to remove them.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Answer, StaffView};
use crate::domain::concern::Readers;
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::person::Email;
use crate::domain::policy::StaffRole;
use crate::domain::words::long_date;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

const LAST_MANAGER: &str = "Add another manager first: a site needs one, and this is its last";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StaffForm {
    email: String,
    role: String,
    /// "add", "remove", "restore", "lead" or "no-lead".
    step: String,
}

#[derive(Template)]
#[template(path = "manage/staff/list.html")]
struct ListPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    name: String,
    site: String,
    action: String,
    manage: &'static str,
    people: Vec<PersonRow>,
    /// Name and address of those whose post has lapsed unused, and how long ago.
    lapsed: Vec<(String, String, String)>,
    /// What is told in confidence, where this person reads it.
    to_read: Option<String>,
    named: bool,
    email: String,
    roles: Vec<Choice>,
}

struct PersonRow {
    name: String,
    email: String,
    role: &'static str,
    leads: bool,
    second_step: bool,
}

pub async fn get(state: Shared, path: Path<String>, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let view = service::staff(&state.db, who.actor.clone(), slug).await?.ok_or(Error::NotFound)?;
    let to_read = Readers::of(view.leads.clone()).include(&who.actor, view.site.id);
    let to_read = to_read.then(|| urls::to_read(&view.site.slug));
    page::ok(&ListPage { to_read, ..list_page(chrome, view, &StaffForm::default(), Faults::none()) })
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<StaffForm>,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let view = service::staff(&state.db, who.actor.clone(), slug.clone()).await?.ok_or(Error::NotFound)?;
    let chrome = Chrome::of(&request);
    if ["lead", "no-lead"].contains(&form.step.as_str()) {
        let email = Email::parse(&form.email).map_err(|_| Error::NotFound)?;
        let which = (email, form.step == "lead");
        let means = (state.clock.now(), state.mailer.clone());
        return match service::set_lead(&state.db, means, who.actor.clone(), slug.clone(), which).await? {
            Answer::Done => Ok(page::done(&action(&slug), "lead-named")),
            _ => Err(Error::NotFound),
        };
    }
    if form.step == "restore" {
        let email = Email::parse(&form.email).map_err(|_| Error::NotFound)?;
        return match service::restore(&state, who.actor.clone(), slug.clone(), email).await? {
            Answer::Done => Ok(page::done(&action(&slug), "restored")),
            _ => Err(Error::NotFound),
        };
    }
    let removes = form.step == "remove";
    let mut faults = Faults::none();
    let email = faults.take("email", Email::parse(&form.email).map(Some));
    let role = StaffRole::parse(&form.role).filter(|_| !removes);
    if role.is_none() && !removes {
        faults.add("role", "Choose what they are here");
    }
    let Some(email) = email.filter(|_| faults.is_empty()) else {
        return page::unprocessable(&list_page(chrome, view, &form, faults));
    };
    let is_self = email.as_str() == who.actor.email;
    match service::set(&state.db, who.actor.clone(), slug.clone(), (email, role), state.clock.now()).await? {
        Answer::Done if removes => {
            // Whoever has left the site cannot see its pages any more.
            let gone = is_self && !who.actor.administrator;
            Ok(page::done(&if gone { urls::HOME.to_owned() } else { action(&slug) }, "removed"))
        }
        Answer::Done => Ok(page::done(&action(&slug), "added")),
        Answer::NotFound => Err(Error::NotFound),
        Answer::LastManager if removes => {
            let page =
                ListPage { notice: Some(LAST_MANAGER), ..list_page(chrome, view, &StaffForm::default(), faults) };
            page::with_status(StatusCode::CONFLICT, &page)
        }
        answer => {
            let (field, words) = words_of(answer);
            faults.add(field, words);
            page::unprocessable(&list_page(chrome, view, &form, faults))
        }
    }
}

fn action(slug: &Slug) -> String {
    urls::manage_site_staff(slug)
}

fn words_of(answer: Answer) -> (&'static str, &'static str) {
    match answer {
        Answer::LastManager => ("role", LAST_MANAGER),
        Answer::NotConfirmed => (
            "email",
            "Ask them to confirm their address first: they have an account, but have not opened its first email",
        ),
        _ => ("email", "Ask them to register first: nobody has an account with that address"),
    }
}

fn list_page(chrome: Chrome, view: StaffView, typed: &StaffForm, faults: Faults) -> ListPage {
    let StaffView { site, staff, leads, with_second_step, lapsed } = view;
    let chosen = if typed.role.is_empty() { StaffRole::Receptionist.code() } else { typed.role.as_str() };
    ListPage {
        chrome,
        faults,
        notice: None,
        site: urls::manage_site(&site.slug),
        action: action(&site.slug),
        manage: urls::MANAGE,
        name: site.name,
        to_read: None,
        named: !leads.is_empty(),
        people: staff
            .into_iter()
            .map(|one| PersonRow {
                leads: leads.contains(&one.person),
                second_step: with_second_step.contains(&one.person),
                name: one.name,
                email: one.email.to_string(),
                role: one.role.words(),
            })
            .collect(),
        lapsed: lapsed
            .into_iter()
            .map(|one| (one.name, one.email.to_string(), long_date(local_date(site.zone, one.at))))
            .collect(),
        email: typed.email.clone(),
        roles: StaffRole::ALL.map(|role| Choice::new(role.code(), role.words(), role.code() == chosen)).to_vec(),
    }
}
