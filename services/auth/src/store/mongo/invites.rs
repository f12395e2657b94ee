//! Invitations in MongoDB.

use async_trait::async_trait;
use bson::{Document, doc};
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;
use confab_db::mongo::OrStoreError;
use futures_util::TryStreamExt;

use super::{MongoStore, key, limit};
use crate::domain::{Invite, InviteId, SecretHash};
use crate::store::documents::{InviteDocument, bytes, date};
use crate::store::{InviteStore, Invited};

#[async_trait]
impl InviteStore for MongoStore {
    async fn insert(&self, invite: &Invite) -> Result<Invited, StoreError> {
        if InviteStore::list(self, invite.creator, invite.created).await?.len() >= Invite::PER_USER_MAX {
            return Ok(Invited::TooMany);
        }
        let inserted = self.invites.insert_one(InviteDocument::from(invite)).await;
        inserted.or_store_error("store an invitation")?;
        Ok(Invited::Yes)
    }

    async fn list(&self, creator: UserId, now: Timestamp) -> Result<Vec<Invite>, StoreError> {
        let task = "list the invitations of somebody";
        let mut filter = open(now);
        filter.insert("creator", key(creator));
        let find = self.invites.find(filter).sort(doc! { "_id": -1 }).limit(limit(Invite::PER_USER_MAX));
        let found: Vec<_> = find.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        found.into_iter().map(Invite::try_from).collect()
    }

    async fn find(&self, code: SecretHash) -> Result<Option<Invite>, StoreError> {
        let found = self.invites.find_one(doc! { "code_hash": bytes(code.as_bytes()) }).await;
        found.or_store_error("find an invitation")?.map(Invite::try_from).transpose()
    }

    async fn take(&self, code: SecretHash, now: Timestamp) -> Result<bool, StoreError> {
        let mut filter = open(now);
        filter.insert("code_hash", bytes(code.as_bytes()));
        let taken = self.invites.update_one(filter, doc! { "$inc": { "uses": 1_i64 } }).await;
        Ok(taken.or_store_error("use an invitation")?.matched_count == 1)
    }

    async fn give_back(&self, code: SecretHash) -> Result<(), StoreError> {
        let filter = doc! { "code_hash": bytes(code.as_bytes()), "uses": { "$gt": 0 } };
        let given = self.invites.update_one(filter, doc! { "$inc": { "uses": -1_i64 } }).await;
        given.map(drop).or_store_error("give an invitation back")
    }

    async fn delete(&self, creator: UserId, id: InviteId) -> Result<(), StoreError> {
        let deleted = self.invites.delete_one(doc! { "_id": key(id), "creator": key(creator) }).await;
        deleted.map(drop).or_store_error("take an invitation back")
    }
}

/// Invitations that can be used at `now`.
fn open(now: Timestamp) -> Document {
    // One document decides for itself whether it matches, so no two uses race.
    doc! { "expires": { "$gt": date(now) }, "$expr": { "$lt": ["$uses", "$uses_max"] } }
}
