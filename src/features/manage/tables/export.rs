//! What there is as CSV files, one a kind. Taking one is written down in the history, so it is a form and not a link.

use actix_web::HttpResponse;
use actix_web::web::Bytes;
use askama::Template;
use futures_util::stream;
use serde::Deserialize;

use super::service;
use crate::domain::ids::BookingId;
use crate::domain::tables::TableKind;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExportForm {
    kind: String,
}

#[derive(Template)]
#[template(path = "manage/tables/export.html")]
struct ExportPage {
    chrome: Chrome,
    administrator: bool,
    /// Code and words.
    kinds: Vec<(&'static str, &'static str)>,
    action: &'static str,
    import: &'static str,
    manage: &'static str,
}

pub async fn get(who: Manager, chrome: Chrome) -> Result<HttpResponse, Error> {
    let kinds = TableKind::ALL.into_iter().filter(|kind| service::may(&who.actor, *kind));
    page::ok(&ExportPage {
        chrome,
        administrator: who.actor.administrator,
        kinds: kinds.map(|kind| (kind.code(), kind.words())).collect(),
        action: urls::MANAGE_EXPORT,
        import: urls::MANAGE_IMPORT,
        manage: urls::MANAGE,
    })
}

pub async fn post(state: Shared, who: Manager, form: ProtectedForm<ExportForm>) -> Result<HttpResponse, Error> {
    let kind = TableKind::parse(&form.kind).filter(|kind| service::may(&who.actor, *kind)).ok_or(Error::NotFound)?;
    service::note_export(&state.db, &who.actor, kind, state.clock.now()).await?;
    let sites = who.actor.managed_sites();
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/csv; charset=utf-8")
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{}\"", kind.file_name())));
    if kind != TableKind::Bookings {
        return Ok(response.body(service::file(&state.db, sites, kind).await?));
    }
    // However many there are, only one page of them is in memory.
    let pages = stream::try_unfold(Some(None::<BookingId>), move |after| {
        let (state, sites) = (state.clone(), sites.clone());
        async move {
            let Some(after) = after else {
                return Ok::<_, Error>(None);
            };
            let (text, last) = service::booking_page(&state.db, sites, after).await?;
            Ok(Some((Bytes::from(text), last.map(Some))))
        }
    });
    Ok(response.streaming(pages))
}
