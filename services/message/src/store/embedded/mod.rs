//! Conversations in SQLite.

mod conversations;
mod log;

use std::path::Path;

use async_trait::async_trait;
use confab_core::page::Page;
use confab_core::{ConversationId, Id, Timestamp, UserId};
use confab_db::sqlite::Sqlite;
use confab_db::{OpenError, StoreError};
use uuid::Uuid;

use super::{Appended, ConversationCursor, Durability, MessageStore};
use crate::domain::{Conversation, Draft, Event, Head, Overview};

/// The statements that lead from one version of the schema to the next.
const MIGRATIONS: &[&str] = &[include_str!("../schema.sql")];

/// Keeps conversations in one file.
pub struct EmbeddedStore {
    sqlite: Sqlite,
}

impl EmbeddedStore {
    /// Opens the file in `folder`, or makes it.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        Ok(Self { sqlite: Sqlite::open(&folder.join("message.db"), MIGRATIONS)? })
    }
}

#[async_trait]
impl MessageStore for EmbeddedStore {
    async fn append(
        &self,
        conversation: ConversationId,
        drafts: &[Draft],
        now: Timestamp,
    ) -> Result<Vec<Appended>, StoreError> {
        let drafts = drafts.to_vec();
        let job = move |sql: &rusqlite::Connection| log::append(sql, conversation, &drafts, now);
        self.sqlite.write("append messages", job).await
    }

    async fn head(&self, conversation: ConversationId) -> Result<Head, StoreError> {
        self.sqlite.read("read the head of a conversation", move |sql| log::head(sql, conversation)).await
    }

    async fn list_events(
        &self,
        conversation: ConversationId,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.sqlite.read("list events", move |sql| log::list_after(sql, conversation, after, limit)).await
    }

    async fn list_messages(
        &self,
        conversation: ConversationId,
        page: Page<i64>,
    ) -> Result<Vec<Event>, StoreError> {
        self.sqlite.read("list messages", move |sql| log::list_before(sql, conversation, page)).await
    }

    async fn open_conversation(&self, conversation: Conversation) -> Result<Conversation, StoreError> {
        self.sqlite.write("open a conversation", move |sql| conversations::open(sql, &conversation)).await
    }

    async fn members(&self, conversation: ConversationId) -> Result<Vec<UserId>, StoreError> {
        self.sqlite.read("list members", move |sql| conversations::members(sql, conversation)).await
    }

    async fn overview(
        &self,
        conversation: ConversationId,
        member: UserId,
    ) -> Result<Option<Overview>, StoreError> {
        let job = move |sql: &rusqlite::Connection| conversations::overview(sql, conversation, member);
        self.sqlite.read("read a conversation", job).await
    }

    async fn list_overviews(
        &self,
        member: UserId,
        page: Page<ConversationCursor>,
    ) -> Result<Vec<Overview>, StoreError> {
        self.sqlite.read("list conversations", move |sql| conversations::list(sql, member, page)).await
    }

    async fn heads(&self, member: UserId) -> Result<Vec<(ConversationId, Head)>, StoreError> {
        self.sqlite.read("read heads of conversations", move |sql| conversations::heads(sql, member)).await
    }

    async fn mark_read(
        &self,
        conversation: ConversationId,
        member: UserId,
        seq: i64,
    ) -> Result<Option<Head>, StoreError> {
        let job = move |sql: &rusqlite::Connection| conversations::mark_read(sql, conversation, member, seq);
        self.sqlite.write("move a read mark", job).await
    }

    async fn epoch(&self) -> Result<String, StoreError> {
        let job = |sql: &rusqlite::Connection| sql.query_row("SELECT epoch FROM store", [], |row| row.get(0));
        self.sqlite.read("read the epoch of the store", job).await
    }

    fn durability(&self) -> Durability {
        Durability::Synced
    }

    async fn failed(&self) -> String {
        self.sqlite.failed().await
    }

    async fn close(&self) {
        self.sqlite.close().await;
    }
}

/// An id as SQLite keeps it: 16 bytes.
fn blob<Of>(id: Id<Of>) -> [u8; 16] {
    *id.as_uuid().as_bytes()
}

/// A number of rows, as SQLite counts.
fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// Reads an id from a column.
fn id<Of>(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<Id<Of>> {
    Ok(Id::from_uuid(Uuid::from_bytes(row.get(column)?)))
}
