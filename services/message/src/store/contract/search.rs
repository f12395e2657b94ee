//! What every index promises, and what it is once it has followed the log.

use std::time::Duration;

use confab_core::{ConversationId, Timestamp, UserId};
use confab_rpc::Shutdown;
use tokio::time::{interval, timeout};
use uuid::Uuid;

use super::{NOW, TestStore, at, draft, every_store, someone, wants, words};
use crate::domain::{EventKind, Message};
use crate::search::{Entry, Feature, Found, Place, Query, Scope, Search};
use crate::store::Chunk;

const EPOCH: &str = "this history";
/// How long the indexer may take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A message, as far as a search goes.
#[derive(Clone)]
struct Said {
    conversation: ConversationId,
    seq: i64,
    sender: UserId,
    second: i64,
    text: &'static str,
}

impl Said {
    fn entry(&self) -> Entry {
        let said = draft(self.sender, self.text);
        let EventKind::MessageSent(content) = said.kind else { panic!("not a message") };
        let at = crate::domain::Head { seq: self.seq, ..Default::default() };
        Entry::of(&Message {
            conversation: self.conversation,
            at,
            sender: self.sender,
            client: None,
            created: time(self.second),
            content,
            edited: None,
            deleted: None,
            reactions: Vec::new(),
            revision: 0,
        })
    }

    fn place(&self) -> Place {
        Place { created: time(self.second), conversation: self.conversation.as_uuid(), seq: self.seq }
    }
}

fn time(second: i64) -> Timestamp {
    Timestamp::from_millis(NOW.as_millis() + 1_000 * second)
}

fn conversation(number: u128) -> ConversationId {
    ConversationId::from_uuid(Uuid::from_u128(number))
}

fn search(query: &str, conversations: &[ConversationId]) -> Search {
    Search {
        scopes: conversations.iter().map(|&conversation| Scope { conversation, since: 0 }).collect(),
        query: Query::new(query).unwrap(),
        sender: None,
        feature: None,
        after: None,
        before: None,
        behind: None,
        limit: 100,
    }
}

impl TestStore {
    /// Indexes each message by itself.
    async fn index_all(&self, all: &[Said]) {
        for said in all {
            self.index(said.conversation, said.seq, vec![said.entry()]).await;
        }
    }

    async fn index(&self, conversation: ConversationId, to: i64, entries: Vec<Entry>) {
        self.stores.index.index(EPOCH, Chunk { conversation, to, entries }).await.unwrap();
    }

    async fn find(&self, search: &Search) -> Found {
        let found = self.stores.index.find(search).await.unwrap();
        assert!(found.places.len() <= search.limit, "{}", self.name);
        found
    }

    async fn seqs(&self, search: &Search) -> Vec<i64> {
        self.find(search).await.places.iter().map(|place| place.seq).collect()
    }

    /// Reads all pages.
    async fn find_all(&self, search: &Search) -> Vec<Place> {
        let (mut search, mut all) = (search.clone(), Vec::new());
        loop {
            let Found { places, next } = self.find(&search).await;
            all.extend(places);
            assert!(next.is_none() || next < search.behind || search.behind.is_none(), "{}", self.name);
            search.behind = next;
            if next.is_none() {
                return all;
            }
        }
    }

    /// Waits until all of `conversation` is indexed.
    async fn indexed(&self, conversation: ConversationId) {
        let epoch = self.stores.messages.epoch().await.unwrap();
        let head = self.stores.messages.head(conversation).await.unwrap().seq;
        let follow = async {
            let mut ticks = interval(Duration::from_millis(20));
            while self.stores.index.indexed(&epoch, conversation).await.unwrap() < head {
                ticks.tick().await;
            }
        };
        timeout(PATIENCE, follow).await.expect("the indexer follows the log");
    }
}

#[tokio::test]
async fn pages_are_complete_and_the_newest_comes_first() {
    for store in every_store("search_pages").await {
        let (name, sender) = (store.name, someone());
        let mut all = Vec::new();
        for seq in 1..=20 {
            for number in 1..=3 {
                // Some at the same time in several conversations, and some back in time.
                let (second, text) =
                    (seq / 3 * 2 % 7, if seq % 2 == 0 { "red apples" } else { "green apples" });
                all.push(Said { conversation: conversation(number), seq, sender, second, text });
            }
        }
        store.index_all(&all).await;

        let mine = [conversation(1), conversation(3), conversation(4)];
        for query in ["apples", "red apples", "green", "red green", "pears"] {
            let has = |text: &str| query.split(' ').all(|word| text.contains(word));
            let mut expected: Vec<Place> = all
                .iter()
                .filter(|said| mine.contains(&said.conversation) && has(said.text))
                .map(Said::place)
                .collect();
            expected.sort_unstable_by(|one, other| other.cmp(one));
            for limit in [1, 2, 7, 20, 100] {
                let found = store.find_all(&Search { limit, ..search(query, &mine) }).await;
                assert_eq!(found, expected, "{name}: {query}, pages of {limit}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_found_is_as_it_is_wanted() {
    for store in every_store("search_filters").await {
        let (name, id, ann, bob) = (store.name, conversation(1), someone(), someone());
        let said = |seq, sender, text| Said { conversation: id, seq, sender, second: seq, text };
        store
            .index_all(&[
                said(1, ann, "lunch?"),
                said(2, bob, "lunch at https://example.com"),
                said(3, ann, "Lunch: http://example.org/menu"),
                said(4, bob, "no lunch today"),
            ])
            .await;
        let lunch = search("LUNCH", &[id]);
        let since = |since| vec![Scope { conversation: id, since }];
        for (wanted, expected) in [
            (lunch.clone(), [4, 3, 2, 1].as_slice()),
            (Search { sender: Some(ann), ..lunch.clone() }, &[3, 1]),
            (Search { sender: Some(someone()), ..lunch.clone() }, &[]),
            (Search { feature: Some(Feature::Link), ..lunch.clone() }, &[3, 2]),
            (Search { feature: Some(Feature::Link), sender: Some(bob), ..lunch.clone() }, &[2]),
            (Search { after: Some(time(2)), ..lunch.clone() }, &[4, 3, 2]),
            (Search { before: Some(time(2)), ..lunch.clone() }, &[1]),
            (Search { after: Some(time(2)), before: Some(time(4)), ..lunch.clone() }, &[3, 2]),
            (Search { scopes: since(2), ..lunch.clone() }, &[4, 3]),
            (Search { scopes: since(4), ..lunch.clone() }, &[]),
            (Search { scopes: Vec::new(), ..lunch.clone() }, &[]),
        ] {
            assert_eq!(store.seqs(&wanted).await, expected, "{name}: {wanted:?}");
        }
    }
}

#[tokio::test]
async fn something_rare_among_much_that_is_frequent_is_found() {
    for store in every_store("search_rare").await {
        let (name, id, sender) = (store.name, conversation(1), someone());
        let many = |seq| Said { conversation: id, seq, sender, second: seq, text: "the" };
        let found_by = someone();
        let mut entries: Vec<Entry> = (1..=350).map(|seq| many(seq).entry()).collect();
        entries[9].sender = found_by;
        store.index(id, 350, entries).await;

        // So many that little of each is looked at in one go.
        let others =
            (0..1_000).map(|_| Scope { conversation: conversation(Uuid::new_v4().as_u128()), since: 0 });
        let mut wanted = Search { sender: Some(found_by), limit: 5, ..search("the", &[id]) };
        wanted.scopes.extend(others);
        assert_eq!(store.find_all(&wanted).await, [many(10).place()], "{name}");
        let all = store.find_all(&Search { sender: None, limit: 50, ..wanted }).await;
        assert_eq!(all, (1..=350).rev().map(|seq| many(seq).place()).collect::<Vec<_>>(), "{name}");
    }
}

#[tokio::test]
async fn a_mark_moves_forward_only_and_belongs_to_one_history() {
    for store in every_store("search_marks").await {
        let (name, id, index) = (store.name, conversation(1), store.stores.index.clone());
        assert_eq!(index.indexed(EPOCH, id).await.unwrap(), 0, "{name}");
        for (to, expected) in [(3, 3), (2, 3), (7, 7), (7, 7)] {
            store.index(id, to, Vec::new()).await;
            assert_eq!(index.indexed(EPOCH, id).await.unwrap(), expected, "{name}");
        }
        assert_eq!(index.indexed("another history", id).await.unwrap(), 0, "{name}");
        index.index("another history", Chunk { conversation: id, to: 1, entries: Vec::new() }).await.unwrap();
        assert_eq!(index.indexed("another history", id).await.unwrap(), 1, "{name}");
        assert_eq!(index.indexed(EPOCH, id).await.unwrap(), 0, "{name}");
    }
}

#[tokio::test]
async fn what_was_indexed_too_late_changes_nothing() {
    for store in every_store("search_late").await {
        let (name, id, sender) = (store.name, conversation(1), someone());
        let said = |text| Said { conversation: id, seq: 1, sender, second: 1, text }.entry();
        store.index(id, 2, vec![said("new words")]).await;
        store.index(id, 1, vec![said("old words")]).await;
        assert_eq!(store.seqs(&search("new", &[id])).await, [1], "{name}");
        assert_eq!(store.seqs(&search("old", &[id])).await, [0; 0], "{name}");
        store.index(id, 3, vec![Entry { terms: [].into(), ..said("no words") }]).await;
        assert_eq!(store.seqs(&search("words", &[id])).await, [0; 0], "{name}: deleted");
    }
}

#[tokio::test]
async fn an_indexer_that_comes_late_finds_all_that_was_said() {
    for store in every_store("search_crash").await {
        let conversations = [store.conversation().await, store.conversation().await];
        for conversation in &conversations {
            let drafts: Vec<_> = (0..250)
                .map(|number| draft(conversation.members[0].user, &format!("w{number} all")))
                .collect();
            store.append(conversation.id, &drafts).await;
        }
        // The program ended before anything was indexed.
        let store = store.restarted().await;
        let shutdown = Shutdown::new();
        store.indexer(&shutdown).begin();
        for conversation in &conversations {
            store.indexed(conversation.id).await;
            for query in ["w0", "w99", "w100", "w249"] {
                assert_eq!(store.seqs(&search(query, &[conversation.id])).await.len(), 1, "{}", store.name);
            }
            let wanted = Search { limit: 50, ..search("all", &[conversation.id]) };
            assert_eq!(store.find_all(&wanted).await.len(), 250, "{}", store.name);
        }
        shutdown.begin();
    }
}

#[tokio::test]
async fn what_a_dead_node_has_stored_is_found_without_another_word() {
    for store in every_store("search_dead").await {
        let conversations = [store.conversation().await, store.conversation().await];
        let shutdown = Shutdown::new();
        store.indexer(&shutdown).begin_with_turns_every(Duration::from_millis(100));
        // Twice: also when all conversations have had their turn.
        for seq in 1..=2 {
            for conversation in &conversations {
                store.say(conversation, "the last words").await;
            }
            for conversation in &conversations {
                store.indexed(conversation.id).await;
                let found = store.seqs(&search("last", &[conversation.id])).await;
                assert_eq!(found.len(), seq, "{}", store.name);
            }
        }
        shutdown.begin();
    }
}

#[tokio::test]
async fn messages_are_found_by_what_they_say_now() {
    for store in every_store("search_now").await {
        let (name, conversation) = (store.name, store.conversation().await);
        let (id, ann) = (conversation.id, conversation.members[0].user);
        let shutdown = Shutdown::new();
        let indexer = store.indexer(&shutdown);
        let said = store.say(&conversation, "the first words").await;
        indexer.tell(id);
        store.indexed(id).await;
        assert_eq!(store.seqs(&search("first", &[id])).await, [1], "{name}");

        let edit = EventKind::MessageEdited { target: said.seq(), words: Some(words("the second words")) };
        store.stores.messages.append(id, &[wants(ann, edit)], at(NOW)).await.unwrap();
        indexer.tell(id);
        store.indexed(id).await;
        assert_eq!(store.seqs(&search("first", &[id])).await, [0; 0], "{name}");
        assert_eq!(store.seqs(&search("second", &[id])).await, [1], "{name}");

        let delete = EventKind::MessageDeleted { target: said.seq() };
        store.stores.messages.append(id, &[wants(ann, delete)], at(NOW)).await.unwrap();
        indexer.tell(id);
        store.indexed(id).await;
        assert_eq!(store.seqs(&search("words", &[id])).await, [0; 0], "{name}");
        shutdown.begin();
    }
}

#[tokio::test]
async fn all_conversations_are_listed_by_their_ids() {
    for store in every_store("search_ids").await {
        let mut expected = Vec::new();
        for _ in 0..7 {
            expected.push(store.conversation().await.id);
        }
        expected.sort_unstable();
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = store.stores.messages.list_ids(after, 3).await.unwrap();
            after = page.last().copied();
            listed.extend(page);
            if after.is_none() {
                break;
            }
        }
        assert_eq!(listed, expected, "{}", store.name);
    }
}
