//! What every store promises, tried on each of them.

mod conversations;
mod log;

use std::sync::Arc;

use confab_bus::Bus;
use confab_core::{ClientId, ManualClock, Timestamp, UserId};
use confab_db::Database;
use confab_db::testing::{TestDatabase, every_database};
use uuid::Uuid;

use super::{Appended, Stores};
use crate::append::Appender;
use crate::domain::{Conversation, Draft, Event, Text};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

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

    /// What a node appends with.
    fn appender(&self) -> Appender {
        Appender::new(self.stores.messages.clone(), Bus::in_process(), Arc::new(ManualClock::new(NOW)))
    }

    /// The same data after the program has ended and started again.
    async fn restarted(self) -> Self {
        self.stores.close().await;
        Self::open(self.kept).await
    }

    /// A conversation of two people who have none with anybody else.
    async fn conversation(&self) -> Conversation {
        let conversation = Conversation::direct(someone(), someone(), NOW);
        self.stores.messages.open_conversation(conversation).await.unwrap()
    }

    async fn say(&self, conversation: &Conversation, text: &str) -> Event {
        let draft = draft(conversation.members[0], text);
        let mut outcomes = self.stores.messages.append(conversation.id, &[draft], NOW).await.unwrap();
        stored(outcomes.pop().unwrap())
    }
}

fn someone() -> UserId {
    UserId::from_uuid(Uuid::new_v4())
}

fn draft(sender: UserId, text: &str) -> Draft {
    let client = ClientId::from_uuid(Uuid::new_v4());
    Draft { sender, client, text: Text::new(text.into()).unwrap() }
}

fn stored(outcome: Appended) -> Event {
    match outcome {
        Appended::Stored(event) => event,
        other => panic!("not stored anew: {other:?}"),
    }
}
