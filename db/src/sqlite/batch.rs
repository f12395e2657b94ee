//! One transaction for many jobs: its fsync is what they share.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::fault::{Fault, Trouble};
use crate::StoreError;

/// Something to write, and somebody to tell: it is run on a connection, or
/// told why there is none. A job that fails tells so by itself.
pub(super) type Job = Box<dyn FnOnce(Result<&Connection, Fault>) -> Result<Answer, Fault> + Send>;

/// Tells whoever asked for a job that it is on disk, or why not.
pub(super) type Answer = Box<dyn FnOnce(Result<(), Fault>) + Send>;

/// How a transaction ended.
enum End {
    Committed,
    /// Nothing of it is stored.
    Undone(Fault),
    /// It may be stored or not.
    InDoubt(Fault),
}

/// Makes a [`Job`] of what a caller wants to write, and the end at which they wait.
pub(super) fn job<T, Write>(
    task: &'static str,
    write: Write,
) -> (Job, oneshot::Receiver<Result<T, StoreError>>)
where
    T: Send + 'static,
    Write: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
{
    let (reply, waiting) = oneshot::channel();
    // Nobody may be waiting any more, which is theirs to decide.
    let tell = move |end: Result<T, Fault>| drop(reply.send(end.map_err(|fault| fault.into_error(task))));

    let job = move |connection: Result<&Connection, Fault>| -> Result<Answer, Fault> {
        match connection.and_then(|connection| run_caught(connection, write)) {
            Ok(value) => Ok(Box::new(move |end: Result<(), Fault>| tell(end.map(|()| value)))),
            Err(fault) => {
                tell(Err(fault.clone()));
                Err(fault)
            }
        }
    };
    (Box::new(job), waiting)
}

/// Runs `work` so that a panic in it is a fault like others.
pub(super) fn run_caught<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> Result<T, Fault> {
    match catch_unwind(AssertUnwindSafe(|| work(connection))) {
        Ok(result) => result.map_err(Fault::from),
        Err(_) => Err(Fault::wrong(Trouble::Panicked)),
    }
}

/// Runs jobs from the front of `jobs` in one transaction, commits it, and
/// answers those that ran. Returns whether there was something to commit.
///
/// Some are left if the transaction ends early; they want another.
///
/// # Errors
///
/// Only if no further write may be tried. Those that ran have been answered.
pub(super) fn commit(connection: &Connection, jobs: &mut VecDeque<Job>) -> Result<bool, Fault> {
    let mut waiting = Vec::with_capacity(jobs.len());
    let end = match execute(connection, "BEGIN IMMEDIATE") {
        Ok(()) => run_all(connection, jobs, &mut waiting),
        Err(fault) => {
            refuse(jobs, &fault);
            End::Undone(fault)
        }
    };

    let told = end.told();
    for answer in waiting {
        answer(told.clone());
    }
    match end {
        End::Committed => Ok(true),
        End::Undone(fault) | End::InDoubt(fault) if fault.is_fatal() => Err(fault),
        End::Undone(_) | End::InDoubt(_) => Ok(false),
    }
}

/// Tells each of `jobs` that it will not be run.
pub(super) fn refuse(jobs: &mut VecDeque<Job>, fault: &Fault) {
    for job in jobs.drain(..) {
        drop(job(Err(fault.clone())));
    }
}

/// Runs `jobs` in the open transaction, and ends it.
fn run_all(connection: &Connection, jobs: &mut VecDeque<Job>, waiting: &mut Vec<Answer>) -> End {
    while let Some(job) = jobs.pop_front() {
        match run_one(connection, job) {
            Ok(answer) => waiting.push(answer),
            Err(fault) if fault.is_fatal() => return roll_back(connection, fault),
            // When there is no room, SQLite may undo more than the statement
            // that found out.
            Err(fault) if connection.is_autocommit() => return End::Undone(fault.for_bystanders()),
            Err(_) => continue,
        }
        if connection.is_autocommit() {
            return End::InDoubt(Fault::unavailable(Trouble::EndedTransaction));
        }
    }

    match execute(connection, "COMMIT") {
        Ok(()) => End::Committed,
        // The log may hold the commit although the disk did not confirm it.
        Err(fault) if fault.is_fatal() => End::InDoubt(fault),
        Err(fault) if fault.precedes_commit() => roll_back(connection, fault),
        // The log may hold it in full, and keeps it if the machine stops before
        // the next commit is written over it.
        Err(fault) => match roll_back(connection, fault) {
            End::Undone(fault) => End::InDoubt(fault),
            end => end,
        },
    }
}

/// Runs `job` so that what it has written when it fails is undone.
fn run_one(connection: &Connection, job: Job) -> Result<Answer, Fault> {
    if let Err(fault) = execute(connection, "SAVEPOINT job") {
        return job(Err(fault));
    }
    let ran = job(Ok(connection));
    if !connection.is_autocommit() {
        if ran.is_err() {
            execute(connection, "ROLLBACK TO job").map_err(Fault::into_fatal)?;
        }
        execute(connection, "RELEASE job").map_err(Fault::into_fatal)?;
    }
    ran
}

/// Undoes the transaction because of `fault`.
fn roll_back(connection: &Connection, fault: Fault) -> End {
    if connection.is_autocommit() {
        return End::Undone(fault);
    }
    match execute(connection, "ROLLBACK") {
        Ok(()) => End::Undone(fault),
        Err(worse) => End::InDoubt(worse.into_fatal()),
    }
}

fn execute(connection: &Connection, sql: &str) -> Result<(), Fault> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}

impl End {
    /// What those are told whose jobs ran.
    fn told(&self) -> Result<(), Fault> {
        match self {
            Self::Committed => Ok(()),
            Self::Undone(fault) => Err(fault.clone()),
            Self::InDoubt(fault) => Err(fault.in_doubt()),
        }
    }
}
