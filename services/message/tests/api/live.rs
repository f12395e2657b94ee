//! The live stream as its readers see it.

use confab_core::{Clock, SystemClock};
use confab_proto::message::v1;
use confab_proto::message::v1::subscribe_response::Frame;
use tokio::time::timeout;
use tonic::Code;

use crate::reader::{PATIENCE, Reader};
use crate::world::World;

#[tokio::test]
async fn what_is_said_is_heard_at_once_by_all_devices_of_both() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    // Before there is any conversation.
    let mut readers = [
        Reader::new(&bob, "", &[]).await,
        Reader::new(&bob, "", &[]).await,
        Reader::new(&ann, "", &[]).await,
    ];
    for text in ["1", "2", "3"] {
        ann.say_to(&bob, text).await;
    }
    for reader in &mut readers {
        assert_eq!(reader.seqs(3).await, [1, 2, 3]);
    }
}

#[tokio::test]
async fn nobody_else_hears_it() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let mut reader = Reader::new(&eve, "", &[]).await;
    ann.say_to(&bob, "between us").await;
    let theirs = ann.say_to(&eve, "hello").await.conversation_id;
    match reader.next().await.unwrap() {
        Frame::Event(event) => assert_eq!(event.conversation_id, theirs),
        other => panic!("not an event: {other:?}"),
    }
}

#[tokio::test]
async fn a_reader_who_does_not_read_delays_nobody_and_catches_up() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let mut slow = Reader::new(&bob, "", &[]).await;
    let mut quick = Reader::new(&bob, "", &[]).await;
    let text = "x".repeat(8_000);
    for seq in 1..=600 {
        ann.say_to(&bob, &text).await;
        assert_eq!(quick.seqs(1).await, [seq]);
    }

    // In order, each at most once, nothing left out in silence.
    let mut known = 0;
    while known < 600 {
        match slow.next().await.unwrap() {
            Frame::Event(event) => {
                assert_eq!(event.seq, known + 1);
                known = event.seq;
            }
            Frame::HeadMoved(moved) => {
                assert!(moved.head_seq > known);
                known = moved.head_seq;
            }
            other => panic!("neither: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_stream_ends_with_its_token() {
    let world = World::new().await;
    // Past, and within the leeway: accepted now, and over at once.
    let bob = world.person_until(SystemClock.now());
    let mut reader = Reader::new(&bob, "", &[]).await;
    assert_eq!(reader.next().await.unwrap_err().code(), Code::Unauthenticated);
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let world = World::new().await;
    let mut reader = Reader::new(&world.person(), "", &[]).await;
    world.shutdown.begin();
    assert_eq!(reader.next().await.unwrap_err().code(), Code::Unavailable);
}

#[tokio::test]
async fn nobody_opens_streams_without_end() {
    let world = World::new().await;
    let bob = world.person();
    let first = Reader::new(&bob, "", &[]).await;
    let _second = Reader::new(&bob, "", &[]).await;
    let third = bob.subscribe(v1::SubscribeRequest::default()).await;
    assert_eq!(third.unwrap_err().code(), Code::ResourceExhausted);

    drop(first);
    let reopened = timeout(PATIENCE, async {
        while bob.subscribe(v1::SubscribeRequest::default()).await.is_err() {
            tokio::task::yield_now().await;
        }
    });
    reopened.await.unwrap();
}
