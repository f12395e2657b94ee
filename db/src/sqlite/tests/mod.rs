//! What the embedded engine promises, tried out: what its tests share.

mod opening;
mod writing;

use std::path::PathBuf;
use std::sync::mpsc;

use rusqlite::Connection;
use tempfile::TempDir;

use super::Sqlite;

const NOTES: &[&str] = &["CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT"];

fn fresh() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("note.db");
    (folder, file)
}

fn insert(text: String) -> impl FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static {
    move |connection| connection.execute("INSERT INTO note (text) VALUES (?1)", [text]).map(drop)
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
            wait.recv().unwrap_or_default();
            Ok(())
        });
        held.await.unwrap();
    });
    has_started.await.unwrap();
    go_on
}
