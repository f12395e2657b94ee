//! What every store promises, tried on each of them.

mod changes;
mod conversations;
mod log;
mod marks;
mod model;
mod people;
mod pushes;
mod search;
mod settings;

use std::sync::Arc;

use confab_bus::Bus;
use confab_core::page::Page;
use confab_core::{ClientId, ConversationId, ManualClock, Timestamp, UserId};
use confab_db::Database;
use confab_db::testing::{TestDatabase, every_database};
use confab_rpc::Shutdown;
use uuid::Uuid;

use super::{Appended, ConversationCursor, Stores};
use crate::append::Appender;
use crate::domain::{
    Conditions, Content, Conversation, Draft, Event, EventKind, Overview, Shelf, Text, Words,
};
use crate::search::Indexer;

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
const MEMBERS_MAX: usize = 8;

/// A store that nobody else uses, gone when it is dropped.
struct TestStore {
    name: &'static str,
    stores: Stores,
    kept: TestDatabase,
}

/// A fresh one of each. `test` becomes part of the name of the databases.
async fn every_store(test: &str) -> [TestStore; 2] {
    let [embedded, mongo] = every_database(test).await;
    [TestStore::open(embedded).await, TestStore::open(mongo).await]
}

impl TestStore {
    async fn open(kept: TestDatabase) -> Self {
        let stores = Stores::open(&kept.database).await.unwrap();
        Self { name: kept.name, stores, kept }
    }

    /// Another node with the same data: for the embedded store, which has one
    /// node only, the same one.
    async fn another_node(&self) -> Self {
        let kept = self.kept.clone();
        match kept.database {
            Database::Embedded { .. } => Self { name: self.name, stores: self.stores.clone(), kept },
            Database::MongoDb(_) => Self::open(kept).await,
        }
    }

    /// What follows the log until `shutdown`.
    fn indexer(&self, shutdown: &Shutdown) -> Indexer {
        Indexer::new(self.stores.messages.clone(), self.stores.index.clone(), shutdown.clone())
    }

    /// What a node appends with.
    fn appender(&self) -> Appender {
        Appender::new(
            self.stores.messages.clone(),
            Bus::in_process(),
            Arc::new(ManualClock::new(NOW)),
            MEMBERS_MAX,
            self.indexer(&Shutdown::new()),
        )
    }

    /// The same data after the program has ended and started again.
    async fn restarted(self) -> Self {
        self.stores.close().await;
        Self::open(self.kept).await
    }

    /// A conversation of two people who have none with anybody else.
    async fn conversation(&self) -> Conversation {
        self.direct(someone(), someone(), NOW).await
    }

    /// The conversation of two people.
    async fn direct(&self, one: UserId, other: UserId, now: Timestamp) -> Conversation {
        let opened = Conversation::direct(one, other, now);
        self.stores.messages.open_direct(opened.clone()).await.unwrap();
        opened
    }

    /// A page of what somebody has on a shelf.
    async fn listed(&self, member: UserId, place: Shelf, page: Page<ConversationCursor>) -> Vec<Overview> {
        self.stores.messages.list_overviews(member, place, NOW, page).await.unwrap()
    }

    async fn say(&self, conversation: &Conversation, text: &str) -> Event {
        stored(self.append_one(conversation.id, draft(conversation.members[0].user, text)).await)
    }

    async fn append_one(&self, conversation: ConversationId, draft: Draft) -> Appended {
        self.append(conversation, &[draft]).await.remove(0)
    }

    async fn append(&self, conversation: ConversationId, drafts: &[Draft]) -> Vec<Appended> {
        self.stores.messages.append(conversation, drafts, at(NOW)).await.unwrap()
    }
}

fn at(now: Timestamp) -> Conditions {
    Conditions { now, members_max: MEMBERS_MAX }
}

fn someone() -> UserId {
    UserId::from_uuid(Uuid::new_v4())
}

fn draft(sender: UserId, text: &str) -> Draft {
    wants(
        sender,
        EventKind::MessageSent(Some(Content {
            words: words(text),
            reply_to: None,
            forwarded: None,
            attachments: Vec::new(),
        })),
    )
}

fn wants(actor: UserId, kind: EventKind) -> Draft {
    Draft { actor, client: Some(ClientId::from_uuid(Uuid::new_v4())), kind }
}

fn words(text: &str) -> Words {
    Words { text: Text::new(text.into()).unwrap(), mentions: Vec::new() }
}

fn stored(outcome: Appended) -> Event {
    match outcome {
        Appended::Stored(event) => event,
        other => panic!("not stored anew: {other:?}"),
    }
}
