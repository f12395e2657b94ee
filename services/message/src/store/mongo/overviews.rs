//! Conversations as their members see them, in one round trip.

use bson::{Bson, DateTime, Document, doc};
use confab_core::{ConversationId, UserId};
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, binary};
use futures_util::TryStreamExt;
use serde::Deserialize;

use super::documents::{ConversationDocument, LogDocument, MemberDocument};
use super::{ConversationCursor, MongoStore};
use crate::domain::{Event, Head, Overview};
use crate::store::CONVERSATIONS_MAX;

/// A member with the conversation and its newest event.
#[derive(Debug, Deserialize)]
struct OverviewDocument {
    #[serde(flatten)]
    member: MemberDocument,
    conversation: ConversationDocument,
    newest: Option<LogDocument>,
}

impl MongoStore {
    /// Returns the conversations of the members that match `filter`, the last
    /// active first, from behind `after` on.
    pub(super) async fn find_overviews(
        &self,
        filter: Document,
        after: Option<ConversationCursor>,
        limit: usize,
    ) -> Result<Vec<Overview>, StoreError> {
        let task = "list conversations";
        let mut pipeline = with_newest(filter);
        pipeline.extend([
            doc! { "$lookup": {
                "from": "conversations", "localField": "_id.c", "foreignField": "_id", "as": "conversation",
            } },
            // Also leaves out what a crash left behind before the conversation was kept.
            doc! { "$unwind": "$conversation" },
            doc! { "$set": { "active": { "$ifNull": ["$newest.created", "$conversation.created"] } } },
        ]);
        pipeline.extend(after.map(|cursor| doc! { "$match": behind(cursor) }));
        pipeline.extend([
            doc! { "$sort": { "active": -1, "_id.c": -1 } },
            doc! { "$limit": i64::try_from(limit).unwrap_or(i64::MAX) },
            doc! { "$unset": "active" },
        ]);

        let found = self.members.aggregate(pipeline).with_type::<OverviewDocument>();
        let found: Vec<OverviewDocument> =
            found.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        found.into_iter().map(Overview::try_from).collect()
    }

    /// Returns how far each conversation of `member` has come.
    pub(super) async fn find_heads(&self, member: UserId) -> Result<Vec<(ConversationId, Head)>, StoreError> {
        #[derive(Deserialize)]
        struct HeadDocument {
            newest: Option<LogDocument>,
        }

        let task = "read heads of conversations";
        let mut pipeline = with_newest(doc! { "member": binary(member.as_uuid()) });
        pipeline.push(doc! { "$project": { "_id": 0, "newest": 1 } });
        let found = self.members.aggregate(pipeline).with_type::<HeadDocument>();
        let found: Vec<HeadDocument> =
            found.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        let newest = found.into_iter().filter_map(|found| found.newest);
        newest
            .map(|newest| Event::try_from(newest).map(|event| (event.conversation, Head::from(&event))))
            .collect()
    }
}

/// The members that match `filter`, each with the newest event of the conversation.
fn with_newest(filter: Document) -> Vec<Document> {
    let place = |seq: Bson| doc! { "c": "$_id.c", "s": seq };
    vec![
        doc! { "$match": filter },
        doc! { "$limit": i64::try_from(CONVERSATIONS_MAX).unwrap_or(i64::MAX) },
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

impl TryFrom<OverviewDocument> for Overview {
    type Error = StoreError;

    fn try_from(document: OverviewDocument) -> Result<Self, StoreError> {
        let read = document.member.read();
        let newest = document.newest.map(Event::try_from).transpose()?;
        Ok(Self {
            conversation: document.conversation.try_into()?,
            head: newest.as_ref().map(Head::from).unwrap_or_default(),
            // Whatever happened last was a message: nothing else can happen yet.
            last_message: newest,
            read,
        })
    }
}
