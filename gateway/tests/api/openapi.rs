//! What the JSON door can do, described for programs and for people.

use std::collections::HashSet;

use axum::extract::Request;
use serde_json::Value;

use crate::stage::Stage;

async fn document() -> Value {
    let answer = Stage::new().await.answer(Request::get("/openapi.json")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    answer.json()
}

#[tokio::test]
async fn every_public_rpc_is_described_and_no_other() {
    let document = document().await;
    let paths = document["paths"].as_object().unwrap();
    let operations: Vec<&Value> =
        paths.values().flat_map(|ways| ways.as_object().unwrap().values()).collect();
    let ids: HashSet<&str> =
        operations.iter().map(|operation| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), operations.len(), "each has a name of its own");
    for service in confab_proto::services() {
        let name = service.name.rsplit('.').next().unwrap();
        let is_described = ids.iter().any(|id| id.starts_with(&format!("{name}_")));
        assert_eq!(is_described, service.package != "confab.internal.v1", "{name}");
    }
    for operation in operations {
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{operation}");
    }
}

#[tokio::test]
async fn limits_words_and_rights_are_those_of_the_contract() {
    let document = document().await;
    let sign_up = &document["paths"]["/v1/auth:signUp"]["post"];
    assert_eq!(sign_up["security"], serde_json::json!([]));
    let schema = &sign_up["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(schema["required"], serde_json::json!(["email", "password", "name"]));
    assert_eq!(schema["properties"]["password"]["minLength"], 8);
    assert_eq!(schema["properties"]["password"]["maxLength"], 256);
    assert!(schema["properties"]["name"]["description"].as_str().unwrap().starts_with("What others see."));

    let send = &document["paths"]["/v1/users/{user_id}/messages"]["post"];
    let schema = &send["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(schema["required"], Value::Null, "a picture says enough: {schema}");
    assert!(schema["properties"]["conversationId"].is_null(), "the path says to whom");
    assert_eq!(send["security"], Value::Null);

    let live = &document["paths"]["/v1/live:subscribe"]["get"];
    assert!(live["responses"]["200"]["content"]["text/event-stream"].is_object());
    let message = &document["components"]["schemas"]["message.v1.Message"];
    assert_eq!(message["properties"]["seq"]["type"], "string");
}

#[tokio::test]
async fn everything_that_is_referred_to_is_there() {
    let document = document().await;
    let mut left = vec![&document];
    while let Some(value) = left.pop() {
        if let Some(name) = value.get("$ref").and_then(Value::as_str) {
            assert!(document.pointer(&name[1..]).is_some(), "{name}");
        }
        left.extend(value.as_object().into_iter().flat_map(|object| object.values()));
        left.extend(value.as_array().into_iter().flatten());
    }
}

#[tokio::test]
async fn people_read_it_without_a_script() {
    let stage = Stage::new().await;
    let page = stage.answer(Request::get("/docs")).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    for inline in ["<script", "style=", "onclick", "src=", "href=\"http"] {
        assert!(!page.body.contains(inline), "{inline}");
    }
    assert!(page.body.contains("/v1/conversations/{conversation_id}:markRead"));
    let again = stage.answer(Request::get("/docs").header("if-none-match", page.header("etag"))).await;
    assert_eq!(again.status, 304);
    assert_eq!(
        stage.answer(Request::get("/docs/page.css")).await.header("content-type"),
        "text/css; charset=utf-8"
    );
}
