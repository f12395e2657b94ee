//! Services that panic, whatever they are asked: each time one request fails, and nobody learns why, at any door (row G06).

use axum::extract::Request;
use axum::response::Response;
use confab_proto::{Access, access, methods};
use http::Version;
use http_body_util::BodyExt;
use tonic::{Code, Status};

use crate::same_meaning::{ask, rules};
use crate::stage::{Given, SECRET, Stage, call, json};

/// What no answer may have in it.
const INSIDE: [&str; 5] = ["/var", "secret", "panic", ".rs", "boxed"];
const UNLIMITED: [&str; 2] = ["--rate-limits", "off"];
const SAID: &str = "something went wrong on the server";
const DOORS: [&str; 3] =
    ["application/grpc", "application/grpc-web+proto", "application/grpc-web-text+proto"];
/// What is sent along, wherever it goes.
const LOG_IN: &str = r#"{"email": "ann@example.com", "password": "correct horse 7"}"#;
const FILE: &str = "/media/01920000-0000-7000-8000-000000000001";

/// All that is said in `response`, and what of gRPC it is.
async fn said(response: Response) -> (String, Option<Status>) {
    let (head, body) = response.into_parts();
    assert!(head.headers.contains_key("x-request-id"), "by it the panic is found in the log: {head:?}");
    let body = body.collect().await.unwrap().to_bytes();
    let said = format!("{head:?} {}", String::from_utf8_lossy(&body));
    for inside in INSIDE {
        assert!(!said.contains(inside), "{inside}: {said}");
    }
    (said, Status::from_header_map(&head.headers))
}

#[tokio::test]
async fn a_service_that_panics_says_nothing_of_the_inside_whatever_it_was_asked_at_whichever_door() {
    let stage = Stage::guarded(&UNLIMITED).await;
    stage.give(Given::Panic);
    let token = format!("Bearer {}", stage.token());
    let rpcs =
        methods().iter().filter(|rpc| access(rpc.path).is_some_and(|access| access != Access::Service));
    let mut asked = 0;
    for rpc in rpcs {
        for door in DOORS {
            let call = Request::post(rpc.path).version(Version::HTTP_2).header("content-type", door);
            let call = call.header("authorization", &token).header("host", "chat.test");
            let body = if door.contains("text") { b"AAAAAAA=".to_vec() } else { vec![0; 5] };
            let (said, status) = said(stage.response(call, body).await).await;
            let status = status.unwrap_or_else(|| panic!("{} by {door}: {said}", rpc.path));
            assert_eq!((status.code(), status.message()), (Code::Internal, SAID), "{} by {door}", rpc.path);
        }
        asked += 1;
    }
    for rule in rules() {
        let answer = ask(&stage, &rule).await;
        let what = format!("{} {}: {answer:?}", rule.method, rule.path);
        assert_eq!((answer.status, answer.json()["detail"].as_str()), (500, Some(SAID)), "{what}");
        assert_eq!(answer.json()["requestId"], answer.header("x-request-id"), "{what}");
        assert!(!INSIDE.iter().any(|inside| answer.body.contains(inside)), "{what}");
    }
    // All of them have reached a service.
    let reached = stage.take_asked().len();
    assert_eq!(reached, asked * DOORS.len() + rules().len());
}

#[tokio::test]
async fn what_is_no_call_says_as_little_if_the_service_behind_it_panics() {
    let stage = Stage::guarded(&UNLIMITED).await;
    stage.give(Given::Panic);
    let token = format!("Bearer {}", stage.token());
    for (method, path) in [
        ("GET", "/.well-known/jwks.json"),
        ("GET", FILE),
        ("POST", "/media?purpose=message&name=a.txt"),
        ("HEAD", "/media/uploads/01920000-0000-7000-8000-000000000001"),
        ("GET", "/api/auth/check"),
        ("GET", "/api/messages/users"),
        ("POST", "/api/auth/login"),
    ] {
        let request = json(method, path).header("content-type", "application/json");
        let request =
            request.header("content-length", LOG_IN.len().to_string()).header("tus-resumable", "1.0.0");
        let request = if path.starts_with("/api") {
            request
                .header("cookie", format!("__Host-confab={SECRET}"))
                .header("sec-fetch-site", "same-origin")
        } else {
            request.header("authorization", &token)
        };
        let response = stage.response(request, LOG_IN).await;
        let status = response.status();
        let (said, _) = said(response).await;
        // Whoever cannot get the keys cannot say anything about them now.
        assert!([500, 503].contains(&status.as_u16()), "{method} {path}: {said}");
    }
}

#[tokio::test]
async fn a_panic_of_the_gateway_itself_is_one_request_that_fails_too() {
    // Without the guard, what a service does in this process it does to the gateway.
    let stage = Stage::with(&UNLIMITED).await;
    let token = format!("Bearer {}", stage.token());
    let get_me = || call("confab.auth.v1.AuthService/GetMe").header("authorization", &token);
    stage.give(Given::Panic);
    let answer = stage.answer(get_me().header("x-request-id", "mine-7")).await;
    assert_eq!((answer.status, answer.header("x-request-id")), (500, "mine-7"));
    assert!(!INSIDE.iter().any(|inside| answer.body.contains(inside)), "{answer:?}");
    stage.give(Given::Messages(vec![Vec::new()]));
    assert_eq!(stage.answer(get_me()).await.code(), 0);
}
