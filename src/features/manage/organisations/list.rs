//! All organisations by where they stand, those that wait first.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::service;
use crate::domain::organisation::Standing;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "manage/organisations/list.html")]
struct ListPage {
    chrome: Chrome,
    administrator: bool,
    groups: Vec<Group>,
    sites: usize,
}

/// The organisations that stand alike.
struct Group {
    heading: &'static str,
    standing: Standing,
    lines: Vec<Line>,
}

struct Line {
    path: String,
    name: String,
    class: &'static str,
    number: String,
    trusted_at: usize,
}

const GROUPS: [(Standing, &str); 4] = [
    (Standing::Applied, "Waiting for a decision"),
    (Standing::Approved, "Approved"),
    (Standing::Suspended, "Suspended"),
    (Standing::Declined, "Declined"),
];

pub async fn get(who: Manager, request: HttpRequest, state: Shared) -> Result<HttpResponse, Error> {
    let (found, sites) = service::list(&state, who.actor.clone()).await?;
    let group = |(standing, heading)| {
        let lines = found.iter().filter(|line| line.organisation.standing == standing).map(|line| Line {
            path: urls::manage_organisation(&line.organisation.slug),
            name: line.organisation.name.clone(),
            class: line.organisation.class.words(),
            number: line.organisation.charity_number.clone(),
            trusted_at: line.trusted_at,
        });
        Group { heading, standing, lines: lines.collect() }
    };
    let groups = GROUPS.into_iter().map(group).filter(|group| !group.lines.is_empty()).collect();
    page::ok(&ListPage { chrome: Chrome::of(&request), administrator: who.actor.administrator, groups, sites })
}
