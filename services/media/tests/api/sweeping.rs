//! What nobody needs goes.

use std::time::Duration;

use confab_proto::internal::v1 as internal;

use crate::world::{World, message, refusal};

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
    world.sweeper.sweep().await;
    ada.get(&gone.media_id).await.unwrap();
    world.clock.advance(MILLISECOND);
    world.sweeper.sweep().await;
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
    world.sweeper.sweep().await;
    ada.get(&lost.media_id).await.unwrap();
    world.places.set_away(false);
    world.sweeper.sweep().await;
    for media in [&lost, &waiting] {
        assert_eq!(refusal(ada.get(&media.media_id).await).1, "NO_SUCH_MEDIA");
    }
    assert_eq!(world.files_in("blobs"), 0);
}

#[tokio::test]
async fn a_file_that_a_crash_left_in_the_spool_goes() {
    let world = World::new().await;
    let stray = world.folder.path().join("spool").join("018f0000-0000-7000-8000-000000000000");
    std::fs::write(&stray, "half").unwrap();
    world.sweeper.sweep().await;
    assert!(!stray.exists());
}
