//! The screens of a site: what each is of and when it was last shown, making another, ending one.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Doors, MakeAnswer, door_key};
use crate::domain::door::{Door, MOST_DOORS};
use crate::domain::ids::Slug;
use crate::domain::span::Instant;
use crate::domain::words::rough_length;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

const GONE: &str = "That display was ended already. Here is how it stands now.";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MakeForm {
    #[serde(default)]
    of: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndForm {
    key: String,
}

#[derive(Template)]
#[template(path = "manage/doors/list.html")]
struct ListPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    site_name: String,
    site: String,
    manage: &'static str,
    doors: Vec<DoorLine>,
    choices: Vec<Choice>,
    action: String,
    end: String,
    /// The address of a display that has just been made; it is shown this once.
    made: Option<String>,
}

struct DoorLine {
    key: String,
    name: String,
    words: String,
}

pub async fn get(state: Shared, path: Path<String>, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let doors = service::all(&state.db, who.actor.clone(), slug).await?.ok_or(Error::NotFound)?;
    page::ok(&list_page(chrome, &doors, state.clock.now()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<MakeForm>,
) -> Result<HttpResponse, Error> {
    let (slug, now) = (Slug::parse(&path).ok_or(Error::NotFound)?, state.clock.now());
    let (token, at) = (state.chance.token(), (who.actor.clone(), slug.clone()));
    let answer = service::make(&state.db, at, Slug::parse(&form.of), token.clone(), now).await?;
    let doors = service::all(&state.db, who.actor.clone(), slug).await?.ok_or(Error::NotFound)?;
    let page = list_page(Chrome::of(&request), &doors, now);
    let mut faults = Faults::none();
    match answer {
        MakeAnswer::NotFound => return Err(Error::NotFound),
        MakeAnswer::NoSpace => faults.add("of", "Choose the space beside whose door it hangs"),
        MakeAnswer::TooMany => {
            faults.add("of", format!("There are {MOST_DOORS} displays, which is the most. End one that is not used"));
        }
        MakeAnswer::Made => {
            let made = Some(state.mailer.link(&urls::door(token.reveal())));
            return page::ok(&ListPage { made, ..page });
        }
    }
    page::unprocessable(&ListPage { faults, ..page })
}

pub async fn end(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<EndForm>,
) -> Result<HttpResponse, Error> {
    let (slug, now) = (Slug::parse(&path).ok_or(Error::NotFound)?, state.clock.now());
    let at = (who.actor.clone(), slug.clone());
    if service::end(&state.db, at, form.0.key, now).await?.ok_or(Error::NotFound)? {
        return Ok(page::done(&urls::manage_doors(&slug), "door-ended"));
    }
    let doors = service::all(&state.db, who.actor.clone(), slug).await?.ok_or(Error::NotFound)?;
    let page = list_page(Chrome::of(&request), &doors, now);
    page::with_status(StatusCode::CONFLICT, &ListPage { notice: Some(GONE), ..page })
}

fn list_page(chrome: Chrome, found: &Doors, now: Instant) -> ListPage {
    let choice = |one: &crate::domain::places::Facility| Choice::new(one.slug.as_str(), one.name.clone(), false);
    ListPage {
        chrome,
        faults: Faults::none(),
        notice: None,
        site_name: found.site.name.clone(),
        site: urls::manage_site(&found.site.slug),
        manage: urls::MANAGE,
        doors: found.doors.iter().map(|door| line(found, door, now)).collect(),
        choices: found.facilities.iter().map(choice).collect(),
        action: urls::manage_doors(&found.site.slug),
        end: urls::manage_doors_end(&found.site.slug),
        made: None,
    }
}

fn line(found: &Doors, door: &Door, now: Instant) -> DoorLine {
    let ago = |at: Instant| rough_length(now.minutes_since(at).max(0));
    let used = match door.used_at {
        None => "not shown anywhere yet".to_owned(),
        Some(at) => format!("last shown {} ago", ago(at)),
    };
    let place = found.facilities.iter().find(|one| one.id == door.facility);
    DoorLine {
        key: door_key(door.id),
        name: place.map_or_else(|| "A space".to_owned(), |one| one.name.clone()),
        words: format!("Made {} ago, {used}", ago(door.created_at)),
    }
}
