//! Conversations as their members see them.

use std::collections::HashMap;
use std::sync::Arc;

use bson::{Bson, DateTime, Document, doc};
use confab_core::{ConversationId, Timestamp, UserId};
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, binary};
use futures_util::TryStreamExt;
use serde::Deserialize;

use super::documents::{ConversationDocument, LogDocument, MemberDocument, id};
use super::marks::{self, PlaceDocument};
use super::{ConversationCursor, MongoStore};
use crate::domain::{Conversation, Event, Head, Message, Overview};
use crate::store::{CONVERSATIONS_MAX, MemberHead, MessageStore};

/// A member with the newest event of the conversation.
#[derive(Debug, Deserialize)]
struct HeadDocument {
    #[serde(flatten)]
    member: MemberDocument,
    newest: Option<LogDocument>,
}

/// The same, with where the member said something last, with the conversation
/// and its newest message, if the member sees it, and when somebody was last active.
#[derive(Debug, Deserialize)]
struct OverviewDocument {
    #[serde(flatten)]
    member: MemberDocument,
    newest: Option<LogDocument>,
    said: Option<PlaceDocument>,
    conversation: ConversationDocument,
    message: Option<LogDocument>,
    active: DateTime,
}

impl OverviewDocument {
    fn cursor(&self) -> Result<ConversationCursor, StoreError> {
        let active = Timestamp::from_millis(self.active.timestamp_millis());
        let conversation: ConversationId = id(&self.member.id.c)?;
        Ok((active, conversation.as_uuid()))
    }
}

impl MongoStore {
    /// Returns the conversations of the members that match `filter`, and with
    /// the newest event also `on_shelf`, the last active first, from behind `after` on.
    pub(super) async fn find_overviews(
        &self,
        filter: &Document,
        on_shelf: Option<&Document>,
        mut after: Option<ConversationCursor>,
        limit: usize,
    ) -> Result<Vec<Overview>, StoreError> {
        let mut overviews = Vec::new();
        // Who was just removed may be found; that does not make a page a short one.
        loop {
            let wanted = limit - overviews.len();
            let found = self.find_some(filter, on_shelf, after, wanted).await?;
            let complete = found.len() < wanted;
            after = found.last().map(OverviewDocument::cursor).transpose()?;
            overviews.extend(self.overviews_of(found).await?);
            if complete || overviews.len() == limit {
                return Ok(overviews);
            }
        }
    }

    async fn find_some(
        &self,
        filter: &Document,
        on_shelf: Option<&Document>,
        after: Option<ConversationCursor>,
        limit: usize,
    ) -> Result<Vec<OverviewDocument>, StoreError> {
        let task = "list conversations";
        let mut pipeline = with_newest(filter.clone(), CONVERSATIONS_MAX);
        pipeline.extend(on_shelf.map(|filter| doc! { "$match": filter }));
        pipeline.extend([
            doc! { "$lookup": {
                "from": "conversations", "localField": "_id.c", "foreignField": "_id", "as": "conversation",
            } },
            // Also leaves out what a crash left behind before the conversation was kept.
            doc! { "$unwind": "$conversation" },
            doc! { "$set": { "message_id": { "c": "$_id.c", "s": { "$cond": [
                { "$gt": ["$newest.last_message", "$since_seq"] }, "$newest.last_message", Bson::Null,
            ] } } } },
            doc! { "$lookup": {
                "from": "log", "localField": "message_id", "foreignField": "_id", "as": "message",
            } },
            doc! { "$set": { "message": { "$first": "$message" } } },
            doc! { "$set": { "active": { "$ifNull": ["$message.created", "$conversation.created"] } } },
        ]);
        pipeline.extend(after.map(|cursor| doc! { "$match": behind(cursor) }));
        pipeline.extend([
            doc! { "$sort": { "active": -1, "_id.c": -1 } },
            doc! { "$limit": i64::try_from(limit).unwrap_or(i64::MAX) },
            doc! { "$unset": "message_id" },
        ]);
        pipeline.extend(marks::with_said());

        let found = self.members.aggregate(pipeline).with_type::<OverviewDocument>();
        found.await.or_store_error(task)?.try_collect().await.or_store_error(task)
    }

    async fn overviews_of(&self, found: Vec<OverviewDocument>) -> Result<Vec<Overview>, StoreError> {
        let sent = found.iter().filter_map(|found| found.message.clone()).map(Event::try_from);
        let messages = self.folded(sent.collect::<Result<_, _>>()?).await?;
        let mut messages: HashMap<ConversationId, Message> =
            messages.into_iter().map(|message| (message.conversation, message)).collect();
        let mut overviews = Vec::with_capacity(found.len());
        for found in found {
            let user = id(&found.member.member)?;
            let head = found.newest.as_ref().map(LogDocument::head).unwrap_or_default();
            let conversation = Arc::new(Conversation::try_from(found.conversation)?);
            let last_message = messages.remove(&conversation.id);
            let Some(conversation) = self.as_of(conversation, head, user).await? else { continue };
            let read = marks::read(&found.member, found.said.as_ref());
            let settings = found.member.settings();
            overviews.push(Overview { conversation, head, last_message, read, settings });
        }
        Ok(overviews)
    }

    /// What `conversation` is at `head`, which it may be behind; `None` if `user`
    /// is not in it any more.
    async fn as_of(
        &self,
        conversation: Arc<Conversation>,
        head: Head,
        user: UserId,
    ) -> Result<Option<Arc<Conversation>>, StoreError> {
        if conversation.revision >= head.revision {
            return Ok(Some(conversation));
        }
        let now = self.conversation(conversation.id, head.revision).await?;
        Ok(now.filter(|now| now.member(user).is_some()))
    }

    /// Returns how far each conversation of each of `members` has come.
    pub(super) async fn find_heads(&self, members: &[UserId]) -> Result<Vec<MemberHead>, StoreError> {
        let task = "read heads of conversations";
        let ids: Vec<_> = members.iter().map(|member| binary(member.as_uuid())).collect();
        let theirs = doc! { "member": { "$in": ids }, "present": true };
        let mut pipeline = with_newest(theirs, CONVERSATIONS_MAX * members.len());
        // Numbers are all that is wanted, and texts are large.
        pipeline.push(doc! { "$unset": ["newest.text", "newest.detail"] });
        let found = self.members.aggregate(pipeline).with_type::<HeadDocument>();
        let found: Vec<HeadDocument> =
            found.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        let head = |found: HeadDocument| {
            Ok(MemberHead {
                member: id(&found.member.member)?,
                conversation: id(&found.member.id.c)?,
                since: found.member.since(),
                head: found.newest.as_ref().map_or(Head::default(), LogDocument::head),
            })
        };
        found.into_iter().map(head).collect()
    }
}

/// Up to `limit` members that match `filter`, each with the newest event of the conversation.
fn with_newest(filter: Document, limit: usize) -> Vec<Document> {
    let place = |seq: Bson| doc! { "c": "$_id.c", "s": seq };
    vec![
        doc! { "$match": filter },
        doc! { "$limit": i64::try_from(limit.max(1)).unwrap_or(i64::MAX) },
        doc! { "$lookup": {
            "from": "log",
            "let": { "before": place(Bson::MinKey), "after": place(Bson::MaxKey) },
            "pipeline": [
                // On `_id` as a whole, because that is what the index is on.
                { "$match": { "$expr": { "$and": [
                    { "$gt": ["$_id", "$$before"] }, { "$lt": ["$_id", "$$after"] },
                ] } } },
                { "$sort": { "_id": -1 } },
                { "$limit": 1 },
            ],
            "as": "newest",
        } },
        doc! { "$set": { "newest": { "$first": "$newest" } } },
    ]
}

fn behind((active, conversation): ConversationCursor) -> Document {
    let active = DateTime::from_millis(active.as_millis());
    doc! { "$or": [
        { "active": { "$lt": active } },
        { "active": active, "_id.c": { "$lt": binary(conversation) } },
    ] }
}
