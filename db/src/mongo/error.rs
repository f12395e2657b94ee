//! What an error of the driver means.

use std::fmt;

use bson::Bson;
use mongodb::error::{
    Error, ErrorKind, IndexedWriteError, NO_WRITES_PERFORMED, SYSTEM_OVERLOADED_ERROR, WriteFailure,
};

use crate::StoreError;

/// A unique index has such a key already.
const DUPLICATE_KEY: i32 = 11_000;
/// The server has no room left.
const OUT_OF_DISK_SPACE: i32 = 14_031;
/// Wrong password; not allowed.
const REFUSALS: [i32; 2] = [18, 13];
/// The command or a document in it is one that no server would take.
const OUR_MISTAKES: [i32; 8] = [2, 9, 14, 20, 26, 72, 121, 10_334];

/// Turns the driver's errors into ours.
pub trait OrStoreError<T> {
    /// Says what was being tried, and whether it may have happened.
    ///
    /// # Errors
    ///
    /// The same error as a [`StoreError`], which keeps it as its source.
    fn or_store_error(self, task: &'static str) -> Result<T, StoreError>;
}

impl<T> OrStoreError<T> for mongodb::error::Result<T> {
    fn or_store_error(self, task: &'static str) -> Result<T, StoreError> {
        self.map_err(|error| classify(task, error))
    }
}

/// Whether a write failed only because a unique index has such a key already.
///
/// Of an `insert_many` it says that of its first failure: those before it are
/// stored. What has the key may not have reached a majority yet, so reading it
/// may take a second try.
#[must_use]
pub fn is_duplicate_key(error: &Error) -> bool {
    match &*error.kind {
        ErrorKind::Write(WriteFailure::WriteError(error)) => error.code == DUPLICATE_KEY,
        ErrorKind::Command(error) => error.code == DUPLICATE_KEY,
        // Without the majority's confirmation, nobody knows about those before.
        ErrorKind::InsertMany(error) if error.write_concern_error.is_some() => false,
        ErrorKind::InsertMany(error) => {
            let first = error.write_errors.as_deref().and_then(<[_]>::first);
            first.is_some_and(|error| error.code == DUPLICATE_KEY)
        }
        _ => false,
    }
}

/// The places of those documents of an `insert_many` that were refused only
/// because a unique index has such a key already; `None` if anything else went
/// wrong with any of them. The others are stored, or, if the inserts were in
/// order, those before the first.
#[must_use]
pub fn duplicate_keys(error: &Error) -> Option<Vec<usize>> {
    match &*error.kind {
        ErrorKind::InsertMany(many) if many.write_concern_error.is_none() => {
            let errors = many.write_errors.as_deref().filter(|errors| !errors.is_empty())?;
            let place = |error: &IndexedWriteError| (error.code == DUPLICATE_KEY).then_some(error.index);
            errors.iter().map(place).collect()
        }
        _ => None,
    }
}

/// Whether `error`, one of those that a command tells of, says that a unique
/// index has such a key already.
pub(super) fn is_late(error: &Bson) -> bool {
    error.as_document().and_then(|error| error.get_i32("code").ok()) == Some(DUPLICATE_KEY)
}

/// Whether the server does not let us in, which waiting does not change.
pub(super) fn is_refusal(error: &Error) -> bool {
    match &*error.kind {
        ErrorKind::Authentication { .. } => true,
        ErrorKind::Command(error) => REFUSALS.contains(&error.code),
        _ => false,
    }
}

fn classify(task: &'static str, error: Error) -> StoreError {
    match code(&error) {
        Some(OUT_OF_DISK_SPACE) => StoreError::Full { task, source: Box::new(Told::from(error)) },
        Some(code) if code == DUPLICATE_KEY || OUR_MISTAKES.contains(&code) => {
            StoreError::corrupt(task, Told::from(error))
        }
        _ if makes_no_sense(&error) => StoreError::corrupt(task, Told::from(error)),
        _ if was_not_done(&error) => StoreError::Unavailable { task, source: Box::new(Told::from(error)) },
        // Also "not primary": the driver has tried twice by then, and shows
        // only the second answer.
        _ => StoreError::Unknown { task, source: Box::new(Told::from(error)) },
    }
}

/// What the server calls the error, if it refused all that we asked for. Of
/// several documents, those before the first failure are stored.
fn code(error: &Error) -> Option<i32> {
    match &*error.kind {
        ErrorKind::Command(error) => Some(error.code),
        ErrorKind::Write(WriteFailure::WriteError(error)) => Some(error.code),
        _ => None,
    }
}

/// Whether the program and the database disagree about what a document is.
fn makes_no_sense(error: &Error) -> bool {
    matches!(&*error.kind, ErrorKind::Bson(_) | ErrorKind::InvalidArgument { .. })
}

/// Whether it is certain that nothing was written.
///
/// The driver tries writes twice. If the first try may have written, it keeps
/// that error rather than a harmless second one, so one error is enough to ask.
fn was_not_done(error: &Error) -> bool {
    // Labels of the server and of the driver: it never began, or no
    // connection came about.
    if error.contains_label(NO_WRITES_PERFORMED) || error.contains_label(SYSTEM_OVERLOADED_ERROR) {
        return true;
    }
    match &*error.kind {
        ErrorKind::ServerSelection { .. }
        | ErrorKind::DnsResolve { .. }
        | ErrorKind::Authentication { .. }
        | ErrorKind::InvalidTlsConfig { .. }
        | ErrorKind::IncompatibleServer { .. }
        | ErrorKind::SessionsNotSupported
        | ErrorKind::Shutdown => true,
        ErrorKind::Io(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        ErrorKind::Command(error) => REFUSALS.contains(&error.code),
        _ => false,
    }
}

/// An error of the driver that does not show documents: its own text quotes
/// what was written, which belongs into no log.
pub(super) struct Told(Error);

impl From<Error> for Told {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl fmt::Display for Told {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0.kind {
            ErrorKind::Command(error) => {
                write!(formatter, "MongoDB refused the command: {} (code {})", error.code_name, error.code)
            }
            ErrorKind::Write(WriteFailure::WriteError(error)) => {
                write!(formatter, "MongoDB refused the write (code {})", error.code)
            }
            ErrorKind::Write(WriteFailure::WriteConcernError(error)) => {
                write!(
                    formatter,
                    "a majority did not confirm the write: {} (code {})",
                    error.code_name, error.code
                )
            }
            ErrorKind::InsertMany(error) => {
                let codes: Vec<i32> = error.write_errors.iter().flatten().map(|error| error.code).collect();
                let unconfirmed = error.write_concern_error.as_ref().map(|error| error.code);
                write!(
                    formatter,
                    "MongoDB refused some writes (codes {codes:?}, unconfirmed {unconfirmed:?})"
                )
            }
            ErrorKind::BulkWrite(_) => formatter.write_str("MongoDB refused some writes"),
            ErrorKind::Bson(error) => {
                let key = error.key.as_deref().unwrap_or("?");
                write!(formatter, "a document has another form than expected, at {key}")
            }
            other => other.fmt(formatter),
        }
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl std::error::Error for Told {}
