//! How much may happen in one conversation, whoever does it (row G08).

use std::sync::Arc;
use std::time::Duration;

use confab_core::{Clock, ManualClock, SystemClock};
use confab_proto::message::v1;
use confab_proto::message::v1::forward_message_request::Target as ForwardTarget;
use confab_proto::message::v1::live_service_client::LiveServiceClient;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::refusals::reason;
use crate::world::{Person, World};

/// What somebody can do to flood others with what they get to see.
const WAYS: usize = 9;

impl Person {
    /// Does one thing after the other in the group `there`, where the message `seq` is.
    async fn try_everything(&self, there: &str, seq: i64) -> [Result<(), Status>; WAYS] {
        let (conversation_id, client_id) = (there.to_owned(), || Uuid::new_v4().to_string());
        let (mut messages, mut conversations) = (self.messages(), self.conversations());
        let edit = v1::EditMessageRequest {
            conversation_id: conversation_id.clone(),
            seq,
            text: "x".into(),
            client_id: client_id(),
            ..Default::default()
        };
        let react =
            v1::AddReactionRequest { conversation_id: conversation_id.clone(), seq, emoji: "👍".into() };
        let take_back =
            v1::RemoveReactionRequest { conversation_id: conversation_id.clone(), seq, emoji: "👍".into() };
        let pin = v1::PinMessageRequest { conversation_id: conversation_id.clone(), seq };
        let unpin = v1::UnpinMessageRequest { conversation_id: conversation_id.clone(), seq };
        let rename = v1::UpdateConversationRequest {
            conversation_id: conversation_id.clone(),
            title: Some("x".into()),
            ..Default::default()
        };
        let forward = v1::ForwardMessageRequest {
            target: Some(ForwardTarget::ConversationId(conversation_id.clone())),
            source_conversation_id: conversation_id.clone(),
            source_seq: seq,
            client_id: client_id(),
        };
        let delete = v1::DeleteMessageRequest { conversation_id, seq };
        [
            self.say_in(there, "x").await.map(drop),
            messages.edit_message(self.request(edit)).await.map(drop),
            messages.add_reaction(self.request(react)).await.map(drop),
            messages.remove_reaction(self.request(take_back)).await.map(drop),
            messages.pin_message(self.request(pin)).await.map(drop),
            messages.unpin_message(self.request(unpin)).await.map(drop),
            conversations.update_conversation(self.request(rename)).await.map(drop),
            messages.forward_message(self.request(forward)).await.map(drop),
            messages.delete_message(self.request(delete)).await.map(drop),
        ]
    }

    async fn is_writing(&self, there: &str) -> Result<(), Status> {
        let request = v1::SetTypingRequest { conversation_id: there.into(), typing: true };
        LiveServiceClient::new(self.channel()).set_typing(self.request(request)).await.map(drop)
    }
}

/// How long whoever was refused has to wait.
fn wait(refused: &Status) -> Duration {
    assert_eq!((refused.code(), reason(refused).as_str()), (Code::ResourceExhausted, "TOO_MANY_REQUESTS"));
    let details = refused.get_error_details();
    assert_eq!(details.error_info().unwrap().metadata["share"], "conversation");
    details.retry_info().unwrap().retry_delay.unwrap()
}

async fn world(count: u32) -> (World, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    (World::with_events_per_minute(count, clock.clone()).await, clock)
}

#[tokio::test]
async fn a_conversation_has_one_share_however_many_people_use_it_up() {
    let (world, clock) = world(3).await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let group = ann.found(&[&bob]).await;
    let aside = bob.say_to(&eve, "hello").await.conversation_id;
    for person in [&ann, &bob, &ann] {
        person.say_in(&group, "hello").await.unwrap();
    }
    for person in [&bob, &ann] {
        assert_eq!(wait(&person.say_in(&group, "hello").await.unwrap_err()), Duration::from_secs(20));
    }
    bob.say_in(&aside, "elsewhere it goes on").await.unwrap();
    clock.advance(Duration::from_secs(20));
    bob.say_in(&group, "hello again").await.unwrap();
    wait(&ann.say_in(&group, "one too many").await.unwrap_err());
}

#[tokio::test]
async fn every_way_to_flood_others_counts_and_leaving_does_not() {
    let (world, _) = world(1).await;
    let (ann, bob) = (world.person(), world.person());
    let group = ann.found(&[&bob]).await;
    let seq = ann.say_in(&group, "the only one").await.unwrap().seq;
    for (place, outcome) in ann.try_everything(&group, seq).await.into_iter().enumerate() {
        assert!(wait(&outcome.expect_err(&format!("way {place}"))) <= Duration::from_mins(1));
    }
    // That somebody is writing is counted apart: nobody is silenced by it.
    bob.is_writing(&group).await.unwrap();
    wait(&ann.is_writing(&group).await.unwrap_err());
    let leave = v1::LeaveConversationRequest { conversation_id: group.clone() };
    bob.conversations().leave_conversation(bob.request(leave)).await.unwrap();
}

#[tokio::test]
async fn whoever_is_not_in_a_conversation_uses_nothing_up() {
    let (world, _) = world(2).await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let group = ann.found(&[&bob]).await;
    for _ in 0..5 {
        for refused in eve.try_everything(&group, 1).await {
            assert_eq!(refused.unwrap_err().code(), Code::NotFound);
        }
        assert_eq!(eve.is_writing(&group).await.unwrap_err().code(), Code::NotFound);
    }
    ann.say_in(&group, "one").await.unwrap();
    bob.say_in(&group, "two").await.unwrap();
    wait(&bob.say_in(&group, "three").await.unwrap_err());
}
