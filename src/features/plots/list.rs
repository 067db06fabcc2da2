//! One's own plots and places in lines, with a link to each.

use actix_web::HttpResponse;
use askama::Template;

use super::service;
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "plots/list.html")]
struct ListPage {
    chrome: Chrome,
    rows: Vec<Row>,
    find: &'static str,
}

struct Row {
    href: String,
    title: String,
    holder: String,
    shown: &'static str,
    words: &'static str,
}

pub async fn get(state: Shared, who: SignedIn, chrome: Chrome) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let (tenancies, entries) = service::all(&state.db, &who.actor).await?;
    let plots = tenancies.iter().map(|one| {
        let (shown, words) = match (one.is_open(now), one.goes_on()) {
            (true, true) => ("confirmed", "Yours"),
            (true, false) => ("requested", "Ending"),
            (false, _) => ("cancelled", "Over"),
        };
        Row {
            href: urls::plot(&one.reference),
            title: format!("A plot ({})", one.reference),
            holder: one.holder.name().to_owned(),
            shown,
            words,
        }
    });
    let places = entries.iter().map(|one| Row {
        href: urls::plot(&one.reference),
        title: format!("Waiting list ({})", one.reference),
        holder: one.holder.name().to_owned(),
        shown: one.standing.shown_as(),
        words: one.standing.words(),
    });
    page::ok(&ListPage { chrome, rows: plots.chain(places).collect(), find: urls::SITES })
}
