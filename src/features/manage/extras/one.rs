//! One extra: its name, who may ask for it, how many there are and from when fewer; and the dates that have it, which stay as they are.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::ExtraForm;
use super::service::{self, Lent, One};
use crate::domain::hours::local_date;
use crate::domain::ids::{Slug, UnitId};
use crate::domain::span::Instant;
use crate::domain::words::{date_and_times, long_date};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "manage/extras/one.html")]
struct OnePage {
    chrome: Chrome,
    faults: Faults,
    typed: ExtraForm,
    spaces: Vec<Choice>,
    extra: String,
    number: usize,
    retired: Option<String>,
    today: String,
    lent: Vec<Row>,
    /// What is asked for is shown with the dates that keep an item which is no longer lent.
    asked: Option<Asked>,
    name: String,
    site: String,
    list: String,
    action: String,
    manage: &'static str,
}

struct Asked {
    words: String,
    affected: Vec<Row>,
    step: &'static str,
}

struct Row {
    when: String,
    place: String,
    holder: String,
    reference: String,
    href: String,
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let (at, now) = (at(&path)?, state.clock.now());
    let one = service::one(&state.db, who.actor.clone(), at, now).await?.ok_or(Error::NotFound)?;
    let typed = as_it_is(&one);
    page::ok(&one_page(chrome, &one, typed, Faults::none(), now))
}

fn at((site, extra): &(String, String)) -> Result<(Slug, Slug), Error> {
    Slug::parse(site).zip(Slug::parse(extra)).ok_or(Error::NotFound)
}

/// The form as the extra stands.
fn as_it_is(one: &One) -> ExtraForm {
    let lent = |id| one.kept.facilities.contains(&id);
    // What is to go later is not brought back by saving the form as it stands.
    let stay = one.kept.extra.items.iter().filter(|item| item.retired_from.is_none()).count();
    ExtraForm {
        name: one.kept.extra.name.clone(),
        number: stay.max(1).to_string(),
        whom: if one.kept.for_all { "all" } else { "some" }.to_owned(),
        space: one.view.facilities.iter().filter(|one| lent(one.id)).map(|one| one.slug.to_string()).collect(),
        ..ExtraForm::default()
    }
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    form: ProtectedForm<ExtraForm>,
) -> Result<HttpResponse, Error> {
    let (at, now, chrome) = (at(&path)?, state.clock.now(), Chrome::of(&request));
    let one = service::one(&state.db, who.actor.clone(), at.clone(), now).await?.ok_or(Error::NotFound)?;
    let today = local_date(one.view.site.zone, now);
    let form = form.0;
    let done = if form.step.starts_with("retire") {
        let mut faults = Faults::none();
        let from = form.read_from(today, &mut faults);
        if !faults.is_empty() {
            return page::unprocessable(&one_page(chrome, &one, form, faults, now));
        }
        let items: Vec<UnitId> = one.kept.extra.items.iter().map(|item| item.unit).collect();
        let affected = rows(&one, one.affected(&items, from));
        if form.step != "retire-yes" {
            let words = format!("{} is not lent any more from {}", one.kept.extra.name, long_date(from));
            let asked = Some(Asked { words, affected, step: "retire-yes" });
            return page::ok(&OnePage { asked, ..one_page(chrome, &one, form, Faults::none(), now) });
        }
        service::retire(&state.db, who.actor.clone(), at.clone(), from, now).await?
    } else {
        let wanted = match form.parse(&one.view.facilities, today) {
            Ok(wanted) => wanted,
            Err(faults) => return page::unprocessable(&one_page(chrome, &one, form, faults, now)),
        };
        let affected = rows(&one, one.affected(&one.going(wanted.number, wanted.from), wanted.from));
        if !affected.is_empty() && form.step != "save-yes" {
            let words = format!("From {} there are {} of it", long_date(wanted.from), wanted.number);
            let asked = Some(Asked { words, affected, step: "save-yes" });
            return page::ok(&OnePage { asked, ..one_page(chrome, &one, form, Faults::none(), now) });
        }
        service::change(&state.db, who.actor.clone(), at.clone(), wanted, now).await?
    };
    if done { Ok(page::done(&urls::manage_extras(&at.0), "saved")) } else { Err(Error::NotFound) }
}

fn rows<'a>(one: &One, lent: impl IntoIterator<Item = &'a Lent>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for lent in lent {
        let when = date_and_times(one.view.site.zone, lent.session);
        // Two items of one date are one line.
        if rows.last().is_some_and(|last| (&last.when, &last.reference) == (&when, &lent.reference.to_string())) {
            continue;
        }
        rows.push(Row {
            when,
            place: lent.facility.clone(),
            holder: lent.holder.name().to_owned(),
            reference: lent.reference.to_string(),
            href: urls::booking(&lent.reference),
        });
    }
    rows
}

fn one_page(chrome: Chrome, one: &One, typed: ExtraForm, faults: Faults, now: Instant) -> OnePage {
    let (site, extra) = (&one.view.site, &one.kept.extra);
    let today = local_date(site.zone, now);
    OnePage {
        chrome,
        faults,
        spaces: typed.spaces(&one.view.facilities),
        typed,
        extra: extra.name.clone(),
        number: extra.number(today),
        retired: extra.retired_from().map(long_date),
        today: today.to_string(),
        lent: rows(one, &one.lent),
        asked: None,
        name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        list: urls::manage_extras(&site.slug),
        action: urls::manage_extra(&site.slug, &extra.slug),
        manage: urls::MANAGE,
    }
}
