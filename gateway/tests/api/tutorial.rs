//! The API of the tutorial's app: what it becomes, and what it answers.

use confab_proto::auth::v1::{self as auth, LogInRequest, SignUpRequest, User};
use confab_proto::message::v1::{self as message, ListMessagesRequest, SendMessageRequest};
use confab_rpc::Failure;
use http::request::Builder;
use prost::Message;
use serde_json::json;
use tonic::Code;

use crate::stage::{Answer, DEAD_SECRET, Given, SECRET, Stage, json};

pub const ADA: &str = "0192c1f0-0000-7000-8000-00000000000a";
pub const BEN: &str = "0192c1f0-0000-7000-8000-00000000000b";
const TALK: &str = "0192c1f0-0000-5000-8000-0000000000ab";

/// A request of a page of our own, with a session.
pub fn ask(method: &str, path: &str) -> Builder {
    from_page(method, path).header("cookie", format!("__Host-confab={SECRET}"))
}

/// The same before somebody has signed in.
pub fn from_page(method: &str, path: &str) -> Builder {
    let request = json(method, path).header("sec-fetch-site", "same-origin");
    if method == "GET" { request } else { request.header("content-type", "application/json") }
}

pub fn user(id: &str, name: &str, email: &str) -> User {
    let create_time = Some(prost_types::Timestamp { seconds: 1_700_000_000, nanos: 120_000_000 });
    User { user_id: id.into(), name: name.into(), email: email.into(), create_time, ..User::default() }
}

pub fn said(seq: i64, sender: &str, text: &str) -> message::Message {
    let create_time = Some(prost_types::Timestamp { seconds: 1_700_000_000 + seq, nanos: 0 });
    message::Message {
        conversation_id: TALK.into(),
        seq,
        ordinal: seq,
        sender_id: sender.into(),
        text: text.into(),
        create_time,
        ..message::Message::default()
    }
}

/// A stage on which Ada is signed in, and talks with Ben.
pub async fn stage() -> Stage {
    let stage = Stage::new().await;
    let ada = user(ADA, "Ada", "ada@example.org");
    stage.say("GetMe", vec![auth::GetMeResponse { user: Some(ada.clone()) }.encode_to_vec()]);
    stage.say(
        "SignUp",
        vec![auth::SignUpResponse { user: Some(ada.clone()), ..Default::default() }.encode_to_vec()],
    );
    stage.say("LogIn", vec![auth::LogInResponse { user: Some(ada), ..Default::default() }.encode_to_vec()]);
    let conversation = message::Conversation { conversation_id: TALK.into(), ..Default::default() };
    let opened = message::OpenDirectConversationResponse { conversation: Some(conversation) };
    stage.say("OpenDirectConversation", vec![opened.encode_to_vec()]);
    stage
}

pub fn says(answer: &Answer, status: u16, message: &str) {
    assert_eq!((answer.status, answer.json()), (status, json!({ "message": message })), "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/json");
}

#[tokio::test]
async fn who_signs_up_or_logs_in_is_told_who_they_are_and_gets_the_cookie() {
    let stage = stage().await;
    let person = json!({ "_id": ADA, "fullName": "Ada", "email": "ada@example.org", "profilePic": "" });

    let body = r#"{"fullName":"Ada","email":"ada@example.org","password":"long enough","more":1}"#;
    let answer = stage.answer_body(from_page("POST", "/api/auth/signup"), body).await;
    assert_eq!((answer.status, answer.json()), (201, person.clone()));
    let asked: SignUpRequest = stage.take_asked()[0].message();
    assert_eq!(
        (asked.name.as_str(), asked.email.as_str(), asked.session_delivery),
        ("Ada", "ada@example.org", 1)
    );

    let body = r#"{"email":"ada@example.org","password":"long enough"}"#;
    let answer = stage.answer_body(from_page("POST", "/api/auth/login"), body).await;
    assert_eq!((answer.status, answer.json()), (200, person));
    let cookie = format!("__Host-confab={SECRET}; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Strict");
    assert_eq!(answer.headers("set-cookie")[0], cookie);
    assert_eq!(answer.header("cache-control"), "no-store");
    let asked: LogInRequest = stage.take_asked()[0].message();
    assert_eq!((asked.email.as_str(), asked.password.as_str()), ("ada@example.org", "long enough"));
}

#[tokio::test]
async fn a_bad_entry_is_refused_in_the_words_of_the_app() {
    let stage = stage().await;
    for body in [
        "{}",
        r#"{"fullName":" ","email":"a@b","password":"long enough"}"#,
        r#"{"fullName":["x"],"email":{},"password":7}"#,
    ] {
        says(
            &stage.answer_body(from_page("POST", "/api/auth/signup"), body).await,
            400,
            "All fields are required",
        );
    }
    let short = r#"{"fullName":"Ada","email":"a@b","password":"1234567"}"#;
    let answer = stage.answer_body(from_page("POST", "/api/auth/signup"), short).await;
    says(&answer, 400, "Password must be at least 8 characters");
    for body in [r#"{"email":{"$regex":"^a"},"password":"x"}"#, r#"{"email":"a@b"}"#, "{}"] {
        says(
            &stage.answer_body(from_page("POST", "/api/auth/login"), body).await,
            400,
            "Invalid credentials",
        );
    }
    assert!(stage.asked().is_empty(), "nobody is asked about what makes no sense");

    let good = r#"{"fullName":"Ada","email":"a@b","password":"long enough"}"#;
    for (code, reason, path, message) in [
        (Code::AlreadyExists, "EMAIL_TAKEN", "/api/auth/signup", "Email already exists"),
        (Code::Unauthenticated, "WRONG_CREDENTIALS", "/api/auth/login", "Invalid credentials"),
    ] {
        stage.give(Given::Failure(Failure::new(code, reason).into_status_saying("no")));
        let answer = stage.answer_body(from_page("POST", path), good).await;
        says(&answer, 400, message);
        assert!(answer.headers("set-cookie").is_empty(), "{answer:?}");
    }
}

#[tokio::test]
async fn the_cookie_counts_for_our_own_pages_only() {
    let stage = stage().await;
    let body = r#"{"email":"a@b","password":"long enough"}"#;
    let cookie = format!("__Host-confab={SECRET}");
    for site in ["cross-site", "same-site"] {
        let other =
            |method, path| json(method, path).header("sec-fetch-site", site).header("cookie", &cookie);
        let log_in = other("POST", "/api/auth/login").header("content-type", "application/json");
        let answer = stage.answer_body(log_in, body).await;
        assert_eq!((answer.status, answer.headers("set-cookie").len()), (403, 0), "{answer:?}");
        for path in ["/api/auth/check", "/api/messages/users", "/socket.io/?EIO=4&transport=polling"] {
            assert_eq!(stage.answer(other("GET", path)).await.status, 403, "{path}");
        }
    }
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn without_a_session_there_is_nothing_and_a_dead_one_is_forgotten() {
    let stage = stage().await;
    let paths =
        ["/api/auth/check", "/api/messages/users", "/api/messages/x", "/socket.io/?EIO=4&transport=polling"];
    for path in paths {
        let nobody = stage.answer(from_page("GET", path)).await;
        says(&nobody, 401, "Unauthorized - No Token Provided");
        let token = from_page("GET", path).header("authorization", format!("Bearer {}", stage.token()));
        assert_eq!(stage.answer(token).await.status, 401, "this door is for browsers");
        let dead = from_page("GET", path).header("cookie", format!("__Host-confab={DEAD_SECRET}"));
        let dead = stage.answer(dead).await;
        says(&dead, 401, "Unauthorized - No Token Provided");
        assert!(dead.header("set-cookie").starts_with("__Host-confab=; Max-Age=0"), "{dead:?}");
    }
    let gone = stage.answer_body(from_page("POST", "/api/auth/logout"), "").await;
    says(&gone, 200, "Logged out successfully");
    let gone = stage.answer_body(ask("POST", "/api/auth/logout"), "").await;
    says(&gone, 200, "Logged out successfully");
    assert!(gone.header("set-cookie").starts_with("__Host-confab=; Max-Age=0"), "{gone:?}");
}

#[tokio::test]
async fn people_have_the_shape_that_the_app_knows_and_their_e_mail_for_themselves() {
    let stage = stage().await;
    let full = |id: &str, name: &str, email: &str| {
        let time = "2023-11-14T22:13:20.120Z";
        json!({ "_id": id, "fullName": name, "email": email, "profilePic": "", "createdAt": time, "updatedAt": time, "__v": 0 })
    };
    let answer = stage.answer(ask("GET", "/api/auth/check")).await;
    assert_eq!((answer.status, answer.json()), (200, full(ADA, "Ada", "ada@example.org")));

    let users = vec![user(ADA, "Ada", ""), user(BEN, "Ben", "")];
    let page = auth::ListUsersResponse { users, ..Default::default() };
    stage.say("ListUsers", vec![page.encode_to_vec()]);
    let answer = stage.answer(ask("GET", "/api/messages/users")).await;
    assert_eq!((answer.status, answer.json()), (200, json!([full(BEN, "Ben", "")])));
}

#[tokio::test]
async fn at_most_five_hundred_people_and_messages_are_listed() {
    let stage = stage().await;
    let users = (0..100).map(|count| user(&format!("u-{count}"), "Somebody", "")).collect();
    let page = auth::ListUsersResponse { users, next_page_token: "more".into() };
    stage.say("ListUsers", vec![page.encode_to_vec()]);
    let answer = stage.answer(ask("GET", "/api/messages/users")).await;
    assert_eq!(answer.json().as_array().unwrap().len(), 500);

    let messages = (1..=100).rev().map(|seq| said(seq, BEN, "again")).collect();
    let page =
        message::ListMessagesResponse { messages, next_page_token: "more".into(), ..Default::default() };
    stage.say("ListMessages", vec![page.encode_to_vec()]);
    let answer = stage.answer(ask("GET", &format!("/api/messages/{BEN}"))).await;
    assert_eq!(answer.json().as_array().unwrap().len(), 500);
}

#[tokio::test]
async fn a_history_is_oldest_first_and_leaves_out_what_was_deleted() {
    let stage = stage().await;
    let deleted = message::Message { delete_time: said(2, BEN, "").create_time, ..said(2, BEN, "") };
    let messages = vec![said(3, ADA, "hello Ben"), deleted, said(1, BEN, "hello Ada")];
    let page = message::ListMessagesResponse { messages, ..Default::default() };
    stage.say("ListMessages", vec![page.encode_to_vec()]);
    let answer = stage.answer(ask("GET", &format!("/api/messages/{BEN}"))).await;
    let shape = |seq: i64, from: &str, to: &str, text: &str| {
        let time = format!("2023-11-14T22:13:{:02}.000Z", 20 + seq);
        json!({ "_id": format!("{TALK}-{seq}"), "senderId": from, "receiverId": to, "text": text, "createdAt": time, "updatedAt": time, "__v": 0 })
    };
    assert_eq!(answer.json(), json!([shape(1, BEN, ADA, "hello Ada"), shape(3, ADA, BEN, "hello Ben")]));

    stage.take_asked();
    let earlier = message::GetMessageResponse { message: Some(said(42, BEN, "x")) };
    stage.say("GetMessage", vec![earlier.encode_to_vec()]);
    let answer = stage.answer(ask("GET", &format!("/api/messages/{BEN}?before={TALK}-42"))).await;
    assert_eq!(answer.status, 200);
    let asked: ListMessagesRequest = stage.asked().last().unwrap().message();
    let start = message::list_messages_request::Start::FromOrdinal(1);
    assert_eq!((asked.start, asked.page_size), (Some(start), Some(41)), "those just before it");

    let answer = stage.answer(ask("GET", &format!("/api/messages/{BEN}?before=x"))).await;
    assert_eq!(answer.status, 400);
    for nobody in ["x", ADA, "%ff"] {
        let answer = stage.answer(ask("GET", &format!("/api/messages/{nobody}"))).await;
        assert_eq!((answer.status, answer.json()), (200, json!([])), "{nobody}");
    }
}

#[tokio::test]
async fn what_is_sent_is_a_message_to_that_person() {
    let stage = stage().await;
    let sent = message::SendMessageResponse { message: Some(said(7, ADA, "hello")), ..Default::default() };
    stage.say("SendMessage", vec![sent.encode_to_vec()]);
    let path = format!("/api/messages/send/{BEN}");
    let answer = stage.answer_body(ask("POST", &path), r#"{"text":"hello","image":null}"#).await;
    let body = answer.json();
    assert_eq!(
        (answer.status, &body["_id"], &body["receiverId"]),
        (201, &json!(format!("{TALK}-7")), &json!(BEN))
    );
    assert!(body.get("image").is_none(), "{body}");
    let asked: SendMessageRequest = stage.asked().last().unwrap().message();
    let to = message::send_message_request::Target::UserId(BEN.into());
    assert_eq!((asked.target, asked.text.as_str()), (Some(to), "hello"));

    stage.take_asked();
    for (path, body) in [
        (path.as_str(), r#"{"text":" "}"#),
        (&path, r#"{"text":"","image":null}"#),
        (&path, r#"{"text":{"$ne":1}}"#),
        (&path, r#"{"text":"a","image":"https://elsewhere.example/a.png"}"#),
        (&path, r#"{"text":"a","image":"data:text/html;base64,AAAA"}"#),
        (&path, "[]"),
        (&path, "{"),
        (&path, "\u{feff}{}"),
        ("/api/messages/send/nobody", r#"{"text":"a"}"#),
        (&format!("/api/messages/send/{ADA}"), r#"{"text":"a"}"#),
    ] {
        let answer = stage.answer_body(ask("POST", path), body).await;
        assert_eq!(answer.status, 400, "{path} {body}: {answer:?}");
        assert!(answer.json()["message"].is_string(), "{body}");
    }
    assert!(stage.asked().iter().all(|asked| !asked.path.ends_with("SendMessage")));
}

#[tokio::test]
async fn whatever_is_wrong_is_said_as_json() {
    let stage = stage().await;
    let plain = |path| json("POST", path).header("sec-fetch-site", "same-origin");
    let large = format!(r#"{{"email":"{}"}}"#, "x".repeat(70_000));
    let deep = "[".repeat(10_000);
    let zipped = from_page("POST", "/api/auth/login").header("content-encoding", "gzip");
    for (status, request, body) in [
        (404, from_page("GET", "/api/nothing"), ""),
        (404, from_page("GET", "/api"), ""),
        (404, from_page("GET", "/api/auth/check/"), ""),
        (405, from_page("GET", "/api/auth/login"), ""),
        (405, from_page("POST", "/api/auth/check"), ""),
        (413, from_page("POST", "/api/auth/login"), large.as_str()),
        (415, plain("/api/auth/login"), "{}"),
        (415, plain("/api/auth/login").header("content-type", "text/plain"), "{}"),
        (415, zipped, "{}"),
        (400, from_page("POST", "/api/auth/login"), ""),
        (400, from_page("POST", "/api/auth/login"), deep.as_str()),
        (400, from_page("POST", "/api/auth/login"), r#"{"email":"a","email":"b"}"#),
    ] {
        let answer = stage.answer_body(request, body.to_owned()).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (status, "application/json"),
            "{answer:?}"
        );
        assert!(answer.json()["message"].is_string(), "{answer:?}");
    }
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn the_rates_are_those_of_every_other_door() {
    let stage = Stage::with(&["--user-reads-per-minute", "2"]).await;
    for expected in [200, 200, 429] {
        let answer = stage.answer(ask("GET", "/api/auth/check")).await;
        assert_eq!(answer.status, expected, "{answer:?}");
        assert_eq!(answer.headers.contains_key("retry-after"), expected == 429);
    }
}
