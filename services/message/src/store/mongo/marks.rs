//! How far people have got, and read, in MongoDB.
//!
//! Whoever says something has read what was said before. That is read from the
//! log and never stored, so no message costs another write, and it is so on
//! every node as soon as the message is there.

use std::collections::HashMap;

use bson::{Bson, Document, doc};
use confab_core::{ConversationId, UserId};
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, binary};
use futures_util::TryStreamExt;
use serde::Deserialize;

use super::MongoStore;
use super::documents::{LogId, MemberDocument, MemberId, id, log_id, member_id};
use crate::domain::{Advance, Mark, Marks};
use crate::store::record::kind;

/// The place of an event, without what happened.
#[derive(Debug, Deserialize)]
pub struct PlaceDocument {
    #[serde(rename = "_id")]
    id: LogId,
    ordinal: i64,
}

/// A member, and where they said something last.
#[derive(Debug, Deserialize)]
struct SpeakerDocument {
    #[serde(flatten)]
    member: MemberDocument,
    said: Option<PlaceDocument>,
}

impl SpeakerDocument {
    fn marks(&self) -> Marks {
        Marks::new(read(&self.member, self.said.as_ref()), self.member.delivered_seq)
    }
}

/// How far `member` has read, who has last said something at `said`.
pub fn read(member: &MemberDocument, said: Option<&PlaceDocument>) -> Mark {
    let said = said.map(|said| Mark { seq: said.id.s, ordinal: said.ordinal });
    member.read().max(said.unwrap_or_default())
}

/// The stages that add to members where each of them `said` something last.
pub fn with_said() -> [Document; 2] {
    let last = doc! {
        "from": "log",
        "let": { "conversation": "$_id.c", "member": "$_id.m" },
        "pipeline": [
            // The `kind` is what the index on senders is limited to.
            { "$match": { "kind": kind::MESSAGE_SENT, "$expr": { "$and": [
                { "$eq": ["$_id.c", "$$conversation"] }, { "$eq": ["$actor", "$$member"] },
            ] } } },
            { "$sort": { "_id.s": -1 } },
            { "$limit": 1 },
            { "$project": { "ordinal": 1 } },
        ],
        "as": "said",
    };
    [doc! { "$lookup": last }, doc! { "$set": { "said": { "$first": "$said" } } }]
}

impl MongoStore {
    /// See [`MessageStore::advance_marks`](crate::store::MessageStore::advance_marks).
    pub(super) async fn move_marks(&self, advances: &[Advance]) -> Result<Vec<Option<Marks>>, StoreError> {
        let ordinals = self.ordinals(advances).await?;
        let updates = advances.iter().filter_map(|advance| update(advance, &ordinals));
        self.mongo.update_each("members", updates.collect(), "move marks").await?;

        let ids: Vec<Document> =
            advances.iter().map(|advance| member_id(advance.conversation, advance.member)).collect();
        let found = self.present(doc! { "_id": { "$in": ids } }).await?;
        let mut now = HashMap::with_capacity(found.len());
        for member in found {
            let MemberId { c, m } = &member.member.id;
            now.insert((id(c)?, id(m)?), member.marks());
        }
        Ok(advances.iter().map(|advance| now.get(&(advance.conversation, advance.member)).copied()).collect())
    }

    /// See [`MessageStore::marks`](crate::store::MessageStore::marks).
    pub(super) async fn find_marks(
        &self,
        conversation: ConversationId,
    ) -> Result<Vec<(UserId, Marks)>, StoreError> {
        // On `_id` as a whole, because that is what the index is on.
        let place = |member: Bson| doc! { "c": binary(conversation.as_uuid()), "m": member };
        let theirs = doc! { "_id": { "$gt": place(Bson::MinKey), "$lt": place(Bson::MaxKey) } };
        let found = self.present(theirs).await?;
        found.iter().map(|member| Ok((id(&member.member.id.m)?, member.marks()))).collect()
    }

    async fn present(&self, mut filter: Document) -> Result<Vec<SpeakerDocument>, StoreError> {
        let task = "read marks";
        filter.insert("present", true);
        let stages = [doc! { "$match": filter }].into_iter().chain(with_said());
        let found = self.members.aggregate(stages).with_type::<SpeakerDocument>();
        found.await.or_store_error(task)?.try_collect().await.or_store_error(task)
    }

    /// How many messages there were with each of the events that are there.
    async fn ordinals(
        &self,
        advances: &[Advance],
    ) -> Result<HashMap<(ConversationId, i64), i64>, StoreError> {
        let task = "move marks";
        let seqs =
            |advance: &Advance| [advance.read, advance.delivered].map(|seq| (advance.conversation, seq));
        let places = advances.iter().flat_map(seqs).filter(|(_, seq)| *seq > 0);
        let ids: Vec<Document> = places.map(|(conversation, seq)| log_id(conversation, seq)).collect();
        let log = self.log.clone_with_type::<PlaceDocument>();
        let found = log.find(doc! { "_id": { "$in": ids } }).projection(doc! { "ordinal": 1 });
        let found: Vec<PlaceDocument> =
            found.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        found.into_iter().map(|place| Ok(((id(&place.id.c)?, place.id.s), place.ordinal))).collect()
    }
}

/// `$max` is what keeps marks from moving back. Number and ordinal move
/// together, because the one grows with the other.
fn update(advance: &Advance, ordinals: &HashMap<(ConversationId, i64), i64>) -> Option<Document> {
    let at = |seq| ordinals.get(&(advance.conversation, seq)).copied();
    let mut marks = Document::new();
    if let Some(ordinal) = at(advance.read) {
        marks.extend(doc! { "read_seq": advance.read, "read_ordinal": ordinal });
    }
    if at(advance.delivered).is_some() {
        marks.insert("delivered_seq", advance.delivered);
    }
    let theirs = doc! { "_id": member_id(advance.conversation, advance.member), "present": true };
    (!marks.is_empty()).then(|| doc! { "q": theirs, "u": { "$max": marks } })
}
