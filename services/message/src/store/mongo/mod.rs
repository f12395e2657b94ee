//! Conversations in MongoDB.
//!
//! | collection | `_id` | holds |
//! |---|---|---|
//! | `log` | conversation and seq | what happened: the truth |
//! | `conversations` | conversation | what its events have made of it |
//! | `members` | conversation and member | since when each sees it, and how far they have read |
//! | `people` | person | whether they hide, and when they were last online |
//! | `store` | `epoch` | the name of this history |
//!
//! The `_id` of `log` is what makes the order total; its unique index on
//! conversation, actor and client is what makes a retry harmless.

mod append;
mod collections;
mod conversations;
mod documents;
mod follow;
mod inserts;
mod marks;
mod messages;
mod overviews;
mod people;
mod settings;

use std::sync::Arc;

use async_trait::async_trait;
use bson::{Bson, Document, doc};
use confab_core::page::Page;
use confab_core::{ClientId, ConversationId, Timestamp, UserId};
use confab_db::mongo::{Mongo, OrStoreError, Server, binary};
use confab_db::{OpenError, StoreError};
use futures_util::TryStreamExt;
use mongodb::Collection;
use mongodb::options::ReturnDocument;
use quick_cache::sync::Cache;

use super::kept::Kept;
use super::record::kind;
use super::{Appended, ConversationCursor, Durability, MemberHead, MessageStore};
use crate::domain::{
    Advance, Conditions, Conversation, Draft, Event, Head, Marks, Message, Overview, Setting, Shelf,
};
use documents::{ConversationDocument, LogDocument, MemberDocument};
use inserts::Inserts;
use people::PersonDocument;

/// Of how many conversations the head is remembered. Forgetting one costs one read.
const HEADS_MAX: usize = 100_000;

/// Keeps conversations in four collections.
pub struct MongoStore {
    mongo: Mongo,
    log: Collection<LogDocument>,
    inserts: Inserts,
    conversations: Collection<ConversationDocument>,
    members: Collection<MemberDocument>,
    people: Collection<PersonDocument>,
    store: Collection<Document>,
    /// Where this node believes conversations to be. Only ever a guess: another
    /// node may have appended since, and then the `_id` of `log` objects.
    heads: Cache<ConversationId, Head>,
    kept: Kept,
}

impl MongoStore {
    /// Opens the collections, and makes what is missing.
    pub async fn open(server: &Server) -> Result<Self, OpenError> {
        let mongo = server.database("message");
        mongo.prepare(&collections::collections()).await?;
        Ok(Self {
            log: mongo.collection("log"),
            inserts: Inserts::start(mongo.collection("log")),
            conversations: mongo.collection("conversations"),
            members: mongo.collection("members"),
            people: mongo.collection("people"),
            store: mongo.collection("store"),
            heads: Cache::new(HEADS_MAX),
            kept: Kept::default(),
            mongo,
        })
    }

    async fn find_in_log(
        &self,
        filter: Document,
        order: i32,
        limit: usize,
        task: &'static str,
    ) -> Result<Vec<Event>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let found = self.log.find(filter).sort(doc! { "_id": order }).limit(limit);
        let documents: Vec<LogDocument> =
            found.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        documents.into_iter().map(Event::try_from).collect()
    }
}

#[async_trait]
impl MessageStore for MongoStore {
    async fn append(
        &self,
        conversation: ConversationId,
        drafts: &[Draft],
        conditions: Conditions,
    ) -> Result<Vec<Appended>, StoreError> {
        self.append_drafts(conversation, drafts, conditions).await
    }

    async fn head(&self, conversation: ConversationId) -> Result<Head, StoreError> {
        let newest =
            self.find_in_log(log_range(conversation, 0, i64::MAX), -1, 1, "read the head of a conversation");
        Ok(newest.await?.first().map(|event| event.at).unwrap_or_default())
    }

    async fn list_events(
        &self,
        conversation: ConversationId,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let events = log_range(conversation, after, i64::MAX);
        let mut events = self.find_in_log(events, 1, limit, "list events").await?;
        self.forget_deleted(conversation, &mut events).await?;
        Ok(events)
    }

    async fn list_messages(
        &self,
        conversation: ConversationId,
        page: Page<i64>,
    ) -> Result<Vec<Message>, StoreError> {
        let mut filter = log_range(conversation, 0, page.after.unwrap_or(i64::MAX));
        filter.insert("kind", kind::MESSAGE_SENT);
        let sent = self.find_in_log(filter, -1, page.size, "list messages").await?;
        self.folded(sent).await
    }

    async fn list_notes(
        &self,
        conversation: ConversationId,
        (after, before): (i64, i64),
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let mut filter = log_range(conversation, after, before);
        filter.insert("kind", doc! { "$gte": kind::GROUP_CREATED, "$lte": kind::CONVERSATION_UPDATED });
        self.find_in_log(filter, -1, limit, "list notes").await
    }

    async fn find_messages(
        &self,
        conversation: ConversationId,
        seqs: &[i64],
    ) -> Result<Vec<Message>, StoreError> {
        self.find_by_seq(conversation, seqs).await
    }

    async fn find_by_client(
        &self,
        conversation: ConversationId,
        actor: UserId,
        client: ClientId,
    ) -> Result<Option<Event>, StoreError> {
        Ok(self.find_originals(conversation, &[(actor, client)]).await?.into_values().next())
    }

    async fn list_edits(
        &self,
        conversation: ConversationId,
        target: i64,
        page: Page<i64>,
    ) -> Result<Vec<Event>, StoreError> {
        let edits = doc! {
            "_id.c": binary(conversation.as_uuid()),
            "target": target,
            "kind": kind::MESSAGE_EDITED,
            "_id.s": { "$lt": page.after.unwrap_or(i64::MAX) },
        };
        self.find_in_log(edits, -1, page.size, "list edits").await
    }

    async fn list_said(
        &self,
        conversation: ConversationId,
        sender: UserId,
        after: i64,
        limit: usize,
    ) -> Result<Vec<i64>, StoreError> {
        self.find_said(conversation, sender, after, limit).await
    }

    async fn open_direct(&self, conversation: Conversation) -> Result<(), StoreError> {
        self.keep_direct(&conversation).await
    }

    async fn conversation(
        &self,
        conversation: ConversationId,
        revision: i64,
    ) -> Result<Option<Arc<Conversation>>, StoreError> {
        self.find_conversation(conversation, revision).await
    }

    async fn list_ids(
        &self,
        after: Option<ConversationId>,
        limit: usize,
    ) -> Result<Vec<ConversationId>, StoreError> {
        self.find_ids(after, limit).await
    }

    async fn overview(
        &self,
        conversation: ConversationId,
        member: UserId,
    ) -> Result<Option<Overview>, StoreError> {
        let id = doc! { "_id": documents::member_id(conversation, member), "present": true };
        Ok(self.find_overviews(&id, None, None, 1).await?.pop())
    }

    async fn list_overviews(
        &self,
        member: UserId,
        place: Shelf,
        now: Timestamp,
        page: Page<ConversationCursor>,
    ) -> Result<Vec<Overview>, StoreError> {
        let theirs = doc! { "member": binary(member.as_uuid()), "present": true };
        let on_shelf = settings::on_shelf(place, now);
        self.find_overviews(&theirs, Some(&on_shelf), page.after, page.size).await
    }

    async fn heads(&self, members: &[UserId]) -> Result<Vec<MemberHead>, StoreError> {
        self.find_heads(members).await
    }

    async fn advance_marks(&self, advances: &[Advance]) -> Result<Vec<Option<Marks>>, StoreError> {
        self.move_marks(advances).await
    }

    async fn marks(&self, conversation: ConversationId) -> Result<Vec<(UserId, Marks)>, StoreError> {
        self.find_marks(conversation).await
    }

    async fn set(
        &self,
        conversation: ConversationId,
        member: UserId,
        setting: Setting,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.keep_setting(conversation, member, setting, now).await
    }

    async fn finish(&self) -> Result<usize, StoreError> {
        self.finish_due().await
    }

    async fn epoch(&self) -> Result<String, StoreError> {
        let task = "read the epoch of the store";
        let fresh = uuid::Uuid::new_v4().simple().to_string();
        let kept = self
            .store
            .find_one_and_update(doc! { "_id": "epoch" }, doc! { "$setOnInsert": { "epoch": fresh } })
            .upsert(true)
            .return_document(ReturnDocument::After);
        let kept = kept.await.or_store_error(task)?.unwrap_or_default();
        let epoch = kept.get_str("epoch").map_err(|error| StoreError::corrupt(task, error))?;
        Ok(epoch.to_owned())
    }

    fn durability(&self) -> Durability {
        Durability::Majority
    }

    async fn failed(&self) -> String {
        // A database that is away comes back; there is nothing here that breaks for good.
        std::future::pending().await
    }

    async fn close(&self) {}
}

/// The events of `conversation` between two numbers, neither included. On `_id`
/// as a whole, because that is what the index is on.
fn log_range(conversation: ConversationId, after: i64, before: i64) -> Document {
    let place = |seq: Bson| doc! { "c": binary(conversation.as_uuid()), "s": seq };
    doc! { "_id": { "$gt": place(after.into()), "$lt": place(before.into()) } }
}
