//! The use cases of the statements: what is filled in, and filling it in.

use crate::domain::history::EventKind;
use crate::domain::ids::PersonId;
use crate::domain::instance_words::InstanceWords;
use crate::domain::span::Instant;
use crate::store::events::{self, NewEvent};
use crate::store::{Db, StoreError, settings};

pub async fn words(db: &Db) -> Result<InstanceWords, StoreError> {
    db.read(|conn| {
        let set = settings::beginning(conn, "statement/")?;
        Ok(InstanceWords::from_settings(|name| set.iter().find(|(one, _)| one == name).map(|(_, text)| text.clone())))
    })
    .await
}

/// Writes each by the name of its setting.
pub async fn save(db: &Db, by: PersonId, typed: Vec<(String, String)>, now: Instant) -> Result<(), StoreError> {
    db.write(move |conn| {
        for (name, text) in &typed {
            settings::set(conn, name, text)?;
        }
        events::insert(conn, &NewEvent::new(EventKind::StatementChanged, Some(by)), now)
    })
    .await
}
