//! What the media service keeps: what is known of files, uploads and blobs, and
//! what files are attached to.

use std::sync::Arc;

use async_trait::async_trait;
use confab_db::{Database, OpenError};

pub use blobs::{BlobIndex, Claimed, ERASE_TIME, IndexedBlob};
pub use library::{Aftermath, Attached, Committed, Holding, LibraryStore, MediaCursor};
pub use uploads::{Begun, UploadStore};

use embedded::EmbeddedStore;
use mongo::MongoStore;

mod blobs;
mod embedded;
mod library;
mod mongo;
mod uploads;

#[cfg(test)]
mod contract;

/// All that the service keeps, in whichever database.
#[derive(Clone)]
pub struct Stores {
    pub(crate) uploads: Arc<dyn UploadStore>,
    pub(crate) library: Arc<dyn LibraryStore>,
    pub(crate) blobs: Arc<dyn BlobIndex>,
    all: Arc<dyn Store>,
}

impl Stores {
    /// Opens what the service keeps in `database`.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub async fn open(database: &Database) -> Result<Self, OpenError> {
        match database {
            Database::Embedded { folder } => Ok(Self::of(EmbeddedStore::open(&folder.join("media.db"))?)),
            Database::MongoDb(server) => Ok(Self::of(MongoStore::open(server.database("media")).await?)),
        }
    }

    /// Waits until nothing can be stored any more, and says why. The program
    /// should then end. With most databases that never happens.
    pub async fn failed(&self) -> String {
        self.all.failed().await
    }

    /// Finishes what is under way, and lets go of the database.
    pub async fn close(&self) {
        self.all.close().await;
    }

    fn of(store: impl Store + 'static) -> Self {
        let store = Arc::new(store);
        Self { uploads: store.clone(), library: store.clone(), blobs: store.clone(), all: store }
    }
}

/// One database, with all that the service keeps in it.
#[async_trait]
pub trait Store: UploadStore + LibraryStore + BlobIndex {
    /// Waits until the database has failed for good, and returns why.
    async fn failed(&self) -> String;

    /// Finishes what is under way, and lets go of the database.
    async fn close(&self);
}
