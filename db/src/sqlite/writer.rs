//! The one thread that writes.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use tokio::sync::{mpsc, watch};

use super::batch::{self, Job};
use super::fault::{Fault, Trouble};
use super::file::{Lock, Place};
use crate::{OpenError, StoreError};

/// How many writes may queue; who comes then waits for room. More would only
/// make everybody wait longer for the same disk.
const QUEUED_JOBS_MAX: usize = 1_024;

/// How many writes share an fsync. More make the first wait for the last.
const JOBS_PER_COMMIT_MAX: usize = 512;

/// From this many pages on, the write-ahead log is moved into the file after each commit.
const LOG_PAGES_MAX: i64 = 1_000;

/// The way to the thread.
pub(super) struct Writer {
    orders: mpsc::Sender<Order>,
    commits: Arc<AtomicU64>,
    failure: watch::Receiver<Option<String>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

enum Order {
    Write(Job),
    Close,
}

/// What the thread owns.
struct Desk {
    connection: Connection,
    jobs: VecDeque<Job>,
    orders: mpsc::Receiver<Order>,
    commits: Arc<AtomicU64>,
    failure: watch::Sender<Option<String>>,
    file: PathBuf,
    /// Dropped last, as fields are dropped in this order. `None` if another
    /// program holds the file.
    lock: Option<Arc<Lock>>,
}

impl Writer {
    pub fn start(connection: Connection, place: &Place) -> Result<Self, OpenError> {
        let (sender, orders) = mpsc::channel(QUEUED_JOBS_MAX);
        let (failed, failure) = watch::channel(None);
        let commits = Arc::new(AtomicU64::new(0));
        let desk = Desk {
            connection,
            jobs: VecDeque::with_capacity(JOBS_PER_COMMIT_MAX),
            orders,
            commits: Arc::clone(&commits),
            failure: failed,
            file: place.file.clone(),
            lock: place.lock.clone(),
        };

        let started = thread::Builder::new().name("sqlite-writer".to_owned()).spawn(move || desk.work());
        let thread = started.map_err(|error| OpenError::File {
            task: "start a thread for",
            file: place.file.clone(),
            source: error.into(),
        })?;
        Ok(Self { orders: sender, commits, failure, thread: Mutex::new(Some(thread)) })
    }

    pub async fn write<T, Write>(&self, task: &'static str, write: Write) -> Result<T, StoreError>
    where
        T: Send + 'static,
        Write: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (job, answer) = batch::job(task, write);
        if self.orders.send(Order::Write(job)).await.is_err() {
            return Err(self.refusal().into_error(task));
        }
        match answer.await {
            Ok(end) => end,
            Err(_) => Err(Fault::unknown(Trouble::Lost).into_error(task)),
        }
    }

    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    pub async fn failed(&self) -> String {
        let mut failure = self.failure.clone();
        // Copied, because what is returned locks the channel, also across an await.
        let reason = failure.wait_for(Option::is_some).await.map(|reason| reason.clone());
        match reason {
            Ok(Some(reason)) => reason,
            // The writer has ended, and has never failed.
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }

    pub async fn close(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(thread) = thread else { return };
        // If it has stopped by itself, there is nobody to tell.
        drop(self.orders.send(Order::Close).await);
        drop(tokio::task::spawn_blocking(move || thread.join()).await);
    }

    fn refusal(&self) -> Fault {
        let reason = self.failure.borrow().clone();
        Fault::unavailable(reason.map_or(Trouble::Closed, Trouble::Stopped))
    }
}

impl Desk {
    fn work(mut self) {
        match catch_unwind(AssertUnwindSafe(|| self.write_until_closed())) {
            Ok(Ok(())) => self.empty_log(),
            Ok(Err(fault)) => self.stop(&fault.to_string()),
            Err(_) => self.stop("the writer panicked"),
        }
    }

    /// Commits what comes, until nobody can or will send more.
    fn write_until_closed(&mut self) -> Result<(), Fault> {
        while let Some(order) = self.orders.blocking_recv() {
            self.take(order);
            // No waiting for more: what comes during the fsync is the next batch.
            while self.jobs.len() < JOBS_PER_COMMIT_MAX {
                let Ok(order) = self.orders.try_recv() else { break };
                self.take(order);
            }
            self.write_taken()?;
        }
        Ok(())
    }

    fn take(&mut self, order: Order) {
        match order {
            Order::Write(job) => self.jobs.push_back(job),
            // What is queued already is still handed out.
            Order::Close => self.orders.close(),
        }
    }

    fn write_taken(&mut self) -> Result<(), Fault> {
        while !self.jobs.is_empty() {
            if batch::commit(&self.connection, &mut self.jobs)? {
                self.commits.fetch_add(1, Ordering::Relaxed);
                self.move_log()?;
            }
        }
        Ok(())
    }

    /// Moves the write-ahead log into the file once it is long.
    ///
    /// Everybody has been answered by then, so nobody waits for this. Without
    /// room the log stays as it is, which loses nothing.
    fn move_log(&self) -> Result<(), Fault> {
        if self.checkpoint("NOOP")? < LOG_PAGES_MAX {
            return Ok(());
        }
        match self.checkpoint("PASSIVE") {
            Err(fault) if fault.is_fatal() => Err(fault),
            Err(fault) => {
                let file = self.file.display();
                tracing::warn!(%file, %fault, "the write-ahead log could not be moved and grows");
                Ok(())
            }
            Ok(_) => Ok(()),
        }
    }

    /// Leaves one file behind, which an operator may copy, unless others go on with it.
    fn empty_log(&self) {
        if self.lock.is_none() {
            return;
        }
        if let Err(fault) = self.checkpoint("TRUNCATE") {
            let file = self.file.display();
            tracing::warn!(%file, %fault, "the write-ahead log could not be emptied; copy it with the file");
        }
    }

    /// Returns how many pages the log has.
    fn checkpoint(&self, mode: &str) -> Result<i64, Fault> {
        let sql = format!("PRAGMA wal_checkpoint({mode})");
        let mut statement = self.connection.prepare_cached(&sql)?;
        Ok(statement.query_row([], |row| row.get("log"))?)
    }

    /// Refuses everything from now on. A second fsync may well succeed after
    /// one has failed, with the data gone: only a restart may look again.
    fn stop(&mut self, reason: &str) {
        tracing::error!(file = %self.file.display(), reason, "writing has stopped for good");
        self.failure.send_replace(Some(reason.to_owned()));
        self.orders.close();
        while let Some(order) = self.orders.blocking_recv() {
            self.take(order);
        }
        batch::refuse(&mut self.jobs, &Fault::unavailable(Trouble::Stopped(reason.to_owned())));

        // Closing must not move a log that cannot be trusted. If this fails,
        // recovery reads the same log that it would have read anyway.
        drop(self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true));
    }
}
