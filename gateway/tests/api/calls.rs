//! Calls of programs: which pass, and what the services hear of them.

use crate::stage::{Stage, call};

const GET_ME: &str = "confab.auth.v1.AuthService/GetMe";
const LIST_KEYS: &str = "confab.auth.v1.AuthService/ListSigningKeys";

const OK: i32 = 0;
const RESOURCE_EXHAUSTED: i32 = 8;
const UNIMPLEMENTED: i32 = 12;
const UNAUTHENTICATED: i32 = 16;

#[tokio::test]
async fn what_is_not_for_clients_does_not_exist() {
    let stage = Stage::new().await;
    for rpc in [
        "confab.internal.v1.SessionService/ExchangeSession",
        "confab.internal.v1.UserDirectoryService/FilterUsers",
        "confab.internal.v1.UserDirectoryService/CheckContact",
        "confab.auth.v1.AuthService/NoSuchMethod",
        "confab.auth.v1.AuthService/",
        "confab.nothing.v1.Service/Call",
        "confab.auth.v1.AuthService/GetMe/",
        "CONFAB.auth.v1.AuthService/GetMe",
    ] {
        let token = format!("Bearer {}", stage.token());
        let answer = stage.answer(call(rpc).header("authorization", token)).await;
        assert_eq!((answer.status, answer.code()), (200, UNIMPLEMENTED), "{rpc}");
        assert_eq!(answer.header("content-type"), "application/grpc-web+proto", "{rpc}");
    }
    assert_eq!(stage.asked().len() + stage.swaps(), 0);
}

#[tokio::test]
async fn without_a_token_only_what_is_public_passes() {
    let stage = Stage::new().await;
    for authorization in ["", "Bearer", "Bearer x.y.z", "Basic eDp5"] {
        let answer = stage.answer(call(GET_ME).header("authorization", authorization)).await;
        assert_eq!(answer.code(), UNAUTHENTICATED, "{authorization:?}");
    }
    assert_eq!(stage.answer(call(GET_ME)).await.code(), UNAUTHENTICATED);
    assert!(stage.asked().is_empty());

    assert_eq!(stage.answer(call(LIST_KEYS)).await.code(), OK);
    let token = format!("Bearer {}", stage.token());
    assert_eq!(stage.answer(call(GET_ME).header("authorization", token)).await.code(), OK);
    assert_eq!(stage.asked().len(), 2);
}

#[tokio::test]
async fn our_own_headers_neither_come_in_nor_go_out() {
    let stage = Stage::new().await;
    let call = call(LIST_KEYS).header("confab-user", "root").header("Confab-Session-Set", "x");
    let answer = stage
        .answer(call.header("cookie", "a=b").header("x-mine", "1").header("x-forwarded-for", "1.1.1.1"))
        .await;

    let asked = &stage.asked()[0];
    assert!(!asked.headers.keys().any(|name| name.as_str().starts_with("confab-")), "{:?}", asked.headers);
    let passed_on =
        ["content-type", "grpc-accept-encoding", "grpc-timeout", "host", "te", "traceparent", "x-request-id"];
    for name in asked.headers.keys().map(http::HeaderName::as_str) {
        assert!(passed_on.contains(&name), "{name}");
    }
    assert!(asked.headers.contains_key("traceparent"), "{:?}", asked.headers);

    assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("confab-")), "{answer:?}");
    assert!(!answer.body.contains("confab-secret") && answer.body.contains("grpc-status"), "{answer:?}");
    assert_eq!(answer.header("other"), "y");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let stage = Stage::with(&["--request-max-bytes", "1000"]).await;
    let frame = |size: u16| {
        let mut frame = vec![0, 0, 0];
        frame.extend(size.to_be_bytes());
        frame.resize(5 + usize::from(size), b'x');
        frame
    };
    assert_eq!(stage.answer_body(call(LIST_KEYS), frame(900)).await.code(), OK);
    let answer = stage.answer_body(call(LIST_KEYS), frame(1_000)).await;
    assert_eq!(answer.code(), RESOURCE_EXHAUSTED, "{answer:?}");
}

#[tokio::test]
async fn a_client_finds_the_id_of_its_request() {
    let stage = Stage::new().await;
    let answer = stage.answer(call(LIST_KEYS).header("x-request-id", "mine-1")).await;
    assert_eq!(answer.header("x-request-id"), "mine-1");
    assert_eq!(stage.asked()[0].headers["x-request-id"], "mine-1");
    assert!(stage.asked()[0].headers.contains_key("traceparent"));
}

#[tokio::test]
async fn other_origins_may_call_if_configured() {
    let preflight = || {
        let request =
            axum::extract::Request::options(format!("/{GET_ME}")).header("origin", "https://app.example");
        let request = request.header("access-control-request-method", "POST");
        request.header("access-control-request-headers", "authorization")
    };
    let closed = Stage::new().await;
    let answer = closed.answer(preflight()).await;
    assert_eq!(answer.header("access-control-allow-origin"), "");

    let open = Stage::with(&["--cors-origin", "https://app.example"]).await;
    let answer = open.answer(preflight()).await;
    assert_eq!(answer.header("access-control-allow-origin"), "https://app.example");
    assert_eq!(answer.header("access-control-allow-credentials"), "");

    let answer = open.answer(call(GET_ME).header("origin", "https://app.example")).await;
    assert_eq!(answer.code(), UNAUTHENTICATED);
    assert!(answer.header("access-control-expose-headers").contains("grpc-status-details-bin"), "{answer:?}");
}
