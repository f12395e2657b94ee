//! What every store promises, tried on each of them.

mod conversations;
mod log;

use std::sync::Arc;

use confab_bus::Bus;
use confab_core::{ClientId, ManualClock, Timestamp, UserId};
use confab_db::Database;
use confab_db::testing::TestMongo;
use tempfile::TempDir;
use uuid::Uuid;

use super::{Appended, Stores};
use crate::append::Appender;
use crate::domain::{Conversation, Draft, Event, Text};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// A store that nobody else uses, gone when it is dropped.
struct TestStore {
    name: &'static str,
    stores: Stores,
    database: Database,
    _folder: Option<TempDir>,
    _mongo: Option<TestMongo>,
}

/// A fresh one of each. `test` becomes part of the name of the databases.
async fn every_store(test: &str) -> [TestStore; 2] {
    let folder = tempfile::tempdir().unwrap();
    let embedded = Database::Embedded { folder: folder.path().to_owned() };
    let mongo = confab_db::testing::mongo(test).await;
    let replicated = mongo.database();
    [
        TestStore {
            name: "embedded",
            stores: Stores::open(&embedded).await.unwrap(),
            database: embedded,
            _folder: Some(folder),
            _mongo: None,
        },
        TestStore {
            name: "MongoDB",
            stores: Stores::open(&replicated).await.unwrap(),
            database: replicated,
            _folder: None,
            _mongo: Some(mongo),
        },
    ]
}

impl TestStore {
    /// Another node with the same data: for the embedded store, which has one
    /// node only, the same one.
    async fn another_node(&self) -> Self {
        let stores = match &self.database {
            Database::Embedded { .. } => self.stores.clone(),
            database @ Database::MongoDb(_) => Stores::open(database).await.unwrap(),
        };
        Self { name: self.name, stores, database: self.database.clone(), _folder: None, _mongo: None }
    }

    /// What a node appends with.
    fn appender(&self) -> Appender {
        Appender::new(self.stores.messages.clone(), Bus::in_process(), Arc::new(ManualClock::new(NOW)))
    }

    /// The same data after the program has ended and started again.
    async fn restarted(mut self) -> Self {
        self.stores.close().await;
        drop(self.stores);
        self.stores = Stores::open(&self.database).await.unwrap();
        self
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
