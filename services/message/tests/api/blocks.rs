//! People who have blocked each other.

use std::sync::Arc;
use std::time::Duration;

use confab_core::{Clock, ManualClock, SystemClock, UserId};
use confab_proto::message::v1;
use confab_proto::message::v1::send_message_request::Target;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::groups::founding;
use crate::world::{Person, World};

/// How long it may take until a block is heeded.
const HEEDED_WITHIN: Duration = Duration::from_secs(5);

/// A world, and its clock, which stands still.
async fn world() -> (World, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    (World::with_clock(clock.clone()).await, clock)
}

async fn send(from: &Person, target: Target) -> Result<v1::SendMessageResponse, Status> {
    from.send(target, "hello", Uuid::new_v4()).await
}

async fn open(person: &Person, other: &str) -> Result<v1::Conversation, Status> {
    let request = v1::OpenDirectConversationRequest { user_id: other.to_owned() };
    let opened = person.conversations().open_direct_conversation(person.request(request)).await?;
    Ok(opened.into_inner().conversation.unwrap())
}

async fn history(person: &Person, conversation_id: &str) -> Vec<String> {
    let request = v1::ListMessagesRequest {
        conversation_id: conversation_id.into(),
        ..v1::ListMessagesRequest::default()
    };
    let listed = person.messages().list_messages(person.request(request)).await.unwrap();
    listed.into_inner().messages.into_iter().map(|message| message.text).collect()
}

#[tokio::test]
async fn who_is_blocked_is_told_the_same_as_if_there_were_nobody() {
    let (world, _clock) = world().await;
    let (ann, bob) = (world.person(), world.person());
    world.auth.block(&ann, &bob);

    for (one, other) in [(&ann, &bob), (&bob, &ann)] {
        let (somebody, nobody) = (other.id.to_string(), Uuid::new_v4().to_string());
        for (refused, expected) in [
            (open(one, &somebody).await.unwrap_err(), open(one, &nobody).await.unwrap_err()),
            (
                send(one, Target::UserId(somebody.clone())).await.unwrap_err(),
                send(one, Target::UserId(nobody.clone())).await.unwrap_err(),
            ),
        ] {
            assert_eq!(refused.code(), Code::NotFound);
            assert_eq!(refused.message(), expected.message());
            let told = |status: &Status| format!("{:?}", status.get_error_details());
            assert_eq!(told(&refused).replace(&somebody, &nobody), told(&expected));
        }
    }
}

#[tokio::test]
async fn neither_can_write_any_more_and_both_can_read() {
    let (world, clock) = world().await;
    let (ann, bob) = (world.person(), world.person());
    let conversation = ann.say_to(&bob, "before").await.conversation_id;
    world.auth.block(&ann, &bob);
    clock.advance(HEEDED_WITHIN);

    let mut told = Vec::new();
    for (one, other) in [(&ann, &bob), (&bob, &ann)] {
        for target in [Target::ConversationId(conversation.clone()), Target::UserId(other.id.to_string())] {
            let refused = send(one, target).await.unwrap_err();
            assert_eq!(refused.code(), Code::PermissionDenied);
            assert_eq!(refused.get_error_details().error_info().unwrap().reason, "NOT_RECEIVING");
            told.push((refused.message().to_owned(), format!("{:?}", refused.get_error_details())));
        }
        assert_eq!(history(one, &conversation).await, ["before"], "nothing was stored");
        assert_eq!(open(one, &other.id.to_string()).await.unwrap().conversation_id, conversation);
    }
    assert!(told.iter().all(|words| *words == told[0]), "who has blocked whom is not told: {told:?}");

    world.auth.unblock_all();
    clock.advance(HEEDED_WITHIN);
    send(&bob, Target::ConversationId(conversation.clone())).await.unwrap();
    assert_eq!(history(&ann, &conversation).await, ["hello", "before"]);
}

#[tokio::test]
async fn outsiders_do_not_learn_of_a_conversation_by_a_block() {
    let (world, clock) = world().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let conversation = ann.say_to(&bob, "before").await.conversation_id;
    world.auth.block(&ann, &bob);
    world.auth.block(&ann, &eve);
    clock.advance(HEEDED_WITHIN);
    let refused = send(&eve, Target::ConversationId(conversation)).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
}

#[tokio::test]
async fn a_block_holds_while_auth_is_away() {
    let (world, clock) = world().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let with_bob = Target::ConversationId(ann.say_to(&bob, "before").await.conversation_id);
    let with_eve = Target::ConversationId(ann.say_to(&eve, "before").await.conversation_id);
    world.auth.block(&bob, &ann);
    clock.advance(HEEDED_WITHIN);
    send(&ann, with_bob.clone()).await.unwrap_err();

    world.auth.set_away(true);
    clock.advance(Duration::from_mins(5));
    assert_eq!(send(&ann, with_bob).await.unwrap_err().code(), Code::PermissionDenied);
    send(&ann, with_eve).await.unwrap();
}

#[tokio::test]
async fn what_was_said_before_a_block_stays_said() {
    let (world, clock) = world().await;
    let (ann, bob) = (world.person(), world.person());
    let (to_bob, client) = (Target::UserId(bob.id.to_string()), Uuid::new_v4());
    let said = ann.send(to_bob.clone(), "before", client).await.unwrap().message.unwrap();
    world.auth.block(&bob, &ann);
    clock.advance(HEEDED_WITHIN);

    for target in [to_bob.clone(), Target::ConversationId(said.conversation_id.clone())] {
        let again = ann.send(target, "before", client).await.unwrap();
        assert_eq!((again.replayed, again.message.as_ref()), (true, Some(&said)));
    }
    let other = ann.send(to_bob.clone(), "something else", client).await.unwrap_err();
    assert_eq!(other.code(), Code::AlreadyExists);
    assert_eq!(send(&ann, to_bob).await.unwrap_err().code(), Code::PermissionDenied);
    assert_eq!(history(&bob, &said.conversation_id).await, ["before"]);
}

#[tokio::test]
async fn those_who_are_kept_apart_do_not_bring_each_other_into_groups() {
    let (world, _clock) = world().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    world.auth.block(&ann, &bob);
    for (one, other) in [(&ann, &bob), (&bob, &ann)] {
        let group = one.found(&[&eve]).await;
        let nobody = Person { id: UserId::new(SystemClock.now()), ..one.clone() };
        for (refused, expected) in [
            (one.add(&group, &[other]).await.unwrap_err(), one.add(&group, &[&nobody]).await.unwrap_err()),
            (
                one.create(founding(&[&eve, other])).await.unwrap_err(),
                one.create(founding(&[&eve, &nobody])).await.unwrap_err(),
            ),
        ] {
            assert_eq!((refused.code(), refused.message()), (Code::NotFound, expected.message()));
            let told = |status: &Status| format!("{:?}", status.get_error_details());
            let [somebody, nobody] = [other, &nobody].map(|person| person.id.to_string());
            assert_eq!(told(&refused).replace(&somebody, &nobody), told(&expected));
        }
        // Who was brought by somebody else is met there, and known.
        let group = eve.found(&[one, other]).await;
        eve.appoint(&group, one, v1::Role::Admin).await.unwrap();
        one.add(&group, &[other]).await.unwrap();
    }
}
