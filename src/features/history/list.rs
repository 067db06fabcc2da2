//! Lines of the history, narrowed down and page by page, and the same as a table for spreadsheets.

use actix_web::HttpResponse;
use actix_web::web::{Path, Query};
use askama::Template;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::service::{self, Found, Of, Shown, Wanted};
use crate::domain::history::EventKind;
use crate::domain::history_search::words;
use crate::domain::hours::local_time;
use crate::domain::ids::{Reference, Slug};
use crate::domain::sheet::sheet;
use crate::domain::words::{clock24, counted, date_and_clock};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

/// What was asked for, as it was typed.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Asked {
    kind: String,
    who: String,
    from: String,
    to: String,
    reference: String,
    site: String,
    page: String,
    /// "csv" for the file.
    #[serde(rename = "as")]
    form: String,
}

#[derive(Template)]
#[template(path = "history/list.html")]
struct ListPage {
    chrome: Chrome,
    faults: Faults,
    heading: String,
    crumbs: Vec<(String, String)>,
    lead: &'static str,
    own: bool,
    asked: Asked,
    kinds: Vec<Choice>,
    sites: Vec<Choice>,
    narrowed: bool,
    clear: String,
    rows: Vec<Row>,
    newer: Option<String>,
    older: Option<String>,
}

struct Row {
    when: String,
    shown: &'static str,
    icon: &'static str,
    what: String,
    booking: Option<(String, Option<String>, String)>,
    about: String,
    by: String,
    message: String,
}

/// How a page of the history is headed, and where it stands.
struct Head {
    of: Of,
    path: String,
    title: &'static str,
    lead: &'static str,
    crumbs: Vec<(String, String)>,
}

const MANAGE: &str = "Who did what and when, newest first. Lines are only ever added: nobody can change one or take one away before its time.";

fn manage_crumbs() -> Vec<(String, String)> {
    vec![(urls::MANAGE.to_owned(), "Manage".to_owned())]
}

pub async fn managed(who: SignedIn, state: Shared, query: Query<Asked>, chrome: Chrome) -> Result<HttpResponse, Error> {
    let head = Head {
        of: Of::Managed,
        path: urls::MANAGE_HISTORY.to_owned(),
        title: "History",
        lead: MANAGE,
        crumbs: manage_crumbs(),
    };
    answer(&who, &state, query.into_inner(), chrome, head).await
}

pub async fn site(
    who: SignedIn,
    state: Shared,
    path: Path<String>,
    query: Query<Asked>,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let mut crumbs = manage_crumbs();
    crumbs.push((urls::manage_site(&slug), "{name}".to_owned()));
    let path = urls::site_history(&slug);
    let head = Head { of: Of::Site(slug), path, title: "History of ", lead: MANAGE, crumbs };
    answer(&who, &state, query.into_inner(), chrome, head).await
}

pub async fn facility(
    who: SignedIn,
    state: Shared,
    path: Path<(String, String)>,
    query: Query<Asked>,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let (site, slug) = Slug::parse(&path.0).zip(Slug::parse(&path.1)).ok_or(Error::NotFound)?;
    let mut crumbs = manage_crumbs();
    crumbs.push((urls::manage_site(&site), "{site}".to_owned()));
    crumbs.push((urls::manage_facility(&site, &slug), "{name}".to_owned()));
    let path = urls::facility_history(&site, &slug);
    let head = Head { of: Of::Facility(site, slug), path, title: "History of ", lead: MANAGE, crumbs };
    answer(&who, &state, query.into_inner(), chrome, head).await
}

pub async fn organisation(
    who: SignedIn,
    state: Shared,
    path: Path<String>,
    query: Query<Asked>,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let crumbs = vec![(urls::organisation(&slug), "{name}".to_owned())];
    let path = urls::organisation_history(&slug);
    let lead = "What happened with your bookings, papers and people, newest first. People of other organisations are not named.";
    let head = Head { of: Of::Organisation(slug), path, title: "History of ", lead, crumbs };
    answer(&who, &state, query.into_inner(), chrome, head).await
}

pub async fn person(
    who: SignedIn,
    state: Shared,
    path: Path<String>,
    query: Query<Asked>,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let handle = path.into_inner();
    let mut crumbs = manage_crumbs();
    crumbs.push((urls::MANAGE_PEOPLE.to_owned(), "People".to_owned()));
    crumbs.push((urls::manage_person(&handle), "{name}".to_owned()));
    let path = urls::person_history(&handle);
    let lead = "What this person did and what was done about them, newest first.";
    let head = Head { of: Of::Person(handle), path, title: "History of ", lead, crumbs };
    answer(&who, &state, query.into_inner(), chrome, head).await
}

pub async fn own(who: SignedIn, state: Shared, query: Query<Asked>, chrome: Chrome) -> Result<HttpResponse, Error> {
    let head = Head {
        of: Of::Own,
        path: urls::ACCOUNT_HISTORY.to_owned(),
        title: "Your history",
        lead: "What you did and what was done about you, newest first.",
        crumbs: vec![(urls::ACCOUNT.to_owned(), "Your account".to_owned())],
    };
    answer(&who, &state, query.into_inner(), chrome, head).await
}

fn parse(asked: &Asked, faults: &mut Faults) -> Wanted {
    let mut date = |field: &'static str, typed: &str| -> Option<NaiveDate> {
        let typed = typed.trim();
        let date = typed.parse::<NaiveDate>().ok();
        if date.is_none() && !typed.is_empty() {
            faults.add(field, "Enter a date, like 2026-11-24");
        }
        date
    };
    let (from, to) = (date("from", &asked.from), date("to", &asked.to));
    if to.zip(from).is_some_and(|(to, from)| to < from) {
        faults.add("to", "Choose a last day that is not before the first");
    }
    let reference = Reference::parse(asked.reference.trim());
    if reference.is_none() && !asked.reference.trim().is_empty() {
        faults.add("reference", "Enter a whole reference, like 7K2M-94QT");
    }
    let who = faults.optional_line("who", &asked.who, 80);
    let page = asked.page.parse::<i64>().unwrap_or_default().clamp(0, 10_000);
    let file = asked.form == "csv";
    let kind = EventKind::parse(&asked.kind);
    Wanted { kind, who, from, to, reference, site: Slug::parse(&asked.site), page: if file { 0 } else { page }, file }
}

async fn answer(
    who: &SignedIn,
    state: &Shared,
    asked: Asked,
    chrome: Chrome,
    head: Head,
) -> Result<HttpResponse, Error> {
    let mut faults = Faults::none();
    let wanted = parse(&asked, &mut faults);
    let file = wanted.file && faults.is_empty();
    let page_number = wanted.page;
    let wanted = if faults.is_empty() { wanted } else { Wanted::default() };
    let found = service::read(&state.db, who.actor.clone(), head.of.clone(), wanted).await?.ok_or(Error::NotFound)?;
    if file {
        return Ok(HttpResponse::Ok()
            .content_type("text/csv; charset=utf-8")
            .insert_header(("Content-Disposition", "attachment; filename=\"history.csv\""))
            .body(table(&found)));
    }
    let broken = !faults.is_empty();
    let page = list_page(chrome, faults, (asked, page_number), head, found);
    if broken { page::unprocessable(&page) } else { page::ok(&page) }
}

fn list_page(chrome: Chrome, faults: Faults, (asked, number): (Asked, i64), head: Head, found: Found) -> ListPage {
    let link = |page: i64| {
        let pairs = [
            ("kind", asked.kind.as_str()),
            ("who", &asked.who),
            ("from", &asked.from),
            ("to", &asked.to),
            ("reference", &asked.reference),
            ("site", &asked.site),
        ];
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        query.append_pair("page", &page.to_string());
        format!("{}?{}", head.path, query.finish())
    };
    let named = |words: String| words.replace("{name}", &found.name).replace("{site}", &found.site_name);
    let mut kinds = vec![Choice::new("", "Everything", asked.kind.is_empty())];
    kinds.extend(words().into_iter().map(|(code, words)| Choice::new(code, words, code == asked.kind)));
    let mut sites = vec![Choice::new("", "All of them", asked.site.is_empty())];
    sites.extend(found.sites.iter().map(|(slug, name)| Choice::new(slug.as_str(), name, slug.as_str() == asked.site)));
    let typed = [&asked.kind, &asked.who, &asked.from, &asked.to, &asked.reference, &asked.site];
    ListPage {
        chrome,
        heading: format!("{}{}", head.title, found.name),
        crumbs: head.crumbs.iter().map(|(href, words)| (href.clone(), named(words.clone()))).collect(),
        lead: head.lead,
        own: matches!(head.of, Of::Own | Of::Person(_)),
        kinds,
        sites: if sites.len() < 3 { Vec::new() } else { sites },
        narrowed: typed.iter().any(|text| !text.is_empty()),
        clear: head.path.clone(),
        newer: (0 < number).then(|| link(number - 1)),
        older: found.more.then(|| link(number + 1)),
        rows: found.lines.into_iter().map(row).collect(),
        faults,
        asked: asked.clone(),
    }
}

fn row(line: Shown) -> Row {
    let parts = [line.facility, line.site, line.organisation, line.person];
    let about: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let rows = line.number.filter(|_| line.kind == EventKind::RetentionRun);
    Row {
        when: date_and_clock(line.zone, line.at),
        shown: line.kind.shown_as(),
        icon: match line.kind.shown_as() {
            "free" => "repeat",
            other => other,
        },
        what: match rows {
            Some(number) => format!("{}: {}", line.kind.words(), counted(number, "entry", "entries")),
            None => line.kind.words().to_owned(),
        },
        booking: line
            .booking
            .map(|(reference, whole, title)| (reference.to_string(), whole.then(|| urls::booking(&reference)), title)),
        about: about.join(", "),
        by: line.by,
        message: line.message,
    }
}

const HEADINGS: [&str; 11] = [
    "When",
    "What",
    "Site",
    "Space",
    "Booking",
    "Whose and what for",
    "Organisation",
    "Person",
    "By",
    "Reason",
    "Number",
];

/// Times are those of the line's site.
fn table(found: &Found) -> String {
    let rows: Vec<[String; 11]> = found
        .lines
        .iter()
        .map(|line| {
            let local = local_time(line.zone, line.at);
            let (reference, title) = line
                .booking
                .as_ref()
                .map_or((String::new(), String::new()), |(reference, _, title)| (reference.to_string(), title.clone()));
            [
                format!("{} {}", local.date, clock24(local.minute)),
                line.kind.words().to_owned(),
                line.site.clone(),
                line.facility.clone(),
                reference,
                title,
                line.organisation.clone(),
                line.person.clone(),
                line.by.clone(),
                line.message.clone(),
                line.number.map_or_else(String::new, |number| number.to_string()),
            ]
        })
        .collect();
    sheet(HEADINGS, &rows)
}
