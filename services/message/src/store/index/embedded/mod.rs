//! The index in SQLite.
//!
//! In a file of its own, so that those who write do not wait until something is
//! indexed. It can be deleted while the program does not run, and is made anew.

mod find;

use std::path::Path;

use async_trait::async_trait;
use confab_core::{ConversationId, Id};
use confab_db::sqlite::Sqlite;
use confab_db::{OpenError, StoreError};
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{Chunk, SearchIndex};
use crate::search::{Entry, Found, Search, Term};

/// The statements that lead from one version of the schema to the next.
const MIGRATIONS: &[&str] = &[include_str!("schema.sql")];

/// What stands between the terms of an entry. No term has it.
const BETWEEN: char = ' ';

/// Keeps the index in one file.
pub struct EmbeddedIndex(Sqlite);

impl EmbeddedIndex {
    /// Opens the file in `folder`, or makes it.
    pub fn open(folder: &Path) -> std::result::Result<Self, OpenError> {
        Sqlite::open(&folder.join("search.db"), MIGRATIONS).map(Self)
    }
}

#[async_trait]
impl SearchIndex for EmbeddedIndex {
    async fn indexed(
        &self,
        epoch: &str,
        conversation: ConversationId,
    ) -> std::result::Result<i64, StoreError> {
        let epoch = epoch.to_owned();
        let job = move |sql: &Connection| mark(sql, &epoch, conversation);
        self.0.read("see what is indexed", job).await
    }

    async fn index(&self, epoch: &str, chunk: Chunk) -> std::result::Result<(), StoreError> {
        let epoch = epoch.to_owned();
        let job = move |sql: &Connection| index(sql, &epoch, &chunk);
        self.0.write("index what was said", job).await
    }

    async fn find(&self, search: &Search) -> std::result::Result<Found, StoreError> {
        let search = search.clone();
        self.0.read("search messages", move |sql| find::find(sql, &search)).await
    }

    async fn failed(&self) -> String {
        self.0.failed().await
    }

    async fn close(&self) {
        self.0.close().await;
    }
}

fn mark(sql: &Connection, epoch: &str, conversation: ConversationId) -> Result<i64> {
    let mut statement = sql.prepare_cached("SELECT seq FROM marks WHERE conversation = ? AND epoch = ?")?;
    let found = statement.query_row(params![blob(conversation), epoch], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or_default())
}

fn index(sql: &Connection, epoch: &str, chunk: &Chunk) -> Result<()> {
    let Chunk { conversation, to, entries } = chunk;
    if mark(sql, epoch, *conversation)? >= *to {
        return Ok(());
    }
    for entry in entries {
        remove(sql, *conversation, entry.seq)?;
        insert(sql, *conversation, entry)?;
    }
    sql.prepare_cached("INSERT OR REPLACE INTO marks (conversation, epoch, seq) VALUES (?, ?, ?)")?
        .execute(params![blob(*conversation), epoch, to])
        .map(drop)
}

/// Takes away what was indexed of a message before.
fn remove(sql: &Connection, conversation: ConversationId, seq: i64) -> Result<()> {
    let conversation = blob(conversation);
    let mut before =
        sql.prepare_cached("SELECT created, terms FROM entries WHERE conversation = ? AND seq = ?")?;
    let read = |row: &rusqlite::Row<'_>| Ok((row.get("created")?, row.get("terms")?));
    let before: Option<(i64, String)> = before.query_row(params![conversation, seq], read).optional()?;
    let Some((created, terms)) = before else { return Ok(()) };
    let mut delete = sql.prepare_cached(
        "DELETE FROM terms WHERE conversation = ? AND term = ? AND created = ? AND seq = ?",
    )?;
    for term in terms.split(BETWEEN) {
        delete.execute(params![conversation, term, created, seq])?;
    }
    Ok(())
}

fn insert(sql: &Connection, conversation: ConversationId, entry: &Entry) -> Result<()> {
    let Entry { seq, sender, created, link, terms } = entry;
    let conversation = blob(conversation);
    let texts: Vec<&str> = terms.iter().map(Term::as_str).collect();
    let all = texts.join(BETWEEN.encode_utf8(&mut [0; 4]));
    sql.prepare_cached(
        "INSERT OR REPLACE INTO entries (conversation, seq, created, sender, link, terms)
         VALUES (?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![conversation, seq, created.as_millis(), blob(*sender), link, all])?;
    let mut insert =
        sql.prepare_cached("INSERT INTO terms (conversation, term, created, seq) VALUES (?, ?, ?, ?)")?;
    for term in texts {
        insert.execute(params![conversation, term, created.as_millis(), seq])?;
    }
    Ok(())
}

/// An id as SQLite keeps it: 16 bytes.
fn blob<Of>(id: Id<Of>) -> [u8; 16] {
    *id.as_uuid().as_bytes()
}
