//! Closing for a time: straight away where nothing is in the way, else after a page that shows whom it affects.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::CloseForm;
use super::list::list_page;
use super::service::{self, BlockAnswer, Case, ClosuresView, Wanted};
use crate::domain::ids::Slug;
use crate::domain::words::{counted, from_until, listed};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

const IN_THE_WAY: &str = "It cannot be closed then: another closure takes part of that time, or a booking has begun. \
                          Nothing was changed. Choose a later start, or open the other closure again first.";

#[derive(Template)]
#[template(path = "manage/closures/close.html")]
struct ClosePage {
    chrome: Chrome,
    typed: CloseForm,
    /// Some bookings were seen before, and more have come since.
    more_came: bool,
    heading: String,
    what: String,
    when: String,
    bookings: Vec<Affected>,
    name: String,
    site: String,
    action: String,
    manage: &'static str,
}

struct Affected {
    href: String,
    reference: String,
    holder: String,
    what: String,
    when: String,
    state: &'static str,
    words: &'static str,
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: Manager,
    form: ProtectedForm<CloseForm>,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let (now, typed, chrome) = (state.clock.now(), form.0, Chrome::of(&request));
    let view = service::closures(&state.db, who.actor.clone(), slug.clone(), now).await?.ok_or(Error::NotFound)?;
    if typed.step == "change" {
        return page::ok(&list_page(chrome, &view, typed, Faults::none()));
    }
    let wanted = match typed.parse(&view, now) {
        Ok(wanted) => wanted,
        Err(faults) => return page::unprocessable(&list_page(chrome, &view, typed, faults)),
    };
    let means = (now, state.mailer.clone());
    match service::close(&state.db, means, who.actor.clone(), slug.clone(), wanted.clone()).await? {
        BlockAnswer::Done { .. } => Ok(page::done(&urls::manage_closures(&slug), "closed")),
        BlockAnswer::NotFound => Err(Error::NotFound),
        BlockAnswer::WouldDisplace(cases) => page::ok(&close_page(chrome, &view, typed, &wanted, &cases)),
        BlockAnswer::InTheWay => {
            let page = list_page(chrome, &view, typed, Faults::none());
            page::with_status(StatusCode::CONFLICT, &page.noticing(IN_THE_WAY))
        }
    }
}

fn close_page(chrome: Chrome, view: &ClosuresView, typed: CloseForm, wanted: &Wanted, cases: &[Case]) -> ClosePage {
    let site = &view.site;
    let number = i64::try_from(cases.len()).unwrap_or_default();
    let closed = view.facilities.iter().filter(|one| wanted.facilities.contains(&one.slug));
    let names: Vec<String> = closed.map(|one| one.name.clone()).collect();
    ClosePage {
        chrome,
        typed,
        more_came: !wanted.seen.is_empty(),
        heading: counted(number, "booking loses its place", "bookings lose their place"),
        what: if names.is_empty() { site.name.clone() } else { listed(&names) },
        when: from_until(site.zone, wanted.span),
        bookings: cases.iter().map(affected).collect(),
        name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        action: urls::manage_closures(&site.slug),
        manage: urls::MANAGE,
    }
}

fn affected(case: &Case) -> Affected {
    let (booking, stage) = (&case.booking, case.booking.stage());
    let whens: Vec<String> = booking.occurrences.iter().map(|one| case.for_mail().when(one)).collect();
    Affected {
        href: urls::booking(&booking.reference),
        reference: booking.reference.to_string(),
        holder: booking.holder_name().to_owned(),
        what: format!("{}, {}", case.for_mail().facility_names(), booking.purpose),
        when: whens.join("; "),
        state: stage.shown_as(),
        words: stage.words(),
    }
}
