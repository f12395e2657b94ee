//! The live stream as its readers see it.

use std::time::Duration;

use confab_core::{Clock, SystemClock};
use confab_proto::message::v1;
use confab_proto::message::v1::subscribe_response::Frame;
use tokio::time::timeout;
use tonic::{Code, Status, Streaming};

use crate::world::{Person, World};

/// How long a frame may take. Far more than it does, far less than a heartbeat.
const PATIENCE: Duration = Duration::from_secs(5);

pub struct Reader {
    stream: Streaming<v1::SubscribeResponse>,
    epoch: String,
}

impl Reader {
    pub async fn new(person: &Person, epoch: &str, known: &[(&str, i64)]) -> Self {
        let known_heads = known.iter().map(|(conversation, seq)| v1::KnownHead {
            conversation_id: (*conversation).to_owned(),
            seq: *seq,
        });
        let request = v1::SubscribeRequest { epoch: epoch.into(), known_heads: known_heads.collect() };
        let mut reader = Self { stream: person.subscribe(request).await.unwrap(), epoch: String::new() };
        match reader.next().await.unwrap() {
            Frame::Ready(ready) => reader.epoch = ready.epoch,
            other => panic!("the first frame is {other:?}"),
        }
        reader
    }

    pub async fn next(&mut self) -> Result<Frame, Status> {
        let frame = timeout(PATIENCE, self.stream.message()).await.unwrap()?;
        Ok(frame.unwrap().frame.unwrap())
    }

    pub async fn seqs(&mut self, count: usize) -> Vec<i64> {
        let mut seqs = Vec::new();
        for _ in 0..count {
            match self.next().await.unwrap() {
                Frame::Event(event) => seqs.push(event.seq),
                other => panic!("not an event: {other:?}"),
            }
        }
        seqs
    }
}

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
async fn whoever_comes_back_gets_what_it_missed_and_then_what_happens() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let epoch = Reader::new(&bob, "", &[]).await.epoch;
    let mut conversation = String::new();
    for n in 1..=5 {
        conversation = ann.say_to(&bob, &format!("{n}")).await.conversation_id;
    }

    let mut reader = Reader::new(&bob, &epoch, &[(&conversation, 2)]).await;
    ann.say_to(&bob, "6").await;
    assert_eq!(reader.seqs(4).await, [3, 4, 5, 6]);
}

#[tokio::test]
async fn too_much_to_send_is_said_to_be_so() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let mut conversation = String::new();
    for n in 1..=101 {
        conversation = ann.say_to(&bob, &format!("{n}")).await.conversation_id;
    }
    let mut reader = Reader::new(&bob, "", &[]).await;
    let expected = v1::HeadMoved { conversation_id: conversation, head_seq: 101 };
    assert_eq!(reader.next().await.unwrap(), Frame::HeadMoved(expected));
    ann.say_to(&bob, "102").await;
    assert_eq!(reader.seqs(1).await, [102]);
}

#[tokio::test]
async fn whoever_knows_another_history_is_told_to_forget_it() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let conversation = ann.say_to(&bob, "1").await.conversation_id;
    let epoch = Reader::new(&bob, "", &[]).await.epoch;

    for (known_epoch, known_seq) in [("another", 1), (epoch.as_str(), 7)] {
        let mut reader = Reader::new(&bob, known_epoch, &[(&conversation, known_seq)]).await;
        let expected = v1::Reset { epoch: epoch.clone() };
        assert_eq!(reader.next().await.unwrap(), Frame::Reset(expected), "{known_epoch} {known_seq}");
        assert_eq!(reader.seqs(1).await, [1]);
    }
}

#[tokio::test]
async fn stating_foreign_conversations_tells_nothing_about_them() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let theirs = ann.say_to(&bob, "between us").await.conversation_id;
    let mut reader = Reader::new(&eve, "", &[(&theirs, 99)]).await;
    ann.say_to(&bob, "and this").await;
    ann.say_to(&eve, "hello").await;
    assert_eq!(reader.seqs(1).await, [1]);
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
