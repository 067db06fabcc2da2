//! Everybody who has an account, found by name or address.

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use super::service;
use crate::domain::hours::local_date;
use crate::domain::words::long_date;
use crate::error::Error;
use crate::urls;
use crate::web::access::Administrator;
use crate::web::chrome::Chrome;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    who: String,
}

#[derive(Template)]
#[template(path = "manage/people/list.html")]
struct ListPage {
    chrome: Chrome,
    faults: Faults,
    who: String,
    people: Vec<Row>,
    /// There are more than stand here.
    more: bool,
}

struct Row {
    href: String,
    name: String,
    email: String,
    since: String,
    closed: bool,
}

pub async fn get(_: Administrator, state: Shared, query: Query<Asked>, chrome: Chrome) -> Result<HttpResponse, Error> {
    let mut faults = Faults::none();
    let who = faults.optional_line("who", &query.who, 80);
    let found = service::list(&state.db, who).await?;
    let more = usize::try_from(service::MOST).unwrap_or_default() <= found.len();
    let row = |one: service::Entry| Row {
        href: urls::manage_person(&service::handle(&one)),
        since: long_date(local_date(chrono_tz::Europe::London, one.made_at)),
        closed: one.closed,
        email: if one.closed { String::new() } else { one.email },
        name: one.name,
    };
    let page =
        ListPage { chrome, faults, who: query.into_inner().who, people: found.into_iter().map(row).collect(), more };
    if page.faults.is_empty() { page::ok(&page) } else { page::unprocessable(&page) }
}
