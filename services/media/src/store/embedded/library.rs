//! Files, and what they are attached to, in SQLite.

use async_trait::async_trait;
use confab_core::page::Page;
use confab_core::{MediaId, Timestamp, UserId};
use confab_db::StoreError;
use rusqlite::{Connection, OptionalExtension, params};

use super::EmbeddedStore;
use super::blobs::{are_safe, leave_blobs, use_blobs};
use super::rows::{blob, insert_media, int, limit, read_id, read_place, select_media};
use super::uploads::select_upload;
use crate::domain::{Media, Place};
use crate::store::{Aftermath, Attached, Committed, Holding, LibraryStore, MediaCursor};

#[async_trait]
impl LibraryStore for EmbeddedStore {
    async fn commit(&self, media: &Media) -> Result<Committed, StoreError> {
        let media = media.clone();
        let commit = move |db: &Connection| {
            let Some(upload) = select_upload(db, media.id)? else {
                let kept = select_media(db, media.id)?.is_some();
                return Ok(if kept { Committed::Yes } else { Committed::NoUpload });
            };
            if !are_safe(db, &media.blobs())? {
                return Ok(Committed::Unclaimed);
            }
            insert_media(db, &media)?;
            use_blobs(db, &media.blobs())?;
            db.prepare_cached("DELETE FROM uploads WHERE id = ?1")?.execute([blob(media.id)])?;
            let sql = "UPDATE usage SET bytes = bytes - ?2 + ?3 WHERE owner = ?1";
            let row = params![blob(media.owner), int(upload.size), int(media.charged)];
            db.prepare_cached(sql)?.execute(row)?;
            Ok(Committed::Yes)
        };
        self.0.write("keep a file", commit).await
    }

    async fn find_many(&self, ids: &[MediaId]) -> Result<Vec<Media>, StoreError> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let find = move |db: &Connection| {
            ids.into_iter().filter_map(|id| select_media(db, id).transpose()).collect()
        };
        self.0.read("find files", find).await
    }

    async fn list(&self, owner: UserId, page: Page<MediaCursor>) -> Result<Vec<Media>, StoreError> {
        let list = move |db: &Connection| {
            let before = page.after.map_or([u8::MAX; 16], uuid::Uuid::into_bytes);
            let sql = "SELECT id FROM media WHERE owner = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3";
            let mut query = db.prepare_cached(sql)?;
            let ids =
                query.query_map(params![blob(owner), before, limit(page.size)], |row| read_id(row, 0))?;
            ids.filter_map(|id| id.and_then(|id| select_media(db, id)).transpose()).collect()
        };
        self.0.read("list the files of somebody", list).await
    }

    async fn delete(&self, id: MediaId) -> Result<(), StoreError> {
        self.0.write("delete a file", move |db| delete_media(db, id)).await
    }

    async fn attach(
        &self,
        user: UserId,
        media: &[MediaId],
        place: Place,
        source: Option<Place>,
        now: Timestamp,
    ) -> Result<Attached, StoreError> {
        let media = media.to_vec();
        let attach = move |db: &Connection| {
            let mut found = Vec::with_capacity(media.len());
            for id in media {
                match select_media(db, id)? {
                    Some(media) if may_attach(db, user, &media, place, source)? => found.push(media),
                    _ => return Ok(Attached::NoSuchMedia(id)),
                }
            }
            for media in &found {
                let sql = "INSERT INTO attachments (place, media, confirmed) VALUES (?1, ?2, ?3)
                           ON CONFLICT DO NOTHING";
                let row = params![place.to_bytes(), blob(media.id), now.as_millis()];
                db.prepare_cached(sql)?.execute(row)?;
                let sql = "UPDATE media SET unattached = NULL WHERE id = ?1";
                db.prepare_cached(sql)?.execute([blob(media.id)])?;
            }
            Ok(Attached::Yes(found))
        };
        self.0.write("attach files", attach).await
    }

    async fn detach(
        &self,
        place: Place,
        kept: &[MediaId],
        aftermath: Aftermath,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let kept = kept.to_vec();
        let detach = move |db: &Connection| {
            let mut query = db.prepare_cached("SELECT media FROM attachments WHERE place = ?1")?;
            let ids = query.query_map([place.to_bytes()], |row| read_id(row, 0))?;
            for media in ids.collect::<rusqlite::Result<Vec<MediaId>>>()? {
                if !kept.contains(&media) {
                    release(db, Holding { place, media }, aftermath, now)?;
                }
            }
            Ok(())
        };
        self.0.write("detach files", detach).await
    }

    async fn places(
        &self,
        media: MediaId,
        after: Option<Place>,
        count: usize,
    ) -> Result<Vec<Place>, StoreError> {
        let list = move |db: &Connection| {
            let after = after.map(|place| place.to_bytes()).unwrap_or_default();
            let sql = "SELECT place FROM attachments WHERE media = ?1 AND place > ?2 ORDER BY place LIMIT ?3";
            let mut query = db.prepare_cached(sql)?;
            query.query_map(params![blob(media), after, limit(count)], |row| read_place(row, 0))?.collect()
        };
        self.0.read("list what a file is attached to", list).await
    }

    async fn sweep(&self, since: Timestamp, count: usize) -> Result<usize, StoreError> {
        let sweep = move |db: &Connection| {
            let sql = "SELECT id FROM media WHERE unattached <= ?1 ORDER BY unattached LIMIT ?2";
            let mut query = db.prepare_cached(sql)?;
            let range = params![since.as_millis(), limit(count)];
            let ids = query.query_map(range, |row| read_id(row, 0))?.collect::<rusqlite::Result<Vec<_>>>()?;
            ids.iter().try_for_each(|id| delete_media(db, *id))?;
            Ok(ids.len())
        };
        self.0.write("sweep files that nothing needs", sweep).await
    }

    async fn unsure(&self, since: Timestamp, count: usize) -> Result<Vec<Holding>, StoreError> {
        let list = move |db: &Connection| {
            let sql =
                "SELECT place, media FROM attachments WHERE confirmed <= ?1 ORDER BY confirmed LIMIT ?2";
            let mut query = db.prepare_cached(sql)?;
            let read =
                |row: &rusqlite::Row| Ok(Holding { place: read_place(row, 0)?, media: read_id(row, 1)? });
            query.query_map(params![since.as_millis(), limit(count)], read)?.collect()
        };
        self.0.read("list attachments to make sure of", list).await
    }

    async fn confirm(&self, holdings: &[Holding], now: Timestamp) -> Result<(), StoreError> {
        let holdings = holdings.to_vec();
        let confirm = move |db: &Connection| {
            let sql = "UPDATE attachments SET confirmed = ?3 WHERE place = ?1 AND media = ?2";
            let mut update = db.prepare_cached(sql)?;
            for Holding { place, media } in holdings {
                update.execute(params![place.to_bytes(), blob(media), now.as_millis()])?;
            }
            Ok(())
        };
        self.0.write("confirm attachments", confirm).await
    }

    async fn release(
        &self,
        holding: Holding,
        aftermath: Aftermath,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.0.write("detach a file", move |db| release(db, holding, aftermath, now)).await
    }
}

/// Whether `user` may attach `media` to `place`: their own, and what they see at `source`.
fn may_attach(
    db: &Connection,
    user: UserId,
    media: &Media,
    place: Place,
    source: Option<Place>,
) -> rusqlite::Result<bool> {
    if media.purpose != place.purpose() {
        return Ok(false);
    }
    Ok(media.owner == user
        || is_attached(db, media.id, place)?
        || match source {
            Some(source) => is_attached(db, media.id, source)?,
            None => false,
        })
}

fn is_attached(db: &Connection, media: MediaId, place: Place) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM attachments WHERE place = ?1 AND media = ?2";
    let found = db.prepare_cached(sql)?.query_row(params![place.to_bytes(), blob(media)], |_| Ok(()));
    Ok(found.optional()?.is_some())
}

fn release(
    db: &Connection,
    Holding { place, media }: Holding,
    aftermath: Aftermath,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM attachments WHERE place = ?1 AND media = ?2";
    if db.prepare_cached(sql)?.execute(params![place.to_bytes(), blob(media)])? == 0 {
        return Ok(());
    }
    let sql = "SELECT 1 FROM attachments WHERE media = ?1 LIMIT 1";
    if db.prepare_cached(sql)?.query_row([blob(media)], |_| Ok(())).optional()?.is_some() {
        return Ok(());
    }
    match aftermath {
        Aftermath::Erase => delete_media(db, media),
        Aftermath::Wait => {
            let sql = "UPDATE media SET unattached = ?2 WHERE id = ?1";
            db.prepare_cached(sql)?.execute(params![blob(media), now.as_millis()]).map(drop)
        }
    }
}

fn delete_media(db: &Connection, id: MediaId) -> rusqlite::Result<()> {
    let Some(media) = select_media(db, id)? else { return Ok(()) };
    for sql in [
        "DELETE FROM attachments WHERE media = ?1",
        "DELETE FROM forms WHERE media = ?1",
        "DELETE FROM media WHERE id = ?1",
    ] {
        db.prepare_cached(sql)?.execute([blob(id)])?;
    }
    leave_blobs(db, &media.blobs())?;
    let sql = "UPDATE usage SET bytes = bytes - ?2, files = files - 1 WHERE owner = ?1";
    db.prepare_cached(sql)?.execute(params![blob(media.owner), int(media.charged)]).map(drop)
}
