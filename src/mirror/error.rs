//! What the database says when it can't.

use rusqlite::ErrorCode;

use crate::domain::{Failure, FailureKind};

/// A read or a write that the database refused.
#[derive(Debug, thiserror::Error)]
#[error("the local copy can't be used: {0}")]
pub struct StoreError(#[from] rusqlite::Error);

impl StoreError {
    /// Whether the file itself is no longer sound.
    pub(super) fn is_damage(&self) -> bool {
        is_damage(&self.0)
    }
}

/// Whether the error speaks of a file that is no (longer a) sound mirror, rather than of the disk, a lock or rights.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    match error {
        rusqlite::Error::SqliteFailure(failure, _) => matches!(
            failure.code,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::TypeMismatch | ErrorCode::Unknown
        ),
        rusqlite::Error::SqlInputError { .. }
        | rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::Utf8Error(..)
        | rusqlite::Error::QueryReturnedNoRows => true,
        _ => false,
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let failure = Self::new(FailureKind::Storage, &error.to_string());
        match &error.0 {
            rusqlite::Error::SqliteFailure(cause, _) if cause.code == ErrorCode::DiskFull => {
                failure.advise("Free some space; what is shown stays as it is")
            }
            _ if error.is_damage() => failure.advise("It is checked and, where needed, set aside and built anew"),
            _ => failure,
        }
    }
}
