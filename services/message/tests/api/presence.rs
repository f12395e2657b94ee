//! Who is writing, and who is online.

use std::time::Duration;

use confab_proto::message::v1;
use confab_proto::message::v1::live_service_client::LiveServiceClient;
use tokio::time::timeout;
use tonic::{Code, Streaming};
use uuid::Uuid;
use v1::subscribe_response::Frame;

use crate::world::{Person, World};

/// How long anything may take to happen.
const PATIENCE: Duration = Duration::from_secs(5);

/// Somebody's stream.
struct Reader {
    id: String,
    stream: Streaming<v1::SubscribeResponse>,
}

impl Reader {
    async fn of(person: &Person) -> Self {
        let mut stream = person.subscribe(v1::SubscribeRequest::default()).await.unwrap();
        match stream.message().await.unwrap().unwrap().frame {
            Some(Frame::Ready(ready)) => Self { id: ready.stream_id, stream },
            other => panic!("not ready: {other:?}"),
        }
    }

    /// Waits for a frame that `wanted` takes something from.
    async fn wait<T>(&mut self, wanted: impl Fn(Frame) -> Option<T>) -> T {
        let found = async {
            loop {
                let frame = self.stream.message().await.unwrap().unwrap().frame.unwrap();
                if let Some(found) = wanted(frame) {
                    return found;
                }
            }
        };
        timeout(PATIENCE, found).await.expect("it is told in time")
    }

    async fn presence(&mut self) -> Vec<v1::Presence> {
        self.wait(|frame| match frame {
            Frame::PresenceChanged(changed) => Some(changed.presences),
            _ => None,
        })
        .await
    }
}

async fn watch(person: &Person, stream: &str, others: &[&Person]) -> Vec<v1::Presence> {
    let user_ids = others.iter().map(|other| other.id.to_string()).collect();
    let request = v1::WatchPresenceRequest { stream_id: stream.into(), user_ids };
    let watched = live(person).watch_presence(person.request(request)).await;
    watched.unwrap().into_inner().presences
}

fn live(person: &Person) -> LiveServiceClient<confab_rpc::Channel> {
    LiveServiceClient::new(person.channel())
}

fn online(person: &Person, online: bool) -> v1::Presence {
    v1::Presence { user_id: person.id.to_string(), online, last_seen_time: None }
}

#[tokio::test]
async fn those_who_talk_see_each_other_come() {
    let world = World::new().await;
    let (ann, bob, stranger) = (world.person(), world.person(), world.person());
    ann.say_to(&bob, "hello").await;
    let mut reader = Reader::of(&ann).await;
    assert_eq!(watch(&ann, &reader.id, &[&bob, &stranger]).await, [online(&bob, false)]);

    let _strangers = Reader::of(&stranger).await;
    let bobs = Reader::of(&bob).await;
    assert_eq!(reader.presence().await, [online(&bob, true)]);
    assert_eq!(watch(&bob, &bobs.id, &[&ann]).await, [online(&ann, true)]);
}

#[tokio::test]
async fn whoever_hides_is_never_online() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    ann.say_to(&bob, "hello").await;
    let mut reader = Reader::of(&ann).await;
    let _bobs = Reader::of(&bob).await;
    watch(&ann, &reader.id, &[&bob]).await;
    let is_hidden = async || {
        let request = bob.request(v1::GetPresenceVisibilityRequest {});
        live(&bob).get_presence_visibility(request).await.unwrap().into_inner().hidden
    };
    assert!(!is_hidden().await, "unless one says so");
    for hidden in [true, false] {
        let request = v1::SetPresenceVisibilityRequest { hidden };
        live(&bob).set_presence_visibility(bob.request(request)).await.unwrap();
        assert_eq!(is_hidden().await, hidden);
        while reader.presence().await != [online(&bob, !hidden)] {}
        assert_eq!(watch(&ann, &reader.id, &[&bob]).await, [online(&bob, !hidden)]);
    }
}

#[tokio::test]
async fn nobody_watches_on_the_stream_of_another() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    ann.say_to(&bob, "hello").await;
    let mut anns = Reader::of(&ann).await;
    watch(&bob, &anns.id, &[&ann]).await;
    let _bobs = Reader::of(&bob).await;
    // Whatever it was told of, it was not of presence.
    live(&bob).set_typing(bob.request(typing_to(&ann, &bob, true).await)).await.unwrap();
    let first = anns
        .wait(|frame| match frame {
            Frame::Typing(_) => Some("typing"),
            Frame::PresenceChanged(_) => Some("presence"),
            _ => None,
        })
        .await;
    assert_eq!(first, "typing");
}

#[tokio::test]
async fn the_others_hear_who_is_writing() {
    let world = World::new().await;
    let (ann, bob, stranger) = (world.person(), world.person(), world.person());
    ann.say_to(&bob, "hello").await;
    let mut reader = Reader::of(&bob).await;
    for typing in [true, false] {
        let request = typing_to(&bob, &ann, typing).await;
        live(&ann).set_typing(ann.request(request)).await.unwrap();
        let told = reader.wait(|frame| match frame {
            Frame::Typing(typing) => Some(typing),
            _ => None,
        });
        let told = told.await;
        assert_eq!((told.user_id, told.typing), (ann.id.to_string(), typing));
    }

    let request = typing_to(&bob, &ann, true).await;
    let refused = live(&stranger).set_typing(stranger.request(request)).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
}

#[tokio::test]
async fn a_list_has_its_limit() {
    let world = World::new().await;
    let ann = world.person();
    let ids = |count| (0..count).map(|_| Uuid::new_v4().to_string()).collect();
    for (count, fits) in [(200, true), (201, false)] {
        let request =
            v1::WatchPresenceRequest { stream_id: Uuid::new_v4().to_string(), user_ids: ids(count) };
        let answer = live(&ann).watch_presence(ann.request(request)).await;
        assert_eq!(answer.is_ok(), fits, "{count}");
    }
}

/// What says that `person` is writing to `other`.
async fn typing_to(other: &Person, person: &Person, typing: bool) -> v1::SetTypingRequest {
    let request = v1::OpenDirectConversationRequest { user_id: other.id.to_string() };
    let opened = person.conversations().open_direct_conversation(person.request(request)).await.unwrap();
    let conversation_id = opened.into_inner().conversation.unwrap().conversation_id;
    v1::SetTypingRequest { conversation_id, typing }
}
