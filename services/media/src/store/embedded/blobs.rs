//! The index of blobs in SQLite.

use std::collections::{BTreeMap, HashSet};

use async_trait::async_trait;
use confab_core::Timestamp;
use confab_db::StoreError;
use rusqlite::{Connection, OptionalExtension, params};

use super::EmbeddedStore;
use super::rows::{int, limit, read_count, read_key};
use crate::domain::BlobKey;
use crate::store::{BlobIndex, Claimed, ERASE_TIME, IndexedBlob};

#[async_trait]
impl BlobIndex for EmbeddedStore {
    async fn claim(&self, blobs: &BTreeMap<BlobKey, u64>, until: Timestamp) -> Result<Claimed, StoreError> {
        let blobs = blobs.clone();
        let claim = move |db: &Connection| {
            // Of a blob that is being erased nothing changes, and so no row does.
            let sql = "INSERT INTO blobs (key, size, uses, claimed, erasing) VALUES (?1, ?2, 0, ?3, NULL)
                       ON CONFLICT (key) DO UPDATE SET claimed = max(claimed, ?3) WHERE erasing IS NULL";
            let mut insert = db.prepare_cached(sql)?;
            let mut claimed = Claimed::Yes;
            for (key, size) in &blobs {
                if insert.execute(params![key.as_bytes(), int(*size), until.as_millis()])? == 0 {
                    claimed = Claimed::Erasing;
                }
            }
            Ok(claimed)
        };
        self.0.write("claim blobs", claim).await
    }

    async fn doom(&self, now: Timestamp, count: usize) -> Result<Vec<BlobKey>, StoreError> {
        let doom = move |db: &Connection| {
            let sql = "SELECT key FROM blobs
                       WHERE uses = 0 AND claimed <= ?1 AND (erasing IS NULL OR erasing <= ?1)
                       ORDER BY claimed LIMIT ?2";
            let mut query = db.prepare_cached(sql)?;
            let range = params![now.as_millis(), limit(count)];
            let keys: Vec<BlobKey> =
                query.query_map(range, |row| read_key(row, 0))?.collect::<Result<_, _>>()?;
            let mut mark = db.prepare_cached("UPDATE blobs SET erasing = ?2 WHERE key = ?1")?;
            for key in &keys {
                mark.execute(params![key.as_bytes(), now.plus(ERASE_TIME).as_millis()])?;
            }
            Ok(keys)
        };
        self.0.write("mark blobs that may go", doom).await
    }

    async fn forget(&self, key: BlobKey) -> Result<(), StoreError> {
        let forget = move |db: &Connection| {
            let sql = "DELETE FROM blobs WHERE key = ?1 AND erasing IS NOT NULL";
            db.prepare_cached(sql)?.execute([key.as_bytes()]).map(drop)
        };
        self.0.write("forget a blob", forget).await
    }

    async fn list_used(&self, after: Option<BlobKey>, count: usize) -> Result<Vec<IndexedBlob>, StoreError> {
        let list = move |db: &Connection| {
            let after = after.map(|key| key.as_bytes().to_vec()).unwrap_or_default();
            let sql = "SELECT key, size, uses FROM blobs WHERE key > ?1 AND uses > 0 ORDER BY key LIMIT ?2";
            let mut query = db.prepare_cached(sql)?;
            let read = |row: &rusqlite::Row| {
                Ok(IndexedBlob {
                    key: read_key(row, 0)?,
                    size: read_count(row, 1)?,
                    uses: read_count(row, 2)?,
                })
            };
            query.query_map(params![after, limit(count)], read)?.collect()
        };
        self.0.read("list blobs", list).await
    }

    async fn known(&self, keys: &[BlobKey]) -> Result<HashSet<BlobKey>, StoreError> {
        let keys = keys.to_vec();
        let find = move |db: &Connection| {
            let mut query = db.prepare_cached("SELECT 1 FROM blobs WHERE key = ?1")?;
            let mut known = HashSet::new();
            for key in keys {
                if query.query_row([key.as_bytes()], |_| Ok(())).optional()?.is_some() {
                    known.insert(key);
                }
            }
            Ok(known)
        };
        self.0.read("find blobs", find).await
    }
}

/// Whether all of `blobs` are there, and none is being erased.
pub fn are_safe(db: &Connection, blobs: &BTreeMap<BlobKey, u64>) -> rusqlite::Result<bool> {
    let mut query = db.prepare_cached("SELECT 1 FROM blobs WHERE key = ?1 AND erasing IS NULL")?;
    for key in blobs.keys() {
        if query.query_row([key.as_bytes()], |_| Ok(())).optional()?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Counts one more use of each of `blobs`.
pub fn use_blobs(db: &Connection, blobs: &BTreeMap<BlobKey, u64>) -> rusqlite::Result<()> {
    let mut update = db.prepare_cached("UPDATE blobs SET uses = uses + 1 WHERE key = ?1")?;
    for key in blobs.keys() {
        update.execute([key.as_bytes()])?;
    }
    Ok(())
}

/// Counts one use less of each of `blobs`.
pub fn leave_blobs(db: &Connection, blobs: &BTreeMap<BlobKey, u64>) -> rusqlite::Result<()> {
    let mut update = db.prepare_cached("UPDATE blobs SET uses = uses - 1 WHERE key = ?1")?;
    for key in blobs.keys() {
        update.execute([key.as_bytes()])?;
    }
    Ok(())
}
