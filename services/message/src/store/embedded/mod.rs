//! Conversations in SQLite.

mod append;
mod conversations;
mod log;
mod marks;
mod messages;
mod people;
mod settings;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use confab_core::page::Page;
use confab_core::{ClientId, ConversationId, Id, Timestamp, UserId};
use confab_db::sqlite::Sqlite;
use confab_db::{OpenError, StoreError};
use uuid::Uuid;

use super::kept::Kept;
use super::{Appended, ConversationCursor, Durability, MemberHead, MessageStore};
use crate::domain::{
    Advance, Conditions, Conversation, Draft, Event, Head, Marks, Message, Overview, Setting, Shelf,
};

/// The statements that lead from one version of the schema to the next.
const MIGRATIONS: &[&str] = &[include_str!("../schema.sql")];

/// Keeps conversations in one file.
pub struct EmbeddedStore {
    sqlite: Sqlite,
    kept: Kept,
}

impl EmbeddedStore {
    /// Opens the file in `folder`, or makes it.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        Ok(Self { sqlite: Sqlite::open(&folder.join("message.db"), MIGRATIONS)?, kept: Kept::default() })
    }
}

#[async_trait]
impl MessageStore for EmbeddedStore {
    async fn append(
        &self,
        conversation: ConversationId,
        drafts: &[Draft],
        conditions: Conditions,
    ) -> Result<Vec<Appended>, StoreError> {
        let (drafts, kept) = (drafts.to_vec(), self.kept.get(conversation, 0));
        let job =
            move |sql: &rusqlite::Connection| append::append(sql, conversation, &drafts, conditions, kept);
        let done = self.sqlite.write("append to a conversation", job).await?;
        // Only now that it is durable.
        done.conversation.iter().for_each(|conversation| self.kept.put(conversation));
        Ok(done.outcomes)
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
    ) -> Result<Vec<Message>, StoreError> {
        self.sqlite.read("list messages", move |sql| messages::list(sql, conversation, page)).await
    }

    async fn list_notes(
        &self,
        conversation: ConversationId,
        (after, before): (i64, i64),
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let job = move |sql: &rusqlite::Connection| log::notes(sql, conversation, (after, before), limit);
        self.sqlite.read("list notes", job).await
    }

    async fn find_messages(
        &self,
        conversation: ConversationId,
        seqs: &[i64],
    ) -> Result<Vec<Message>, StoreError> {
        let seqs = seqs.to_vec();
        self.sqlite.read("find messages", move |sql| messages::find(sql, conversation, &seqs)).await
    }

    async fn find_by_client(
        &self,
        conversation: ConversationId,
        actor: UserId,
        client: ClientId,
    ) -> Result<Option<Event>, StoreError> {
        let job = move |sql: &rusqlite::Connection| log::find_by_client(sql, conversation, actor, client);
        self.sqlite.read("find an event", job).await
    }

    async fn list_edits(
        &self,
        conversation: ConversationId,
        target: i64,
        page: Page<i64>,
    ) -> Result<Vec<Event>, StoreError> {
        self.sqlite.read("list edits", move |sql| messages::edits(sql, conversation, target, page)).await
    }

    async fn list_said(
        &self,
        conversation: ConversationId,
        sender: UserId,
        after: i64,
        limit: usize,
    ) -> Result<Vec<i64>, StoreError> {
        let job = move |sql: &rusqlite::Connection| log::list_said(sql, conversation, sender, after, limit);
        self.sqlite.read("list what somebody said", job).await
    }

    async fn open_direct(&self, conversation: Conversation) -> Result<(), StoreError> {
        let job = move |sql: &rusqlite::Connection| conversations::open_direct(sql, &conversation);
        self.sqlite.write("open a conversation", job).await
    }

    async fn conversation(
        &self,
        conversation: ConversationId,
        revision: i64,
    ) -> Result<Option<Arc<Conversation>>, StoreError> {
        if let Some(kept) = self.kept.get(conversation, revision) {
            return Ok(Some(kept));
        }
        let job = move |sql: &rusqlite::Connection| conversations::read(sql, conversation);
        let found = self.sqlite.read("read a conversation", job).await?.map(Arc::new);
        if let Some(found) = &found {
            self.kept.put(found);
        }
        Ok(found)
    }

    async fn list_ids(
        &self,
        after: Option<ConversationId>,
        limit: usize,
    ) -> Result<Vec<ConversationId>, StoreError> {
        let job = move |sql: &rusqlite::Connection| conversations::list_ids(sql, after, limit);
        self.sqlite.read("list all conversations", job).await
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
        place: Shelf,
        now: Timestamp,
        page: Page<ConversationCursor>,
    ) -> Result<Vec<Overview>, StoreError> {
        let job = move |sql: &rusqlite::Connection| conversations::list(sql, member, place, now, page);
        self.sqlite.read("list conversations", job).await
    }

    async fn heads(&self, members: &[UserId]) -> Result<Vec<MemberHead>, StoreError> {
        let members = members.to_vec();
        self.sqlite.read("read heads of conversations", move |sql| conversations::heads(sql, &members)).await
    }

    async fn advance_marks(&self, advances: &[Advance]) -> Result<Vec<Option<Marks>>, StoreError> {
        let advances = advances.to_vec();
        self.sqlite.write("move marks", move |sql| marks::advance(sql, &advances)).await
    }

    async fn marks(&self, conversation: ConversationId) -> Result<Vec<(UserId, Marks)>, StoreError> {
        self.sqlite.read("read marks", move |sql| marks::list(sql, conversation)).await
    }

    async fn set(
        &self,
        conversation: ConversationId,
        member: UserId,
        setting: Setting,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let job = move |sql: &rusqlite::Connection| settings::change(sql, conversation, member, setting, now);
        self.sqlite.write("keep a setting", job).await
    }

    async fn finish(&self) -> Result<usize, StoreError> {
        // What follows from an event is in the same transaction.
        Ok(0)
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
fn id<Of>(row: &rusqlite::Row<'_>, column: impl rusqlite::RowIndex) -> rusqlite::Result<Id<Of>> {
    Ok(Id::from_uuid(Uuid::from_bytes(row.get(column)?)))
}
