//! What every [`KeyStore`](crate::store::KeyStore) promises.

use confab_core::Timestamp;

use super::{NOW, TestStore, every_store, later};
use crate::domain::PublishedKey;

fn key(number: u8) -> PublishedKey {
    PublishedKey { id: format!("key {number:02}"), bytes: [number; 32], created: NOW }
}

#[tokio::test]
async fn a_key_is_published_once_however_often_it_is_registered() {
    for TestStore { name, stores, .. } in &every_store("keys_once").await {
        for second in 0..3 {
            let again = PublishedKey { created: later(second), ..key(1) };
            stores.keys.register(&again, later(second)).await.unwrap();
        }
        assert_eq!(stores.keys.list(NOW).await.unwrap(), [key(1)], "{name}");
    }
}

#[tokio::test]
async fn keys_of_several_nodes_are_published_side_by_side() {
    for TestStore { name, stores, .. } in &every_store("keys_nodes").await {
        stores.keys.register(&key(1), NOW).await.unwrap();
        stores.keys.register(&key(2), later(1)).await.unwrap();
        assert_eq!(stores.keys.list(NOW).await.unwrap(), [key(2), key(1)], "{name}");
    }
}

#[tokio::test]
async fn of_too_many_keys_those_registered_last_are_published() {
    for TestStore { name, stores, .. } in &every_store("keys_many").await {
        for number in 0..20 {
            stores.keys.register(&key(number), later(number.into())).await.unwrap();
        }
        // An old key is in use again: it is among the latest now.
        stores.keys.register(&key(0), later(20)).await.unwrap();

        let listed = stores.keys.list(NOW).await.unwrap();
        let expected: Vec<_> = [0].into_iter().chain((5..20).rev()).map(key).collect();
        assert_eq!(listed.len(), PublishedKey::COUNT_MAX, "{name}");
        assert_eq!(listed, expected, "{name}");
    }
}

#[tokio::test]
async fn keys_that_nobody_has_used_for_long_are_removed() {
    for TestStore { name, stores, .. } in &every_store("keys_unused").await {
        stores.keys.register(&key(1), NOW).await.unwrap();
        stores.keys.register(&key(2), later(1)).await.unwrap();
        let long_after = NOW.plus(PublishedKey::UNUSED_TIME_MAX);
        stores.keys.register(&key(3), long_after).await.unwrap();
        assert_eq!(stores.keys.list(long_after).await.unwrap(), [key(3), key(2)], "{name}");

        // Whoever comes back is published again, as if for the first time.
        let back = PublishedKey { created: long_after, ..key(1) };
        stores.keys.register(&back, long_after).await.unwrap();
        assert_eq!(stores.keys.list(long_after).await.unwrap(), [back, key(3), key(2)], "{name}");
    }
}

#[tokio::test]
async fn a_retired_key_is_published_until_its_tokens_have_expired() {
    for TestStore { name, stores, .. } in &every_store("keys_retired").await {
        stores.keys.register(&key(1), NOW).await.unwrap();
        stores.keys.register(&key(2), later(1)).await.unwrap();
        stores.keys.retire("key 01", later(2)).await.unwrap();
        stores.keys.retire("key 01", later(9)).await.unwrap();
        stores.keys.retire("nobody's", later(2)).await.unwrap();
        // Another node that has not changed its key yet.
        stores.keys.register(&key(1), later(3)).await.unwrap();

        let over = later(2).plus(PublishedKey::RETIRED_TIME_MAX);
        let just_before = Timestamp::from_millis(over.as_millis() - 1);
        assert_eq!(stores.keys.list(just_before).await.unwrap(), [key(1), key(2)], "{name}");
        assert_eq!(stores.keys.list(over).await.unwrap(), [key(2)], "{name}");
        stores.keys.register(&key(2), over).await.unwrap();
        assert_eq!(stores.keys.list(just_before).await.unwrap(), [key(2)], "{name}: it is not kept either");
    }
}
