//! Socket.IO, as the tutorial's app speaks it, by polling.

use std::time::Duration;

use axum::body::Body;
use confab_core::Clock;
use confab_proto::auth::v1 as auth;
use confab_proto::message::v1::subscribe_response::Frame;
use confab_proto::message::v1::{self as message, SubscribeRequest, event};
use http::request::Builder;
use prost::Message;
use serde_json::{Value, json};

use crate::stage::{Answer, SECRET, Stage, json as request};

const ADA: &str = "0192c1f0-0000-7000-8000-00000000000a";
const BEN: &str = "0192c1f0-0000-7000-8000-00000000000b";
const TALK: &str = "0192c1f0-0000-5000-8000-0000000000ab";
const POLL: &str = "/socket.io/?EIO=4&transport=polling";

/// A stage on which Ada is signed in and talks with Ben, who says something
/// new, as a `count` of messages, once there is somebody to hear it.
async fn stage(count: i64) -> Stage {
    let stage = Stage::new().await;
    let ada = auth::User { user_id: ADA.into(), ..auth::User::default() };
    stage.say("GetMe", vec![auth::GetMeResponse { user: Some(ada) }.encode_to_vec()]);
    let conversation = message::Conversation {
        conversation_id: TALK.into(),
        kind: message::ConversationKind::Direct.into(),
        member_ids: vec![BEN.into(), ADA.into()],
        head_seq: 4,
        ..message::Conversation::default()
    };
    let listed =
        message::ListConversationsResponse { conversations: vec![conversation], ..Default::default() };
    stage.say("ListConversations", vec![listed.encode_to_vec()]);
    let presence = message::Presence { user_id: BEN.into(), online: true, ..Default::default() };
    let watched = message::WatchPresenceResponse { presences: vec![presence] };
    stage.say("WatchPresence", vec![watched.encode_to_vec()]);

    let ready = Frame::Ready(message::Ready { stream_id: TALK.into(), epoch: "e-1".into() });
    let events = (4..5 + count).map(|seq| Frame::Event(said(seq, &stage)));
    let frames = std::iter::once(ready).chain(events);
    let frames = frames.map(|frame| message::SubscribeResponse { frame: Some(frame) }.encode_to_vec());
    stage.say("Subscribe", frames.collect());
    stage
}

/// Something that Ben said. Whoever knows the head knows what is numbered 4.
fn said(seq: i64, stage: &Stage) -> message::Event {
    let sent = message::MessageSent { text: format!("hello {seq}"), ..message::MessageSent::default() };
    message::Event {
        conversation_id: TALK.into(),
        seq,
        actor_id: BEN.into(),
        create_time: Some(stage.clock.now().into()),
        kind: Some(event::Kind::MessageSent(sent)),
        ..message::Event::default()
    }
}

fn ask(method: &str, path: &str) -> Builder {
    let request = request(method, path).header("sec-fetch-site", "same-origin");
    request.header("cookie", format!("__Host-confab={SECRET}"))
}

/// Opens a socket, and returns where it is polled.
async fn open(stage: &Stage, path: &str) -> String {
    let answer = stage.answer_body(ask("GET", path), Body::empty()).await;
    let open: Value = serde_json::from_str(answer.body.strip_prefix('0').unwrap()).unwrap();
    let place = format!("{POLL}&sid={}", open["sid"].as_str().unwrap());
    let connect = ask("POST", &place).header("content-type", "text/plain;charset=UTF-8");
    assert_eq!(stage.answer_body(connect, "40").await.body, "ok");
    place
}

/// The events that come until there are `count`.
async fn events(stage: &Stage, place: &str, count: usize) -> Vec<Value> {
    let mut events = Vec::new();
    while events.len() < count {
        let polled = stage.answer_body(ask("GET", place), Body::empty());
        let Answer { status, body, .. } =
            tokio::time::timeout(Duration::from_secs(30), polled).await.unwrap();
        assert_eq!(status, 200, "{body}");
        let packets = body.split('\u{1e}').filter_map(|packet| packet.strip_prefix("42"));
        events.extend(packets.map(|packet| serde_json::from_str::<Value>(packet).unwrap()));
    }
    events
}

#[tokio::test]
async fn a_socket_is_told_who_is_online_and_what_is_said() {
    let stage = stage(1).await;
    let place = open(&stage, &format!("{POLL}&userId={ADA}")).await;
    let events = events(&stage, &place, 2).await;
    assert_eq!(events[0], json!(["getOnlineUsers", [ADA, BEN]]));
    assert_eq!((&events[1][0], &events[1][1]["_id"]), (&json!("newMessage"), &json!(format!("{TALK}-5"))));
    assert_eq!((&events[1][1]["text"], &events[1][1]["receiverId"]), (&json!("hello 5"), &json!(ADA)));

    let asked = stage.asked();
    let subscribed = asked.iter().find(|asked| asked.path.ends_with("/Subscribe")).unwrap();
    let known = message::KnownHead { conversation_id: TALK.into(), seq: 4 };
    assert_eq!(subscribed.message::<SubscribeRequest>().known_heads, [known]);
    assert!(subscribed.headers["authorization"].to_str().unwrap().starts_with("Bearer "));
    assert!(!subscribed.headers.contains_key("cookie"));
}

#[tokio::test]
async fn a_reader_that_comes_late_misses_nothing() {
    let stage = stage(100).await;
    let place = open(&stage, POLL).await;
    let events = events(&stage, &place, 101).await;
    let texts: Vec<_> = events[1..].iter().map(|event| event[1]["text"].as_str().unwrap()).collect();
    let expected: Vec<_> = (5..105).map(|seq| format!("hello {seq}")).collect();
    assert_eq!(texts, expected, "more than its queue holds, in order");
}

#[tokio::test]
async fn nobody_gets_the_socket_of_somebody_else() {
    let stage = stage(1).await;
    for path in [format!("{POLL}&userId={BEN}"), format!("{POLL}&userId={ADA}&userId={BEN}")] {
        let answer = stage.answer_body(ask("GET", &path), Body::empty()).await;
        assert_eq!((answer.status, answer.json()), (403, json!({ "message": "That is not you" })));
    }
    for sid in ["", "x", "AAAAAAAAAAAAAAAA"] {
        let answer = stage.answer_body(ask("GET", &format!("{POLL}&sid={sid}")), Body::empty()).await;
        assert_eq!(answer.status, 400, "{sid}: {answer:?}");
    }
    assert!(stage.asked().iter().all(|asked| !asked.path.ends_with("/Subscribe")));
}

#[tokio::test]
async fn more_than_a_message_is_not_taken_at_once() {
    let stage = stage(1).await;
    let place = open(&stage, POLL).await;
    let large = ask("POST", &place).header("content-type", "text/plain;charset=UTF-8");
    let answer = stage.answer_body(large, format!("42{}", "x".repeat(70_000))).await;
    assert_eq!(answer.status / 100, 4, "{answer:?}");
    // Whoever sends that is not listened to any more.
    assert_eq!(stage.answer_body(ask("GET", &place), Body::empty()).await.status, 400);
}

#[tokio::test]
async fn nobody_takes_more_sockets_than_they_need() {
    let stage = stage(0).await;
    let mut refused = 0;
    for _ in 0..40 {
        let answer = stage.answer_body(ask("GET", POLL), Body::empty()).await;
        if answer.status == 429 {
            assert_eq!(answer.header("retry-after"), "10");
            refused += 1;
        }
    }
    assert_eq!(refused, 8);
}

#[tokio::test]
async fn sockets_end_with_the_program() {
    let stage = stage(1).await;
    let place = open(&stage, POLL).await;
    events(&stage, &place, 2).await;
    stage.shutdown.begin();
    let polled = stage.answer_body(ask("GET", &place), Body::empty());
    let ended = tokio::time::timeout(Duration::from_secs(20), polled).await.unwrap();
    assert!(!ended.body.contains("42"), "{ended:?}");
}
