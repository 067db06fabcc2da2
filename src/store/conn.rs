//! The connection over both engines, how it is opened and how a transaction begins. Not what is asked through it.
#![expect(missing_docs, reason = "the derive writes items that carry no words")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::{AnsiTransactionManager, InstrumentationEvent, SimpleConnection, TransactionManager};
use diesel::r2d2::{ManageConnection, R2D2Connection};
use diesel::{Connection, MultiConnection, SqliteConnection};

use super::StoreError;

/// One connection, to whichever engine `DATABASE_URL` names.
#[derive(MultiConnection)]
pub enum Conn {
    Sqlite(SqliteConnection),
    #[cfg(feature = "postgres")]
    Postgres(diesel::PgConnection),
}

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// The file's path.
    Sqlite(String),
    Postgres(String),
}

impl DatabaseUrl {
    /// Reads `sqlite://path` or `postgres://…`.
    ///
    /// # Errors
    /// Says what is wrong, for the person who set it.
    pub fn parse(url: &str) -> Result<Self, String> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            if path.is_empty() || path.contains(['?', '\0']) {
                return Err("name a file behind sqlite://, like sqlite://alcove.db".to_owned());
            }
            return Ok(Self::Sqlite(path.to_owned()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return if cfg!(feature = "postgres") {
                Ok(Self::Postgres(url.to_owned()))
            } else {
                Err("this program was built without PostgreSQL; build it with --features postgres".to_owned())
            };
        }
        Err("it must begin with sqlite:// or postgres://".to_owned())
    }

    /// The same without a password, for messages.
    pub fn shown(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite://{path}"),
            Self::Postgres(url) => {
                let rest = url.split_once('@').map_or(url.as_str(), |(_, rest)| rest);
                format!("postgres://…@{rest}")
            }
        }
    }
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Reading,
    Writing,
}

/// Opens connections for the pools.
#[derive(Debug)]
pub struct Manager {
    pub url: DatabaseUrl,
    pub purpose: Purpose,
    /// Counts queries, transaction control left out.
    pub queries: Arc<AtomicU64>,
}

impl Manager {
    /// Opens one connection and prepares it for its purpose.
    ///
    /// # Errors
    /// The engine's own.
    pub fn open(&self) -> Result<Conn, StoreError> {
        let mut conn = match &self.url {
            DatabaseUrl::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(path)?;
                conn.batch_execute(match self.purpose {
                    Purpose::Writing => {
                        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000;"
                    }
                    Purpose::Reading => {
                        "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA query_only = ON; PRAGMA cache_size = -4000;"
                    }
                })?;
                Conn::Sqlite(conn)
            }
            #[cfg(feature = "postgres")]
            DatabaseUrl::Postgres(url) => Conn::Postgres(diesel::PgConnection::establish(url)?),
            #[cfg(not(feature = "postgres"))]
            DatabaseUrl::Postgres(_) => return Err(StoreError::Unavailable("built without PostgreSQL".to_owned())),
        };
        let queries = Arc::clone(&self.queries);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            match event {
                InstrumentationEvent::StartQuery { .. } => queries.fetch_add(1, Ordering::Relaxed),
                // Transaction control comes as a query too, and is not one.
                InstrumentationEvent::BeginTransaction { .. }
                | InstrumentationEvent::CommitTransaction { .. }
                | InstrumentationEvent::RollbackTransaction { .. } => queries.fetch_sub(1, Ordering::Relaxed),
                _ => 0,
            };
        });
        Ok(conn)
    }
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = StoreError;

    fn connect(&self) -> Result<Conn, StoreError> {
        self.open()
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), StoreError> {
        conn.batch_execute("SELECT 1").map_err(StoreError::from)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        R2D2Connection::is_broken(conn)
    }
}

/// Runs `work` in one transaction that takes the write lock at once, so that it never finds the database locked half-way.
///
/// # Errors
/// The work's own, after everything has been rolled back; or the engine's.
pub fn in_transaction<T>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    begin(conn)?;
    match work(conn) {
        Ok(value) => {
            if let Err(error) = commit(conn) {
                let _ = roll_back(conn);
                return Err(error.into());
            }
            Ok(value)
        }
        Err(error) => {
            roll_back(conn)?;
            Err(error)
        }
    }
}

fn begin(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => AnsiTransactionManager::begin_transaction(conn),
    }
}

fn commit(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::commit_transaction(conn),
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => AnsiTransactionManager::commit_transaction(conn),
    }
}

fn roll_back(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::rollback_transaction(conn),
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => AnsiTransactionManager::rollback_transaction(conn),
    }
}
