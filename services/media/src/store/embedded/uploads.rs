//! Uploads in SQLite.

use async_trait::async_trait;
use confab_core::{MediaId, Timestamp, UserId};
use confab_db::StoreError;
use rusqlite::{Connection, OptionalExtension, params};

use super::EmbeddedStore;
use super::rows::{UPLOAD_COLUMNS, blob, insert_upload, int, limit, read_count, read_id, read_upload};
use crate::domain::{Quota, Upload, Usage};
use crate::store::{Begun, UploadStore};

#[async_trait]
impl UploadStore for EmbeddedStore {
    async fn begin(&self, upload: &Upload, quota: &Quota) -> Result<Begun, StoreError> {
        let (upload, quota) = (upload.clone(), *quota);
        let begin = move |db: &Connection| {
            let usage = select_usage(db, upload.owner)?;
            if let Some(exceeded) = quota.exceeded(usage, upload.size) {
                return Ok(Begun::Exceeded(exceeded));
            }
            insert_upload(db, &upload)?;
            let sql = "INSERT INTO usage (owner, bytes, files) VALUES (?1, ?2, 1)
                       ON CONFLICT (owner) DO UPDATE SET bytes = bytes + ?2, files = files + 1";
            db.prepare_cached(sql)?.execute(params![blob(upload.owner), int(upload.size)])?;
            Ok(Begun::Yes)
        };
        self.0.write("begin an upload", begin).await
    }

    async fn find_upload(&self, id: MediaId) -> Result<Option<Upload>, StoreError> {
        self.0.read("find an upload", move |db| select_upload(db, id)).await
    }

    async fn advance(&self, id: MediaId, received: u64) -> Result<bool, StoreError> {
        let advance = move |db: &Connection| {
            let sql = "UPDATE uploads SET received = max(received, ?2) WHERE id = ?1";
            Ok(db.prepare_cached(sql)?.execute(params![blob(id), int(received)])? == 1)
        };
        self.0.write("note how far an upload has come", advance).await
    }

    async fn cancel(&self, id: MediaId) -> Result<(), StoreError> {
        let cancel = move |db: &Connection| {
            let Some(upload) = select_upload(db, id)? else { return Ok(()) };
            db.prepare_cached("DELETE FROM uploads WHERE id = ?1")?.execute([blob(id)])?;
            let sql = "UPDATE usage SET bytes = bytes - ?2, files = files - 1 WHERE owner = ?1";
            db.prepare_cached(sql)?.execute(params![blob(upload.owner), int(upload.size)]).map(drop)
        };
        self.0.write("cancel an upload", cancel).await
    }

    async fn expired(&self, now: Timestamp, count: usize) -> Result<Vec<MediaId>, StoreError> {
        let list = move |db: &Connection| {
            let sql = "SELECT id FROM uploads WHERE expires <= ?1 ORDER BY expires LIMIT ?2";
            let mut query = db.prepare_cached(sql)?;
            query.query_map(params![now.as_millis(), limit(count)], |row| read_id(row, 0))?.collect()
        };
        self.0.read("list uploads that have expired", list).await
    }

    async fn usage(&self, user: UserId) -> Result<Usage, StoreError> {
        self.0.read("look up how much somebody has", move |db| select_usage(db, user)).await
    }
}

/// Reads an upload.
pub fn select_upload(db: &Connection, id: MediaId) -> rusqlite::Result<Option<Upload>> {
    let sql = format!("SELECT {UPLOAD_COLUMNS} FROM uploads WHERE id = ?1");
    db.prepare_cached(&sql)?.query_row([blob(id)], read_upload).optional()
}

fn select_usage(db: &Connection, owner: UserId) -> rusqlite::Result<Usage> {
    let sql = "SELECT bytes, files FROM usage WHERE owner = ?1";
    let read = |row: &rusqlite::Row| Ok(Usage { bytes: read_count(row, 0)?, files: read_count(row, 1)? });
    Ok(db.prepare_cached(sql)?.query_row([blob(owner)], read).optional()?.unwrap_or_default())
}
