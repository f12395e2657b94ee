//! The embedded engine: one SQLite file with one writer and a few readers.
//!
//! ```text
//! write ──▶ queue ──▶ writer.rs   one thread; whatever queued meanwhile …
//!                       batch.rs  … is one transaction, one savepoint each
//! read  ──▶ readers.rs            read-only connections, a snapshot each
//! file.rs, schema.rs              what happens before the first of these
//! fault.rs                        what an SQLite error means
//! ```
//!
//! # Invariants
//!
//! * A write is answered `Ok` after the fsync of the commit that holds it.
//! * A job that fails or panics takes nobody else's with it.
//! * When the disk is full, writes fail and later ones may work again. When
//!   the disk or the file is broken, no write is ever accepted again.
//! * A file is open in one program at a time, once; only an operator's command may
//!   use it beside, for a moment.

mod batch;
mod fault;
mod file;
mod readers;
mod schema;
#[cfg(test)]
mod tests;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;

use self::file::Place;
use self::readers::Readers;
use self::writer::Writer;
use crate::{OpenError, StoreError};

/// An open database file. Clones share it.
#[derive(Clone)]
pub struct Sqlite {
    shared: Arc<Shared>,
}

struct Shared {
    file: PathBuf,
    writer: Writer,
    readers: Readers,
}

impl Sqlite {
    /// Opens `path`, makes it if it is missing, and brings it to the latest schema.
    ///
    /// `migrations` is every script there ever was, oldest first; scripts are
    /// only ever added. Reads the whole file once to check it, so call this
    /// before serving, not while.
    ///
    /// # Errors
    ///
    /// [`OpenError`] names the file and says what the operator can do.
    pub fn open(path: &Path, migrations: &'static [&'static str]) -> Result<Self, OpenError> {
        Self::open_at(file::claim(path)?, migrations)
    }

    /// The same for a command that an operator gives: if a program has the file
    /// open, it is used beside that, which goes on and sees what was changed.
    ///
    /// # Errors
    ///
    /// [`OpenError`], also if the program that has it open is an older one.
    pub fn open_beside(path: &Path, migrations: &'static [&'static str]) -> Result<Self, OpenError> {
        Self::open_at(file::claim_or_join(path)?, migrations)
    }

    fn open_at(place: Place, migrations: &'static [&'static str]) -> Result<Self, OpenError> {
        let connection = file::connect_writer(&place)?;
        schema::check(&connection, &place.file, migrations.len())?;
        if place.lock.is_some() {
            schema::migrate(&connection, &place.file, migrations)?;
        } else {
            schema::require_latest(&connection, &place.file, migrations.len())?;
        }

        let readers = Readers::open(&place)?;
        let writer = Writer::start(connection, &place)?;
        Ok(Self { shared: Arc::new(Shared { file: place.file, writer, readers }) })
    }

    /// Runs `job` in a savepoint of its own, and returns when it is on disk.
    ///
    /// Once it is queued it runs, even if nobody waits for the answer any more.
    ///
    /// # Errors
    ///
    /// After [`StoreError::Unknown`] it may or may not be stored; after any
    /// other it is not. A constraint that `job` breaks and does not handle
    /// itself is [`StoreError::Corrupt`].
    pub async fn write<T, Job>(&self, task: &'static str, job: Job) -> Result<T, StoreError>
    where
        T: Send + 'static,
        Job: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.shared.writer.write(task, job).await
    }

    /// Runs `job` on a snapshot that holds every write that has returned.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the file cannot be read, and
    /// [`StoreError::Corrupt`] if what was read makes no sense.
    pub async fn read<T, Job>(&self, task: &'static str, job: Job) -> Result<T, StoreError>
    where
        T: Send + 'static,
        Job: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.shared.readers.read(task, job).await
    }

    /// Waits until writing has had to stop for good, and returns why. The
    /// program should then end; reads work until it does.
    pub async fn failed(&self) -> String {
        self.shared.writer.failed().await
    }

    /// How many transactions the writer has committed since the file was opened.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.shared.writer.commits()
    }

    /// Finishes what was asked before, and closes the file.
    ///
    /// Without this the file is closed a moment after the last clone is gone.
    pub async fn close(&self) {
        // Readers first: only the last connection can empty the write-ahead log.
        self.shared.readers.close().await;
        self.shared.writer.close().await;
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Sqlite").field(&self.shared.file).finish()
    }
}
