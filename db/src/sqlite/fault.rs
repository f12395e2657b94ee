//! What an SQLite error means: for whoever asked, and for the writer.

use std::error::Error;
use std::sync::Arc;

use rusqlite::{ErrorCode, ffi};

use crate::StoreError;

/// Why a job or a whole transaction failed.
///
/// It can be cloned because everybody in a failed transaction is told the same.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    kind: Kind,
    cause: Arc<dyn Error + Send + Sync>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The engine could not do it now.
    Unavailable,
    /// It may or may not be stored.
    Unknown,
    /// There is no room.
    Full,
    /// The statement or its values are wrong: a bug, or data nobody expects.
    Wrong,
    /// The disk failed.
    Device,
    /// The file is damaged.
    Damaged,
}

/// What went wrong where SQLite itself did not complain.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error("the job panicked")]
    Panicked,
    #[error("the job ended the transaction it was given")]
    EndedTransaction,
    #[error("the file is closed")]
    Closed,
    #[error("writing has stopped: {0}")]
    Stopped(String),
    #[error("the answer got lost")]
    Lost,
}

impl Fault {
    /// Nothing was written: `trouble` came first.
    pub fn unavailable(trouble: Trouble) -> Self {
        Self { kind: Kind::Unavailable, cause: Arc::new(trouble) }
    }

    /// Nobody knows what was written when `trouble` came.
    pub fn unknown(trouble: Trouble) -> Self {
        Self { kind: Kind::Unknown, cause: Arc::new(trouble) }
    }

    /// Nothing was written, and never will be: `trouble` is a bug.
    pub fn wrong(trouble: Trouble) -> Self {
        Self { kind: Kind::Wrong, cause: Arc::new(trouble) }
    }

    /// Whether nothing that this file says can be relied on any more, so that
    /// nobody may be told again that something is stored.
    pub fn is_fatal(&self) -> bool {
        matches!(self.kind, Kind::Device | Kind::Damaged)
    }

    /// Whether COMMIT, if it failed with this, wrote none of the transaction.
    ///
    /// SQLite writes and syncs the log before it enters it into the shared
    /// index, so most faults can come too late to say that.
    pub fn precedes_commit(&self) -> bool {
        let error = self.cause.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error);
        error.is_some_and(|error| matches!(error.extended_code, ffi::SQLITE_FULL | ffi::SQLITE_BUSY))
    }

    /// The same fault, for those whose work was undone because of it: they did
    /// nothing wrong, and may try again.
    pub fn for_bystanders(self) -> Self {
        match self.kind {
            Kind::Wrong => Self { kind: Kind::Unavailable, ..self },
            _ => self,
        }
    }

    /// The same fault, for those who cannot know what it left behind.
    pub fn in_doubt(&self) -> Self {
        Self { kind: Kind::Unknown, cause: Arc::clone(&self.cause) }
    }

    /// The same fault, met where SQLite has no way back.
    pub fn into_fatal(self) -> Self {
        Self { kind: Kind::Device, ..self }
    }

    /// What the caller is told who wanted to do `task`.
    pub fn into_error(self, task: &'static str) -> StoreError {
        let Self { kind, cause } = self;
        match kind {
            Kind::Unavailable | Kind::Device => StoreError::Unavailable { task, source: Box::new(cause) },
            Kind::Unknown => StoreError::Unknown { task, source: Box::new(cause) },
            Kind::Full => StoreError::Full { task, source: Box::new(cause) },
            Kind::Wrong | Kind::Damaged => StoreError::corrupt(task, cause),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.cause.fmt(formatter)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        let kind = error.sqlite_error().map_or(Kind::Wrong, |error| kind_of(*error));
        Self { kind, cause: Arc::new(error) }
    }
}

fn kind_of(error: ffi::Error) -> Kind {
    match error.code {
        ErrorCode::DiskFull => Kind::Full,
        // The shared index of the log could not grow, which is a full disk by another name.
        ErrorCode::SystemIoFailure if error.extended_code == ffi::SQLITE_IOERR_SHMSIZE => Kind::Full,
        ErrorCode::SystemIoFailure | ErrorCode::ReadOnly | ErrorCode::CannotOpen => Kind::Device,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Kind::Damaged,
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::OutOfMemory
        | ErrorCode::OperationInterrupted
        | ErrorCode::FileLockingProtocolFailed => Kind::Unavailable,
        _ => Kind::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(code: i32) -> Fault {
        Fault::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None))
    }

    #[test]
    fn only_a_full_disk_and_a_lock_are_met_before_a_commit_is_written() {
        for code in [ffi::SQLITE_FULL, ffi::SQLITE_BUSY] {
            assert!(fault(code).precedes_commit(), "{code}");
        }
        for code in [
            ffi::SQLITE_IOERR_SHMSIZE,
            ffi::SQLITE_IOERR_FSYNC,
            ffi::SQLITE_NOMEM,
            ffi::SQLITE_PROTOCOL,
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY,
        ] {
            assert!(!fault(code).precedes_commit(), "{code}");
        }
        assert!(!Fault::wrong(Trouble::Panicked).precedes_commit());
    }

    #[test]
    fn an_index_that_cannot_grow_is_a_full_disk_and_not_a_broken_one() {
        let fault = fault(ffi::SQLITE_IOERR_SHMSIZE);
        assert!(!fault.is_fatal());
        assert!(matches!(fault.into_error("try"), StoreError::Full { task: "try", .. }));
    }
}
