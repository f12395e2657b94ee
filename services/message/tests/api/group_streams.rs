//! What members of groups hear on their live streams, and what they do not.

use std::time::Duration;

use confab_proto::message::v1;
use confab_proto::message::v1::event::Kind;
use confab_proto::message::v1::subscribe_response::Frame;
use tokio::time::timeout;

use crate::groups::founding;
use crate::reader::Reader;
use crate::world::World;

/// How long it may take until a removal is heeded.
const REMOVAL_TIME: Duration = Duration::from_secs(1);

/// The next `count` events that a reader gets, each at once.
async fn kinds(reader: &mut Reader, count: usize) -> Vec<(i64, Kind)> {
    let mut kinds = Vec::new();
    for _ in 0..count {
        match timeout(REMOVAL_TIME, reader.next()).await.unwrap().unwrap() {
            Frame::Event(event) => kinds.push((event.seq, event.kind.unwrap())),
            other => panic!("not an event: {other:?}"),
        }
    }
    kinds
}

#[tokio::test]
async fn whoever_comes_into_a_group_hears_of_it_on_open_streams() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let mut readers = [Reader::new(&bob, "", &[]).await, Reader::new(&bob, "", &[]).await];
    let mut late = Reader::new(&eve, "", &[]).await;
    let history = v1::History::FromJoining.into();
    let group = ann.create(v1::CreateGroupRequest { history, ..founding(&[&bob]) }).await.unwrap();
    let group = group.conversation.unwrap().conversation_id;
    for reader in &mut readers {
        assert!(matches!(kinds(reader, 1).await[..], [(1, Kind::GroupCreated(_))]));
    }

    ann.say_in(&group, "before Eve").await.unwrap();
    ann.add(&group, &[&eve]).await.unwrap();
    ann.say_in(&group, "hello Eve").await.unwrap();
    let heard = kinds(&mut late, 2).await;
    assert!(matches!(heard[..], [(3, Kind::MembersJoined(_)), (4, Kind::MessageSent(_))]), "{heard:?}");
    assert_eq!(readers[0].seqs(3).await, [2, 3, 4]);
}

#[tokio::test]
async fn whoever_is_removed_hears_of_that_and_of_nothing_after_it() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let group = ann.found(&[&bob]).await;
    let mut reader = Reader::new(&bob, "", &[]).await;
    assert_eq!(reader.seqs(1).await, [1]);
    ann.remove(&group, &bob).await.unwrap();
    ann.say_in(&group, "behind their back").await.unwrap();
    assert!(matches!(kinds(&mut reader, 1).await[..], [(2, Kind::MemberLeft(_))]));

    // What comes next is from elsewhere.
    let aside = ann.say_to(&bob, "sorry").await;
    match reader.next().await.unwrap() {
        Frame::Event(event) => assert_eq!(event.conversation_id, aside.conversation_id),
        other => panic!("not an event: {other:?}"),
    }
    // And whoever comes back hears from then on, and what the group allows.
    ann.add(&group, &[&bob]).await.unwrap();
    ann.say_in(&group, "welcome back").await.unwrap();
    assert_eq!(reader.seqs(5).await, [1, 2, 3, 4, 5]);
}
