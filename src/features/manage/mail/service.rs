//! The use cases of the mail list: the newest envelopes of a manager's sites, and sending one again.

use crate::chance;
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::store::{Db, StoreError, outbox};

pub use crate::store::outbox::Envelope;

/// The list is no longer than this.
const MOST: i64 = 200;

/// What names a mail in a form; it says nothing about the mail and cannot be guessed.
pub fn key(envelope: &Envelope) -> String {
    chance::hash(&envelope.message_id).chars().take(16).collect()
}

/// The newest envelopes: those of the manager's sites, for administrators all.
pub async fn envelopes(db: &Db, actor: Actor, failed_only: bool) -> Result<Vec<Envelope>, StoreError> {
    db.read(move |conn| outbox::envelopes(conn, actor.managed_sites().as_deref(), failed_only, MOST)).await
}

/// Queues a mail again; `None` when there is none of that key for this person, false when it cannot be sent again.
pub async fn send_again(db: &Db, actor: Actor, key_wanted: String, now: Instant) -> Result<Option<bool>, StoreError> {
    db.write(move |conn| {
        let sites = actor.managed_sites();
        let mut all = outbox::envelopes(conn, sites.as_deref(), false, MOST)?;
        all.extend(outbox::envelopes(conn, sites.as_deref(), true, MOST)?);
        match all.iter().find(|one| key(one) == key_wanted) {
            Some(one) => outbox::send_again(conn, one.id, sites.as_deref(), now).map(Some),
            None => Ok(None),
        }
    })
    .await
}
