//! The JSON door: what it refuses, and in which words.

use axum::body::Body;
use serde_json::json as value;

use crate::stage::{Answer, Stage, json};

const ID: &str = "0190aaaa-bbbb-7ccc-8ddd-0123456789ab";

async fn post(stage: &Stage, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
    let mut request = json("POST", path).header("authorization", format!("Bearer {}", stage.token()));
    if !kind.is_empty() {
        request = request.header("content-type", kind);
    }
    stage.answer_body(request, body).await
}

async fn get(stage: &Stage, path: &str) -> Answer {
    let request = json("GET", path).header("authorization", format!("Bearer {}", stage.token()));
    stage.answer_body(request, "").await
}

#[tokio::test]
async fn a_body_that_cannot_be_read_never_reaches_a_service() {
    let stage = Stage::new().await;
    let deep = format!(r#"{{"title": {}"#, "[".repeat(10_000));
    for body in [
        &b"{"[..],
        b"[]",
        b"null",
        b"7",
        b"\"x\"",
        b"{} {}",
        b"{}\0",
        b"{'title': 'x'}",
        b"{\"title\": \"\xff\"}",
        b"\xef\xbb\xbf{}",
        b"{\"title\": \"\\ud800\"}",
        b"{\"title\": 1e999}",
        deep.as_bytes(),
    ] {
        let answer = post(&stage, "/v1/conversations:createGroup", "application/json", body.to_vec()).await;
        let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (400, Some("INVALID_ARGUMENT")),
            "{shown}"
        );
        assert_eq!(answer.json()["reason"], "INVALID_JSON", "{shown}: {answer:?}");
    }
    let many = format!(r#"{{"memberIds": [{}""]}}"#, r#""","#.repeat(20_000));
    let answer = post(&stage, "/v1/conversations:createGroup", "application/json", many).await;
    assert_eq!((answer.status, answer.json()["reason"].as_str()), (400, Some("TOO_MANY_VALUES")));
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn a_field_that_is_wrong_is_named() {
    let stage = Stage::new().await;
    for (body, field) in [
        (r#"{"titel": "x"}"#, "titel"),
        (r#"{"title": "x", "title": "y"}"#, "title"),
        (r#"{"clientId": "x", "client_id": "x"}"#, "client_id"),
        (r#"{"title": 7}"#, "title"),
        (r#"{"memberIds": "x"}"#, "memberIds"),
        (r#"{"memberIds": ["x", 7]}"#, "memberIds[1]"),
        (r#"{"history": "NO_SUCH"}"#, "history"),
        (r#"{"history": 99999999999999999999999}"#, "history"),
    ] {
        let answer = post(&stage, "/v1/conversations:createGroup", "application/json", body).await;
        assert_eq!((answer.status, answer.json()["reason"].as_str()), (400, Some("INVALID_FIELD")), "{body}");
        assert_eq!(answer.json()["errors"][0]["field"], field, "{body}: {answer:?}");
    }
    for (query, field) in [
        ("pagesize=1", "pagesize"),
        ("pageSize=x", "pageSize"),
        ("pageSize=1&pageSize=2", "pageSize"),
        ("pageSize=1&page_size=1", "pageSize"),
        ("pageSize=99999999999", "pageSize"),
        ("archived=yes", "archived"),
        ("pageSize.x=1", "pageSize.x"),
        ("=1", ""),
    ] {
        let answer = get(&stage, &format!("/v1/conversations?{query}")).await;
        assert_eq!(
            (answer.status, answer.json()["errors"][0]["field"].as_str()),
            (400, Some(field)),
            "{query}"
        );
    }
    for path in [
        format!("/v1/conversations/{ID}/messages/x"),
        format!("/v1/conversations/{ID}/messages/1?seq=1"),
        "/v1/conversations/%ff/messages/1".to_owned(),
    ] {
        assert_eq!(get(&stage, &path).await.status, 400, "{path}");
    }
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn a_body_is_json_and_says_so() {
    let stage = Stage::new().await;
    for kind in ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"] {
        let answer = post(&stage, "/v1/auth:logOut", kind, "{}").await;
        assert_eq!((answer.status, answer.header("accept")), (415, "application/json"), "{kind}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    let token = format!("Bearer {}", stage.token());
    let packed = json("POST", "/v1/auth:logOut").header("authorization", &token);
    let packed = packed.header("content-type", "application/json").header("content-encoding", "gzip");
    assert_eq!(stage.answer_body(packed, "{}").await.status, 415);

    let get =
        json("GET", "/v1/me").header("authorization", &token).header("content-type", "application/json");
    let answer = stage.answer_body(get, "{}").await;
    assert_eq!((answer.status, answer.json()["reason"].as_str()), (400, Some("BODY_NOT_EXPECTED")));
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let stage = Stage::with(&["--request-max-bytes", "1000"]).await;
    let body = |size: usize| format!(r#"{{"title": "{}"}}"#, "x".repeat(size - 13));
    let path = "/v1/conversations:createGroup";
    assert_eq!(post(&stage, path, "application/json", body(1_000)).await.status, 200);
    let answer = post(&stage, path, "application/json", body(1_001)).await;
    assert_eq!((answer.status, answer.json()["reason"].as_str()), (413, Some("REQUEST_TOO_LARGE")));
    assert_eq!(stage.asked().len(), 1);
}

#[tokio::test]
async fn only_the_exact_path_leads_anywhere() {
    let stage = Stage::new().await;
    for path in [
        "/v1",
        "/v1/",
        "/v1/me/",
        "/v1//me",
        "/v1/ME",
        "/v1/%6de",
        "/v1/me:x",
        "/v1/./me",
        "/v1/../v1/me",
        "/v1/confab.auth.v1.AuthService/GetMe",
        "/v1/internal",
        "/v1/users/",
        "/v1/users:nothing",
    ] {
        let answer = get(&stage, path).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (404, "application/problem+json"),
            "{path}"
        );
    }
    // These are for the web client, which is asked for a page only.
    for path in ["/V1/me", "/v1%2fme", "//v1/me", "/v12/me"] {
        assert_eq!(get(&stage, path).await.status, 404, "{path}");
    }
    let answer = post(&stage, "/v1/users", "", "").await;
    assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD, OPTIONS"));
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn every_path_of_the_contract_asks_who_calls() {
    let stage = Stage::new().await;
    for path in ["/v1/me", "/v1/users", "/v1/conversations", &format!("/v1/conversations/{ID}/messages/x")] {
        for authorization in ["", "Bearer", "Bearer x.y.z", "Basic eDp5"] {
            let answer =
                stage.answer_body(json("GET", path).header("authorization", authorization), "").await;
            assert_eq!((answer.status, answer.header("www-authenticate")), (401, "Bearer"), "{path}");
            assert_eq!(answer.json()["code"], "UNAUTHENTICATED");
        }
    }
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn a_failure_is_told_with_its_details() {
    let stage = Stage::new().await;
    let path = format!("/v1/conversations/{ID}/messages/1");
    let request = json("DELETE", &path).header("authorization", format!("Bearer {}", stage.token()));
    let answer = stage.answer_body(request.header("x-request-id", "mine-1"), "").await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "2"));
    let expected = value!({
        "type": "about:blank", "title": "Too Many Requests", "status": 429,
        "detail": "that is one too many", "code": "RESOURCE_EXHAUSTED", "reason": "TOO_MANY",
        "domain": "confab", "metadata": {"max": "3"},
        "errors": [{"field": "seq", "detail": "is one too many"}], "requestId": "mine-1",
    });
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn our_own_headers_do_not_come_in() {
    let stage = Stage::new().await;
    let request = json("GET", "/v1/auth/signingKeys").header("confab-user", "root").header("cookie", "a=b");
    let request = request.header("grpc-encoding", "gzip").header("grpc-timeout", "5S").header("x-mine", "1");
    assert_eq!(stage.answer_body(request, "").await.status, 200);
    let headers = &stage.asked()[0].headers;
    for gone in ["confab-user", "cookie", "grpc-encoding", "accept", "content-length", "x-mine"] {
        assert!(!headers.contains_key(gone), "{gone}");
    }
    assert!(headers.contains_key("grpc-timeout"));
}
