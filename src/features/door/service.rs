//! The use cases of a screen: finding it by its address, and what it shows now. Not its words.

use crate::chance::Token;
use crate::domain::door::{Door, USED_EVERY_MINUTES};
use crate::domain::ids::FacilityId;
use crate::domain::span::Instant;
use crate::enquiry::door::door;
use crate::store::{Db, StoreError, doors};

pub use crate::enquiry::door::DoorView;

/// A screen with the change number of its site; `None` where its address is ended, or never was one.
pub async fn open(db: &Db, token: &str, now: Instant) -> Result<Option<(Door, i64)>, StoreError> {
    let Some(token) = Token::parse(token) else {
        return Ok(None);
    };
    let found = db.read(move |conn| doors::by_token(conn, &token.hash())).await?;
    let stale = |door: &Door| door.used_at.is_none_or(|used| used.plus_minutes(USED_EVERY_MINUTES) <= now);
    if let Some((door, _)) = found.as_ref().filter(|(door, _)| stale(door)) {
        let id = door.id;
        // A mark that cannot be written now is written later; the screen goes on.
        if let Err(error) = db.write(move |conn| doors::touch(conn, id, now)).await {
            tracing::warn!("when a screen was last seen cannot be noted: {error}");
        }
    }
    Ok(found)
}

/// What stands on it.
pub async fn view(db: &Db, facility: FacilityId, now: Instant) -> Result<Option<DoorView>, StoreError> {
    db.read(move |conn| door(conn, facility, now)).await
}
