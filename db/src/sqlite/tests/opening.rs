//! What happens when a file is opened, and what is left when it is closed.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rusqlite::Connection;

use super::{NOTES, fresh, hold_up, insert, texts};
use crate::sqlite::Sqlite;
use crate::{OpenError, StoreError};

const NOTES_AND_A_MISTAKE: &[&str] = &[NOTES[0], "CREATE TABLE half (id); CREATE TABLE note (id)"];
const NOTES_WITH_AUTHORS: &[&str] = &[NOTES[0], "ALTER TABLE note ADD COLUMN author TEXT"];

#[tokio::test]
async fn what_was_written_is_there_after_reopening() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    sqlite.write("add a note", insert("kept".to_owned())).await.unwrap();
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
async fn a_second_program_is_refused_and_told_who_has_the_file() {
    let (folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&file, &link).unwrap();

    for path in [&file, &link] {
        let text = refusal(path, NOTES).to_string();
        assert!(text.contains("note.db"), "{text}");
        assert!(text.contains(&format!("process {}", std::process::id())), "{text}");
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
    sqlite.write("add a note", insert("old".to_owned())).await.unwrap();
    sqlite.close().await;

    let sqlite = Sqlite::open(&file, NOTES_WITH_AUTHORS).unwrap();
    let update = |connection: &Connection| connection.execute("UPDATE note SET author = 'me'", []);
    assert_eq!(sqlite.write("sign notes", update).await.unwrap(), 1);
    sqlite.close().await;

    let refused = refusal(&file, NOTES);
    assert!(matches!(refused, OpenError::Newer { found: 2, known: 1, .. }), "{refused:?}");
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_file_as_it_was() {
    let (_folder, file) = fresh();
    Sqlite::open(&file, NOTES).unwrap().close().await;

    let refused = refusal(&file, NOTES_AND_A_MISTAKE);
    assert!(matches!(refused, OpenError::File { .. }), "{refused:?}");

    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    let count = |connection: &Connection| {
        connection.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'half'", [], |row| row.get(0))
    };
    assert_eq!(sqlite.read::<i64, _>("look for the table", count).await.unwrap(), 0);
}

#[tokio::test]
async fn a_damaged_file_is_refused_by_name() {
    let (_folder, file) = fresh();
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    for number in 0..500 {
        sqlite.write("add a note", insert(format!("{number} {}", "x".repeat(100)))).await.unwrap();
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
async fn only_their_owner_can_read_the_files() {
    let (folder, _) = fresh();
    let file = folder.path().join("data/deep/note.db");
    let sqlite = Sqlite::open(&file, NOTES).unwrap();
    sqlite.write("add a note", insert("private".to_owned())).await.unwrap();

    for name in ["note.db", "note.db-wal", "note.db-shm", "note.db.lock"] {
        let mode = std::fs::metadata(file.with_file_name(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    for made in ["data", "data/deep"] {
        let mode = std::fs::metadata(folder.path().join(made)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{made}");
    }
}

#[tokio::test]
async fn an_operator_uses_the_file_beside_the_program_that_has_it() {
    let (_folder, file) = fresh();
    let server = Sqlite::open(&file, NOTES).unwrap();
    server.write("add a note", insert("of the server".to_owned())).await.unwrap();

    let command = Sqlite::open_beside(&file, NOTES).unwrap();
    command.write("add a note", insert("of the operator".to_owned())).await.unwrap();
    assert_eq!(texts(&server).await, ["of the server", "of the operator"]);
    command.close().await;
    server.write("add a note", insert("of the server again".to_owned())).await.unwrap();

    let older = Sqlite::open_beside(&file, NOTES_WITH_AUTHORS).map(drop);
    assert!(matches!(older, Err(OpenError::Older { found: 1, known: 2, .. })), "{older:?}");
    server.close().await;
    let alone = Sqlite::open_beside(&file, NOTES_WITH_AUTHORS).unwrap();
    assert_eq!(texts(&alone).await.len(), 3);
    assert!(matches!(Sqlite::open(&file, NOTES_WITH_AUTHORS).map(drop), Err(OpenError::InUse { .. })));
}
