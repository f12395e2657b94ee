//! What every blob store promises, as tests that run against each of them.

use std::fs;
use std::ops::Range;
use std::sync::Arc;

use confab_core::SystemClock;
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::cloudinary::stand_in::StandIn;
use super::rclone::Rclone;
use super::{BlobError, BlobStore, CloudinaryStore, LocalStore, PIECE_BYTES_MAX, Patience, S3Store};
use crate::domain::BlobKey;
use crate::spool::SpooledFile;

/// A store with nothing in it, which goes with this value.
struct TestStore {
    name: &'static str,
    store: Box<dyn BlobStore>,
    spool: TempDir,
    _kept: Kept,
}

/// What has to be there for as long as a store is used.
enum Kept {
    InFolder(#[expect(dead_code, reason = "it goes when it is dropped")] TempDir),
    ByRclone(#[expect(dead_code, reason = "it ends when it is dropped")] Box<Rclone>),
    InMemory,
}

impl TestStore {
    /// A file with `bytes`, as uploads leave them.
    fn spooled(&self, bytes: &[u8]) -> SpooledFile {
        let key = BlobKey::of(bytes);
        let path = self.spool.path().join(key.to_string());
        fs::write(&path, bytes).unwrap();
        SpooledFile { path, size: bytes.len() as u64, key }
    }

    async fn put(&self, bytes: &[u8]) -> BlobKey {
        let file = self.spooled(bytes);
        self.store.put(&file).await.unwrap();
        fs::remove_file(file.path).unwrap();
        file.key
    }

    async fn read(&self, key: &BlobKey, range: Range<u64>) -> Result<Vec<u8>, BlobError> {
        let pieces: Vec<_> = self.store.read(key, range).await?.try_collect().await?;
        assert!(pieces.iter().all(|piece| piece.len() <= PIECE_BYTES_MAX), "{}", self.name);
        Ok(pieces.concat())
    }
}

async fn every_store() -> Vec<TestStore> {
    let spool = || tempfile::tempdir().unwrap();
    let folder = spool();
    let local = Box::new(LocalStore::open(folder.path()).unwrap());
    let rclone = Rclone::start().await;
    let s3 = Box::new(S3Store::new(rclone.access.clone(), Patience::default()).unwrap());
    let stand_in = StandIn::start(None).await;
    let cloudinary = CloudinaryStore::new(stand_in.access, Patience::default(), Arc::new(SystemClock));
    let cloudinary = Box::new(cloudinary.unwrap());
    vec![
        // In the folder of the blobs, so that they are linked; elsewhere, they may have to be copied.
        TestStore {
            name: "local",
            store: local,
            spool: tempfile::tempdir_in(&folder).unwrap(),
            _kept: Kept::InFolder(folder),
        },
        TestStore { name: "S3", store: s3, spool: spool(), _kept: Kept::ByRclone(Box::new(rclone)) },
        TestStore { name: "Cloudinary", store: cloudinary, spool: spool(), _kept: Kept::InMemory },
    ]
}

/// Bytes that look like nothing, and are not all the same.
fn some_bytes(count: usize) -> Vec<u8> {
    let blocks = (0_u64..).flat_map(|number| Sha256::digest(number.to_be_bytes()));
    blocks.take(count).collect()
}

#[tokio::test]
async fn what_was_put_is_read() {
    // More than two of the parts that large blobs are sent in.
    let megabytes = some_bytes(17 * 1024 * 1024 + 1);
    for store in every_store().await {
        for bytes in [&b""[..], b"x", &megabytes] {
            let key = store.put(bytes).await;
            assert_eq!(store.store.size(&key).await.unwrap(), Some(bytes.len() as u64), "{}", store.name);
            let read = store.read(&key, 0..bytes.len() as u64).await.unwrap();
            assert!(read == bytes, "{} gave other bytes than it was given", store.name);
        }
    }
}

#[tokio::test]
async fn any_part_of_a_blob_can_be_read() {
    let bytes = some_bytes(700_000);
    let all = bytes.len();
    for store in every_store().await {
        let key = store.put(&bytes).await;
        for range in [0..1, 1..2, 262_143..262_145, 0..262_144, all - 1..all, 300_000..all, 7..7] {
            let part = store.read(&key, range.start as u64..range.end as u64).await.unwrap();
            assert!(part == bytes[range.clone()], "{} gave another part than {range:?}", store.name);
        }
    }
}

#[tokio::test]
async fn the_same_bytes_are_kept_once() {
    for store in every_store().await {
        let first = store.put(b"the same").await;
        assert_eq!(store.put(b"the same").await, first, "{}", store.name);
        assert_eq!(store.store.list(None, 10).await.unwrap(), [first], "{}", store.name);
    }
}

#[tokio::test]
async fn many_who_put_the_same_bytes_at_once_all_succeed() {
    let bytes = some_bytes(100_000);
    for store in every_store().await {
        let files: Vec<_> = (0..8)
            .map(|copy| {
                let mut file = store.spooled(&bytes);
                let path = store.spool.path().join(format!("copy-{copy}"));
                fs::copy(&file.path, &path).unwrap();
                file.path = path;
                file
            })
            .collect();
        let puts = files.iter().map(|file| store.store.put(file));
        futures_util::future::try_join_all(puts).await.unwrap();
        let read = store.read(&files[0].key, 0..bytes.len() as u64).await.unwrap();
        assert!(read == bytes, "{}", store.name);
    }
}

#[tokio::test]
async fn what_is_not_kept_is_missing() {
    for store in every_store().await {
        let key = BlobKey::of(b"never put");
        assert_eq!(store.store.size(&key).await.unwrap(), None, "{}", store.name);
        let read = store.read(&key, 0..9).await;
        assert!(matches!(read, Err(BlobError::Missing { key: missing }) if missing == key), "{}", store.name);
        store.store.delete(&key).await.unwrap();
    }
}

#[tokio::test]
async fn an_erased_blob_is_gone_and_can_come_back() {
    for store in every_store().await {
        let key = store.put(b"to be erased").await;
        let other = store.put(b"to be kept").await;
        store.store.delete(&key).await.unwrap();

        assert_eq!(store.store.size(&key).await.unwrap(), None, "{}", store.name);
        assert!(matches!(store.read(&key, 0..1).await, Err(BlobError::Missing { .. })), "{}", store.name);
        assert_eq!(store.store.list(None, 10).await.unwrap(), [other], "{}", store.name);

        store.put(b"to be erased").await;
        assert_eq!(store.read(&key, 0..12).await.unwrap(), b"to be erased", "{}", store.name);
    }
}

#[tokio::test]
async fn all_keys_are_listed_in_their_order_page_by_page() {
    for store in every_store().await {
        let mut keys = Vec::new();
        for number in 0_u8..23 {
            keys.push(store.put(&[number]).await);
        }
        keys.sort_unstable();
        let mut listed: Vec<BlobKey> = Vec::new();
        loop {
            let page = store.store.list(listed.last(), 5).await.unwrap();
            assert!(page.len() <= 5, "{}", store.name);
            if page.is_empty() {
                break;
            }
            listed.extend(page);
        }
        assert_eq!(listed, keys, "{}", store.name);
    }
}

#[tokio::test]
async fn a_file_that_is_not_what_it_was_is_not_kept() {
    for store in every_store().await {
        let mut file = store.spooled(b"some bytes");
        file.size += 1;
        assert!(store.store.put(&file).await.is_err(), "{}", store.name);
        assert_eq!(store.store.size(&file.key).await.unwrap(), None, "{}", store.name);
    }
}

#[tokio::test]
async fn a_blob_that_goes_in_parts_leaves_no_parts_in_a_bucket() {
    let rclone = Rclone::start().await;
    let store = S3Store::new(rclone.access.clone(), Patience::default()).unwrap();
    let (spool, bytes) = (tempfile::tempdir().unwrap(), some_bytes(9 * 1024 * 1024));
    let file =
        SpooledFile { path: spool.path().join("file"), size: bytes.len() as u64, key: BlobKey::of(&bytes) };
    fs::write(&file.path, &bytes).unwrap();
    store.put(&file).await.unwrap();
    let bucket = rclone.folder().join("blobs/confab");
    let names = fs::read_dir(bucket).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), [file.key.to_string()]);
}
