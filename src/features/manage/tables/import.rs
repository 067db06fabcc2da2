//! A CSV file is chosen, looked at with every problem by line, and then imported by a second button. Nothing is half imported.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, ImportReport, Imported};
use crate::domain::policy::Actor;
use crate::domain::tables::{Column, LARGEST, Problem, TableKind};
use crate::domain::words::counted;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;
use crate::web::upload::{FileSent, ProtectedUpload};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ImportForm {
    kind: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RunForm {
    draft: String,
    tell: String,
}

#[derive(Template)]
#[template(path = "manage/tables/import.html")]
struct ImportPage {
    chrome: Chrome,
    faults: Faults,
    kinds: Vec<Choice>,
    tables: Vec<Table>,
    action: &'static str,
    run: &'static str,
    export: &'static str,
    manage: &'static str,
    /// What was found in a file, where one was looked at.
    found: Option<Found>,
}

/// What may stand in a file of one kind.
struct Table {
    name: &'static str,
    template: String,
    columns: &'static [Column],
}

struct Found {
    heading: String,
    note: &'static str,
    problems: Vec<Problem>,
    more: String,
    there: String,
    /// What the button says, and the token of the file; none where there is nothing to import.
    button: Option<(String, String)>,
    tells: &'static str,
}

pub async fn get(who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    page::ok(&import_page(chrome, &who.actor, "", None))
}

pub async fn template(path: Path<String>, who: Manager) -> Result<HttpResponse, Error> {
    let kind = TableKind::parse(&path).filter(|kind| service::may(&who.actor, *kind)).ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{}\"", kind.file_name())))
        .body(kind.template()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    who: Manager,
    sent: ProtectedUpload<ImportForm>,
) -> Result<HttpResponse, Error> {
    let chrome = Chrome::of(&request);
    let kind = TableKind::parse(&sent.form.kind).filter(|kind| service::may(&who.actor, *kind));
    let mut page = import_page(chrome, &who.actor, &sent.form.kind, None);
    if kind.is_none() {
        page.faults.add("kind", "Choose what the file holds");
    }
    let too_large = match &sent.file {
        FileSent::Whole(_, bytes) => LARGEST < bytes.len(),
        FileSent::TooLarge => true,
        FileSent::None => false,
    };
    if too_large {
        page.faults
            .add("file", "The file is larger than 5 MB. Split it into several and import them one after the other");
        return page::with_status(StatusCode::PAYLOAD_TOO_LARGE, &page);
    }
    let (Some(kind), FileSent::Whole(_, bytes)) = (kind, sent.file) else {
        if page.faults.is_empty() || kind.is_some() {
            page.faults.add("file", "Choose a CSV file. The one you chose is empty, or you chose none");
        }
        return page::unprocessable(&page);
    };
    let (report, token) = service::look(&state, who.actor.clone(), kind, bytes).await?;
    if !report.problems.is_empty() {
        page.faults.add("problems", problems_words(&report));
    }
    page.found = Some(found(kind, report, token));
    if page.faults.is_empty() { page::ok(&page) } else { page::unprocessable(&page) }
}

pub async fn run(
    request: HttpRequest,
    state: Shared,
    who: Manager,
    form: ProtectedForm<RunForm>,
) -> Result<HttpResponse, Error> {
    let tells = form.tell == "yes";
    match service::import(&state, who.actor.clone(), form.draft.clone(), tells).await? {
        Imported::Done => Ok(page::done(urls::MANAGE_IMPORT, "imported")),
        Imported::Problems(kind, report) => {
            let mut page = import_page(Chrome::of(&request), &who.actor, kind.code(), None);
            page.faults.add("problems", problems_words(&report));
            page.found = Some(found(kind, report, None));
            page::unprocessable(&page)
        }
        Imported::Gone => {
            let mut page = import_page(Chrome::of(&request), &who.actor, "", None);
            let words =
                "Choose the file again. You have looked at another one since, or it has waited for more than a day";
            page.faults.add("file", words);
            page::unprocessable(&page)
        }
    }
}

fn import_page(chrome: Chrome, actor: &Actor, chosen: &str, found: Option<Found>) -> ImportPage {
    let kinds = || TableKind::ALL.into_iter().filter(|kind| service::may(actor, *kind));
    ImportPage {
        chrome,
        faults: Faults::none(),
        kinds: kinds().map(|kind| Choice::new(kind.code(), kind.words(), kind.code() == chosen)).collect(),
        tables: kinds()
            .map(|kind| Table { name: kind.words(), template: urls::import_template(kind), columns: kind.columns() })
            .collect(),
        action: urls::MANAGE_IMPORT,
        run: urls::MANAGE_IMPORT_RUN,
        export: urls::MANAGE_EXPORT,
        manage: urls::MANAGE,
        found,
    }
}

fn problems_words(report: &ImportReport) -> String {
    let all = i64::try_from(report.problems.len() + report.more_problems).unwrap_or(i64::MAX);
    format!("Put {} in the file right and choose it again. Nothing was imported", counted(all, "thing", "things"))
}

fn found(kind: TableKind, report: ImportReport, token: Option<String>) -> Found {
    let counted_new = kind.counted(report.new);
    let what = match kind {
        TableKind::Bookings => {
            format!("{counted_new} with {}", counted(i64::try_from(report.dates).unwrap_or(i64::MAX), "date", "dates"))
        }
        _ => counted_new,
    };
    let heading = match (report.problems.is_empty(), report.new) {
        (false, _) => "What to put right".to_owned(),
        (true, 0) => "Nothing new in this file".to_owned(),
        (true, _) => format!("This file would make {what}"),
    };
    Found {
        heading,
        note: report.note.unwrap_or_default(),
        more: match report.more_problems {
            0 => String::new(),
            more => format!("And {more} more. Put these right first."),
        },
        there: match report.there {
            0 => String::new(),
            there => format!("{} there already, exactly so, and left alone.", is_there(kind, there)),
        },
        button: token.map(|token| (format!("Import {what}"), token)),
        tells: match kind {
            TableKind::People => "Send each of them a link to choose a password",
            TableKind::Bookings => "Email a confirmation of each booking that is still to come",
            _ => "",
        },
        problems: report.problems,
    }
}

fn is_there(kind: TableKind, number: usize) -> String {
    format!("{} {}", kind.counted(number), if number == 1 { "is" } else { "are" })
}
