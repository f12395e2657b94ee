//! Parts of files, and files where they lie.

use std::sync::Arc;
use std::time::Duration;

use confab_core::Clock;
use confab_media::blobs::{Patience, S3Access, S3Store};
use confab_proto::internal::v1 as internal;
use confab_proto::media::v1;
use tonic::{Code, Status};

use crate::names::rclone::Rclone;
use crate::world::{Person, World, message, refusal};

/// Where `person` can load a file that is to be kept.
async fn locate(person: &Person<'_>, media_id: &str) -> Result<v1::LocateMediaResponse, Status> {
    let request = v1::LocateMediaRequest { media_id: media_id.to_owned(), variant: 0, keep: true };
    Ok(person.media().locate_media(person.request(request)).await?.into_inner())
}

#[tokio::test]
async fn any_part_of_a_file_can_be_had() {
    let world = World::new().await;
    let ada = world.person();
    let text: Vec<u8> = (0..150_000_u32).map(|index| b'a' + u8::try_from(index % 23).unwrap()).collect();
    let id = ada.upload(&text).await.unwrap().media_id;
    for (offset, length, expected) in [
        (0, None, &text[..]),
        (0, Some(1), &text[..1]),
        (149_999, None, &text[149_999..]),
        (65_535, Some(2), &text[65_535..65_537]),
        (100_000, Some(i64::MAX), &text[100_000..]),
    ] {
        assert_eq!(ada.download(&id, offset, length).await.unwrap(), expected, "{offset} {length:?}");
    }
    for offset in [150_000, i64::MAX] {
        let refused = refusal(ada.download(&id, offset, None).await);
        assert_eq!(refused, (Code::OutOfRange, "OUT_OF_RANGE".into()));
    }
    for (offset, length) in [(-1, None), (0, Some(0)), (0, Some(-1))] {
        assert_eq!(refusal(ada.download(&id, offset, length).await).1, "INVALID_FIELD");
    }
}

#[tokio::test]
async fn a_file_has_no_other_place_unless_operators_want_it() {
    let rclone = Rclone::start().await;
    let in_bucket = |public: Option<&str>| {
        let public = public.map(|origin| origin.parse().unwrap());
        let access = S3Access { public, ..rclone.access.clone() };
        Arc::new(S3Store::new(access, Patience::default()).unwrap())
    };
    for world in [World::new().await, World::keeping_in(|_| in_bucket(None)).await] {
        let ada = world.person();
        let located = locate(&ada, &ada.upload(b"hello").await.unwrap().media_id).await.unwrap();
        assert_eq!((located.address.as_str(), located.expire_time), ("", None));
    }
    // Browsers may have another way to the bucket than we have.
    let world = World::keeping_in(|_| in_bucket(Some("https://s3.example"))).await;
    let ada = world.person();
    let located = locate(&ada, &ada.upload(b"hello").await.unwrap().media_id).await.unwrap();
    assert!(located.address.starts_with("https://s3.example/blobs/confab/"), "{}", located.address);
    // What the bucket is to say of it is part of what is signed.
    for part in
        ["response-content-type=text%2Fplain", "response-content-disposition=attachment", "Expires=60"]
    {
        assert!(located.address.contains(part), "{}", located.address);
    }
    let in_a_minute = world.clock.now().plus(Duration::from_mins(1));
    assert_eq!(located.expire_time, Some(in_a_minute.into()));
    assert_eq!(located.header.unwrap().content_type, "text/plain; charset=utf-8");
}

#[tokio::test]
async fn who_does_not_see_a_file_is_not_told_where_it_is() {
    let rclone = Rclone::start().await;
    let access = S3Access { public: Some("https://s3.example".parse().unwrap()), ..rclone.access.clone() };
    let blobs = Arc::new(S3Store::new(access, Patience::default()).unwrap());
    let world = World::keeping_in(|_| blobs).await;
    let (ada, bob) = (world.person(), world.person());
    let (hers, place) = (ada.upload(b"hello").await.unwrap().media_id, message(&ada));
    let not_there = (Code::NotFound, "NO_SUCH_MEDIA".to_owned());
    assert_eq!(refusal(locate(&bob, &hers).await), not_there);
    world.attach(&ada, &hers, &place).await.unwrap();
    world.places.show(&bob.id.to_string(), &place, true);
    assert!(!locate(&bob, &hers).await.unwrap().address.is_empty());
    world.detach(&place, internal::Aftermath::Erase).await;
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(refusal(locate(&bob, &hers).await), not_there);
    let unsigned = v1::LocateMediaRequest { media_id: hers, variant: 0, keep: true };
    assert_eq!(refusal(bob.media().locate_media(unsigned).await).0, Code::Unauthenticated);
}
