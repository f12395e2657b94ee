//! How far people have got, and read.

use confab_core::ConversationId;
use confab_core::UserId;
use uuid::Uuid;

use super::{TestStore, draft, every_store, someone};
use crate::domain::{Advance, Mark, Marks};

impl TestStore {
    async fn advance(
        &self,
        conversation: ConversationId,
        member: UserId,
        [read, delivered]: [i64; 2],
    ) -> Option<Marks> {
        let advance = Advance { conversation, member, read, delivered };
        self.stores.messages.advance_marks(&[advance]).await.unwrap()[0]
    }
}

/// In a conversation of nothing but messages.
fn marks(read: i64, delivered: i64) -> Marks {
    Marks { read: Mark { seq: read, ordinal: read }, delivered }
}

#[tokio::test]
async fn marks_only_move_forward() {
    for store in every_store("marks").await {
        let (name, conversation) = (store.name, store.conversation().await);
        let (id, reader) = (conversation.id, conversation.members[1].user);
        for n in 1..=5 {
            store.say(&conversation, &format!("{n}")).await;
        }
        for (wanted, now) in [
            ([3, 0], marks(3, 3)),
            ([1, 0], marks(3, 3)),
            ([0, 4], marks(3, 4)),
            ([0, 2], marks(3, 4)),
            ([6, 6], marks(3, 4)),
            ([0, 0], marks(3, 4)),
            ([5, 0], marks(5, 5)),
        ] {
            assert_eq!(store.advance(id, reader, wanted).await, Some(now), "{name}: {wanted:?}");
        }
        let overview = store.stores.messages.overview(id, reader).await.unwrap().unwrap();
        assert_eq!((overview.read, overview.unread()), (overview.head.into(), 0), "{name}");
        assert_eq!(store.advance(id, someone(), [1, 1]).await, None, "{name}: a stranger");
        let nowhere = ConversationId::from_uuid(Uuid::new_v4());
        assert_eq!(store.advance(nowhere, reader, [1, 1]).await, None, "{name}: nowhere");
    }
}

#[tokio::test]
async fn many_marks_move_in_one_go() {
    for store in every_store("manymarks").await {
        let (name, one, other) = (store.name, store.conversation().await, store.conversation().await);
        for conversation in [&one, &other] {
            store.say(conversation, "1").await;
            store.say(conversation, "2").await;
        }
        let [sender, reader] = [0, 1].map(|at| one.members[at].user);
        let to = |conversation, member, read| Advance { conversation, member, read, delivered: 2 };
        let advances =
            [to(one.id, reader, 1), to(other.id, reader, 1), to(other.id, other.members[1].user, 2)];
        let moved = store.stores.messages.advance_marks(&advances).await.unwrap();
        assert_eq!(moved, [Some(marks(1, 2)), None, Some(marks(2, 2))], "{name}");

        let mut all = store.stores.messages.marks(one.id).await.unwrap();
        all.sort_unstable_by_key(|(user, _)| *user);
        assert_eq!(all, [(sender, marks(2, 2)), (reader, marks(1, 2))], "{name}");
    }
}

#[tokio::test]
async fn whoever_says_something_has_read_what_was_said_before() {
    for store in every_store("sendersread").await {
        let (conversation, messages) = (store.conversation().await, &store.stores.messages);
        let (one, other) = (conversation.members[0].user, conversation.members[1].user);
        let drafts = [draft(one, "1"), draft(other, "2"), draft(one, "3")];
        store.append(conversation.id, &drafts).await;

        let unread =
            async |member| messages.overview(conversation.id, member).await.unwrap().unwrap().unread();
        assert_eq!((unread(one).await, unread(other).await), (0, 1), "{}", store.name);
        assert_eq!(store.advance(conversation.id, other, [0, 0]).await, Some(marks(2, 2)), "{}", store.name);
    }
}
