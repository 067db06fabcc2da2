//! Where anybody reports a fault: from the code at the door without an account, or from a booking. It shows nothing of other reports.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::service::{self, Place, Report, Told};
use crate::domain::fault::{FaultKind, LONGEST_WORDS, Usable};
use crate::domain::ids::{Reference, Slug};
use crate::domain::person::Email;
use crate::domain::upload::{Media, UploadFault, made_safe};
use crate::error::Error;
use crate::urls;
use crate::web::access::Visitor;
use crate::web::chrome::Chrome;
use crate::web::forms::{Choice, Faults, kept_texts};
use crate::web::page;
use crate::web::state::Shared;
use crate::web::upload::{FileSent, ProtectedUpload};

const TOO_MANY: &str = "Many reports of this space came within the hour, so that no more are taken now. Ring the site";
const NO_PHOTO: &str = "Choose a photo, as a JPEG or a PNG. This file is neither, whatever its name says";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FaultForm {
    kind: String,
    usable: String,
    words: String,
    email: String,
    booking: String,
    /// A field that no person sees; what fills it in is no person.
    website: String,
    kept: String,
}

#[derive(Debug, Default, Deserialize)]
pub struct ReportQuery {
    #[serde(default)]
    booking: String,
    /// The reference of what was just sent.
    #[serde(default)]
    sent: String,
}

#[derive(Template)]
#[template(path = "faults/report.html")]
struct ReportPage {
    chrome: Chrome,
    faults: Faults,
    typed: FaultForm,
    name: String,
    place: String,
    site_name: String,
    site_href: String,
    phone: String,
    /// The reference of what was just sent.
    sent: Option<String>,
    booking: Option<String>,
    kinds: Vec<Choice>,
    usable: Vec<Choice>,
    action: String,
    concern: String,
}

fn slugs((site, facility): &(String, String)) -> Result<(Slug, Slug), Error> {
    Slug::parse(site).zip(Slug::parse(facility)).ok_or(Error::NotFound)
}

fn booking(typed: &str) -> Result<Option<Reference>, Error> {
    if typed.is_empty() { Ok(None) } else { Reference::parse(typed).map(Some).ok_or(Error::NotFound) }
}

pub async fn get(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    query: Query<ReportQuery>,
    who: Visitor,
) -> Result<HttpResponse, Error> {
    let (slugs, booking) = (slugs(&path)?, booking(&query.booking)?);
    let place = service::place(&state.db, who.actor().cloned(), slugs, booking).await?.ok_or(Error::NotFound)?;
    let email = who.actor().map_or_else(String::new, |actor| actor.email.clone());
    let chrome = Chrome::of(&request).with_visitor_form(&request);
    let page = report_page(chrome, &place, FaultForm { email, ..FaultForm::default() }, Faults::none());
    page::ok(&ReportPage { sent: Reference::parse(&query.sent).map(|one| one.to_string()), ..page })
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: Visitor,
    upload: ProtectedUpload<FaultForm>,
) -> Result<HttpResponse, Error> {
    let ProtectedUpload { form: typed, file } = upload;
    let (slugs, booking) = (slugs(&path)?, booking(&typed.booking)?);
    let actor = who.actor().cloned();
    let place = service::place(&state.db, actor.clone(), slugs.clone(), booking).await?.ok_or(Error::NotFound)?;
    if !typed.website.is_empty() {
        // It sees what a person would see, so that it does not try again.
        return Ok(page::see_other(&urls::fault_sent(&slugs.0, &slugs.1, &state.chance.reference())));
    }
    let mut faults = Faults::none();
    let too_large = matches!(file, FileSent::TooLarge);
    let mut status = if too_large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::UNPROCESSABLE_ENTITY };
    if let Some(report) = read(&typed, file, &mut faults) {
        state.limits.try_door(&state, &request)?;
        let booking = place.booking.as_ref().map(|(id, _)| *id);
        let report = Report { booking, reporter: actor.as_ref().map(|actor| actor.person), ..report };
        let means = (state.clock.now(), state.mailer.clone());
        match service::report(&state.db, means, actor, slugs.clone(), report).await? {
            Told::Done(reference) => {
                return Ok(page::see_other(&urls::fault_sent(&slugs.0, &slugs.1, &reference)));
            }
            Told::NotFound => return Err(Error::NotFound),
            Told::TooMany => {
                faults.add("words", TOO_MANY);
                status = StatusCode::TOO_MANY_REQUESTS;
            }
        }
    }
    let chrome = Chrome::of(&request).with_visitor_form(&request);
    page::with_status(status, &report_page(chrome, &place, typed, faults))
}

fn read(typed: &FaultForm, file: FileSent, faults: &mut Faults) -> Option<Report> {
    let kind = FaultKind::parse(&typed.kind);
    if kind.is_none() {
        faults.add("kind", "Choose what is wrong");
    }
    let words = faults.paragraphs("words", &typed.words, LONGEST_WORDS);
    if words.is_empty() {
        faults.add("words", "Say what you see, in a few words");
    }
    faults.naming(&typed.kept, &[("words", &typed.words)]);
    let usable = Usable::parse(&typed.usable);
    if usable.is_none() {
        faults.add("usable", "Choose whether the space can be used");
    }
    let photo = match file {
        FileSent::None => None,
        FileSent::TooLarge => {
            faults.add("photo", "This photo is larger than 10 MB. Choose a smaller one, or send the report without it");
            None
        }
        FileSent::Whole(name, bytes) => match made_safe(&name, bytes) {
            Ok(file) if file.media != Media::Pdf => Some(file),
            Ok(_) | Err(UploadFault::WrongType | UploadFault::TwoThings) => {
                faults.add("photo", NO_PHOTO);
                None
            }
            Err(fault) => {
                faults.add("photo", fault.words());
                None
            }
        },
    };
    let email = match typed.email.trim() {
        "" => None,
        some => faults.take("email", Email::parse(some).map(Some)),
    };
    let report = Report { kind: kind?, usable: usable?, words, photo, booking: None, reporter: None, email };
    faults.is_empty().then_some(report)
}

fn report_page(chrome: Chrome, place: &Place, typed: FaultForm, faults: Faults) -> ReportPage {
    let Place { site, facility, booking } = place;
    // The same text sent again as it is has been warned of.
    let kept = kept_texts([typed.words.as_str()]);
    let typed = FaultForm { kept, ..typed };
    ReportPage {
        chrome,
        faults,
        name: facility.name.clone(),
        place: facility.place(),
        site_name: site.name.clone(),
        site_href: urls::site(&site.slug),
        phone: site.phone.clone(),
        sent: None,
        booking: booking.as_ref().map(|(_, reference)| reference.to_string()),
        kinds: FaultKind::all().map(|one| Choice::new(one.code(), one.words(), one.code() == typed.kind)).collect(),
        usable: Usable::ALL.map(|one| Choice::new(one.code(), one.words(), one.code() == typed.usable)).to_vec(),
        typed,
        action: urls::fault(&site.slug, &facility.slug),
        concern: urls::concern(&site.slug, &facility.slug),
    }
}
