//! What the embedded engine promises, tried out.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use futures_util::future::join_all;
use rusqlite::{Connection, ffi};
use tempfile::TempDir;
use tokio::time::timeout;

use super::Sqlite;
use crate::{OpenError, StoreError};

const NOTES: &[&str] = &["CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT"];
const NOTES_AND_A_MISTAKE: &[&str] = &[NOTES[0], "CREATE TABLE half (id); CREATE TABLE note (id)"];
const NOTES_WITH_AUTHORS: &[&str] = &[NOTES[0], "ALTER TABLE note ADD COLUMN author TEXT"];

/// Far longer than anything here takes; only a test that hangs meets it.
const DEADLINE: Duration = Duration::from_secs(20);

fn fresh() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("note.db");
    (folder, file)
}

fn insert(text: String) -> impl FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static {
    move |connection| {
        connection
            .execute("INSERT INTO note (text) VALUES (?1)", [text])
            .map(drop)
    }
}

async fn texts(sqlite: &Sqlite) -> Vec<String> {
    let read = sqlite.read("list notes", |connection| {
        let mut statement = connection.prepare_cached("SELECT text FROM note ORDER BY id")?;
        statement.query_map([], |row| row.get(0))?.collect()
    });
    read.await.unwrap()
}

/// Holds the writer up until the returned sender is used or dropped.
async fn hold_up(sqlite: &Sqlite) -> mpsc::Sender<()> {
    let (go_on, wait) = mpsc::channel::<()>();
    let (started, has_started) = tokio::sync::oneshot::channel();
    let sqlite = sqlite.clone();
    tokio::spawn(async move {
        let held = sqlite.write("hold up", move |_| {
            started.send(()).unwrap();
            drop(wait.recv());
            Ok(())
        });
        held.await.unwrap();
    });
    has_started.await.unwrap();
    go_on
}

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
    assert!(
        matches!(
            failed,
            Err(StoreError::Corrupt {
                task: "add two notes",
                ..
            })
        ),
        "{failed:?}"
    );
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
    assert!(
        matches!(panicked, Err(StoreError::Corrupt { .. })),
        "{panicked:?}"
    );
    sqlite
        .write("add a note", insert("still here".to_owned()))
        .await
        .unwrap();
    assert_eq!(texts(&sqlite).await, ["still here"]);
}

#[tokio::test]
async fn a_read_that_panics_leaves_the_readers_at_work() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    for _ in 0..10 {
        let panicked = sqlite
            .read("panic", |_| -> rusqlite::Result<()> { panic!("on purpose") })
            .await;
        assert!(
            matches!(panicked, Err(StoreError::Corrupt { .. })),
            "{panicked:?}"
        );
    }
    sqlite
        .write("add a note", insert("seen".to_owned()))
        .await
        .unwrap();
    assert_eq!(texts(&sqlite).await, ["seen"]);
}

#[tokio::test]
async fn a_job_that_ends_the_transaction_leaves_everybody_in_doubt() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    let end = sqlite
        .write("commit by hand", |connection| connection.execute_batch("COMMIT"))
        .await;
    assert!(matches!(end, Err(StoreError::Unknown { .. })), "{end:?}");
    sqlite
        .write("add a note", insert("next".to_owned()))
        .await
        .unwrap();
}

#[tokio::test]
async fn what_was_written_is_there_after_reopening() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    sqlite
        .write("add a note", insert("kept".to_owned()))
        .await
        .unwrap();
    sqlite.close().await;

    let write = sqlite.write("add a note", insert("too late".to_owned())).await;
    assert!(matches!(write, Err(StoreError::Unavailable { .. })), "{write:?}");
    let read = sqlite.read("count", |_| Ok(())).await;
    assert!(matches!(read, Err(StoreError::Unavailable { .. })), "{read:?}");

    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    assert_eq!(texts(&sqlite).await, ["kept"]);
}

#[tokio::test]
async fn closing_waits_for_what_is_queued_and_leaves_one_file() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    let go_on = hold_up(&sqlite).await;
    let write = sqlite.write("add a note", insert("queued".to_owned()));
    let (written, (), ()) = tokio::join!(write, sqlite.close(), async { go_on.send(()).unwrap() });
    written.unwrap();

    let copy = file.with_file_name("copy.db");
    std::fs::copy(&file, &copy).unwrap();
    assert_eq!(texts(&Sqlite::open(&copy, NOTES).unwrap()).await, ["queued"]);
    assert!(!file.with_file_name("note.db-wal").exists());
}

#[tokio::test]
async fn the_log_is_moved_into_the_file_before_it_grows_large() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    for number in 0..40 {
        let text = format!("{number} {}", "x".repeat(400_000));
        sqlite.write("add a note", insert(text)).await.unwrap();
    }
    let log = std::fs::metadata(file.with_file_name("note.db-wal"))
        .unwrap()
        .len();
    assert!(log < 8_000_000, "{log} bytes");
}

#[tokio::test]
async fn a_second_program_is_refused_and_told_who_has_the_file() {
    let (folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&file, &link).unwrap();

    for path in [&file, &link] {
        let text = refusal(path, NOTES).to_string();
        assert!(text.contains("note.db"), "{text}");
        assert!(
            text.contains(&format!("process {}", std::process::id())),
            "{text}"
        );
    }
    sqlite.close().await;
    Sqlite::open(&link, NOTES).unwrap();
}

fn refusal(path: &Path, migrations: &'static [&'static str]) -> OpenError {
    Sqlite::open(path, migrations).expect_err("opening is refused")
}

#[tokio::test]
async fn an_older_file_is_brought_to_the_latest_schema_and_a_newer_one_is_refused() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    sqlite
        .write("add a note", insert("old".to_owned()))
        .await
        .unwrap();
    sqlite.close().await;

    let sqlite = Sqlite::open(&file, NOTES_WITH_AUTHORS).unwrap();
    let update = |connection: &Connection| connection.execute("UPDATE note SET author = 'me'", []);
    assert_eq!(sqlite.write("sign notes", update).await.unwrap(), 1);
    sqlite.close().await;

    let refused = refusal(&file, NOTES);
    assert!(
        matches!(
            refused,
            OpenError::Newer {
                found: 2,
                known: 1,
                ..
            }
        ),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_file_as_it_was() {
    let (_folder, file) = fresh();
    Sqlite::open(&file, NOTES).unwrap().close().await;

    let refused = refusal(&file, NOTES_AND_A_MISTAKE);
    assert!(matches!(refused, OpenError::File { .. }), "{refused:?}");

    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    let count = |connection: &Connection| {
        connection.query_row(
            "SELECT count(*) FROM sqlite_schema WHERE name = 'half'",
            [],
            |row| row.get(0),
        )
    };
    assert_eq!(
        sqlite.read::<i64, _>("look for the table", count).await.unwrap(),
        0
    );
}

#[tokio::test]
async fn a_damaged_file_is_refused_by_name() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    for number in 0..500 {
        sqlite
            .write("add a note", insert(format!("{number} {}", "x".repeat(100))))
            .await
            .unwrap();
    }
    sqlite.close().await;

    let mut bytes = std::fs::read(&file).unwrap();
    // The header and the schema stay as they were.
    bytes[8_192..].fill(7);
    std::fs::write(&file, bytes).unwrap();
    let refused = refusal(&file, NOTES);
    assert!(matches!(refused, OpenError::Damaged { .. }), "{refused:?}");
    assert!(refused.to_string().contains("note.db"), "{refused}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_by_name() {
    let (_folder, file) = fresh();
    std::fs::write(&file, "Dear diary, this is not a database at all. ".repeat(100)).unwrap();
    let refused = refusal(&file, NOTES);
    assert!(matches!(refused, OpenError::Damaged { .. }), "{refused:?}");
    assert!(refused.to_string().contains("note.db"), "{refused}");
}

#[tokio::test]
async fn a_full_disk_fails_writes_until_there_is_room() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    sqlite
        .write("add a note", insert("before".to_owned()))
        .await
        .unwrap();
    sqlite
        .write("fill the disk", |connection| limit(connection, 10))
        .await
        .unwrap();
    let go_on = hold_up(&sqlite).await;

    let (bystander, full, later, ()) = tokio::join!(
        sqlite.write("add a note", insert("bystander".to_owned())),
        sqlite.write("add a large note", insert("x".repeat(200_000))),
        sqlite.write("add a note", insert("later".to_owned())),
        async { go_on.send(()).unwrap() },
    );
    assert!(
        matches!(
            full,
            Err(StoreError::Full {
                task: "add a large note",
                ..
            })
        ),
        "{full:?}"
    );
    let mut expected = vec!["before"];
    for (end, text) in [(bystander, "bystander"), (later, "later")] {
        match end {
            Ok(()) => expected.push(text),
            // SQLite may have to undo the whole transaction.
            Err(error) => assert!(matches!(error, StoreError::Full { .. }), "{error:?}"),
        }
    }
    assert_eq!(texts(&sqlite).await, expected);

    sqlite
        .write("make room", |connection| limit(connection, 100_000))
        .await
        .unwrap();
    sqlite
        .write("add a large note", insert("x".repeat(200_000)))
        .await
        .unwrap();
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
    sqlite
        .write("add a note", insert("before".to_owned()))
        .await
        .unwrap();
    let go_on = hold_up(&sqlite).await;

    let broken = sqlite.write("meet a broken disk", |_| -> rusqlite::Result<()> {
        Err(io_error())
    });
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
    assert!(
        matches!(refused, Err(StoreError::Unavailable { .. })),
        "{refused:?}"
    );
    assert_eq!(texts(&sqlite).await, ["before"]);

    sqlite.close().await;
    assert_eq!(texts(&Sqlite::open(&file, NOTES).unwrap()).await, ["before"]);
}

#[tokio::test]
async fn only_their_owner_can_read_the_files() {
    let (folder, _) = fresh();
    let file = folder.path().join("data/deep/note.db");
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    sqlite
        .write("add a note", insert("private".to_owned()))
        .await
        .unwrap();

    for name in ["note.db", "note.db-wal", "note.db-shm", "note.db.lock"] {
        let mode = std::fs::metadata(file.with_file_name(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    for made in ["data", "data/deep"] {
        let mode = std::fs::metadata(folder.path().join(made))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700, "{made}");
    }
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    sqlite
        .read("write", insert("smuggled".to_owned()))
        .await
        .unwrap_err();
    assert!(texts(&sqlite).await.is_empty());
}
