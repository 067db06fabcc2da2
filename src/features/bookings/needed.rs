//! "Is it still needed?": the page that the mail leads to, and the answer. It asks; it cancels nothing.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde::Deserialize;

use super::service::{self, Answer, Case, Deed, Means, may_give_up};
use crate::domain::ids::Reference;
use crate::domain::span::Instant;
use crate::domain::words::counted;
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "bookings/needed.html")]
struct NeededPage {
    chrome: Chrome,
    reference: String,
    back: String,
    action: String,
    dates: String,
    title: String,
    what: String,
    number: String,
    /// The confirmed dates that are still to come, in words.
    ahead: Vec<String>,
    /// Nothing is asked, or it was answered.
    open: bool,
}

/// The answer, and where it was given.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeededForm {
    /// "list" leads back to the list of bookings, "requests" to a manager's.
    #[serde(default)]
    back: String,
}

pub async fn get(state: Shared, path: Path<String>, who: SignedIn, chrome: Chrome) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let now = state.clock.now();
    let view = service::view(&state.db, reference, who.actor.clone(), now).await?;
    let case = view.map(|view| view.case).filter(|case| may_give_up(&who.actor, case)).ok_or(Error::NotFound)?;
    page::ok(&needed_page(chrome, &case, now))
}

pub async fn post(
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<NeededForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let means = Means { now: state.clock.now(), mailer: state.mailer.clone() };
    let at = (reference.clone(), 0);
    match service::act(&state.db, means, who.actor.clone(), at, Deed::StillNeeded).await? {
        Answer::Done(_) => {
            let back = match form.back.as_str() {
                "list" => urls::BOOKINGS.to_owned(),
                "requests" => urls::REQUESTS.to_owned(),
                _ => urls::booking(&reference),
            };
            Ok(page::done(&back, "needed"))
        }
        _ => Err(Error::NotFound),
    }
}

fn needed_page(chrome: Chrome, case: &Case, now: Instant) -> NeededPage {
    let booking = &case.booking;
    let ahead = booking.confirmed_ahead(now);
    NeededPage {
        chrome,
        reference: booking.reference.to_string(),
        back: urls::booking(&booking.reference),
        action: urls::booking_needed(&booking.reference),
        dates: urls::booking_dates(&booking.reference),
        title: booking.purpose.clone(),
        what: format!("{}, {}", case.for_mail().facility_names(), case.for_mail().when_all()),
        number: counted(i64::try_from(ahead.len()).unwrap_or_default(), "date", "dates"),
        ahead: ahead.into_iter().map(|one| case.for_mail().when(one)).collect(),
        open: booking.open_question(now).is_some(),
    }
}
