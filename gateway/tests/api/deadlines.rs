//! How long a call may take, as clients say it at every door (row H08).

use std::time::Duration;

use axum::extract::Request;
use http::Version;
use http::request::Builder;
use http_body_util::BodyExt;
use tonic::{Code, Status};

use crate::stage::{Stage, call, json};

const GET_ME: &str = "confab.auth.v1.AuthService/GetMe";
/// The pretended service never answers this one.
const STUCK: &str = "confab.auth.v1.AuthService/ListSessions";
const SUBSCRIBE: &str = "confab.message.v1.LiveService/Subscribe";

fn grpc(rpc: &str) -> Builder {
    Request::post(format!("/{rpc}")).version(Version::HTTP_2).header("content-type", "application/grpc")
}

fn text(rpc: &str) -> Builder {
    Request::post(format!("/{rpc}")).header("content-type", "application/grpc-web-text")
}

/// The same call at every door, with the body that it has there.
fn doors(rpc: &str, path: &str) -> [(&'static str, Builder, Vec<u8>); 4] {
    [
        ("gRPC", grpc(rpc), vec![0; 5]),
        ("gRPC-Web", call(rpc), vec![0; 5]),
        ("gRPC-Web in text", text(rpc), b"AAAAAAA=".to_vec()),
        ("JSON", json("GET", path), Vec::new()),
    ]
}

/// What `request` comes to at the door called `door`.
async fn outcome(stage: &Stage, door: &str, request: Builder, body: Vec<u8>) -> Code {
    let token = format!("Bearer {}", stage.token());
    let answer = stage.answer_body(request.header("authorization", token), body).await;
    match (door, answer.status) {
        ("JSON", 200) => Code::Ok,
        ("JSON", 504) => Code::DeadlineExceeded,
        ("JSON", 400) => Code::InvalidArgument,
        ("JSON", other) => panic!("{other}: {answer:?}"),
        _ => Code::from(answer.code()),
    }
}

#[tokio::test]
async fn at_every_door_a_service_gets_less_time_than_the_client_gives() {
    let stage = Stage::new().await;
    for (said, most) in
        [("9S", 9_000_000), ("00000009S", 9_000_000), ("200000m", 35_000_000), ("99999999H", 35_000_000)]
    {
        for (door, request, body) in doors(GET_ME, "/v1/me") {
            let request = request.header("grpc-timeout", said);
            stage.take_asked();
            assert_eq!(outcome(&stage, door, request, body).await, Code::Ok, "{door}: {said}");
            let asked = stage.asked();
            let given = asked[0].headers["grpc-timeout"].to_str().unwrap();
            let given: u64 = match given.split_at(given.len() - 1) {
                (number, "u") => number.parse().unwrap(),
                (number, "m") => number.parse::<u64>().unwrap() * 1_000,
                _ => panic!("{given}"),
            };
            assert!(given > 0 && given < most, "{door}: {given} µs of {said}");
        }
    }
}

#[tokio::test]
async fn at_every_door_nobody_waits_longer_than_they_want_to() {
    let stage = Stage::new().await;
    // Zero is no time by the protocol, but clients that have none left say so.
    for said in ["1n", "30m", "0n", "0S", "0H", "00000000H"] {
        for (door, request, body) in doors(STUCK, "/v1/me/sessions") {
            let request = request.header("grpc-timeout", said);
            assert_eq!(outcome(&stage, door, request, body).await, Code::DeadlineExceeded, "{door}: {said}");
        }
    }
}

#[tokio::test]
async fn at_every_door_what_is_no_time_is_refused_and_nobody_is_asked() {
    let stage = Stage::new().await;
    for said in ["", "0", "5", "5s", "S", "-1S", "-0S", "1.5S", "000000000S", "123456789S", "5S, 5S"] {
        for (door, request, body) in doors(GET_ME, "/v1/me") {
            let request = request.header("grpc-timeout", said);
            assert_eq!(outcome(&stage, door, request, body).await, Code::InvalidArgument, "{door}: {said:?}");
        }
    }
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn a_stream_ends_with_the_time_that_it_was_given() {
    let stage = Stage::new().await;
    let token = format!("Bearer {}", stage.token());
    let ask = |request: Builder| request.header("authorization", &token).header("grpc-timeout", "200m");
    let body = stage.response(ask(grpc(SUBSCRIBE)), vec![0; 5]).await.into_body();
    let said = tokio::time::timeout(Duration::from_secs(20), body.collect()).await.unwrap().unwrap();
    assert_eq!(Status::from_header_map(said.trailers().unwrap()).unwrap().code(), Code::DeadlineExceeded);

    let events = json("GET", "/v1/live:subscribe").header("accept", "text/event-stream");
    let answer = stage.answer_body(ask(events), Vec::new()).await;
    assert!(answer.body.contains("\"ready\"") && answer.body.contains("event: problem"), "{answer:?}");
    assert!(answer.body.contains("DEADLINE_EXCEEDED"), "{answer:?}");
}
