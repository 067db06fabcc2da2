//! Joining a waiting list from the booking form, with everything that was typed. Not the list itself.

use actix_web::HttpResponse;

use super::draft::{NewBooking, Wanting};
use super::new::{faults_of, judged, refused};
use super::service::{self, Form, JoinAnswer, Means};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::forms::Faults;
use crate::web::page;
use crate::web::state::State;

/// The button "Join the waiting list" of a form that could be read.
pub async fn join(
    state: &State,
    chrome: Chrome,
    who: &SignedIn,
    found: Form,
    typed: NewBooking,
    wanting: Wanting,
) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let mut faults = Faults::none();
    if wanting.draft.organisation().is_none() {
        faults.add("organisation", "Only organisations are on waiting lists. Choose one");
        return refused(chrome, who, &found, typed, faults, now);
    }
    let means = Means { now, mailer: state.mailer.clone() };
    match service::join(&state.db, means, wanting.draft.clone()).await? {
        JoinAnswer::Joined(reference) => Ok(page::done(&urls::waiting(&reference), "waiting")),
        JoinAnswer::Before(reference) => Ok(page::done(&urls::waiting(&reference), "waiting-before")),
        // It has become free in between: they may have it now.
        JoinAnswer::Free => {
            let typed = NewBooking { step: "check".to_owned(), ..typed };
            judged(state, chrome, who, found, typed, wanting.draft, wanting.session).await
        }
        JoinAnswer::Refused(refusals) => {
            let faults = faults_of(&refusals, &found);
            refused(chrome, who, &found, typed, faults, now)
        }
        JoinAnswer::TooMany(most) => {
            faults.add("from", format!("Your organisation waits for {most} times already. Leave another list first"));
            refused(chrome, who, &found, typed, faults, now)
        }
        JoinAnswer::NoSuchPlace | JoinAnswer::NotAllowed => Err(Error::NotFound),
    }
}
