//! The embedded engine: one SQLite file with one writer and a few readers.

use std::path::Path;

use rusqlite::Connection;

use crate::{OpenError, StoreError};

/// An open database file. Clones share it.
#[derive(Clone, Debug)]
pub struct Sqlite {}

impl Sqlite {
    /// Opens `path`, makes it if it is missing, and brings it to the latest schema.
    ///
    /// `migrations` is every script there ever was, oldest first; scripts are
    /// only ever added.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub fn open(path: &Path, migrations: &'static [&'static str]) -> Result<Self, OpenError> {
        let _ = (path, migrations);
        unimplemented!()
    }

    /// Runs `job` in a savepoint of its own and returns when it is on disk.
    ///
    /// # Errors
    ///
    /// See [`StoreError`]. A constraint that `job` breaks and does not handle is [`StoreError::Corrupt`].
    pub async fn write<T, Job>(&self, task: &'static str, job: Job) -> Result<T, StoreError>
    where
        T: Send + 'static,
        Job: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let _ = (task, job);
        unimplemented!()
    }

    /// Runs `job` on a read-only snapshot that holds every write that returned before.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    pub async fn read<T, Job>(&self, task: &'static str, job: Job) -> Result<T, StoreError>
    where
        T: Send + 'static,
        Job: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let _ = (task, job);
        unimplemented!()
    }

    /// Returns why writing had to stop, once it has: the program should then end. Otherwise waits for ever.
    pub async fn failed(&self) -> String {
        unimplemented!()
    }

    /// How often the writer has committed.
    #[must_use]
    pub fn commits(&self) -> u64 {
        unimplemented!()
    }

    /// Finishes what was asked before and closes the file.
    pub async fn close(&self) {}
}
