//! Closing for a time: straight away where it is one date and nothing is in the way, else after a page that shows every date.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::CloseForm;
use super::list::list_page;
use super::service::{self, BlockAnswer, ClosuresView, DateMet, Preview, Wanted, seen_key};
use crate::domain::booking::Occurrence;
use crate::domain::ids::Slug;
use crate::domain::words::{counted, from_until, listed, long_date};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::{Shared, State};

const IN_THE_WAY: &str = "It cannot be closed then: another closure takes part of that time. Nothing was changed. \
                          Choose another time, or open the other closure again first.";
const ANOTHER_CAME: &str = "Something has changed while you looked. Nothing was closed yet. Look at the dates again.";
const MORE_CAME: &str = "More bookings came while you looked. Nothing was closed yet.";
const NO_DATE: &str = "No date is ticked. Tick at least one to close.";

#[derive(Template)]
#[template(path = "manage/closures/close.html")]
struct ClosePage {
    chrome: Chrome,
    typed: CloseForm,
    /// What has become of it since it was last looked at.
    notice: Option<&'static str>,
    heading: String,
    what: String,
    /// When it is one date, or how often it repeats.
    when: String,
    /// More than one date, of which some may be left out.
    several: bool,
    /// Whether anybody is to be told.
    affects: bool,
    rows: Vec<DateRow>,
    button: &'static str,
    name: String,
    site: String,
    action: String,
    manage: &'static str,
}

/// One date with what a closure would meet then.
struct DateRow {
    place: usize,
    date: String,
    /// It can be closed, so it has a tick.
    possible: bool,
    ticked: bool,
    state: &'static str,
    words: String,
    /// A holiday that it falls on.
    holiday: String,
    bookings: Vec<Affected>,
}

struct Affected {
    href: String,
    reference: String,
    key: String,
    holder: String,
    what: String,
    when: String,
    state: &'static str,
    words: &'static str,
    /// What happens to it.
    then: &'static str,
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
    let seen = service::preview(&state.db, who.actor.clone(), slug, wanted.clone(), now).await?;
    let seen = seen.ok_or(Error::NotFound)?;
    let single = wanted.dates.len() == 1;
    if typed.step != "close" && !(single && (seen.is_clear() || is_closed(&seen))) {
        return page::ok(&close_page(chrome, &view, typed, &wanted, &seen, None));
    }
    close(&state, chrome, &who, &view, (typed, wanted, seen)).await
}

fn is_closed(preview: &Preview) -> bool {
    preview.dates.iter().any(|one| one.met.as_ref().is_ok_and(|met| met.closed.is_some()))
}

async fn close(
    state: &State,
    chrome: Chrome,
    who: &Manager,
    view: &ClosuresView,
    (typed, wanted, preview): (CloseForm, Wanted, Preview),
) -> Result<HttpResponse, Error> {
    let (slug, now) = (view.site.slug.clone(), state.clock.now());
    let spans = wanted.spans(typed.places(&wanted).as_deref());
    if spans.is_empty() {
        return page::unprocessable(&close_page(chrome, view, typed, &wanted, &preview, Some(NO_DATE)));
    }
    let (means, actor) = ((now, state.mailer.clone()), who.actor.clone());
    let what = (slug.clone(), wanted.clone());
    let answer = service::close(&state.db, means, actor.clone(), what, (&preview, spans, &typed.seen)).await?;
    match &answer {
        BlockAnswer::Done { .. } if wanted.fault.is_some() => {
            let fault = wanted.fault.as_ref().map(|fault| urls::manage_fault(&slug, fault)).unwrap_or_default();
            Ok(page::done(&fault, "closed"))
        }
        BlockAnswer::Done { .. } => {
            let after = service::closures(&state.db, actor, slug.clone(), now).await?.ok_or(Error::NotFound)?;
            let made = after.of(&answer).map(|closure| closure.key.as_str());
            Ok(page::done(&urls::manage_closures_made(&slug, made), "closed"))
        }
        BlockAnswer::NotFound => Err(Error::NotFound),
        BlockAnswer::InTheWay(_) if wanted.dates.len() == 1 => {
            let page = list_page(chrome, view, typed, Faults::none());
            page::with_status(StatusCode::CONFLICT, &page.noticing(IN_THE_WAY))
        }
        BlockAnswer::InTheWay(_) | BlockAnswer::WouldDisplace(_) => {
            let again = service::preview(&state.db, actor, slug, wanted.clone(), now).await?.ok_or(Error::NotFound)?;
            let (status, notice) = match answer {
                BlockAnswer::InTheWay(_) => (StatusCode::CONFLICT, ANOTHER_CAME),
                _ => (StatusCode::OK, MORE_CAME),
            };
            page::with_status(status, &close_page(chrome, view, typed, &wanted, &again, Some(notice)))
        }
    }
}

fn close_page(
    chrome: Chrome,
    view: &ClosuresView,
    typed: CloseForm,
    wanted: &Wanted,
    preview: &Preview,
    notice: Option<&'static str>,
) -> ClosePage {
    let (site, several) = (&view.site, 1 < wanted.dates.len());
    let closed = view.facilities.iter().filter(|one| wanted.facilities.contains(&one.slug));
    let names: Vec<String> = closed.map(|one| one.name.clone()).collect();
    let places = typed.places(wanted);
    let rows: Vec<DateRow> = preview
        .dates
        .iter()
        .enumerate()
        .map(|(place, date)| row(view, preview, (place, date), (&typed, places.as_deref())))
        .collect();
    let affected = preview.cases.len();
    let lines = |one: i64| counted(one, "booking loses its place", "bookings lose their place");
    let number = |count: usize| i64::try_from(count).unwrap_or_default();
    ClosePage {
        chrome,
        notice,
        heading: match (several, affected) {
            (true, 0) => format!("Close {}?", counted(number(rows.len()), "date", "dates")),
            (_, some) => lines(number(some)),
        },
        what: if names.is_empty() { site.name.clone() } else { listed(&names) },
        when: when(view, &typed, wanted),
        several,
        affects: affected != 0,
        button: match (several, affected) {
            (true, 0) => "Close on the ticked dates",
            (true, _) => "Close on the ticked dates and tell them",
            (false, _) => "Close and tell them",
        },
        rows,
        typed,
        name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        action: urls::manage_closures(&site.slug),
        manage: urls::MANAGE,
    }
}

/// The one span, or "every Tuesday, 12 dates".
fn when(view: &ClosuresView, typed: &CloseForm, wanted: &Wanted) -> String {
    let first = wanted.dates.first();
    let pattern = first.and_then(|(date, _)| typed.repeating().pattern(*date, &mut Faults::none()));
    match (pattern, first) {
        (Some(pattern), _) => format!("{}, {}", pattern.repeat.words(), pattern.repeat.end_words()),
        (None, Some((_, Ok(span)))) => from_until(view.site.zone, *span),
        (None, _) => String::new(),
    }
}

fn row(
    view: &ClosuresView,
    preview: &Preview,
    (place, date): (usize, &DateMet),
    (typed, places): (&CloseForm, Option<&[usize]>),
) -> DateRow {
    let holiday = date.holiday.clone().unwrap_or_default();
    let leave = typed.holidays == "leave" && !holiday.is_empty();
    let blank = DateRow {
        place,
        date: long_date(date.date),
        possible: false,
        ticked: places.map_or(!leave, |places| places.contains(&place)),
        state: "closed",
        words: String::new(),
        holiday,
        bookings: Vec::new(),
    };
    let met = match &date.met {
        Ok(met) => met,
        Err(why) => return DateRow { words: format!("{why}. It is left out"), ..blank },
    };
    let date = from_until(view.site.zone, met.span);
    if let Some(reason) = &met.closed {
        return DateRow { date, words: format!("Closed already: {reason}. It is left out"), ..blank };
    }
    let bookings: Vec<Affected> = preview.hit(met).map(|(hit, case, one)| affected(hit.begun, case, one)).collect();
    let number = i64::try_from(bookings.len()).unwrap_or_default();
    let (state, words) = match number {
        0 => ("free", "Free to close".to_owned()),
        _ => ("requested", counted(number, "booking in the way", "bookings in the way")),
    };
    DateRow { date, possible: true, state, words, bookings, ..blank }
}

fn affected(begun: bool, case: &service::Case, one: &Occurrence) -> Affected {
    let (booking, stage) = (&case.booking, one.state.stage());
    let place = case.facility_of(one).map_or_else(String::new, |facility| facility.name.clone());
    Affected {
        href: urls::booking(&booking.reference),
        reference: booking.reference.to_string(),
        key: seen_key(case, one),
        holder: match booking.holder.person() {
            Some(contact) if contact.reach.email().is_none() => {
                format!("{}, {}. Ring them: they get no email", contact.name, contact.reach)
            }
            _ => booking.holder.with_contact(),
        },
        what: format!("{place}, {}", booking.purpose),
        when: case.for_mail().when(one),
        state: stage.shown_as(),
        words: stage.words(),
        then: if begun { "It has begun and ends early." } else { "" },
    }
}
