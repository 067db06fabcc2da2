//! The list of envelopes, with a button to send one again.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Europe::London;
use serde::Deserialize;

use super::service::{self, Envelope};
use crate::domain::span::Instant;
use crate::domain::words::{counted, date_and_clock, rough_length};
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::page;
use crate::web::state::{Shared, State};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Show {
    show: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgainForm {
    key: String,
    #[serde(default)]
    show: String,
}

#[derive(Template)]
#[template(path = "manage/mail/list.html")]
struct ListPage {
    chrome: Chrome,
    notice: Option<&'static str>,
    sends_mail: bool,
    administrator: bool,
    failed_only: bool,
    show: &'static str,
    envelopes: Vec<EnvelopeRow>,
    action: &'static str,
    manage: &'static str,
}

struct EnvelopeRow {
    key: String,
    kind: &'static str,
    to: String,
    state: &'static str,
    words: &'static str,
    tried: String,
    queued: String,
    error: String,
    may_resend: bool,
}

pub async fn get(state: Shared, query: Query<Show>, who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    page::ok(&list_page(chrome, &state, &who, query.show == "failed").await?)
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    who: Manager,
    form: ProtectedForm<AgainForm>,
) -> Result<HttpResponse, Error> {
    let AgainForm { key, show } = form.0;
    let failed_only = show == "failed";
    let sent = service::send_again(&state.db, who.actor.clone(), key, state.clock.now()).await?;
    if sent.ok_or(Error::NotFound)? {
        return Ok(page::done(&path(failed_only), "queued"));
    }
    let page = list_page(Chrome::of(&request), &state, &who, failed_only).await?;
    let notice = Some("It cannot be sent again: it waits already, or its text was erased. Nothing was changed.");
    page::with_status(StatusCode::CONFLICT, &ListPage { notice, ..page })
}

fn path(failed_only: bool) -> String {
    let query = if failed_only { "?show=failed" } else { "" };
    format!("{}{query}", urls::MANAGE_MAIL)
}

async fn list_page(chrome: Chrome, state: &State, who: &Manager, failed_only: bool) -> Result<ListPage, Error> {
    let now = state.clock.now();
    let envelopes = service::envelopes(&state.db, who.actor.clone(), failed_only).await?;
    Ok(ListPage {
        chrome,
        notice: None,
        sends_mail: state.sends_mail,
        administrator: who.actor.administrator,
        failed_only,
        show: if failed_only { "failed" } else { "" },
        envelopes: envelopes.iter().map(|one| row(one, now)).collect(),
        action: urls::MANAGE_MAIL,
        manage: urls::MANAGE,
    })
}

fn row(envelope: &Envelope, now: Instant) -> EnvelopeRow {
    let (state, words) = match envelope.state.as_str() {
        "delivered" => ("confirmed", "Sent"),
        "failed" => ("declined", "Not delivered"),
        "dropped" => ("cancelled", "Not sent, overtaken"),
        _ if 0 < envelope.attempts => ("requested", "Trying again"),
        _ => ("requested", "Waiting"),
    };
    let again = (envelope.state == "queued" && now < envelope.next_at)
        .then(|| format!(", again in {}", rough_length(envelope.next_at.minutes_since(now))));
    let tried = match envelope.attempts {
        0 => "not tried yet".to_owned(),
        times => counted(times.into(), "try", "tries"),
    };
    EnvelopeRow {
        key: service::key(envelope),
        kind: envelope.kind.words(),
        to: envelope.to.masked(),
        state,
        words,
        tried: format!("{tried}{}", again.unwrap_or_default()),
        queued: date_and_clock(London, envelope.created_at),
        error: without_addresses(&envelope.last_error),
        may_resend: envelope.may_resend,
    }
}

/// Mail servers repeat the address that they refuse; the list shows none in full.
fn without_addresses(error: &str) -> String {
    let words = error.split_whitespace().map(|word| if word.contains('@') { "(address)" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_no_address() {
        assert_eq!(without_addresses("550 <rob@x.test>: unknown"), "550 (address) unknown");
    }
}
