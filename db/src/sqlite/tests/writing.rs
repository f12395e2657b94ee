//! What happens to those who write and read.

use std::time::Duration;

use futures_util::future::join_all;
use rusqlite::{Connection, ffi};
use tokio::time::timeout;

use super::{NOTES, fresh, hold_up, insert, texts};
use crate::StoreError;
use crate::sqlite::Sqlite;

/// Far longer than anything here takes; only a test that hangs meets it.
const DEADLINE: Duration = Duration::from_secs(20);

fn io_error() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_IOERR_FSYNC), None)
}

#[tokio::test]
async fn writes_that_queue_up_share_one_commit() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    let go_on = hold_up(&sqlite).await;

    let writes = (0..100).map(|number| sqlite.write("add a note", insert(number.to_string())));
    let (ends, ()) = tokio::join!(join_all(writes), async { go_on.send(()).unwrap() });
    assert!(ends.iter().all(Result::is_ok), "{ends:?}");
    assert_eq!(texts(&sqlite).await.len(), 100);
    assert!(sqlite.commits() < 10, "{} commits", sqlite.commits());
}

#[tokio::test]
async fn a_job_that_fails_leaves_the_others_alone() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    let go_on = hold_up(&sqlite).await;

    let fails = sqlite.write("add two notes", |connection| {
        insert("half".to_owned())(connection)?;
        insert("first".to_owned())(connection)
    });
    let writes = async {
        tokio::join!(
            sqlite.write("add a note", insert("first".to_owned())),
            fails,
            sqlite.write("add a note", insert("last".to_owned())),
            async { go_on.send(()).unwrap() },
        )
    };
    let (first, failed, last, ()) = writes.await;

    first.unwrap();
    last.unwrap();
    assert!(matches!(failed, Err(StoreError::Corrupt { task: "add two notes", .. })), "{failed:?}");
    assert_eq!(texts(&sqlite).await, ["first", "last"]);
}

#[tokio::test]
async fn a_job_that_panics_leaves_the_writer_at_work() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();

    let panicked = sqlite.write("panic", |connection| -> rusqlite::Result<()> {
        insert("never".to_owned())(connection)?;
        panic!("on purpose");
    });
    let panicked = panicked.await;
    assert!(matches!(panicked, Err(StoreError::Corrupt { .. })), "{panicked:?}");
    sqlite.write("add a note", insert("still here".to_owned())).await.unwrap();
    assert_eq!(texts(&sqlite).await, ["still here"]);
}

#[tokio::test]
async fn a_read_that_panics_leaves_the_readers_at_work() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    for _ in 0..10 {
        let panicked = sqlite.read("panic", |_| -> rusqlite::Result<()> { panic!("on purpose") }).await;
        assert!(matches!(panicked, Err(StoreError::Corrupt { .. })), "{panicked:?}");
    }
    sqlite.write("add a note", insert("seen".to_owned())).await.unwrap();
    assert_eq!(texts(&sqlite).await, ["seen"]);
}

#[tokio::test]
async fn a_job_that_ends_the_transaction_leaves_everybody_in_doubt() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    let end = sqlite.write("commit by hand", |connection| connection.execute_batch("COMMIT")).await;
    assert!(matches!(end, Err(StoreError::Unknown { .. })), "{end:?}");
    sqlite.write("add a note", insert("next".to_owned())).await.unwrap();
}

#[tokio::test]
async fn a_commit_that_fails_leaves_everybody_in_doubt() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    let make = |connection: &Connection| {
        connection.execute_batch(
            "CREATE TABLE answer (note INTEGER REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED)",
        )
    };
    sqlite.write("make a table", make).await.unwrap();
    let go_on = hold_up(&sqlite).await;

    // SQLite finds out no sooner than at the commit.
    let fails = |connection: &Connection| connection.execute_batch("INSERT INTO answer VALUES (77)");
    let (bystander, failed, ()) = tokio::join!(
        sqlite.write("add a note", insert("bystander".to_owned())),
        sqlite.write("answer no note", fails),
        async { go_on.send(()).unwrap() },
    );
    for end in [bystander, failed] {
        assert!(matches!(end, Err(StoreError::Unknown { .. })), "{end:?}");
    }
    sqlite.write("add a note", insert("next".to_owned())).await.unwrap();
    assert_eq!(texts(&sqlite).await, ["next"]);
}

#[tokio::test]
async fn the_log_is_moved_into_the_file_before_it_grows_large() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    for number in 0..40 {
        let text = format!("{number} {}", "x".repeat(400_000));
        sqlite.write("add a note", insert(text)).await.unwrap();
    }
    let log = std::fs::metadata(file.with_file_name("note.db-wal")).unwrap().len();
    assert!(log < 8_000_000, "{log} bytes");
}

#[tokio::test]
async fn a_full_disk_fails_writes_until_there_is_room() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    sqlite.write("add a note", insert("before".to_owned())).await.unwrap();
    sqlite.write("fill the disk", |connection| limit(connection, 10)).await.unwrap();
    let go_on = hold_up(&sqlite).await;

    let (bystander, full, later, ()) = tokio::join!(
        sqlite.write("add a note", insert("bystander".to_owned())),
        sqlite.write("add a large note", insert("x".repeat(200_000))),
        sqlite.write("add a note", insert("later".to_owned())),
        async { go_on.send(()).unwrap() },
    );
    assert!(matches!(full, Err(StoreError::Full { task: "add a large note", .. })), "{full:?}");
    let mut expected = vec!["before"];
    for (end, text) in [(bystander, "bystander"), (later, "later")] {
        match end {
            Ok(()) => expected.push(text),
            // SQLite may have to undo the whole transaction.
            Err(error) => assert!(matches!(error, StoreError::Full { .. }), "{error:?}"),
        }
    }
    assert_eq!(texts(&sqlite).await, expected);

    sqlite.write("make room", |connection| limit(connection, 100_000)).await.unwrap();
    sqlite.write("add a large note", insert("x".repeat(200_000))).await.unwrap();
    assert_eq!(texts(&sqlite).await.len(), expected.len() + 1);
}

/// Lets the file have `pages` pages at most; more is a full disk to SQLite.
fn limit(connection: &Connection, pages: i64) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
}

#[tokio::test]
async fn after_a_broken_disk_nothing_is_written_and_everything_can_be_read() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    sqlite.write("add a note", insert("before".to_owned())).await.unwrap();
    let go_on = hold_up(&sqlite).await;

    let broken = sqlite.write("meet a broken disk", |_| -> rusqlite::Result<()> { Err(io_error()) });
    let (bystander, broken, later, ()) = tokio::join!(
        sqlite.write("add a note", insert("bystander".to_owned())),
        broken,
        sqlite.write("add a note", insert("later".to_owned())),
        async { go_on.send(()).unwrap() },
    );
    for end in [bystander, broken, later] {
        assert!(matches!(end, Err(StoreError::Unavailable { .. })), "{end:?}");
    }

    let reason = timeout(DEADLINE, sqlite.failed()).await.unwrap();
    assert!(reason.contains("disk I/O error"), "{reason}");
    let refused = sqlite.write("add a note", insert("after".to_owned())).await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    assert_eq!(texts(&sqlite).await, ["before"]);

    sqlite.close().await;
    assert_eq!(texts(&Sqlite::open(&file, NOTES).unwrap()).await, ["before"]);
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    sqlite.read("write", insert("smuggled".to_owned())).await.unwrap_err();
    assert!(texts(&sqlite).await.is_empty());
}
