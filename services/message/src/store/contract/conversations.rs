//! Who talks with whom, and how far they have read.

use std::time::Duration;

use confab_core::UserId;
use confab_core::page::Page;
use futures_util::future::join_all;

use super::{NOW, draft, every_store, someone};
use crate::domain::{Conversation, Head, Mark, Message, Shelf};
use crate::store::MemberHead;

#[tokio::test]
async fn a_conversation_opened_twice_is_one() {
    for store in every_store("openedtwice").await {
        let (one, other) = (someone(), someone());
        let later = NOW.plus(Duration::from_secs(1));
        let node = store.another_node().await;
        let openings = (0..8).map(|at| {
            let node = if at % 2 == 0 { &store } else { &node };
            let opened = if at < 4 {
                Conversation::direct(one, other, NOW)
            } else {
                Conversation::direct(other, one, NOW)
            };
            node.stores.messages.open_direct(opened)
        });
        join_all(openings).await.into_iter().for_each(Result::unwrap);

        let again = store.direct(one, other, later).await;
        let kept = store.stores.messages.conversation(again.id, 0).await.unwrap().unwrap();
        assert_eq!(kept.created, NOW, "{}: the first to open it", store.name);
        assert_eq!(kept.members, again.members, "{}", store.name);
    }
}

#[tokio::test]
async fn only_members_see_a_conversation() {
    for store in every_store("onlymembers").await {
        let conversation = store.conversation().await;
        let said = store.say(&conversation, "hello").await;
        let messages = &store.stores.messages;

        let reader = conversation.members[1].user;
        let seen = messages.overview(conversation.id, reader).await.unwrap().unwrap();
        assert_eq!(*seen.conversation, conversation, "{}", store.name);
        assert_eq!(seen.last_message, Message::sent_by(said), "{}", store.name);
        assert_eq!(seen.unread(), 1, "{}", store.name);
        assert_eq!(messages.overview(conversation.id, someone()).await.unwrap(), None, "{}", store.name);
    }
}

#[tokio::test]
async fn conversations_are_listed_by_their_last_activity_in_pages() {
    for store in every_store("lastactivity").await {
        let (me, messages) = (someone(), &store.stores.messages);
        let mut expected = Vec::new();
        for at in 0..7_u64 {
            let other = someone();
            // Opened in one order, active in another, and two at the same moment.
            let opened = store.direct(me, other, NOW.plus(Duration::from_secs(at))).await;
            let active = NOW.plus(Duration::from_secs(100 - at / 2));
            if at < 6 {
                messages.append(opened.id, &[draft(other, "hello")], super::at(active)).await.unwrap();
                expected.push((active, opened.id));
            } else {
                expected.push((opened.created, opened.id));
            }
        }
        expected.sort_by(|one, other| other.cmp(one));

        let mut listed = Vec::new();
        let mut after = None;
        loop {
            let page = store.listed(me, Shelf::Current, Page { size: 3, after }).await;
            let Some(last) = page.last() else { break };
            after = Some((last.active(), last.conversation.id.as_uuid()));
            listed.extend(page.iter().map(|overview| (overview.active(), overview.conversation.id)));
        }
        assert_eq!(listed, expected, "{}", store.name);
        assert_eq!(store.listed(someone(), Shelf::Current, Page { size: 3, after: None }).await, []);
    }
}

#[tokio::test]
async fn heads_tell_how_far_all_conversations_of_some_people_have_come() {
    for store in every_store("heads").await {
        let (me, stranger, messages) = (someone(), someone(), &store.stores.messages);
        let (mut mine, mut theirs) = (Vec::new(), Vec::new());
        for count in 1..=3 {
            let other = someone();
            let opened = store.direct(me, other, NOW).await;
            let drafts: Vec<_> = (0..count).map(|n| draft(other, &format!("{n}"))).collect();
            store.append(opened.id, &drafts).await;
            let head = Head { seq: count, ordinal: count, revision: 0, last_message: count };
            let expected = MemberHead { member: me, conversation: opened.id, since: Mark::default(), head };
            mine.push(expected);
            theirs.push(MemberHead { member: other, ..expected });
        }

        let heads = async |members: &[UserId]| {
            let mut heads = messages.heads(members).await.unwrap();
            heads.sort_by_key(|found| (found.head.seq, found.member != me));
            heads
        };
        assert_eq!(heads(&[me]).await, mine, "{}", store.name);
        let both = [mine[0], theirs[0], mine[1], mine[2]];
        assert_eq!(heads(&[theirs[0].member, stranger, me]).await, both, "{}", store.name);
        assert_eq!(heads(&[]).await, [], "{}", store.name);
    }
}

#[tokio::test]
async fn the_epoch_stays_the_same() {
    for store in every_store("epoch").await {
        let (name, epoch) = (store.name, store.stores.messages.epoch().await.unwrap());
        let restarted = store.restarted().await;
        assert_eq!(restarted.stores.messages.epoch().await.unwrap(), epoch, "{name}");
        assert!(!epoch.is_empty(), "{name}");
    }
}
