//! Order, and once only.

use confab_core::ClientId;
use confab_core::page::Page;
use futures_util::future::join_all;
use uuid::Uuid;

use super::{NOW, at, draft, every_store, someone, stored};
use crate::domain::{Draft, Event, EventKind, Head, Message};
use crate::store::Appended;

#[tokio::test]
async fn messages_are_numbered_from_one_without_holes() {
    for store in every_store("numbered").await {
        let (name, conversation) = (store.name, store.conversation().await);
        let drafts: Vec<Draft> =
            (1..=5).map(|n| draft(conversation.members[0].user, &format!("{n}"))).collect();

        let messages = &store.stores.messages;
        assert_eq!(messages.head(conversation.id).await.unwrap(), Head::default(), "{name}");
        let first = messages.append(conversation.id, &drafts[..2], at(NOW)).await.unwrap();
        let rest = messages.append(conversation.id, &drafts[2..], at(NOW)).await.unwrap();
        let events: Vec<_> = first.into_iter().chain(rest).map(stored).collect();

        for (expected, (event, draft)) in (1..).zip(events.iter().zip(&drafts)) {
            assert_eq!((event.at.seq, event.at.ordinal), (expected, expected), "{name}");
            assert!(event.came_from(draft), "{name}");
        }
        assert_eq!(messages.list_events(conversation.id, 0, 100).await.unwrap(), events, "{name}");
        assert_eq!(
            messages.head(conversation.id).await.unwrap(),
            Head { seq: 5, ordinal: 5, revision: 0, last_message: 5 },
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_retried_message_is_stored_once() {
    for store in every_store("retried").await {
        let (name, conversation) = (store.name, store.conversation().await);
        let draft = draft(conversation.members[0].user, "hello");

        // Twice in one batch, then again, then again after a restart.
        let twice = [draft.clone(), draft.clone()];
        let outcomes = store.append(conversation.id, &twice).await;
        let original = stored(outcomes[0].clone());
        assert_eq!(outcomes[1], Appended::Replayed(original.clone()), "{name}");

        store.say(&conversation, "something else").await;
        let store = store.restarted().await;
        let again = store.append(conversation.id, &[draft]).await;
        assert_eq!(again, [Appended::Replayed(original)], "{name}");
        assert_eq!(store.stores.messages.head(conversation.id).await.unwrap().seq, 2, "{name}");
    }
}

#[tokio::test]
async fn concurrent_retries_are_stored_once() {
    for store in every_store("concurrentretries").await {
        let (name, conversation) = (store.name, store.conversation().await);
        let draft = [draft(conversation.members[0].user, "hello")];
        let other = store.another_node().await;

        let tries = (0..32).map(|turn| {
            let node = if turn % 2 == 0 { &store } else { &other };
            node.stores.messages.append(conversation.id, &draft, at(NOW))
        });
        let outcomes: Vec<_> = join_all(tries).await.into_iter().flat_map(Result::unwrap).collect();

        let anew = outcomes.iter().filter(|outcome| matches!(outcome, Appended::Stored(_))).count();
        let same = outcomes.iter().all(|outcome| match outcome {
            Appended::Stored(event) | Appended::Replayed(event) => event.seq() == 1,
            _ => false,
        });
        assert!(anew == 1 && same, "{name}: {outcomes:?}");
    }
}

#[tokio::test]
async fn a_whole_batch_may_be_retried_at_once() {
    for store in every_store("wholebatch").await {
        let (name, conversation) = (store.name, store.conversation().await);
        let drafts: Vec<Draft> =
            (0..256).map(|n| draft(conversation.members[n % 2].user, &format!("{n}"))).collect();
        let messages = &store.stores.messages;
        let first = messages.append(conversation.id, &drafts, at(NOW)).await.unwrap();
        let again = messages.append(conversation.id, &drafts, at(NOW)).await.unwrap();
        let replayed: Vec<_> = first.into_iter().map(|outcome| Appended::Replayed(stored(outcome))).collect();
        assert_eq!(again, replayed, "{name}");
    }
}

#[tokio::test]
async fn the_same_client_id_with_other_words_is_a_conflict() {
    for store in every_store("conflict").await {
        let (name, conversation) = (store.name, store.conversation().await);
        let first = draft(conversation.members[0].user, "yes");
        let changed = Draft { kind: draft(first.actor, "no").kind, ..first.clone() };
        let others = Draft { actor: conversation.members[1].user, ..changed.clone() };

        let drafts = [first, changed, others];
        let outcomes = store.append(conversation.id, &drafts).await;
        assert_eq!(outcomes[1], Appended::Conflict { original_seq: 1 }, "{name}");
        // Client ids are the sender's own affair.
        assert_eq!(stored(outcomes[2].clone()).seq(), 2, "{name}");
    }
}

#[tokio::test]
async fn an_event_is_found_by_what_its_actor_calls_it() {
    for store in every_store("byclient").await {
        let (name, conversation) = (store.name, store.conversation().await);
        let (id, draft) = (conversation.id, draft(conversation.members[0].user, "hello"));
        let event = stored(store.append_one(id, draft.clone()).await);
        let find = async |id, actor, client| {
            store.another_node().await.stores.messages.find_by_client(id, actor, client).await.unwrap()
        };
        let client = draft.client.unwrap();
        assert_eq!(find(id, draft.actor, client).await, Some(event), "{name}");
        assert_eq!(find(id, conversation.members[1].user, client).await, None, "{name}: of somebody else");
        assert_eq!(find(store.conversation().await.id, draft.actor, client).await, None, "{name}: elsewhere");
        let unused = ClientId::from_uuid(Uuid::new_v4());
        assert_eq!(find(id, draft.actor, unused).await, None, "{name}");
    }
}

#[tokio::test]
async fn many_writers_leave_no_hole_and_no_double() {
    const WRITERS: usize = 64;
    const EACH: usize = 8;

    for store in every_store("writers").await {
        let (name, conversation) = (store.name, store.conversation().await);
        let nodes = [store.appender(), store.another_node().await.appender()];
        let writers = (0..WRITERS).map(|writer| {
            let (node, sender) = (&nodes[writer % 2], conversation.members[writer % 2].user);
            let conversation = &conversation;
            async move {
                let mut seqs = Vec::new();
                for turn in 0..EACH {
                    let draft = draft(sender, &format!("{writer} {turn}"));
                    seqs.push(stored(node.append(conversation.id, draft).await.unwrap()).seq());
                }
                assert!(seqs.is_sorted(), "{name}: one writer's messages are in the order written");
                seqs
            }
        });
        let mut seqs: Vec<i64> = join_all(writers).await.into_iter().flatten().collect();

        seqs.sort_unstable();
        let expected: Vec<i64> = (1..).take(WRITERS * EACH).collect();
        assert_eq!(seqs, expected, "{name}: what was acknowledged");
        let events = store.stores.messages.list_events(conversation.id, 0, 1_000).await.unwrap();
        assert_eq!(events.iter().map(Event::seq).collect::<Vec<_>>(), expected, "{name}: what is kept");
        assert!(events.iter().all(|event| event.at.seq == event.at.ordinal), "{name}");
    }
}

#[tokio::test]
async fn the_log_is_read_from_either_end() {
    for store in every_store("ends").await {
        let (name, conversation) = (store.name, store.conversation().await);
        for n in 1..=7 {
            store.say(&conversation, &format!("{n}")).await;
        }
        // Neighbours in the index are not in the lists.
        let neighbour = store.conversation().await;
        store.say(&neighbour, "elsewhere").await;

        let messages = &store.stores.messages;
        let seqs = |messages: Vec<Message>| messages.iter().map(Message::seq).collect::<Vec<_>>();
        let after = messages.list_events(conversation.id, 3, 2).await.unwrap();
        assert_eq!(after.iter().map(Event::seq).collect::<Vec<_>>(), [4, 5], "{name}");
        let newest = messages.list_messages(conversation.id, Page { size: 3, after: None }).await.unwrap();
        assert_eq!(seqs(newest), [7, 6, 5], "{name}");
        let older = messages.list_messages(conversation.id, Page { size: 9, after: Some(5) }).await.unwrap();
        assert_eq!(seqs(older), [4, 3, 2, 1], "{name}");
        assert_eq!(messages.list_events(conversation.id, 7, 9).await.unwrap(), [], "{name}");
    }
}

#[tokio::test]
async fn texts_come_back_as_they_were() {
    for store in every_store("texts").await {
        let (name, conversation) = (store.name, store.conversation().await);
        for text in ["e\u{301} and é", "👩\u{200d}👩\u{200d}👧", " $where: {$gt: ''} ", "\u{202e}x\n\t'\";--"]
        {
            let event = store.say(&conversation, text).await;
            let kept = store.stores.messages.list_events(conversation.id, event.seq() - 1, 1).await.unwrap();
            assert_eq!(kept, std::slice::from_ref(&event), "{name}");
            let EventKind::MessageSent(Some(content)) = event.kind else { panic!("{name}: no message") };
            assert_eq!(content.words.text.as_str(), text, "{name}");
        }
    }
}

#[tokio::test]
async fn what_nobody_opened_is_empty() {
    for store in every_store("nothing").await {
        let nowhere = crate::domain::direct_id(someone(), someone());
        let messages = &store.stores.messages;
        assert_eq!(messages.list_events(nowhere, 0, 10).await.unwrap(), [], "{}", store.name);
        assert_eq!(messages.conversation(nowhere, 0).await.unwrap(), None, "{}", store.name);
        assert_eq!(messages.overview(nowhere, someone()).await.unwrap(), None, "{}", store.name);
    }
}
