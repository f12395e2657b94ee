//! Connections that only read, each lent to one job at a time.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::batch::run_caught;
use super::fault::{Fault, Trouble};
use super::file::{self, Lock, Place};
use crate::{OpenError, StoreError};

/// How many reads run at once; others wait. More than a machine has cores
/// would only make each of them slower.
const READERS: u32 = 4;

/// The readers that nobody uses, and turns to use one.
pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Reader>>>,
    turns: Arc<Semaphore>,
}

struct Reader {
    connection: Connection,
    /// Dropped last, as fields are dropped in this order.
    _lock: Option<Arc<Lock>>,
}

impl Readers {
    pub fn open(place: &Place) -> Result<Self, OpenError> {
        let mut idle = Vec::new();
        for _ in 0..READERS {
            let connection = file::connect_reader(place)?;
            idle.push(Reader { connection, _lock: place.lock.clone() });
        }
        let turns = Arc::new(Semaphore::new(idle.len()));
        Ok(Self { idle: Arc::new(Mutex::new(idle)), turns })
    }

    pub async fn read<T, Job>(&self, task: &'static str, job: Job) -> Result<T, StoreError>
    where
        T: Send + 'static,
        Job: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let closed = || Fault::unavailable(Trouble::Closed).into_error(task);
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| closed())?;

        let idle = Arc::clone(&self.idle);
        // The turn goes along: the job runs to its end even if the caller gives up.
        let read = tokio::task::spawn_blocking(move || {
            let reader = lock(&idle).pop()?;
            let result = reader.read(job);
            lock(&idle).push(reader);
            drop(turn);
            Some(result)
        });
        match read.await {
            Ok(Some(result)) => result.map_err(|fault| fault.into_error(task)),
            // There is a reader for each turn; only a run time that is being
            // shut down does not run the job.
            Ok(None) | Err(_) => Err(closed()),
        }
    }

    /// Waits for the reads under way, refuses further ones, and closes the connections.
    pub async fn close(&self) {
        let Ok(turns) = self.turns.acquire_many(READERS).await else {
            return;
        };
        self.turns.close();
        lock(&self.idle).clear();
        drop(turns);
    }
}

impl Reader {
    /// Runs `job` in a transaction, so that all its queries see the same moment.
    fn read<T>(&self, job: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Fault> {
        self.connection.prepare_cached("BEGIN DEFERRED")?.execute([])?;
        let result = run_caught(&self.connection, job);
        // A reader that stayed in its transaction would never see a later write.
        if !self.connection.is_autocommit() {
            self.connection.prepare_cached("ROLLBACK")?.execute([])?;
        }
        result
    }
}

fn lock(idle: &Mutex<Vec<Reader>>) -> std::sync::MutexGuard<'_, Vec<Reader>> {
    // A reader is either in the list or not, so a panic leaves nothing half done.
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
