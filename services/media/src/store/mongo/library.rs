//! Files, and what they are attached to, in MongoDB.

use async_trait::async_trait;
use bson::{Binary, doc};
use confab_core::page::Page;
use confab_core::{MediaId, Timestamp, UserId};
use confab_db::StoreError;
use confab_db::mongo::{OrStoreError, binary};
use futures_util::{FutureExt, TryStreamExt};
use mongodb::ClientSession;
use mongodb::error::Error;
use mongodb::options::ReturnDocument;

use super::documents::{AttachmentDocument, AttachmentId, MediaDocument, date, place_bytes};
use super::{MongoStore, by_id, int, key, limit};
use crate::domain::{Media, Place};
use crate::store::{Aftermath, Attached, Committed, Holding, LibraryStore, MediaCursor};

#[async_trait]
impl LibraryStore for MongoStore {
    async fn commit(&self, media: &Media) -> Result<Committed, StoreError> {
        let blobs = media.blobs();
        self.transact("keep a file", (self, media, &blobs), |session, (store, media, blobs)| {
            async move {
                let upload = store.uploads.find_one(by_id(media.id)).session(&mut *session).await?;
                let Some(upload) = upload else {
                    let kept = store.media.find_one(by_id(media.id)).session(session).await?;
                    return Ok(if kept.is_some() { Committed::Yes } else { Committed::NoUpload });
                };
                if !store.are_safe(session, blobs).await? {
                    return Ok(Committed::Unclaimed);
                }
                let (owner, reserved) = upload.charge();
                store.uploads.delete_one(by_id(media.id)).session(&mut *session).await?;
                store.media.insert_one(MediaDocument::from(*media)).session(&mut *session).await?;
                store.use_blobs(session, blobs, 1).await?;
                store.charge(session, owner, [int(media.charged) - reserved, 0]).await?;
                Ok(Committed::Yes)
            }
            .boxed()
        })
        .await
    }

    async fn find_many(&self, ids: &[MediaId]) -> Result<Vec<Media>, StoreError> {
        let task = "find files";
        let ids: Vec<Binary> = ids.iter().copied().map(key).collect();
        let cursor = self.media.find(doc! { "_id": { "$in": ids } }).await.or_store_error(task)?;
        let found: Vec<MediaDocument> = cursor.try_collect().await.or_store_error(task)?;
        found.into_iter().map(Media::try_from).collect()
    }

    async fn list(&self, owner: UserId, page: Page<MediaCursor>) -> Result<Vec<Media>, StoreError> {
        let task = "list the files of somebody";
        let mut filter = doc! { "owner": key(owner) };
        if let Some(after) = page.after {
            filter.insert("_id", doc! { "$lt": binary(after) });
        }
        let find = self.media.find(filter).sort(doc! { "_id": -1 }).limit(limit(page.size));
        let found: Vec<MediaDocument> =
            find.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        found.into_iter().map(Media::try_from).collect()
    }

    async fn delete(&self, id: MediaId) -> Result<(), StoreError> {
        self.transact("delete a file", (self, id), |session, (store, id)| {
            store.delete_media(session, *id).boxed()
        })
        .await
    }

    async fn attach(
        &self,
        user: UserId,
        media: &[MediaId],
        place: Place,
        source: Option<Place>,
        now: Timestamp,
    ) -> Result<Attached, StoreError> {
        let attaching = Attaching { user, media, place, source, now };
        self.transact("attach files", (self, attaching), |session, (store, attaching)| {
            store.attach_all(session, attaching).boxed()
        })
        .await
    }

    async fn detach(
        &self,
        place: Place,
        kept: &[MediaId],
        aftermath: Aftermath,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let task = "detach files";
        let cursor = self.attachments.find(doc! { "_id.place": place_bytes(place) }).await;
        let found: Vec<AttachmentDocument> =
            cursor.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        for attachment in found {
            let holding = Holding::try_from(attachment)?;
            if !kept.contains(&holding.media) {
                self.release(holding, aftermath, now).await?;
            }
        }
        Ok(())
    }

    async fn places(
        &self,
        media: MediaId,
        after: Option<Place>,
        count: usize,
    ) -> Result<Vec<Place>, StoreError> {
        let task = "list what a file is attached to";
        let mut filter = doc! { "_id.media": key(media) };
        if let Some(after) = after {
            filter.insert("_id.place", doc! { "$gt": place_bytes(after) });
        }
        let find = self.attachments.find(filter).sort(doc! { "_id.place": 1 }).limit(limit(count));
        let found: Vec<AttachmentDocument> =
            find.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        found.into_iter().map(|found| Holding::try_from(found).map(|holding| holding.place)).collect()
    }

    async fn sweep(&self, since: Timestamp, count: usize) -> Result<usize, StoreError> {
        let task = "sweep files that nothing needs";
        let waiting = doc! { "unattached": { "$lte": date(since) } };
        let find = self.media.find(waiting.clone()).sort(doc! { "unattached": 1 }).limit(limit(count));
        let found: Vec<MediaDocument> =
            find.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        for media in &found {
            let mut still = waiting.clone();
            still.insert("_id", key(media.id()));
            self.transact(task, (self, still), |session, (store, still)| {
                async move {
                    // Somebody may have attached it since.
                    match store.media.find_one(still.clone()).session(&mut *session).await? {
                        Some(media) => store.delete_media(session, media.id()).await,
                        None => Ok(()),
                    }
                }
                .boxed()
            })
            .await?;
        }
        Ok(found.len())
    }

    async fn unsure(&self, since: Timestamp, count: usize) -> Result<Vec<Holding>, StoreError> {
        let task = "list attachments to make sure of";
        let find = self.attachments.find(doc! { "confirmed": { "$lte": date(since) } });
        let find = find.sort(doc! { "confirmed": 1 }).limit(limit(count));
        let found: Vec<AttachmentDocument> =
            find.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        found.into_iter().map(Holding::try_from).collect()
    }

    async fn confirm(&self, holdings: &[Holding], now: Timestamp) -> Result<(), StoreError> {
        let id = |holding: &Holding| AttachmentId::new(holding.place, holding.media);
        let ids: Vec<AttachmentId> = holdings.iter().map(id).collect();
        let change = doc! { "$set": { "confirmed": date(now) } };
        let confirm = self.attachments.update_many(doc! { "_id": { "$in": ids } }, change);
        confirm.await.map(drop).or_store_error("confirm attachments")
    }

    async fn release(
        &self,
        holding: Holding,
        aftermath: Aftermath,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let context = (self, holding, aftermath, now);
        self.transact("detach a file", context, |session, (store, holding, aftermath, now)| {
            store.release_one(session, *holding, *aftermath, *now).boxed()
        })
        .await
    }
}

/// Which files are to be attached, by whom and to what.
struct Attaching<'m> {
    user: UserId,
    media: &'m [MediaId],
    place: Place,
    source: Option<Place>,
    now: Timestamp,
}

impl MongoStore {
    async fn attach_all(
        &self,
        session: &mut ClientSession,
        attaching: &Attaching<'_>,
    ) -> mongodb::error::Result<Attached> {
        let Attaching { user, media, place, source, now } = *attaching;
        let mut found = Vec::with_capacity(media.len());
        for id in media {
            let kept = self.media.find_one(by_id(*id)).session(&mut *session).await?;
            let Some(kept) = kept else { return Ok(Attached::NoSuchMedia(*id)) };
            let kept = Media::try_from(kept).map_err(Error::custom)?;
            let attached = self.is_attached(session, *id, place).await?;
            let seen = match source {
                Some(source) => self.is_attached(session, *id, source).await?,
                None => false,
            };
            if kept.purpose != place.purpose() || !(kept.owner == user || attached || seen) {
                return Ok(Attached::NoSuchMedia(*id));
            }
            found.push((kept, attached));
        }
        for (media, _) in found.iter().filter(|(_, attached)| !attached) {
            let attachment = AttachmentDocument::new(place, media.id, now);
            self.attachments.insert_one(attachment).session(&mut *session).await?;
            let change = doc! { "$inc": { "attachments": 1_i64 }, "$unset": { "unattached": "" } };
            self.media.update_one(by_id(media.id), change).session(&mut *session).await?;
        }
        Ok(Attached::Yes(found.into_iter().map(|(media, _)| media).collect()))
    }

    async fn release_one(
        &self,
        session: &mut ClientSession,
        Holding { place, media }: Holding,
        aftermath: Aftermath,
        now: Timestamp,
    ) -> mongodb::error::Result<()> {
        let attachment = doc! { "_id": AttachmentId::new(place, media) };
        if self.attachments.delete_one(attachment).session(&mut *session).await?.deleted_count == 0 {
            return Ok(());
        }
        // Counted in the file, so that two that let go of it at once meet there.
        let fewer = doc! { "$inc": { "attachments": -1_i64 } };
        let update = self.media.find_one_and_update(by_id(media), fewer);
        let left = update.return_document(ReturnDocument::After).session(&mut *session).await?;
        match (left.map_or(1, |left| left.attachments()), aftermath) {
            (0, Aftermath::Erase) => self.delete_media(session, media).await,
            (0, Aftermath::Wait) => {
                let change = doc! { "$set": { "unattached": date(now) } };
                self.media.update_one(by_id(media), change).session(session).await.map(drop)
            }
            _ => Ok(()),
        }
    }

    async fn is_attached(
        &self,
        session: &mut ClientSession,
        media: MediaId,
        place: Place,
    ) -> mongodb::error::Result<bool> {
        let attachment = doc! { "_id": AttachmentId::new(place, media) };
        Ok(self.attachments.find_one(attachment).session(session).await?.is_some())
    }

    async fn delete_media(&self, session: &mut ClientSession, id: MediaId) -> mongodb::error::Result<()> {
        let deleted = self.media.find_one_and_delete(by_id(id)).session(&mut *session).await?;
        let Some(media) = deleted else { return Ok(()) };
        let media = Media::try_from(media).map_err(Error::custom)?;
        self.attachments.delete_many(doc! { "_id.media": key(id) }).session(&mut *session).await?;
        self.use_blobs(session, &media.blobs(), -1).await?;
        self.charge(session, media.owner, [-int(media.charged), -1]).await
    }
}
