//! Calls of browsers: the session cookie, and for whose pages it counts.

use std::time::Duration;

use crate::stage::{Asked, DEAD_SECRET, DEVICE_SECRET, SECRET, Stage, call, call_from_page};

const LOG_IN: &str = "confab.auth.v1.AuthService/LogIn";
const LOG_OUT: &str = "confab.auth.v1.AuthService/LogOut";
const SEND: &str = "confab.message.v1.MessageService/SendMessage";

const OK: i32 = 0;
const PERMISSION_DENIED: i32 = 7;
const UNAUTHENTICATED: i32 = 16;

fn cookie(secret: &str) -> String {
    format!("theme=dark; __Host-confab={secret}")
}

#[tokio::test]
async fn a_log_in_from_our_page_gets_a_cookie() {
    let stage = Stage::new().await;
    let answer = stage.answer(call_from_page(LOG_IN)).await;
    let expected = format!("__Host-confab={SECRET}; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Strict");
    assert_eq!(answer.header("set-cookie"), expected);
    assert_eq!(answer.header("confab-session-set"), "");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(!answer.body.contains(SECRET));
}

#[tokio::test]
async fn a_browser_is_known_again_when_it_logs_in() {
    let stage = Stage::new().await;
    let answer = stage.answer(call_from_page(LOG_IN)).await;
    let attributes = "Max-Age=34560000; Path=/; Secure; HttpOnly; SameSite=Strict";
    let expected = format!("__Host-confab-device={DEVICE_SECRET}; {attributes}");
    assert_eq!(answer.headers("set-cookie")[1], expected);
    assert!(answer.header("confab-device-set").is_empty() && !answer.body.contains(DEVICE_SECRET));

    let known = format!("__Host-confab={SECRET}; __Host-confab-device={DEVICE_SECRET}");
    stage.answer(call_from_page(LOG_IN).header("cookie", &known)).await;
    // Neither a program nor a page of somebody else's speaks for the browser, nor does a header.
    stage.answer(call(LOG_IN).header("cookie", &known)).await;
    stage.answer(call_from_page(LOG_IN).header("confab-device", DEVICE_SECRET)).await;
    let told = |asked: &Asked| asked.headers.get("confab-device").map(|device| device == DEVICE_SECRET);
    let told: Vec<Option<bool>> = stage.asked().iter().map(told).collect();
    assert_eq!(told, [None, Some(true), None, None]);
}

#[tokio::test]
async fn a_log_in_from_elsewhere_gets_none() {
    let stage = Stage::new().await;
    let other_page = call(LOG_IN).header("origin", "https://evil.example");
    assert_eq!(stage.answer(other_page).await.code(), PERMISSION_DENIED);
    assert!(stage.asked().is_empty(), "the log-in of another site has no effect");

    let program = stage.answer(call(LOG_IN)).await;
    assert_eq!((program.code(), program.header("set-cookie")), (PERMISSION_DENIED, ""));
    assert!(!program.body.contains(SECRET) && program.header("confab-session-set").is_empty());
}

#[tokio::test]
async fn a_cookie_becomes_a_token_on_the_way() {
    let stage = Stage::new().await;
    for _ in 0..3 {
        let answer = stage.answer(call_from_page(SEND).header("cookie", cookie(SECRET))).await;
        assert_eq!(answer.code(), OK, "{answer:?}");
    }
    assert_eq!(stage.swaps(), 1, "a token serves for a minute");
    for asked in stage.asked() {
        assert!(asked.headers["authorization"].to_str().unwrap().starts_with("Bearer ey"));
        assert!(!asked.headers.contains_key("cookie"));
    }
    stage.clock.advance(Duration::from_mins(1));
    stage.answer(call_from_page(SEND).header("cookie", cookie(SECRET))).await;
    assert_eq!(stage.swaps(), 2);
}

#[tokio::test]
async fn a_cookie_counts_for_our_own_pages_only() {
    let stage = Stage::with(&["--cors-origin", "https://app.example"]).await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
        ("origin", "null"),
        ("origin", "https://evil.example"),
        ("origin", "https://app.example"),
        ("x-nothing", "said"),
    ] {
        let call = call(SEND).header("cookie", cookie(SECRET)).header(name, value);
        assert_eq!(stage.answer(call).await.code(), PERMISSION_DENIED, "{name}: {value}");
    }
    assert_eq!(stage.asked().len() + stage.swaps(), 0);

    let plain_http = call(SEND).header("cookie", cookie(SECRET)).header("origin", "http://chat.test");
    assert_eq!(stage.answer(plain_http).await.code(), OK);
}

#[tokio::test]
async fn a_token_goes_before_a_cookie() {
    let stage = Stage::new().await;
    let token = format!("Bearer {}", stage.token());
    let call = call(SEND).header("cookie", cookie(SECRET)).header("authorization", &token);
    assert_eq!(stage.answer(call).await.code(), OK);
    assert_eq!(stage.swaps(), 0);
    assert_eq!(stage.asked()[0].headers["authorization"], token);
}

#[tokio::test]
async fn a_cookie_of_no_use_is_taken_back() {
    let stage = Stage::new().await;
    for secret in [DEAD_SECRET, "garbage", ""] {
        let answer = stage.answer(call_from_page(SEND).header("cookie", cookie(secret))).await;
        assert_eq!(answer.code(), UNAUTHENTICATED, "{secret}");
        assert!(
            answer.header("set-cookie").starts_with("__Host-confab=; Max-Age=0;"),
            "{secret}: {answer:?}"
        );
    }
    assert!(stage.asked().is_empty());
    assert_eq!(stage.swaps(), 1, "what cannot be a session is not asked for");
}

#[tokio::test]
async fn logging_out_ends_the_cookie_and_its_token() {
    let stage = Stage::new().await;
    let answer = stage.answer(call_from_page(LOG_OUT).header("cookie", cookie(SECRET))).await;
    assert!(answer.header("set-cookie").starts_with("__Host-confab=; Max-Age=0;"), "{answer:?}");
    stage.answer(call_from_page(SEND).header("cookie", cookie(SECRET))).await;
    assert_eq!(stage.swaps(), 2, "the token was not kept");

    let token = format!("Bearer {}", stage.token());
    let answer = stage.answer(call(LOG_OUT).header("authorization", token)).await;
    assert_eq!(answer.header("set-cookie"), "", "a program has no cookie to take back");
}
