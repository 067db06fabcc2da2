//! What the demo's mail page asks of the outbox.

use crate::store::{Db, StoreError, outbox};

pub use crate::store::outbox::WholeMail;

/// The fifty newest mails.
pub async fn newest(db: &Db) -> Result<Vec<WholeMail>, StoreError> {
    db.read(|conn| outbox::whole(conn, None, 50)).await
}
