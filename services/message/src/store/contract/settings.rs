//! How members want conversations to be shown.

use std::time::Duration;

use confab_core::page::Page;
use confab_core::{ConversationId, Timestamp, UserId};

use super::{NOW, TestStore, every_store, someone};
use crate::domain::{Setting, Settings, Shelf};

impl TestStore {
    async fn set(&self, conversation: ConversationId, member: UserId, setting: Setting) {
        self.stores.messages.set(conversation, member, setting, NOW).await.unwrap();
    }

    /// What somebody has on a shelf at some time, in the order of the ids.
    async fn on(&self, member: UserId, place: Shelf, now: Timestamp) -> Vec<ConversationId> {
        let page = Page { size: 9, after: None };
        let listed = self.stores.messages.list_overviews(member, place, now, page).await.unwrap();
        let mut ids: Vec<_> = listed.iter().map(|overview| overview.conversation.id).collect();
        ids.sort_unstable();
        ids
    }
}

#[tokio::test]
async fn what_is_put_away_comes_back_with_the_next_message() {
    for store in every_store("archive").await {
        let (name, me) = (store.name, someone());
        let (one, other) = (store.direct(me, someone(), NOW).await, store.direct(me, someone(), NOW).await);
        store.say(&one, "hello").await;
        for away in [&one, &other] {
            store.set(away.id, me, Setting::On(Shelf::Archive)).await;
        }
        assert_eq!(store.on(me, Shelf::Current, NOW).await, [], "{name}");
        let mut both = [one.id, other.id];
        both.sort_unstable();
        assert_eq!(store.on(me, Shelf::Archive, NOW).await, both, "{name}");
        let them = one.members.iter().map(|member| member.user).find(|user| *user != me).unwrap();
        assert_eq!(store.on(them, Shelf::Current, NOW).await, [one.id], "{name}: not for others");

        store.say(&one, "are you there?").await;
        assert_eq!(store.on(me, Shelf::Current, NOW).await, [one.id], "{name}");
        assert_eq!(store.on(me, Shelf::Archive, NOW).await, [other.id], "{name}");
        store.set(other.id, me, Setting::On(Shelf::Current)).await;
        assert_eq!(store.on(me, Shelf::Archive, NOW).await, [], "{name}");
    }
}

#[tokio::test]
async fn what_is_muted_stays_put_away() {
    for store in every_store("mute").await {
        let (name, me) = (store.name, someone());
        let (group, later) = (store.direct(me, someone(), NOW).await, NOW.plus(Duration::from_mins(1)));
        store.set(group.id, me, Setting::On(Shelf::Archive)).await;
        store.set(group.id, me, Setting::MutedUntil(Some(later))).await;
        store.say(&group, "are you there?").await;
        assert_eq!(store.on(me, Shelf::Archive, NOW).await, [group.id], "{name}");
        assert_eq!(store.on(me, Shelf::Current, later).await, [group.id], "{name}");
        let kept = store.stores.messages.overview(group.id, me).await.unwrap().unwrap().settings;
        assert_eq!(kept, Settings { muted_until: Some(later), archived_at: Some(0) }, "{name}");

        store.set(group.id, me, Setting::MutedUntil(None)).await;
        let kept = store.stores.messages.overview(group.id, me).await.unwrap().unwrap().settings;
        assert_eq!(kept, Settings { muted_until: None, archived_at: Some(1) }, "{name}: stays where it is");
        let stranger = someone();
        store.set(group.id, stranger, Setting::MutedUntil(Some(later))).await;
        assert_eq!(store.stores.messages.overview(group.id, stranger).await.unwrap(), None, "{name}");
    }
}
