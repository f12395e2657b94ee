//! What becomes of messages and groups after they began.

use confab_core::page::Page;
use confab_core::{ConversationId, Timestamp, UserId};
use uuid::Uuid;

use super::{NOW, TestStore, at, draft, every_store, someone, stored, wants, words};
use crate::domain::{
    Content, Draft, Emoji, Event, EventKind, Form, Founding, History, Mark, Message, Profile, Refusal, Role,
    Update,
};
use crate::members::Members;
use crate::store::Appended;

fn emoji(text: &str) -> Emoji {
    Emoji::from_store(text.into())
}

fn new_group() -> ConversationId {
    ConversationId::from_uuid(Uuid::new_v4())
}

fn founding(members: &[UserId], history: History) -> EventKind {
    let mut members = members.to_vec();
    members.sort_unstable();
    let profile = Profile { title: "Trip".into(), ..Profile::default() };
    EventKind::GroupCreated(Founding { profile, history, members })
}

impl TestStore {
    /// Lets `actor` do something, and returns the event that it became.
    async fn does(&self, conversation: ConversationId, actor: UserId, kind: EventKind) -> Event {
        stored(self.append_one(conversation, wants(actor, kind)).await)
    }

    async fn message(&self, conversation: ConversationId, seq: i64) -> Message {
        self.stores.messages.find_messages(conversation, &[seq]).await.unwrap().remove(0)
    }

    async fn roles(&self, conversation: ConversationId, revision: i64) -> Vec<(UserId, Role)> {
        let found = self.stores.messages.conversation(conversation, revision).await.unwrap().unwrap();
        assert!(found.revision >= revision);
        found.members.iter().map(|member| (member.user, member.role)).collect()
    }
}

#[tokio::test]
async fn what_somebody_said_is_found_until_it_is_taken_back_also_after_they_left() {
    for store in every_store("said").await {
        let (name, group, [owner, leaver]) = (store.name, new_group(), [someone(), someone()]);
        store.does(group, owner, founding(&[leaver], History::Everything)).await;
        let mut said = Vec::new();
        for text in ["one", "two", "three"] {
            said.push(stored(store.append_one(group, draft(leaver, text)).await).seq());
            store.append_one(group, draft(owner, "not this")).await;
        }
        let list =
            async |after, limit| store.stores.messages.list_said(group, leaver, after, limit).await.unwrap();
        assert_eq!(list(0, 9).await, said, "{name}");
        assert_eq!(list(said[0], 1).await, [said[1]], "{name}");

        store.does(group, leaver, EventKind::MemberLeft { member: leaver }).await;
        store.does(group, leaver, EventKind::MessageDeleted { target: said[1] }).await;
        assert_eq!(list(0, 9).await, [said[0], said[2]], "{name}");
        assert_eq!(store.message(group, said[1]).await.content, None, "{name}");
    }
}

#[tokio::test]
async fn a_message_looks_as_it_was_last_put() {
    for store in every_store("edits").await {
        let (name, conversation) = (store.name, store.conversation().await);
        let (id, [one, other]) = (conversation.id, [0, 1].map(|at| conversation.members[at].user));
        let said = store.say(&conversation, "helo").await;
        let edit = |text: &str| EventKind::MessageEdited { target: said.seq(), words: Some(words(text)) };
        let first = store.does(id, one, edit("hello")).await;
        let second = store.does(id, one, edit("hello!")).await;
        assert_eq!((second.at.seq, second.at.ordinal, second.at.last_message), (3, 1, 1), "{name}");

        let store = store.restarted().await;
        let listed = store.stores.messages.list_messages(id, Page { size: 9, after: None }).await.unwrap();
        let content =
            Content { words: words("hello!"), reply_to: None, forwarded: None, attachments: Vec::new() };
        assert_eq!(listed.len(), 1, "{name}");
        assert_eq!(listed[0].content, Some(content), "{name}");
        assert_eq!(listed[0].edited, Some(NOW), "{name}");
        let edits =
            store.stores.messages.list_edits(id, said.seq(), Page { size: 9, after: None }).await.unwrap();
        assert_eq!(edits, [second, first], "{name}: all ways it was put");

        let same = store.append_one(id, wants(one, edit("hello!"))).await;
        assert_eq!(same, Appended::Unchanged, "{name}");
        let theirs = store.append_one(id, wants(other, edit("bye"))).await;
        assert_eq!(theirs, Appended::Refused(Refusal::NotTheirs(1)), "{name}");
        let missing = EventKind::MessageEdited { target: 2, words: Some(words("x")) };
        let missing = store.append_one(id, wants(one, missing)).await;
        assert_eq!(missing, Appended::Refused(Refusal::NoSuchMessage(2)), "{name}: an edit is no message");
    }
}

#[tokio::test]
async fn nothing_is_left_of_what_was_deleted() {
    for store in every_store("deletes").await {
        let (name, conversation) = (store.name, store.conversation().await);
        let (id, one) = (conversation.id, conversation.members[0].user);
        let sending = draft(one, "secret");
        let target = stored(store.append_one(id, sending.clone()).await).seq();
        store.does(id, one, EventKind::MessageEdited { target, words: Some(words("very secret")) }).await;
        store.does(id, one, EventKind::ReactionAdded { target, emoji: emoji("👍") }).await;
        store.does(id, one, EventKind::MessagePinned { target }).await;
        let deleted = store.does(id, one, EventKind::MessageDeleted { target }).await;

        let events = store.stores.messages.list_events(id, 0, 9).await.unwrap();
        assert!(events.iter().all(|event| event.text_bytes() == 0), "{name}: {events:?}");
        assert_eq!(events.len(), 5, "{name}: what happened, happened");
        let message = store.message(id, target).await;
        assert_eq!((message.content, message.deleted), (None, Some(NOW)), "{name}");
        assert_eq!(message.reactions, [], "{name}");
        let now = store.stores.messages.conversation(id, deleted.at.revision).await.unwrap().unwrap();
        assert_eq!(now.pins, [] as [i64; 0], "{name}: not pinned any more");

        let retried = store.append_one(id, sending).await;
        assert!(matches!(retried, Appended::Replayed(event) if event.seq() == target), "{name}");
        let again = store.append_one(id, wants(one, EventKind::MessageDeleted { target })).await;
        assert_eq!(again, Appended::Unchanged, "{name}");
        let late =
            store.append_one(id, wants(one, EventKind::ReactionAdded { target, emoji: emoji("👎") })).await;
        assert_eq!(late, Appended::Refused(Refusal::Deleted(target)), "{name}");
    }
}

#[tokio::test]
async fn what_is_deleted_has_no_words_for_what_comes_after_it() {
    for store in every_store("deletesinbatch").await {
        let (name, conversation) = (store.name, store.conversation().await);
        let (id, one) = (conversation.id, conversation.members[0].user);
        let sending = draft(one, "secret");
        let target = stored(store.append_one(id, sending.clone()).await).seq();
        let edit = |text| EventKind::MessageEdited { target, words: Some(words(text)) };
        let editing = wants(one, edit("very secret"));
        stored(store.append_one(id, editing.clone()).await);

        // Whoever has a name of theirs for it, and other words: before, they differ; after, nobody can tell.
        let otherwise = |draft: &Draft, kind| Draft { kind, ..draft.clone() };
        let sent_otherwise = otherwise(&sending, draft(one, "public").kind);
        let edited_otherwise = otherwise(&editing, edit("public"));
        let deleting = wants(one, EventKind::MessageDeleted { target });
        let batch = [&sent_otherwise, &edited_otherwise, &deleting, &sent_otherwise, &edited_otherwise];
        let outcomes = store.append(id, &batch.map(Clone::clone)).await;
        let conflict = |original_seq| Appended::Conflict { original_seq };
        assert_eq!(outcomes[..2], [conflict(target), conflict(target + 1)], "{name}");
        stored(outcomes[2].clone());
        for (outcome, seq) in outcomes[3..].iter().zip(target..) {
            let Appended::Replayed(event) = outcome else { panic!("{name}: {outcome:?}") };
            assert_eq!((event.seq(), event.text_bytes()), (seq, 0), "{name}");
        }
    }
}

#[tokio::test]
async fn reactions_come_and_go() {
    for store in every_store("reactions").await {
        let (name, conversation) = (store.name, store.conversation().await);
        let (id, [one, other]) = (conversation.id, [0, 1].map(|at| conversation.members[at].user));
        let target = store.say(&conversation, "hello").await.seq();
        let add = |text: &str| EventKind::ReactionAdded { target, emoji: emoji(text) };
        let remove = |text: &str| EventKind::ReactionRemoved { target, emoji: emoji(text) };
        for _ in 0..3 {
            store.does(id, one, add("👍")).await;
            store.does(id, other, add("👍")).await;
            store.does(id, one, remove("👍")).await;
            assert_eq!(store.append_one(id, wants(one, remove("👍"))).await, Appended::Unchanged, "{name}");
            let message = store.message(id, target).await;
            assert_eq!(message.reactions.len(), 1, "{name}");
            assert_eq!(message.reactions[0].users, [other], "{name}");
            store.does(id, other, remove("👍")).await;
        }
        for n in 0..20 {
            store.does(id, one, add(&n.to_string())).await;
        }
        let more = store.append_one(id, wants(one, add("20"))).await;
        assert_eq!(more, Appended::Refused(Refusal::TooManyReactions), "{name}");
        let same = store.append_one(id, wants(other, add("19"))).await;
        assert!(matches!(same, Appended::Stored(_)), "{name}");
    }
}

#[tokio::test]
async fn people_come_into_a_group_and_go() {
    for store in every_store("groups").await {
        let (name, id) = (store.name, new_group());
        let (ann, bob, eve) = (someone(), someone(), someone());
        let found = wants(ann, founding(&[bob], History::FromJoining));
        let first = stored(store.append_one(id, found.clone()).await);
        assert_eq!((first.at.seq, first.at.revision, first.at.ordinal), (1, 1, 0), "{name}");
        let again = store.append_one(id, found).await;
        assert_eq!(again, Appended::Replayed(first), "{name}");

        store.append_one(id, draft(bob, "before Eve")).await;
        let denied = store.append_one(id, wants(bob, EventKind::MembersJoined { members: vec![eve] })).await;
        assert_eq!(denied, Appended::Refused(Refusal::Needs(Role::Admin)), "{name}");
        store.does(id, ann, EventKind::MembersJoined { members: vec![eve, bob] }).await;
        let seen = store.stores.messages.overview(id, eve).await.unwrap().unwrap();
        assert_eq!((seen.unread(), seen.last_message.clone()), (0, None), "{name}: nothing from before");
        assert_eq!(seen.conversation.member(eve).unwrap().since, Mark { seq: 2, ordinal: 1 }, "{name}");

        store.does(id, ann, EventKind::RoleChanged { member: bob, role: Role::Owner }).await;
        let left = store.does(id, ann, EventKind::MemberLeft { member: ann }).await;
        let mut expected = vec![(bob, Role::Owner), (eve, Role::Member)];
        expected.sort_unstable();
        assert_eq!(store.roles(id, left.at.revision).await, expected, "{name}");
        let outside = store.append_one(id, draft(ann, "still here?")).await;
        assert_eq!(outside, Appended::Refused(Refusal::NotIn), "{name}");
        assert_eq!(store.stores.messages.overview(id, ann).await.unwrap(), None, "{name}");
        assert_eq!(store.stores.messages.heads(&[ann]).await.unwrap(), [], "{name}");

        let last = store.append_one(id, wants(bob, EventKind::MemberLeft { member: bob })).await;
        assert_eq!(last, Appended::Refused(Refusal::LastOwner), "{name}");
        let many = EventKind::MembersJoined { members: (0..7).map(|_| someone()).collect() };
        let many = store.append_one(id, wants(bob, many)).await;
        assert_eq!(many, Appended::Refused(Refusal::TooManyMembers(super::MEMBERS_MAX)), "{name}");

        let notes = async |range, limit| {
            let found = store.stores.messages.list_notes(id, range, limit).await.unwrap();
            found.iter().map(Event::seq).collect::<Vec<_>>()
        };
        assert_eq!(notes((0, i64::MAX), 9).await, [5, 4, 3, 1], "{name}: all but what was said");
        assert_eq!(notes((1, 5), 9).await, [4, 3], "{name}: between two");
        assert_eq!(notes((0, i64::MAX), 2).await, [5, 4], "{name}: the newest");

        let back = store.does(id, bob, EventKind::MembersJoined { members: vec![ann] }).await;
        let seen = store.stores.messages.overview(id, ann).await.unwrap().unwrap();
        assert_eq!(seen.conversation.member(ann).unwrap().since.seq, back.seq() - 1, "{name}: came back");
    }
}

#[tokio::test]
async fn a_group_is_what_its_events_made_of_it_also_after_a_restart() {
    for store in every_store("profile").await {
        let (name, id, ann) = (store.name, new_group(), someone());
        store.does(id, ann, founding(&[someone()], History::Everything)).await;
        let picture = confab_core::MediaId::from_uuid(Uuid::new_v4());
        let update =
            Update { title: Some("Journey".into()), picture: Some(Some(picture)), description: None };
        store.does(id, ann, EventKind::ConversationUpdated(update.clone())).await;
        let same = store.append_one(id, wants(ann, EventKind::ConversationUpdated(update))).await;
        assert_eq!(same, Appended::Unchanged, "{name}");

        let store = store.restarted().await;
        let kept = store.stores.messages.conversation(id, 0).await.unwrap().unwrap();
        let profile = Profile { title: "Journey".into(), description: String::new(), picture: Some(picture) };
        assert_eq!(kept.form, Form::Group { profile, history: History::Everything }, "{name}");
        assert_eq!(kept.revision, 2, "{name}");
    }
}

#[tokio::test]
async fn another_node_knows_who_was_removed() {
    for store in every_store("removed").await {
        let (name, id) = (store.name, new_group());
        let (ann, bob) = (someone(), someone());
        store.does(id, ann, founding(&[bob], History::Everything)).await;
        let node = store.another_node().await;
        stored(node.append_one(id, draft(bob, "hello")).await);
        store.does(id, ann, EventKind::MemberLeft { member: bob }).await;
        let outside = node.append_one(id, draft(bob, "still here?")).await;
        assert_eq!(outside, Appended::Refused(Refusal::NotIn), "{name}");
        stored(store.append_one(id, draft(ann, "gone")).await);
        assert_eq!(node.stores.messages.head(id).await.unwrap().seq, 4, "{name}");
        let time = at(Timestamp::from_millis(NOW.as_millis()));
        let alone = node.stores.messages.append(id, &[draft(ann, "from there")], time).await.unwrap();
        assert_eq!(stored(alone[0].clone()).at.revision, 2, "{name}");
        assert_eq!(store.stores.messages.finish().await.unwrap(), 0, "{name}: nothing is left undone");
    }
}

#[tokio::test]
async fn another_node_knows_what_is_pinned() {
    for store in every_store("pinned").await {
        let (name, conversation) = (store.name, store.conversation().await);
        let (id, ann) = (conversation.id, conversation.members[0].user);
        store.say(&conversation, "hello").await;
        let node = store.another_node().await;
        let members = Members::new(node.stores.messages.clone());
        let kept = members.require(id, ann).await.unwrap();
        for (kind, pins) in [
            (EventKind::MessagePinned { target: 1 }, vec![1]),
            (EventKind::MessageUnpinned { target: 1 }, vec![]),
        ] {
            store.does(id, ann, kind).await;
            let page = Page { size: 1, after: None };
            let found = node.stores.messages.list_messages(id, page).await.unwrap();
            let now = members.as_of(kept.clone(), &found).await.unwrap();
            assert_eq!(now.conversation.pins, pins, "{name}");
        }
    }
}
