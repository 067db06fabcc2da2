//! What a manager says of a baby bank: hours and places of each stream, words for those who book, and who the referrers are.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Bank, StreamDraft, StreamsView};
use super::times::slugs;
use crate::domain::holder::OrganisationName;
use crate::domain::ids::Slug;
use crate::domain::slots::{NOT_TAKEN, StreamKind, day_hours};
use crate::domain::words::{clock, weekday_of};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

/// The ids of the fields of one stream, so that a fault stands where it belongs.
const HOURS: [[&str; 7]; 2] = [["c0", "c1", "c2", "c3", "c4", "c5", "c6"], ["d0", "d1", "d2", "d3", "d4", "d5", "d6"]];

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamsForm {
    act: String,
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    stream: String,
    #[serde(default)]
    hours: Vec<String>,
    #[serde(default)]
    places: String,
    #[serde(default)]
    ahead: String,
    #[serde(default)]
    words: String,
}

#[derive(Template)]
#[template(path = "babybank/streams.html")]
struct StreamsPage {
    chrome: Chrome,
    faults: Faults,
    name: String,
    site_name: String,
    site_href: String,
    collections: String,
    donations: String,
    streams: Vec<StreamView>,
    referrers: Vec<OrganisationName>,
    others: Vec<Choice>,
    action: String,
}

/// The form of one stream.
struct StreamView {
    code: &'static str,
    heading: &'static str,
    hint: &'static str,
    /// Id, weekday and what stands there.
    hours: Vec<(&'static str, &'static str, String)>,
    places: (String, String),
    ahead: (String, String),
    words: (String, String),
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let view = service::load_streams(&state.db, who.actor.clone(), slugs(&path)?).await?.ok_or(Error::NotFound)?;
    page::ok(&streams_page(chrome, view, None, Faults::none()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    form: ProtectedForm<StreamsForm>,
) -> Result<HttpResponse, Error> {
    let (now, slugs, actor, typed) = (state.clock.now(), slugs(&path)?, who.actor.clone(), form.0);
    let view = service::load_streams(&state.db, actor.clone(), slugs.clone()).await?.ok_or(Error::NotFound)?;
    let here = urls::manage_streams(&slugs.0, &slugs.1);
    if matches!(typed.act.as_str(), "refer" | "unrefer") {
        let mut faults = Faults::none();
        if let Some(slug) = Slug::parse(&typed.organisation) {
            let what = (slug, typed.act == "refer");
            if service::set_referrer(&state.db, actor, slugs, what, now).await? {
                return Ok(page::done(&here, "saved"));
            }
        }
        faults.add("organisation", "Choose an organisation");
        return page::unprocessable(&streams_page(Chrome::of(&request), view, None, faults));
    }
    let kind = StreamKind::parse(&typed.stream).ok_or_else(|| Error::BadRequest("Open the page again".to_owned()))?;
    let mut faults = Faults::none();
    let draft = read(kind, &typed, &mut faults);
    if !faults.is_empty() {
        return page::unprocessable(&streams_page(Chrome::of(&request), view, Some((kind, typed)), faults));
    }
    if service::set_stream(&state.db, actor, slugs, draft, now).await? {
        return Ok(page::done(&here, "saved"));
    }
    Err(Error::NotFound)
}

fn ids_of(kind: StreamKind) -> [&'static str; 7] {
    let [collection, donation] = HOURS;
    match kind {
        StreamKind::Collection => collection,
        StreamKind::Donation => donation,
    }
}

fn field(kind: StreamKind, [collection, donation]: [&'static str; 2]) -> &'static str {
    if kind == StreamKind::Collection { collection } else { donation }
}

const PLACES: [&str; 2] = ["c-places", "d-places"];
const AHEAD: [&str; 2] = ["c-ahead", "d-ahead"];
const WORDS: [&str; 2] = ["c-words", "d-words"];

fn read(kind: StreamKind, typed: &StreamsForm, faults: &mut Faults) -> StreamDraft {
    let mut hours: Vec<(i32, i32, i32)> = Vec::new();
    for ((weekday, id), text) in (0..).zip(ids_of(kind)).zip(&typed.hours) {
        let spans = faults.take(id, day_hours(text));
        hours.extend(spans.into_iter().map(|(from, to)| (weekday, from, to)));
    }
    StreamDraft {
        kind,
        places: faults.number(field(kind, PLACES), &typed.places, "how many can come at once", (1, 20)),
        days_ahead: faults.number(field(kind, AHEAD), &typed.ahead, "how many days ahead", (1, 120)),
        words: faults.paragraphs(field(kind, WORDS), &typed.words, 600),
        hours,
    }
}

fn stream_view(bank: &Bank, kind: StreamKind, typed: Option<&StreamsForm>) -> StreamView {
    let stream = bank.stream(kind);
    let of_day = |weekday: i32| {
        let own = stream.into_iter().flat_map(|stream| &stream.hours).filter(|one| one.weekday == weekday);
        let spans: Vec<String> =
            own.map(|one| format!("{} to {}", clock(one.from_minute), clock(one.to_minute))).collect();
        spans.join(", ")
    };
    let at = |place: usize| typed.and_then(|typed| typed.hours.get(place).cloned());
    let days = (0..7).zip(ids_of(kind)).map(|(weekday, id)| {
        let typed = usize::try_from(weekday).ok().and_then(at);
        (id, weekday_of(weekday), typed.unwrap_or_else(|| of_day(weekday)))
    });
    let or = |of: fn(&StreamsForm) -> &String, stands: String| typed.map_or(stands, |typed| of(typed).clone());
    let usual = if kind == StreamKind::Donation { NOT_TAKEN } else { "" };
    let id = |ids| field(kind, ids).to_owned();
    StreamView {
        code: kind.code(),
        heading: if kind == StreamKind::Collection { "Collections by referrers" } else { "Drop-offs by the public" },
        hint: if kind == StreamKind::Collection {
            "Referrers see this when they book."
        } else {
            "Donors see this when they book. Say what you cannot take."
        },
        hours: days.collect(),
        places: (id(PLACES), or(|typed| &typed.places, stream.map_or(1, |stream| stream.places).to_string())),
        ahead: (id(AHEAD), or(|typed| &typed.ahead, stream.map_or(28, |stream| stream.days_ahead).to_string())),
        words: (
            id(WORDS),
            or(|typed| &typed.words, stream.map_or_else(|| usual.to_owned(), |stream| stream.words.clone())),
        ),
    }
}

fn streams_page(
    chrome: Chrome,
    view: StreamsView,
    typed: Option<(StreamKind, StreamsForm)>,
    faults: Faults,
) -> StreamsPage {
    let StreamsView { bank, referrers, others } = view;
    let (site, facility) = (&bank.site, &bank.facility);
    let of = |kind: StreamKind| {
        let own = typed.as_ref().filter(|(of, _)| *of == kind).map(|(_, typed)| typed);
        stream_view(&bank, kind, own)
    };
    let first = Choice::new("", "Choose an organisation", true);
    let rest = others.into_iter().map(|one| Choice::new(one.slug.as_str(), one.name, false));
    StreamsPage {
        chrome,
        faults,
        name: facility.name.clone(),
        site_name: site.name.clone(),
        site_href: urls::manage_site(&site.slug),
        collections: urls::collections(&site.slug, &facility.slug),
        donations: urls::donations(&site.slug, &facility.slug),
        streams: StreamKind::ALL.into_iter().map(of).collect(),
        referrers,
        others: std::iter::once(first).chain(rest).collect(),
        action: urls::manage_streams(&site.slug, &facility.slug),
    }
}
