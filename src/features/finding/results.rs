//! The results of a search: what fits and why, what comes near, and the form to look again.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::search::{SearchForm, SearchQuery};
use super::service::{self, Fit, Found, Near, Session, Wish};
use crate::domain::hours::local_time;
use crate::domain::judge::Needs;
use crate::domain::kinds::Kind;
use crate::domain::named::NamedSession;
use crate::domain::places::{Facility, Site};
use crate::domain::span::Span;
use crate::domain::words::{clock, counted, date_without_year, long_date, times};
use crate::error::Error;
use crate::urls;
use crate::web::access::Visitor;
use crate::web::chrome::Chrome;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

/// What nobody books by the hour; the search says how it is used instead, and leads there.
const OWN_WAYS: [Kind; 2] = [Kind::Allotment, Kind::BabyBank];

#[derive(Template)]
#[template(path = "finding/results.html")]
struct ResultsPage {
    chrome: Chrome,
    search: SearchForm,
    heading: String,
    lead: String,
    /// Where sessions of that day are listed.
    whats_on: Option<String>,
    /// What anyone may come to then, where that is what was looked for.
    sessions: Vec<SessionLine>,
    fits: Vec<FitCard>,
    near: Vec<NearRow>,
}

struct SessionLine {
    times: String,
    title: String,
    for_whom: String,
    place: String,
    href: String,
}

struct FitCard {
    name: String,
    href: String,
    drawing: &'static str,
    place: String,
    free: String,
    why: Vec<String>,
    actions: Vec<Action>,
}

/// A link that fills the booking form.
struct Action {
    href: String,
    label: String,
}

struct NearRow {
    name: String,
    why_not: String,
    same_day: Vec<Action>,
    other_days: Vec<Action>,
}

pub async fn get(request: HttpRequest, state: Shared, visitor: Visitor, chrome: Chrome) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let query = SearchQuery::of(request.query_string());
    let parsed = query.parse(now).map(|wish| Wish {
        organisation: visitor.actor().and_then(|actor| actor.books_for().next()).map(|member| member.organisation),
        ..wish
    });
    if let Ok(wish) = &parsed
        && let Some(kind) = wish.kind.filter(|kind| OWN_WAYS.contains(kind))
    {
        let (found, sites) = service::of_kind(&state.db, kind, wish.site.clone()).await?;
        let search = query.form(&sites, now, Faults::none());
        return page::ok(&match kind {
            Kind::BabyBank => baby_banks(chrome, search, found),
            _ => allotments(chrome, search, found),
        });
    }
    let (found, sites, sessions) = service::search(&state.db, parsed.as_ref().ok().cloned(), now).await?;
    match parsed {
        Ok(wish) => {
            let search = query.form(&sites, now, Faults::none());
            page::ok(&results(chrome, search, &wish, found, sessions))
        }
        Err(faults) => page::unprocessable(&ResultsPage {
            chrome,
            heading: "Look for a space".to_owned(),
            lead: String::new(),
            search: query.form(&sites, now, faults),
            whats_on: None,
            sessions: Vec::new(),
            fits: Vec::new(),
            near: Vec::new(),
        }),
    }
}

fn results(chrome: Chrome, search: SearchForm, wish: &Wish, found: Found, sessions: Vec<Session>) -> ResultsPage {
    let number = i64::try_from(found.fits.len()).unwrap_or_default();
    let heading = match (number, wish.times) {
        (0, _) if !sessions.is_empty() => "You can simply come along".to_owned(),
        (0, _) if found.largest.is_none() => "There is no such space".to_owned(),
        (0, _) if found.largest < Some(wish.people) => "No space is large enough".to_owned(),
        (0, _) => "Nothing is free then".to_owned(),
        (1, Some(_)) => "1 space is free".to_owned(),
        (_, Some(_)) => format!("{number} spaces are free"),
        (_, None) => format!("{} with free time", counted(number, "space", "spaces")),
    };
    let private = wish.kind == Some(Kind::Counselling)
        || found.fits.iter().any(|fit| fit.facility.is_private())
        || found.near.iter().any(|near| near.facility.is_private());
    ResultsPage {
        chrome: chrome.with_exit(private),
        search,
        heading,
        whats_on: wish.kind.is_none_or(|kind| !kind.entry().by_the_hour).then(|| urls::whats_on_at(wish.date)),
        lead: if sessions.is_empty() { lead(wish, &found) } else { format!("{}.", long_date(wish.date)) },
        sessions: sessions.iter().map(session_line).collect(),
        fits: found.fits.into_iter().map(|fit| fit_card(wish, fit)).collect(),
        near: found.near.into_iter().map(|near| near_row(wish, near)).collect(),
    }
}

/// Plots are let by the season, so no hour of them is free; each allotment's page has its plan and its line.
fn allotments(chrome: Chrome, search: SearchForm, found: Vec<(Site, Facility)>) -> ResultsPage {
    let number = i64::try_from(found.len()).unwrap_or_default();
    let card = |(site, facility): (Site, Facility)| FitCard {
        href: urls::plots(&site.slug, &facility.slug),
        drawing: facility.kind.entry().drawing,
        place: place(&site, &facility),
        free: counted(i64::try_from(facility.units.len()).unwrap_or_default(), "plot", "plots"),
        why: vec!["Let for a season".to_owned(), "With a waiting list".to_owned()],
        actions: vec![Action {
            href: urls::plots(&site.slug, &facility.slug),
            label: "See the plots and the waiting list".to_owned(),
        }],
        name: facility.name,
    };
    ResultsPage {
        chrome,
        search,
        heading: if number == 0 {
            "There is no allotment".to_owned()
        } else {
            counted(number, "allotment", "allotments")
        },
        lead: "A plot is yours for a season, not for an hour. What is free goes to the first in line.".to_owned(),
        fits: found.into_iter().map(card).collect(),
        near: Vec::new(),
        whats_on: None,
        sessions: Vec::new(),
    }
}

/// Whoever opens one is led on to what is theirs: a drop-off for anybody, collections for those who refer.
fn baby_banks(chrome: Chrome, search: SearchForm, found: Vec<(Site, Facility)>) -> ResultsPage {
    let number = i64::try_from(found.len()).unwrap_or_default();
    let card = |(site, facility): (Site, Facility)| FitCard {
        href: urls::baby_bank(&site.slug, &facility.slug),
        drawing: facility.kind.entry().drawing,
        place: place(&site, &facility),
        free: "By appointment".to_owned(),
        why: vec!["Anybody can bring things".to_owned(), "Referrers collect for a family".to_owned()],
        actions: vec![Action {
            href: urls::baby_bank(&site.slug, &facility.slug),
            label: "Choose a time to come".to_owned(),
        }],
        name: facility.name,
    };
    ResultsPage {
        chrome,
        search,
        heading: if number == 0 {
            "There is no baby bank".to_owned()
        } else {
            counted(number, "baby bank", "baby banks")
        },
        lead: "Anybody can choose a time to bring things for babies and children; no account is needed. Families get a bundle \
               through somebody who works with them, like a health visitor, who signs in and collects it."
            .to_owned(),
        fits: found.into_iter().map(card).collect(),
        near: Vec::new(),
        whats_on: None,
        sessions: Vec::new(),
    }
}

fn session_line(one: &Session) -> SessionLine {
    SessionLine {
        times: times(one.place.zone, one.span),
        title: one.title.clone(),
        for_whom: one.for_whom.clone(),
        place: format!("{}, {}", one.place.facility_name, one.place.site_name),
        href: urls::facility(&one.place.site_slug, &one.place.facility_slug),
    }
}

fn lead(wish: &Wish, found: &Found) -> String {
    if let Some(fault) = found.no_such_time {
        return format!("{fault}. Choose another time.");
    }
    let kind = wish.kind.map_or("Any kind of space", |kind| kind.entry().plural);
    let when = wish.times.map_or(String::new(), |(from, to)| format!(", {} to {}", clock(from), clock(to)));
    let people = counted(wish.people.into(), "person", "people");
    let mut lead = format!("{kind}, {}{when}, for {people}.", long_date(wish.date));
    if found.fits.is_empty() && found.near.is_empty() {
        lead.push_str(&try_next(wish, found));
    }
    lead
}

/// What helps where nothing comes near.
fn try_next(wish: &Wish, found: &Found) -> String {
    match found.largest {
        None => " Try another site or another kind of space.".to_owned(),
        Some(largest) if largest < wish.people => {
            format!(" The largest takes {largest}. Look for fewer people, another site or another kind of space.")
        }
        Some(_) if wish.needs.is_empty() => " Try another day, another site or another kind of space.".to_owned(),
        Some(_) => " Try fewer needs, another day or another site.".to_owned(),
    }
}

fn fit_card(wish: &Wish, fit: Fit) -> FitCard {
    let Fit { site, facility, free, needs } = fit;
    let mut why = vec![format!("Takes {}, you need {}", facility.rules.capacity, wish.people)];
    why.extend(wish.needs.iter().map(|need| need.label().to_owned()));
    if !wish.needs.iter().any(|need| need.code() == "step_free") {
        why.extend(facility.needs.iter().find(|need| need.code() == "step_free").map(|need| need.label().to_owned()));
    }
    why.push(match needs {
        Needs::Nothing => "Confirmed straight away".to_owned(),
        Needs::Approval => "The site decides, unless it trusts you".to_owned(),
    });
    let named = |span: &Span| facility.session_of(site.zone, *span);
    if let (Some((from, to)), Some(session)) = (wish.times, free.first().and_then(named))
        && (from, to) != (session.from_minute, session.to_minute)
    {
        let has = format!("{} to {}", clock(from), clock(to));
        why.push(format!("Booked by the session: {}, has {has} in it", session.words()));
    }
    let all: Vec<String> = free.iter().map(|span| time_words(&site, &facility, *span)).collect();
    let actions = match (wish.times, free.first()) {
        (Some(_), Some(span)) => {
            vec![Action { href: book_href(&site, &facility, *span, true), label: format!("Book {}", facility.name) }]
        }
        _ => free
            .iter()
            .map(|span| Action {
                href: book_href(&site, &facility, *span, named(span).is_some()),
                label: named(span).map_or_else(
                    || format!("Book from {}", clock(local_time(site.zone, span.start()).minute)),
                    |session| format!("Book {}", session.name),
                ),
            })
            .collect(),
    };
    let free = match facility.by_session() {
        true => format!("Free: {}", all.join("; ")),
        false => format!("Free {}", crate::domain::words::listed(&all)),
    };
    FitCard {
        href: urls::facility(&site.slug, &facility.slug),
        drawing: facility.kind.entry().drawing,
        place: place(&site, &facility),
        free,
        name: facility.name,
        why,
        actions,
    }
}

fn near_row(wish: &Wish, near: Near) -> NearRow {
    let Near { site, facility, verdict, same_day, other_days } = near;
    let link = |span: &Span, label: String| Action { href: book_href(&site, &facility, *span, true), label };
    let reasons = verdict.refusals.iter().map(|refusal| refusal.words(&facility.name, site.zone));
    NearRow {
        why_not: reasons.take(1).collect(),
        same_day: same_day.iter().map(|span| link(span, time_words(&site, &facility, *span))).collect(),
        other_days: other_days
            .iter()
            .map(|span| link(span, date_without_year(local_time(site.zone, span.start()).date)))
            .collect(),
        name: if wish.site.is_some() { facility.name.clone() } else { format!("{}, {}", facility.name, site.name) },
    }
}

/// "2pm to 3pm", or "Afternoon, 1pm to 5pm" where it is booked by the session.
fn time_words(site: &Site, facility: &Facility, span: Span) -> String {
    facility.session_of(site.zone, span).map_or_else(|| times(site.zone, span), NamedSession::words)
}

fn place(site: &Site, facility: &Facility) -> String {
    let parts = [facility.place(), site.name.clone(), site.town.clone()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn book_href(site: &Site, facility: &Facility, span: Span, with_end: bool) -> String {
    let (from, to) = (local_time(site.zone, span.start()), local_time(site.zone, span.end()));
    urls::book_at(&site.slug, &facility.slug, from.date, from.minute, with_end.then_some(to.minute))
}
