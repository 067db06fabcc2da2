//! One fault: what was reported, what is closed or said because of it, who takes it, and when it is mended.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, FaultAnswer, FaultDeed, FaultView};
use crate::domain::fault::{FaultLine, FaultState, LONGEST_WORDS, MOST_DAYS_TOLD};
use crate::domain::ids::{Reference, Slug};
use crate::domain::person::Email;
use crate::domain::places::Site;
use crate::domain::words::{date_and_clock, from_until};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults, kept_texts};
use crate::web::page;
use crate::web::state::Shared;

const STALE: &str = "Somebody else has changed it meanwhile. Nothing was changed now. Here is how it stands.";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ActForm {
    /// What to do: take, note, tell, end-notice, open, mend, reopen.
    act: String,
    who: String,
    note: String,
    words: String,
    days: String,
    open: String,
    kept: String,
}

#[derive(Template)]
#[template(path = "manage/faults/fault.html")]
struct FaultPage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<&'static str>,
    typed: ActForm,
    site_name: String,
    site: String,
    manage: &'static str,
    list: String,
    action: String,
    kind: &'static str,
    place: String,
    place_href: String,
    reference: String,
    state: &'static str,
    icon: &'static str,
    state_words: &'static str,
    usable: &'static str,
    words: String,
    /// Name, size and address.
    photo: Option<(String, String, String)>,
    reported: String,
    booking: Option<(String, String)>,
    hears: bool,
    taken: Option<String>,
    mended: bool,
    staff: Vec<Choice>,
    close: String,
    /// What is closed because of it, in words.
    closed: Vec<String>,
    /// What people are told, and when.
    told: Option<(String, String)>,
    lines: Vec<Line>,
}

struct Line {
    shown: &'static str,
    icon: &'static str,
    words: &'static str,
    by: String,
    body: String,
    at: String,
}

fn which((site, fault): &(String, String)) -> Result<(Slug, Reference), Error> {
    Slug::parse(site).zip(Reference::parse(fault)).ok_or(Error::NotFound)
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let view = service::fault(&state.db, who.actor.clone(), which(&path)?, state.clock.now()).await?;
    let view = view.ok_or(Error::NotFound)?;
    let typed = ActForm { who: who.actor.email.clone(), ..ActForm::of(&view) };
    page::ok(&fault_page(chrome, &view, typed, Faults::none()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    form: ProtectedForm<ActForm>,
) -> Result<HttpResponse, Error> {
    let (which, now, typed) = (which(&path)?, state.clock.now(), form.0);
    let view = service::fault(&state.db, who.actor.clone(), which.clone(), now).await?.ok_or(Error::NotFound)?;
    let chrome = Chrome::of(&request);
    let mut faults = Faults::none();
    let Some((deed, done)) = typed.read(&mut faults) else {
        return page::unprocessable(&fault_page(chrome, &view, typed, faults));
    };
    let means = (now, state.mailer.clone());
    match service::act(&state.db, means, who.actor.clone(), which.clone(), deed).await? {
        FaultAnswer::Done => Ok(page::done(&urls::manage_fault(&which.0, &which.1), done)),
        FaultAnswer::NotFound => Err(Error::NotFound),
        FaultAnswer::NotStaff => {
            faults.add("who", "Choose somebody of the site’s staff");
            page::unprocessable(&fault_page(chrome, &view, typed, faults))
        }
        FaultAnswer::Stale => {
            let view = service::fault(&state.db, who.actor.clone(), which, now).await?.ok_or(Error::NotFound)?;
            let typed = ActForm { who: who.actor.email.clone(), ..ActForm::of(&view) };
            let page = FaultPage { notice: Some(STALE), ..fault_page(chrome, &view, typed, Faults::none()) };
            page::with_status(StatusCode::CONFLICT, &page)
        }
    }
}

impl ActForm {
    /// A fresh form, with words for everybody that name the kind of fault.
    fn of(view: &FaultView) -> Self {
        let words =
            view.notice.as_ref().map_or_else(|| view.fault.kind.public().to_owned(), |(words, _)| words.clone());
        Self { words, days: "3".to_owned(), ..Self::default() }
    }

    /// What is to be done, and the code of what is said then.
    fn read(&self, faults: &mut Faults) -> Option<(FaultDeed, &'static str)> {
        let deed = match self.act.as_str() {
            "take" => {
                let email = faults.take("who", Email::parse(&self.who).map(Some).map_err(|_| "Choose who takes it"));
                (FaultDeed::Take(email?), "fault-taken")
            }
            "note" => {
                let words = faults.paragraphs("note", &self.note, LONGEST_WORDS);
                if words.is_empty() {
                    faults.add("note", "Write a note");
                }
                faults.naming(&self.kept, &[("note", &self.note)]);
                (FaultDeed::Note(words), "saved")
            }
            "tell" => {
                let words = faults.line("words", &self.words, "what people must know", 160);
                faults.naming(&self.kept, &[("words", &self.words)]);
                let days = faults.number("days", &self.days, "a number of days", (1, MOST_DAYS_TOLD));
                let words = words.trim_end_matches('.').to_owned();
                (FaultDeed::Tell { words, days }, "fault-told")
            }
            "end-notice" => (FaultDeed::EndNotice, "notice-lifted"),
            "open" => (FaultDeed::Open, "opened"),
            "mend" => (FaultDeed::Mend { open: !self.open.is_empty() }, "fault-mended"),
            "reopen" => (FaultDeed::Reopen, "fault-reopened"),
            _ => {
                faults.add("act", "Choose what to do");
                return None;
            }
        };
        faults.is_empty().then_some(deed)
    }
}

fn fault_page(chrome: Chrome, view: &FaultView, typed: ActForm, faults: Faults) -> FaultPage {
    let FaultView { site, fault, .. } = view;
    let kept = kept_texts([if typed.act == "note" { typed.note.as_str() } else { typed.words.as_str() }]);
    let reporter = view.reporter.as_ref().map_or_else(String::new, |name| format!(" by {name}"));
    FaultPage {
        chrome,
        faults,
        notice: None,
        site_name: site.name.clone(),
        site: urls::manage_site(&site.slug),
        manage: urls::MANAGE,
        list: urls::manage_faults(&site.slug),
        action: urls::manage_fault(&site.slug, &fault.reference),
        kind: fault.kind.words(),
        place: fault.facility_name.clone(),
        place_href: urls::facility(&site.slug, &fault.facility_slug),
        reference: fault.reference.to_string(),
        state: fault.state.shown_as(),
        icon: fault.state.icon(),
        state_words: fault.state.words(),
        usable: fault.usable.said(),
        words: fault.words.clone(),
        photo: fault.photo.as_ref().map(|file| {
            let href = urls::manage_fault_photo(&site.slug, &fault.reference);
            (file.name.clone(), file.size_in_words(), href)
        }),
        reported: format!("{}{reporter}", date_and_clock(site.zone, fault.at)),
        booking: fault.booking.as_ref().map(|reference| (reference.to_string(), urls::booking(reference))),
        hears: !fault.email.is_empty(),
        taken: fault.taken_by.as_ref().map(|(_, name)| name.clone()),
        mended: fault.state == FaultState::Mended,
        staff: view
            .staff
            .iter()
            .map(|one| Choice::new(one.email.as_str(), &one.name, one.email.as_str() == typed.who))
            .collect(),
        close: urls::close_for_fault(&site.slug, &fault.reference),
        closed: view
            .closed
            .iter()
            .map(|one| format!("{}: {}", one.facilities.join(", "), from_until(site.zone, one.span)))
            .collect(),
        told: view.notice.as_ref().map(|(words, span)| (words.clone(), from_until(site.zone, *span))),
        lines: view.lines.iter().map(|one| line(site, one)).collect(),
        typed: ActForm { kept, ..typed },
    }
}

fn line(site: &Site, one: &FaultLine) -> Line {
    Line {
        shown: one.act.shown_as(),
        icon: one.act.icon(),
        words: one.act.words(),
        by: one.by.clone().unwrap_or_default(),
        body: one.body.clone(),
        at: date_and_clock(site.zone, one.at),
    }
}
