//! Being quiet about conversations, and putting them away.

use std::time::Duration;

use confab_core::{Clock, SystemClock};
use confab_proto::message::v1;
use tonic::{Code, Status};
use uuid::Uuid;

use crate::refusals::violations;
use crate::world::{Person, World};

impl Person {
    pub async fn mute(
        &self,
        conversation: &str,
        until: Option<prost_types::Timestamp>,
    ) -> Result<v1::Conversation, Status> {
        let (conversation_id, mute_until_time) = (conversation.into(), until);
        let request = v1::MuteConversationRequest { conversation_id, mute_until_time };
        let muted = self.conversations().mute_conversation(self.request(request)).await?;
        Ok(muted.into_inner().conversation.unwrap())
    }

    pub async fn archive(&self, conversation: &str) -> Result<v1::Conversation, Status> {
        let request = v1::ArchiveConversationRequest { conversation_id: conversation.into() };
        let archived = self.conversations().archive_conversation(self.request(request)).await?;
        Ok(archived.into_inner().conversation.unwrap())
    }

    pub async fn unarchive(&self, conversation: &str) -> Result<v1::Conversation, Status> {
        let request = v1::UnarchiveConversationRequest { conversation_id: conversation.into() };
        let back = self.conversations().unarchive_conversation(self.request(request)).await?;
        Ok(back.into_inner().conversation.unwrap())
    }

    /// How many conversations are put away.
    async fn archived(&self) -> usize {
        let request = v1::ListConversationsRequest { archived: true, ..Default::default() };
        let listed = self.conversations().list_conversations(self.request(request)).await.unwrap();
        let listed = listed.into_inner().conversations;
        assert!(listed.iter().all(|conversation| conversation.archived));
        listed.len()
    }
}

#[tokio::test]
async fn a_conversation_is_put_away_until_somebody_says_something() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let conversation = ann.say_to(&bob, "hello").await.conversation_id;
    assert!(ann.archive(&conversation).await.unwrap().archived);
    assert_eq!((ann.archived().await, bob.archived().await), (1, 0));
    bob.say_to(&ann, "hi").await;
    assert_eq!(ann.archived().await, 0);
    assert!(!ann.overview(&conversation).await.archived);

    ann.archive(&conversation).await.unwrap();
    assert!(!ann.unarchive(&conversation).await.unwrap().archived);
    assert_eq!(ann.archived().await, 0);
}

#[tokio::test]
async fn what_is_muted_says_until_when_and_stays_put_away() {
    let world = World::new().await;
    let (ann, bob) = (world.person(), world.person());
    let conversation = ann.say_to(&bob, "hello").await.conversation_id;
    let until = Some(SystemClock.now().plus(Duration::from_hours(8)).into());
    assert_eq!(ann.mute(&conversation, until).await.unwrap().mute_until_time, until);
    ann.archive(&conversation).await.unwrap();
    bob.say_to(&ann, "hi").await;
    assert_eq!(ann.archived().await, 1);

    let loud = ann.mute(&conversation, None).await.unwrap();
    assert_eq!((loud.mute_until_time, loud.archived), (None, true));
    bob.say_to(&ann, "are you there?").await;
    assert_eq!(ann.archived().await, 0);
    let past = prost_types::Timestamp { seconds: 1, nanos: 0 };
    assert_eq!(ann.mute(&conversation, Some(past)).await.unwrap().mute_until_time, None);
}

#[tokio::test]
async fn only_ones_own_conversations_are_muted_and_put_away() {
    let world = World::new().await;
    let (ann, bob, eve) = (world.person(), world.person(), world.person());
    let theirs = ann.say_to(&bob, "between us").await.conversation_id;
    for conversation in [theirs.clone(), Uuid::new_v4().to_string()] {
        for refused in [
            eve.mute(&conversation, None).await,
            eve.archive(&conversation).await,
            eve.unarchive(&conversation).await,
        ] {
            let refused = refused.unwrap_err();
            assert_eq!(
                (refused.code(), refused.message()),
                (Code::NotFound, "there is no such conversation")
            );
        }
    }
    let at = |seconds, nanos| Some(prost_types::Timestamp { seconds, nanos });
    for until in [at(-1, 0), at(253_402_300_800, 0), at(i64::MAX, 0), at(1, -1), at(1, 1_000_000_000)] {
        assert_eq!(
            violations(&ann.mute(&theirs, until).await.unwrap_err()),
            ["mute_until_time"],
            "{until:?}"
        );
    }
    let forever = at(253_402_300_799, 999_000_000);
    assert_eq!(ann.mute(&theirs, forever).await.unwrap().mute_until_time, forever);
}
