//! What the media service keeps, in MongoDB.
//!
//! What belongs together changes in one transaction, so there is nothing for a
//! crash to leave half done.

mod blobs;
mod collections;
mod documents;
mod library;
mod uploads;

use std::time::Duration;

use async_trait::async_trait;
use bson::{Document, doc};
use confab_core::Id;
use confab_db::mongo::{Mongo, OrStoreError, binary};
use confab_db::{OpenError, StoreError};
use futures_util::future::BoxFuture;
use mongodb::options::{Acknowledgment, ReadConcern, WriteConcern};
use mongodb::{ClientSession, Collection};
use tokio::time::timeout;

use self::documents::{AttachmentDocument, BlobDocument, MediaDocument, UploadDocument, UsageDocument};
use super::Store;

const USAGE: &str = "usage";
const UPLOADS: &str = "uploads";
const MEDIA: &str = "media";
const BLOBS: &str = "blobs";
const ATTACHMENTS: &str = "attachments";

/// How long a transaction is tried again and again. The driver would go on for two minutes without a database, and an upload
/// with it; too short, and those that change the same at the same time give up before they have had their turn.
const TRANSACTION_TIME_MAX: Duration = Duration::from_secs(20);

/// The store in MongoDB.
#[derive(Clone)]
pub struct MongoStore {
    mongo: Mongo,
    usage: Collection<UsageDocument>,
    uploads: Collection<UploadDocument>,
    media: Collection<MediaDocument>,
    blobs: Collection<BlobDocument>,
    attachments: Collection<AttachmentDocument>,
}

impl MongoStore {
    /// Makes the collections in `mongo`, or checks that they are as they should be.
    pub async fn open(mongo: Mongo) -> Result<Self, OpenError> {
        mongo.prepare(&collections::all()).await?;
        Ok(Self {
            usage: mongo.collection(USAGE),
            uploads: mongo.collection(UPLOADS),
            media: mongo.collection(MEDIA),
            blobs: mongo.collection(BLOBS),
            attachments: mongo.collection(ATTACHMENTS),
            mongo,
        })
    }

    /// Does all that `body` does, or nothing. It is called again when somebody
    /// else has changed the same at the same time.
    ///
    /// What `body` needs is in `context`: what it borrowed itself would have to live
    /// too long.
    async fn transact<T, Context, Body>(
        &self,
        task: &'static str,
        context: Context,
        body: Body,
    ) -> Result<T, StoreError>
    where
        Context: Send,
        Body: for<'b> FnMut(&'b mut ClientSession, &'b mut Context) -> BoxFuture<'b, mongodb::error::Result<T>>
            + Send,
        T: Send,
    {
        let mut session = self.mongo.database().client().start_session().await.or_store_error(task)?;
        let durable = WriteConcern::builder().w(Acknowledgment::Majority).journal(true).build();
        let transaction =
            session.start_transaction().read_concern(ReadConcern::snapshot()).write_concern(durable);
        let done = timeout(TRANSACTION_TIME_MAX, transaction.and_run(context, body)).await;
        // Whether the last try is stored nobody can tell.
        done.map_err(|late| StoreError::Unknown { task, source: Box::new(late) })?.or_store_error(task)
    }
}

#[async_trait]
impl Store for MongoStore {
    async fn failed(&self) -> String {
        // A server that is away comes back; nothing here breaks for good.
        std::future::pending().await
    }

    // The connections belong to the program, which shares them out.
    async fn close(&self) {}
}

/// The document with the id `id`.
fn by_id<Of>(id: Id<Of>) -> Document {
    doc! { "_id": key(id) }
}

/// An id as MongoDB keeps it.
fn key<Of>(id: Id<Of>) -> bson::Binary {
    binary(id.as_uuid())
}

fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count as MongoDB keeps it. Nothing of ours is larger than it can be.
fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
