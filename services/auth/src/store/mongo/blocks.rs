//! Blocks in MongoDB.

use std::collections::HashSet;

use async_trait::async_trait;
use bson::doc;
use confab_core::page::Page;
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, binary, is_duplicate_key};
use futures_util::TryStreamExt;

use super::{MongoStore, key, limit};
use crate::domain::{Block, BlockCursor};
use crate::store::documents::{BlockDocument, BlockId, date};
use crate::store::{BlockStore, Blocked};

#[async_trait]
impl BlockStore for MongoStore {
    async fn insert(&self, owner: UserId, blocked: UserId, now: Timestamp) -> Result<Blocked, StoreError> {
        let task = "block somebody";
        let theirs = self.blocks.count_documents(doc! { "_id.blocker": key(owner) });
        let count = theirs.limit(Block::COUNT_MAX as u64).await.or_store_error(task)?;
        if count >= Block::COUNT_MAX as u64 {
            let found = self.blocks.find_one(doc! { "_id": BlockId::new(owner, blocked) }).await;
            return Ok(if found.or_store_error(task)?.is_some() { Blocked::Yes } else { Blocked::TooMany });
        }
        match self.blocks.insert_one(BlockDocument::new(owner, blocked, now)).await {
            Ok(_) => Ok(Blocked::Yes),
            // There is one already, whoever stored it: that was what was wanted.
            Err(error) if is_duplicate_key(&error) => Ok(Blocked::Yes),
            Err(error) => Err(error).or_store_error(task),
        }
    }

    async fn delete(&self, owner: UserId, blocked: UserId) -> Result<(), StoreError> {
        let block = doc! { "_id": BlockId::new(owner, blocked) };
        self.blocks.delete_one(block).await.map(drop).or_store_error("unblock somebody")
    }

    async fn list(&self, owner: UserId, page: Page<BlockCursor>) -> Result<Vec<Block>, StoreError> {
        let task = "list whom somebody has blocked";
        let mut filter = doc! { "_id.blocker": key(owner) };
        if let Some(after) = page.after {
            let created = date(Timestamp::from_millis(after.created));
            let same_time = doc! { "created": created, "_id.blocked": { "$lt": binary(after.blocked) } };
            filter.insert("$or", [doc! { "created": { "$lt": created } }, same_time]);
        }
        let find = self.blocks.find(filter).sort(doc! { "created": -1, "_id.blocked": -1 });
        let cursor = find.limit(limit(page.size)).await.or_store_error(task)?;
        cursor.map_ok(Block::from).try_collect().await.or_store_error(task)
    }

    async fn list_apart(&self, one: UserId, others: &[UserId]) -> Result<HashSet<UserId>, StoreError> {
        let task = "find blocks";
        let either = |other: &UserId| [BlockId::new(one, *other), BlockId::new(*other, one)];
        let ids: Vec<BlockId> = others.iter().flat_map(either).collect();
        let found = self.blocks.find(doc! { "_id": { "$in": ids } }).await.or_store_error(task)?;
        let found: Vec<BlockDocument> = found.try_collect().await.or_store_error(task)?;
        Ok(found.iter().map(|block| block.other_than(one)).collect())
    }
}
