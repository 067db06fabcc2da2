//! Bringing a database up to the program, and refusing one that is newer. Not the statements themselves: those are in `migrations/`.

use diesel::migration::{MigrationSource, MigrationVersion};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::StoreError;
use super::conn::Conn;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
#[cfg(feature = "postgres")]
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Applies what is missing and says how many migrations that were.
///
/// # Errors
/// `Unavailable` when the database is newer than the program, or when a migration fails.
pub fn apply(conn: &mut Conn) -> Result<usize, StoreError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Unavailable(error.to_string());
    match conn {
        Conn::Sqlite(conn) => {
            let known = versions::<diesel::sqlite::Sqlite>(&SQLITE).map_err(failed)?;
            refuse_newer(&conn.applied_migrations().map_err(failed)?, &known)?;
            Ok(conn.run_pending_migrations(SQLITE).map_err(failed)?.len())
        }
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => {
            // Copies that start together take turns; the lock goes with the session's next statement pair below.
            use diesel::connection::SimpleConnection;
            conn.batch_execute("SELECT pg_advisory_lock(7203640)")?;
            let known = versions::<diesel::pg::Pg>(&POSTGRES).map_err(failed)?;
            let done = conn
                .applied_migrations()
                .map_err(failed)
                .and_then(|applied| refuse_newer(&applied, &known))
                .and_then(|()| Ok(conn.run_pending_migrations(POSTGRES).map_err(failed)?.len()));
            conn.batch_execute("SELECT pg_advisory_unlock(7203640)")?;
            done
        }
    }
}

/// The versions of all migrations of the embedded engine, in order.
///
/// # Errors
/// When the program was put together wrongly.
pub(super) fn known() -> diesel::migration::Result<Vec<String>> {
    versions::<diesel::sqlite::Sqlite>(&SQLITE)
}

/// Applies these of the embedded engine's to an empty database.
///
/// # Errors
/// When one fails.
pub(super) fn apply_these(conn: &mut diesel::SqliteConnection, wanted: &[String]) -> diesel::migration::Result<()> {
    let all = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE)?;
    // Asking what it has makes the table in which it says so.
    conn.applied_migrations()?;
    for migration in all.iter().filter(|one| wanted.contains(&one.name().version().to_string())) {
        conn.run_migration(migration)?;
    }
    Ok(())
}

fn versions<DB: diesel::backend::Backend>(source: &EmbeddedMigrations) -> diesel::migration::Result<Vec<String>> {
    let migrations = MigrationSource::<DB>::migrations(source)?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

fn refuse_newer(applied: &[MigrationVersion<'_>], known: &[String]) -> Result<(), StoreError> {
    match applied.iter().find(|version| !known.contains(&version.to_string())) {
        Some(version) => Err(StoreError::Unavailable(format!(
            "the database is newer than this program (it has migration {version}); start the newer program or restore the backup taken before the upgrade"
        ))),
        None => Ok(()),
    }
}
