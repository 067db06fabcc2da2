//! What a manager has to look at: papers that wait, the longest wait first, and those that have run out.

use actix_web::HttpResponse;
use askama::Template;

use super::service::{self, today};
use crate::domain::document::Document;
use crate::domain::holder::OrganisationName;
use crate::domain::papers::shown;
use crate::domain::words::{counted, rough_length};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "papers/to_look_at.html")]
struct ToLookAtPage {
    chrome: Chrome,
    heading: String,
    awaiting: Vec<Card>,
    over: Vec<Card>,
}

struct Card {
    href: String,
    kind: &'static str,
    holder: String,
    says: String,
    good: String,
    state: &'static str,
    words: String,
}

pub async fn get(state: Shared, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let found = service::to_look_at(&state, who.actor.clone()).await?;
    let card = |(own, one): &(OrganisationName, Document)| {
        let (state, words) = shown(one.standing, one.until, today(now));
        Card {
            href: urls::documents(&own.slug),
            kind: one.kind.words(),
            holder: own.name.clone(),
            says: one.says(),
            good: one.good(),
            state,
            words: match state {
                "requested" => format!("Waiting {}", rough_length(now.minutes_since(one.added_at))),
                _ => words,
            },
        }
    };
    let number = i64::try_from(found.awaiting.len()).unwrap_or_default();
    page::ok(&ToLookAtPage {
        chrome,
        heading: match number {
            0 => "No paper to look at".to_owned(),
            _ => format!("{} to look at", counted(number, "paper", "papers")),
        },
        awaiting: found.awaiting.iter().map(card).collect(),
        over: found.over.iter().map(card).collect(),
    })
}
