//! Pages of another port of this host, which may use the cookie as ours do, because somebody said so.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use confab_proto::auth::v1 as auth;
use http::request::Builder;
use prost::Message;
use serde_json::{Value, json};

use crate::stage::{SECRET, Stage, call, json};

const PAGE: &str = "http://localhost:5173";
const LOG_IN: &str = "confab.auth.v1.AuthService/LogIn";
const GET_ME: &str = "confab.auth.v1.AuthService/GetMe";
const POLL: &str = "/socket.io/?EIO=4&transport=polling";
const ADA: &str = "0192c1f0-0000-7000-8000-00000000000a";
const BEN: &str = "0192c1f0-0000-7000-8000-00000000000b";

async fn stage() -> Stage {
    let stage = Stage::with(&["--cookie-origin", PAGE, "--cors-origin", "https://app.example"]).await;
    let ada = auth::User { user_id: ADA.into(), name: "Ada".into(), ..auth::User::default() };
    stage.say("GetMe", vec![auth::GetMeResponse { user: Some(ada) }.encode_to_vec()]);
    stage
}

/// `request`, as a browser sends it for the page.
fn from_page(request: Builder) -> Builder {
    request.header("origin", PAGE).header("sec-fetch-site", "same-site")
}

fn with_cookie(request: Builder) -> Builder {
    request.header("cookie", format!("__Host-confab={SECRET}"))
}

fn preflight(origin: &str) -> Builder {
    let request = Request::options("/api/auth/update-profile").header("origin", origin);
    let request = request.header("access-control-request-method", "PUT");
    request.header("access-control-request-headers", "content-type")
}

#[tokio::test]
async fn a_browser_is_told_which_pages_may_use_the_cookie() {
    let stage = stage().await;
    for (origin, allowed, credentials) in [
        (PAGE, PAGE, "true"),
        ("https://app.example", "https://app.example", ""),
        ("http://localhost:5174", "", ""),
        ("https://localhost:5173", "", ""),
        ("null", "", ""),
    ] {
        for request in [preflight(origin), Request::get("/api/auth/check").header("origin", origin)] {
            let answer = stage.answer(request).await;
            assert_eq!(answer.header("access-control-allow-origin"), allowed, "{origin}");
            assert_eq!(answer.header("access-control-allow-credentials"), credentials, "{origin}");
            assert!(answer.headers("vary").iter().any(|vary| vary.contains("origin")), "{answer:?}");
        }
    }
    let answer = stage.answer(preflight(PAGE)).await;
    for method in ["GET", "POST", "PUT"] {
        assert!(answer.header("access-control-allow-methods").contains(method), "{answer:?}");
    }
    assert!(answer.header("access-control-allow-headers").contains("content-type"), "{answer:?}");
    // For pictures, which nobody is asked for first.
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-site");
}

#[tokio::test]
async fn a_page_that_is_trusted_logs_in_and_goes_on_with_the_cookie_at_every_door() {
    let stage = stage().await;
    let answer = stage.answer(from_page(call(LOG_IN))).await;
    assert_eq!((answer.code(), answer.headers("set-cookie").len()), (0, 2), "{answer:?}");
    assert!(answer.headers("set-cookie")[0].contains("; HttpOnly; SameSite=Strict"));

    for (request, body) in [
        (call(GET_ME), vec![0; 5]),
        (json("GET", "/v1/me"), Vec::new()),
        (json("GET", "/api/auth/check"), Vec::new()),
    ] {
        let answer = stage.answer_body(with_cookie(from_page(request)), body).await;
        assert!(answer.status == 200 && answer.body.contains("Ada"), "{answer:?}");
    }
}

#[tokio::test]
async fn without_being_told_to_we_trust_nobody() {
    let stage = Stage::new().await;
    for request in [preflight(PAGE), from_page(json("GET", "/api/auth/check"))] {
        let answer = stage.answer_body(with_cookie(request), Body::empty()).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{answer:?}");
        assert!(!answer.body.contains("Ada"), "{answer:?}");
    }
    assert_eq!(stage.asked().len() + stage.swaps(), 0);
}

/// Asks for a socket without a cookie, as the app's client does, and returns where it is polled.
async fn claim(stage: &Stage, user: &str) -> String {
    let request = from_page(json("GET", &format!("{POLL}&userId={user}")));
    let answer = stage.answer_body(request, Body::empty()).await;
    let open: Value = serde_json::from_str(answer.body.strip_prefix('0').expect(&answer.body)).unwrap();
    let place = format!("{POLL}&sid={}", open["sid"].as_str().unwrap());
    let connect = from_page(json("POST", &place)).header("content-type", "text/plain;charset=UTF-8");
    assert_eq!(stage.answer_body(connect, "40").await.body, "ok");
    place
}

#[tokio::test]
async fn a_socket_without_a_cookie_is_told_something_once_its_owner_has_shown_one() {
    let stage = stage().await;
    let place = claim(&stage, ADA).await;
    let connected = stage.answer_body(from_page(json("GET", &place)), Body::empty()).await;
    assert!(connected.body.starts_with("40"), "{connected:?}");
    assert_eq!(stage.asked().len(), 0, "nobody has subscribed to anything");

    let told = async {
        loop {
            let polled = stage.answer_body(with_cookie(from_page(json("GET", &place))), Body::empty()).await;
            assert_eq!(polled.status, 200, "{polled:?}");
            let event = polled.body.split('\u{1e}').find_map(|packet| packet.strip_prefix("42"));
            if let Some(event) = event {
                break serde_json::from_str::<Value>(event).unwrap();
            }
        }
    };
    let event = tokio::time::timeout(Duration::from_secs(30), told).await.unwrap();
    assert_eq!(event, json!(["getOnlineUsers", [ADA]]));
}

#[tokio::test]
async fn nobody_shows_the_cookie_of_somebody_else_or_from_elsewhere() {
    let stage = stage().await;
    let place = claim(&stage, BEN).await;
    let answer = stage.answer_body(with_cookie(from_page(json("GET", &place))), Body::empty()).await;
    assert_eq!(answer.status, 403, "{answer:?}");

    let place = claim(&stage, ADA).await;
    for (origin, site) in [("http://localhost:5174", "same-site"), ("https://evil.example", "cross-site")] {
        let request = json("GET", &place).header("origin", origin).header("sec-fetch-site", site);
        let answer = stage.answer_body(with_cookie(request), Body::empty()).await;
        assert_eq!(answer.status, 403, "{answer:?}");
        let first = json("GET", &format!("{POLL}&userId={ADA}")).header("origin", origin);
        let answer = stage.answer_body(first.header("sec-fetch-site", site), Body::empty()).await;
        assert_eq!(answer.status, 401, "{answer:?}");
    }
    // Nor without saying whose it is, or as a WebSocket, which has cookies.
    for path in [POLL, &format!("{POLL}&userId={ADA}&userId={ADA}"), "/socket.io/?EIO=4&transport=websocket"]
    {
        let answer = stage.answer_body(from_page(json("GET", path)), Body::empty()).await;
        assert_eq!(answer.status, 401, "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn sockets_without_an_owner_are_few_and_take_nobody_s_place() {
    let stage = stage().await;
    let ask = |user: &str| from_page(json("GET", &format!("{POLL}&userId={user}")));
    let mut refused = 0;
    for _ in 0..40 {
        refused += u32::from(stage.answer_body(ask(ADA), Body::empty()).await.status == 429);
    }
    assert_eq!(refused, 8);
    assert_eq!(stage.answer_body(with_cookie(ask(ADA)), Body::empty()).await.status, 200);
}
