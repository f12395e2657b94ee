//! What is not a call: pages, and what machines want to know.

use axum::extract::Request;
use http::Method;

use crate::stage::Stage;

#[tokio::test]
async fn a_browser_gets_the_client_at_every_address_of_its_own() {
    let stage = Stage::new().await;
    for path in ["/", "/people", "/c/0192/7"] {
        let answer = stage.answer(Request::get(path).header("accept", "text/html,*/*;q=0.8")).await;
        assert!(answer.header("content-type").starts_with("text/html"), "{path}: {answer:?}");
        assert!(answer.body.contains("<title>Confab</title>"), "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_in_the_words_of_http() {
    let stage = Stage::new().await;
    let missing = [
        Request::get("/favicon.nothing"),
        Request::get("/assets/old.js").header("accept", "text/html"),
        Request::post("/confab.auth.v1.AuthService/LogIn").header("content-type", "application/json"),
        Request::delete("/"),
        Request::get("/../../etc/passwd"),
        Request::get("/%2e%2e/%2e%2e/Cargo.toml"),
    ];
    for request in missing {
        let answer = stage.answer(request).await;
        assert_eq!(answer.status, 404, "{answer:?}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    let get =
        Request::get("/confab.auth.v1.AuthService/GetMe").header("content-type", "application/grpc-web");
    let answer = stage.answer(get).await;
    assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
    let old = Request::post("/confab.auth.v1.AuthService/GetMe").header("content-type", "application/grpc");
    assert_eq!(stage.answer(old).await.status, 400);
}

#[tokio::test]
async fn machines_learn_whether_we_live_and_are_ready() {
    let stage = Stage::new().await;
    assert_eq!(stage.answer(Request::get("/healthz")).await.status, 200);
    let ready = stage.answer(Request::get("/readyz")).await;
    assert_eq!((ready.status, ready.body.as_str()), (200, r#"{"ready":true,"draining":false}"#));

    stage.shutdown.begin();
    assert_eq!(stage.answer(Request::get("/readyz")).await.status, 503);
    assert_eq!(stage.answer(Request::get("/healthz")).await.status, 200);
}

#[tokio::test]
async fn the_public_keys_are_for_everybody() {
    let stage = Stage::new().await;
    let answer = stage.answer(Request::builder().method(Method::GET).uri("/.well-known/jwks.json")).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"keys":[]}"#));
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
}
