//! What one's own organisations wait for: the place in each queue, and offers with their deadlines.

use actix_web::HttpResponse;
use askama::Template;

use super::card::Card;
use super::service;
use crate::domain::waiting::Standing;
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "waiting/list.html")]
struct ListPage {
    chrome: Chrome,
    bookings: &'static str,
    /// Offers first, then what still waits.
    cards: Vec<Card>,
    /// What is over, for times that are still to come.
    over: Vec<Card>,
    books: bool,
}

pub async fn get(state: Shared, who: SignedIn, chrome: Chrome) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let all = service::own(&state.db, &who.actor, now).await?;
    let several = 1 < who.actor.memberships.len();
    let (mut open, over): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.standing.is_open());
    open.sort_by_key(|one| one.standing != Standing::Offered);
    let books = who.actor.books_for().next().is_some();
    let card = |one: &service::Queued| Card::of(one, several, now);
    page::ok(&ListPage {
        chrome,
        bookings: urls::BOOKINGS,
        cards: open.iter().map(card).collect(),
        over: over.iter().map(card).collect(),
        books,
    })
}
