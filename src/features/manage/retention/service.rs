//! The use cases of keeping data: the times as they are set, what would go now, and the going.

use crate::allocation::{self, Circumstances, Removed};
use crate::chance::Chance;
use crate::domain::history::EventKind;
use crate::domain::ids::PersonId;
use crate::domain::retention::{Kept, Times};
use crate::domain::span::Instant;
use crate::mail::Mailer;
use crate::store::events::{self, NewEvent};
use crate::store::{Db, StoreError, settings};

/// The times, when everything was last removed, and how many rows that were.
pub type Standing = (Times, Option<(Instant, i64)>);

pub async fn standing(db: &Db) -> Result<Standing, StoreError> {
    db.read(move |conn| Ok((allocation::retention_times(conn)?, allocation::retention_last_run(conn)?))).await
}

pub async fn save(db: &Db, by: PersonId, times: Vec<(Kept, i32)>, now: Instant) -> Result<(), StoreError> {
    db.write(move |conn| {
        for (kind, days) in &times {
            settings::set(conn, &kind.rule().setting(), &days.to_string())?;
        }
        events::insert(conn, &NewEvent::new(EventKind::RetentionChanged, Some(by)), now)
    })
    .await
}

/// What would go now; everything is as it was afterwards.
pub async fn attempt(db: &Db, (now, mailer): (Instant, Mailer), by: PersonId) -> Result<Removed, StoreError> {
    db.rehearse(move |conn| {
        allocation::remove_all(conn, Circumstances { now, chance: Chance, mailer: &mailer }, Some(by))
    })
    .await
}

pub async fn run(db: &Db, (now, mailer): (Instant, Mailer), by: PersonId) -> Result<Removed, StoreError> {
    db.write(move |conn| allocation::remove_all(conn, Circumstances { now, chance: Chance, mailer: &mailer }, Some(by)))
        .await
}
