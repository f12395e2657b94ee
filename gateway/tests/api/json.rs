//! The JSON door: what services are asked, and how their answers are told.

use confab_proto::auth::v1::{
    BatchGetUsersRequest, LogInRequest, RevokeSessionRequest, UpdateProfileRequest,
};
use confab_proto::message::v1::send_message_request::Target;
use confab_proto::message::v1::{
    EditMessageRequest, ListMessagesRequest, RemoveReactionRequest, SearchMessagesRequest, SendMessageRequest,
};
use prost::Message;

use crate::stage::{Answer, Asked, SECRET, Stage, json};

const ID: &str = "0190aaaa-bbbb-7ccc-8ddd-0123456789ab";
const OTHER_ID: &str = "0190aaaa-bbbb-7ccc-8ddd-0123456789ac";

/// What a service was asked because of `method path body`, by somebody with a token.
async fn asked(stage: &Stage, method: &str, path: &str, body: &str) -> Asked {
    let answer = send(stage, method, path, body, &[]).await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    stage.asked().pop().unwrap()
}

async fn send(stage: &Stage, method: &str, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = json(method, path).header("authorization", format!("Bearer {}", stage.token()));
    if !body.is_empty() {
        request = request.header("content-type", "application/json");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    stage.answer_body(request, body.to_owned()).await
}

async fn message<M: Message + Default>(stage: &Stage, method: &str, path: &str, body: &str) -> M {
    asked(stage, method, path, body).await.message()
}

#[tokio::test]
async fn path_query_and_body_become_one_message() {
    let stage = Stage::new().await;
    let path = format!("/v1/conversations/{ID}/messages/9007199254740993");
    // What the path says counts, whatever the body says.
    let body = format!(
        r#"{{"conversationId": "{OTHER_ID}", "seq": "1", "text": "ä", "clientId": "{ID}", "mention_ids": ["a", "b"]}}"#
    );
    let edit: EditMessageRequest = message(&stage, "PATCH", &path, &body).await;
    let expected = EditMessageRequest {
        conversation_id: ID.into(),
        seq: 9_007_199_254_740_993,
        text: "ä".into(),
        mention_ids: vec!["a".into(), "b".into()],
        client_id: ID.into(),
    };
    assert_eq!(edit, expected);

    let path = format!("/v1/conversations/{ID}/messages?pageSize=5&page_token=a%2Fb+c");
    let list: ListMessagesRequest = message(&stage, "GET", &path, "").await;
    assert_eq!((list.conversation_id.as_str(), list.page_size), (ID, Some(5)));
    assert_eq!(list.page_token, "a/b c");

    let batch: BatchGetUsersRequest =
        message(&stage, "GET", "/v1/users:batchGet?userIds=b&userIds=a", "").await;
    assert_eq!(batch.user_ids, ["b", "a"]);
    // Both names of a field are one.
    let batch: BatchGetUsersRequest =
        message(&stage, "GET", "/v1/users:batchGet?user_ids=b&userIds=a&user_ids=c", "").await;
    assert_eq!(batch.user_ids, ["b", "c", "a"]);

    let path = "/v1/messages:search?query=x&afterTime=2024-01-01T00:00:00.5Z&has=MESSAGE_FEATURE_LINK";
    let search: SearchMessagesRequest = message(&stage, "GET", path, "").await;
    let after = search.after_time.unwrap();
    assert_eq!((after.seconds, after.nanos, search.has), (1_704_067_200, 500_000_000, 1));

    let path = format!("/v1/conversations/{ID}/messages/1/reactions/%F0%9F%A6%80");
    let reaction: RemoveReactionRequest = message(&stage, "DELETE", &path, "").await;
    assert_eq!(reaction.emoji, "🦀");
}

#[tokio::test]
async fn a_body_may_be_one_field_and_a_path_one_of_several() {
    let stage = Stage::new().await;
    let path = "/v1/me?updateMask=name";
    let update: UpdateProfileRequest = message(&stage, "PATCH", path, r#"{"name": "Ada"}"#).await;
    assert_eq!((update.profile.unwrap().name.as_str(), update.update_mask.unwrap().paths.len()), ("Ada", 1));

    let path = format!("/v1/users/{ID}/messages");
    // The oneof goes the way of the path, too.
    let body = format!(r#"{{"conversationId": "{OTHER_ID}", "text": "hi"}}"#);
    let send: SendMessageRequest = message(&stage, "POST", &path, &body).await;
    assert_eq!(send.target, Some(Target::UserId(ID.into())));

    // Nothing said is nothing set.
    let asked = asked(&stage, "POST", "/v1/auth:logOut", "").await;
    assert_eq!((asked.path.as_str(), asked.message.len()), ("/confab.auth.v1.AuthService/LogOut", 0));
}

#[tokio::test]
async fn a_key_makes_a_call_safe_to_retry() {
    let stage = Stage::new().await;
    let path = format!("/v1/conversations/{ID}/messages");
    for key in [ID.to_owned(), format!("\"{ID}\"")] {
        let headers = [("idempotency-key", key.as_str())];
        assert_eq!(send(&stage, "POST", &path, r#"{"text": "hi"}"#, &headers).await.status, 200);
        assert_eq!(stage.asked().pop().unwrap().message::<SendMessageRequest>().client_id, ID);
    }
    let body = format!(r#"{{"clientId": "{OTHER_ID}"}}"#);
    let answer = send(&stage, "POST", &path, &body, &[("idempotency-key", ID)]).await;
    assert_eq!((answer.status, answer.json()["errors"][0]["field"].as_str()), (400, Some("client_id")));
    // Of what has no such field, a key says nothing.
    assert_eq!(send(&stage, "GET", "/v1/me", "", &[("idempotency-key", "x")]).await.status, 200);
}

#[tokio::test]
async fn an_answer_is_told_with_all_fields_that_have_a_value() {
    let stage = Stage::new().await;
    let answer = send(&stage, "GET", "/v1/me", "", &[]).await;
    assert_eq!(answer.header("content-type"), "application/json");
    // Those that are left at their default too; a person need not know the contract.
    let expected = serde_json::json!({"user": {
        "userId": "u-1", "name": "Ada", "email": "", "createTime": "2023-11-14T22:13:20.120Z",
        "emailVerified": false, "statusText": "", "timeZone": "", "deleted": false, "pictureId": "",
    }});
    assert_eq!(answer.json(), expected);
    assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("confab-")), "{answer:?}");
    assert!(!answer.headers.contains_key("grpc-status") && !answer.headers.contains_key("other"));
    assert!(!answer.header("x-request-id").is_empty());
}

#[tokio::test]
async fn what_a_client_has_already_it_need_not_get_again() {
    let stage = Stage::new().await;
    let first = send(&stage, "GET", "/v1/me", "", &[]).await;
    let tag = first.header("etag");
    assert_eq!(first.header("cache-control"), "private, no-cache");
    for (known, status) in [(tag, 304), (&format!("\"x\", W/{tag}"), 304), ("\"x\"", 200)] {
        let again = send(&stage, "GET", "/v1/me", "", &[("if-none-match", known)]).await;
        assert_eq!((again.status, again.header("etag")), (status, tag));
        assert_eq!(again.body.is_empty(), status == 304);
    }
    // A list is another one each time.
    let list = send(&stage, "GET", "/v1/users", "", &[]).await;
    assert_eq!((list.header("etag"), list.header("cache-control")), ("", "no-store"));
}

#[tokio::test]
async fn the_head_of_an_answer_can_be_asked_for_alone() {
    let stage = Stage::new().await;
    let whole = send(&stage, "GET", "/v1/me", "", &[]).await;
    let head = send(&stage, "HEAD", "/v1/me", "", &[]).await;
    assert_eq!((head.status, head.body.as_str(), head.header("etag")), (200, "", whole.header("etag")));
    assert_eq!(head.header("content-length"), whole.body.len().to_string());

    let options = send(&stage, "OPTIONS", "/v1/me", "", &[]).await;
    assert_eq!((options.status, options.header("allow")), (204, "GET, PATCH, DELETE, HEAD, OPTIONS"));
}

#[tokio::test]
async fn a_browser_gets_its_cookie_and_a_program_its_tokens() {
    let stage = Stage::new().await;
    let body = r#"{"email": "a@b", "password": "p", "sessionDelivery": "SESSION_DELIVERY_COOKIE"}"#;
    let log_in = || json("POST", "/v1/auth:logIn").header("content-type", "application/json; charset=UTF-8");
    let own_page = log_in().header("origin", "https://chat.test").header("sec-fetch-site", "same-origin");
    let answer = stage.answer_body(own_page, body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.header("set-cookie").starts_with(&format!("__Host-confab={SECRET}; Max-Age=60;")));
    assert_eq!(stage.asked()[0].message::<LogInRequest>().session_delivery, 1);

    let other_page = log_in().header("origin", "https://evil.example");
    assert_eq!(stage.answer_body(other_page, body).await.status, 403);
    assert_eq!(stage.asked().len(), 1, "the log-in of another site has no effect");
}

#[tokio::test]
async fn a_cookie_counts_for_our_own_pages_only() {
    let stage = Stage::new().await;
    let path = format!("/v1/me/sessions/{ID}");
    let revoke = || json("DELETE", &path).header("cookie", format!("__Host-confab={SECRET}"));
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "null"), ("x-nothing", "said")] {
        let answer = stage.answer_body(revoke().header(name, value), "").await;
        assert_eq!((answer.status, answer.json()["reason"].as_str()), (403, Some("CROSS_ORIGIN")), "{value}");
    }
    assert!(stage.asked().is_empty());
    let answer = stage.answer_body(revoke().header("sec-fetch-site", "same-origin"), "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let asked = &stage.asked()[0];
    assert_eq!(asked.message::<RevokeSessionRequest>().session_id, ID);
    assert!(asked.headers["authorization"].to_str().unwrap().starts_with("Bearer ey"));
}
