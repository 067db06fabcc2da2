//! The papers of an organisation: what there is and how it stands, and for its coordinators the form to add one.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::PaperForm;
use super::service::{self, Added, Whole, today};
use crate::domain::document::Document;
use crate::domain::ids::Slug;
use crate::domain::papers::{PaperKind, PaperStanding, shown};
use crate::domain::span::Instant;
use crate::domain::words::date_and_clock;
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;
use crate::web::upload::{FileSent, ProtectedUpload};

#[derive(Template)]
#[template(path = "papers/documents.html")]
pub(super) struct DocumentsPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<String>,
    name: String,
    organisation: String,
    action: String,
    papers: Vec<PaperView>,
    coordinates: bool,
    typed: PaperForm,
    kinds: Vec<Choice>,
    hints: Vec<(&'static str, &'static str)>,
    /// What was typed as the reason to send one back, and which.
    reason: (String, String),
}

/// One paper as it is shown.
struct PaperView {
    reference: String,
    kind: &'static str,
    says: String,
    good: String,
    state: &'static str,
    words: String,
    added: String,
    reason: String,
    /// Name, size and address of its file.
    file: Option<(String, String, String)>,
    decide: Option<String>,
    accepts: bool,
    withdraw: Option<String>,
}

pub async fn get(
    who: SignedIn,
    request: HttpRequest,
    state: Shared,
    slug: Path<String>,
) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&slug).ok_or(Error::NotFound)?;
    let whole = service::whole(&state, who.actor.clone(), slug).await?.ok_or(Error::NotFound)?;
    let page = documents_page(Chrome::of(&request), &whole, state.clock.now());
    page::ok(&page)
}

pub async fn post(
    who: SignedIn,
    request: HttpRequest,
    state: Shared,
    slug: Path<String>,
    sent: ProtectedUpload<PaperForm>,
) -> Result<HttpResponse, Error> {
    let (slug, now) = (Slug::parse(&slug).ok_or(Error::NotFound)?, state.clock.now());
    let whole = service::whole(&state, who.actor.clone(), slug.clone()).await?;
    let whole = whole.filter(|whole| whole.coordinates).ok_or(Error::NotFound)?;
    let too_large = matches!(sent.file, FileSent::TooLarge);
    let mut faults = Faults::none();
    match sent.form.parse(sent.file, today(now)) {
        Err(wrong) => faults = wrong,
        Ok(new) => match service::add(&state, who.actor.clone(), slug.clone(), new).await? {
            Added::Done => return Ok(page::done(&urls::documents(&slug), "paper-added")),
            Added::NotFound => return Err(Error::NotFound),
            Added::TooMany => {
                faults.add("kind", "So many of your papers wait to be looked at that no more can be added now");
            }
        },
    }
    let page = documents_page(Chrome::of(&request), &whole, now);
    let kinds = kinds(&sent.form);
    let status = if too_large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::UNPROCESSABLE_ENTITY };
    page::with_status(status, &DocumentsPage { faults, kinds, typed: sent.form, ..page })
}

fn kinds(typed: &PaperForm) -> Vec<Choice> {
    let first = Choice::new("", "Choose", typed.kind.is_empty());
    let all = PaperKind::ALL.map(|one| Choice::new(one.code(), one.words(), one.code() == typed.kind));
    std::iter::once(first).chain(all).collect()
}

pub(super) fn documents_page(chrome: Chrome, whole: &Whole, now: Instant) -> DocumentsPage {
    let slug = &whole.organisation.slug;
    let typed = PaperForm::default();
    DocumentsPage {
        chrome,
        faults: Faults::none(),
        notice: None,
        name: whole.organisation.name.clone(),
        organisation: urls::organisation(slug),
        action: urls::documents(slug),
        papers: whole.documents.iter().map(|one| view(whole, one, now)).collect(),
        coordinates: whole.coordinates,
        kinds: kinds(&typed),
        hints: PaperKind::ALL.map(|one| (one.words(), one.hint())).to_vec(),
        typed,
        reason: (String::new(), String::new()),
    }
}

impl DocumentsPage {
    /// The same with what was wrong about sending one back: which, and the reason as typed.
    pub(super) fn refused(self, faults: Faults, reason: (String, String)) -> Self {
        Self { faults, reason, ..self }
    }

    pub(super) fn saying(self, words: &str) -> Self {
        Self { notice: Some(words.to_owned()), ..self }
    }
}

fn view(whole: &Whole, one: &Document, now: Instant) -> PaperView {
    let (slug, reference) = (&whole.organisation.slug, &one.reference);
    let (state, words) = shown(one.standing, one.until, today(now));
    let added = date_and_clock(chrono_tz::Europe::London, one.added_at);
    let open = matches!(one.standing, PaperStanding::Awaiting | PaperStanding::Accepted);
    let good = !one.is_over(today(now));
    PaperView {
        reference: reference.to_string(),
        kind: one.kind.words(),
        says: one.says(),
        good: one.good(),
        state,
        words,
        added: match &one.added_by {
            Some(by) => format!("Added {added} by {by}"),
            None => format!("Added {added}"),
        },
        reason: one.reason.clone().unwrap_or_default(),
        file: one
            .file
            .as_ref()
            .map(|file| (file.name.clone(), file.size_in_words(), urls::document(slug, reference, "file"))),
        decide: (whole.decides && open && good).then(|| urls::document(slug, reference, "decide")),
        accepts: one.standing == PaperStanding::Awaiting,
        withdraw: (whole.coordinates && one.standing == PaperStanding::Awaiting)
            .then(|| urls::document(slug, reference, "withdraw")),
    }
}
