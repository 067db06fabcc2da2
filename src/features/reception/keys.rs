//! Keys and fobs on loan at a site: who has which since when, lending one, taking one back.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::day::reached;
use super::service::{self, KeysView, LendAnswer, Lent, loan_key};
use crate::domain::hours::{local_date, local_time};
use crate::domain::ids::Slug;
use crate::domain::keys::KeyLoan;
use crate::domain::span::Instant;
use crate::domain::text;
use crate::domain::words::{clock, date_and_clock, rough_length};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

const GONE: &str = "That was noted already. Here is how it stands now.";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LendForm {
    #[serde(default)]
    item: String,
    #[serde(default)]
    borrower: String,
    #[serde(default)]
    reach: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackForm {
    key: String,
    #[serde(default)]
    undo: String,
}

#[derive(Template)]
#[template(path = "reception/keys.html")]
struct KeysPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    typed: LendForm,
    site_name: String,
    site_href: String,
    reception: String,
    action: String,
    back_action: String,
    out: Vec<Loan>,
    back: Vec<Loan>,
}

struct Loan {
    key: String,
    item: String,
    who: String,
    contact: Option<(String, String, String)>,
    when: String,
}

pub async fn get(state: Shared, path: Path<String>, who: SignedIn, chrome: Chrome) -> Result<HttpResponse, Error> {
    let view = view(&state, &path, &who).await?;
    page::ok(&keys_page(chrome, &view, LendForm::default(), Faults::none(), state.clock.now()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<LendForm>,
) -> Result<HttpResponse, Error> {
    let (typed, now) = (form.0, state.clock.now());
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let mut faults = Faults::none();
    let lent = Lent {
        item: faults.line("item", &typed.item, "what is lent, as its label says", 40),
        borrower: faults.line("borrower", &typed.borrower, "who has it now", 80),
        reach: faults.take("reach", text::line(&typed.reach, 80).map_err(|fault| fault.words("how to reach them"))),
    };
    if faults.is_empty() {
        match service::lend(&state.db, who.actor.clone(), slug.clone(), lent, now).await? {
            LendAnswer::Done => return Ok(page::done(&urls::keys(&slug), "key-lent")),
            LendAnswer::NotFound => return Err(Error::NotFound),
            LendAnswer::OutAlready => {
                faults.add("item", "That one is out already. Take it back in the list first, or check its label");
            }
        }
    }
    let view = view(&state, &path, &who).await?;
    page::unprocessable(&keys_page(Chrome::of(&request), &view, typed, faults, now))
}

pub async fn back(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<BackForm>,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let (now, back) = (state.clock.now(), form.undo.is_empty());
    match service::key_back(&state.db, who.actor.clone(), slug.clone(), (form.key.clone(), back), now).await? {
        None => Err(Error::NotFound),
        Some(true) => Ok(page::done(&urls::keys(&slug), if back { "key-back" } else { "note-taken-back" })),
        Some(false) => {
            let view = view(&state, &path, &who).await?;
            let page = keys_page(Chrome::of(&request), &view, LendForm::default(), Faults::none(), now);
            page::with_status(StatusCode::CONFLICT, &KeysPage { notice: Some(GONE), ..page })
        }
    }
}

async fn view(state: &Shared, path: &str, who: &SignedIn) -> Result<KeysView, Error> {
    let slug = Slug::parse(path).ok_or(Error::NotFound)?;
    service::load_keys(&state.db, who.actor.clone(), slug).await?.ok_or(Error::NotFound)
}

fn keys_page(chrome: Chrome, view: &KeysView, typed: LendForm, faults: Faults, now: Instant) -> KeysPage {
    let site = &view.site;
    KeysPage {
        chrome,
        faults,
        notice: None,
        typed,
        site_name: site.name.clone(),
        site_href: urls::site(&site.slug),
        reception: urls::reception(&site.slug, None),
        action: urls::keys(&site.slug),
        back_action: urls::keys_back(&site.slug),
        out: view.out.iter().map(|one| loan(view, one, now)).collect(),
        back: view.back.iter().map(|one| loan(view, one, now)).collect(),
    }
}

fn loan(view: &KeysView, one: &KeyLoan, now: Instant) -> Loan {
    let zone = view.site.zone;
    let at = |instant: Instant| {
        if local_date(zone, instant) == local_date(zone, now) {
            format!("today at {}", clock(local_time(zone, instant).minute))
        } else {
            date_and_clock(zone, instant)
        }
    };
    Loan {
        key: loan_key(one.id),
        item: one.item.clone(),
        who: if one.borrower.is_empty() { "Name no longer kept".to_owned() } else { one.borrower.clone() },
        contact: (!one.reach.is_empty()).then(|| reached(&one.borrower, &one.reach)),
        when: match one.back_at {
            Some(back) => format!("Came back {}", at(back)),
            None => format!("Lent {}, {} ago", at(one.lent_at), rough_length(now.minutes_since(one.lent_at).max(0))),
        },
    }
}
