//! Lists of messages that begin in the middle of a conversation.

use std::sync::Arc;
use std::time::Duration;

use confab_core::{Clock, ManualClock, SystemClock};
use confab_proto::message::v1;
use confab_proto::message::v1::event::Kind;
use confab_proto::message::v1::list_messages_request::Start;
use uuid::Uuid;

use crate::world::{Person, World};

impl Person {
    async fn list(&self, conversation: &str, size: i32, start: Start) -> v1::ListMessagesResponse {
        let (conversation_id, start) = (conversation.to_owned(), Some(start));
        let request =
            v1::ListMessagesRequest { conversation_id, page_size: Some(size), start, ..Default::default() };
        self.messages().list_messages(self.request(request)).await.unwrap().into_inner()
    }
}

fn seqs(page: &v1::ListMessagesResponse) -> Vec<i64> {
    page.messages.iter().map(|message| message.seq).collect()
}

fn note_seqs(page: &v1::ListMessagesResponse) -> Vec<i64> {
    page.notes.iter().map(|note| note.seq).collect()
}

#[tokio::test]
async fn a_list_begins_where_it_is_asked_to_and_leads_both_ways() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let group = ann.found(&[&bob]).await;
    for n in 2..=9 {
        ann.say_in(&group, &format!("{n}")).await.unwrap();
    }
    let eve = world.person();
    ann.add(&group, &[&eve]).await.unwrap();
    for n in 11..=12 {
        bob.say_in(&group, &format!("{n}")).await.unwrap();
    }

    let middle = bob.list(&group, 3, Start::AfterSeq(4)).await;
    assert_eq!((seqs(&middle), note_seqs(&middle)), (vec![7, 6, 5], vec![]));
    let onwards = bob.list(&group, 3, Start::AfterSeq(7)).await;
    assert_eq!((seqs(&onwards), note_seqs(&onwards)), (vec![11, 9, 8], vec![10]));
    let ninth = bob.list(&group, 2, Start::FromOrdinal(9)).await;
    assert_eq!((seqs(&ninth), ninth.messages[1].ordinal), (vec![12, 11], 9));
    let last = bob.list(&group, 3, Start::AfterSeq(11)).await;
    assert_eq!(seqs(&last), [12]);
    assert_eq!(seqs(&bob.list(&group, 3, Start::AfterSeq(12)).await), [0_i64; 0]);
    assert_eq!(seqs(&bob.list(&group, 3, Start::AfterSeq(i64::MAX)).await), [0_i64; 0]);

    let request = v1::ListMessagesRequest {
        conversation_id: group.clone(),
        page_token: middle.next_page_token,
        ..Default::default()
    };
    let before = bob.messages().list_messages(bob.request(request)).await.unwrap().into_inner();
    assert_eq!((seqs(&before), note_seqs(&before)), (vec![4, 3, 2], vec![1]));
    assert_eq!(before.next_page_token, "");
    assert!(matches!(before.notes[0].kind, Some(Kind::GroupCreated(_))));

    let whole = eve.list(&group, 100, Start::AfterSeq(0)).await;
    assert_eq!((seqs(&whole).len(), note_seqs(&whole)), (10, vec![1, 10]));
    assert_eq!(whole.next_page_token, "");
}

#[tokio::test]
async fn a_list_begins_at_a_time() {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let world = World::with_clock(clock.clone()).await;
    let (ann, bob) = (world.person(), world.person());
    let mut said = Vec::new();
    for n in 1..=9 {
        clock.advance(Duration::from_mins(1));
        said.push(ann.say_to(&bob, &format!("{n}")).await);
    }
    let conversation = said[0].conversation_id.clone();
    let from =
        async |time: prost_types::Timestamp| seqs(&bob.list(&conversation, 2, Start::FromTime(time)).await);
    let fourth = said[3].create_time.unwrap();
    assert_eq!(from(fourth).await, [5, 4]);
    assert_eq!(from(prost_types::Timestamp { seconds: fourth.seconds + 1, ..fourth }).await, [6, 5]);
    assert_eq!(from(prost_types::Timestamp::default()).await, [2, 1]);
    let later = said[8].create_time.unwrap().seconds + 86_400;
    assert_eq!(from(prost_types::Timestamp { seconds: later, nanos: 0 }).await, [0_i64; 0]);
}

#[tokio::test]
async fn nobody_begins_before_they_joined() {
    let world = World::new().await;
    let (ann, eve) = (world.person(), world.person());
    let request = v1::CreateGroupRequest {
        title: "Quiet".into(),
        history: v1::History::FromJoining.into(),
        client_id: Uuid::new_v4().to_string(),
        ..Default::default()
    };
    let group = ann.create(request).await.unwrap().conversation.unwrap().conversation_id;
    for n in 2..=4 {
        ann.say_in(&group, &format!("{n}")).await.unwrap();
    }
    ann.add(&group, &[&eve]).await.unwrap();
    ann.say_in(&group, "6").await.unwrap();
    for start in [Start::AfterSeq(0), Start::AfterSeq(2), Start::FromTime(prost_types::Timestamp::default())]
    {
        let page = eve.list(&group, 10, start).await;
        assert_eq!((seqs(&page), note_seqs(&page)), (vec![6], vec![5]));
        assert_eq!(page.next_page_token, "");
    }
}
