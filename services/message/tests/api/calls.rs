//! One call after another.

use confab_core::UserId;
use confab_proto::message::v1;
use confab_proto::message::v1::send_message_request::Target;
use tonic::Code;
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::refusals::{reason, violations};
use crate::world::World;

#[tokio::test]
async fn two_people_talk() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let hello = ann.say_to(&bob, "hello").await;
    let answer = bob.say_to(&ann, "hi").await;
    assert_eq!((hello.seq, answer.seq), (1, 2));
    assert_eq!(hello.conversation_id, answer.conversation_id);

    let conversation_id = hello.conversation_id.clone();
    let request = v1::ListMessagesRequest { conversation_id, ..Default::default() };
    let listed = ann.messages().list_messages(ann.request(request)).await.unwrap().into_inner();
    assert_eq!(listed.messages, [answer.clone(), hello]);
    assert_eq!(listed.next_page_token, "");

    let seen = ann.overview(&answer.conversation_id).await;
    assert_eq!(seen.last_message, Some(answer));
    assert_eq!((seen.unread_count, seen.read_seq), (1, 1), "one has read what one said");
}

#[tokio::test]
async fn a_retry_returns_the_original() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let (target, client) = (Target::UserId(bob.id.to_string()), Uuid::new_v4());
    let first = ann.send(target.clone(), "hello", client).await.unwrap();
    assert!(!first.replayed);
    assert_eq!(first.durability(), v1::Durability::Synced);

    let retry = ann.send(target.clone(), "hello", client).await.unwrap();
    assert!(retry.replayed);
    assert_eq!(retry.message, first.message);

    let changed = ann.send(target, "goodbye", client).await.unwrap_err();
    assert_eq!((changed.code(), reason(&changed).as_str()), (Code::AlreadyExists, "CLIENT_ID_TAKEN"));
    let details = changed.get_error_details();
    assert_eq!(details.error_info().unwrap().metadata["original_seq"], "1");
}

#[tokio::test]
async fn reading_is_remembered() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let mut last = ann.say_to(&bob, "1").await;
    for text in ["2", "3"] {
        last = ann.say_to(&bob, text).await;
    }
    let mark = async |seq| {
        let conversation_id = last.conversation_id.clone();
        bob.conversations().mark_read(bob.request(v1::MarkReadRequest { conversation_id, seq })).await
    };

    let read = mark(2).await.unwrap().into_inner();
    assert_eq!((read.read_seq, read.unread_count), (2, 1));
    let back = mark(1).await.unwrap().into_inner();
    assert_eq!((back.read_seq, back.unread_count), (2, 1));
    assert_eq!(violations(&mark(4).await.unwrap_err()), ["seq"]);
}

#[tokio::test]
async fn pages_lead_through_the_whole_conversation() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let mut conversation_id = String::new();
    for n in 0..7 {
        conversation_id = ann.say_to(&bob, &format!("{n}")).await.conversation_id;
    }
    let (mut seqs, mut page_token) = (Vec::new(), String::new());
    loop {
        let conversation_id = conversation_id.clone();
        let request =
            v1::ListMessagesRequest { conversation_id, page_size: Some(3), page_token, start: None };
        let page = bob.messages().list_messages(bob.request(request)).await.unwrap().into_inner();
        seqs.extend(page.messages.iter().map(|message| message.seq));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seqs, [7, 6, 5, 4, 3, 2, 1]);

    let request = v1::ListEventsRequest { conversation_id, after_seq: 2, page_size: Some(2) };
    let caught_up = bob.messages().list_events(bob.request(request)).await.unwrap().into_inner();
    assert_eq!(caught_up.events.iter().map(|event| event.seq).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(caught_up.head_seq, 7);
}

#[tokio::test]
async fn outsiders_learn_nothing() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let theirs = ann.say_to(&bob, "between us").await.conversation_id;
    let nowhere = Uuid::new_v4().to_string();

    for conversation_id in [theirs, nowhere] {
        let target = Target::ConversationId(conversation_id.clone());
        let sent = eve.send(target, "hello", Uuid::new_v4()).await.map(drop);
        let request =
            v1::ListMessagesRequest { conversation_id: conversation_id.clone(), ..Default::default() };
        let listed = eve.messages().list_messages(eve.request(request)).await.map(drop);
        let request =
            v1::ListEventsRequest { conversation_id: conversation_id.clone(), ..Default::default() };
        let events = eve.messages().list_events(eve.request(request)).await.map(drop);
        let request = v1::MarkReadRequest { conversation_id, seq: 1 };
        let marked = eve.conversations().mark_read(eve.request(request)).await.map(drop);

        for refused in [sent, listed, events, marked] {
            let refused = refused.unwrap_err();
            assert_eq!(
                (refused.code(), refused.message()),
                (Code::NotFound, "there is no such conversation")
            );
        }
    }
}

#[tokio::test]
async fn bad_input_is_refused_by_name() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let to_bob = || Some(Target::UserId(bob.id.to_string()));
    let nobody = UserId::from_uuid(Uuid::new_v4()).to_string();
    let good = Uuid::new_v4().to_string();

    for (field, target, text, client_id) in [
        ("text", to_bob(), String::new(), good.clone()),
        ("text", to_bob(), " \n\u{200b}".into(), good.clone()),
        ("text", to_bob(), "x".repeat(8_001), good.clone()),
        ("text", to_bob(), "a\0b".into(), good.clone()),
        ("client_id", to_bob(), "x".into(), "1".into()),
        ("client_id", to_bob(), "x".into(), String::new()),
        ("target", None, "x".into(), good.clone()),
        ("user_id", Some(Target::UserId("bob".into())), "x".into(), good.clone()),
        ("user_id", Some(Target::UserId(ann.id.to_string())), "x".into(), good.clone()),
        ("user_id", Some(Target::UserId(nobody)), "x".into(), good.clone()),
        ("conversation_id", Some(Target::ConversationId("{}".into())), "x".into(), good.clone()),
    ] {
        let request = v1::SendMessageRequest { target, text, client_id, ..Default::default() };
        let refused = ann.messages().send_message(ann.request(request)).await.unwrap_err();
        assert_eq!(violations(&refused), [field], "{refused:?}");
        assert!(matches!(refused.code(), Code::InvalidArgument | Code::NotFound), "{refused:?}");
    }

    let largest = ann.send(to_bob().unwrap(), &"😀".repeat(8_000), Uuid::new_v4()).await;
    assert_eq!(largest.unwrap().message.unwrap().text.chars().count(), 8_000);
    for (field, page_size, page_token) in
        [("page_size", Some(0), ""), ("page_size", Some(1_000_000), ""), ("page_token", None, "garbage!")]
    {
        let request =
            v1::ListConversationsRequest { page_size, page_token: page_token.into(), archived: false };
        let refused = ann.conversations().list_conversations(ann.request(request)).await.unwrap_err();
        assert_eq!(violations(&refused), [field], "{refused:?}");
    }
}

#[tokio::test]
async fn nobody_speaks_without_a_token() {
    let world = World::new().await;
    let bob = world.person();
    let request = v1::SendMessageRequest {
        target: Some(Target::UserId(bob.id.to_string())),
        text: "hello".into(),
        client_id: Uuid::new_v4().to_string(),
        ..Default::default()
    };
    let refused = world.stranger().send_message(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn talks_go_on_while_auth_is_away() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    ann.say_to(&bob, "hello").await;
    world.auth.set_away(true);
    ann.say_to(&bob, "still there?").await;

    let to_eve = Target::UserId(eve.id.to_string());
    let unknown = ann.send(to_eve.clone(), "hello", Uuid::new_v4()).await.unwrap_err();
    assert_eq!((unknown.code(), reason(&unknown).as_str()), (Code::Unavailable, "AUTH_DOWN"));
    assert!(unknown.get_error_details().retry_info().is_some());
    world.auth.set_away(false);
    ann.send(to_eve, "hello", Uuid::new_v4()).await.unwrap();
}
