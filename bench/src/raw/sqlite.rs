//! How many rows `SQLite` takes in a second, with an fsync for every 256.
//!
//! The table and the pragmas are those of the product (`services/message`,
//! `db`): what it does beside this is its own work.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rusqlite::Connection;
use uuid::Uuid;

use crate::measure::to_float;
use crate::scenario::TEXT;

/// How many rows share an fsync.
const ROWS_PER_COMMIT: u64 = 256;
/// From so many commits on, the write-ahead log is moved into the file.
const COMMITS_PER_CHECKPOINT: u64 = 16;
/// How many conversations the rows belong to.
const CONVERSATIONS: u64 = 64;

const SCHEMA: &str = "
    PRAGMA journal_mode = wal;
    PRAGMA synchronous = full;
    PRAGMA fullfsync = true;
    PRAGMA checkpoint_fullfsync = true;
    PRAGMA foreign_keys = true;
    PRAGMA secure_delete = true;
    PRAGMA wal_autocheckpoint = 0;
    CREATE TABLE log (
        conversation BLOB NOT NULL,
        seq          INTEGER NOT NULL,
        ordinal      INTEGER NOT NULL,
        actor        BLOB NOT NULL,
        client       BLOB,
        created      INTEGER NOT NULL,
        kind         INTEGER NOT NULL,
        text         TEXT,
        PRIMARY KEY (conversation, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX log_by_client ON log (conversation, actor, client) WHERE client IS NOT NULL;
";
const INSERT: &str = "INSERT INTO log (conversation, seq, ordinal, actor, client, created, kind, text)
                      VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

/// Writes rows for `length`, into a file beside `program`, and returns how many there were in a second.
pub fn rate(program: &Path, length: Duration) -> Result<f64> {
    let place = program.parent().context("the program lies in no folder")?;
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(place);
    let folder = folder.context("cannot make a folder for data")?;
    let sql = Connection::open(folder.path().join("raw.db"))?;
    sql.execute_batch(SCHEMA)?;

    let (begin, mut rows) = (Instant::now(), 0);
    while begin.elapsed() < length {
        commit(&sql, rows)?;
        rows += ROWS_PER_COMMIT;
        if (rows / ROWS_PER_COMMIT).is_multiple_of(COMMITS_PER_CHECKPOINT) {
            sql.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        }
    }
    Ok(to_float(rows) / begin.elapsed().as_secs_f64())
}

/// Writes the rows from `first` on in one transaction.
fn commit(sql: &Connection, first: u64) -> rusqlite::Result<()> {
    sql.execute_batch("BEGIN IMMEDIATE")?;
    let mut insert = sql.prepare_cached(INSERT)?;
    for number in first..first + ROWS_PER_COMMIT {
        let (conversation, seq) =
            (number % CONVERSATIONS, i64::try_from(number / CONVERSATIONS).unwrap_or(0));
        let conversation = Uuid::from_u128(u128::from(conversation)).into_bytes();
        let client = Uuid::new_v4().into_bytes();
        insert.execute((conversation, seq, seq, conversation, client, seq, 1, TEXT))?;
    }
    drop(insert);
    sql.execute_batch("COMMIT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_written() {
        let folder = tempfile::tempdir().unwrap();
        assert!(rate(&folder.path().join("confab"), Duration::from_millis(10)).unwrap() > 0.0);
    }
}
