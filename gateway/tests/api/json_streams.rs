//! The JSON door: answers that go on.

use std::time::Duration;

use axum::body::Body;
use confab_proto::message::v1::SubscribeRequest;
use http::request::Builder;
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::stage::{Stage, json};

/// How long anything may take here.
const PATIENCE: Duration = Duration::from_secs(10);
const ID: &str = "0190aaaa-bbbb-7ccc-8ddd-0123456789ab";

fn subscribe(stage: &Stage, method: &str, accept: &str) -> Builder {
    let request = json(method, "/v1/live:subscribe").header("accept", accept);
    request.header("authorization", format!("Bearer {}", stage.token()))
}

/// The text of `body` up to and including `end`.
async fn until(body: &mut Body, end: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(end) {
        let frame = timeout(PATIENCE, body.frame()).await.expect(&text).expect(&text).unwrap();
        text.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
    }
    text
}

#[tokio::test]
async fn a_browser_subscribes_to_events_and_goes_on_where_it_was() {
    let stage = Stage::new().await;
    let response = stage.response(subscribe(&stage, "GET", "text/event-stream"), "").await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let mut body = response.into_body();
    assert_eq!(until(&mut body, "\n\n").await, "retry: 1000\n\n");
    let event = until(&mut body, "\n\n").await;
    let (id, data) = event.split_once('\n').unwrap();
    assert_eq!(data, "data: {\"ready\":{\"streamId\":\"s-1\",\"epoch\":\"e-1\"}}\n\n");

    let again = subscribe(&stage, "GET", "text/event-stream").header("last-event-id", &id[4..]);
    drop(stage.response(again, "").await);
    let asked = stage.asked().pop().unwrap().message::<SubscribeRequest>();
    assert_eq!(asked, SubscribeRequest { epoch: "e-1".into(), ..SubscribeRequest::default() });

    let garbage = subscribe(&stage, "GET", "text/event-stream").header("last-event-id", "garbage");
    let answer = stage.answer_body(garbage, "").await;
    assert_eq!((answer.status, answer.json()["reason"].as_str()), (400, Some("INVALID_CURSOR")));
}

#[tokio::test]
async fn a_cursor_begins_with_what_a_subscriber_said_it_knows() {
    let stage = Stage::new().await;
    let request = subscribe(&stage, "POST", "text/event-stream").header("content-type", "application/json");
    let known = format!(r#"{{"epoch": "e-1", "knownHeads": [{{"conversationId": "{ID}", "seq": 7}}]}}"#);
    let mut body = stage.response(request, known).await.into_body();
    until(&mut body, "\n\n").await;
    let event = until(&mut body, "\n\n").await;
    let id = event.lines().next().unwrap().strip_prefix("id: ").unwrap().to_owned();

    // A page that connects again sends the body of its first connection, too.
    let request = subscribe(&stage, "POST", "text/event-stream").header("content-type", "application/json");
    drop(stage.response(request.header("last-event-id", id), r#"{"epoch": "old"}"#).await);
    let asked = stage.asked().pop().unwrap().message::<SubscribeRequest>();
    assert_eq!((asked.epoch.as_str(), asked.known_heads.len()), ("e-1", 1));
    assert_eq!((asked.known_heads[0].conversation_id.as_str(), asked.known_heads[0].seq), (ID, 7));
}

#[tokio::test]
async fn a_program_reads_a_line_for_each_message() {
    let stage = Stage::new().await;
    let response = stage.response(subscribe(&stage, "POST", "*/*"), "").await;
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    let mut body = response.into_body();
    assert_eq!(until(&mut body, "\n").await, "{\"ready\":{\"streamId\":\"s-1\",\"epoch\":\"e-1\"}}\n");
}

#[tokio::test]
async fn the_end_of_a_stream_says_why_and_when_to_come_back() {
    for (accept, expected) in [
        ("text/event-stream", "retry: 500\n\nevent: problem\ndata: {\"type\":\"about:blank\""),
        ("application/x-ndjson", "{\"problem\":{\"type\":\"about:blank\""),
    ] {
        let stage = Stage::new().await;
        let response = stage.response(subscribe(&stage, "GET", accept), "").await;
        stage.shutdown.begin();
        let rest = timeout(PATIENCE, response.into_body().collect()).await.expect("it ends").unwrap();
        let text = String::from_utf8(rest.to_bytes().to_vec()).unwrap();
        assert!(text.contains(expected) && text.contains("\"reason\":\"STOPPING\""), "{text}");
    }
}

#[tokio::test]
async fn a_stream_that_may_not_begin_is_refused_in_the_words_of_http() {
    let stage = Stage::new().await;
    let answer =
        stage.answer_body(json("GET", "/v1/live:subscribe").header("accept", "text/event-stream"), "").await;
    assert_eq!((answer.status, answer.header("content-type")), (401, "application/problem+json"));
}
