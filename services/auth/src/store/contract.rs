//! What every store promises, tried on each of them.

use std::time::Duration;

use confab_core::Timestamp;
use confab_db::Database;
use confab_db::testing::TestMongo;
use tempfile::TempDir;

use super::Stores;

mod keys;
mod sessions;
mod users;

/// In the next century: the server of MongoDB removes what has expired by its
/// own clock, and must not find anything of ours.
const NOW: Timestamp = Timestamp::from_millis(4_102_444_800_000);

/// A store that nobody else uses, gone when it is dropped.
struct TestStore {
    name: &'static str,
    stores: Stores,
    _folder: Option<TempDir>,
    _mongo: Option<TestMongo>,
}

/// A fresh one of each. `test` becomes part of the name of the databases.
async fn every_store(test: &str) -> [TestStore; 2] {
    let folder = tempfile::tempdir().unwrap();
    let embedded = Database::Embedded { folder: folder.path().to_owned() };
    let mongo = confab_db::testing::mongo(test).await;
    [
        TestStore {
            name: "embedded",
            stores: Stores::open(&embedded).await.unwrap(),
            _folder: Some(folder),
            _mongo: None,
        },
        TestStore {
            name: "MongoDB",
            stores: Stores::open(&mongo.database()).await.unwrap(),
            _folder: None,
            _mongo: Some(mongo),
        },
    ]
}

fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}
