//! The use cases of an administrator with people: finding somebody, what stands in the way of their erasure, and the erasure.

use crate::allocation::{self, Circumstances};
use crate::chance::{Chance, person_handle};
use crate::domain::ids::PersonId;
use crate::domain::leaving::{ContactOf, Obstacle};
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::mail::Mailer;
use crate::store::{Conn, Db, StoreError, people, register, sessions};

pub use crate::allocation::EraseAnswer;
pub use crate::store::register::Entry;

/// So many are listed.
pub const MOST: i64 = 100;

/// The handle of an account.
pub fn handle(entry: &Entry) -> String {
    person_handle(entry.id, entry.made_at)
}

pub async fn list(db: &Db, typed: String) -> Result<Vec<Entry>, StoreError> {
    db.read(move |conn| register::like(conn, &typed, MOST)).await
}

/// One person with what they belong to.
#[derive(Debug)]
pub struct View {
    pub entry: Entry,
    pub actor: Actor,
    pub obstacles: Vec<Obstacle>,
}

fn find(conn: &mut Conn, wanted: &str) -> Result<Option<Entry>, StoreError> {
    register::find(conn, |id, made| person_handle(id, made) == wanted)
}

pub async fn view(db: &Db, wanted: String, now: Instant) -> Result<Option<View>, StoreError> {
    db.read(move |conn| {
        let Some(entry) = find(conn, &wanted)? else {
            return Ok(None);
        };
        let Some(actor) = sessions::actor(conn, entry.id, now)? else {
            return Ok(None);
        };
        let obstacles = match people::by_id(conn, entry.id)?.filter(|account| !account.closed) {
            Some(account) => allocation::in_the_way(conn, &account, now)?,
            None => Vec::new(),
        };
        Ok(Some(View { entry, actor, obstacles }))
    })
    .await
}

/// Hands the bookings of somebody over; false when that cannot be.
pub async fn hand_over(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    (wanted, by): (String, PersonId),
    of: ContactOf,
    to: String,
) -> Result<bool, StoreError> {
    db.write(move |conn| {
        let Some(entry) = find(conn, &wanted)? else {
            return Ok(false);
        };
        let circumstances = Circumstances { now, chance: Chance, mailer: &mailer };
        Ok(allocation::make_contact(conn, circumstances, (entry.id, by), &of, &to)?.is_some())
    })
    .await
}

pub async fn erase(
    db: &Db,
    (now, mailer): (Instant, Mailer),
    (wanted, by): (String, PersonId),
) -> Result<EraseAnswer, StoreError> {
    db.write(move |conn| {
        let Some(entry) = find(conn, &wanted)? else {
            return Ok(EraseAnswer::NotFound);
        };
        let circumstances = Circumstances { now, chance: Chance, mailer: &mailer };
        allocation::erase(conn, circumstances, entry.id, Some(by))
    })
    .await
}
