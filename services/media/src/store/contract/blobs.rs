//! What every [`BlobIndex`](crate::store::BlobIndex) promises.

use std::collections::BTreeMap;

use super::{NOW, TestStore, every_store, later, somebody};
use crate::domain::BlobKey;
use crate::store::{Claimed, ERASE_TIME, IndexedBlob};

fn blobs(names: &[&[u8]]) -> BTreeMap<BlobKey, u64> {
    names.iter().map(|name| (BlobKey::of(name), name.len() as u64)).collect()
}

#[tokio::test]
async fn a_blob_goes_when_no_claim_holds_and_nobody_claims_it_meanwhile() {
    for TestStore { name, stores, .. } in &every_store("blobs_claim").await {
        let (one, index) = (blobs(&[b"one"]), &stores.blobs);
        let key = BlobKey::of(b"one");
        assert_eq!(index.claim(&one, later(10)).await.unwrap(), Claimed::Yes, "{name}");
        // A shorter claim does not take from a longer one.
        assert_eq!(index.claim(&one, later(5)).await.unwrap(), Claimed::Yes, "{name}");
        assert_eq!(index.doom(later(9), 10).await.unwrap(), [], "{name}");
        index.forget(key).await.unwrap();
        assert!(index.known(&[key]).await.unwrap().contains(&key), "{name}");

        assert_eq!(index.doom(later(10), 10).await.unwrap(), [key], "{name}");
        assert_eq!(index.claim(&one, later(60)).await.unwrap(), Claimed::Erasing, "{name}");
        // It is being erased by somebody, until that takes too long.
        assert_eq!(index.doom(later(11), 10).await.unwrap(), [], "{name}");
        assert_eq!(index.doom(later(10).plus(ERASE_TIME), 10).await.unwrap(), [key], "{name}");
        index.forget(key).await.unwrap();
        assert_eq!(index.known(&[key]).await.unwrap(), [].into(), "{name}");
        assert_eq!(index.claim(&one, later(60)).await.unwrap(), Claimed::Yes, "{name}");
    }
}

#[tokio::test]
async fn a_blob_stays_for_as_long_as_some_file_uses_it() {
    for store in &every_store("blobs_uses").await {
        let TestStore { name, stores, .. } = store;
        let (first, second) = (store.keep(somebody(), 10).await, store.keep(somebody(), 10).await);
        let keys: Vec<BlobKey> = first.blobs().into_keys().collect();
        let expected: Vec<IndexedBlob> =
            first.blobs().into_iter().map(|(key, size)| IndexedBlob { key, size, uses: 2 }).collect();
        assert_eq!(stores.blobs.list_used(None, 10).await.unwrap(), expected, "{name}");
        assert_eq!(stores.blobs.list_used(Some(keys[0]), 10).await.unwrap(), expected[1..], "{name}");
        assert_eq!(stores.blobs.list_used(None, 1).await.unwrap(), expected[..1], "{name}");

        for _ in 0..2 {
            stores.library.delete(first.id).await.unwrap();
            assert_eq!(stores.blobs.doom(later(1_000), 10).await.unwrap(), [], "{name}");
        }
        stores.library.delete(second.id).await.unwrap();
        let mut doomed = stores.blobs.doom(later(1_000), 10).await.unwrap();
        doomed.sort_unstable();
        assert_eq!(doomed, keys, "{name}");
        assert_eq!(stores.blobs.list_used(None, 10).await.unwrap(), [], "{name}");
    }
}

#[tokio::test]
async fn only_so_many_go_at_a_time() {
    for TestStore { name, stores, .. } in &every_store("blobs_limit").await {
        stores.blobs.claim(&blobs(&[b"a", b"b", b"c"]), NOW).await.unwrap();
        assert_eq!(stores.blobs.doom(NOW, 2).await.unwrap().len(), 2, "{name}");
        assert_eq!(stores.blobs.doom(NOW, 2).await.unwrap().len(), 1, "{name}");
    }
}
