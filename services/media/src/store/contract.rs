//! What every store promises, tried on each of them.

use std::time::Duration;

use confab_core::{Id, MediaId, Timestamp, UserId};
use confab_db::testing::{TestDatabase, every_database};

use super::{Begun, Claimed, Committed, Stores};
use crate::domain::{
    BlobKey, ContentType, FileName, Form, Manner, Media, Place, Purpose, Quota, Upload, Variant,
};

mod blobs;
mod library;
mod uploads;

/// In the next century: nothing of ours expires by somebody's real clock.
const NOW: Timestamp = Timestamp::from_millis(4_102_444_800_000);

const PLENTY: Quota = Quota { bytes: 1_000_000, files: 1_000 };

/// A store that nobody else uses, gone when it is dropped.
struct TestStore {
    name: &'static str,
    stores: Stores,
    _kept: TestDatabase,
}

/// A fresh one of each. `test` becomes part of the name of the databases.
async fn every_store(test: &str) -> [TestStore; 2] {
    let [embedded, mongo] = every_database(test).await;
    [TestStore::open(embedded).await, TestStore::open(mongo).await]
}

impl TestStore {
    async fn open(kept: TestDatabase) -> Self {
        let stores = Stores::open(&kept.database).await.unwrap();
        Self { name: kept.name, stores, _kept: kept }
    }

    /// Uploads `size` bytes of `owner` and keeps them, with a thumbnail.
    async fn keep(&self, owner: UserId, size: u64) -> Media {
        let upload = upload(owner, size);
        assert_eq!(self.stores.uploads.begin(&upload, &PLENTY).await.unwrap(), Begun::Yes, "{}", self.name);
        let media = media(&upload, b"picture", b"thumbnail");
        let claimed = self.stores.blobs.claim(&media.blobs(), later(60)).await.unwrap();
        assert_eq!(claimed, Claimed::Yes, "{}", self.name);
        assert_eq!(self.stores.library.commit(&media).await.unwrap(), Committed::Yes, "{}", self.name);
        media
    }
}

fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

fn somebody() -> UserId {
    UserId::new(NOW)
}

fn upload(owner: UserId, size: u64) -> Upload {
    Upload {
        id: MediaId::new(NOW),
        owner,
        purpose: Purpose::Message,
        name: FileName::new("Žofie ☕.png"),
        size,
        received: 0,
        hash: Some(BlobKey::of(b"upload")),
        manner: Manner::Resumable,
        created: NOW,
        expires: later(100),
    }
}

fn media(upload: &Upload, original: &[u8], thumbnail: &[u8]) -> Media {
    let form = |bytes, content_type, dimensions| Form {
        key: BlobKey::of(bytes),
        size: bytes.len() as u64,
        content_type,
        dimensions,
    };
    Media {
        id: upload.id,
        owner: upload.owner,
        purpose: upload.purpose,
        name: upload.name.clone(),
        original: form(original, ContentType::Png, Some((640, 480))),
        thumbnails: vec![
            (Variant::Large, form(thumbnail, ContentType::Jpeg, Some((64, 48)))),
            (Variant::Small, form(thumbnail, ContentType::Jpeg, Some((64, 48)))),
        ],
        duration: Some(Duration::from_millis(1_234)),
        blurhash: Some("LEHV6nWB2yk8pyo0adR*.7kCMdnj".to_owned()),
        keeps_metadata: true,
        charged: upload.size,
        created: upload.created,
    }
}

/// A message that `sender` is about to send.
fn message(sender: UserId) -> Place {
    Place::Message { conversation: Id::new(NOW), sender, client: Id::new(NOW) }
}
