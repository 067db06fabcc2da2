//! One person: what they belong to, their history, and their erasure with what stands in its way.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, EraseAnswer, View};
use crate::domain::hours::local_date;
use crate::domain::leaving::ContactOf;
use crate::domain::policy::{Membership, Post};
use crate::domain::words::long_date;
use crate::error::Error;
use crate::urls;
use crate::web::access::Administrator;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::leaving::{ObstacleView, obstacle_views};
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "manage/people/person.html")]
struct PersonPage {
    chrome: Chrome,
    faults: Faults,
    name: String,
    email: String,
    since: String,
    closed: bool,
    administrator: bool,
    memberships: Vec<Membership>,
    posts: Vec<Post>,
    history: String,
    action: String,
    obstacles: Vec<ObstacleView>,
    is_self: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EraseForm {
    /// "hand" or "erase".
    #[serde(default)]
    act: String,
    #[serde(default)]
    of: String,
    #[serde(default)]
    to: String,
    /// Their address, so that nobody is erased by a slip.
    #[serde(default)]
    email: String,
}

fn person_page(chrome: Chrome, faults: Faults, view: View, who: &Administrator) -> PersonPage {
    let handle = service::handle(&view.entry);
    PersonPage {
        chrome,
        faults,
        is_self: view.entry.id == who.actor.person,
        name: view.entry.name,
        email: view.entry.email,
        since: long_date(local_date(chrono_tz::Europe::London, view.entry.made_at)),
        closed: view.entry.closed,
        administrator: view.actor.administrator,
        memberships: view.actor.memberships,
        posts: view.actor.posts,
        history: urls::person_history(&handle),
        action: urls::manage_person_erase(&handle),
        obstacles: obstacle_views(&view.obstacles, false),
    }
}

pub async fn get(who: Administrator, state: Shared, path: Path<String>, chrome: Chrome) -> Result<HttpResponse, Error> {
    let view = service::view(&state.db, path.into_inner(), state.clock.now()).await?.ok_or(Error::NotFound)?;
    page::ok(&person_page(chrome, Faults::none(), view, &who))
}

pub async fn erase(
    request: HttpRequest,
    who: Administrator,
    state: Shared,
    path: Path<String>,
    form: ProtectedForm<EraseForm>,
) -> Result<HttpResponse, Error> {
    let (handle, by, now) = (path.into_inner(), who.actor.person, state.clock.now());
    let here = urls::manage_person(&handle);
    let view = service::view(&state.db, handle.clone(), now).await?.ok_or(Error::NotFound)?;
    let means = (now, state.mailer.clone());
    if form.act == "hand" {
        let of = ContactOf::parse(&form.of).ok_or(Error::NotFound)?;
        let done = service::hand_over(&state.db, means, (handle, by), of, form.0.to).await?;
        return if done { Ok(page::done(&here, "handed-over")) } else { Err(Error::NotFound) };
    }
    let mut faults = Faults::none();
    if form.email.trim().to_lowercase() != view.entry.email {
        faults.add("email", format!("Type their email address as it stands here: {}", view.entry.email));
        return page::unprocessable(&person_page(Chrome::of(&request), faults, view, &who));
    }
    match service::erase(&state.db, means, (handle.clone(), by)).await? {
        EraseAnswer::Done(_) => Ok(page::done(&here, "erased-person")),
        EraseAnswer::InTheWay(_) => {
            let page = person_page(Chrome::of(&request), faults, view, &who);
            page::with_status(StatusCode::CONFLICT, &page)
        }
        EraseAnswer::NotFound => Err(Error::NotFound),
    }
}
