//! Conversations, which are behind their events after a crash.

use std::sync::Arc;

use bson::{Binary, doc};
use confab_core::ConversationId;
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, binary, is_duplicate_key};
use futures_util::TryStreamExt;
use serde::Deserialize;

use super::MongoStore;
use super::documents::{ConversationDocument, MemberDocument, MemberId, id};
use crate::domain::{Conversation, Event};

/// Nothing of a conversation but its id.
#[derive(Debug, Deserialize)]
struct IdDocument {
    #[serde(rename = "_id")]
    id: Binary,
}

impl MongoStore {
    /// See [`MessageStore::open_direct`](crate::store::MessageStore::open_direct).
    pub(super) async fn keep_direct(&self, conversation: &Conversation) -> Result<(), StoreError> {
        let task = "open a conversation";
        // Members first: a conversation that is there has them, also after a
        // crash in between. Those of one that is not there yet are seen by nobody.
        let c = binary(conversation.id.as_uuid());
        let members = conversation.members.iter().map(|member| MemberDocument {
            id: MemberId { c: c.clone(), m: binary(member.user.as_uuid()) },
            member: binary(member.user.as_uuid()),
            present: true,
            since_event: 0,
            since_seq: 0,
            since_ordinal: 0,
            read_seq: 0,
            read_ordinal: 0,
            delivered_seq: 0,
            muted_until: None,
            archived_at: None,
        });
        match self.members.insert_many(members).ordered(false).await {
            Err(error) if is_duplicate_key(&error) => {}
            inserted => drop(inserted.or_store_error(task)?),
        }
        // A write also when it changes nothing: it waits for a majority, so that
        // what somebody else has just opened is there for our next read.
        let document = bson::serialize_to_document(&ConversationDocument::from(conversation));
        let mut document = document.map_err(|error| StoreError::corrupt(task, error))?;
        document.remove("_id");
        let kept =
            self.conversations.update_one(doc! { "_id": c }, doc! { "$setOnInsert": document }).upsert(true);
        kept.await.or_store_error(task).map(drop)
    }

    /// See [`MessageStore::list_ids`](crate::store::MessageStore::list_ids).
    pub(super) async fn find_ids(
        &self,
        after: Option<ConversationId>,
        limit: usize,
    ) -> Result<Vec<ConversationId>, StoreError> {
        let task = "list all conversations";
        let filter =
            after.map(|after| doc! { "_id": { "$gt": binary(after.as_uuid()) } }).unwrap_or_default();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let ids = self.conversations.clone_with_type::<IdDocument>();
        let find = ids.find(filter).sort(doc! { "_id": 1 });
        let find = find.projection(doc! { "_id": 1 }).limit(limit);
        let found: Vec<IdDocument> =
            find.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        found.iter().map(|found| id(&found.id)).collect()
    }

    /// See [`MessageStore::conversation`](crate::store::MessageStore::conversation).
    pub(super) async fn find_conversation(
        &self,
        id: ConversationId,
        revision: i64,
    ) -> Result<Option<Arc<Conversation>>, StoreError> {
        if let Some(kept) = self.kept.get(id, revision) {
            return Ok(Some(kept));
        }
        let task = "read a conversation";
        let found = self.conversations.find_one(doc! { "_id": binary(id.as_uuid()) }).await;
        let mut found = found.or_store_error(task)?.map(Conversation::try_from).transpose()?;
        if found.as_ref().map_or(0, |found| found.revision) < revision {
            found = self.caught_up(id, found).await?;
        }
        let found = found.map(Arc::new);
        if let Some(found) = &found {
            self.kept.put(found);
        }
        Ok(found)
    }

    /// What `conversation` became by the changes that it has not seen.
    async fn caught_up(
        &self,
        id: ConversationId,
        mut conversation: Option<Conversation>,
    ) -> Result<Option<Conversation>, StoreError> {
        let task = "catch up with a conversation";
        let after = conversation.as_ref().map_or(0, |conversation| conversation.revision);
        let changes = doc! { "_id.c": binary(id.as_uuid()), "change": { "$gt": after } };
        let mut changes = self.log.find(changes).sort(doc! { "change": 1 }).await.or_store_error(task)?;
        while let Some(document) = changes.try_next().await.or_store_error(task)? {
            let event = Event::try_from(document)?;
            match &mut conversation {
                Some(conversation) => conversation.apply(&event),
                None => conversation = Conversation::founded_by(&event),
            }
        }
        Ok(conversation)
    }

    /// Writes what `conversation` is like, unless a later form of it is there.
    pub(super) async fn write_conversation(&self, conversation: &Conversation) -> Result<(), StoreError> {
        let document = ConversationDocument::from(conversation);
        let earlier = doc! { "_id": &document.id, "revision": { "$lt": document.revision } };
        match self.conversations.replace_one(earlier, &document).upsert(true).await {
            // There is a later one, or the same.
            Err(error) if is_duplicate_key(&error) => Ok(()),
            written => written.or_store_error("write a conversation").map(drop),
        }
    }
}
