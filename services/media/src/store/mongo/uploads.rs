//! Uploads in MongoDB.

use async_trait::async_trait;
use bson::doc;
use confab_core::{MediaId, Timestamp, UserId};
use confab_db::StoreError;
use confab_db::mongo::OrStoreError;
use futures_util::{FutureExt, TryStreamExt};
use mongodb::ClientSession;

use super::documents::{UploadDocument, date};
use super::{MongoStore, by_id, int, key, limit};
use crate::domain::{Quota, Upload, Usage};
use crate::store::{Begun, UploadStore};

#[async_trait]
impl UploadStore for MongoStore {
    async fn begin(&self, upload: &Upload, quota: &Quota) -> Result<Begun, StoreError> {
        let task = "begin an upload";
        self.transact(task, (self, upload, quota), |session, (store, upload, quota)| {
            async move {
                let usage = store.usage.find_one(by_id(upload.owner)).session(&mut *session).await?;
                let usage = usage.map(Usage::from).unwrap_or_default();
                if let Some(exceeded) = quota.exceeded(usage, upload.size) {
                    return Ok(Begun::Exceeded(exceeded));
                }
                // Of two that read the same, the second to write begins anew.
                store.charge(session, upload.owner, [int(upload.size), 1]).await?;
                store.uploads.insert_one(UploadDocument::from(*upload)).session(session).await?;
                Ok(Begun::Yes)
            }
            .boxed()
        })
        .await
    }

    async fn find_upload(&self, id: MediaId) -> Result<Option<Upload>, StoreError> {
        let found = self.uploads.find_one(by_id(id)).await.or_store_error("find an upload")?;
        found.map(Upload::try_from).transpose()
    }

    async fn advance(&self, id: MediaId, received: u64) -> Result<bool, StoreError> {
        let change = doc! { "$max": { "received": int(received) } };
        let advanced = self.uploads.update_one(by_id(id), change).await;
        Ok(advanced.or_store_error("note how far an upload has come")?.matched_count == 1)
    }

    async fn cancel(&self, id: MediaId) -> Result<(), StoreError> {
        self.transact("cancel an upload", (self, id), |session, (store, id)| {
            async move {
                match store.uploads.find_one_and_delete(by_id(*id)).session(&mut *session).await? {
                    Some(upload) => {
                        let (owner, size) = upload.charge();
                        store.charge(session, owner, [-size, -1]).await
                    }
                    None => Ok(()),
                }
            }
            .boxed()
        })
        .await
    }

    async fn expired(&self, now: Timestamp, count: usize) -> Result<Vec<MediaId>, StoreError> {
        let task = "list uploads that have expired";
        let find = self.uploads.find(doc! { "expires": { "$lte": date(now) } }).sort(doc! { "expires": 1 });
        let cursor = find.limit(limit(count)).await.or_store_error(task)?;
        let found: Vec<UploadDocument> = cursor.try_collect().await.or_store_error(task)?;
        Ok(found.iter().map(UploadDocument::id).collect())
    }

    async fn usage(&self, user: UserId) -> Result<Usage, StoreError> {
        let found = self.usage.find_one(by_id(user)).await.or_store_error("look up how much somebody has")?;
        Ok(found.map(Usage::from).unwrap_or_default())
    }
}

impl MongoStore {
    /// Adds bytes and files to what `owner` has.
    pub(super) async fn charge(
        &self,
        session: &mut ClientSession,
        owner: UserId,
        [bytes, files]: [i64; 2],
    ) -> mongodb::error::Result<()> {
        let change = doc! { "$inc": { "bytes": bytes, "files": files } };
        let added = self.usage.update_one(doc! { "_id": key(owner) }, change).upsert(true);
        added.session(session).await.map(drop)
    }
}
