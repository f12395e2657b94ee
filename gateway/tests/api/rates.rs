//! How often people may call: whose share it is, and that nobody gets a second one.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::Request;
use http::request::Builder;
use tonic::transport::server::TcpConnectInfo;
use tonic_types::StatusExt;

use crate::stage::{Answer, SECRET, Stage, call, call_from_page};

const GET_ME: &str = "confab.auth.v1.AuthService/GetMe";
const LIST_KEYS: &str = "confab.auth.v1.AuthService/ListSigningKeys";
const SEND: &str = "confab.message.v1.MessageService/SendMessage";
const SUBSCRIBE: &str = "confab.message.v1.LiveService/Subscribe";

const OK: i32 = 0;
const RESOURCE_EXHAUSTED: i32 = 8;

/// `request`, as if its connection came from `address`.
fn from(address: &str, request: Builder) -> Builder {
    let remote_addr = Some(SocketAddr::new(address.parse().unwrap(), 40_000));
    request.extension(TcpConnectInfo { local_addr: None, remote_addr })
}

/// How long `answer` says to wait, and of whom there were too many calls.
fn refusal(answer: &Answer) -> (Duration, String) {
    assert_eq!((answer.status, answer.code(), answer.body.as_str()), (200, RESOURCE_EXHAUSTED, ""));
    let details = tonic::Status::from_header_map(&answer.headers).unwrap().get_error_details();
    let info = details.error_info().unwrap();
    assert_eq!(info.reason, "TOO_MANY_REQUESTS");
    (details.retry_info().unwrap().retry_delay.unwrap(), info.metadata["share"].clone())
}

#[tokio::test]
async fn everybody_has_a_share_of_each_kind_and_gets_it_back() {
    let stage = Stage::with(&["--user-reads-per-minute", "3", "--user-writes-per-minute", "1"]).await;
    let (ada, bob) = (format!("Bearer {}", stage.token()), format!("Bearer {}", stage.token()));
    let get = |token: &str| call(GET_ME).header("authorization", token);
    for _ in 0..3 {
        assert_eq!(stage.answer(get(&ada)).await.code(), OK);
    }
    let (wait, share) = refusal(&stage.answer(get(&ada)).await);
    assert_eq!((wait, share.as_str()), (Duration::from_secs(20), "user"));
    assert_eq!(stage.asked().len(), 3, "what is refused reaches no service");

    assert_eq!(stage.answer(get(&bob)).await.code(), OK);
    assert_eq!(stage.answer(call(SEND).header("authorization", &ada)).await.code(), OK);
    assert_eq!(stage.answer(call(SEND).header("authorization", &ada)).await.code(), RESOURCE_EXHAUSTED);

    stage.clock.advance(wait);
    assert_eq!(stage.answer(get(&ada)).await.code(), OK);
    assert_eq!(stage.answer(get(&ada)).await.code(), RESOURCE_EXHAUSTED);
}

#[tokio::test]
async fn a_cookie_and_a_stream_count_like_everything_else() {
    let stage = Stage::with(&["--user-streams-per-minute", "1", "--network-reads-per-minute", "2"]).await;
    let cookie = format!("__Host-confab={SECRET}");
    let subscribe = || call_from_page(SUBSCRIBE).header("cookie", &cookie);
    assert_eq!(stage.response(subscribe(), vec![0; 5]).await.headers().get("grpc-status"), None);
    assert_eq!(refusal(&stage.answer(subscribe()).await).1, "user");

    // Also what nobody needs to be known for, and what does not exist.
    assert_eq!(stage.answer(call(LIST_KEYS)).await.code(), OK);
    assert_ne!(stage.answer(call("confab.nothing.v1.Service/Call")).await.code(), RESOURCE_EXHAUSTED);
    assert_eq!(refusal(&stage.answer(call("confab.nothing.v1.Service/Call")).await).1, "network");
}

/// What clients write to seem to be somebody else.
const TRICKS: [(&str, &str); 20] = [
    ("x-forwarded-for", "192.0.2.1"),
    ("x-forwarded-for", "192.0.2.2, 192.0.2.3"),
    ("x-forwarded-for", "127.0.0.1"),
    ("x-forwarded-for", "::1"),
    ("x-forwarded-for", ""),
    ("forwarded", "for=192.0.2.4"),
    ("forwarded", "for=\"[2001:db8::1]\";proto=https"),
    ("x-real-ip", "192.0.2.5"),
    ("x-client-ip", "192.0.2.6"),
    ("x-cluster-client-ip", "192.0.2.7"),
    ("x-originating-ip", "192.0.2.8"),
    ("x-remote-ip", "192.0.2.9"),
    ("x-remote-addr", "192.0.2.10"),
    ("true-client-ip", "192.0.2.11"),
    ("cf-connecting-ip", "192.0.2.12"),
    ("fastly-client-ip", "192.0.2.13"),
    ("x-forwarded", "for=192.0.2.14"),
    ("via", "1.1 192.0.2.15"),
    ("confab-client-address", "192.0.2.16"),
    ("x-forwarded-host", "192.0.2.17"),
];

#[tokio::test]
async fn no_header_gives_a_network_a_second_share() {
    let stage = Stage::with(&["--network-reads-per-minute", "2"]).await;
    let list = |address| from(address, call(LIST_KEYS));
    for address in ["198.51.100.1", "::ffff:198.51.100.2"] {
        assert_eq!(stage.answer(list(address)).await.code(), OK, "{address}");
    }
    for (name, value) in TRICKS {
        let answer = stage.answer(list("198.51.100.250").header(name, value)).await;
        assert_eq!(answer.code(), RESOURCE_EXHAUSTED, "{name}: {value}");
        assert_eq!(refusal(&answer).1, "network");
    }
    assert_eq!(stage.answer(list("198.51.101.1")).await.code(), OK);
    // All 65,536 networks of 64 bits that one customer has are one.
    for address in ["2001:db8:1:1::1", "2001:db8:1:2::1"] {
        assert_eq!(stage.answer(list(address)).await.code(), OK, "{address}");
    }
    assert_eq!(stage.answer(list("2001:db8:1:ffff::1")).await.code(), RESOURCE_EXHAUSTED);
}

#[tokio::test]
async fn behind_a_proxy_only_what_it_has_seen_counts() {
    let stage = Stage::with(&["--proxies", "1", "--network-reads-per-minute", "1"]).await;
    let list = |noted: &str| from("10.0.0.1", call(LIST_KEYS)).header("x-forwarded-for", noted);
    assert_eq!(stage.answer(list("198.51.100.1")).await.code(), OK);
    for noted in ["198.51.100.2", "192.0.2.1, 198.51.100.3", "192.0.2.1,192.0.2.2,198.51.100.4"] {
        assert_eq!(stage.answer(list(noted)).await.code(), RESOURCE_EXHAUSTED, "{noted}");
    }
    assert_eq!(stage.answer(list("198.51.100.1, 203.0.113.1")).await.code(), OK);
    // Whoever comes past the proxy shares one place with everybody else who does.
    assert_eq!(stage.answer(from("203.0.113.9", call(LIST_KEYS))).await.code(), OK);
    let unknown = from("203.0.114.9", call(LIST_KEYS)).header("x-forwarded-for", "unknown");
    assert_eq!(stage.answer(unknown).await.code(), RESOURCE_EXHAUSTED);
}

#[tokio::test]
async fn all_together_have_a_limit_too() {
    let stage = Stage::with(&["--reads-per-minute", "2"]).await;
    for address in ["198.51.100.1", "203.0.113.1"] {
        assert_eq!(stage.answer(from(address, call(LIST_KEYS))).await.code(), OK);
    }
    let refused = stage.answer(from("192.0.2.1", call(LIST_KEYS))).await;
    assert_eq!(refusal(&refused), (Duration::from_secs(30), "all".into()));
}

#[tokio::test]
async fn pages_are_limited_in_the_words_of_http() {
    let stage = Stage::with(&["--network-pages-per-minute", "7"]).await;
    for path in ["/", "/nothing", "/readyz", "/.well-known/jwks.json", "/docs", "/assets/x", "/"] {
        assert_ne!(stage.answer(Request::get(path)).await.status, 429, "{path}");
    }
    for path in ["/", "/readyz", "/.well-known/jwks.json"] {
        let answer = stage.answer(Request::get(path)).await;
        assert_eq!((answer.status, answer.header("retry-after")), (429, "9"), "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    // Whoever watches over us does not take us for dead.
    assert_eq!(stage.answer(Request::get("/healthz")).await.status, 200);
    stage.clock.advance(Duration::from_secs(9));
    assert_ne!(stage.answer(Request::get("/")).await.status, 429);
}

#[tokio::test]
async fn limits_can_be_switched_off() {
    let stage = Stage::with(&["--rate-limits", "off", "--user-reads-per-minute", "1"]).await;
    let token = format!("Bearer {}", stage.token());
    for _ in 0..50 {
        assert_eq!(stage.answer(call(GET_ME).header("authorization", &token)).await.code(), OK);
    }
}
