//! The whole service, wherever it keeps what it knows, and wherever it keeps its files.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use confab_core::SystemClock;
use confab_db::testing::every_database;
use confab_media::blobs::{BlobStore, CloudinaryStore, LocalStore, Patience, S3Store};
use confab_proto::internal::v1 as internal;
use confab_proto::media::v1;
use confab_proto::media::v1::append_upload_request::Part;
use futures_util::stream;
use image::{ImageFormat, RgbImage};

use crate::names::rclone::Rclone;
use crate::names::stand_in::StandIn;
use crate::world::{FILE_BYTES_MAX, Person, World, header, message, refusal};

/// The largest piece of a file that is taken at once.
const CHUNK_BYTES: usize = 64 * 1024;
/// How long bytes are safe that an upload has claimed, and nothing uses.
const CLAIM_TIME: Duration = Duration::from_mins(10);

fn png() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let shade = |place: u32| u8::try_from(place % 256).unwrap();
    let picture = RgbImage::from_fn(640, 480, |x, y| image::Rgb([shade(x), shade(y), 7]));
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Uploads `bytes` in two pieces.
async fn upload_in_pieces(person: &Person<'_>, bytes: &[u8]) -> v1::Media {
    let create = v1::CreateUploadRequest { header: Some(header(bytes.len())) };
    let created = person.media().create_upload(person.request(create)).await.unwrap().into_inner();
    let upload_id = created.upload.unwrap().upload_id;
    let half = bytes.len() / 2;
    for (offset, piece) in [(0, &bytes[..half]), (half, &bytes[half..])] {
        let head = v1::AppendHeader { upload_id: upload_id.clone(), offset: i64::try_from(offset).unwrap() };
        let chunks = piece.chunks(CHUNK_BYTES).map(|chunk| Part::Chunk(Bytes::copy_from_slice(chunk)));
        let parts: Vec<_> = std::iter::once(Part::Header(head))
            .chain(chunks)
            .map(|part| v1::AppendUploadRequest { part: Some(part) })
            .collect();
        person.media().append_upload(person.request(stream::iter(parts))).await.unwrap();
    }
    let complete = v1::CompleteUploadRequest { upload_id };
    let completed = person.media().complete_upload(person.request(complete)).await.unwrap().into_inner();
    completed.media.unwrap()
}

/// Has files kept, shown, shared and erased.
async fn live_through(world: &World, name: &str) {
    let (ada, bob) = (world.person(), world.person());
    let longest = vec![b'a'; usize::try_from(FILE_BYTES_MAX).unwrap()];
    let text = ada.upload(&longest).await.unwrap();
    let same = upload_in_pieces(&bob, &longest).await;
    let picture = ada.upload(&png()).await.unwrap();
    assert_eq!((picture.kind(), picture.thumbnails.len()), (v1::MediaKind::Image, 2), "{name}");
    // The text once, and the picture in three sizes.
    assert_eq!(world.check().await, (vec![], 4), "{name}");
    assert_eq!(refusal(ada.upload(&[&longest[..], b"a"].concat()).await).1, "FILE_TOO_LARGE", "{name}");
    let wrong = v1::UploadHeader { sha256: Bytes::from_static(&[7; 32]), ..header(5) };
    assert_eq!(refusal(ada.upload_as(wrong, b"wrong").await).1, "HASH_MISMATCH", "{name}");

    assert_eq!(ada.download(&text.media_id, 0, None).await.unwrap(), longest, "{name}");
    assert_eq!(bob.download(&same.media_id, 199_990, Some(7)).await.unwrap(), b"aaaaaaa", "{name}");
    assert_eq!(refusal(bob.get(&text.media_id).await).1, "NO_SUCH_MEDIA", "{name}");
    let place = message(&ada);
    world.attach(&ada, &picture.media_id, &place).await.unwrap();
    world.places.show(&bob.id.to_string(), &place, true);
    let size = usize::try_from(picture.size).unwrap();
    assert_eq!(bob.download(&picture.media_id, 0, None).await.unwrap().len(), size, "{name}");

    world.detach(&place, internal::Aftermath::Erase).await;
    assert_eq!(refusal(ada.get(&picture.media_id).await).1, "NO_SUCH_MEDIA", "{name}");
    let delete = v1::DeleteMediaRequest { media_id: text.media_id };
    ada.media().delete_media(ada.request(delete)).await.unwrap();
    world.clock.advance(CLAIM_TIME);
    world.sweep().await;
    assert_eq!(world.check().await, (vec![], 1), "{name}: the bytes that two had are there for one");
    assert_eq!(bob.download(&same.media_id, 0, None).await.unwrap(), longest, "{name}");
    let delete = v1::DeleteMediaRequest { media_id: same.media_id };
    bob.media().delete_media(bob.request(delete)).await.unwrap();
    world.clock.advance(CLAIM_TIME);
    world.sweep().await;
    assert_eq!(world.check().await, (vec![], 0), "{name}");
    assert_eq!((ada.usage().await, bob.usage().await, world.files_in("spool")), ((0, 0), (0, 0), 0));
}

#[tokio::test]
async fn a_service_does_the_same_on_both_databases_with_files_in_each_of_three_places() {
    for place in ["local files", "S3", "Cloudinary"] {
        // Nothing of one is known to another.
        for database in every_database("media_everywhere").await {
            let (folder, mut server) = (tempfile::tempdir().unwrap(), None);
            let blobs: Arc<dyn BlobStore> = match place {
                "S3" => {
                    let access = server.insert(Rclone::start().await).access.clone();
                    Arc::new(S3Store::new(access, Patience::default()).unwrap())
                }
                "Cloudinary" => {
                    let (access, clock) = (StandIn::start(None).await.access, Arc::new(SystemClock));
                    Arc::new(CloudinaryStore::new(access, Patience::default(), clock).unwrap())
                }
                _ => Arc::new(LocalStore::open(folder.path()).unwrap()),
            };
            let world = World::on(&database.database, blobs).await;
            live_through(&world, &format!("{}, {place}", database.name)).await;
        }
    }
}
