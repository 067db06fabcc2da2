//! The only place that knows diesel: rows stay inside, domain types come out. This file is the way in: reading, writing and errors.

pub mod conn;
pub mod engine;
pub mod error;
mod migrations;
pub mod schema;
pub mod schema_accounts;
pub mod schema_cafe;
pub mod schema_doors;
pub mod schema_extras;
pub mod schema_faults;
pub mod schema_feeds;
pub mod schema_importing;
pub mod schema_privacy;
pub mod schema_reception;
pub mod schema_rota;

pub mod alone;
pub mod arrivals;
pub mod attempts;
pub mod attendance;
pub mod availability;
pub mod backup;
pub mod blocks;
pub mod bookings;
pub mod bulk;
pub mod care;
pub mod changes;
pub mod closing;
pub mod concerns;
pub mod day_sheet;
pub mod devices;
pub mod doors;
pub mod drop_ins;
pub mod duties;
pub mod erasure;
pub mod events;
pub mod exports;
pub mod extras;
pub mod facilities;
pub mod faults;
pub mod feeds;
pub mod funding;
pub mod handover;
pub mod history;
pub mod holders;
pub mod import_drafts;
pub mod inductions;
pub mod jobs;
pub mod keys;
pub mod leaving;
pub mod links;
pub mod named;
pub mod needed;
pub mod news;
pub mod notices;
pub mod occupancies;
pub mod occurrences;
pub mod openers;
pub mod organisations;
pub mod outbox;
pub mod own_data;
pub mod papers;
pub mod particulars;
pub mod people;
pub mod plot_line;
pub mod plots;
mod price;
pub mod proposals;
pub mod rates;
pub mod register;
pub mod reports;
pub mod retention;
pub mod safety;
pub mod second_factor;
pub mod sessions;
pub mod settings;
pub mod share;
pub mod sites;
pub mod slots;
pub mod statement;
mod states;
pub mod submissions;
pub mod tenancies;
pub mod terms;
mod units;
pub mod unused;
pub mod views;
pub mod waiting;
pub mod wipe;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::r2d2::Pool;
use tokio::sync::Semaphore;

use crate::domain::viewing::Viewing;

pub use conn::{Conn, DatabaseUrl};
pub use error::StoreError;

use conn::{Manager, Purpose, in_transaction};

const READERS: u32 = 4;
/// How many writers work side by side where the engine allows more than one.
const WRITERS: u32 = 8;
const WAIT: Duration = Duration::from_secs(5);
const TRIES: usize = 3;
/// More looks than this do not wait; a chore writes them down every few seconds.
const MOST_SEEN: usize = 10_000;

/// The database, shared by everything that serves. Cloning is cheap.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    readers: Pool<Manager>,
    writers: Writers,
    turn: Semaphore,
    queries: Arc<AtomicU64>,
    url: DatabaseUrl,
    /// Looks at bookings that wait to be written down.
    seen: Mutex<Vec<Viewing>>,
}

enum Writers {
    One(Mutex<Conn>),
    Many(Pool<Manager>),
}

impl Db {
    /// Opens the database and brings it up to the program.
    ///
    /// # Errors
    /// `Unavailable`, with words for the person who set `DATABASE_URL`.
    pub fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let queries = Arc::new(AtomicU64::new(0));
        let manager = |purpose| Manager { url: url.clone(), purpose, queries: Arc::clone(&queries) };
        let mut first = manager(Purpose::Writing).open()?;
        migrations::apply(&mut first)?;
        let (writers, turns) = match url {
            DatabaseUrl::Sqlite(_) => (Writers::One(Mutex::new(first)), 1),
            DatabaseUrl::Postgres(_) => (Writers::Many(pool(manager(Purpose::Writing), WRITERS)?), WRITERS),
        };
        let readers = pool(manager(Purpose::Reading), READERS)?;
        let turn = Semaphore::new(usize::try_from(turns).unwrap_or(1));
        Ok(Self {
            inner: Arc::new(Inner { readers, writers, turn, queries, url: url.clone(), seen: Mutex::default() }),
        })
    }

    pub fn url(&self) -> &DatabaseUrl {
        &self.inner.url
    }

    /// How many connections that read, and how many that write, are at work.
    pub fn in_use(&self) -> (u32, u32) {
        let readers = self.inner.readers.state();
        let turns = if matches!(self.inner.writers, Writers::One(_)) { 1 } else { WRITERS };
        let free = u32::try_from(self.inner.turn.available_permits()).unwrap_or(turns);
        (readers.connections.saturating_sub(readers.idle_connections), turns.saturating_sub(free))
    }

    /// How many queries there have been, transaction control and locks left out.
    pub fn queries(&self) -> u64 {
        self.inner.queries.load(Ordering::Relaxed)
    }

    /// Runs a closure that reads, on the blocking pool.
    ///
    /// # Errors
    /// The closure's own, or `Unavailable`.
    pub async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    {
        let db = self.clone();
        joined(tokio::task::spawn_blocking(move || db.read_now(work)).await)
    }

    /// Runs a closure in one transaction, on the blocking pool. Writers wait here for their turn, not on a thread.
    /// A clash or a deadlock rolls everything back and runs the closure again, at most three times in all.
    ///
    /// # Errors
    /// The closure's own, or `Unavailable` when no turn came within five seconds.
    pub async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    {
        let turn = tokio::time::timeout(WAIT, self.inner.turn.acquire()).await;
        let Ok(Ok(_turn)) = turn else {
            return Err(StoreError::Unavailable("too many are writing".to_owned()));
        };
        let db = self.clone();
        joined(tokio::task::spawn_blocking(move || db.write_now(work)).await)
    }

    /// Notes that somebody opened a page of a booking, without any writing: [`Db::write_views`] does that later.
    pub fn note_view(&self, viewing: Viewing) {
        let mut seen = self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |one: &Viewing| one.booking == viewing.booking && one.person == viewing.person;
        if seen.len() < MOST_SEEN && !seen.iter().any(same) {
            seen.push(viewing);
        }
    }

    /// Writes down the looks that wait, in one transaction; what fails waits on. Says how many were kept.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn write_views(&self) -> Result<usize, StoreError> {
        let seen = std::mem::take(&mut *self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner));
        if seen.is_empty() {
            return Ok(0);
        }
        self.write_now(|conn| views::write(conn, &seen)).inspect_err(|_| {
            self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner).extend(seen.iter().cloned());
        })
    }

    /// Does a piece of writing and takes all of it back, so that what it would do can be told.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn rehearse_now<T>(&self, mut work: impl FnMut(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut done = None;
        let ended = self.write_now(|conn| {
            done = Some(work(conn)?);
            Err::<(), _>(StoreError::Rehearsed)
        });
        match (ended, done) {
            (Err(StoreError::Rehearsed), Some(done)) => Ok(done),
            (Err(error), _) => Err(error),
            (Ok(()), _) => Err(StoreError::Rehearsed),
        }
    }

    /// As [`Db::rehearse_now`], on the blocking pool.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn rehearse<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    {
        let turn = tokio::time::timeout(WAIT, self.inner.turn.acquire()).await;
        let Ok(Ok(_turn)) = turn else {
            return Err(StoreError::Unavailable("too many are writing".to_owned()));
        };
        let db = self.clone();
        joined(tokio::task::spawn_blocking(move || db.rehearse_now(work)).await)
    }

    /// As [`Db::read`], on this thread: for chores and the command line.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn read_now<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        work(&mut *self.inner.readers.get()?)
    }

    /// As [`Db::write`], on this thread.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn write_now<T>(&self, mut work: impl FnMut(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut once = || match &self.inner.writers {
            Writers::One(conn) => in_transaction(&mut conn.lock().unwrap_or_else(PoisonError::into_inner), &mut work),
            Writers::Many(pool) => in_transaction(&mut *pool.get()?, &mut work),
        };
        let mut tried = 1;
        loop {
            match once() {
                Err(StoreError::Overlap | StoreError::TryAgain | StoreError::Duplicate) if tried < TRIES => tried += 1,
                done => return done,
            }
        }
    }
}

fn pool(manager: Manager, size: u32) -> Result<Pool<Manager>, StoreError> {
    Ok(Pool::builder().max_size(size).connection_timeout(WAIT).test_on_check_out(false).build(manager)?)
}

fn joined<T>(done: Result<Result<T, StoreError>, tokio::task::JoinError>) -> Result<T, StoreError> {
    done.unwrap_or_else(|error| Err(StoreError::Unavailable(error.to_string())))
}
