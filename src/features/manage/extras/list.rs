//! The extras of a site: what there is, who may ask for it, and the form for another.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;

use super::form::ExtraForm;
use super::service::{self, Added, Kept, View};
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::words::{listed, long_date};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "manage/extras/list.html")]
struct ListPage {
    chrome: Chrome,
    faults: Faults,
    typed: ExtraForm,
    spaces: Vec<Choice>,
    rows: Vec<Row>,
    name: String,
    site: String,
    action: String,
    manage: &'static str,
}

struct Row {
    name: String,
    number: String,
    whom: String,
    href: String,
}

pub async fn get(state: Shared, path: Path<String>, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    let (view, today) = view(&state, &path, &who).await?;
    page::ok(&list_page(chrome, &view, ExtraForm::empty(), Faults::none(), today))
}

async fn view(state: &Shared, path: &str, who: &Manager) -> Result<(View, NaiveDate), Error> {
    let slug = Slug::parse(path).ok_or(Error::NotFound)?;
    let view = service::all(&state.db, who.actor.clone(), slug).await?.ok_or(Error::NotFound)?;
    let today = local_date(view.site.zone, state.clock.now());
    Ok((view, today))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<ExtraForm>,
) -> Result<HttpResponse, Error> {
    let (view, today) = view(&state, &path, &who).await?;
    let chrome = Chrome::of(&request);
    let wanted = match form.parse(&view.facilities, today) {
        Ok(wanted) => wanted,
        Err(faults) => return page::unprocessable(&list_page(chrome, &view, form.0, faults, today)),
    };
    let slug = view.site.slug.clone();
    let words = match service::add(&state.db, who.actor.clone(), slug.clone(), wanted, state.clock.now()).await? {
        Added::Done => return Ok(page::done(&urls::manage_extras(&slug), "added")),
        Added::NotFound => return Err(Error::NotFound),
        Added::SameName => {
            "There is an extra of that name here already. Change how many there are of it, or choose another name"
        }
        Added::NoName => "Enter a name with letters or digits",
    };
    let mut faults = Faults::none();
    faults.add("name", words);
    page::unprocessable(&list_page(chrome, &view, form.0, faults, today))
}

fn list_page(chrome: Chrome, view: &View, typed: ExtraForm, faults: Faults, today: NaiveDate) -> ListPage {
    let site = &view.site;
    ListPage {
        chrome,
        faults,
        spaces: typed.spaces(&view.facilities),
        typed,
        rows: view.extras.iter().map(|kept| row(view, kept, today)).collect(),
        name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        action: urls::manage_extras(&site.slug),
        manage: urls::MANAGE,
    }
}

fn row(view: &View, kept: &Kept, today: NaiveDate) -> Row {
    let extra = &kept.extra;
    let names: Vec<String> =
        view.facilities.iter().filter(|one| kept.facilities.contains(&one.id)).map(|one| one.name.clone()).collect();
    Row {
        name: extra.name.clone(),
        number: match extra.retired_from() {
            Some(from) if from <= today => format!("Retired since {}", long_date(from)),
            Some(from) => format!("{}, retired from {}", extra.number(today), long_date(from)),
            None => extra.number(today).to_string(),
        },
        whom: if kept.for_all { "All of the site".to_owned() } else { listed(&names) },
        href: urls::manage_extra(&view.site.slug, &extra.slug),
    }
}
