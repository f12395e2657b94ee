//! How members want conversations to be shown, in MongoDB.

use bson::{DateTime, Document, doc};
use confab_core::{ConversationId, Timestamp, UserId};
use confab_db::StoreError;
use confab_db::mongo::OrStoreError;

use super::MongoStore;
use super::documents::member_id;
use crate::domain::{Setting, Shelf};
use crate::store::MessageStore;

impl MongoStore {
    /// See [`MessageStore::set`].
    pub(super) async fn keep_setting(
        &self,
        conversation: ConversationId,
        member: UserId,
        setting: Setting,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let task = "keep a setting";
        let theirs = doc! { "_id": member_id(conversation, member), "present": true };
        let Some(kept) = self.members.find_one(theirs.clone()).await.or_store_error(task)? else {
            return Ok(());
        };
        let wanted = kept.settings().with(setting, self.head(conversation).await?, now);
        let (mut set, mut unset) = (Document::new(), Document::new());
        match wanted.muted_until {
            Some(until) => set.insert("muted_until", DateTime::from_millis(until.as_millis())),
            None => unset.insert("muted_until", ""),
        };
        match wanted.archived_at {
            Some(ordinal) => set.insert("archived_at", ordinal),
            None => unset.insert("archived_at", ""),
        };
        // An empty `$set` is refused by older servers.
        let mut update = Document::new();
        if !set.is_empty() {
            update.insert("$set", set);
        }
        if !unset.is_empty() {
            update.insert("$unset", unset);
        }
        self.members.update_one(theirs, update).await.or_store_error(task).map(drop)
    }
}

/// The members, each with the newest event, whose conversation is on `shelf`:
/// the rule of [`Settings::shelf`](crate::domain::Settings::shelf).
pub fn on_shelf(place: Shelf, now: Timestamp) -> Document {
    let quiet = doc! { "$lte": [{ "$ifNull": ["$newest.ordinal", 0_i64] }, "$archived_at"] };
    let muted = doc! { "$gt": ["$muted_until", DateTime::from_millis(now.as_millis())] };
    let put_away = doc! { "$gt": ["$archived_at", bson::Bson::Null] };
    let archived = doc! { "$and": [put_away, { "$or": [quiet, muted] }] };
    match place {
        Shelf::Archive => doc! { "$expr": archived },
        Shelf::Current => doc! { "$expr": { "$not": [archived] } },
    }
}
