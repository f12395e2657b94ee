//! What every [`UploadStore`](crate::store::UploadStore) promises.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::{NOW, PLENTY, TestStore, every_store, later, media, somebody, upload};
use crate::domain::{Exceeded, Quota, Upload, Usage};
use crate::store::{Begun, Claimed, Committed};

#[tokio::test]
async fn an_upload_is_found_as_it_was_stored_and_never_goes_back() {
    for TestStore { name, stores, .. } in &every_store("uploads_found").await {
        let first = Upload { hash: None, ..upload(somebody(), 10) };
        let second = upload(first.owner, 10);
        for upload in [&first, &second] {
            assert_eq!(stores.uploads.begin(upload, &PLENTY).await.unwrap(), Begun::Yes, "{name}");
            assert_eq!(stores.uploads.find_upload(upload.id).await.unwrap().as_ref(), Some(upload), "{name}");
        }
        for (received, expected) in [(4, 4), (3, 4), (10, 10)] {
            assert!(stores.uploads.advance(first.id, received).await.unwrap(), "{name}");
            let found = stores.uploads.find_upload(first.id).await.unwrap().unwrap();
            assert_eq!(found.received, expected, "{name}");
        }
        let nothing = upload(first.owner, 1).id;
        assert!(!stores.uploads.advance(nothing, 1).await.unwrap(), "{name}");
        assert_eq!(stores.uploads.find_upload(nothing).await.unwrap(), None, "{name}");
    }
}

#[tokio::test]
async fn what_is_reserved_is_given_back_once() {
    for TestStore { name, stores, .. } in &every_store("uploads_cancel").await {
        let one = upload(somebody(), 10);
        stores.uploads.begin(&one, &PLENTY).await.unwrap();
        let usage = stores.uploads.usage(one.owner).await.unwrap();
        assert_eq!(usage, Usage { bytes: 10, files: 1 }, "{name}");
        for _ in 0..2 {
            stores.uploads.cancel(one.id).await.unwrap();
            assert_eq!(stores.uploads.usage(one.owner).await.unwrap(), Usage::default(), "{name}");
        }
    }
}

#[tokio::test]
async fn of_many_at_once_no_more_get_in_than_fit() {
    for TestStore { name, stores, .. } in every_store("uploads_race").await {
        let (owner, stores) = (somebody(), Arc::new(stores));
        for (quota, exceeded) in [
            (Quota { bytes: 70, ..PLENTY }, Exceeded::Bytes),
            (Quota { files: 7, ..PLENTY }, Exceeded::Files),
        ] {
            let mut racing = JoinSet::new();
            for _ in 0..20 {
                let (stores, upload) = (stores.clone(), upload(owner, 10));
                racing
                    .spawn(async move { (upload.id, stores.uploads.begin(&upload, &quota).await.unwrap()) });
            }
            let mut begun = Vec::new();
            while let Some(raced) = racing.join_next().await {
                match raced.unwrap() {
                    (id, Begun::Yes) => begun.push(id),
                    (_, refused) => assert_eq!(refused, Begun::Exceeded(exceeded), "{name}"),
                }
            }
            assert_eq!(begun.len(), 7, "{name}, {exceeded:?}");
            let usage = stores.uploads.usage(owner).await.unwrap();
            assert_eq!(usage, Usage { bytes: 70, files: 7 }, "{name}");
            for id in begun {
                stores.uploads.cancel(id).await.unwrap();
            }
            assert_eq!(stores.uploads.usage(owner).await.unwrap(), Usage::default(), "{name}");
        }
    }
}

#[tokio::test]
async fn uploads_expire() {
    for TestStore { name, stores, .. } in &every_store("uploads_expire").await {
        let (early, late) = (upload(somebody(), 1), Upload { expires: later(200), ..upload(somebody(), 1) });
        for upload in [&late, &early] {
            stores.uploads.begin(upload, &PLENTY).await.unwrap();
        }
        assert_eq!(stores.uploads.expired(later(99), 10).await.unwrap(), [], "{name}");
        assert_eq!(stores.uploads.expired(later(100), 10).await.unwrap(), [early.id], "{name}");
        assert_eq!(stores.uploads.expired(later(200), 10).await.unwrap(), [early.id, late.id], "{name}");
        assert_eq!(stores.uploads.expired(later(200), 1).await.unwrap(), [early.id], "{name}");
    }
}

#[tokio::test]
async fn a_file_takes_the_place_of_its_upload_once() {
    for TestStore { name, stores, .. } in &every_store("uploads_commit").await {
        let upload = upload(somebody(), 10);
        stores.uploads.begin(&upload, &PLENTY).await.unwrap();
        // Fewer bytes than were announced came.
        let kept = crate::domain::Media { charged: 7, ..media(&upload, b"a", b"b") };
        assert_eq!(stores.library.commit(&kept).await.unwrap(), Committed::Unclaimed, "{name}");
        assert_eq!(stores.blobs.claim(&kept.blobs(), NOW).await.unwrap(), Claimed::Yes, "{name}");
        for _ in 0..2 {
            assert_eq!(stores.library.commit(&kept).await.unwrap(), Committed::Yes, "{name}");
            assert_eq!(stores.library.find(kept.id).await.unwrap().as_ref(), Some(&kept), "{name}");
            assert_eq!(stores.uploads.find_upload(upload.id).await.unwrap(), None, "{name}");
            let usage = stores.uploads.usage(upload.owner).await.unwrap();
            assert_eq!(usage, Usage { bytes: 7, files: 1 }, "{name}");
        }
        let other = media(&super::upload(upload.owner, 1), b"a", b"b");
        assert_eq!(stores.library.commit(&other).await.unwrap(), Committed::NoUpload, "{name}");
        assert_eq!(stores.library.find(other.id).await.unwrap(), None, "{name}");
    }
}
