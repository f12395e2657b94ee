//! What browsers are told with every answer (row T08).

use std::path::Path;

use axum::extract::Request;
use http::HeaderMap;
use http::request::Builder;

use crate::stage::{SECRET, Stage, call, call_from_page, json};

const GET_ME: &str = "confab.auth.v1.AuthService/GetMe";
const LOG_IN: &str = "confab.auth.v1.AuthService/LogIn";

/// Headers by which browsers keep others out, in the order of their names.
const SAFETY: [&str; 8] = [
    "content-security-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
];

const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'";
const PAGE: &str = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; \
                    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const DOCS: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const PERMISSIONS: &str =
    "camera=(), display-capture=(), geolocation=(), microphone=(self), midi=(), payment=(), usb=()";

/// What is asked of every kind of route, also of those that do not exist.
fn routes() -> Vec<(&'static str, Builder, &'static str)> {
    let get = Request::get;
    vec![
        ("the page", get("/"), PAGE),
        ("a page of the client", get("/c/0192").header("accept", "text/html"), PAGE),
        ("no file", get("/assets/none.js"), NO_PAGE),
        ("health", get("/healthz"), NO_PAGE),
        ("readiness", get("/readyz"), NO_PAGE),
        ("keys", get("/.well-known/jwks.json"), NO_PAGE),
        ("robots", get("/robots.txt"), NO_PAGE),
        ("security", get("/.well-known/security.txt"), NO_PAGE),
        (
            "a call in JSON",
            Request::post("/v1/auth:logIn").header("content-type", "application/json"),
            NO_PAGE,
        ),
        ("no call in JSON", get("/v1/nothing"), NO_PAGE),
        ("the tutorial's API", get("/api/auth/check"), NO_PAGE),
        ("nothing of it", get("/api/nothing"), NO_PAGE),
        ("a socket", get("/socket.io/?EIO=4&transport=polling"), NO_PAGE),
        ("another method", Request::delete("/healthz"), NO_PAGE),
        ("a file", get("/media/01920000-0000-7000-8000-000000000001"), NO_PAGE),
        ("no form of a file", get("/media/01920000-0000-7000-8000-000000000001/huge"), NO_PAGE),
        ("an upload", Request::post("/media"), NO_PAGE),
        ("an upload in pieces", Request::options("/media/uploads"), NO_PAGE),
        ("a call", call(LOG_IN), NO_PAGE),
        ("a call from our page", call_from_page(LOG_IN), NO_PAGE),
        ("a call that is refused", call(GET_ME), NO_PAGE),
        ("a dead cookie", call_from_page(GET_ME).header("cookie", "__Host-confab=x"), NO_PAGE),
        ("no method", call("confab.auth.v1.AuthService/Nothing"), NO_PAGE),
        ("no service", call("grpc.health.v1.Nothing/Check"), NO_PAGE),
        ("health of gRPC", call("grpc.health.v1.Health/Check"), NO_PAGE),
        ("a call that is no POST", get("/x").header("content-type", "application/grpc"), NO_PAGE),
        ("a preflight", Request::options("/x").header("origin", "https://evil.example"), NO_PAGE),
    ]
}

fn safety(headers: &HeaderMap) -> Vec<(&str, &str)> {
    let all = SAFETY.iter().flat_map(|name| headers.get_all(*name).iter().map(move |value| (*name, value)));
    all.map(|(name, value)| (name, value.to_str().unwrap())).collect()
}

/// The lines of `docs/surface.txt` under `heading`, which a test of the whole program compares with what is there.
fn listed(heading: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/surface.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let part = text.split("\n## ").find_map(|part| part.strip_prefix(heading)?.strip_prefix('\n')).unwrap();
    let lines = part.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}

/// `path`, with an id in place of everything in braces.
fn filled(path: &str) -> String {
    let filled = |(place, part)| if place % 2 == 0 { part } else { "01920000-0000-7000-8000-000000000001" };
    path.split(['{', '}']).enumerate().map(filled).collect()
}

/// Everything that there is, by who asks and by who does not say who they are.
fn all_routes(token: &str) -> Vec<(String, Builder, &'static str)> {
    // Some of the pretended services answer late or never.
    const SOON: (&str, &str) = ("grpc-timeout", "100m");
    let mut all = Vec::new();
    for authorization in [token, ""] {
        let with = |request: Builder| request.header("authorization", authorization).header(SOON.0, SOON.1);
        for path in listed("RPCs") {
            all.push((path.clone(), with(call(&path[1..])), NO_PAGE));
        }
        for line in listed("JSON") {
            let (method, path) = line.split_once(' ').unwrap();
            let request = json(method, &filled(path)).header("content-type", "application/json");
            all.push((line.clone(), with(request), NO_PAGE));
        }
    }
    for line in listed("Others") {
        let (method, path) = line.split_once(' ').unwrap();
        let policy = match path {
            "/" => PAGE,
            "/docs" | "/docs/page.css" | "/openapi.json" => DOCS,
            _ => NO_PAGE,
        };
        all.push((line.clone(), json(method, &filled(path)), policy));
    }
    all
}

#[tokio::test]
async fn every_answer_says_how_to_keep_others_out() {
    let tls = ["--tls-cert", "cert.pem", "--tls-key", "key.pem"];
    for settings in [&[][..], &tls] {
        let stage = Stage::with(&[settings, &["--rate-limits", "off"]].concat()).await;
        let special = routes().into_iter().map(|(what, request, policy)| (what.to_owned(), request, policy));
        let all = all_routes(&format!("Bearer {}", stage.token()));
        assert!(all.len() > 400, "{}", all.len());
        for (what, request, policy) in special.chain(all) {
            let answer = stage.answer(request).await;
            let mut expected = vec![
                ("content-security-policy", policy),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
                ("permissions-policy", PERMISSIONS),
                ("referrer-policy", "same-origin"),
                ("strict-transport-security", "max-age=31536000"),
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
            ];
            expected.retain(|(name, _)| !settings.is_empty() || *name != "strict-transport-security");
            assert_eq!(safety(&answer.headers), expected, "{what}");
            for name in ["server", "x-powered-by", "access-control-allow-origin", "via"] {
                assert!(!answer.headers.contains_key(name), "{what}: {name}");
            }
            for cookie in answer.headers("set-cookie") {
                assert!(cookie.starts_with("__Host-confab"), "{what}: {cookie}");
                assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"), "{what}: {cookie}");
            }
        }
    }
}

#[tokio::test]
async fn whoever_finds_a_weakness_learns_whom_to_tell_if_somebody_is_named() {
    let contact = "mailto:security@chat.example";
    let stage = Stage::with(&["--security-contact", contact]).await;
    let answer = stage.answer(Request::get("/.well-known/security.txt")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/plain; charset=utf-8"));
    assert!(answer.body.starts_with(&format!("Contact: {contact}\nExpires: 2")), "{answer:?}");

    let nobody = Stage::new().await;
    let request = Request::get("/.well-known/security.txt").header("accept", "text/html");
    assert_eq!(nobody.answer(request).await.status, 404);
    let robots = nobody.answer(Request::get("/robots.txt")).await;
    assert_eq!((robots.status, robots.body.as_str()), (200, "User-agent: *\nDisallow: /\n"));
}

#[tokio::test]
async fn what_is_said_to_one_person_is_kept_by_no_cache() {
    let stage = Stage::new().await;
    let cookie = format!("__Host-confab={SECRET}");
    for request in [call_from_page(GET_ME).header("cookie", cookie), call_from_page(LOG_IN)] {
        assert_eq!(stage.answer(request).await.header("cache-control"), "no-store");
    }
}
