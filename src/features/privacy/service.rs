//! One's own data as one text, one's own erasure, and who looked at a booking. Whoever asks for the first two says their password again.

use chrono_tz::Europe::London;

use crate::allocation;
use crate::domain::history::EventKind;
use crate::domain::history_search::{Narrow, Scope};
use crate::domain::ids::{PersonId, Reference, SessionId};
use crate::domain::leaving::{ContactOf, Obstacle};
use crate::domain::own_data::{Section, as_json};
use crate::domain::policy::{Actor, audience};
use crate::domain::redaction::Audience;
use crate::domain::rules::Privacy;
use crate::domain::span::Instant;
use crate::domain::words::date_and_clock;
use crate::error::Error;
use crate::store::events::{self, NewEvent};
use crate::store::{Conn, StoreError, bookings, history, links, own_data, people, sessions, sites, views};
use crate::web::state::State;

pub use crate::allocation::EraseAnswer;
pub use crate::store::views::Look;

/// So many wrong passwords, and no more are looked at for a while.
const MOST_FAILURES: i64 = 10;
pub const FAILURE_MINUTES: i64 = 15;
/// Somebody without a password has to have signed in so lately.
pub const FRESH_MINUTES: i64 = 15;
/// The history of a person is not longer than this in a download.
const MOST_LINES: i64 = 10_000;
const MOST_LOOKS: i64 = 500;

/// Whether it is really them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    Right,
    Wrong,
    TooMany,
    /// They have no password, and signed in too long ago.
    SignInAgain,
}

/// Whether somebody has a password at all.
pub async fn has_password(state: &State, person: PersonId) -> Result<bool, Error> {
    let account = state.db.read(move |conn| people::by_id(conn, person)).await?;
    Ok(account.is_some_and(|account| account.password_hash.is_some()))
}

/// Looks at a password that is typed again; each try counts, as at the door.
pub async fn check(
    state: &State,
    (person, session): (PersonId, SessionId),
    typed: &str,
    idle_since: Instant,
) -> Result<Checked, Error> {
    let now = state.clock.now();
    let known = state.db.write(move |conn| {
        let Some(account) = people::by_id(conn, person)? else {
            return Ok(None);
        };
        if account.password_hash.is_none() {
            let lines = sessions::of_person(conn, person, idle_since, now)?;
            let own = lines.into_iter().find(|line| line.id == session);
            let fresh = own.is_some_and(|line| now.minutes_since(line.created_at) < FRESH_MINUTES);
            return Ok(Some(Err(if fresh { Checked::Right } else { Checked::SignInAgain })));
        }
        let limit = (MOST_FAILURES, FAILURE_MINUTES);
        if links::failures_wait(conn, account.email.as_str(), limit, now)?.is_some() {
            return Ok(Some(Err(Checked::TooMany)));
        }
        links::record_failure(conn, account.email.as_str(), now)?;
        Ok(Some(Ok(account)))
    });
    let account = match known.await? {
        None => return Ok(Checked::Wrong),
        Some(Err(checked)) => return Ok(checked),
        Some(Ok(account)) => account,
    };
    if !state.passwords.fits(typed, account.password_hash.as_deref()).await? {
        return Ok(Checked::Wrong);
    }
    state.db.write(move |conn| links::forget_failures(conn, account.email.as_str())).await?;
    Ok(Checked::Right)
}

/// Everything that is held about somebody, as JSON; that they took it is written down.
pub async fn download(state: &State, actor: Actor) -> Result<String, Error> {
    let now = state.clock.now();
    let text = state.db.write(move |conn| {
        let mut sections = own_data::sections(conn, actor.person, &actor.email)?;
        sections.push(own_history(conn, &actor)?);
        let kind = EventKind::DataTaken;
        let person = Some(actor.person);
        events::insert(conn, &NewEvent { person, ..NewEvent::new(kind, person) }, now)?;
        let head = [
            ("what this is", "Everything that Alcove holds about you. Dates are those of London.".to_owned()),
            ("made", date_and_clock(London, now)),
            ("not in it", "What was told to safeguarding leads. What others are called, beside you.".to_owned()),
        ];
        Ok(as_json(&head, &sections))
    });
    Ok(text.await?)
}

fn own_history(conn: &mut Conn, actor: &Actor) -> Result<Section, StoreError> {
    let lines = history::lines(conn, &Scope::Person(actor.person), &Narrow::default(), (0, MOST_LINES))?;
    let things = lines.into_iter().map(|line| {
        let by = match &line.actor {
            Some((id, _)) if *id == actor.person => "you",
            Some(_) => "somebody else",
            None => "by itself",
        };
        vec![
            ("at", date_and_clock(London, line.at)),
            ("what", line.kind.words().to_owned()),
            ("by", by.to_owned()),
            ("booking", line.booking.map_or_else(String::new, |one| one.reference.to_string())),
            ("place", line.facility.or(line.site.map(|(name, _)| name)).unwrap_or_default()),
        ]
    });
    Ok(Section::new("history", things.collect()))
}

/// What stands in the way of one's own erasure.
pub async fn in_the_way(state: &State, person: PersonId) -> Result<Vec<Obstacle>, Error> {
    let now = state.clock.now();
    let found = state.db.read(move |conn| match people::by_id(conn, person)? {
        Some(account) => allocation::in_the_way(conn, &account, now),
        None => Ok(Vec::new()),
    });
    Ok(found.await?)
}

/// Hands one's own bookings to come over to somebody; false when that cannot be.
pub async fn hand_over(state: &State, person: PersonId, of: ContactOf, to: String) -> Result<bool, Error> {
    let shared = state.clone();
    let done = state
        .db
        .write(move |conn| allocation::make_contact(conn, shared.circumstances(), (person, person), &of, &to))
        .await?;
    Ok(done.is_some())
}

/// Erases oneself.
pub async fn erase(state: &State, person: PersonId) -> Result<EraseAnswer, Error> {
    let shared = state.clone();
    Ok(state.db.write(move |conn| allocation::erase(conn, shared.circumstances(), person, Some(person))).await?)
}

/// Who looked at a booking, for those who may see all of it.
#[derive(Debug)]
pub struct Looks {
    pub confidential: bool,
    pub zone: chrono_tz::Tz,
    pub looks: Vec<Look>,
}

pub async fn looks(state: &State, actor: Actor, reference: Reference) -> Result<Option<Looks>, Error> {
    let found = state.db.read(move |conn| {
        let Some(booking) = bookings::by_reference(conn, &reference)? else {
            return Ok(None);
        };
        let second = booking.shared_with.as_ref().map(|one| one.id);
        if audience(Some(&actor), booking.site, (booking.organisation_id(), second)) != Audience::Insider {
            return Ok(None);
        }
        let zone = sites::by_id(conn, booking.site)?.map_or(London, |site| site.zone);
        let looks = views::of_booking(conn, booking.id, MOST_LOOKS)?;
        Ok(Some(Looks { confidential: booking.privacy == Privacy::Confidential, zone, looks }))
    });
    Ok(found.await?)
}
