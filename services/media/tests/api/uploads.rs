//! Uploads in one go: what is kept, and what is not.

use bytes::Bytes;
use confab_proto::media::v1;
use confab_proto::media::v1::upload_media_request::Part;
use futures_util::stream;
use sha2::{Digest, Sha256};
use tonic::Code;

use crate::world::{FILE_BYTES_MAX, Person, World, header, refusal};

/// Nothing is left of what was not kept.
async fn assert_nothing_left(world: &World, person: &Person<'_>, what: &str) {
    assert_eq!(person.usage().await, (0, 0), "{what}");
    assert_eq!((world.files_in("spool"), world.files_in("blobs")), (0, 0), "{what}");
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_and_the_same_bytes_are_kept_once() {
    let world = World::new().await;
    let (ada, bob) = (world.person(), world.person());
    let text: Vec<u8> = (0..100_000_u32).map(|index| b'a' + u8::try_from(index % 26).unwrap()).collect();
    let hers = ada.upload(&text).await.unwrap();
    assert_eq!((hers.kind(), hers.content_type.as_str()), (v1::MediaKind::File, "text/plain; charset=utf-8"));
    assert_eq!((hers.name.as_str(), hers.size, hers.owner_id), ("notes.txt", 100_000, ada.id.to_string()));
    assert_eq!(ada.download(&hers.media_id, 0, None).await.unwrap(), text);
    assert_eq!(ada.get(&hers.media_id).await.unwrap().media_id, hers.media_id);

    let his = bob.upload(&text).await.unwrap();
    assert_ne!(his.media_id, hers.media_id);
    assert_eq!((world.files_in("spool"), world.files_in("blobs")), (0, 1));
    assert_eq!((ada.usage().await, bob.usage().await), ((100_000, 1), (100_000, 1)));
}

#[tokio::test]
async fn a_hash_that_was_announced_is_compared() {
    let world = World::new().await;
    let ada = world.person();
    let with_hash = |bytes: &[u8]| {
        let sha256 = Bytes::copy_from_slice(&Sha256::digest(bytes));
        v1::UploadHeader { sha256, ..header(5) }
    };
    let refused = ada.upload_as(with_hash(b"other"), b"hello").await;
    assert_eq!(refusal(refused), (Code::InvalidArgument, "HASH_MISMATCH".into()));
    assert_nothing_left(&world, &ada, "a wrong hash").await;
    ada.upload_as(with_hash(b"hello"), b"hello").await.unwrap();
}

#[tokio::test]
async fn what_is_not_as_announced_is_not_kept() {
    let world = World::new().await;
    let ada = world.person();
    let chunk = |bytes: &'static [u8]| Part::Chunk(Bytes::from_static(bytes));
    let head = |size| Part::Header(header(size));
    for (parts, reason) in [
        (vec![head(6), chunk(b"hello")], "UPLOAD_TRUNCATED"),
        (vec![head(4), chunk(b"hello")], "UPLOAD_TOO_LONG"),
        (vec![head(5), chunk(b"hello"), chunk(b"!")], "UPLOAD_TOO_LONG"),
        (vec![head(5)], "UPLOAD_TRUNCATED"),
        (vec![head(5), Part::End(v1::UploadEnd {})], "FILE_EMPTY"),
        (vec![chunk(b"hello"), head(5)], "MISPLACED_PART"),
        (vec![head(5), head(5), chunk(b"hello")], "MISPLACED_PART"),
        (vec![], "MISPLACED_PART"),
        (vec![head(5), chunk(b"")], "INVALID_FIELD"),
        (vec![head(0)], "INVALID_FIELD"),
        (vec![head(usize::try_from(FILE_BYTES_MAX + 1).unwrap())], "FILE_TOO_LARGE"),
        (vec![head(5), chunk(b"\x7fELF\x02")], "TYPE_REFUSED"),
    ] {
        let refused = refusal(ada.upload_parts(parts).await);
        assert_eq!(refused, (Code::InvalidArgument, reason.into()));
        assert_nothing_left(&world, &ada, reason).await;
    }
    // Fewer than there could be at the most, and said to be all.
    let fewer = vec![head(1_000), chunk(b"hello"), Part::End(v1::UploadEnd {})];
    assert_eq!(ada.upload_parts(fewer).await.unwrap().size, 5);
    assert_eq!(ada.usage().await, (5, 1));
}

#[tokio::test]
async fn nobody_uploads_without_a_token() {
    let world = World::new().await;
    let mut media = world.person().media();
    let refused = media.create_upload(v1::CreateUploadRequest { header: Some(header(1)) }).await;
    assert_eq!(refusal(refused).0, Code::Unauthenticated);
    let refused = media.upload_media(stream::iter([v1::UploadMediaRequest { part: None }])).await;
    assert_eq!(refusal(refused).0, Code::Unauthenticated);
}

#[tokio::test]
async fn a_name_is_made_harmless_and_fits_what_the_file_is() {
    let world = World::new().await;
    let ada = world.person();
    for (name, expected) in [
        ("../../etc/passwd", "passwd.txt"),
        ("x.html", "x.html.txt"),
        ("", "file.txt"),
        ("a\u{202e}txt.exe", "atxt.exe.txt"),
        ("CON.txt", "_CON.txt"),
    ] {
        let header = v1::UploadHeader { name: name.into(), ..header(5) };
        assert_eq!(ada.upload_as(header, b"hello").await.unwrap().name, expected);
    }
}
