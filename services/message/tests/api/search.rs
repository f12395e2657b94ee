//! Finding what was said.

use std::time::Duration;

use confab_proto::message::v1;
use tokio::time::{interval, timeout};
use tonic::{Code, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::world::{Person, World};

/// How long it may take until something is found, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn query(query: &str) -> v1::SearchMessagesRequest {
    v1::SearchMessagesRequest { query: query.to_owned(), ..v1::SearchMessagesRequest::default() }
}

async fn search(
    person: &Person,
    request: v1::SearchMessagesRequest,
) -> Result<v1::SearchMessagesResponse, Status> {
    Ok(person.messages().search_messages(person.request(request)).await?.into_inner())
}

async fn texts(person: &Person, request: v1::SearchMessagesRequest) -> Vec<String> {
    search(person, request).await.unwrap().messages.into_iter().map(|message| message.text).collect()
}

/// Waits until `count` messages are found.
async fn found(person: &Person, request: v1::SearchMessagesRequest, count: usize) -> Vec<String> {
    let look = async {
        let mut ticks = interval(Duration::from_millis(50));
        loop {
            ticks.tick().await;
            let found = texts(person, request.clone()).await;
            if found.len() == count {
                return found;
            }
        }
    };
    timeout(PATIENCE, look).await.expect("what was said is found")
}

#[tokio::test]
async fn people_find_what_was_said_to_them_and_by_them() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    ann.say_to(&bob, "The café opens at NINE").await;
    bob.say_to(&ann, "nine? https://cafe.example/hours").await;
    eve.say_to(&ann, "nine lives").await;

    let all = ["nine lives", "nine? https://cafe.example/hours", "The café opens at NINE"];
    assert_eq!(found(&ann, query("Nine"), 3).await, all);
    assert_eq!(texts(&ann, query("CAFE nine")).await, all[1..]);
    assert_eq!(texts(&bob, query("nine")).await, all[1..], "nobody finds what others say to each other");
    assert_eq!(texts(&eve, query("nine")).await, all[..1]);

    let of_bob = v1::SearchMessagesRequest { sender_id: Some(bob.id.to_string()), ..query("nine") };
    assert_eq!(texts(&ann, of_bob).await, all[1..2]);
    let link = v1::SearchMessagesRequest { has: v1::MessageFeature::Link.into(), ..query("nine") };
    assert_eq!(texts(&ann, link).await, all[1..2]);
}

#[tokio::test]
async fn pages_of_what_was_found_follow_each_other() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    for number in 0..7 {
        ann.say_to(&bob, &format!("number {number}")).await;
    }
    let expected = found(&bob, query("number"), 7).await;

    let (mut listed, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = v1::SearchMessagesRequest { page_size: Some(3), page_token, ..query("number") };
        let page = search(&bob, request).await.unwrap();
        assert!(page.messages.len() <= 3);
        listed.extend(page.messages.into_iter().map(|message| message.text));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn a_search_in_one_conversation_stays_in_it() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let with_bob = ann.say_to(&bob, "hello bob").await.conversation_id;
    ann.say_to(&eve, "hello eve").await;
    found(&ann, query("hello"), 2).await;
    let here = |conversation: &str| v1::SearchMessagesRequest {
        conversation_id: Some(conversation.to_owned()),
        ..query("hello")
    };
    assert_eq!(texts(&ann, here(&with_bob)).await, ["hello bob"]);

    for elsewhere in [with_bob.as_str(), &Uuid::new_v4().to_string()] {
        let refused = search(&eve, here(elsewhere)).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotFound);
        assert_eq!(refused.message(), "there is no such conversation");
    }
}

#[tokio::test]
async fn bad_searches_are_refused_with_the_name_of_the_field() {
    let world = World::new().await;
    let ann = world.person();
    for (request, field) in [
        (query(""), "query"),
        (query("?!"), "query"),
        (query(&"x".repeat(201)), "query"),
        (v1::SearchMessagesRequest { page_size: Some(51), ..query("x") }, "page_size"),
        (v1::SearchMessagesRequest { page_size: Some(0), ..query("x") }, "page_size"),
        (v1::SearchMessagesRequest { page_token: "garbage".into(), ..query("x") }, "page_token"),
        (v1::SearchMessagesRequest { conversation_id: Some("x".into()), ..query("x") }, "conversation_id"),
        (v1::SearchMessagesRequest { sender_id: Some("x".into()), ..query("x") }, "sender_id"),
        (v1::SearchMessagesRequest { has: 99, ..query("x") }, "has"),
    ] {
        let refused = search(&ann, request.clone()).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{request:?}");
        let violations = refused.get_error_details().bad_request().unwrap().field_violations.clone();
        assert_eq!(violations[0].field, field, "{request:?}");
    }
    let far = query(&"x".repeat(200));
    assert_eq!(search(&ann, far).await.unwrap(), v1::SearchMessagesResponse::default());
}
