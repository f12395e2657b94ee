//! The index of blobs in MongoDB.

use std::collections::{BTreeMap, HashSet};

use async_trait::async_trait;
use bson::doc;
use confab_core::Timestamp;
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, is_duplicate_key};
use futures_util::TryStreamExt;
use mongodb::ClientSession;

use super::documents::{BlobDocument, date, key_bytes};
use super::{MongoStore, int, limit};
use crate::domain::BlobKey;
use crate::store::{BlobIndex, Claimed, ERASE_TIME, IndexedBlob};

#[async_trait]
impl BlobIndex for MongoStore {
    async fn claim(&self, blobs: &BTreeMap<BlobKey, u64>, until: Timestamp) -> Result<Claimed, StoreError> {
        for (key, size) in blobs {
            // With a condition that fails, the upsert meets the key of what is there.
            let free = doc! { "_id": key_bytes(*key), "erasing": { "$exists": false } };
            let first = doc! { "size": int(*size), "uses": 0_i64 };
            let change = doc! { "$setOnInsert": first, "$max": { "claimed": date(until) } };
            match self.claim_one(free, change).await {
                Ok(()) => {}
                Err(error) if is_duplicate_key(&error) => return Ok(Claimed::Erasing),
                Err(error) => return Err(error).or_store_error("claim blobs"),
            }
        }
        Ok(Claimed::Yes)
    }

    async fn doom(&self, now: Timestamp, count: usize) -> Result<Vec<BlobKey>, StoreError> {
        let task = "mark blobs that may go";
        // Null is also what is not there.
        let free = [doc! { "erasing": null }, doc! { "erasing": { "$lte": date(now) } }];
        let unused = doc! { "uses": 0_i64, "claimed": { "$lte": date(now) }, "$or": free.to_vec() };
        let find = self.blobs.find(unused.clone()).sort(doc! { "claimed": 1 }).limit(limit(count));
        let found: Vec<BlobDocument> =
            find.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        let mut doomed = Vec::with_capacity(found.len());
        for blob in found {
            let key = blob.key()?;
            // Somebody may have claimed it since.
            let mut still = unused.clone();
            still.insert("_id", key_bytes(key));
            let marked = self
                .blobs
                .update_one(still, doc! { "$set": { "erasing": date(now.plus(ERASE_TIME)) } })
                .await;
            if marked.or_store_error(task)?.matched_count == 1 {
                doomed.push(key);
            }
        }
        Ok(doomed)
    }

    async fn forget(&self, key: BlobKey) -> Result<(), StoreError> {
        let blob = doc! { "_id": key_bytes(key), "erasing": { "$exists": true } };
        self.blobs.delete_one(blob).await.map(drop).or_store_error("forget a blob")
    }

    async fn list_used(&self, after: Option<BlobKey>, count: usize) -> Result<Vec<IndexedBlob>, StoreError> {
        let task = "list blobs";
        let mut filter = doc! { "uses": { "$gt": 0_i64 } };
        if let Some(after) = after {
            filter.insert("_id", doc! { "$gt": key_bytes(after) });
        }
        let find = self.blobs.find(filter).sort(doc! { "_id": 1 }).limit(limit(count));
        let found: Vec<BlobDocument> =
            find.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        found.into_iter().map(IndexedBlob::try_from).collect()
    }

    async fn known(&self, keys: &[BlobKey]) -> Result<HashSet<BlobKey>, StoreError> {
        let task = "find blobs";
        let keys: Vec<_> = keys.iter().copied().map(key_bytes).collect();
        let find = self.blobs.find(doc! { "_id": { "$in": keys } }).await.or_store_error(task)?;
        let found: Vec<BlobDocument> = find.try_collect().await.or_store_error(task)?;
        found.iter().map(BlobDocument::key).collect()
    }
}

impl MongoStore {
    async fn claim_one(&self, free: bson::Document, change: bson::Document) -> mongodb::error::Result<()> {
        let claim = || self.blobs.update_one(free.clone(), change.clone()).upsert(true);
        match claim().await {
            // Two that claim it first at once: the second finds it there.
            Err(error) if is_duplicate_key(&error) => claim().await.map(drop),
            claimed => claimed.map(drop),
        }
    }

    /// Whether all of `blobs` are there, and none is being erased.
    pub(super) async fn are_safe(
        &self,
        session: &mut ClientSession,
        blobs: &BTreeMap<BlobKey, u64>,
    ) -> mongodb::error::Result<bool> {
        let keys: Vec<_> = blobs.keys().copied().map(key_bytes).collect();
        let safe = doc! { "_id": { "$in": keys }, "erasing": { "$exists": false } };
        let count = self.blobs.count_documents(safe).session(session).await?;
        Ok(count == blobs.len() as u64)
    }

    /// Counts `uses` more of each of `blobs`.
    pub(super) async fn use_blobs(
        &self,
        session: &mut ClientSession,
        blobs: &BTreeMap<BlobKey, u64>,
        uses: i64,
    ) -> mongodb::error::Result<()> {
        for key in blobs.keys() {
            let change = doc! { "$inc": { "uses": uses } };
            self.blobs.update_one(doc! { "_id": key_bytes(*key) }, change).session(&mut *session).await?;
        }
        Ok(())
    }
}
