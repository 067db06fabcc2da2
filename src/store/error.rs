//! What can go wrong in the store, apart from what a person did. Not refusals: those are values of the domain.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A surprise of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The guard: another occupancy of the unit overlaps. Roll back, load and judge again.
    #[error("another occupancy of the unit overlaps")]
    Overlap,
    /// Two transactions got into each other's way; trying again helps.
    #[error("the transaction has to be tried again")]
    TryAgain,
    /// A unique value is there already.
    #[error("a unique value is there already")]
    Duplicate,
    /// The database is locked, full, away or not to be written now.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// A row that the program could not have written.
    #[error("corrupt row: {table} {id}, column {column}")]
    Corrupt { table: &'static str, id: i64, column: &'static str },
    /// Everything was taken back, as was meant; it never leaves the store.
    #[error("it was only tried")]
    Rehearsed,
    #[error("database: {0}")]
    Database(#[source] DieselError),
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        let DieselError::DatabaseError(kind, info) = &error else {
            return match error {
                DieselError::BrokenTransactionManager => Self::Unavailable("connection lost".to_owned()),
                other => Self::Database(other),
            };
        };
        let said = info.message();
        // One engine's trigger speaks by its text, the other's constraint by its name.
        if said.contains("occupancy_overlaps") || info.constraint_name() == Some("occupancy_never_overlaps") {
            return Self::Overlap;
        }
        let unavailable = [
            "database is locked",
            "disk is full",
            "disk I/O error",
            "readonly database",
            "unable to open",
            "No space left",
            "could not extend file",
        ];
        match kind {
            DatabaseErrorKind::UniqueViolation => Self::Duplicate,
            DatabaseErrorKind::SerializationFailure => Self::TryAgain,
            _ if said.contains("deadlock detected") => Self::TryAgain,
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::ReadOnlyTransaction
            | DatabaseErrorKind::UnableToSendCommand => Self::Unavailable(said.to_owned()),
            _ if unavailable.iter().any(|text| said.contains(text)) => Self::Unavailable(said.to_owned()),
            _ => Self::Database(error),
        }
    }
}

impl From<diesel::ConnectionError> for StoreError {
    fn from(error: diesel::ConnectionError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<diesel::r2d2::PoolError> for StoreError {
    fn from(error: diesel::r2d2::PoolError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// Reads a stored word or number as a domain value.
///
/// # Errors
/// `Corrupt`, naming the row and the column.
pub fn read<T>(value: Option<T>, table: &'static str, id: i64, column: &'static str) -> Result<T, StoreError> {
    value.ok_or(StoreError::Corrupt { table, id, column })
}
