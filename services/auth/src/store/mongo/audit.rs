//! The audit log in MongoDB.

use async_trait::async_trait;
use bson::{Document, doc};
use confab_core::UserId;
use confab_core::page::Page;
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, binary};
use futures_util::TryStreamExt;

use super::{MongoStore, key, limit};
use crate::domain::{AuditCursor, AuditEntry};
use crate::store::AuditStore;
use crate::store::documents::AuditDocument;

/// How many entries are removed at once when there are too many.
const REMOVED_MAX: i64 = 100;

#[async_trait]
impl AuditStore for MongoStore {
    async fn append(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        let task = "keep an entry of the audit log";
        self.audit.insert_one(AuditDocument::from(entry)).await.or_store_error(task)?;

        // An estimate costs nothing, and is as good as a count here.
        let count = self.audit.estimated_document_count().await.or_store_error(task)?;
        if count <= AuditEntry::COUNT_MAX {
            return Ok(());
        }
        let oldest = self.audit.find(doc! {}).sort(doc! { "_id": 1 }).limit(REMOVED_MAX);
        let oldest: Vec<AuditDocument> =
            oldest.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        let ids: Vec<bson::Uuid> = oldest.into_iter().map(|entry| entry.id).collect();
        self.audit.delete_many(doc! { "_id": { "$in": ids } }).await.map(drop).or_store_error(task)
    }

    async fn list(
        &self,
        person: Option<UserId>,
        page: Page<AuditCursor>,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let task = "list the audit log";
        let mut filter = Document::new();
        if let Some(after) = page.after {
            filter.insert("_id", doc! { "$lt": binary(after.id) });
        }
        if let Some(person) = person {
            filter.insert("$or", [doc! { "actor": key(person) }, doc! { "subject": key(person) }]);
        }
        let find = self.audit.find(filter).sort(doc! { "_id": -1 }).limit(limit(page.size));
        let found: Vec<AuditDocument> =
            find.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        found.into_iter().map(AuditEntry::try_from).collect()
    }
}
