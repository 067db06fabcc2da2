//! One's own feeds: what each is of and when it was last read, making another, ending one.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, FeedLine, MakeAnswer, Own, Wanted, feed_key};
use crate::domain::feed::{FeedOf, MOST_FEEDS};
use crate::domain::ids::Slug;
use crate::domain::span::Instant;
use crate::domain::words::rough_length;
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

const GONE: &str = "That feed was ended already. Here is how it stands now.";

#[derive(Debug, Default, Deserialize)]
pub struct FromQuery {
    #[serde(default)]
    site: String,
    #[serde(default)]
    facility: String,
}

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
#[template(path = "feeds/list.html")]
struct ListPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    feeds: Vec<FeedView>,
    choices: Vec<Choice>,
    action: &'static str,
    end: &'static str,
    account: &'static str,
    /// The address of a feed that has just been made; it is shown this once.
    made: Option<Address>,
}

struct FeedView {
    key: String,
    name: String,
    words: String,
}

struct Address {
    https: String,
    webcal: String,
}

pub async fn get(state: Shared, who: SignedIn, query: Query<FromQuery>, chrome: Chrome) -> Result<HttpResponse, Error> {
    let own = own(&state, &who, &query).await?;
    page::ok(&list_page(chrome, &who, &own, None, state.clock.now()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    who: SignedIn,
    form: ProtectedForm<MakeForm>,
) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let (chrome, from) = (Chrome::of(&request), from_facility(&form.of));
    let mut faults = Faults::none();
    let Some(wanted) = read(&form.of) else {
        faults.add("of", "Choose what the feed is of");
        let page = list_page(chrome, &who, &own(&state, &who, &from).await?, None, now);
        return page::unprocessable(&ListPage { faults, ..page });
    };
    let token = state.chance.token();
    match service::make(&state.db, who.actor.clone(), wanted, token.clone(), now).await? {
        MakeAnswer::NotFound => Err(Error::NotFound),
        MakeAnswer::TooMany => {
            faults.add("of", format!("You have {MOST_FEEDS} feeds, which is the most. End one that you no longer use"));
            let page = list_page(chrome, &who, &own(&state, &who, &from).await?, None, now);
            page::unprocessable(&ListPage { faults, ..page })
        }
        MakeAnswer::Made => {
            let https = state.mailer.link(&urls::feed(token.reveal()));
            let bare = https.split_once("://").map_or(https.as_str(), |(_, rest)| rest);
            let made = Address { webcal: format!("webcal://{bare}"), https };
            page::ok(&list_page(chrome, &who, &own(&state, &who, &from).await?, Some(made), now))
        }
    }
}

pub async fn end(
    request: HttpRequest,
    state: Shared,
    who: SignedIn,
    form: ProtectedForm<EndForm>,
) -> Result<HttpResponse, Error> {
    if service::end(&state.db, who.actor.person, form.0.key).await? {
        return Ok(page::done(urls::CALENDARS, "feed-ended"));
    }
    let own = own(&state, &who, &FromQuery::default()).await?;
    let page = list_page(Chrome::of(&request), &who, &own, None, state.clock.now());
    page::with_status(StatusCode::CONFLICT, &ListPage { notice: Some(GONE), ..page })
}

/// "own", "organisation/slug", "site/slug" or "facility/site/slug".
fn read(of: &str) -> Option<Wanted> {
    let mut parts = of.split('/');
    let kind = parts.next()?;
    let mut slug = || parts.next().and_then(Slug::parse);
    match kind {
        "own" => Some(Wanted::Own),
        "organisation" => Some(Wanted::Organisation(slug()?)),
        "site" => Some(Wanted::Site(slug()?)),
        "facility" => Some(Wanted::Facility(slug()?, slug()?)),
        _ => None,
    }
}

/// The facility that a form was made for, so that it stays among the choices.
fn from_facility(of: &str) -> FromQuery {
    let mut parts = of.strip_prefix("facility/").into_iter().flat_map(|rest| rest.split('/')).map(str::to_owned);
    FromQuery { site: parts.next().unwrap_or_default(), facility: parts.next().unwrap_or_default() }
}

async fn own(state: &Shared, who: &SignedIn, from: &FromQuery) -> Result<Own, Error> {
    let from = Slug::parse(&from.site).zip(Slug::parse(&from.facility));
    Ok(service::own(&state.db, who.actor.clone(), from).await?)
}

fn list_page(chrome: Chrome, who: &SignedIn, own: &Own, made: Option<Address>, now: Instant) -> ListPage {
    let actor = &who.actor;
    let mut choices: Vec<Choice> = Vec::new();
    if let Some((site, facility)) = &own.facility {
        let value = format!("facility/{}/{}", site.slug, facility.slug);
        choices.push(Choice::new(value, format!("{}, {}", facility.name, site.name), true));
    }
    let books = actor.memberships.iter().filter(|one| actor.sees_bookings_of(one.organisation));
    let books: Vec<Choice> =
        books.map(|one| Choice::new(format!("organisation/{}", one.slug), one.name.clone(), false)).collect();
    // Whoever books for nobody has their duties in it.
    if !actor.memberships.is_empty() {
        let label = if books.is_empty() { "The sessions that I am on" } else { "Everything of all my organisations" };
        choices.push(Choice::new("own", label, false));
    }
    choices.extend(books);
    choices.extend(
        actor
            .posts
            .iter()
            .map(|post| Choice::new(format!("site/{}", post.slug), format!("{}, all spaces", post.name), false)),
    );
    ListPage {
        chrome,
        faults: Faults::none(),
        notice: None,
        feeds: own.feeds.iter().map(|line| feed_view(line, now)).collect(),
        choices,
        action: urls::CALENDARS,
        end: urls::CALENDARS_END,
        account: urls::ACCOUNT,
        made,
    }
}

fn feed_view(line: &FeedLine, now: Instant) -> FeedView {
    let ago = |at: Instant| rough_length(now.minutes_since(at).max(0));
    let read = match line.feed.used_at {
        None => "not read by any calendar yet".to_owned(),
        Some(at) => format!("last read {} ago", ago(at)),
    };
    FeedView {
        key: feed_key(line.feed.id),
        name: match (&line.feed.of, &line.name) {
            (FeedOf::Person, _) => "Everything of all my organisations".to_owned(),
            (FeedOf::Site(_), Some(name)) => format!("{name}, all spaces"),
            (_, Some(name)) => name.clone(),
            (_, None) => "Sessions".to_owned(),
        },
        words: format!("Made {} ago, {read}", ago(line.created_at)),
    }
}
