//! The use cases of files: looking at one and keeping it, importing it, and writing what there is as one.

use crate::allocation::{self, Importer};
use crate::chance;
use crate::domain::history::EventKind;
use crate::domain::ids::{BookingId, SiteId};
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::domain::tables::bookings::BookingLine;
use crate::domain::tables::facilities::FacilityLine;
use crate::domain::tables::organisations::OrganisationLine;
use crate::domain::tables::people::PersonLine;
use crate::domain::tables::sites::SiteLine;
use crate::domain::tables::{TableKind, write};
use crate::enquiry::tables as lines;
use crate::store::events::{self, NewEvent};
use crate::store::{Db, StoreError, import_drafts, submissions};
use crate::web::state::State;

pub use crate::allocation::ImportReport;

/// Whether somebody may have files of a kind: managers those of their sites.
pub fn may(actor: &Actor, kind: TableKind) -> bool {
    actor.administrator || (actor.is_manager() && kind.is_of_a_site())
}

fn importer(actor: &Actor, tells: bool) -> Importer {
    Importer { person: Some(actor.person), sites: actor.managed_sites(), tells }
}

/// What would come of a file, and the token by which it is imported; none where something is to be put right first.
pub async fn look(
    state: &State,
    actor: Actor,
    kind: TableKind,
    bytes: Vec<u8>,
) -> Result<(ImportReport, Option<String>), StoreError> {
    let (now, token) = (state.clock.now(), state.chance.token());
    let (own, by) = (bytes.clone(), importer(&actor, false));
    let report = state.db.read(move |conn| allocation::look_at_file(conn, now, &by, (kind, &own))).await?;
    if !report.problems.is_empty() || report.new == 0 {
        return Ok((report, None));
    }
    let hash = token.hash();
    state.db.write(move |conn| import_drafts::keep(conn, (&hash, actor.person), (kind, &bytes), now)).await?;
    Ok((report, Some(token.reveal().to_owned())))
}

/// What became of a file.
#[derive(Debug)]
pub enum Imported {
    /// All of it is there; or it was before, by the same button.
    Done,
    /// Something has changed since it was looked at.
    Problems(TableKind, ImportReport),
    /// Another was looked at since, or it waited for too long.
    Gone,
}

/// Imports the file that was looked at: all of it or nothing.
pub async fn import(state: &State, actor: Actor, token: String, tells: bool) -> Result<Imported, StoreError> {
    let shared = state.clone();
    let by = importer(&actor, tells);
    let done = state.db.write(move |conn| {
        let (circumstances, hash) = (shared.circumstances(), chance::hash(&token));
        let nonce = chance::nonce_hash("import", actor.person, &token);
        if submissions::result(conn, &nonce, actor.person)?.is_some() {
            return Ok(Imported::Done);
        }
        let Some((kind, bytes)) = import_drafts::find(conn, &hash, actor.person)? else {
            return Ok(Imported::Gone);
        };
        let report = allocation::import_file(conn, circumstances, &by, (kind, &bytes))?;
        if !report.problems.is_empty() {
            return Ok(Imported::Problems(kind, report));
        }
        submissions::record(conn, &nonce, actor.person, kind.code(), circumstances.now)?;
        import_drafts::remove(conn, &hash)?;
        Ok(Imported::Done)
    });
    done.await
}

/// Writes down that somebody took a file of a kind; the number is the kind's place in the order of all.
pub async fn note_export(db: &Db, actor: &Actor, kind: TableKind, now: Instant) -> Result<(), StoreError> {
    let number = TableKind::ALL.iter().position(|one| *one == kind).and_then(|place| i64::try_from(place + 1).ok());
    let event = NewEvent { number, ..NewEvent::new(EventKind::Exported, Some(actor.person)) };
    db.write(move |conn| events::insert(conn, &event, now)).await
}

/// Everything of a kind but bookings, which come page by page.
pub async fn file(db: &Db, sites: Option<Vec<SiteId>>, kind: TableKind) -> Result<String, StoreError> {
    db.read(move |conn| {
        let within = sites.as_deref();
        let cells: Vec<Vec<String>> = match kind {
            TableKind::Sites => lines::site_lines(conn, within)?.iter().map(SiteLine::cells).collect(),
            TableKind::Facilities => lines::facility_lines(conn, within)?.iter().map(FacilityLine::cells).collect(),
            TableKind::Organisations => lines::organisation_lines(conn)?.iter().map(OrganisationLine::cells).collect(),
            TableKind::People => lines::person_lines(conn)?.iter().map(PersonLine::cells).collect(),
            TableKind::Bookings => Vec::new(),
        };
        Ok(write(kind, cells, true))
    })
    .await
}

/// The next page of bookings after one, with the heading before the first; and after which the next begins, if there is one.
pub async fn booking_page(
    db: &Db,
    sites: Option<Vec<SiteId>>,
    after: Option<BookingId>,
) -> Result<(String, Option<BookingId>), StoreError> {
    db.read(move |conn| {
        let (page, last) = lines::booking_lines(conn, sites.as_deref(), after.unwrap_or(BookingId::new(0)))?;
        let text = write(TableKind::Bookings, page.iter().map(BookingLine::cells), after.is_none());
        Ok((text, last))
    })
    .await
}
