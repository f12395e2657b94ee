//! Tries of passwords, and known devices, in MongoDB.

use async_trait::async_trait;
use bson::{Bson, doc};
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, is_duplicate_key};
use futures_util::TryStreamExt;

use super::{MongoStore, key};
use crate::domain::{DeviceSecret, GuessKey, Guesses, SecretHash};
use crate::store::documents::{DeviceDocument, DeviceId, GuessesDocument, bytes, date};
use crate::store::{DeviceStore, GuessStore};

#[async_trait]
impl GuessStore for MongoStore {
    async fn find(&self, key: GuessKey) -> Result<Option<Guesses>, StoreError> {
        let found = self.guesses.find_one(doc! { "_id": bytes(key.as_bytes()) }).await;
        found.or_store_error("find the tries of a password")?.map(Guesses::try_from).transpose()
    }

    async fn replace(
        &self,
        key: GuessKey,
        before: Option<Guesses>,
        after: Option<Guesses>,
    ) -> Result<bool, StoreError> {
        let task = "count a try of a password";
        match (before, after) {
            (None, None) => Ok(GuessStore::find(self, key).await?.is_none()),
            (None, Some(after)) => match self.guesses.insert_one(GuessesDocument::new(key, &after)).await {
                Ok(_) => Ok(true),
                // Another try was first.
                Err(error) if is_duplicate_key(&error) => Ok(false),
                Err(error) => Err(error).or_store_error(task),
            },
            (Some(before), Some(after)) => {
                let (filter, after) =
                    (GuessesDocument::filter(key, &before), GuessesDocument::new(key, &after));
                let replaced = self.guesses.replace_one(filter, after).await.or_store_error(task)?;
                Ok(replaced.matched_count == 1)
            }
            (Some(before), None) => {
                let deleted = self.guesses.delete_one(GuessesDocument::filter(key, &before)).await;
                Ok(deleted.or_store_error(task)?.deleted_count == 1)
            }
        }
    }

    async fn clear(&self, key: GuessKey) -> Result<(), StoreError> {
        let cleared = self.guesses.delete_one(doc! { "_id": bytes(key.as_bytes()) }).await;
        cleared.map(drop).or_store_error("forget the tries of a password")
    }
}

#[async_trait]
impl DeviceStore for MongoStore {
    async fn knows(&self, user: UserId, device: SecretHash) -> Result<bool, StoreError> {
        let found = self.devices.find_one(doc! { "_id": DeviceId::new(user, device) }).await;
        Ok(found.or_store_error("find a device of somebody")?.is_some())
    }

    async fn keep(&self, user: UserId, device: SecretHash, now: Timestamp) -> Result<(), StoreError> {
        let task = "keep a device of somebody";
        let filter = doc! { "_id": DeviceId::new(user, device) };
        let change = doc! { "$max": { "used": date(now) } };
        self.devices.update_one(filter, change).upsert(true).await.or_store_error(task)?;

        let theirs = self.devices.find(doc! { "_id.user": key(user) });
        let theirs = theirs.sort(doc! { "used": -1, "_id.secret_hash": -1 });
        let too_many = theirs.skip(DeviceSecret::PER_USER_MAX as u64).await.or_store_error(task)?;
        let too_many: Vec<DeviceDocument> = too_many.try_collect().await.or_store_error(task)?;
        if too_many.is_empty() {
            return Ok(());
        }
        let ids: Vec<Bson> = too_many.into_iter().map(|device| device.id.into()).collect();
        self.devices.delete_many(doc! { "_id": { "$in": ids } }).await.map(drop).or_store_error(task)
    }
}
