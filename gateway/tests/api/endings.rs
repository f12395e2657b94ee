//! Answers that would outlast the gateway, or that never begin.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use http::Version;
use http::request::Builder;
use http_body_util::BodyExt;
use tokio::time::timeout;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::stage::{Stage, call};

const SUBSCRIBE: &str = "confab.message.v1.LiveService/Subscribe";
const GET_ME: &str = "confab.auth.v1.AuthService/GetMe";
/// The pretended service never answers this one.
const STUCK: &str = "confab.auth.v1.AuthService/ListSessions";
const WATCH: &str = "grpc.health.v1.Health/Watch";

/// How long anything may take here.
const PATIENCE: Duration = Duration::from_secs(10);

fn grpc_call(rpc: &str) -> Builder {
    Request::post(format!("/{rpc}")).version(Version::HTTP_2).header("content-type", "application/grpc")
}

fn assert_retry(status: &Status, reason: &str, retry_after: Duration) {
    let details = status.get_error_details();
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
    assert_eq!(details.error_info().unwrap().reason, reason, "{status:?}");
    assert_eq!(details.retry_info().unwrap().retry_delay, Some(retry_after), "{status:?}");
}

#[tokio::test]
async fn open_streams_are_told_to_reconnect_when_the_end_begins() {
    let stage = Stage::new().await;
    let token = format!("Bearer {}", stage.token());
    for rpc in [SUBSCRIBE, WATCH] {
        let call = grpc_call(rpc).header("authorization", &token);
        let mut body = stage.response(call, vec![0; 5]).await.into_body();
        // Its first message comes through before anything ends.
        let first = timeout(PATIENCE, body.frame()).await.unwrap().unwrap().unwrap();
        assert!(first.is_data(), "{rpc}");

        stage.shutdown.begin();
        let rest = timeout(PATIENCE, body.collect()).await.expect(rpc).unwrap();
        let status = Status::from_header_map(rest.trailers().unwrap()).unwrap();
        assert_retry(&status, "STOPPING", Duration::from_millis(500));
    }
}

#[tokio::test]
async fn browsers_are_told_so_too() {
    let stage = Stage::new().await;
    let call = call(SUBSCRIBE).header("authorization", format!("Bearer {}", stage.token()));
    let answer = stage.answer(call);
    stage.shutdown.begin();
    let answer = timeout(PATIENCE, answer).await.expect("the stream ends");
    assert!(answer.body.contains("grpc-status:14"), "{answer:?}");
    assert!(answer.body.contains("grpc-status-details-bin"), "{answer:?}");
}

#[tokio::test]
async fn what_has_an_end_goes_through_unchanged_although_the_end_has_begun() {
    let stage = Stage::new().await;
    stage.shutdown.begin();
    let token = format!("Bearer {}", stage.token());
    let answered = stage.response(grpc_call(GET_ME).header("authorization", token), vec![0; 5]).await;
    let trailers = answered.into_body().collect().await.unwrap().trailers().cloned();
    assert_eq!(trailers.unwrap()["grpc-status"], "0");

    // A status in the head stands alone: not even an empty body may follow it.
    let refused = stage.response(grpc_call(GET_ME), vec![0; 5]).await;
    assert_eq!(refused.headers()["grpc-status"], "16");
    assert!(http_body::Body::is_end_stream(refused.body()));
}

#[tokio::test]
async fn a_call_that_took_too_long_may_have_been_done() {
    let stage = Stage::with(&["--request-timeout", "50ms"]).await;
    let call = grpc_call(STUCK).header("authorization", format!("Bearer {}", stage.token()));
    let answer = timeout(PATIENCE, stage.response(call, Body::from(vec![0; 5]))).await.unwrap();
    let status = Status::from_header_map(answer.headers()).unwrap();
    assert_retry(&status, "TIMED_OUT", Duration::from_secs(1));
}
