//! How a live stream goes on after what its reader knows.

use confab_proto::message::v1;
use confab_proto::message::v1::subscribe_response::Frame;

use crate::reader::Reader;
use crate::world::World;

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
async fn whoever_names_what_is_not_theirs_is_told_that_it_is_gone_and_no_more() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let theirs = ann.say_to(&bob, "between us").await.conversation_id;
    let nobodys = "01890a5d-ac96-774b-bcce-b302099a8057";
    for id in [theirs.as_str(), nobodys] {
        let mut reader = Reader::new(&eve, "", &[(id, 99)]).await;
        let expected = v1::Gone { conversation_id: id.to_owned() };
        assert_eq!(reader.next().await.unwrap(), Frame::Gone(expected));
    }
    let mut reader = Reader::new(&eve, "", &[(&theirs, 0)]).await;
    assert!(matches!(reader.next().await.unwrap(), Frame::Gone(_)));
    ann.say_to(&bob, "and this").await;
    ann.say_to(&eve, "hello").await;
    assert_eq!(reader.seqs(1).await, [1]);
}

#[tokio::test]
async fn whoever_has_missed_nothing_shows_it_with_a_hash() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let epoch = Reader::new(&bob, "", &[]).await.epoch;
    let mut nothing = Reader::with_hash(&eve, "", &[]).await;
    assert!(matches!(nothing.next().await.unwrap(), Frame::Ready(_)));

    let first = ann.say_to(&bob, "1").await.conversation_id;
    let second = eve.say_to(&bob, "1").await.conversation_id;
    ann.say_to(&bob, "2").await;
    let mut reader = Reader::with_hash(&bob, &epoch, &[(&first, 2), (&second, 1)]).await;
    assert!(matches!(reader.next().await.unwrap(), Frame::Ready(_)));
    ann.say_to(&bob, "3").await;
    assert_eq!(reader.seqs(1).await, [3]);
}

#[tokio::test]
async fn whoever_has_missed_something_is_asked_what_they_know() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let epoch = Reader::new(&bob, "", &[]).await.epoch;
    let conversation = ann.say_to(&bob, "1").await.conversation_id;
    ann.say_to(&bob, "2").await;
    for known in [&[(conversation.as_str(), 1)][..], &[], &[(&conversation, 9)]] {
        let mut reader = Reader::with_hash(&bob, &epoch, known).await;
        assert!(matches!(reader.next().await.unwrap(), Frame::KnownHeadsNeeded(_)), "{known:?}");
        reader.end().await;
    }
    let mut reader = Reader::new(&bob, &epoch, &[(&conversation, 1)]).await;
    assert_eq!(reader.seqs(1).await, [2]);

    // Of another history the numbers do not matter.
    let mut reader = Reader::with_hash(&bob, "another", &[(&conversation, 2)]).await;
    assert!(matches!(reader.next().await.unwrap(), Frame::Ready(_)));
    assert_eq!(reader.next().await.unwrap(), Frame::Reset(v1::Reset { epoch }));
}
