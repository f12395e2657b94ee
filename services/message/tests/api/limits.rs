//! What requests about messages may ask for: at each limit, and one above.

use confab_proto::message::v1;
use confab_proto::message::v1::forward_message_request::Target as ForwardTarget;
use confab_proto::message::v1::send_message_request::Target;
use futures_util::future::join_all;
use tonic::{Code, Status};
use uuid::Uuid;

use crate::refusals::violations;
use crate::world::{Person, World};

/// Long before somebody has written so much, they are removed.
const WRITES_MAX: usize = 10_000;

/// Sizes and tokens that are refused where at most so many are listed, and the field at fault.
fn bad_pages(max: i32) -> [(&'static str, Option<i32>, String); 7] {
    let token = |text: &str| text.to_owned();
    [
        ("page_size", Some(0), token("")),
        ("page_size", Some(-1), token("")),
        ("page_size", Some(max + 1), token("")),
        ("page_size", Some(1_000_000), token("")),
        ("page_token", None, token("garbage!")),
        ("page_token", Some(max), token("bnVsbA==")),
        ("page_token", None, "A".repeat(1_025)),
    ]
}

impl Person {
    async fn page(&self, conversation: &str, size: Option<i32>, token: &str) -> Result<usize, Status> {
        let (conversation_id, page_token) = (conversation.to_owned(), token.to_owned());
        let request = v1::ListMessagesRequest { conversation_id, page_size: size, page_token, start: None };
        let page = self.messages().list_messages(self.request(request)).await?;
        Ok(page.into_inner().messages.len())
    }

    async fn page_of_events(
        &self,
        conversation: &str,
        after: i64,
        size: Option<i32>,
    ) -> Result<usize, Status> {
        let conversation_id = conversation.to_owned();
        let request = v1::ListEventsRequest { conversation_id, after_seq: after, page_size: size };
        Ok(self.messages().list_events(self.request(request)).await?.into_inner().events.len())
    }

    async fn find(&self, request: v1::SearchMessagesRequest) -> Result<(), Status> {
        self.messages().search_messages(self.request(request)).await.map(drop)
    }
}

fn search(query: &str) -> v1::SearchMessagesRequest {
    v1::SearchMessagesRequest { query: query.into(), ..Default::default() }
}

#[tokio::test]
async fn pages_are_as_large_as_is_said_and_no_larger() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let here = ann.say_to(&bob, "hello").await.conversation_id;

    for size in [None, Some(1), Some(100)] {
        assert_eq!(ann.page(&here, size, "").await.unwrap(), 1);
    }
    for (field, size, token) in bad_pages(100) {
        let refused = ann.page(&here, size, &token).await.unwrap_err();
        assert_eq!(violations(&refused), [field], "{size:?} {token:?}");
    }
    for size in [1, 50] {
        let found = v1::SearchMessagesRequest { page_size: Some(size), ..search("hello") };
        ann.find(found).await.unwrap();
    }
    for (field, page_size, page_token) in bad_pages(50) {
        let request = v1::SearchMessagesRequest { page_size, page_token, ..search("hello") };
        assert_eq!(violations(&ann.find(request).await.unwrap_err()), [field], "{page_size:?}");
    }
}

#[tokio::test]
async fn events_are_asked_for_within_their_limits() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let here = ann.say_to(&bob, "hello").await.conversation_id;

    for (after, size, count) in [(0, None, 1), (0, Some(500), 1), (1, Some(1), 0), (i64::MAX, None, 0)] {
        assert_eq!(ann.page_of_events(&here, after, size).await.unwrap(), count, "{after} {size:?}");
    }
    for (field, after, size) in [
        ("after_seq", -1, None),
        ("after_seq", i64::MIN, None),
        ("page_size", 0, Some(0)),
        ("page_size", 0, Some(501)),
        ("page_size", 0, Some(1_000_000)),
    ] {
        let refused = ann.page_of_events(&here, after, size).await.unwrap_err();
        assert_eq!((violations(&refused), refused.code()), (vec![field.into()], Code::InvalidArgument));
    }
    assert_eq!(violations(&ann.page_of_events("here", 0, None).await.unwrap_err()), ["conversation_id"]);
}

#[tokio::test]
async fn searches_are_within_their_limits() {
    let world = World::new().await;
    let ann = world.person();
    ann.find(search(&"x".repeat(200))).await.unwrap();
    for (field, request) in [
        ("query", search("")),
        ("query", search(&"x".repeat(201))),
        ("conversation_id", v1::SearchMessagesRequest { conversation_id: Some("x".into()), ..search("x") }),
        ("sender_id", v1::SearchMessagesRequest { sender_id: Some("x".into()), ..search("x") }),
        ("has", v1::SearchMessagesRequest { has: 99, ..search("x") }),
    ] {
        let refused = ann.find(request).await.unwrap_err();
        assert_eq!((violations(&refused), refused.code()), (vec![field.into()], Code::InvalidArgument));
    }
}

#[tokio::test]
async fn messages_are_counted_from_one() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let here = ann.say_to(&bob, "hello").await.conversation_id;
    for seq in [0, -1, i64::MIN] {
        let (conversation_id, mut messages) = (here.clone(), ann.messages());
        let delete = v1::DeleteMessageRequest { conversation_id: conversation_id.clone(), seq };
        let get = v1::GetMessageRequest { conversation_id: conversation_id.clone(), seq };
        let edits =
            v1::ListEditsRequest { conversation_id: conversation_id.clone(), seq, ..Default::default() };
        let pin = v1::PinMessageRequest { conversation_id: conversation_id.clone(), seq };
        let unpin = v1::UnpinMessageRequest { conversation_id, seq };
        for refused in [
            messages.delete_message(ann.request(delete)).await.map(drop),
            messages.get_message(ann.request(get)).await.map(drop),
            messages.list_edits(ann.request(edits)).await.map(drop),
            messages.pin_message(ann.request(pin)).await.map(drop),
            messages.unpin_message(ann.request(unpin)).await.map(drop),
        ] {
            assert_eq!(violations(&refused.unwrap_err()), ["seq"], "{seq}");
        }
    }
}

#[tokio::test]
async fn foreign_conversations_look_as_if_there_were_none() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let theirs = ann.say_to(&bob, "between us").await.conversation_id;
    let mine = eve.say_to(&ann, "hello").await.conversation_id;
    for there in [theirs, Uuid::new_v4().to_string()] {
        let forward = |from: &str, to: &str| v1::ForwardMessageRequest {
            target: Some(ForwardTarget::ConversationId(to.into())),
            source_conversation_id: from.into(),
            source_seq: 1,
            client_id: Uuid::new_v4().to_string(),
        };
        let within = v1::SearchMessagesRequest { conversation_id: Some(there.clone()), ..search("us") };
        for refused in [
            eve.page(&there, None, "").await.map(drop),
            eve.page_of_events(&there, 0, None).await.map(drop),
            eve.find(within).await,
            eve.messages().forward_message(eve.request(forward(&there, &mine))).await.map(drop),
            eve.messages().forward_message(eve.request(forward(&mine, &there))).await.map(drop),
        ] {
            let refused = refused.unwrap_err();
            let told = (refused.code(), refused.message());
            assert_eq!(told, (Code::NotFound, "there is no such conversation"));
        }
    }
}

#[tokio::test]
async fn whoever_is_removed_while_writing_is_heard_up_to_the_removal() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let group = ann.found(&[&bob]).await;
    let write = async || {
        let mut seqs = Vec::new();
        for n in 0..WRITES_MAX {
            let target = Target::ConversationId(group.clone());
            match bob.send(target, &format!("{n}"), Uuid::new_v4()).await {
                Ok(sent) => seqs.push(sent.message.unwrap().seq),
                Err(refused) => {
                    assert_eq!(refused.code(), Code::NotFound, "{refused}");
                    return seqs;
                }
            }
        }
        panic!("nobody stops him");
    };
    let (said, removed) = tokio::join!(join_all((0..4).map(|_| write())), ann.remove(&group, &bob));
    removed.unwrap();

    let mut said: Vec<i64> = said.concat();
    said.sort_unstable();
    let founded = 1;
    let removal = said.last().copied().unwrap_or(founded) + 1;
    assert_eq!(said, (founded + 1..removal).collect::<Vec<_>>(), "what was acknowledged, and nothing else");
    assert_eq!(ann.page_of_events(&group, removal - 1, None).await.unwrap(), 1, "the removal is the last");
}
