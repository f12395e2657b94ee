//! Conversations in MongoDB.
//!
//! | collection | `_id` | holds |
//! |---|---|---|
//! | `log` | conversation and seq | what happened: the truth |
//! | `conversations` | conversation | who is in it |
//! | `members` | conversation and member | how far each has read |
//! | `store` | `epoch` | the name of this history |
//!
//! The `_id` of `log` is what makes the order total; its unique index on
//! conversation, actor and client is what makes a retry harmless.

mod append;
mod documents;
mod overviews;

use async_trait::async_trait;
use bson::{Bson, Document, doc};
use confab_core::page::Page;
use confab_core::{ConversationId, Timestamp, UserId};
use confab_db::mongo::{Mongo, OrStoreError, Server, binary, is_duplicate_key};
use confab_db::{OpenError, StoreError};
use futures_util::TryStreamExt;
use mongodb::Collection;
use mongodb::options::ReturnDocument;
use quick_cache::sync::Cache;

use super::{Appended, ConversationCursor, Durability, MessageStore};
use crate::domain::{Conversation, Draft, Event, Head, Overview};
use documents::{ConversationDocument, LogDocument, MESSAGE_SENT, MemberDocument};

/// Of how many conversations the head is remembered. Forgetting one costs one read.
const HEADS_MAX: usize = 100_000;

/// Keeps conversations in four collections.
pub struct MongoStore {
    mongo: Mongo,
    log: Collection<LogDocument>,
    conversations: Collection<ConversationDocument>,
    members: Collection<MemberDocument>,
    store: Collection<Document>,
    /// Where this node believes conversations to be. Only ever a guess: another
    /// node may have appended since, and then the `_id` of `log` objects.
    heads: Cache<ConversationId, Head>,
}

impl MongoStore {
    /// Opens the collections, and makes what is missing.
    pub async fn open(server: &Server) -> Result<Self, OpenError> {
        let mongo = server.database("message");
        mongo.prepare(&documents::collections()).await?;
        Ok(Self {
            log: mongo.collection("log"),
            conversations: mongo.collection("conversations"),
            members: mongo.collection("members"),
            store: mongo.collection("store"),
            heads: Cache::new(HEADS_MAX),
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
        now: Timestamp,
    ) -> Result<Vec<Appended>, StoreError> {
        self.append_drafts(conversation, drafts, now).await
    }

    async fn head(&self, conversation: ConversationId) -> Result<Head, StoreError> {
        let newest =
            self.find_in_log(log_range(conversation, 0, i64::MAX), -1, 1, "read the head of a conversation");
        Ok(newest.await?.first().map(Head::from).unwrap_or_default())
    }

    async fn list_events(
        &self,
        conversation: ConversationId,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.find_in_log(log_range(conversation, after, i64::MAX), 1, limit, "list events").await
    }

    async fn list_messages(
        &self,
        conversation: ConversationId,
        page: Page<i64>,
    ) -> Result<Vec<Event>, StoreError> {
        let mut filter = log_range(conversation, 0, page.after.unwrap_or(i64::MAX));
        filter.insert("kind", MESSAGE_SENT);
        self.find_in_log(filter, -1, page.size, "list messages").await
    }

    async fn open_conversation(&self, conversation: Conversation) -> Result<Conversation, StoreError> {
        let task = "open a conversation";
        // Members first: a conversation that is there has them, also after a
        // crash in between. Those of one that is not there yet are seen by nobody.
        for member in &conversation.members {
            let member = MemberDocument::new(conversation.id, *member);
            match self.members.insert_one(member).await {
                Err(error) if is_duplicate_key(&error) => {}
                inserted => drop(inserted.or_store_error(task)?),
            }
        }
        // A write also when it changes nothing: it waits for a majority, so that
        // what somebody else has just opened is there for our next read.
        let ConversationDocument { id, members, created } = ConversationDocument::from(&conversation);
        let kept = self
            .conversations
            .find_one_and_update(
                doc! { "_id": id },
                doc! { "$setOnInsert": { "members": members, "created": created } },
            )
            .upsert(true)
            .return_document(ReturnDocument::After);
        let kept = kept.await.or_store_error(task)?;
        kept.ok_or_else(|| StoreError::corrupt(task, "what was kept is not there"))?.try_into()
    }

    async fn members(&self, conversation: ConversationId) -> Result<Vec<UserId>, StoreError> {
        let found = self.conversations.find_one(doc! { "_id": binary(conversation.as_uuid()) }).await;
        let found = found.or_store_error("list members")?.map(Conversation::try_from).transpose()?;
        Ok(found.map(|conversation| conversation.members).unwrap_or_default())
    }

    async fn overview(
        &self,
        conversation: ConversationId,
        member: UserId,
    ) -> Result<Option<Overview>, StoreError> {
        let id = doc! { "_id": documents::member_id(conversation, member) };
        Ok(self.find_overviews(id, None, 1).await?.pop())
    }

    async fn list_overviews(
        &self,
        member: UserId,
        page: Page<ConversationCursor>,
    ) -> Result<Vec<Overview>, StoreError> {
        let theirs = doc! { "member": binary(member.as_uuid()) };
        self.find_overviews(theirs, page.after, page.size).await
    }

    async fn heads(&self, member: UserId) -> Result<Vec<(ConversationId, Head)>, StoreError> {
        self.find_heads(member).await
    }

    async fn mark_read(
        &self,
        conversation: ConversationId,
        member: UserId,
        seq: i64,
    ) -> Result<Option<Head>, StoreError> {
        let task = "move a read mark";
        let there = self.find_in_log(log_range(conversation, seq - 1, seq + 1), 1, 1, task).await?;
        let Some(read) = there.first().map(Head::from) else {
            return Ok(None);
        };
        // `$max` is what keeps the mark from moving back. Both move together,
        // because the ordinal grows with the number.
        let moved = self
            .members
            .find_one_and_update(
                doc! { "_id": documents::member_id(conversation, member) },
                doc! { "$max": { "read_seq": read.seq, "read_ordinal": read.ordinal } },
            )
            .return_document(ReturnDocument::After);
        Ok(moved.await.or_store_error(task)?.map(|member| member.read()))
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
