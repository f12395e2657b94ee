//! What nobody needs goes.

use std::time::Duration;

use bytes::Bytes;
use confab_proto::internal::v1 as internal;
use confab_proto::media::v1;
use confab_proto::media::v1::upload_media_request::Part;
use futures_util::stream;
use tokio::sync::mpsc;

use crate::world::{World, header, message, person, refusal};

const MILLISECOND: Duration = Duration::from_millis(1);
/// What is left of a day a millisecond before its end.
const NEARLY_A_DAY: Duration = Duration::from_millis(24 * 60 * 60 * 1_000 - 1);
const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn what_is_attached_to_nothing_goes_after_a_day_and_its_bytes_with_it() {
    let world = World::new().await;
    let ada = world.person();
    let (kept, gone) = (ada.upload(b"kept").await.unwrap(), ada.upload(b"gone").await.unwrap());
    let place = message(&ada);
    world.attach(&ada, &kept.media_id, &place).await.unwrap();
    world.places.hold(&place, &kept.media_id);
    world.clock.advance(NEARLY_A_DAY);
    world.sweep().await;
    ada.get(&gone.media_id).await.unwrap();
    world.clock.advance(MILLISECOND);
    world.sweep().await;
    assert_eq!(refusal(ada.get(&gone.media_id).await).1, "NO_SUCH_MEDIA");
    assert_eq!(ada.download(&kept.media_id, 0, None).await.unwrap(), b"kept");
    assert_eq!((ada.usage().await, world.files_in("blobs")), ((4, 1), 1));
}

#[tokio::test]
async fn a_message_that_was_never_sent_lets_go_in_the_end() {
    let world = World::new().await;
    let ada = world.person();
    let (lost, waiting) = (ada.upload(b"lost").await.unwrap(), ada.upload(b"waiting").await.unwrap());
    world.attach(&ada, &lost.media_id, &message(&ada)).await.unwrap();
    let failed = message(&ada);
    world.attach(&ada, &waiting.media_id, &failed).await.unwrap();
    world.detach(&failed, internal::Aftermath::Wait).await;
    ada.get(&waiting.media_id).await.unwrap();

    world.clock.advance(DAY);
    world.places.set_away(true);
    world.sweep().await;
    ada.get(&lost.media_id).await.unwrap();
    world.places.set_away(false);
    world.sweep().await;
    for media in [&lost, &waiting] {
        assert_eq!(refusal(ada.get(&media.media_id).await).1, "NO_SUCH_MEDIA");
    }
    assert_eq!(world.files_in("blobs"), 0);
}

#[tokio::test]
async fn an_upload_that_a_crash_broke_off_goes_at_the_next_start_and_one_that_is_under_way_stays() {
    let world = World::new().await;
    let ada = world.person();
    let resumable = v1::CreateUploadRequest { header: Some(header(10)) };
    ada.media().create_upload(ada.request(resumable)).await.unwrap();
    let (sender, mut receiver) = mpsc::channel::<v1::UploadMediaRequest>(2);
    for part in [Part::Header(header(100)), Part::Chunk(Bytes::from_static(b"half"))] {
        sender.try_send(v1::UploadMediaRequest { part: Some(part) }).unwrap();
    }
    let parts = stream::poll_fn(move |context| receiver.poll_recv(context));
    let (mut media, request) = (ada.media(), ada.request(parts));
    let uploading = tokio::spawn(async move { media.upload_media(request).await.map(drop) });
    while world.files_in("spool") < 2 {
        tokio::task::yield_now().await;
    }
    world.sweep().await;
    assert_eq!(ada.usage().await, (110, 2), "what is under way stays");
    // Another process with the same folder leaves it alone, too, for as long as this one lives.
    world.sweep_elsewhere().await;
    assert_eq!(ada.usage().await, (110, 2));
    // As a crash leaves it: the file is there, and nobody has it open.
    for entry in std::fs::read_dir(world.folder.path().join("spool")).unwrap() {
        let path = entry.unwrap().path();
        let copy = world.folder.path().join("copy");
        std::fs::copy(&path, &copy).unwrap();
        std::fs::rename(&copy, &path).unwrap();
    }
    world.sweep_elsewhere().await;
    assert_eq!(
        (ada.usage().await, world.files_in("spool")),
        ((10, 1), 1),
        "what can be taken up again stays"
    );
    uploading.abort();
    drop(sender);
}

#[tokio::test]
async fn a_picture_that_is_nobodys_any_more_goes_in_the_end() {
    let world = World::new().await;
    let ada = world.person();
    let (lost, shown) =
        (ada.upload_picture(v1::Purpose::Avatar).await, ada.upload_picture(v1::Purpose::Avatar).await);
    for picture in [&lost, &shown] {
        world.attach(&ada, picture, &person(&ada)).await.unwrap();
    }
    world.places.hold(&person(&ada), &shown);
    world.clock.advance(DAY);
    world.places.set_away(true);
    world.sweep().await;
    ada.get(&lost).await.unwrap();
    world.places.set_away(false);
    world.sweep().await;
    ada.get(&shown).await.unwrap();
    assert_eq!(refusal(ada.get(&lost).await).1, "NO_SUCH_MEDIA");
}

#[tokio::test]
async fn a_file_that_a_crash_left_in_the_spool_goes() {
    let world = World::new().await;
    let stray = world.folder.path().join("spool").join("018f0000-0000-7000-8000-000000000000");
    std::fs::write(&stray, "half").unwrap();
    world.sweep().await;
    assert!(!stray.exists());
}
