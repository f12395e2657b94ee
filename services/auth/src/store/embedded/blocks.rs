//! Blocks in SQLite.

use std::collections::HashSet;

use async_trait::async_trait;
use confab_core::page::Page;
use confab_core::{Timestamp, UserId};
use confab_db::StoreError;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{EmbeddedStore, blob, limit, read_id, read_time};
use crate::domain::{Block, BlockCursor};
use crate::store::{BlockStore, Blocked};

#[async_trait]
impl BlockStore for EmbeddedStore {
    async fn insert(&self, owner: UserId, blocked: UserId, now: Timestamp) -> Result<Blocked, StoreError> {
        let insert = move |db: &Connection| {
            let (owner, blocked) = (blob(owner), blob(blocked));
            if is_stored(db, &owner, &blocked)? {
                return Ok(Blocked::Yes);
            }
            let sql = "SELECT count(*) >= ?2 FROM blocks WHERE blocker = ?1";
            let is_full = params![owner, limit(Block::COUNT_MAX)];
            if db.prepare_cached(sql)?.query_row(is_full, |row| row.get(0))? {
                return Ok(Blocked::TooMany);
            }
            let sql = "INSERT INTO blocks (blocker, blocked, created) VALUES (?1, ?2, ?3)";
            db.prepare_cached(sql)?.execute(params![owner, blocked, now.as_millis()])?;
            Ok(Blocked::Yes)
        };
        self.0.write("block somebody", insert).await
    }

    async fn delete(&self, owner: UserId, blocked: UserId) -> Result<(), StoreError> {
        let delete = move |db: &Connection| {
            let sql = "DELETE FROM blocks WHERE blocker = ?1 AND blocked = ?2";
            db.prepare_cached(sql)?.execute([blob(owner), blob(blocked)]).map(drop)
        };
        self.0.write("unblock somebody", delete).await
    }

    async fn list(&self, owner: UserId, page: Page<BlockCursor>) -> Result<Vec<Block>, StoreError> {
        let list = move |db: &Connection| {
            let (owner, size) = (blob(owner), limit(page.size));
            // Nothing is later than the greatest time.
            let (created, blocked) = page
                .after
                .map_or((i64::MAX, [u8::MAX; 16]), |after| (after.created, after.blocked.into_bytes()));
            let sql = "SELECT blocked, created FROM blocks
                       WHERE blocker = ?1 AND (created, blocked) < (?2, ?3)
                       ORDER BY created DESC, blocked DESC LIMIT ?4";
            let mut query = db.prepare_cached(sql)?;
            query.query_map(params![owner, created, blocked, size], read_block)?.collect()
        };
        self.0.read("list whom somebody has blocked", list).await
    }

    async fn list_apart(&self, one: UserId, others: &[UserId]) -> Result<HashSet<UserId>, StoreError> {
        let (one, others) = (blob(one), others.to_vec());
        let find = move |db: &Connection| {
            let mut apart = HashSet::new();
            for other in others {
                let them = blob(other);
                if is_stored(db, &one, &them)? || is_stored(db, &them, &one)? {
                    apart.insert(other);
                }
            }
            Ok(apart)
        };
        self.0.read("find blocks", find).await
    }
}

fn is_stored(db: &Connection, owner: &[u8; 16], blocked: &[u8; 16]) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM blocks WHERE blocker = ?1 AND blocked = ?2";
    let found = db.prepare_cached(sql)?.query_row([owner, blocked], |_| Ok(())).optional()?;
    Ok(found.is_some())
}

fn read_block(row: &Row) -> rusqlite::Result<Block> {
    Ok(Block { blocked: read_id(row, 0)?, created: read_time(row, 1)? })
}
