//! Devices and pushes in MongoDB.
//!
//! | collection | `_id` | holds |
//! |---|---|---|
//! | `devices` | session | where and how a device is told |
//! | `pushes` | push | what devices are to be told, and what became of that |
//!
//! Of each device and conversation one push waits at the most: that is a unique index.

use async_trait::async_trait;
use bson::{Document, doc};
use confab_core::page::Page;
use confab_core::{SessionId, Timestamp, UserId};
use confab_db::mongo::{Mongo, OrStoreError, Server, binary, is_duplicate_key};
use confab_db::{OpenError, StoreError};
use futures_util::TryStreamExt;
use mongodb::Collection;
use mongodb::options::ReturnDocument;

use super::PushStore;
use super::documents::{DeviceDocument, PushDocument, collections, date, id, key};
use crate::domain::{Device, Endpoint, Push, PushCursor};

/// How many documents are forgotten in one go.
const PRUNED_MAX: i64 = 1_000;
/// How often a write is tried of which another node was in the way.
const TRIES_MAX: usize = 3;

/// Keeps devices and pushes in two collections.
pub struct MongoPushes {
    devices: Collection<DeviceDocument>,
    pushes: Collection<PushDocument>,
}

impl MongoPushes {
    /// Opens the collections, and makes what is missing.
    pub async fn open(server: &Server) -> Result<Self, OpenError> {
        let mongo: Mongo = server.database("message");
        mongo.prepare(&collections()).await?;
        Ok(Self { devices: mongo.collection("devices"), pushes: mongo.collection("pushes") })
    }

    async fn add_one(&self, push: &Push) -> Result<(), StoreError> {
        let waiting = doc! {
            "session": key(push.session), "conversation": key(push.conversation), "waiting": true,
        };
        let mut tries = 0;
        loop {
            tries += 1;
            let joined = self.pushes.update_one(waiting.clone(), vec![joined(push)]).upsert(true).await;
            match joined {
                // Another node has put one there at the same moment: that is joined now.
                Err(error) if is_duplicate_key(&error) && tries < TRIES_MAX => {}
                done => return done.map(drop).or_store_error("keep a push"),
            }
        }
    }

    /// Has what has joined `settled` go on to wait.
    async fn settle_joined(&self, settled: &Push) -> Result<(), StoreError> {
        let task = "note what became of a push";
        let waiting = doc! { "_id": key(settled.id), "waiting": true };
        let Some(kept) = self.pushes.find_one(waiting).await.or_store_error(task)? else { return Ok(()) };
        let Some(rest) = Push::try_from(kept)?.rest_of(settled) else { return Ok(()) };
        // What was decided takes the id of what goes on, which keeps its own.
        let decided = Push { id: rest.id, ..settled.clone() };
        self.pushes.insert_one(PushDocument::from(&decided)).await.or_store_error(task)?;
        let change = doc! {
            "$set": {
                "decided": date(rest.decided), "created": date(rest.created), "tries": 0, "status": 0,
            },
            // By difference: more may have joined meanwhile.
            "$inc": { "messages": -settled.messages },
        };
        let waiting = doc! { "_id": key(settled.id), "waiting": true };
        self.pushes.update_one(waiting, change).await.map(drop).or_store_error(task)
    }
}

#[async_trait]
impl PushStore for MongoPushes {
    async fn subscribe(&self, device: &Device) -> Result<(), StoreError> {
        let task = "keep a device";
        let elsewhere = doc! { "endpoint": device.endpoint.as_str(), "_id": { "$ne": key(device.session) } };
        self.devices.delete_many(elsewhere).await.or_store_error(task)?;
        let kept =
            self.devices.replace_one(doc! { "_id": key(device.session) }, DeviceDocument::from(device));
        kept.upsert(true).await.or_store_error(task)?;
        let theirs = self.devices.find(doc! { "user": key(device.user) });
        let too_many = theirs.sort(doc! { "created": -1, "_id": -1 }).skip(Device::COUNT_MAX as u64);
        let too_many: Vec<DeviceDocument> =
            too_many.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        let ids: Vec<bson::Uuid> = too_many.into_iter().map(|device| device.session).collect();
        if ids.is_empty() {
            return Ok(());
        }
        self.devices.delete_many(doc! { "_id": { "$in": ids } }).await.map(drop).or_store_error(task)
    }

    async fn device(&self, session: SessionId) -> Result<Option<Device>, StoreError> {
        let found = self.devices.find_one(doc! { "_id": key(session) }).await;
        found.or_store_error("find a device")?.map(Device::try_from).transpose()
    }

    async fn unsubscribe(&self, session: SessionId, endpoint: Option<&Endpoint>) -> Result<(), StoreError> {
        let mut device = doc! { "_id": key(session) };
        if let Some(endpoint) = endpoint {
            device.insert("endpoint", endpoint.as_str());
        }
        self.devices.delete_one(device).await.map(drop).or_store_error("forget a device")
    }

    async fn has_devices(&self) -> Result<bool, StoreError> {
        let found = self.devices.find_one(doc! {}).await.or_store_error("see whether there are devices")?;
        Ok(found.is_some())
    }

    async fn devices_of(&self, users: &[UserId]) -> Result<Vec<Device>, StoreError> {
        let task = "find devices of people";
        let users: Vec<bson::Uuid> = users.iter().map(|user| key(*user)).collect();
        let found = self.devices.find(doc! { "user": { "$in": users } }).await.or_store_error(task)?;
        let found: Vec<DeviceDocument> = found.try_collect().await.or_store_error(task)?;
        found.into_iter().map(Device::try_from).collect()
    }

    async fn list_sessions(
        &self,
        after: Option<SessionId>,
        limit: usize,
    ) -> Result<Vec<SessionId>, StoreError> {
        let task = "list devices";
        let after = after.map_or_else(Document::new, |after| doc! { "_id": { "$gt": key(after) } });
        let found = self.devices.find(after).sort(doc! { "_id": 1 }).limit(count(limit));
        let found: Vec<DeviceDocument> =
            found.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        Ok(found.into_iter().map(|device| id(device.session)).collect())
    }

    async fn forget(&self, user: UserId) -> Result<(), StoreError> {
        let task = "forget the devices of somebody";
        let theirs = || doc! { "user": key(user) };
        self.devices.delete_many(theirs()).await.or_store_error(task)?;
        self.pushes.delete_many(theirs()).await.map(drop).or_store_error(task)
    }

    async fn add(&self, pushes: &[Push]) -> Result<(), StoreError> {
        for push in pushes {
            self.add_one(push).await?;
        }
        Ok(())
    }

    async fn claim(&self, now: Timestamp, limit: usize) -> Result<Vec<Push>, StoreError> {
        let mut claimed = Vec::new();
        while claimed.len() < limit {
            let due = doc! { "waiting": true, "decided": { "$lte": date(now) } };
            let until = date(now.plus(Push::TRY_TIME_MAX));
            let change = doc! { "$inc": { "tries": 1 }, "$set": { "decided": until } };
            let claim = self.pushes.find_one_and_update(due, change).sort(doc! { "decided": 1 });
            let found = claim.return_document(ReturnDocument::After).await.or_store_error("claim a push")?;
            let Some(found) = found else { break };
            claimed.push(Push::try_from(found)?);
        }
        Ok(claimed)
    }

    async fn settle(&self, push: &Push) -> Result<(), StoreError> {
        let state = PushDocument::from(push);
        let mut set = doc! {
            "decided": date(push.decided), "outcome": push.outcome.number(), "tries": push.tries,
            "status": i32::from(push.status),
        };
        if state.is_waiting() {
            let waiting = doc! { "_id": key(push.id), "waiting": true };
            let put_off = self.pushes.update_one(waiting, doc! { "$set": set }).await;
            return put_off.map(drop).or_store_error("put a push off");
        }
        set.insert("messages", push.messages);
        let unchanged = doc! { "_id": key(push.id), "waiting": true, "seq": push.seq };
        let decided = self.pushes.update_one(unchanged, doc! { "$set": set, "$unset": { "waiting": "" } });
        if decided.await.or_store_error("note what became of a push")?.matched_count == 1 {
            return Ok(());
        }
        self.settle_joined(push).await
    }

    async fn list(&self, user: UserId, page: Page<PushCursor>) -> Result<Vec<Push>, StoreError> {
        let task = "list pushes";
        let mut theirs = doc! { "user": key(user) };
        if let Some(after) = page.after {
            theirs.insert("_id", doc! { "$lt": binary(after) });
        }
        let found = self.pushes.find(theirs).sort(doc! { "_id": -1 }).limit(count(page.size));
        let found: Vec<PushDocument> =
            found.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        found.into_iter().map(Push::try_from).collect()
    }

    async fn prune(&self, now: Timestamp) -> Result<usize, StoreError> {
        let over = date(Timestamp::from_millis(now.as_millis().saturating_sub(kept_millis())));
        let old = doc! { "waiting": { "$exists": false }, "decided": { "$lte": over } };
        let pruned = self.remove(old).await?;
        // An estimate costs nothing, and is as good as a count here.
        let there = self.pushes.estimated_document_count().await.or_store_error("count pushes")?;
        if there <= Push::KEPT_MAX { Ok(pruned) } else { Ok(pruned + self.remove(doc! {}).await?) }
    }

    async fn failed(&self) -> String {
        // A server that is away comes back; nothing here breaks for good.
        std::future::pending().await
    }

    // The connections belong to the program, which shares them out.
    async fn close(&self) {}
}

impl MongoPushes {
    /// Removes the oldest of `these`.
    async fn remove(&self, these: Document) -> Result<usize, StoreError> {
        let task = "forget old pushes";
        let oldest = self.pushes.find(these).sort(doc! { "_id": 1 }).limit(PRUNED_MAX);
        let oldest: Vec<PushDocument> =
            oldest.await.or_store_error(task)?.try_collect().await.or_store_error(task)?;
        let ids: Vec<bson::Uuid> = oldest.into_iter().map(|push| push.id).collect();
        if ids.is_empty() {
            return Ok(0);
        }
        let removed = self.pushes.delete_many(doc! { "_id": { "$in": ids } }).await.or_store_error(task)?;
        Ok(usize::try_from(removed.deleted_count).unwrap_or(usize::MAX))
    }
}

/// What becomes of one that waits, or of none, with `push`: the rule of [`Push::joined`].
fn joined(push: &Push) -> Document {
    let due = date(push.decided);
    let is_put_off = doc! { "$gt": [{ "$ifNull": ["$tries", 0] }, 0] };
    doc! { "$set": {
        "_id": { "$ifNull": ["$_id", key(push.id)] },
        "user": key(push.user),
        "seq": push.seq,
        "sender": key(push.sender),
        "messages": { "$add": [{ "$ifNull": ["$messages", 0] }, push.messages] },
        "created": { "$ifNull": ["$created", date(push.created)] },
        "decided": { "$cond": [is_put_off, "$decided", { "$min": ["$decided", due] }] },
        "outcome": push.outcome.number(),
        "tries": { "$ifNull": ["$tries", 0] },
        "status": { "$ifNull": ["$status", 0] },
    } }
}

fn kept_millis() -> i64 {
    i64::try_from(Push::KEPT_TIME.as_millis()).unwrap_or(i64::MAX)
}

fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
