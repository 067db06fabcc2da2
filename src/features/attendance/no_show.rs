//! Reception notes that nobody came, or takes that back. It has no page of its own.

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde::Deserialize;

use super::service::{self, NoShowAnswer};
use crate::domain::ids::{Reference, Slug};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::csrf::ProtectedForm;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoShowForm {
    /// The date whose page it is sent from.
    #[serde(default)]
    day: String,
    reference: String,
    date: i32,
    /// "nobody", or "came" to take it back.
    act: String,
}

pub async fn post(
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<NoShowForm>,
) -> Result<HttpResponse, Error> {
    let site = Slug::parse(&path).ok_or(Error::NotFound)?;
    let reference = Reference::parse(&form.reference).ok_or(Error::NotFound)?;
    let came = match form.act.as_str() {
        "nobody" => false,
        "came" => true,
        _ => return Err(Error::NotFound),
    };
    let back = urls::reception(&site, form.day.parse().ok());
    let means = (state.clock.now(), state.mailer.clone());
    let what = (reference, form.date, came);
    match service::note_no_show(&state.db, means, (who.actor.clone(), site), what).await? {
        NoShowAnswer::NotFound => Err(Error::NotFound),
        NoShowAnswer::Done if came => Ok(page::done(&back, "note-taken-back")),
        NoShowAnswer::Done => Ok(page::done(&back, "no-show")),
        NoShowAnswer::NotPossible => Ok(page::done(&back, "not-noted")),
    }
}
