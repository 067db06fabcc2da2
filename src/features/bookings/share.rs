//! Sharing a booking with a second organisation: its form, how it stands on the booking's page, and its end from either side.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::cancel::{UndoForm, not_done};
use super::service::{self, Answer, Case, Deed, Means, ShareAnswer, may_give_up, may_leave, may_share};
use crate::domain::ids::Reference;
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "bookings/share.html")]
struct SharePage {
    chrome: Chrome,
    faults: Faults,
    reference: String,
    back: String,
    action: String,
    what: String,
    confidential: bool,
    organisation: String,
    version: i32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareForm {
    version: i32,
    organisation: String,
}

/// How the sharing of a booking stands, for one who looks at it.
pub struct Sharing {
    /// The second organisation.
    pub with: Option<String>,
    /// Where it is shared, for those who may.
    pub share: Option<String>,
    /// Where the sharing ends, for those who may.
    pub end: Option<String>,
    /// Seen by the second organisation's people: whose it is, and the site that may change it.
    pub by: Option<(String, String)>,
}

impl Sharing {
    pub fn of(actor: &Actor, case: &Case, now: Instant) -> Self {
        let (booking, own) = (&case.booking, may_give_up(actor, case));
        let leaves = may_leave(actor, case);
        let end = booking.shared_with.is_some() && (own || leaves);
        Self {
            with: booking.shared_with.as_ref().map(|second| second.name.clone()),
            share: may_share(actor, case, now).then(|| urls::booking_share(&booking.reference)),
            end: end.then(|| urls::booking_share_end(&booking.reference)),
            by: (leaves && !own).then(|| (booking.holder_name().to_owned(), case.site.name.clone())),
        }
    }
}

pub async fn get(state: Shared, path: Path<String>, who: SignedIn, chrome: Chrome) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let now = state.clock.now();
    let view = service::view(&state.db, reference, who.actor.clone(), now).await?;
    let case = view.map(|view| view.case).filter(|case| may_give_up(&who.actor, case)).ok_or(Error::NotFound)?;
    if !may_share(&who.actor, &case, now) {
        return Ok(page::see_other(&urls::booking(&case.booking.reference)));
    }
    page::ok(&share_page(chrome, &case, String::new(), Faults::none()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<ShareForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let mut faults = Faults::none();
    let typed = faults.line("organisation", &form.organisation, "the name or charity number of the organisation", 200);
    let means = Means { now: state.clock.now(), mailer: state.mailer.clone() };
    // What cannot be a name is nobody's, so that the booking is looked up and checked all the same.
    let at = (reference.clone(), form.version);
    let answer = service::share(&state.db, means, who.actor.clone(), at, typed).await?;
    let (case, fault) = match answer {
        ShareAnswer::Done(_) => return Ok(page::done(&urls::booking(&reference), "shared")),
        ShareAnswer::NotFound => return Err(Error::NotFound),
        ShareAnswer::Not(answer) => return not_done(Chrome::of(&request), &state, *answer),
        ShareAnswer::Unknown(case) => (
            case,
            "No approved organisation has that name or number. Check it, or ask them how they are registered here",
        ),
        ShareAnswer::Several(case) => (case, "Several organisations have that name. Enter the charity number instead"),
        ShareAnswer::Own(case) => (case, "It is their booking already. Enter another organisation"),
    };
    // A fault of the field itself stands before what came of it.
    faults.add("organisation", fault);
    page::unprocessable(&share_page(Chrome::of(&request), &case, form.0.organisation, faults))
}

/// Takes the second organisation off, from either side.
pub async fn end(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<UndoForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let means = Means { now: state.clock.now(), mailer: state.mailer.clone() };
    let at = (reference.clone(), form.version);
    match service::act(&state.db, means, who.actor.clone(), at, Deed::EndShare).await? {
        Answer::Done(case) if may_give_up(&who.actor, &case) => {
            Ok(page::done(&urls::booking(&reference), "share-ended"))
        }
        Answer::Done(_) => Ok(page::done(urls::BOOKINGS, "share-left")),
        other => not_done(Chrome::of(&request), &state, other),
    }
}

fn share_page(chrome: Chrome, case: &Case, organisation: String, faults: Faults) -> SharePage {
    let booking = &case.booking;
    SharePage {
        chrome,
        faults,
        reference: booking.reference.to_string(),
        back: urls::booking(&booking.reference),
        action: urls::booking_share(&booking.reference),
        what: format!("{}, {}", case.for_mail().facility_names(), case.for_mail().when_all()),
        confidential: booking.privacy == crate::domain::rules::Privacy::Confidential,
        organisation,
        version: booking.version,
    }
}
